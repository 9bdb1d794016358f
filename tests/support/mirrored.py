"""A shop whose branch is connected to a simulated Cal.com over a real socket, and the routine between the two."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from support.database import Clock
from support.shop import BOOKER, Shop, make_shop
from zusage.adapters.calcom.circuit import Circuits
from zusage.adapters.calcom.client import CalcomClient
from zusage.adapters.calcom.pool import CalcomPool, PoolSettings
from zusage.adapters.calcom.shared import LocalBucket, LocalStates
from zusage.adapters.crypto import SecretBox, generate_key
from zusage.adapters.postgres.calendars import PostgresCalendars
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.mirror import PostgresMirror
from zusage.app.booking.ports import Booker, Moved
from zusage.app.mirror.asking import Patience
from zusage.app.mirror.bring_over import Brought, Mirroring, bring_over
from zusage.app.mirror.connection import (
    BranchCalendar,
    CalendarConnection,
    CalendarMapping,
    HostMapping,
    SegmentMapping,
)
from zusage.app.points import Reach
from zusage.core.scheduling.plan import Plan
from zusage.sandbox.calcom import DEMO_KEY, Booking, EventType, Simulator, running_simulator

BERLIN = ZoneInfo("Europe/Berlin")
DOMAIN = "anrufer.salon.example"
PEOPLE = ("anna", "ben")
# Ordinals of a plan of two hours with a gap from the 60th to the 90th minute, and of one of an hour.
_KINDS = {0: "damenschnitt", 2: "herrenschnitt"}


def open_start(hour: int = 10) -> datetime:
    """An hour of the simulator's next Wednesday but one, which is open, in UTC."""
    today = datetime.now(BERLIN).replace(hour=hour, minute=0, second=0, microsecond=0)
    return (today + timedelta(days=(2 - today.weekday()) % 7 + 7)).astimezone(UTC)


@dataclass
class Mirrored:
    """The connected shop. `book` books, `bring` lets the routine run, `rows` and `there` tell what came of it."""

    shop: Shop
    sim: Simulator
    client: CalcomClient
    mirroring: Mirroring
    calendars: PostgresCalendars
    key: bytes
    """It seals the secrets."""

    def kind(self, slug: str = "damenschnitt", person: int = 0) -> EventType:
        users = {user.username: user.id for user in self.sim.world.users.values()}
        return next(
            kind
            for kind in self.sim.world.event_types.values()
            if kind.slug == slug and kind.owner_id == users[PEOPLE[person]]
        )

    async def book(self, *plans: Plan, booker: Booker = BOOKER, start: datetime | None = None) -> UUID:
        run = await self.shop.call()
        wanted = plans or (self.shop.plan(start=start or open_start()),)
        booked = await self.shop.take_and_confirm(run, *wanted, booker=booker)
        assert booked.appointment_id is not None, booked
        return booked.appointment_id

    async def cancel(self, appointment_id: UUID, reason: str = "Kunde hat abgesagt") -> None:
        await self.shop.do(
            "SELECT ledger_cancel(%s, %s, 'voice', %s, false)", self.shop.company_id, appointment_id, reason
        )

    async def move(
        self, appointment_id: UUID, *plans: Plan, expected: datetime | None = None, **order: Any
    ) -> Moved:
        return await self.shop.move(appointment_id, *plans, expected=expected or open_start(), **order)

    async def bring(self, appointment_id: UUID, reach: Reach | None = None, **patience: float) -> Brought:
        mirroring = self.mirroring
        if reach is not None:
            mirroring = replace(mirroring, reach=reach)
        if patience:
            mirroring = replace(mirroring, patience=replace(mirroring.patience, **patience))  # type: ignore[arg-type]
        return await bring_over(self.shop.company_id, appointment_id, mirroring)

    async def settle(self, appointment_id: UUID, clock: Clock, *, most: int = 15) -> int:
        """Let time pass and the routine run until nothing is to be done any more; says after how many runs."""
        for run in range(1, most + 1):
            await self.bring(appointment_id)
            wait = await self.shop.rows(
                "SELECT extract(epoch FROM max(greatest(next_at, lease_until)) - zusage_now()) FROM mirror"
                " WHERE appointment_id = %s AND next_at IS NOT NULL",
                appointment_id,
            )
            if wait[0][0] is None:
                return run
            clock.advance(max(float(str(wait[0][0])), 0.0) + 0.5)
        raise AssertionError(await self.mirrors(appointment_id))

    async def mirrors(self, appointment_id: UUID) -> list[dict[str, Any]]:
        """The rows of an appointment, by phase."""
        found = await self.shop.rows(
            "SELECT to_jsonb(m) FROM mirror m WHERE appointment_id = %s ORDER BY ordinal", appointment_id
        )
        return [dict(row[0]) for row in found]  # type: ignore[call-overload]

    async def known(self, appointment_id: UUID) -> list[tuple[str, str]]:
        return [(row["wanted"], row["known"]) for row in await self.mirrors(appointment_id)]

    async def reviews(self) -> list[str]:
        """The open review items, by kind."""
        rows = await self.shop.rows("SELECT kind FROM review_item WHERE resolved_at IS NULL ORDER BY kind")
        return [str(row[0]) for row in rows]

    @property
    def there(self) -> list[Booking]:
        """The live bookings as Cal.com really has them."""
        return [each for each in self.sim.world.bookings.values() if each.live]

    def posts(self) -> int:
        return len(self.sim.journal.of("bookings.create"))


@asynccontextmanager
async def mirrored(
    database: Database,
    jobs: Database,
    *,
    staff: int = 2,
    chairs: int = 0,
    simulate: Mapping[str, Any] | None = None,
) -> AsyncIterator[Mirrored]:
    """Make a shop of up to two people, connect it, and run its calendar for as long as the block runs.

    The shop books as the role that serves, the routine works as `jobs`, the role of the worker."""
    shop = await make_shop(database, staff=staff, chairs=chairs)
    options = {"rate_per_minute": None, **(simulate or {})}
    async with running_simulator(**options) as sim, _client() as client:
        key = generate_key()
        box = SecretBox([key])
        store = PostgresMirror(jobs, box, new_id=uuid4)
        mirroring = Mirroring(store, client, uuid4, lambda: 0.5, patience=Patience(2.0, 2.0))
        made = Mirrored(shop, sim, client, mirroring, PostgresCalendars(database, box), key)
        await connect(made)
        yield made


async def connect(made: Mirrored, **changes: object) -> CalendarConnection:
    """Store the connection and a mapping of both segments for everybody."""
    shop, users = made.shop, {user.username: user for user in made.sim.world.users.values()}
    await shop.do("SELECT directory.put_company(%s, %s, 'Laden')", shop.company_id, shop.company_id.hex)
    wanted = CalendarConnection(
        shop.company_id,
        made.sim.base_url,
        DEMO_KEY,
        users["anna"].id,
        "anna",
        DOMAIN,
        {shop.branch_id: BranchCalendar()},
        per_minute=10_000,
    )
    wanted = replace(wanted, **changes)  # type: ignore[arg-type]
    await made.calendars.save_connection(wanted)
    hosts = [HostMapping(id_, users[name].id) for id_, name in zip(shop.staff, PEOPLE, strict=False)]
    segments = [
        SegmentMapping(shop.service_id, ordinal, id_, kind.id, kind.length)
        for person, id_ in enumerate(shop.staff)
        for ordinal, slug in _KINDS.items()
        for kind in [made.kind(slug, person)]
    ]
    await made.calendars.save_mapping(shop.company_id, CalendarMapping(hosts, segments))
    return wanted


@asynccontextmanager
async def _client(clock: Callable[[], float] = time.time) -> AsyncIterator[CalcomClient]:
    settings = PoolSettings(full_limit=2.0, warm_lanes=1, trust_env=False)
    client = CalcomClient(CalcomPool(settings), Circuits(LocalStates(), clock), LocalBucket(clock, share=1))
    try:
        yield client
    finally:
        await client.close(grace=0.1)
