"""The salon of the fault matrix: loaded and connected once, cloned for each cell, with a calendar of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx2
import psycopg

from support.database import DatabaseUrls
from zusage.adapters.crypto import SecretBox
from zusage.adapters.postgres.calendars import PostgresCalendars
from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.adapters.postgres.database import Database
from zusage.app.calendar_setup.subscribe import HOOK_PATH, TRIGGERS
from zusage.app.mirror.connection import (
    BranchCalendar,
    CalendarConnection,
    CalendarMapping,
    HostMapping,
    SegmentMapping,
)
from zusage.app.operations.company_file import CompanyFile, parse_company_file
from zusage.app.operations.load_company import load_company
from zusage.sandbox.calcom import Account, Simulator, World, running_simulator
from zusage.sandbox.calcom.company import add_company

BERLIN = ZoneInfo("Europe/Berlin")
NUMBER, AGENT, KEY = "+493023125400", "agent_fault", "key_fault_salon"
CALENDAR_KEY, DOMAIN = "cal_live_faults", "anrufer.bruch.example"
SERVICES = {"simple": "Herrenschnitt", "compound": "Dauerwelle"}
_SECRET, _ADDRESS = "hook-secret-of-the-matrix", "matrix-" * 6
_FILE = Path(__file__).parent / "fault-salon.toml"


def salon_file() -> CompanyFile:
    return parse_company_file(_FILE.read_text(encoding="utf-8"), source=_FILE.name)


def day() -> date:
    """A day that is far enough away for every clock that a cell moves."""
    return datetime.now(BERLIN).date() + timedelta(days=10)


def at(hour: int, minute: int = 0) -> datetime:
    """A time of that day, in UTC."""
    return datetime.combine(day(), time(hour, minute), BERLIN).astimezone(UTC)


def words(start: datetime) -> str:
    """How a caller says it."""
    local = start.astimezone(BERLIN)
    return f"am {local:%d.%m.%Y} um {local.hour}:{local.minute:02} Uhr"


def _world(company: CompanyFile) -> tuple[World, Account]:
    """The same accounts with the same ids each time."""
    world = World(seed=1)
    return world, add_company(world, company, key=CALENDAR_KEY)


@asynccontextmanager
async def calendar() -> AsyncIterator[Simulator]:
    """A Cal.com with the salon's account and nothing booked."""
    world, _ = _world(salon_file())
    async with running_simulator(world=world, rate_per_minute=None) as sim:
        yield sim


async def load_salon(urls: DatabaseUrls, box: SecretBox) -> None:
    """Load the company and connect it to a calendar whose address comes later."""
    company = salon_file()
    pool = Database(urls.app, size=2, lock_ms=5_000, statement_ms=15_000)
    await pool.open()
    try:
        await load_company(company, store=PostgresCompanies(pool), seal=box, environment={})
        store = PostgresCalendars(pool, box)
        _, account = _world(company)
        owner = next(iter(account.people.values()))
        connection = CalendarConnection(
            company.id,
            "http://127.0.0.1:9",
            CALENDAR_KEY,
            owner.id,
            owner.username,
            DOMAIN,
            {company.branches[0].branch.id: BranchCalendar()},
            hook_secret=_SECRET,
            hook_address=_ADDRESS,
            per_minute=10_000,
        )
        await store.save_connection(connection)
        await store.save_mapping(company.id, _mapping(company, account))
    finally:
        await pool.close()


def _mapping(company: CompanyFile, account: Account) -> CalendarMapping:
    kinds = {(kind.owner_id, kind.slug): kind for kind in account.world.event_types.values()}
    hosts = [HostMapping(record.staff.id, account.people[record.key].id) for record in company.staff]
    segments = []
    for record in company.staff:
        for each in company.services:
            active = [n for n, segment in enumerate(each.service.segments) if segment.kind == "active"]
            for count, ordinal in enumerate(active, 1):
                slug = each.service.key if len(active) == 1 else f"{each.service.key}-{count}"
                kind = kinds[account.people[record.key].id, slug]
                segments.append(
                    SegmentMapping(each.service.id, ordinal, record.staff.id, kind.id, kind.length)
                )
    return CalendarMapping(hosts, segments)


@dataclass(frozen=True)
class Setting:
    """How a cell's salon is set up: whether the call waits for the calendar, and for how long."""

    inline: bool = False
    wait_ms: int = 3_000


async def subscribe(sim: Simulator, base_url: str) -> None:
    """Let the calendar tell a process of everything that happens in it."""
    team = next(iter(sim.world.teams.values()))
    body = {"subscriberUrl": f"{base_url}{HOOK_PATH}{_ADDRESS}", "triggers": TRIGGERS, "secret": _SECRET}
    async with httpx2.AsyncClient(base_url=sim.base_url) as client:
        made = await client.post(
            f"/v2/organizations/{team.organization_id}/webhooks",
            json=body | {"active": True},
            headers={"authorization": f"Bearer {CALENDAR_KEY}"},
        )
    assert made.status_code == 201, made.text


def point_at(urls: DatabaseUrls, base_url: str, setting: Setting) -> None:
    """Tell a clone of the salon where its calendar is, and how its branch confirms."""
    with psycopg.connect(urls.admin) as connection:
        connection.execute("UPDATE calendar_connection SET base_url = %s", [base_url])
        connection.execute(
            "UPDATE calendar_branch SET confirm = %s, wait_ms = %s",
            ["inline" if setting.inline else "background", setting.wait_ms],
        )
