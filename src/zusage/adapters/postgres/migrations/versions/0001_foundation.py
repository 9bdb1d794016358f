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

# Whatever functions are ours, that is of no extension. btree_gist stays: it may not have been made by us.
_DROP_FUNCTIONS = """
DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN
        SELECT p.oid::regprocedure FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', f);
    END LOOP;
END $$
"""


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
    _run(_DROP_FUNCTIONS)
    _run("DROP TYPE ledger_taken, ledger_booked, voice_begun CASCADE")
