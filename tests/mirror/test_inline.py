"""Confirmed inside the call: the calendar is asked before anything is said, and what it refuses is undone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from support.database import DatabaseUrls
from support.mirrored import DOMAIN
from support.voice import Phone, Salon, open_day, served_salon
from zusage.adapters.postgres.calendars import PostgresCalendars
from zusage.app.mirror.connection import (
    BranchCalendar,
    CalendarConnection,
    CalendarMapping,
    HostMapping,
    SegmentMapping,
)
from zusage.sandbox.calcom import Account, Fault, Latency, Simulator, World, add_account, running_simulator

KEY = "cal_live_inline"
TAKEN = "User either already has booking at this time or is not available"
HOURS = (
    {"days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"], "startTime": "06:00", "endTime": "22:00"},
)  # fmt: skip


@dataclass
class Connected:
    salon: Salon
    sim: Simulator

    def phone(self) -> Phone:
        return self.salon.phone()

    async def book(self, phone: Phone | None = None, hour: int = 14, **more: Any) -> dict[str, Any]:
        when = f"{open_day():%d.%m.%Y} {hour} Uhr"
        wish = {"service": "Damenschnitt", "when": when, "name": "Sabine Müller"}
        return await (phone or self.phone()).tool("book_appointment", wish, **more)

    async def one(self, statement: str) -> object:
        return (await self.salon.rows(statement))[0][0]

    @property
    def there(self) -> list[Any]:
        return [each for each in self.sim.world.bookings.values() if each.live]


@asynccontextmanager
async def connected(database: DatabaseUrls, calendar: BranchCalendar) -> AsyncIterator[Connected]:
    """The demo salon in Mitte; every member of staff is a host with one event type of all lengths."""
    async with served_salon(database) as salon:
        company = salon.company
        branch = company.branches[0].branch.id
        staff = [record.staff.id for record in company.staff if record.branch_id == branch]
        world = World(seed=1)
        account = add_account(
            world, "salon", key=KEY, people=[f"p{n}" for n in range(len(staff))], hours=HOURS
        )
        async with running_simulator(world=world, rate_per_minute=None) as sim:
            store = PostgresCalendars(salon.parts.app, salon.box)
            owner = account.people["p0"]
            await store.save_connection(
                CalendarConnection(
                    company.id,
                    sim.base_url,
                    KEY,
                    owner.id,
                    owner.username,
                    DOMAIN,
                    {branch: calendar},
                    per_minute=10_000,
                )
            )
            await store.save_mapping(company.id, _mapping(salon, account, staff))
            yield Connected(salon, sim)


def _mapping(salon: Salon, account: Account, staff: list[Any]) -> CalendarMapping:
    hosts, segments = [], []
    for person, staff_id in zip(account.people.values(), staff, strict=True):
        kind = account.event_type(person.username, "alles", 60, lengths=list(range(5, 300, 5)))
        hosts.append(HostMapping(staff_id, person.id))
        segments += [
            SegmentMapping(record.service.id, ordinal, staff_id, kind.id, 60, send_length=True)
            for record in salon.company.services
            for ordinal, segment in enumerate(record.service.segments)
            if segment.kind == "active"
        ]
    return CalendarMapping(hosts, segments)


@pytest.fixture
async def inline(database: DatabaseUrls) -> AsyncIterator[Connected]:
    async with connected(database, BranchCalendar("inline", 1500)) as made:
        yield made


async def test_it_stands_there_before_it_is_said(inline: Connected) -> None:
    booked = await inline.book()
    assert booked["status"] == "booked"
    assert await inline.one("SELECT known FROM mirror") == "present"
    (there,) = inline.there
    assert there.metadata["appointment"] == booked["data"]["appointment"]["id"]


async def test_a_held_time_is_confirmed_inline_too(inline: Connected) -> None:
    phone = inline.phone()
    held = await phone.tool(
        "check_availability", {"service": "Damenschnitt", "when": f"{open_day():%d.%m.%Y} 14 Uhr"}
    )
    assert held["status"] == "held"
    assert inline.sim.journal.of("bookings.create") == []
    assert (await phone.tool("book_appointment", {"name": "Sabine Müller"}))["status"] == "booked"
    assert len(inline.there) == 1


@pytest.mark.parametrize(("status", "message"), [(409, "booking_conflict_error"), (400, TAKEN)])
async def test_what_is_refused_is_undone_and_other_times_are_named(
    inline: Connected, status: int, message: str
) -> None:
    """It may be an earlier success of ours: it is looked up once before the caller hears of it (protocols 6)."""
    fault = Fault("error_before_commit", op="bookings.create", status=status, message=message, times=None)
    inline.sim.add_fault(fault)
    answer = await inline.book()
    assert answer["status"] == "conflict", answer
    assert answer["data"]["offers"]
    assert all("14:00" not in offer["start"] for offer in answer["data"]["offers"])
    assert await inline.one("SELECT status FROM appointment") == "cancelled"
    assert await inline.one("SELECT count(*) FROM claim WHERE binding") == 0
    assert await inline.one("SELECT wanted FROM mirror") == "absent"
    assert await inline.one("SELECT count(*) FROM review_item WHERE resolved_at IS NULL") == 0
    assert len(inline.sim.journal.of("bookings.list")) == 1
    assert await inline.one(
        "SELECT detail ->> 'automatic' FROM appointment_history WHERE action = 'cancelled'"
    )


async def test_hole_08_a_slow_calendar_ends_the_waiting_and_not_the_request(inline: Connected) -> None:
    inline.sim.add_fault(Fault("latency", op="bookings.create", latency=Latency(ms=2500)))
    before = time.monotonic()
    assert (await inline.book())["status"] == "booked"
    assert 1.4 < time.monotonic() - before < 2.4
    assert await inline.one("SELECT known FROM mirror") == "sending"
    await asyncio.sleep(1.6)
    assert await inline.one("SELECT known FROM mirror") == "present"
    assert len(inline.there) == len(inline.sim.journal.of("bookings.create")) == 1


async def test_a_repeat_of_the_tool_call_waits_and_hears_the_same(inline: Connected) -> None:
    inline.sim.add_fault(Fault("latency", op="bookings.create", latency=Latency(ms=700)))
    phone = inline.phone()
    first, second = await asyncio.gather(*(inline.book(phone, tool_call_id="tool_same") for _ in range(2)))
    assert first["status"] == second["status"] == "booked"
    assert first["data"]["appointment"]["id"] == second["data"]["appointment"]["id"]
    assert len(inline.there) == 1


async def test_hole_05_the_job_comes_after_the_call_has_waited(
    inline: Connected, database: DatabaseUrls
) -> None:
    """Otherwise worker and call would both be at it the moment the booking commits."""
    await inline.book()
    async with await psycopg.AsyncConnection.connect(database.jobs) as connection:
        cursor = await connection.execute(
            "SELECT extract(epoch FROM scheduled_at - now())::float FROM jobs.procrastinate_jobs"
        )
        ((seconds,),) = await cursor.fetchall()
    assert 5.0 < seconds < 6.6


async def test_in_the_background_nobody_waits(database: DatabaseUrls) -> None:
    async with connected(database, BranchCalendar()) as made:
        made.sim.add_fault(Fault("latency", op="bookings.create", latency=Latency(ms=3000)))
        before = time.monotonic()
        assert (await made.book())["status"] == "booked"
        assert time.monotonic() - before < 1.0
        assert made.sim.journal.of("bookings.create") == []
        assert await made.one("SELECT known FROM mirror") == "none"
