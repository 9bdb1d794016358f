"""Mirrors for appointments that were booked before their branch was connected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from zusage.adapters.postgres.database import Database, clock
from zusage.app.mirror.backfill import Unmirrored
from zusage.app.mirror.rows import Target

_UNMIRRORED = """
WITH due AS (
    SELECT a.appointment_id, a.starts_at, a.service_id, a.service_name FROM appointment a
    JOIN calendar_branch b ON b.company_id = a.company_id AND b.branch_id = a.branch_id
    WHERE a.company_id = %(company)s AND a.status = 'booked' AND a.starts_at > %(now)s AND EXISTS (
        SELECT 1 FROM phase p WHERE p.company_id = a.company_id AND p.appointment_id = a.appointment_id
           AND p.kind = 'active' AND NOT EXISTS (
            SELECT 1 FROM mirror m WHERE m.company_id = p.company_id AND m.appointment_id = p.appointment_id
               AND m.ordinal = p.ordinal))
    ORDER BY a.starts_at, a.appointment_id LIMIT %(limit)s)
SELECT d.appointment_id, p.ordinal, p.starts_at, p.ends_at, d.service_name, r.name,
       mirror_intent(d.appointment_id, p.ordinal, 0::smallint),
       t.event_type_id, h.host_id, t.length_min, t.send_length
FROM due d
JOIN phase p ON p.company_id = %(company)s AND p.appointment_id = d.appointment_id AND p.kind = 'active'
JOIN resource r ON r.company_id = p.company_id AND r.resource_id = p.staff_id
LEFT JOIN mirror m ON m.company_id = p.company_id AND m.appointment_id = p.appointment_id AND m.ordinal = p.ordinal
LEFT JOIN calendar_mapping t ON t.company_id = p.company_id AND t.service_id = d.service_id
     AND t.ordinal = p.ordinal AND t.staff_id = p.staff_id
LEFT JOIN calendar_host h ON h.company_id = p.company_id AND h.staff_id = p.staff_id
WHERE m.company_id IS NULL
ORDER BY d.starts_at, d.appointment_id, p.ordinal
"""
_MIRROR = "SELECT mirror_backfill(%s, %s, %s::smallint[], %s::text[], %s)"


class PostgresBackfill:
    """Implements `app.mirror.backfill.BackfillStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def unmirrored(self, company_id: UUID, limit: int) -> Sequence[Unmirrored]:
        async with self._database.transaction(company_id) as connection:
            now = await clock(connection)
            values = {"company": company_id, "now": now, "limit": limit}
            rows = await (await connection.execute(_UNMIRRORED, values)).fetchall()
        return [_phase(*row) for row in rows]

    async def mirror(
        self, company_id: UUID, appointment_id: UUID, *, alike: Mapping[int, str], seconds: float
    ) -> int:
        values = (company_id, appointment_id, list(alike), list(alike.values()), seconds)
        async with self._database.transaction(company_id) as connection:
            made = (await (await connection.execute(_MIRROR, values)).fetchall())[0][0]
            await connection.execute("COMMIT")
        return int(made)


def _phase(*row: Any) -> Unmirrored:  # noqa: ANN401 - as the statement selects them
    appointment_id, ordinal, start, end, service, staff, intent, event_type_id, *there = row
    target = Target(event_type_id, *there) if event_type_id is not None else None
    return Unmirrored(appointment_id, ordinal, start, end, service, staff, intent, target)
