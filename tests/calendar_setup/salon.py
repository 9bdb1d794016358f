"""A salon with two people, its Cal.com in the simulator, and everything between them."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from zusage.adapters.calcom.circuit import Circuits
from zusage.adapters.calcom.client import CalcomClient
from zusage.adapters.calcom.pool import CalcomPool, PoolSettings
from zusage.adapters.calcom.shared import LocalBucket, LocalStates
from zusage.adapters.calcom.teams import CalcomAccounts
from zusage.adapters.crypto import SecretBox, generate_key
from zusage.adapters.postgres.calendar_setup import PostgresCalendarSetup
from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.masters import PostgresMasters
from zusage.app.calendar_setup.check_calendar import CalendarReport, check_calendar
from zusage.app.calendar_setup.connect_calendar import Connected, ConnectWish, connect_calendar
from zusage.app.calendar_setup.map_calendar import Applied, MapView, MapWish, apply_mapping, view_mapping
from zusage.app.mirror.ports import Attendee, BookingWanted, CalendarAccess, CalendarError, Terms
from zusage.app.operations.company_file import parse_company_file
from zusage.app.operations.load_company import load_company
from zusage.core.scheduling.masters import BranchBook
from zusage.sandbox.calcom import Account, EventType, Simulator, World, add_account

FILE = (Path(__file__).parent / "salon.toml").read_text(encoding="utf-8")
COMPANY, KEY, DOMAIN = "salon-drei", "cal_live_salon_drei", "anrufer.salon-drei.example"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def salon_world(*, people: tuple[str, ...] = ("anna", "ben")) -> tuple[World, Account]:
    """An account in which everything is as it has to be, and the key is Anna's, who runs the team."""
    world = World(seed=1)
    account = add_account(world, "salon", key=KEY, people=people)
    account.event_type("anna", "herrenschnitt", 30)
    account.event_type("anna", "damenhaarschnitt", 60, title="Damenhaarschnitt bei Anna (60 min)")
    account.event_type("anna", "farbe-auftragen", 45)
    account.event_type("anna", "farbe-auswaschen", 15)
    if "ben" in people:
        account.event_type("ben", "maennerschnitt", 30, title="Männerschnitt")
    return world, account


@dataclass
class Seconds:
    """A clock that goes on with every look at it, so that no test waits for the rate of its key."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        self.now += 2.0
        return self.now


@dataclass
class Salon:
    """The use cases with a salon that is loaded, on this test's database and simulator."""

    sim: Simulator
    account: Account
    store: PostgresCalendarSetup
    accounts: CalcomAccounts
    database: Database
    clock: Seconds
    box: SecretBox
    """It opens the calendar's key."""
    _booked: int = 0

    async def connect(self, **changes: object) -> Connected:
        said: dict[str, object] = {
            "company": COMPANY, "api_key": KEY, "server": self.sim.base_url, "email_domain": DOMAIN,
        }  # fmt: skip
        wish = ConnectWish(**(said | changes))  # type: ignore[arg-type]
        return await connect_calendar(wish, store=self.store, calendars=self.accounts, new_token=new_token)

    async def view(self, **said: object) -> MapView:
        wish = MapWish(COMPANY, **said)  # type: ignore[arg-type]
        return await view_mapping(wish, store=self.store, calendars=self.accounts)

    async def apply(self, *, with_probes: bool = False, **said: object) -> Applied:
        view = await self.view(**said)
        return await apply_mapping(view, with_probes=with_probes, store=self.store, calendars=self.accounts)

    async def check(self) -> CalendarReport:
        return await check_calendar(COMPANY, store=self.store, calendars=self.accounts)

    async def codes(self) -> set[str]:
        return {finding.code for finding in (await self.check()).findings}

    async def load_another(self) -> None:
        """Load the company salon-vier, which is like this one."""
        text = FILE.replace("salon-drei", "salon-vier")
        await _load(text, self.database)

    async def company_id(self) -> UUID:
        return next(each.company_id for each in await self.store.companies() if each.key == COMPANY)

    async def book(self) -> BranchBook:
        """What everybody could do, mapped or not."""
        return (await self.store.books(await self.company_id()))[0]

    async def offered(self, version: int | None = None) -> dict[str, set[str]]:
        """Who is offered for what, as a tool call sees it."""
        known = await self.book()
        masters = PostgresMasters(self.database)
        book = await masters.book(
            known.company_id, known.branch.id, known.version if version is None else version
        )
        names = {service.id: service.key for service in book.services}
        return {member.name: {names[each] for each in member.skills} for member in book.staff}

    async def try_booking(self, kind: EventType) -> int:
        """Book the next free time of an event type at Cal.com, as the mirror does; the answer's status."""
        self._booked += 1
        start = datetime(2026, 11, 24, 8, tzinfo=UTC) + timedelta(hours=self._booked)
        access = CalendarAccess(await self.company_id(), self.sim.base_url, KEY)
        attendee = Attendee("Ida Berg", "Europe/Berlin", f"c{self._booked}@{DOMAIN}")
        wanted = BookingWanted(kind.id, start, attendee, {"intent": str(self._booked)})
        try:
            await self.accounts.of(access).create_booking(wanted, Terms(5.0))
        except CalendarError as error:
            return error.status
        return 201

    def kind(self, slug: str) -> EventType:
        return next(each for each in self.sim.world.event_types.values() if each.slug == slug)


def new_token() -> str:
    return secrets.token_hex(20)


@asynccontextmanager
async def accounts_client(clock: Seconds | None = None) -> AsyncIterator[CalcomAccounts]:
    """Open a client of accounts."""
    seconds = clock or Seconds()
    client = CalcomClient(
        CalcomPool(PoolSettings(full_limit=5.0, trust_env=False)),
        Circuits(LocalStates(), seconds),
        LocalBucket(seconds, share=1),
    )
    try:
        yield CalcomAccounts(client)
    finally:
        await client.close(grace=0.0)


@asynccontextmanager
async def salon_at(sim: Simulator, account: Account, database: Database) -> AsyncIterator[Salon]:
    """Load the salon, and open a client to its Cal.com."""
    clock = Seconds()
    await _load(FILE, database)
    box = SecretBox([generate_key()])
    store = PostgresCalendarSetup(database, box)
    async with accounts_client(clock) as calendars:
        yield Salon(sim, account, store, calendars, database, clock, box)


async def _load(text: str, database: Database) -> None:
    file = parse_company_file(text, source="salon.toml")
    box = SecretBox([generate_key()])
    await load_company(file, store=PostgresCompanies(database), seal=box, environment={})
