"""When a company's calendar was last looked at by itself."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE calendar_connection ADD COLUMN checked_at timestamptz")


def downgrade() -> None:
    op.execute("ALTER TABLE calendar_connection DROP COLUMN checked_at")
