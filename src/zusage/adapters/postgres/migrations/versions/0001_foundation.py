"""The foundation: tables, directory, ledger, voice, row-level security."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SQL = Path(__file__).parent.parent / "sql"
_TABLES = (
    "review_item, tool_call, appointment_history, claim, phase, appointment, hold, call, customer, skill, segment, "
    "branch_service, service, absence, working_hours, resource, opening_exception, opening_hours, branch, company"
)


def _run(sql: str) -> None:
    # The driver's own execute: no parameters, so that neither % nor : has a meaning.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(sql)


def upgrade() -> None:
    _run("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for part in ("tables", "directory", "ledger", "voice", "security"):
        _run((_SQL / f"0001_{part}.sql").read_text())


def downgrade() -> None:
    _run(f"DROP SCHEMA directory CASCADE; DROP TABLE {_TABLES} CASCADE")
    _run(
        "DROP FUNCTION IF EXISTS current_company, zusage_now, ledger_lock_resources, ledger_end_holds, customer_of,"
        " ledger_release, ledger_sweep, ledger_block, ledger_unblock, claim_guard, history_guard, voice_finish,"
        " voice_answer, call_event, ledger_not_held, ledger_confirm, ledger_take, ledger_take_and_confirm,"
        " voice_begin CASCADE"
    )
    _run("DROP TYPE IF EXISTS ledger_taken, ledger_booked, voice_begun CASCADE; DROP EXTENSION btree_gist")
