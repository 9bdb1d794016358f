"""Courtesies in the database, one transaction of one company each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

from zusage.adapters.postgres.calendars import read_connection
from zusage.adapters.postgres.database import Connection, Database
from zusage.adapters.postgres.open_unit import OpenUnit
from zusage.app.courtesy.ports import Change, Courtesy
from zusage.app.mirror.connection import CalendarConnection
from zusage.app.operations.ports import Sealer
from zusage.core.values import Period

# A rival that works on a row is passed over everywhere: nobody waits for a courtesy.
_FORGET = """
DELETE FROM courtesy WHERE company_id = %(company)s AND (hold_id, ordinal) IN (
    SELECT c.hold_id, c.ordinal FROM courtesy c
    JOIN hold h ON h.company_id = c.company_id AND h.hold_id = c.hold_id
    WHERE c.company_id = %(company)s AND (c.until <= %(now)s OR (c.state = 'wanted' AND h.status <> 'held'))
    FOR UPDATE OF c SKIP LOCKED);
"""
_LOSE = """
UPDATE courtesy SET state = 'lost', next_at = until WHERE company_id = %(company)s AND (hold_id, ordinal) IN (
    SELECT c.hold_id, c.ordinal FROM courtesy c
    WHERE c.company_id = %(company)s AND c.state = 'sent' AND c.next_at <= %(now)s FOR UPDATE SKIP LOCKED);
"""
_TAKE = """
UPDATE courtesy SET state = CASE state WHEN 'wanted' THEN 'sent' ELSE 'leaving' END, next_at = %(leased)s
WHERE company_id = %(company)s AND (hold_id, ordinal) IN (
    SELECT c.hold_id, c.ordinal FROM courtesy c
    JOIN hold h ON h.company_id = c.company_id AND h.hold_id = c.hold_id
    WHERE c.company_id = %(company)s AND (
        (c.state = 'placed' AND (h.status <> 'held' OR NOT %(place)s))
        OR (c.state = 'leaving' AND c.next_at <= %(now)s)
        OR (%(place)s AND c.state = 'wanted' AND h.status = 'held' AND c.next_at <= %(now)s AND NOT EXISTS (
            SELECT 1 FROM courtesy o
            WHERE o.company_id = c.company_id AND o.staff_id = c.staff_id AND o.event_type_id = c.event_type_id
              AND o.hold_id <> c.hold_id AND o.state IN ('sent', 'placed', 'leaving', 'lost')
              AND o.starts_at < c.ends_at AND o.ends_at > c.starts_at)))
    ORDER BY c.state = 'wanted', c.until LIMIT %(limit)s FOR UPDATE OF c SKIP LOCKED)
RETURNING hold_id, ordinal, event_type_id, starts_at, until, length_min, uid, attempts;
"""
_RECORD = """
UPDATE courtesy SET state = %(state)s, uid = %(uid)s, next_at = %(next_at)s, attempts = %(attempts)s,
       until = coalesce(%(until)s, until)
WHERE company_id = %(company)s AND hold_id = %(hold)s AND ordinal = %(ordinal)s AND state = ANY (%(from)s);
"""
_DROP = """
DELETE FROM courtesy WHERE company_id = %(company)s AND hold_id = %(hold)s AND ordinal = %(ordinal)s AND state = 'sent';
"""
_HIDDEN = """
SELECT staff_id, starts_at, ends_at FROM courtesy
WHERE company_id = %s AND staff_id = ANY (%s) AND starts_at < %s AND ends_at > %s AND state <> 'wanted'
  AND until > zusage_now()
ORDER BY staff_id, starts_at
"""


class PostgresCourtesyUnit(OpenUnit):
    """Implements `app.courtesy.ports.CourtesyUnit` on an open transaction."""

    def __init__(self, connection: Connection, company_id: UUID, seal: Sealer) -> None:
        super().__init__(connection, company_id)
        self._seal = seal

    async def connection(self) -> CalendarConnection | None:
        return await read_connection(self._connection, self._company_id, self._seal)

    async def take(self, limit: int, seconds: float, *, place: bool) -> Sequence[Courtesy]:
        now = await self.now()
        values = {"company": self._company_id, "now": now, "place": place, "limit": limit}
        await self._connection.execute(_FORGET, values)
        await self._connection.execute(_LOSE, values)
        cursor = await self._connection.execute(_TAKE, values | {"leased": now + timedelta(seconds=seconds)})
        return [Courtesy(*row) for row in await cursor.fetchall()]

    async def record(self, courtesy: Courtesy, change: Change | None) -> None:
        key = {"company": self._company_id, "hold": courtesy.hold_id, "ordinal": courtesy.ordinal}
        if change is None:
            await self._connection.execute(_DROP, key)
            return
        # A uid that comes after its lease was over is still worth knowing.
        came_from = ["leaving"] if courtesy.uid else ["sent", "lost"] if change.uid else ["sent"]
        values = {
            "state": change.state,
            "uid": change.uid,
            "next_at": change.next_at,
            "attempts": change.attempts,
            "until": change.until,
            "from": came_from,
        }
        await self._connection.execute(_RECORD, key | values)

    async def wake(self, at: datetime) -> None:
        await self._connection.execute(
            "SELECT directory.wake(%s, 'tend_courtesies', '{}', %s)", (self._company_id, at)
        )


class PostgresCourtesies:
    """Implements `app.courtesy.ports.CourtesyStore` and `OwnReservations`."""

    def __init__(self, database: Database, seal: Sealer) -> None:
        self._database = database
        self._seal = seal

    @asynccontextmanager
    async def unit(self, company_id: UUID) -> AsyncIterator[PostgresCourtesyUnit]:
        async with self._database.transaction(company_id) as connection:
            yield PostgresCourtesyUnit(connection, company_id, self._seal)

    async def due_companies(self, limit: int) -> Sequence[UUID]:
        async with self._database.connection() as connection:
            cursor = await connection.execute("SELECT company_id FROM directory.due_courtesies(%s)", (limit,))
            return [row[0] for row in await cursor.fetchall()]

    async def hidden(
        self, company_id: UUID, staff: Collection[UUID], window: Period
    ) -> Sequence[tuple[UUID, Period]]:
        async with self._database.transaction(company_id) as connection:
            cursor = await connection.execute(_HIDDEN, (company_id, list(staff), window.end, window.start))
            return [(staff_id, Period(start, end)) for staff_id, start, end in await cursor.fetchall()]
