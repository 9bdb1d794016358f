"""The demo salon in Mitte with its whole account at a simulated Cal.com, as callers reach it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import httpx2
from starlette.applications import Starlette

from support.database import DatabaseUrls
from support.mirrored import DOMAIN
from support.voice import BERLIN, Phone, Salon, open_day, served, served_salon
from zusage.adapters.crypto import SecretBox, generate_key
from zusage.adapters.postgres.calendars import PostgresCalendars
from zusage.adapters.valkey.server import client as valkey_client
from zusage.app.calendar_setup.subscribe import HOOK_PATH, TRIGGERS
from zusage.app.free_times.warm import warm
from zusage.app.mirror.connection import (
    BranchCalendar,
    CalendarConnection,
    CalendarMapping,
    HostMapping,
    SegmentMapping,
)
from zusage.app.operations.company_file import StaffRecord
from zusage.boot.settings import Settings
from zusage.sandbox.calcom import Account, EventType, Simulator, World, running_simulator
from zusage.sandbox.calcom.company import add_company

KEY = "cal_live_free_salon"
HOOK_SECRET, HOOK_ADDRESS = "hook-secret-of-the-salon", "a" * 40


@dataclass
class FreeSalon:
    """The connected salon. `people` are the staff of the branch by key; `wish` and `hold` say it as a caller does."""

    salon: Salon
    sim: Simulator
    account: Account
    people: Mapping[str, StaffRecord]
    secret: bytes
    """It opens what is sealed."""

    @property
    def company_id(self) -> UUID:
        return self.salon.company.id

    def phone(self) -> Phone:
        return self.salon.phone()

    def staff(self, key: str) -> UUID:
        return self.people[key].staff.id

    def host(self, key: str) -> int:
        """The user at Cal.com."""
        return self.account.people[key].id

    def kind(self, key: str, slug: str) -> EventType:
        """An event type of somebody."""
        return next(
            each
            for each in self.sim.world.event_types.values()
            if each.slug == slug and each.owner_id == self.host(key)
        )

    def busy(self, key: str, start: datetime, minutes: int) -> None:
        """Write an entry into somebody's own calendar there."""
        self.sim.people.busy(self.host(key), start, start + timedelta(minutes=minutes))

    def all_busy(self, start: datetime, minutes: int) -> None:
        for key in self.people:
            self.busy(key, start, minutes)

    def requests(self) -> int:
        """How often free times were asked for."""
        return len(self.sim.journal.of("slots.list"))

    async def check(self, when: str, service: str = "Damenschnitt", **more: Any) -> dict[str, Any]:
        phone = more.pop("phone", None) or self.phone()
        return await phone.tool("check_availability", {"service": service, "when": when, **more})

    @asynccontextmanager
    async def told(self) -> AsyncIterator[None]:
        """Have Cal.com tell every change to the door of this salon for as long as the block runs."""
        door = Starlette(routes=self.salon.parts.hooks.routes())
        async with served(door) as base_url, httpx2.AsyncClient(trust_env=False) as client:
            organization = next(iter(self.sim.world.teams.values())).organization_id
            made = await client.post(
                f"{self.sim.base_url}/v2/organizations/{organization}/webhooks",
                json={
                    "subscriberUrl": f"{base_url}{HOOK_PATH}{HOOK_ADDRESS}",
                    "triggers": TRIGGERS,
                    "secret": HOOK_SECRET,
                    "active": True,
                },
                headers={"authorization": f"Bearer {KEY}"},
            )
            assert made.status_code == 201, made.text
            yield

    async def settled(self) -> None:
        """Wait for what is read behind the callers."""
        await self.salon.parts.free_times.filler.close(grace=15)


def at(hour: int, minute: int = 0, day: date | None = None) -> datetime:
    """A time of the day on which the salon is open (`open_day`)."""
    local = datetime.combine(day or open_day(), datetime.min.time(), tzinfo=BERLIN)
    return local.replace(hour=hour, minute=minute)


def said(moment: datetime) -> str:
    return f"{moment:%d.%m.%Y} {moment.hour} Uhr {moment.minute or ''}".strip()


def starts(answer: Mapping[str, Any]) -> list[datetime]:
    return [datetime.fromisoformat(offer["start"]) for offer in answer["data"]["offers"]]


def today() -> date:
    return datetime.now(BERLIN).date()


async def warmed(salon: FreeSalon, **more: object) -> None:
    """Read ahead as the worker does each hour."""
    parts = salon.salon.parts.free_times
    await warm(salon.company_id, hosts=parts.hosts, filler=parts.filler, **more)  # type: ignore[arg-type]


def next_open() -> datetime:
    """Two o'clock of an open day of the coming week."""
    day = today() + timedelta(days=1)
    while day.weekday() not in (1, 2, 3, 4):
        day += timedelta(days=1)
    return at(14, day=day)


@asynccontextmanager
async def free_salon(
    database: DatabaseUrls,
    *,
    probes: bool = True,
    unreachable: Literal["offer", "hide"] = "offer",
    valkey_url: str | None = None,
    deadline_ms: int = 3000,
    courtesy: bool = False,
    worker: bool = False,
    simulate: Mapping[str, Any] | None = None,
) -> AsyncIterator[FreeSalon]:
    """Serve the demo salon, connected; with a Valkey, that is emptied first. With `worker` one works in this process."""
    if valkey_url is not None:
        emptied = valkey_client(valkey_url, timeout=2)
        await emptied.flushdb()
        await emptied.aclose()
    settings = Settings(worker=worker, pool_size=8, calendar_deadline_ms=deadline_ms)
    secret = generate_key()
    async with served_salon(database, valkey=valkey_url, settings=settings, box=SecretBox([secret])) as salon:
        world = World(seed=1)
        account = add_company(world, salon.company, key=KEY)
        async with running_simulator(
            **{"world": world, "rate_per_minute": None, "slots_cache_s": 0.0, **(simulate or {})}
        ) as sim:
            branch = salon.company.branches[0].branch.id
            people = {each.key: each for each in salon.company.staff if each.branch_id == branch}
            made = FreeSalon(salon, sim, account, people, secret)
            store = PostgresCalendars(salon.parts.app, salon.box)
            owner = next(iter(account.people.values()))
            await store.save_connection(
                CalendarConnection(
                    salon.company.id,
                    sim.base_url,
                    KEY,
                    owner.id,
                    owner.username,
                    DOMAIN,
                    {branch: BranchCalendar()},
                    per_minute=10_000,
                    unreachable=unreachable,
                    courtesy_holds=courtesy,
                    hook_secret=HOOK_SECRET,
                    hook_address=HOOK_ADDRESS,
                )
            )
            await store.save_mapping(salon.company.id, _mapping(made, probes=probes))
            yield made


def _mapping(made: FreeSalon, *, probes: bool) -> CalendarMapping:
    hosts, segments = [], []
    for key, record in made.people.items():
        probe = None
        if probes:
            probe = made.account.event_type(key, "freie-zeiten", 5, slot_interval=5, hidden=True).id
        hosts.append(HostMapping(record.staff.id, made.host(key), probe))
        for each in made.salon.company.services:
            if each.service.id not in record.staff.skills:
                continue
            minutes = record.staff.skills[each.service.id] or tuple(s.minutes for s in each.service.segments)
            active = [n for n, segment in enumerate(each.service.segments) if segment.kind == "active"]
            for count, ordinal in enumerate(active, start=1):
                slug = each.service.key if len(active) == 1 else f"{each.service.key}-{count}"
                kind = made.kind(key, slug)
                segments.append(
                    SegmentMapping(each.service.id, ordinal, record.staff.id, kind.id, minutes[ordinal])
                )
    return CalendarMapping(hosts, segments)
