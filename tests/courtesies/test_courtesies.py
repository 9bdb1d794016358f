"""Courtesies: a live hold is hidden from web bookers, in the background only, and shown again when it is over."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from support.at_work import until
from support.courteous import (
    CAP,
    Tend,
    asked,
    held,
    states,
    tending_of,
    there,
    waiting_jobs,
    worker,
)
from support.database import Clock, DatabaseUrls
from support.mirrored import Mirrored, connect, mirrored, open_start
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.worker import PostgresHousekeeping
from zusage.app.courtesy.tend_courtesies import tend_courtesies
from zusage.app.mirror.ports import SlotsWanted, Terms
from zusage.core.values import Period
from zusage.sandbox.calcom import Fault, Latency


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


async def test_of_an_event_type_with_several_lengths_ours_is_hidden(salon: Mirrored, tend: Tend) -> None:
    salon.kind().lengths = [salon.kind().length, 60]
    salon.kind().length = 90
    await salon.shop.do("UPDATE calendar_mapping SET send_length = true, length_min = 60 WHERE ordinal = 0")
    start = open_start()
    await held(salon, start)
    await tend()
    assert there(salon) == [(start, start + timedelta(hours=1))]


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
        assert asked(salon, "slots.release") == 1
