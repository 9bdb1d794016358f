"""When calendars were looked at, and the review item that stands open while something is wrong with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from zusage.adapters.postgres.calendar_setup import PostgresCalendarSetup
from zusage.adapters.postgres.database import clock
from zusage.app.calendar_setup.due_checks import LastCheck

_LAST = """
SELECT c.company_id, b.zone, coalesce(c.checked_at, c.connected_at)
FROM calendar_connection c
JOIN calendar_branch k ON k.company_id = c.company_id
JOIN branch b ON b.company_id = k.company_id AND b.branch_id = k.branch_id
WHERE c.company_id = %s
ORDER BY b.key LIMIT 1
"""
# First, and so two that check at once open one item.
_CHECKED = "UPDATE calendar_connection SET checked_at = %(now)s WHERE company_id = %(company)s;"
_CLOSE = """
UPDATE review_item SET resolved_at = %(now)s
WHERE company_id = %(company)s AND kind = 'calendar_check' AND resolved_at IS NULL;
"""
_RENEW = """
UPDATE review_item SET detail = %(detail)s
WHERE company_id = %(company)s AND kind = 'calendar_check' AND resolved_at IS NULL;
"""
_OPEN = """
INSERT INTO review_item (company_id, kind, detail, created_at)
SELECT %(company)s, 'calendar_check', %(detail)s, %(now)s
WHERE NOT EXISTS (SELECT 1 FROM review_item r WHERE r.company_id = %(company)s AND r.kind = 'calendar_check'
                     AND r.resolved_at IS NULL)
"""


class PostgresCalendarChecks(PostgresCalendarSetup):
    """Implements `app.calendar_setup.check_nightly.NightlyStore` and `due_checks.CheckTimes`, as the worker's role."""

    async def now(self) -> datetime:
        async with self._masters.connection() as connection:
            return await clock(connection)

    async def last_checks(self) -> Sequence[LastCheck]:
        found: list[LastCheck] = []
        for company in await self.companies():
            async with self._masters.transaction(company.company_id) as connection:
                rows = await (await connection.execute(_LAST, [company.company_id])).fetchall()
            found += [LastCheck(*row) for row in rows]
        return found

    async def note_check(self, company_id: UUID, errors: Mapping[str, int], text: str) -> None:
        detail = Jsonb({"codes": dict(errors), "text": text})
        async with self._masters.transaction(company_id) as connection:
            values = {"company": company_id, "now": await clock(connection), "detail": detail}
            await connection.execute(_CHECKED, values)
            for statement in (_RENEW, _OPEN) if errors else (_CLOSE,):
                await connection.execute(statement, values)
            await connection.execute("COMMIT")
