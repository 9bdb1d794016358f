"""${message}

Expand, backfill in batches, contract: a version must work with the code before and after it.
No imports from the application.
"""

from __future__ import annotations

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "raise SystemExit('write the upgrade')"}


def downgrade() -> None:
    ${downgrades if downgrades else "raise SystemExit('write the downgrade')"}
