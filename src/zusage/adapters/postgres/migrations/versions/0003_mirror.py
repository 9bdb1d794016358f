"""Calendars: connection, mapping, mirrors, orphans; jobs; a booking writes its mirrors and its job."""

from __future__ import annotations

from pathlib import Path

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parent.parent / "sql"
_BACK = """
DROP FUNCTION voice_prolong(uuid, uuid, uuid, double precision);
DROP FUNCTION mirror_wait(uuid, uuid);
DROP FUNCTION ledger_cancel(uuid, uuid, text, text, boolean);
DROP FUNCTION mirror_unwant(uuid, uuid, text, boolean, timestamptz);
DROP FUNCTION mirror_want(uuid, uuid, uuid, uuid, timestamptz);
DROP FUNCTION mirror_intent(uuid, smallint, smallint);
DROP FUNCTION directory.wake(uuid, text, jsonb, timestamptz);
DROP FUNCTION directory.put_hook(uuid, text);
DROP FUNCTION directory.hook_of(uuid);
DROP FUNCTION directory.find_hook(text);
DROP FUNCTION directory.installed(uuid);
DROP TABLE orphan, mirror_attempt, mirror, calendar_mapping, calendar_host, calendar_branch, calendar_connection;
DROP TABLE directory.calendar_hook, directory.installation;
DROP SCHEMA jobs CASCADE;
"""


def _run(sql: str) -> None:
    # The driver's own execute: no parameters, so that neither % nor : has a meaning.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(sql)


def _released(name: str) -> str:
    """Give a function as version 0001 has it."""
    ledger = (_SQL / "0001_ledger.sql").read_text()
    start = ledger.index(f"CREATE FUNCTION {name}(")
    return (
        ledger[start : ledger.index("END $$;", start)].replace("CREATE", "CREATE OR REPLACE", 1) + "END $$;"
    )


def _job_tables() -> str:
    """The tables and functions of the installed procrastinate, in a schema of their own."""
    return (
        f"CREATE SCHEMA jobs; SET LOCAL search_path = jobs; {SchemaManager.get_schema()}; RESET search_path;"
    )


def upgrade() -> None:
    _run(_job_tables())
    for part in ("jobs", "mirror", "ledger"):
        _run((_SQL / f"0003_{part}.sql").read_text())


def downgrade() -> None:
    _run(_released("ledger_confirm"))
    _run(_released("directory.due_companies"))
    _run(_BACK)
