"""Run the jobs until cancelled: a worker ends on some failures of the database, so it is watched and started again.

Each queue has a worker with places of its own: however much background work there is, no booking waits behind it
(protocols 32)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from procrastinate import App
from procrastinate.connector import BaseConnector
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

from zusage.inbound.worker.jobs import BACKGROUND, MIRROR

log = structlog.get_logger()

GRACE_SECONDS = 5.0
"""How long jobs may still take when the process ends; what is cut off then is looked up by whoever comes next.

Cal.com books within that; closing everything after it must not make it more than ten seconds on a busy machine."""

_POLL_SECONDS = 1.0
_HEARTBEAT, _SILENT = 10.0, 30.0
_SLOWEST_RETRY = 30.0


@dataclass(frozen=True, slots=True)
class Lane:
    """Queues that share so many places: jobs that run at once in this process."""

    queues: tuple[str, ...]
    at_once: int


LANES = (Lane((MIRROR,), 8), Lane((BACKGROUND,), 4))
"""They share the connections of the application, which none holds while it works."""


async def run_jobs(
    app: App,
    lanes: Sequence[Lane] = LANES,
    *,
    at_work: asyncio.Event | None = None,
) -> None:
    """Fetch and run jobs until cancelled; then wait for what runs, for at most `GRACE_SECONDS`.

    A worker that ends by itself (a database that was away for long) is started again, with growing pauses. `at_work`
    is set while every lane runs and has looked for jobs at least once."""
    at_work = at_work or asyncio.Event()
    logging.getLogger("procrastinate").setLevel(logging.ERROR)
    failures = 0
    while True:
        started = asyncio.get_running_loop().time()
        try:
            async with app.open_async():
                await _run_together(app, lanes, at_work)
            log.warning("job_worker_ended")
        except Exception:
            log.exception("job_worker_failed")
        long_run = asyncio.get_running_loop().time() - started > _SLOWEST_RETRY
        failures = 1 if long_run else failures + 1
        await asyncio.sleep(min(2.0 ** (failures - 1), _SLOWEST_RETRY))


async def _run_together(app: App, lanes: Sequence[Lane], at_work: asyncio.Event) -> None:
    """Run all lanes until the first ends; the others end with it, and all wait for their jobs at the same time."""
    missing = set(range(len(lanes)))

    def looked(number: int) -> None:
        missing.discard(number)
        if not missing:
            at_work.set()

    workers = [
        asyncio.create_task(_run_lane(_beside(app, partial(looked, number)), lane))
        for number, lane in enumerate(lanes)
    ]
    try:
        await asyncio.wait(workers, return_when=asyncio.FIRST_COMPLETED)
    finally:
        # All are missing again: a look that another lane has under way must not count for the one that ended.
        missing.update(range(len(lanes)))
        at_work.clear()
        for worker in workers:
            worker.cancel()
        ended = await asyncio.gather(*workers, return_exceptions=True)
    for failure in ended:
        if isinstance(failure, Exception):
            raise failure


async def _run_lane(app: App, lane: Lane) -> None:
    await app.run_worker_async(
        name="-".join(lane.queues),
        queues=list(lane.queues),
        concurrency=lane.at_once,
        fetch_job_polling_interval=_POLL_SECONDS,
        listen_notify=False,
        install_signal_handlers=False,
        shutdown_graceful_timeout=GRACE_SECONDS,
        delete_jobs="successful",
        update_heartbeat_interval=_HEARTBEAT,
        stalled_worker_timeout=_SILENT,
    )


class _Looks(JobManager):
    """Procrastinate's access to the jobs; tells when a look for one was answered."""

    def __init__(self, connector: BaseConnector, looked: Callable[[], None]) -> None:
        super().__init__(connector)
        self._looked = looked

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        job = await super().fetch_job(queues, worker_id)
        self._looked()
        return job


def _beside(app: App, looked: Callable[[], None]) -> App:
    """The same tasks on the same connections, with clocks of their own: procrastinate's walk from tick to tick.

    Every worker leaves the periodic jobs, as those of other processes do; the database takes each tick once. One that
    left none would not be watched: procrastinate ends its watch over a worker's heartbeat with the first part that ends."""
    made = App(connector=app.connector)
    made.job_manager = _Looks(app.connector, looked)
    made.tasks = app.tasks
    for (_, periodic_id), each in app.periodic_registry.periodic_tasks.items():
        made.periodic_registry.register_task(each.task, each.cron, periodic_id, each.configure_kwargs)
    return made
