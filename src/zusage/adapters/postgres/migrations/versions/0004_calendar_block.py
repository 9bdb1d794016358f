"""A key that the calendar has blocked is known to every process, with or without a Valkey."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE calendar_connection ADD COLUMN blocked_until timestamptz")


def downgrade() -> None:
    op.execute("ALTER TABLE calendar_connection DROP COLUMN blocked_until")
