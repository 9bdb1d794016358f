"""What the page and the health checks ask of the database."""

from __future__ import annotations

from collections.abc import Sequence

from zusage.adapters.postgres.companies import list_names
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.migrate import is_behind
from zusage.app.operations.ports import CompanyName
from zusage.app.operations.watch import MOST, CallSight, CompanySight, DatabaseSight

_STATE = "SELECT current_setting('server_version'), to_regclass('public.alembic_version') IS NOT NULL"
_SCHEMA = (
    "SELECT (SELECT version_num FROM alembic_version), "
    "(SELECT extract(epoch FROM min(silent_for))::float8 FROM directory.workers())"
)
# The name of a caller, what was said and the arguments of a tool call are not read at all.
_CALLS = """
SELECT b.name, b.zone, c.last_seen_at, c.caller, c.ended_at IS NULL AND c.last_seen_at > zusage_now() - interval '10 minutes',
       (SELECT count(*) FROM appointment a
        WHERE a.company_id = c.company_id AND a.call_id = c.call_id AND a.status = 'booked'),
       coalesce(t.calls, 0), coalesce(t.tool, ''), coalesce(t.status, '')
FROM call c
JOIN branch b ON b.company_id = c.company_id AND b.branch_id = c.branch_id
LEFT JOIN LATERAL (
    SELECT count(*) AS calls, (array_agg(tool ORDER BY started_at DESC))[1] AS tool,
           (array_agg(coalesce(status, state) ORDER BY started_at DESC))[1] AS status
    FROM tool_call WHERE company_id = c.company_id AND call_id = c.call_id) t ON true
WHERE c.company_id = %s
ORDER BY c.last_seen_at DESC
LIMIT %s
"""
_COUNTS = f"""
SELECT (SELECT count(*) FROM (SELECT 1 FROM call WHERE company_id = %(c)s
            AND last_seen_at > zusage_now() - interval '24 hours' LIMIT {MOST}) x),
       (SELECT count(*) FROM (SELECT 1 FROM hold WHERE company_id = %(c)s AND status = 'held'
            AND expires_at > zusage_now() LIMIT {MOST}) x),
       (SELECT count(*) FROM (SELECT 1 FROM branch b JOIN appointment a USING (company_id, branch_id)
            WHERE b.company_id = %(c)s AND a.starts_at > zusage_now() AND a.status = 'booked' LIMIT {MOST}) x)
"""  # noqa: S608 - only our own number is filled in


class PostgresOverview:
    """Implements `app.operations.ports.Watch`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def database(self) -> DatabaseSight:
        async with self._database.connection() as connection:
            row = await (await connection.execute(_STATE)).fetchone()
            assert row is not None
            version, has_schema = str(row[0]).split(" ", 1)[0], row[1]
            found = await (await connection.execute(_SCHEMA)).fetchone() if has_schema else None
        schema, silent = found or (None, None)
        return DatabaseSight(version, schema, is_behind(schema), silent)

    async def companies(self) -> Sequence[CompanyName]:
        return await list_names(self._database)

    async def company(self, company: CompanyName, *, calls: int) -> CompanySight:
        async with self._database.transaction(company.company_id) as connection:
            counts = await (await connection.execute(_COUNTS, {"c": company.company_id})).fetchone()
            assert counts is not None
            rows = await (await connection.execute(_CALLS, (company.company_id, calls))).fetchall()
        day, live, ahead = counts
        return CompanySight(company.name, day, live, ahead, [CallSight(company.name, *row) for row in rows])
