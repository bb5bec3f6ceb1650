"""promises: what each source promises, what operators are told of, and the heartbeat"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_at is null")
_UNSAID = sa.text("said_in is null or end_said_in is null")


def upgrade() -> None:
    op.create_table(
        "promise",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("factor", sa.Integer(), nullable=True),
        sa.Column("newest_seconds", sa.Integer(), nullable=True),
        sa.Column("newest_entry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"]),
        sa.PrimaryKeyConstraint("source_id"),
    )
    op.create_table(
        "trouble",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_in", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_said_in", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_trouble_open", "trouble", ["kind", "about"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index("ix_trouble_unsaid", "trouble", ["id"], sqlite_where=_UNSAID, postgresql_where=_UNSAID)
    op.create_table(
        "bulletin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    # Plain ALTER TABLE: a batch would copy the tables on SQLite, and partial indexes with them.
    op.add_column("subscription", sa.Column("operator", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("delivery", sa.Column("bulletin_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    # What they say of a change or a week nobody can compile without the column: they would never be sent.
    op.execute("delete from delivery where bulletin_id is not null")
    op.execute("delete from delivery where subscription_id in (select id from subscription where operator)")
    op.execute("delete from subscription where operator")
    op.drop_column("delivery", "bulletin_id")
    op.drop_column("subscription", "operator")
    for table in ("heartbeat", "bulletin", "trouble", "promise"):
        op.drop_table(table)
