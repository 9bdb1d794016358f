"""Review items: what a person must look at, with whom to call back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from zusage.adapters.postgres.database import Database, clock
from zusage.app.reviews.ports import Resolved, ReviewItem

_LIST: LiteralString = """
SELECT r.review_id, r.kind, r.created_at, r.detail, r.resolved_at, r.resolution, r.appointment_id,
       coalesce(a.status = 'cancelled', false), a.starts_at,
       coalesce(b.zone, 'UTC'), coalesce(b.name, ''), coalesce(a.service_name, ''), coalesce(a.staff_name, ''),
       coalesce(a.attendee_name, ''), c.phone, a.contact_phone
FROM review_item r
LEFT JOIN appointment a ON a.company_id = r.company_id AND a.appointment_id = r.appointment_id
LEFT JOIN branch b ON b.company_id = a.company_id AND b.branch_id = a.branch_id
LEFT JOIN customer c ON c.company_id = a.company_id AND c.customer_id = a.customer_id
WHERE r.company_id = %(company)s
  AND (r.resolved_at IS NULL OR (%(all)s AND r.resolved_at > %(now)s - interval '30 days'))
ORDER BY r.created_at, r.review_id
"""
_FIND = """
SELECT zusage_now(), resolved_at, appointment_id, CASE WHEN kind LIKE 'mirror\\_%%' THEN detail ->> 'phase' END
FROM review_item WHERE company_id = %s AND review_id = %s
"""
_RESOLVE = """
UPDATE review_item SET resolved_at = %s, resolution = %s
WHERE company_id = %s AND review_id = %s AND resolved_at IS NULL;
"""
# A person has seen to it: it stays as it is, and is no failure any more.
_LET_BE = """
UPDATE mirror SET failing_since = NULL
WHERE company_id = %s AND appointment_id = %s AND ordinal::text = %s AND review_at IS NOT NULL;
"""


class PostgresReviews:
    """Review items of one company; each method is a transaction of its own.

    :raises LedgerBusy: the database is too busy; trying again is safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reviews(self, company_id: UUID, *, all_of_them: bool = False) -> Sequence[ReviewItem]:
        """List the open items, the oldest first; with `all_of_them` those of the last 30 days that are resolved too."""
        async with self._database.transaction(company_id) as connection:
            now = await clock(connection)
            values = {"company": company_id, "all": all_of_them, "now": now}
            rows = await (await connection.execute(_LIST, values)).fetchall()
        return [_item(row) for row in rows]

    async def resolve(self, company_id: UUID, review_id: int, note: str) -> Resolved:
        """Close an item that a person has seen to; what the calendar lacks then stays as it is, until it is retried."""
        async with self._database.transaction(company_id) as connection:
            found = await (await connection.execute(_FIND, (company_id, review_id))).fetchall()
            if not found:
                return "unknown"
            now, resolved_at, appointment_id, phase = found[0]
            if phase is not None and resolved_at is None:
                # The mirror before its item, as the routine takes them.
                await connection.execute(_LET_BE, (company_id, appointment_id, phase))
            cursor = await connection.execute(_RESOLVE, (now, note, company_id, review_id))
            if cursor.rowcount == 0:
                return "over"
            await connection.execute("COMMIT")
        return "resolved"


def _item(row: tuple[Any, ...]) -> ReviewItem:
    item = ReviewItem(*row)
    if item.start is None:
        return item
    return replace(item, start=item.start.astimezone(ZoneInfo(item.zone)))
