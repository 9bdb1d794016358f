"""The worker: a booking's job runs by itself, what was lost is woken, what a dead worker held is taken over."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from uuid import UUID, uuid4

import psycopg
import pytest
from procrastinate import App

from support.at_work import at_work, jobs_of, stands, until
from support.database import DatabaseUrls
from support.mirrored import Mirrored, open_start
from zusage.adapters.calcom.worker_slots import CompanySlots
from zusage.adapters.crypto import SecretBox, generate_key
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.jobs import PostgresWaker, count_jobs, jobs_connector, list_jobs, retry_jobs
from zusage.adapters.postgres.mirror import PostgresMirror
from zusage.inbound.worker.jobs import Duties, build_jobs
from zusage.inbound.worker.run_jobs import LANES, Lane
from zusage.sandbox.calcom import Fault, Latency

STANDS = [("present", "present")]


async def test_a_booking_is_brought_over_by_itself_and_its_job_is_gone(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls
) -> None:
    async with at_work(jobs_of(salon, jobs_db, database.jobs)):
        appointments = [await salon.book(start=open_start(hour)) for hour in (9, 11, 13)]
        await until(stands(salon, *appointments))

        async def no_jobs() -> bool:
            return not [
                job for job in await list_jobs(jobs_db, status=None, limit=9) if job.queue == "mirror"
            ]

        await until(no_jobs)
    assert salon.posts() == len(salon.there) == 3


async def test_hole_31_a_lost_job_costs_a_minute_and_nothing_else(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls
) -> None:
    """Truth is the mirror row; the minute's task wakes what is due. Without it the row would wait for ever."""
    appointment = await salon.book()
    with psycopg.connect(database.admin, autocommit=True) as admin:
        admin.execute("DELETE FROM jobs.procrastinate_jobs")
    app = jobs_of(salon, jobs_db, database.jobs)
    async with app.open_async():
        await app.tasks["every_minute"].defer_async(timestamp=0)
        await app.run_worker_async(wait=False, listen_notify=False, install_signal_handlers=False)
    assert await salon.known(appointment) == STANDS


def hold_by_a_dead_worker(database: DatabaseUrls) -> None:
    """Give every job to a worker that has been silent for five minutes."""
    with psycopg.connect(database.admin, autocommit=True) as admin:
        admin.execute(
            "WITH w AS (INSERT INTO jobs.procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes')"
            " RETURNING id) UPDATE jobs.procrastinate_jobs SET status = 'doing', worker_id = w.id FROM w"
        )


async def take_over(app: App) -> None:
    await app.tasks["take_over_stalled"].defer_async(timestamp=0)
    await app.run_worker_async(
        wait=False,
        listen_notify=False,
        install_signal_handlers=False,
        delete_jobs="successful",
        queues=["background"],
    )


async def test_what_comes_again_by_its_clock_ends_with_its_worker_and_nobody_is_told(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls
) -> None:
    app = jobs_of(salon, jobs_db, database.jobs)
    async with app.open_async():
        job_id = await app.tasks["tidy_up"].defer_async(timestamp=0)
        hold_by_a_dead_worker(database)
        await take_over(app)
    by_id = {job.job_id: job.status for job in await list_jobs(jobs_db, status=None, limit=99)}
    assert by_id[job_id] == "aborted"
    assert await list_jobs(jobs_db, status="failed", limit=9) == []


async def test_hole_31_what_a_dead_worker_held_is_taken_over(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls
) -> None:
    appointment = await salon.book()
    hold_by_a_dead_worker(database)
    assert await count_jobs(jobs_db) == {"doing": 1}
    app = jobs_of(salon, jobs_db, database.jobs)
    async with app.open_async():
        await take_over(app)
        # Not only the minute's own look at what is due.
        assert "mirror_appointment" in {job.task for job in await list_jobs(jobs_db, status="todo", limit=9)}
        await app.run_worker_async(
            wait=False,
            listen_notify=False,
            install_signal_handlers=False,
            delete_jobs="successful",
            queues=["mirror"],
        )
    assert await salon.known(appointment) == STANDS


async def test_a_job_may_run_twice_at_once(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls
) -> None:
    appointment = await salon.book()
    app = jobs_of(salon, jobs_db, database.jobs)
    async with app.open_async():
        for _ in range(3):
            await app.tasks["mirror_appointment"].defer_async(
                company_id=str(salon.shop.company_id), appointment_id=str(appointment)
            )
        await app.run_worker_async(
            wait=False, listen_notify=False, install_signal_handlers=False, concurrency=4
        )
    assert salon.posts() == len(salon.there) == 1


async def test_the_end_waits_for_what_runs_and_for_less_than_ten_seconds(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls
) -> None:
    salon.sim.add_fault(Fault("latency", op="bookings.create", latency=Latency(ms=1200)))
    appointment = await salon.book()
    async with at_work(jobs_of(salon, jobs_db, database.jobs)):

        async def sent() -> bool:
            return salon.posts() == 1

        await until(sent)
        before = time.monotonic()
    assert time.monotonic() - before < 5.0
    assert await salon.known(appointment) == STANDS
    # The minute's own jobs may wait by now; none was cut off.
    assert set(await count_jobs(jobs_db)) <= {"todo"}


def add_endless(app: App, queue: str, begun: list[str], gate: asyncio.Event) -> str:
    """Add a task that lasts until the gate opens; gives its name."""

    @app.task(name=f"endless_{queue}", queue=queue)
    async def endless() -> None:
        begun.append(queue)
        await gate.wait()

    return endless.name


async def test_the_end_cuts_off_what_runs_on_all_queues_within_ten_seconds_together(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls
) -> None:
    """The queues wait for theirs at the same time."""
    app, begun, gate = jobs_of(salon, jobs_db, database.jobs), list[str](), asyncio.Event()
    for queue in ("mirror", "background"):
        async with app.open_async():
            await app.tasks[add_endless(app, queue, begun, gate)].defer_async()
    async with at_work(app):

        async def both_run() -> bool:
            return sorted(begun) == ["background", "mirror"]

        await until(both_run)
        before = time.monotonic()
    assert time.monotonic() - before < 10.0
    left = {job.task: job.status for job in await list_jobs(jobs_db, status=None, limit=99)}
    assert left["endless_mirror"] == left["endless_background"] == "aborted"
    assert (await count_jobs(jobs_db)).get("doing", 0) == 0


@pytest.mark.parametrize(
    ("lanes", "in_between"),
    [([Lane(("mirror",), 4), Lane(("background",), 2)], True), ([Lane(("mirror", "background"), 6)], False)],
    ids=["own_places", "control"],
)
async def test_hole_32_a_burst_of_background_work_holds_up_no_booking(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls, lanes: list[Lane], in_between: bool
) -> None:
    """Control: where the queues share their places, the booking comes after all that stands there already."""
    app, begun, gate = jobs_of(salon, jobs_db, database.jobs), list[str](), asyncio.Event()
    name = add_endless(app, "background", begun, gate)
    async with app.open_async():
        for _ in range(30):
            await app.tasks[name].defer_async()
    places = max(each.at_once for each in lanes if "background" in each.queues)

    async def all_taken() -> bool:
        return len(begun) == places

    async with at_work(app, lanes):
        await until(all_taken)
        appointment = await salon.book()
        if in_between:
            await until(stands(salon, appointment))
            assert len(begun) == places
        else:
            await asyncio.sleep(3.0)
            assert not await stands(salon, appointment)()
        gate.set()
        await until(stands(salon, appointment))
    assert salon.posts() == 1


async def test_what_a_minute_starts_stands_before_long_work_that_waits(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls
) -> None:
    app, waiting = jobs_of(salon, jobs_db, database.jobs), list[set[str]]()

    @app.task(name="long_work", queue="background")
    async def long_work() -> None:
        waiting.append({job.task for job in await list_jobs(jobs_db, status="todo", limit=99)})

    async with app.open_async():
        for _ in range(3):
            await long_work.defer_async()
        await app.tasks["every_minute"].defer_async(timestamp=0)
        await app.run_worker_async(wait=False, listen_notify=False, install_signal_handlers=False)
    assert len(waiting) == 3
    assert "every_minute" not in waiting[0]


async def test_a_tick_runs_once_although_every_queue_has_its_worker(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls
) -> None:
    app, ticks = jobs_of(salon, jobs_db, database.jobs), list[int]()

    @app.periodic(cron="* * * * * *")
    @app.task(name="every_second", queue="background")
    async def every_second(timestamp: int) -> None:
        ticks.append(timestamp)

    async def some() -> bool:
        return len(ticks) >= 4

    async with at_work(app, LANES):
        await until(some)
        with psycopg.connect(database.admin) as admin:
            (workers,) = admin.execute("SELECT count(*) FROM jobs.procrastinate_workers").fetchall()[0]
    assert workers == len(LANES) == 2
    assert len(ticks) == len(set(ticks))


async def test_a_worker_outlives_a_database_that_was_away(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls
) -> None:
    """All its connections are cut; it comes back by itself."""
    async with at_work(jobs_of(salon, jobs_db, database.jobs)) as task:
        await until(stands(salon, await salon.book()))
        with psycopg.connect(database.admin, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'zusage-worker'"
            )
        await until(stands(salon, await salon.book(start=open_start(14))), 20)
        assert not task.done()


async def test_hole_31_a_worker_that_ended_is_started_again(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls
) -> None:
    """It ends when it gets no jobs any more; what was booked meanwhile waits for the next one."""
    running = asyncio.Event()
    with psycopg.connect(database.admin, autocommit=True) as admin:
        async with at_work(jobs_of(salon, jobs_db, database.jobs), running=running) as task:
            await until(running.is_set)
            admin.execute("REVOKE USAGE ON SCHEMA jobs FROM zusage_jobs")
            await until(lambda: not running.is_set())
            appointment = await salon.book()
            admin.execute("GRANT USAGE ON SCHEMA jobs TO zusage_jobs")
            await until(stands(salon, appointment), 20)
            assert not task.done()


async def test_the_serving_role_leaves_jobs_for_its_own_company_and_sees_none(
    salon: Mirrored, app_db: Database
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await salon.shop.rows("SELECT 1 FROM jobs.procrastinate_jobs")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="is not the company of this transaction"):
        await salon.shop.do("SELECT directory.wake(%s, 'mirror_appointment', '{}', NULL)", UUID(int=7))


async def test_a_key_that_opens_nothing_puts_off_and_breaks_no_job(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls
) -> None:
    appointment = await salon.book()
    stranger = PostgresMirror(jobs_db, SecretBox([generate_key()]), new_id=uuid4)
    duties = Duties(replace(salon.mirroring, store=stranger), CompanySlots(), PostgresWaker(jobs_db))
    app = build_jobs(jobs_connector(database.jobs), duties)
    async with app.open_async():
        await app.run_worker_async(wait=False, listen_notify=False, install_signal_handlers=False)
    assert await list_jobs(jobs_db, status="failed", limit=9) == []
    assert await salon.known(appointment) == [("present", "none")]
    await salon.bring(appointment)
    assert await salon.known(appointment) == STANDS


async def test_a_failed_job_is_tried_again(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls
) -> None:
    appointment = await salon.book()
    with psycopg.connect(database.admin, autocommit=True) as admin:
        admin.execute("UPDATE jobs.procrastinate_jobs SET status = 'failed'")
    (failed,) = await list_jobs(jobs_db, status="failed", limit=9)
    assert await retry_jobs(jobs_db, [failed.job_id, failed.job_id + 1]) == 1
    assert await count_jobs(jobs_db) == {"todo": 1}
    app = jobs_of(salon, jobs_db, database.jobs)
    async with app.open_async():
        await app.run_worker_async(wait=False, listen_notify=False, install_signal_handlers=False)
    assert await salon.known(appointment) == STANDS
