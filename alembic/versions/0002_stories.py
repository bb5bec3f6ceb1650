"""stories: what entries say happened, and which entries tell one happening"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plain ALTER TABLE: a batch would copy the whole version table on SQLite.
    op.add_column("version", sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_version_unreported",
        "version",
        ["id"],
        sqlite_where=sa.text("reported_at is null"),
        postgresql_where=sa.text("reported_at is null"),
    )
    op.create_table(
        "story",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("object", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective", sa.JSON(), nullable=True),
        sa.Column("ends", sa.JSON(), nullable=True),
        sa.Column("products", sa.JSON(), nullable=False),
        sa.Column("territories", sa.JSON(), nullable=False),
        sa.Column("disputed", sa.JSON(), nullable=False),
        sa.Column("sayings", sa.JSON(), nullable=False),
        sa.Column("refers", sa.JSON(), nullable=False),
        sa.Column("related", sa.JSON(), nullable=False),
        sa.Column("chains", sa.Integer(), nullable=False),
        sa.Column("official", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("derived_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_story_last_at"), "story", ["last_at"])
    op.create_table(
        "story_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("official", sa.Boolean(), nullable=False),
        sa.Column("happening", sa.JSON(), nullable=False),
        sa.Column("chain", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("copy_of", sa.Integer(), nullable=True),
        sa.Column("because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"]),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"]),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source_id", "link", "position"),
    )
    op.create_index(op.f("ix_story_entry_story_id"), "story_entry", ["story_id"])
    op.create_index(op.f("ix_story_entry_at"), "story_entry", ["at"])


def downgrade() -> None:
    op.drop_table("story_entry")
    op.drop_table("story")
    op.drop_index("ix_version_unreported", "version")
    op.drop_column("version", "reported_at")
