"""A connected shop, its calendar, and the comparison between the two, with one clock for all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from support.database import Clock
from support.mirrored import Mirrored, mirrored
from zusage.adapters.crypto import SecretBox
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.reconcile import PostgresReconcile
from zusage.app.mirror.cancel_orphans import cancel_orphans
from zusage.app.reconcile.heed_hints import heed_hints
from zusage.app.reconcile.observe_bookings import Observed, Reconciling
from zusage.app.reconcile.pull_calendar import pull_calendar
from zusage.core.values import Period

HOUR = 3600.0


@dataclass
class Reconciled:
    """`pull` and `heed` work as the worker does; `later` lets time pass here and at Cal.com; `told` are changed days."""

    salon: Mirrored
    clock: Clock
    reconciling: Reconciling
    told: list[tuple[UUID, datetime]]

    def later(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.salon.sim.clock.advance(seconds)

    def vanish(self, uid: str) -> None:
        """Take a booking out of Cal.com as if it had never been: no look-up finds it, and its time is free."""
        world = self.salon.sim.world
        world.end(world.bookings[uid], "cancelled", self.salon.sim.clock.now())
        world.bookings.pop(uid)

    async def booked(self, start: datetime | None = None) -> UUID:
        """Book, and have it stand there for so long that nothing is on its way any more."""
        appointment = await self.salon.book(start=start)
        await self.salon.bring(appointment)
        self.later(HOUR)
        return appointment

    async def pull(self) -> Observed:
        """Compare what is due, now."""
        await self.salon.shop.do("UPDATE calendar_pull SET next_at = zusage_now()")
        return await pull_calendar(self.company_id, self.reconciling)

    async def compare(self) -> Observed:
        """Compare all weeks."""
        await self.salon.shop.do("UPDATE calendar_pull SET compared_at = NULL")
        return await self.pull()

    async def heed(self) -> Observed:
        """Wait until hints are due, and heed them."""
        self.later(6)
        return await heed_hints(self.company_id, self.reconciling)

    async def hint(self, *uids: str, trigger: str = "BOOKING_CREATED") -> None:
        """Leave a hint, as the door does."""
        body = f"{trigger}/{uids}/{uuid4()}".encode()
        await self.salon.shop.do(
            "SELECT calendar_hint_note(%s, sha256(%s), %s, %s, interval '5 s')",
            *(self.company_id, body, trigger, list(uids)),
        )

    async def clean_up(self) -> int:
        """Have orphans cancelled there, as the minute does."""
        return await cancel_orphans(self.company_id, self.salon.mirroring)

    async def status(self, appointment_id: UUID) -> str:
        rows = await self.salon.shop.rows(
            "SELECT status FROM appointment WHERE appointment_id = %s", appointment_id
        )
        return str(rows[0][0])

    async def orphans(self) -> list[tuple[object, ...]]:
        return await self.salon.shop.rows("SELECT uid, why FROM orphan ORDER BY uid")

    async def externals(self) -> list[tuple[object, ...]]:
        """The stored bookings of others, each with its claim."""
        return await self.salon.shop.rows(
            "SELECT e.uid, e.staff_id, c.starts_at, c.ends_at FROM external_booking e"
            " JOIN claim c ON c.external_id = e.external_id AND c.resource_id = e.staff_id ORDER BY c.starts_at"
        )

    async def history(self, appointment_id: UUID) -> list[tuple[object, ...]]:
        return await self.salon.shop.rows(
            "SELECT actor, action, detail ->> 'reason' FROM appointment_history WHERE appointment_id = %s"
            " ORDER BY history_id",
            appointment_id,
        )

    async def uid(self, appointment_id: UUID, ordinal: int = 0) -> str:
        rows = await self.salon.mirrors(appointment_id)
        return str(next(row["uid"] for row in rows if row["ordinal"] == ordinal))

    @property
    def company_id(self) -> UUID:
        return self.salon.shop.company_id


def kinds(observed: Observed) -> list[tuple[str, str]]:
    """What was found, and what was done about it."""
    return sorted((each.kind, each.deed) for each in observed.differences)


@asynccontextmanager
async def reconciled(
    app_db: Database, jobs_db: Database, clock: Clock, **options: object
) -> AsyncIterator[Reconciled]:
    """Make a connected shop and what compares it, as the role of the worker."""
    async with mirrored(app_db, jobs_db, **options) as salon:  # type: ignore[arg-type]
        told: list[tuple[UUID, datetime]] = []

        async def changed(
            company_id: UUID, staff_id: UUID, period: Period, *, doubtful: bool = False
        ) -> None:
            assert (company_id, doubtful) == (salon.shop.company_id, False)
            told.append((staff_id, period.start))

        store = PostgresReconcile(jobs_db, SecretBox([salon.key]), new_id=uuid4)
        yield Reconciled(salon, clock, Reconciling(store, salon.client, uuid4, changed), told)
