"""A worker in the test's own process, and waiting for what it does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from inspect import isawaitable

from procrastinate import App

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
