"""Courtesies: reservations at the calendar that hide a live hold from web bookers, where a company wants them."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parent.parent / "sql"
_BACK = """
DROP TRIGGER courtesy_unwant ON hold;
DROP TRIGGER courtesy_want ON hold;
DROP FUNCTION courtesy_unwant();
DROP FUNCTION courtesy_want();
DROP FUNCTION directory.due_courtesies(integer);
DROP TABLE courtesy;
"""


def _run(sql: str) -> None:
    # The driver's own execute: no parameters, so that neither % nor : has a meaning.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(sql)


def upgrade() -> None:
    _run((_SQL / "0006_courtesy.sql").read_text())


def downgrade() -> None:
    _run(_BACK)
