"""A worker in the test's own process, and waiting for what it does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from inspect import isawaitable
from uuid import UUID, uuid4

from procrastinate import App

from support.mirrored import Mirrored
from zusage.adapters.calcom.worker_slots import CompanySlots
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.jobs import PostgresWaker, jobs_connector
from zusage.adapters.postgres.worker_slots import PostgresSlots
from zusage.inbound.worker.jobs import Duties, build_jobs
from zusage.inbound.worker.run_jobs import Lane, run_jobs

FEW = (Lane(("mirror",), 4), Lane(("background",), 2))


@asynccontextmanager
async def at_work(
    app: App, lanes: Sequence[Lane] = FEW, *, running: asyncio.Event | None = None
) -> AsyncIterator[asyncio.Task[None]]:
    """Run the jobs of an app while the block runs; `running` is set while all lanes do."""
    task = asyncio.create_task(run_jobs(app, lanes, at_work=running))
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(true: Callable[[], bool | Awaitable[bool]], seconds: float = 60.0) -> None:
    """Wait until something is true, and fail when it has not come about in so many seconds."""
    end = time.monotonic() + seconds
    while not (await said if isawaitable(said := true()) else said):
        assert time.monotonic() < end, "it did not come about in time"
        await asyncio.sleep(0.02)


def jobs_of(salon: Mirrored, jobs: Database, url: str) -> App:
    """The worker's jobs of a salon; `url` leads to the database as the worker's role."""
    slots = PostgresSlots(jobs, CompanySlots(), new_id=uuid4)
    return build_jobs(jobs_connector(url), Duties(salon.mirroring, slots, PostgresWaker(jobs)))


def stands(salon: Mirrored, *appointments: UUID) -> Callable[[], Awaitable[bool]]:
    """Ask whether all of these appointments, of one phase each, are in the calendar."""

    async def all_stand() -> bool:
        return all([await salon.known(each) == [("present", "present")] for each in appointments])

    return all_stand
