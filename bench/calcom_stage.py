"""Salons that are connected to one simulated Cal.com, and the server process that answers for them."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import ssl
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from bench.load import Line
from bench.places import Place, Places, salon_text, served
from zusage.adapters.calcom.circuit import Circuits
from zusage.adapters.calcom.client import CalcomClient
from zusage.adapters.calcom.pool import CalcomPool, PoolSettings
from zusage.adapters.calcom.shared import LocalBucket, LocalStates
from zusage.adapters.calcom.teams import CalcomAccounts
from zusage.adapters.crypto import SecretBox
from zusage.adapters.postgres.calendar_setup import PostgresCalendarSetup
from zusage.adapters.postgres.database import Database
from zusage.adapters.valkey.server import client
from zusage.app.calendar_setup.connect_calendar import ConnectWish, connect_calendar
from zusage.app.calendar_setup.map_calendar import MapWish, apply_mapping, view_mapping
from zusage.app.free_times.warm import WARM_DAYS, warm
from zusage.app.mirror.connection import BranchCalendar
from zusage.app.operations.company_file import CompanyFile, parse_company_file
from zusage.boot.calendars import build_calendars
from zusage.boot.free_times import FreeTimeParts, open_free_times
from zusage.sandbox.calcom import EventType, Latency, Simulator, World, running_simulator
from zusage.sandbox.calcom.company import add_company

SALON = Path(__file__).parent / "calcom_salon.toml"
LATENCY_MS = 300.0
STAFF, CHAIRS, HOLD_SECONDS = 4, 8, 120
_CONSTANT = Latency(ms=LATENCY_MS)
_DEADLINE_MS = 1_500


@dataclass(frozen=True)
class Salon:
    """One connected company: its number in the sentences of the callers, and its account at Cal.com."""

    number: int
    file: CompanyFile
    key: str

    @property
    def company_id(self) -> UUID:
        return self.file.id

    @property
    def people(self) -> list[str]:
        return [each.staff.name for each in self.file.staff]


@dataclass
class Stage:
    """A running server with its connected salons. `waits` and `statuses` are what the callers' lines wrote down."""

    place: Place
    url: str
    sim: Simulator
    salons: list[Salon]
    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[str] = field(default_factory=Counter)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(5_000_000))

    def line(self) -> Line:
        return Line(self.url, self.waits, self.statuses)

    def kind(self, salon: Salon, person: str, slug: str) -> EventType:
        """The event type that a person's service is booked as."""
        users = {
            user.id: user.name for user in self.sim.world.users.values() if user.account == salon.file.key
        }
        return next(
            kind
            for kind in self.sim.world.event_types.values()
            if kind.slug == slug and users.get(kind.owner_id or 0) == person
        )

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Read past row-level security, for counting only."""
        with psycopg.connect(self.place.urls.admin) as connection:
            return connection.execute(statement.encode(), values).fetchall()

    def requests(self) -> Counter[str]:
        """Count what Cal.com was asked so far, by operation; what only keeps connections warm does not count."""
        return Counter(each.op for each in self.sim.journal.requests if each.path != "/v2/health")

    async def settled(self, within: float = 60.0) -> bool:
        """Wait until no mirror has anything to do any more, or only a person has."""
        return await self._none(
            "SELECT count(*) FROM mirror WHERE next_at IS NOT NULL AND review_at IS NULL", within
        )

    async def compared(self, within: float = 130.0) -> None:
        """Wait until every calendar was compared with the ledger for the first time, as it is once a night then."""
        first = (
            "SELECT count(*) FROM calendar_connection c LEFT JOIN calendar_pull p USING (company_id)"
            " WHERE p.compared_at IS NULL"
        )
        if not await self._none(first, within):
            raise RuntimeError(f"not every calendar was compared within {within:.0f} s")

    async def _none(self, count: str, within: float) -> bool:
        until = time.monotonic() + within
        while time.monotonic() < until:
            [(left,)] = await asyncio.to_thread(self.rows, count)
            if not left:
                return True
            await asyncio.sleep(0.5)
        return False

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[FreeTimeParts]:
        """What a serving process reads free times with, in this process, on the same Valkey."""
        pooling = PoolSettings(tls=ssl.create_default_context(cafile=self.sim.authority), trust_env=False)
        async with opened(self.place) as database:
            calendars = build_calendars(self.place.valkey, database, replicas=1, pooling=pooling)
            async with (
                calendars.kept(warm=False),
                open_free_times(
                    database, SecretBox([self.place.key]), calendars, deadline_ms=_DEADLINE_MS
                ) as parts,
            ):
                yield parts

    async def warm(self, days: int = WARM_DAYS) -> None:
        """Read the coming days of every salon, as the hourly warm-up does."""
        async with self.reading() as parts:
            warmed = await asyncio.gather(
                *(
                    warm(each.company_id, hosts=parts.hosts, filler=parts.filler, days=days)
                    for each in self.salons
                )
            )
        failed = [each.reason for each in warmed if each.failed]
        if failed:
            raise RuntimeError(f"not every salon could be warmed: {failed[0]}")


@asynccontextmanager
async def opened(place: Place) -> AsyncIterator[Database]:
    """A small pool of connections as the role that serves."""
    database = Database(place.urls.app, size=2, lock_ms=5_000, statement_ms=30_000)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


def texts(companies: int) -> list[str]:
    return [
        salon_text(SALON, n, staff=STAFF, chairs=CHAIRS, hold_seconds=HOLD_SECONDS) for n in range(companies)
    ]


def make_place(places: Places, companies: int) -> Place:
    """Make a database with so many salons; none is connected yet."""
    return places.make(companies, staff=STAFF, chairs=CHAIRS, hold_seconds=HOLD_SECONDS, salon=SALON)


@asynccontextmanager
async def stage(place: Place, *, inline: bool = False) -> AsyncIterator[Stage]:
    """Serve the place, connect all its salons, and slow the simulator down once they are.

    `inline`: bookings are confirmed at Cal.com while the caller waits."""
    await _empty(place)
    files = [parse_company_file(text, source=SALON.name) for text in texts(place.companies)]
    world = World()
    salons = [Salon(n, file, f"cal_live_bench_{n}") for n, file in enumerate(files)]
    for salon in salons:
        add_company(world, salon.file, key=salon.key)
    async with AsyncExitStack() as stack:
        sim = await stack.enter_async_context(running_simulator(tls=True, world=world))
        # The simulator lives in this event loop, which must go on while processes start and end.
        serving = served(place, {"SSL_CERT_FILE": str(sim.authority)})
        url = await asyncio.to_thread(serving.__enter__)
        stack.push_async_callback(asyncio.to_thread, serving.__exit__, None, None, None)
        await _connect(place, sim, salons, url, inline=inline)
        sim.state.latency["*"] = _CONSTANT
        sim.journal.clear()
        yield Stage(place, url, sim, salons)


async def _empty(place: Place) -> None:
    """Forget what the section before has kept and counted: its salons had the same ids, in another database."""
    valkey = client(place.valkey, timeout=5)
    await valkey.flushdb()
    await valkey.aclose()


async def _connect(place: Place, sim: Simulator, salons: list[Salon], url: str, *, inline: bool) -> None:
    """Do what `zusage calcom connect` and `map --apply --yes` do."""
    trusted = ssl.create_default_context(cafile=sim.authority)
    pool = CalcomPool(PoolSettings(tls=trusted, trust_env=False))
    client = CalcomClient(pool, Circuits(LocalStates(), time.time), LocalBucket(time.time, share=1))
    async with opened(place) as database:
        store = PostgresCalendarSetup(database, SecretBox([place.key]))
        for salon in salons:
            await _connect_salon(salon, sim.base_url, url, store, CalcomAccounts(client), inline=inline)
    await client.close()


async def _connect_salon(
    salon: Salon,
    server: str,
    url: str,
    store: PostgresCalendarSetup,
    calendars: CalcomAccounts,
    *,
    inline: bool,
) -> None:
    wish = ConnectWish(salon.file.key, salon.key, server, f"calls.{salon.file.key}.example", url)
    await connect_calendar(wish, store=store, calendars=calendars, new_token=lambda: secrets.token_hex(24))
    view = await view_mapping(MapWish(salon.file.key), store=store, calendars=calendars)
    await apply_mapping(view, with_probes=True, store=store, calendars=calendars)
    if inline:
        branches = {each.branch.id: BranchCalendar("inline") for each in salon.file.branches}
        await store.save_connection(replace(view.connection, branches=branches))
