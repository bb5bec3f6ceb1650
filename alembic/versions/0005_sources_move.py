"""sources move: addresses and declarations with their dates, and what was believed because it was said alike before"""

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_FIRST = "coalesce((select min(visit.at) from visit where visit.source_id = source.id), source.due_at)"


def upgrade() -> None:
    op.create_table(
        "source_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_source_address_source_id"), "source_address", ["source_id"])
    op.create_table(
        "declaration_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_declaration_text_source_id"), "declaration_text", ["source_id"])
    # Plain ALTER TABLE: a batch would copy the whole version table on SQLite.
    op.add_column("version", sa.Column("believed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "insert into source_address (source_id, url, why, since) "
        f"select source.id, source.url, 'declared', {_FIRST} from source"
    )
    op.execute(
        "insert into declaration_text (source_id, text, since) "
        f"select source.id, source.declaration, {_FIRST} from source"
    )


def downgrade() -> None:
    _return_to_declared_addresses()
    op.drop_column("version", "believed_at")
    op.drop_table("declaration_text")
    op.drop_table("source_address")


def _return_to_declared_addresses() -> None:
    """Without the history a moved source would take its new address for the declared one."""
    bind = op.get_bind()
    declared = bind.execute(
        sa.text(
            "select source.id, source_address.url from source "
            "join source_address on source_address.source_id = source.id "
            "where source_address.why = 'declared' and source_address.until is null "
            "and source_address.url <> source.url"
        )
    ).all()
    for source_id, url in declared:
        bind.execute(
            sa.text("update source set url = :url, host = :host, etag = null, last_modified = null where id = :id"),
            {"id": source_id, "url": url, "host": urlsplit(url).hostname or ""},
        )
