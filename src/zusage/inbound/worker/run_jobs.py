"""Run the jobs until cancelled: the worker ends on some failures of the database, so it is watched and started again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import structlog
from procrastinate import App

from zusage.inbound.worker.jobs import BACKGROUND, MIRROR

log = structlog.get_logger()

GRACE_SECONDS = 5.0
"""How long jobs may still take when the process ends; what is cut off then is looked up by whoever comes next.

Cal.com books within that; closing everything after it must not make it more than ten seconds on a busy machine."""

_POLL_SECONDS = 1.0
_HEARTBEAT, _SILENT = 10.0, 30.0
_SLOWEST_RETRY = 30.0


async def run_jobs(
    app: App, *, concurrency: int, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Fetch and run jobs until cancelled; then wait for what runs, for at most `GRACE_SECONDS`.

    A worker that ends by itself (a database that was away for long) is started again, with growing pauses."""
    logging.getLogger("procrastinate").setLevel(logging.ERROR)
    failures = 0
    while True:
        started = asyncio.get_running_loop().time()
        try:
            async with app.open_async():
                await app.run_worker_async(
                    queues=[MIRROR, BACKGROUND],
                    concurrency=concurrency,
                    fetch_job_polling_interval=_POLL_SECONDS,
                    listen_notify=False,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=GRACE_SECONDS,
                    delete_jobs="successful",
                    update_heartbeat_interval=_HEARTBEAT,
                    stalled_worker_timeout=_SILENT,
                )
            log.warning("job_worker_ended")
        except Exception:
            log.exception("job_worker_failed")
        long_run = asyncio.get_running_loop().time() - started > _SLOWEST_RETRY
        failures = 1 if long_run else failures + 1
        await sleep(min(2.0 ** (failures - 1), _SLOWEST_RETRY))
