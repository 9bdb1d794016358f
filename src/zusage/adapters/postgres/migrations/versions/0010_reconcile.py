"""Comparing with calendars: bookings of others, how far it has come, whether it may act."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parent.parent / "sql"
_BACK = """
DROP FUNCTION calendar_act(uuid);
DROP FUNCTION calendar_observe(uuid, text, boolean);
DROP FUNCTION ledger_moved_there(uuid, uuid, uuid, interval, uuid, text, jsonb);
DROP FUNCTION mirror_again(uuid, uuid, smallint, uuid);
DROP FUNCTION ledger_external(uuid, uuid, text, uuid, timestamptz, timestamptz);
DROP FUNCTION directory.due_pulls(integer);
DROP FUNCTION directory.identity();
DROP TABLE calendar_pull;
ALTER TABLE claim DROP CONSTRAINT claim_company_id_external_id_fkey;
DROP INDEX claim_by_external;
DROP TABLE external_booking;
DROP INDEX mirror_by_start;
ALTER TABLE mirror DROP COLUMN missed_at;
ALTER TABLE calendar_connection DROP COLUMN observe_reason, DROP COLUMN observe_since;
"""


def _run(sql: str) -> None:
    # The driver's own execute: no parameters, so that neither % nor : has a meaning.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(sql)


def upgrade() -> None:
    _run((_SQL / "0010_reconcile.sql").read_text())


def downgrade() -> None:
    _run(_BACK)
