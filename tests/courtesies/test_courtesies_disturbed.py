"""Courtesies that are refused, lost, crossed, or done by several at once: no caller is disturbed, nothing is left."""

from __future__ import annotations

import asyncio
import signal
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg

from support.at_work import until
from support.courteous import (
    CAP,
    Tend,
    asked,
    held,
    states,
    store_of,
    tending_of,
    there,
)
from support.database import Clock, DatabaseUrls
from support.mirrored import Mirrored, connect, open_start
from support.worker_process import worker_process
from zusage.adapters.calcom.worker_slots import CompanySlots
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.jobs import PostgresWaker, jobs_connector
from zusage.app.courtesy.tend_courtesies import tend_courtesies
from zusage.app.mirror.ports import Terms
from zusage.core.values import Period
from zusage.inbound.worker.courtesies import add_courtesies
from zusage.inbound.worker.jobs import Duties, build_jobs
from zusage.sandbox.calcom import Fault, Latency


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
