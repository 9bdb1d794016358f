"""Workers as processes of their own: ended politely, killed, and several at a time."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from support.at_work import until
from support.database import Clock, DatabaseUrls
from support.mirrored import Mirrored
from support.worker_process import WorkerProcess, worker_process
from zusage.inbound.worker.run_jobs import LANES
from zusage.sandbox.calcom import Fault, Latency

# A time limit is shown here, so nothing else runs beside it.
pytestmark = pytest.mark.race

STANDS = [("present", "present")]


def stands(salon: Mirrored, appointment: UUID) -> Callable[[], Awaitable[bool]]:
    async def it_stands() -> bool:
        return await salon.known(appointment) == STANDS

    return it_stands


async def test_a_worker_killed_while_its_request_runs_books_once_and_another_takes_its_job_over(
    salon: Mirrored, clock: Clock, database: DatabaseUrls, tmp_path: Path
) -> None:
    """kill -9 of a real process between the request and its answer; a second one finds what stands there."""
    salon.sim.add_fault(Fault("latency", op="bookings.create", latency=Latency(ms=3000)))
    async with worker_process(database, salon.key, tmp_path) as first:
        appointment = await salon.book()
        await until(sent(salon))
        await first.stop(signal.SIGKILL)
    assert await salon.known(appointment) == [("present", "sending")]
    assert "mirror_appointment" in doing(database)
    # The dead worker has been silent for long, its lease is over, and the minute has not come yet.
    clock.advance(50)
    with psycopg.connect(database.admin, autocommit=True) as admin:
        admin.execute(
            "UPDATE jobs.procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'"
        )
        admin.execute("DELETE FROM jobs.procrastinate_periodic_defers")
    async with worker_process(database, salon.key, tmp_path) as second:
        await until(stands(salon, appointment), 90)

        async def none_is_held() -> bool:
            return "mirror_appointment" not in doing(database)

        await until(none_is_held)
        taken = [each["task"] for each in second.events() if each["event"] == "stalled_job_taken_over"]
    assert "mirror_appointment" in taken
    assert (salon.posts(), len(salon.there)) == (1, 1)


async def test_a_stop_waits_for_the_answer_of_a_request_that_runs(
    salon: Mirrored, database: DatabaseUrls, tmp_path: Path
) -> None:
    salon.sim.add_fault(Fault("latency", op="bookings.create", latency=Latency(ms=2500)))
    async with worker_process(database, salon.key, tmp_path) as own:
        appointment = await salon.book()
        await until(sent(salon))
        code, seconds = await own.stop(signal.SIGTERM)
    assert code == 0
    assert seconds < 10, own.log.read_text()[-3000:]
    assert await salon.known(appointment) == STANDS
    assert "mirror_appointment" not in waiting(database)


@pytest.mark.parametrize("command", ["worker", "serve --port 0"])
async def test_a_stop_takes_less_than_ten_seconds_whatever_runs_and_no_job_is_lost(
    salon: Mirrored, clock: Clock, database: DatabaseUrls, tmp_path: Path, command: str
) -> None:
    """Cal.com does not answer: the job waits for the next worker, which finds that the request had come through."""
    salon.sim.add_fault(Fault("timeout_after_commit", op="bookings.create", seconds=25))
    async with worker_process(database, salon.key, tmp_path, command) as own:
        appointment = await salon.book()
        await until(sent(salon))
        code, seconds = await own.stop(signal.SIGTERM)
        assert "Traceback" not in own.log.read_text()
    assert code == 0
    assert seconds < 10, own.log.read_text()[-3000:]
    # A comparison that ran at that moment may have found it already.
    assert await salon.known(appointment) in ([("present", "sending")], STANDS)
    assert "mirror_appointment" in waiting(database)
    clock.advance(50)
    with psycopg.connect(database.admin, autocommit=True) as admin:
        admin.execute("UPDATE jobs.procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
    async with worker_process(database, salon.key, tmp_path):
        await until(stands(salon, appointment), 90)
    assert (salon.posts(), len(salon.there)) == (1, 1)


async def test_periodic_tasks_run_once_however_many_workers_there_are(
    salon: Mirrored, database: DatabaseUrls, tmp_path: Path
) -> None:
    """Three real processes on one database; what each of them did stands in its log."""
    async with (
        worker_process(database, salon.key, tmp_path) as one,
        worker_process(database, salon.key, tmp_path) as two,
        worker_process(database, salon.key, tmp_path) as three,
    ):
        workers = (one, two, three)

        async def all_work() -> bool:
            with psycopg.connect(database.admin) as admin:
                alive = admin.execute("SELECT count(*) FROM jobs.procrastinate_workers").fetchone()
                undone = admin.execute(
                    "SELECT count(*) FROM jobs.procrastinate_jobs WHERE queue_name = 'background'"
                ).fetchone()
            return alive == (3 * len(LANES),) and undone == (0,) and bool(minutes(workers))

        await until(all_work, 90)
        # Each had the same minute to run when it started; so let them all look at it once more.
        await asyncio.sleep(1.0)
    ran = minutes(workers)
    assert ran
    assert len(ran) == len(set(ran))


def minutes(workers: Sequence[WorkerProcess]) -> list[tuple[str, int]]:
    return [
        (each["event"], each["timestamp"])
        for worker in workers
        for each in worker.events()
        if each["event"] in ("minute", "stalled_jobs_looked_for")
    ]


def sent(salon: Mirrored) -> Callable[[], Awaitable[bool]]:
    async def once() -> bool:
        return salon.posts() == 1

    return once


def doing(database: DatabaseUrls) -> list[str]:
    return _tasks(database, "doing")


def waiting(database: DatabaseUrls) -> list[str]:
    return _tasks(database, "todo")


def _tasks(database: DatabaseUrls, status: str) -> list[str]:
    with psycopg.connect(database.admin) as admin:
        rows = admin.execute(
            "SELECT task_name FROM jobs.procrastinate_jobs WHERE status = %s ORDER BY id", (status,)
        ).fetchall()
    return [row[0] for row in rows]
