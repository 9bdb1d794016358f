"""Reading before anybody asks, after changes, and behind callers: how many requests that takes, and whom they serve."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from procrastinate import App

from support.database import DatabaseUrls
from support.free_salon import FreeSalon, at, free_salon, next_open, said, today, warmed
from support.voice import BERLIN, open_day
from zusage.adapters.calcom.worker_slots import CompanySlots
from zusage.adapters.embedded import EmbeddedServers
from zusage.adapters.postgres.courtesies import PostgresCourtesies
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.jobs import jobs_connector, list_jobs
from zusage.adapters.process_free_days import ProcessFreeDays
from zusage.app.free_times._days import free_by_day, stretches_of_days, wanted_slots
from zusage.app.free_times.after_change import AfterChange
from zusage.app.free_times.fill import Filler, Wanted
from zusage.app.free_times.ports import CompanyHosts, Source
from zusage.app.free_times.warm import is_open_hour, warm
from zusage.app.mirror.bring_over import bring_over
from zusage.app.mirror.ports import SlotsWanted, Terms
from zusage.boot.wiring import mirroring_of
from zusage.core.scheduling import day_bounds
from zusage.core.values import Period
from zusage.inbound.worker.warming import add_warming
from zusage.sandbox.calcom import Fault

TWO = at(14)


async def test_hole_33_a_host_with_a_probe_costs_one_request_for_a_week(salon: FreeSalon) -> None:
    await warmed(salon)
    assert salon.requests() == len(salon.people)
    probes = {entry.query["eventTypeId"] for entry in salon.sim.journal.of("slots.list")}
    assert len(probes) == len(salon.people)
    await warmed(salon)
    assert salon.requests() == len(salon.people), "what was read just now is not read again"


async def test_hole_33_the_control_without_probes_one_for_each_event_type(database: DatabaseUrls) -> None:
    async with free_salon(database, probes=False) as salon:
        await warmed(salon)
        assert salon.requests() > 10 * len(salon.people)


async def test_hole_33_own_bookings_need_no_refresh_and_cancellations_one_for_all_of_a_host(
    salon: FreeSalon,
) -> None:
    """The ledger covers what we book; what we cancel is gathered until the calendar knows of it, and read once."""
    parts = salon.salon.parts
    changed = AfterChange(parts.free_times.hosts, parts.free_times.filler, settle=2.5)
    mirroring = mirroring_of(parts.app, salon.salon.box, parts.calendars, changed=changed)
    day = (next_open()).date()
    await warmed(salon)
    booked = []
    for hour in (10, 12, 14):
        wish = {
            "service": "Damenschnitt",
            "when": said(at(hour, day=day)),
            "name": f"Jan Klein {'abc'[hour // 2 - 5]}",
            "staff": "Anna Schmidt",
        }
        answer = await salon.phone().tool("book_appointment", wish)
        assert answer["status"] == "booked", answer
        booked.append(UUID(answer["data"]["appointment"]["id"]))
    # The callers themselves may have had days read that are not warm.
    await salon.settled()
    read = salon.requests()
    for appointment in booked:
        assert (await bring_over(salon.company_id, appointment, mirroring)).settled
    await salon.settled()
    assert len(salon.sim.journal.of("bookings.create")) == 3
    assert salon.requests() == read, "what we book asks for nothing"
    for appointment in booked:
        async with parts.app.transaction(salon.company_id) as connection:
            await connection.execute(
                "SELECT ledger_cancel(%s, %s, 'voice', 'abgesagt', false)", (salon.company_id, appointment)
            )
            await connection.execute("COMMIT")
        assert (await bring_over(salon.company_id, appointment, mirroring)).settled
    await salon.settled()
    assert salon.requests() == read + 1
    last = salon.sim.journal.of("slots.list")[-1].query
    assert day_bounds("Europe/Berlin", day).start <= datetime.fromisoformat(last["end"])


async def test_a_cancelled_time_is_offered_again_once_the_calendar_has_given_it_up(salon: FreeSalon) -> None:
    uids = [await salon.sim.people.book(salon.kind(key, "damenschnitt").id, TWO) for key in salon.people]
    assert (await salon.check(said(TWO)))["status"] == "not_free"
    for uid in uids:
        await salon.sim.people.cancel(uid)
    assert (await salon.check(said(TWO)))["status"] == "not_free", "what is kept is a few seconds old"
    parts = salon.salon.parts.free_times
    changed = AfterChange(parts.hosts, parts.filler, settle=2.5)
    for key in salon.people:
        await changed(salon.company_id, salon.staff(key), Period(TWO, TWO + timedelta(hours=1)))
    await salon.settled()
    assert (await salon.check(said(TWO)))["status"] == "held"


async def test_what_a_refusal_shows_to_be_wrong_is_read_anew(salon: FreeSalon) -> None:
    """The calendar says taken of what we had read as free: nobody else must be offered it meanwhile."""
    parts = salon.salon.parts
    assert (await salon.check(said(at(9)), staff="Anna Schmidt"))["status"] == "held"
    booked = await salon.phone().tool(
        "book_appointment",
        {"service": "Damenschnitt", "when": said(TWO), "name": "Jan Klein", "staff": "Anna Schmidt"},
    )
    await salon.sim.people.book(salon.kind("anna-schmidt", "damenschnitt").id, TWO)
    changed = AfterChange(parts.free_times.hosts, parts.free_times.filler, settle=0.1)
    mirroring = mirroring_of(parts.app, salon.salon.box, parts.calendars, changed=changed)
    before = salon.requests()
    await bring_over(salon.company_id, UUID(booked["data"]["appointment"]["id"]), mirroring)
    await salon.settled()
    assert salon.requests() == before + 1


async def test_a_warm_answer_asks_the_calendar_nothing(salon: FreeSalon) -> None:
    await warmed(salon)
    before = salon.requests()
    when = next_open()
    window = {"service": "Damenschnitt", "when": f"{when:%d.%m.%Y}"}
    offers = await salon.phone().tool("get_alternatives", window)
    assert offers["status"] == "offers", offers
    assert all(offer["certainty"]["calendar"] == "seen" for offer in offers["data"]["offers"])
    await salon.settled()
    assert salon.requests() == before


async def test_old_days_are_used_at_once_and_read_anew_behind_the_caller(salon: FreeSalon) -> None:
    window = {"service": "Damenschnitt", "when": f"{open_day():%d.%m.%Y}"}
    await salon.phone().tool("get_alternatives", window)
    await salon.settled()
    filler = salon.salon.parts.free_times.filler
    real = filler.clock
    filler.clock = lambda: real() + 600
    before = salon.requests()
    fault = Fault("timeout_after_commit", op="slots.list", seconds=0.6, times=None)
    salon.sim.add_fault(fault)
    began = time.monotonic()
    answers = await asyncio.gather(*(salon.phone().tool("get_alternatives", window) for _ in range(5)))
    assert time.monotonic() - began < 5
    assert all(answer["data"]["offers"][0]["certainty"]["age_seconds"] >= 600 for answer in answers)
    await salon.settled()
    assert salon.requests() - before == len(salon.people), "one refresh of a host at a time"
    again = await salon.phone().tool("get_alternatives", window)
    assert again["data"]["offers"][0]["certainty"]["age_seconds"] < 60


async def test_two_processes_refresh_a_host_once(database: DatabaseUrls, servers: EmbeddedServers) -> None:
    async with free_salon(database, valkey_url=servers.urls.valkey) as salon:
        parts = salon.salon.parts
        free = parts.free_times
        company = await free.hosts.hosts(salon.company_id)
        assert company is not None
        host = company.hosts[salon.staff("anna-schmidt")]
        lease = await free.kept.lease(salon.company_id, f"{host.staff_id}:{host.every_source[0].key}", 5)
        assert lease is not None
        await salon.check(said(TWO), staff="Anna Schmidt")
        await salon.settled()
        real = free.filler.clock
        free.filler.clock = lambda: real() + 600
        before = salon.requests()
        window = {"service": "Damenschnitt", "when": f"{open_day():%d.%m.%Y}", "staff": "Anna Schmidt"}
        await salon.phone().tool("get_alternatives", window)
        await salon.settled()
        assert salon.requests() == before, "another process has the lease"


def test_hole_48_the_wall_of_the_branch_decides_in_summer_and_in_winter() -> None:
    """The tick comes at four minutes past each hour in UTC; late by an hour it still does what is right."""

    def hours(zone: str, day: date) -> list[int]:
        ticks = [datetime(day.year, day.month, day.day, hour, 4, tzinfo=UTC) for hour in range(24)]
        return [
            tick.astimezone(ZoneInfo(zone)).hour for tick in ticks if is_open_hour(zone, tick.timestamp())
        ]

    for day in (date(2026, 1, 14), date(2026, 7, 14)):
        assert hours("Europe/Berlin", day) == list(range(7, 20))
        assert sorted(hours("America/New_York", day)) == list(range(7, 20))
    # The control: a cron of "7-19" in UTC would come at 8 in winter and at 9 in summer.
    naive = {datetime(2026, month, 14, 7, 4, tzinfo=UTC).astimezone(BERLIN).hour for month in (1, 7)}
    assert naive == {8, 9}


async def test_hole_48_the_hourly_task_reads_what_is_due_by_itself(
    salon: FreeSalon, jobs_db: Database, database: DatabaseUrls
) -> None:
    parts = salon.salon.parts.free_times
    noon = datetime.combine(today(), datetime.min.time(), tzinfo=BERLIN).replace(hour=12).timestamp()
    for now, requests in ((noon - 9 * 3600, 0), (noon, len(salon.people))):
        clock = partial(float, now)
        ours = PostgresCourtesies(jobs_db, salon.salon.box)
        filler = Filler(ProcessFreeDays(clock), salon.salon.parts.calendars.client, ours, clock)
        app = App(connector=jobs_connector(database.jobs))
        add_warming(app, parts.hosts, filler, CompanySlots())
        async with app.open_async():
            await app.tasks["warm_all_free_times"].defer_async(timestamp=0)
            await app.run_worker_async(wait=False, listen_notify=False, install_signal_handlers=False)
        assert salon.requests() == requests
        assert {job.status for job in await list_jobs(jobs_db, status=None, limit=9)} == {"succeeded"}


async def test_hole_32_reading_ahead_takes_one_of_the_companys_slots(
    salon: FreeSalon, jobs_db: Database, database: DatabaseUrls
) -> None:
    """With both taken it asks nothing and comes back; the control: with one of them free it reads."""
    parts, company_id = salon.salon.parts.free_times, salon.company_id
    noon = datetime.combine(today(), datetime.min.time(), tzinfo=BERLIN).replace(hour=12).timestamp()
    clock = partial(float, noon)
    ours = PostgresCourtesies(jobs_db, salon.salon.box)
    filler = Filler(ProcessFreeDays(clock), salon.salon.parts.calendars.client, ours, clock)
    slots = CompanySlots()
    app = App(connector=jobs_connector(database.jobs))
    add_warming(app, parts.hosts, filler, slots)
    async with app.open_async(), slots.take(company_id) as first:
        async with slots.take(company_id) as second:
            assert (first, second) == (True, True)
            await app.tasks["warm_free_times"].defer_async(company_id=str(company_id))
            await app.run_worker_async(wait=False, listen_notify=False, install_signal_handlers=False)
        assert salon.requests() == 0
        later = [
            job for job in await list_jobs(jobs_db, status="todo", limit=9) if job.scheduled_at is not None
        ]
        assert {job.task for job in later} == {"warm_free_times"}
        assert all(job.args == {"company_id": str(company_id)} for job in later)
        await app.tasks["warm_free_times"].defer_async(company_id=str(company_id))
        await app.run_worker_async(wait=False, listen_notify=False, install_signal_handlers=False)
    assert salon.requests() == len(salon.people)


async def test_warming_leaves_live_calls_their_half_of_the_rate(database: DatabaseUrls) -> None:
    """A key of 40 a minute, in four processes: five at once, half of them for calls."""
    async with free_salon(database, probes=False) as salon:
        parts = salon.salon.parts.free_times
        company = await parts.hosts.hosts(salon.company_id)
        assert company is not None
        assert company.access is not None
        narrow = replace(company, access=replace(company.access, per_minute=40))

        class Narrow:
            async def hosts(self, company_id: UUID, version: int | None = None) -> CompanyHosts:
                assert (company_id, version) == (salon.company_id, None)
                return narrow

            async def companies(self) -> list[tuple[UUID, str]]:
                return [(salon.company_id, salon.salon.company.key)]

        done = await warm(salon.company_id, hosts=Narrow(), filler=parts.filler)
        assert done.failed > 0
        assert "rate" in done.reason
        used = salon.requests()
        assert 1 <= used <= 4
        calendar = salon.salon.parts.calendars.client.of(narrow.access)  # type: ignore[arg-type]
        source = next(iter(narrow.hosts.values())).every_source[0]
        wanted = wanted_slots(source, "Europe/Berlin", open_day(), open_day())
        await calendar.free_slots(wanted, Terms(2.0, "live"))
        # That the background's part is used up makes nobody wait, or not wait, for a host.
        host = next(iter(narrow.hosts.values()))
        wishes = [Wanted(narrow, host, each, open_day(), open_day()) for each in host.every_source]
        assert not any(parts.filler.rests(wish) for wish in wishes)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_hole_50_whole_local_days_are_asked_for_by_instants_never_at_midnight(day: date, hours: int) -> None:
    """Cal.com widens an end at midnight to the end of that day; ours is none, and the answer is cut at the true ends."""
    for zone in ("Europe/Berlin", "UTC", "Asia/Kolkata", "America/New_York"):
        wanted = wanted_slots(Source(7, 5), zone, day, day)
        bounds = day_bounds(zone, day)
        assert wanted.during.start < bounds.start
        assert wanted.during.end > bounds.end
        for other in ("UTC", zone):
            assert wanted.during.end.astimezone(ZoneInfo(other)).time() != datetime.min.time()
            assert wanted.during.end.astimezone(ZoneInfo(other)).second == 30
    bounds = day_bounds("Europe/Berlin", day)
    assert bounds.length == timedelta(hours=hours)
    slots = [
        Period(bounds.start + timedelta(minutes=n), bounds.start + timedelta(minutes=n + 5))
        for n in range(-60, hours * 60 + 60, 5)
    ]
    free = free_by_day(slots, "Europe/Berlin", [day, day + timedelta(days=1)])
    assert free[day] == (bounds,)
    following = free[day + timedelta(days=1)]
    assert following == (Period(bounds.end, bounds.end + timedelta(hours=1)),)


async def test_hole_50_the_control_an_end_at_midnight_brings_another_day_along(salon: FreeSalon) -> None:
    """Asked in a zone whose midnight is UTC's, the calendar tells all of the next day as well."""
    for user in salon.account.people.values():
        salon.sim.world.schedules[user.schedule_id].time_zone = "UTC"
    start = datetime.combine(open_day(), datetime.min.time(), tzinfo=UTC)
    calendar = salon.salon.parts.calendars.client.of(
        (await salon.salon.parts.free_times.hosts.hosts(salon.company_id)).access  # type: ignore[union-attr,arg-type]
    )
    kind = salon.kind("anna-schmidt", "freie-zeiten").id
    during = Period(start, start + timedelta(days=1))
    await calendar.free_slots(SlotsWanted(kind, during, "UTC"), Terms(2.0, "live"))
    (entry,) = salon.sim.journal.of("slots.list")
    assert entry.answer is not None
    assert len(entry.answer["data"]) == 2
    ours = wanted_slots(Source(kind, 5), "UTC", open_day(), open_day())
    free = free_by_day(await calendar.free_slots(ours, Terms(2.0, "live")), "UTC", [open_day()])
    assert len(salon.sim.journal.of("slots.list")[-1].answer["data"]) == 1  # type: ignore[index]
    assert all(day_bounds("UTC", open_day()).overlaps(period) for period in free[open_day()])


def test_days_become_requests_of_a_month_at_most() -> None:
    first = date(2026, 1, 1)
    days = [first + timedelta(days=n) for n in (0, 1, 2, 30, 31, 62)]
    stretches = stretches_of_days([*days, first])
    assert stretches == [(days[0], days[3]), (days[4], days[4]), (days[5], days[5])]
    assert stretches_of_days([]) == []
