"""Webhooks of calendars, stored once."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parent.parent / "sql"
_BACK = """
DROP FUNCTION directory.due_hints(integer);
DROP FUNCTION calendar_hint_note(uuid, bytea, text, text[], interval);
DROP TABLE calendar_hint;
"""


def _run(sql: str) -> None:
    # The driver's own execute: no parameters, so that neither % nor : has a meaning.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(sql)


def upgrade() -> None:
    _run((_SQL / "0005_hints.sql").read_text())


def downgrade() -> None:
    _run(_BACK)
