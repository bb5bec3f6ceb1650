"""alerts: what subscriptions may ask for, grouped deliveries with their attempts, reviews, and calendar entries"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SUBSCRIPTION = (
    sa.Column("team", sa.Text(), nullable=True),
    sa.Column("languages", sa.JSON(), nullable=False, server_default="[]"),
    sa.Column("watched", sa.JSON(), nullable=False, server_default="[]"),
    sa.Column("locale", sa.String(length=20), nullable=False, server_default="en"),
    sa.Column("quiet_from", sa.String(length=5), nullable=True),
    sa.Column("quiet_to", sa.String(length=5), nullable=True),
    sa.Column("group_wait", sa.Integer(), nullable=True),
    sa.Column("group_interval", sa.Integer(), nullable=True),
    sa.Column("remind_after", sa.Integer(), nullable=True),
    sa.Column("escalate_to", sa.Integer(), nullable=True),
    sa.Column("feed_secret", sa.String(length=64), nullable=False, server_default=""),
    sa.Column("signing_secret", sa.String(length=80), nullable=True),
    sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
)
_DELIVERY = (
    sa.Column("purpose", sa.String(length=20), nullable=False, server_default="changes"),
    sa.Column("publisher", sa.Text(), nullable=True),
    sa.Column("severity", sa.String(length=20), nullable=True),
    sa.Column("about_id", sa.Integer(), nullable=True),
    sa.Column("thread_id", sa.Integer(), nullable=True),
    sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("reference", sa.Text(), nullable=True),
)
_NEW = ("calendar_entry", "review_entry", "review", "attempt", "delivery_change")


def upgrade() -> None:
    # Plain ALTER TABLE: a batch would copy the tables on SQLite, and partial indexes with them.
    for column in _SUBSCRIPTION:
        op.add_column("subscription", column.copy())
    for column in _DELIVERY:
        op.add_column("delivery", column.copy())
    _fill()
    op.create_index("ix_subscription_feed_secret", "subscription", ["feed_secret"], unique=True)
    op.create_index("ix_delivery_thread_id", "delivery", ["thread_id"])
    op.create_table(
        "delivery_change",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"]),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"]),
        sa.PrimaryKeyConstraint("delivery_id", "change_id"),
        sa.UniqueConstraint("subscription_id", "change_id"),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_attempt_delivery_id", "attempt", ["delivery_id"])
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("owner", "change_id"),
    )
    op.create_index("ix_review_change_id", "review", ["change_id"])
    op.create_table(
        "review_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("via", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_review_entry_review_id", "review_entry", ["review_id"])
    _keep_entries()
    op.create_table(
        "calendar_entry",
        sa.Column("uid", sa.String(length=200), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("uid"),
    )


def downgrade() -> None:
    # Older code cannot say what these are about, and knows no subscription that has not been confirmed.
    op.execute("delete from attempt")
    op.execute("delete from delivery_change")
    op.execute("delete from delivery where purpose not in ('changes', 'digest', 'bulletin')")
    op.execute("delete from delivery where subscription_id in (select id from subscription where confirmed_at is null)")
    op.execute("delete from subscription where confirmed_at is null")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop trigger review_entry_stays on review_entry")
        op.execute("drop function review_entry_stays()")
    for table in _NEW:
        op.drop_table(table)
    op.drop_index("ix_delivery_thread_id", "delivery")
    op.drop_index("ix_subscription_feed_secret", "subscription")
    for column in _DELIVERY:
        op.drop_column("delivery", column.name)
    for column in _SUBSCRIPTION:
        op.drop_column("subscription", column.name)


def _fill() -> None:
    """Who was told until now goes on being told; each gets a secret for reading; deliveries say what they are for."""
    database = op.get_bind()
    database.execute(sa.text("update subscription set confirmed_at = created_at"))
    for (number,) in database.execute(sa.text("select id from subscription")).all():
        given = {"secret": secrets.token_urlsafe(32), "id": number}
        database.execute(sa.text("update subscription set feed_secret = :secret where id = :id"), given)
    database.execute(sa.text("update delivery set purpose = 'digest' where week is not null"))
    database.execute(sa.text("update delivery set purpose = 'bulletin' where bulletin_id is not null"))


def _keep_entries() -> None:
    """An audit trail is worth what it takes to falsify it: the database itself refuses to rewrite an entry."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(
                f"create trigger review_entry_no_{act} before {act} on review_entry"
                " begin select raise(abort, 'an entry of a review is never changed'); end"
            )
        # INSERT OR REPLACE deletes without asking the trigger above.
        op.execute(
            "create trigger review_entry_no_replace before insert on review_entry"
            " when exists (select 1 from review_entry where id = new.id)"
            " begin select raise(abort, 'an entry of a review is never changed'); end"
        )
        return
    op.execute(
        "create function review_entry_stays() returns trigger language plpgsql as"
        " $$ begin raise exception 'an entry of a review is never changed'; end $$"
    )
    op.execute(
        "create trigger review_entry_stays before update or delete on review_entry"
        " for each statement execute function review_entry_stays()"
    )
