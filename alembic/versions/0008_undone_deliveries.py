"""deliveries that are still to be sent, by subscription: claiming one of thousands asks for each what goes before it"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_UNDONE = sa.text("state in ('pending', 'failed')")


def upgrade() -> None:
    op.create_index(
        "ix_delivery_undone", "delivery", ["subscription_id", "id"], sqlite_where=_UNDONE, postgresql_where=_UNDONE
    )


def downgrade() -> None:
    op.drop_index("ix_delivery_undone", "delivery")
