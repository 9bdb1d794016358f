"""Courtesies: a live hold is hidden from web bookers, in the background only, and shown again when it is over."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from support.database import Clock, DatabaseUrls
from support.mirrored import Mirrored, connect, mirrored, open_start
from support.worker_process import worker_process
from zusage.adapters.calcom.worker_slots import CompanySlots
from zusage.adapters.crypto import SecretBox
from zusage.adapters.postgres.courtesies import PostgresCourtesies
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.jobs import PostgresWaker, jobs_connector
from zusage.adapters.postgres.worker import PostgresHousekeeping
from zusage.app.calls.ports import Begun
from zusage.app.courtesy.tend_courtesies import Tending, tend_courtesies
from zusage.app.mirror.ports import SlotsWanted, Terms
from zusage.core.values import Period
from zusage.inbound.worker.courtesies import add_courtesies
from zusage.inbound.worker.jobs import Duties, build_jobs
from zusage.inbound.worker.run_jobs import run_jobs
from zusage.sandbox.calcom import Fault, Latency

CAP = timedelta(minutes=10)
Tend = Callable[[], Coroutine[Any, Any, None]]


@pytest.fixture
async def salon(app_db: Database, jobs_db: Database) -> AsyncIterator[Mirrored]:
    """A connected shop with the setting on; its Cal.com keeps no slots."""
    async with mirrored(app_db, jobs_db, simulate={"slots_cache_s": 0.0}) as made:
        await connect(made, courtesy_holds=True)
        yield made


def store_of(salon: Mirrored, jobs: Database) -> PostgresCourtesies:
    return PostgresCourtesies(jobs, SecretBox([salon.key]))


def tending_of(salon: Mirrored, jobs: Database, within: float = 2.0) -> Tending:
    return Tending(store_of(salon, jobs), salon.client, Terms(within))


@pytest.fixture
async def tend(salon: Mirrored, jobs_db: Database) -> Tend:
    """Do what the worker does when it is woken."""
    return lambda: tend_courtesies(salon.shop.company_id, tending_of(salon, jobs_db))


@asynccontextmanager
async def worker(salon: Mirrored, jobs: Database, url: str) -> AsyncIterator[None]:
    slots = CompanySlots()
    app = build_jobs(jobs_connector(url), Duties(salon.mirroring, slots, PostgresWaker(jobs)))
    add_courtesies(app, tending_of(salon, jobs), slots)
    task = asyncio.create_task(run_jobs(app, concurrency=4))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(true: Callable[[], bool], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about in time"
        await asyncio.sleep(0.05)


async def held(salon: Mirrored, start: datetime | None = None, **plan: Any) -> tuple[Begun, UUID]:
    run = await salon.shop.call()
    taken = await salon.shop.take(run, salon.shop.plan(start=start or open_start(), **plan))
    assert taken.outcome == "held"
    assert taken.hold_id is not None
    return run, taken.hold_id


def there(salon: Mirrored) -> list[tuple[datetime, datetime]]:
    """What Cal.com hides, by start."""
    return sorted(
        (each.period.start, each.period.end)
        for each in salon.sim.world.reservations.values()
        if each.until > datetime.now(UTC)
    )


def asked(salon: Mirrored, op: str = "slots.reserve") -> int:
    return len(salon.sim.journal.of(op))


async def states(salon: Mirrored) -> list[str]:
    return [str(row[0]) for row in await salon.shop.rows("SELECT state FROM courtesy ORDER BY starts_at")]


async def waiting_jobs(url: str) -> int:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        cursor = await connection.execute(
            "SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = 'tend_courtesies'"
        )
        row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def test_off_by_default_nothing_is_left_and_nothing_sent(
    app_db: Database, jobs_db: Database, database: DatabaseUrls
) -> None:
    async with mirrored(app_db, jobs_db) as salon:
        run, hold = await held(salon)
        assert (await states(salon), await waiting_jobs(database.admin)) == ([], 0)
        await tend_courtesies(salon.shop.company_id, tending_of(salon, jobs_db))
        await salon.shop.confirm(run, hold)
        assert (asked(salon), asked(salon, "slots.release")) == (0, 0)
        # The same hold with the setting on: the look above would have seen it.
        await connect(salon, courtesy_holds=True)
        await held(salon, open_start(14))
        assert (await states(salon), await waiting_jobs(database.admin)) == (["wanted"], 1)


async def test_a_hold_is_hidden_by_the_worker_for_its_longest_life_and_shown_again_once_booked(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls
) -> None:
    async with worker(salon, jobs_db, database.jobs):
        run, hold = await held(salon)
        await until(lambda: len(there(salon)) == 1)
        start = open_start()
        assert there(salon) == [(start, start + timedelta(hours=1))]
        (reserved,) = salon.sim.world.reservations.values()
        assert timedelta(minutes=9) < reserved.until - datetime.now(UTC) <= CAP
        assert (await salon.shop.confirm(run, hold)).outcome == "booked"
        await until(lambda: not there(salon) and len(salon.there) == 1)
    assert (asked(salon), asked(salon, "slots.release"), salon.posts()) == (1, 1, 1)


async def test_nothing_of_it_is_in_the_time_of_a_caller(salon: Mirrored, tend: Tend) -> None:
    """Cal.com hangs, and somebody works on the rows: taking, confirming and releasing do not wait for either."""
    salon.sim.add_fault(Fault("latency", op="slots.*", latency=Latency(ms=1500), times=None))
    run, hold = await held(salon)
    at_work = asyncio.create_task(tend())
    await until(lambda: asked(salon) == 1)
    async with salon.shop.database.transaction(salon.shop.company_id) as rival:
        await rival.execute("SELECT 1 FROM courtesy FOR UPDATE")
        async with asyncio.timeout(1.0):
            assert (await salon.shop.confirm(run, hold)).outcome == "booked"
            other, _ = await held(salon, open_start(14))
            assert await salon.shop.release(other) == 1
    await at_work
    assert there(salon) == []


async def test_each_part_of_a_compound_service_is_hidden_and_the_gap_is_not(
    salon: Mirrored, tend: Tend
) -> None:
    start = open_start()
    await held(salon, start, minutes=120, gap=(60, 30))
    await tend()
    later = start + timedelta(minutes=90)
    assert there(salon) == [(start, start + timedelta(hours=1)), (later, later + timedelta(minutes=30))]


async def test_a_web_booker_sees_it_hidden_and_free_again(salon: Mirrored, tend: Tend) -> None:
    connection = await salon.calendars.load_connection(salon.shop.company_id)
    assert connection is not None
    start = open_start()
    day = Period(start - timedelta(hours=1), start + timedelta(hours=3))

    async def offered(slug: str) -> bool:
        wanted = SlotsWanted(salon.kind(slug).id, day, "Europe/Berlin")
        slots = await salon.client.of(connection.access).free_slots(wanted, Terms(5.0))
        return any(slot.overlaps(Period(start, start + timedelta(minutes=60))) for slot in slots)

    assert await offered("damenschnitt")
    run, _ = await held(salon, start)
    await tend()
    assert not await offered("damenschnitt")
    assert not await offered("herrenschnitt"), "all event types of the same person"
    await salon.shop.release(run)
    await tend()
    assert await offered("damenschnitt")


async def test_a_replaced_hold_gives_way_to_the_new_one_though_they_overlap(
    salon: Mirrored, tend: Tend
) -> None:
    """Cal.com refuses what overlaps a reservation of ours, so the old one goes first."""
    run, _ = await held(salon)
    await tend()
    later = open_start() + timedelta(minutes=30)
    taken = await salon.shop.take(run, salon.shop.plan(start=later))
    assert taken.outcome == "held"
    await tend()
    assert there(salon) == [(later, later + timedelta(hours=1))]
    assert [each.status for each in salon.sim.journal.of("slots.reserve")] == [201, 201]


async def test_the_same_plan_again_asks_for_nothing_more(salon: Mirrored, tend: Tend) -> None:
    run, _ = await held(salon)
    await tend()
    await salon.shop.take(run, salon.shop.plan(start=open_start()))
    await tend()
    assert (asked(salon), len(there(salon))) == (1, 1)


async def test_what_is_booked_in_one_breath_leaves_nothing(salon: Mirrored, database: DatabaseUrls) -> None:
    await salon.book()
    assert (await states(salon), await waiting_jobs(database.admin)) == ([], 0)


async def test_hang_up_ends_it_with_the_hold(
    salon: Mirrored, tend: Tend, jobs_db: Database, clock: Clock
) -> None:
    """A closed call may still confirm for thirty seconds; then the sweeper ends the hold, and its job the courtesy."""
    await salon.shop.call("call_hung_up", event="call_started")
    run = await salon.shop.call("call_hung_up")
    await salon.shop.take(run, salon.shop.plan(start=open_start()))
    await tend()
    await salon.shop.journal.record(salon.shop.ref("call_hung_up"), "call_ended", "user_hangup")
    await tend()
    assert len(there(salon)) == 1
    clock.advance(31)
    assert await PostgresHousekeeping(jobs_db).sweep(salon.shop.company_id, 100) == 1
    await tend()
    assert there(salon) == []


async def test_an_expired_hold_is_shown_again_by_the_worker_itself(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls, clock: Clock
) -> None:
    async with worker(salon, jobs_db, database.jobs):
        await held(salon)
        await until(lambda: len(there(salon)) == 1)
        clock.advance(121)
        await PostgresHousekeeping(jobs_db).sweep(salon.shop.company_id, 100)
        await until(lambda: not there(salon))


async def test_refused_by_another_reservation_changes_nothing_and_is_not_repeated(
    salon: Mirrored, tend: Tend
) -> None:
    connection = await salon.calendars.load_connection(salon.shop.company_id)
    assert connection is not None
    calendar = salon.client.of(connection.access)
    await calendar.reserve_slot(salon.kind().id, open_start(), 5, Terms(5.0))
    run, hold = await held(salon)
    await tend()
    await tend()
    assert [each.status for each in salon.sim.journal.of("slots.reserve")] == [201, 422]
    assert await states(salon) == []
    assert (await salon.shop.confirm(run, hold)).outcome == "booked"


async def test_unreachable_is_tried_three_times_and_then_left(
    salon: Mirrored, tend: Tend, clock: Clock
) -> None:
    await salon.sim.outage("refuse")
    run, hold = await held(salon)
    for _ in range(3):
        await tend()
        clock.advance(61)
    assert await states(salon) == []
    assert (await salon.shop.confirm(run, hold)).outcome == "booked"


async def test_one_that_got_through_late_is_placed(salon: Mirrored, tend: Tend, clock: Clock) -> None:
    await salon.sim.outage("refuse")
    await held(salon)
    await tend()
    assert await states(salon) == ["wanted"]
    await salon.sim.outage(None)
    clock.advance(10)
    await tend()
    assert (await states(salon), len(there(salon))) == (["placed"], 1)


async def test_giving_back_is_repeated_until_it_ran_out(salon: Mirrored, tend: Tend, clock: Clock) -> None:
    run, _ = await held(salon)
    await tend()
    salon.sim.add_fault(Fault("error_before_commit", op="slots.release", times=2))
    await salon.shop.release(run)
    for _ in range(3):
        await tend()
        clock.advance(20)
    assert (there(salon), asked(salon, "slots.release")) == ([], 3)
    assert await states(salon) == ["gone"]
    clock.advance(61)
    await tend()
    assert await states(salon) == []


async def test_an_answer_that_was_lost_is_not_asked_for_again_and_runs_out(
    salon: Mirrored, jobs_db: Database, clock: Clock
) -> None:
    salon.sim.add_fault(Fault("timeout_after_commit", op="slots.reserve", seconds=0.5))
    run, hold = await held(salon)
    tending = tending_of(salon, jobs_db, within=0.2)
    await tend_courtesies(salon.shop.company_id, tending)
    assert await states(salon) == ["lost"]
    assert (await salon.shop.confirm(run, hold)).outcome == "booked"
    clock.advance(CAP.total_seconds() + 31)
    await tend_courtesies(salon.shop.company_id, tending)
    assert (await states(salon), asked(salon)) == ([], 1)


async def test_a_worker_killed_while_it_asks_leaves_one_that_runs_out(
    salon: Mirrored, tend: Tend, clock: Clock, database: DatabaseUrls, tmp_path: Path
) -> None:
    """kill -9 of a real process between the request and its answer: nobody asks again, nobody is disturbed."""
    salon.sim.add_fault(Fault("latency", op="slots.reserve", latency=Latency(ms=4000)))
    async with worker_process(database, salon.key, tmp_path) as own:
        run, hold = await held(salon)
        await until(lambda: asked(salon) == 1)
        await own.stop(signal.SIGKILL)
    assert await states(salon) == ["sent"]
    clock.advance(41)
    await tend()
    assert (await states(salon), asked(salon)) == (["lost"], 1)
    assert (await salon.shop.confirm(run, hold)).outcome == "booked"
    clock.advance(CAP.total_seconds())
    await tend()
    assert (await states(salon), asked(salon)) == ([], 1)


async def test_a_hold_that_ended_while_it_was_being_hidden_is_shown_again(
    salon: Mirrored, tend: Tend
) -> None:
    salon.sim.add_fault(Fault("latency", op="slots.reserve", latency=Latency(ms=500)))
    run, hold = await held(salon)
    at_work = asyncio.create_task(tend())
    await until(lambda: asked(salon) == 1)
    await salon.shop.confirm(run, hold)
    await at_work
    assert (there(salon), asked(salon, "slots.release"), await states(salon)) == ([], 1, ["gone"])


async def test_many_at_once_ask_once(salon: Mirrored, tend: Tend) -> None:
    run, _ = await held(salon, minutes=120, gap=(60, 30))
    await asyncio.gather(*(tend() for _ in range(3)))
    assert (asked(salon), len(there(salon))) == (2, 2)
    await salon.shop.release(run)
    await asyncio.gather(*(tend() for _ in range(3)))
    assert (asked(salon, "slots.release"), there(salon)) == (2, [])


async def test_a_lost_job_costs_a_minute(salon: Mirrored, jobs_db: Database, database: DatabaseUrls) -> None:
    """The minute's task looks after every company that still hides something."""
    run, _ = await held(salon)
    slots = CompanySlots()
    app = build_jobs(jobs_connector(database.jobs), Duties(salon.mirroring, slots, PostgresWaker(jobs_db)))
    add_courtesies(app, tending_of(salon, jobs_db), slots)
    with psycopg.connect(database.admin, autocommit=True) as admin:
        admin.execute("DELETE FROM jobs.procrastinate_jobs")
    async with app.open_async():
        await app.tasks["look_after_courtesies"].defer_async(timestamp=0)
        await app.run_worker_async(wait=False, listen_notify=False, install_signal_handlers=False)
    assert len(there(salon)) == 1
    await salon.shop.release(run)


async def test_turned_off_paused_and_only_observing(salon: Mirrored, tend: Tend) -> None:
    await held(salon)
    await salon.shop.do("UPDATE calendar_connection SET paused_at = zusage_now()")
    await tend()
    assert asked(salon) == 0, "paused"
    await salon.shop.do("UPDATE calendar_connection SET paused_at = NULL, observe_only = true")
    await tend()
    assert asked(salon) == 0, "a copy of a database must not speak for the salon"
    await salon.shop.do("UPDATE calendar_connection SET observe_only = false")
    await tend()
    assert len(there(salon)) == 1
    await connect(salon, courtesy_holds=False)
    await tend()
    assert there(salon) == [], "turned off while somebody holds"


async def test_a_company_sees_its_own_only(salon: Mirrored, tend: Tend, jobs_db: Database) -> None:
    run, _ = await held(salon)
    await tend()
    store, anna = store_of(salon, jobs_db), salon.shop.staff[0]
    start = open_start()
    day = Period(start - timedelta(hours=3), start + timedelta(hours=3))
    mine = [(anna, Period(start, start + timedelta(hours=1)))]
    assert await store.hidden(salon.shop.company_id, salon.shop.staff, day) == mine
    assert await store.hidden(salon.shop.company_id, salon.shop.staff[1:], day) == []
    assert await store.hidden(UUID(int=7), salon.shop.staff, day) == []
    await salon.shop.release(run)
    await tend()
    assert await store.hidden(salon.shop.company_id, salon.shop.staff, day) == mine, (
        "for readers of a moment ago"
    )
