"""Alerts to the operator, and review items that a person closes with a note."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parent.parent / "sql"
_BACK = """
DROP FUNCTION directory.companies_to_alert(uuid, integer);
DROP FUNCTION directory.key_of(uuid);
DROP POLICY due ON calendar_connection;
DROP POLICY due ON review_item;
DROP TABLE alert_watch, alert;
ALTER TABLE review_item DROP COLUMN resolution;
"""


def _run(sql: str) -> None:
    # The driver's own execute: no parameters, so that neither % nor : has a meaning.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(sql)


def upgrade() -> None:
    _run((_SQL / "0008_alerts.sql").read_text())


def downgrade() -> None:
    _run(_BACK)
