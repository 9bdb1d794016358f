"""How much of the background work of all processes one company may take up at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import LiteralString
from uuid import UUID

import structlog

from zusage.adapters.postgres.database import Database, clock
from zusage.app.errors import LedgerBusy
from zusage.app.mirror.ports import WorkerSlots

log = structlog.get_logger()

_EACH = 2
_LEASE = timedelta(seconds=60)
_RENEW_SECONDS = 20.0
_TAKE = """
INSERT INTO worker_slot (company_id, slot, holder, until)
SELECT %(company)s, n, %(holder)s, %(until)s FROM generate_series(0, %(each)s - 1) AS n
WHERE NOT EXISTS (SELECT 1 FROM worker_slot w WHERE w.company_id = %(company)s AND w.slot = n AND w.until > %(now)s)
ORDER BY n LIMIT 1
ON CONFLICT (company_id, slot) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE worker_slot.until <= %(now)s
RETURNING slot;
"""
_RENEW = "UPDATE worker_slot SET until = %(until)s WHERE company_id = %(company)s AND holder = %(holder)s;"
_GIVE_BACK = "DELETE FROM worker_slot WHERE company_id = %(company)s AND holder = %(holder)s;"


class PostgresSlots:
    """Implements `app.mirror.ports.WorkerSlots` for all processes on this database.

    `here` is asked first: where this process has none free, the database need not be. The slots of a process that was
    killed are free again after a minute."""

    def __init__(self, database: Database, here: WorkerSlots, *, new_id: Callable[[], UUID]) -> None:
        self._database = database
        self._here = here
        self._new_id = new_id

    @asynccontextmanager
    async def take(self, company_id: UUID) -> AsyncIterator[bool]:
        """Take a slot for as long as the block runs.

        :raises LedgerBusy: the database is too busy to tell; trying again is safe."""
        async with self._here.take(company_id) as free:
            holder = self._new_id()
            if not free or not await self._taken(company_id, holder):
                yield False
                return
            renewing = asyncio.create_task(self._renew(company_id, holder))
            try:
                yield True
            finally:
                renewing.cancel()
                with suppress(asyncio.CancelledError):
                    await renewing
                # What cannot be given back now runs out by itself.
                with suppress(LedgerBusy):
                    await self._run(_GIVE_BACK, company_id, holder)

    async def _taken(self, company_id: UUID, holder: UUID) -> bool:
        # Of two that want the same free slot at one moment, the second finds the other free one when it looks again.
        for _ in range(_EACH):
            if await self._run(_TAKE, company_id, holder) == 1:
                return True
        return False

    async def _renew(self, company_id: UUID, holder: UUID) -> None:
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            try:
                await self._run(_RENEW, company_id, holder)
            except LedgerBusy as error:
                log.info("worker_slot_not_renewed", company_id=str(company_id), reason=str(error))

    async def _run(self, statement: LiteralString, company_id: UUID, holder: UUID) -> int:
        """Run one of the statements; says how many rows it met."""
        async with self._database.transaction(company_id) as connection:
            now = await clock(connection)
            values = {"company": company_id, "holder": holder, "now": now, "until": now + _LEASE}
            cursor = await connection.execute(statement, values | {"each": _EACH})
            await connection.execute("COMMIT")
        return cursor.rowcount
