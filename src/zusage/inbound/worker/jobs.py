"""What the worker does when a job or a minute comes: procrastinate's tasks, each a wake-up only.

Truth is in our own tables: a job may be lost, run late, or run twice at once, and nothing is lost or done twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import structlog
from procrastinate import App, JobContext
from procrastinate.connector import BaseConnector
from procrastinate.jobs import Status

from zusage.app.errors import LedgerBusy
from zusage.app.mirror.bring_over import Mirroring, bring_over
from zusage.app.mirror.catch_up import catch_up
from zusage.app.mirror.ports import WorkerSlots
from zusage.app.operations.ports import SecretUnreadable
from zusage.inbound.worker.resume import Resume

log = structlog.get_logger()

MIRROR, BACKGROUND = "mirror", "background"
"""The queues. A booking leaves its job in the first; each has places of its own (`run_jobs.LANES`)."""

TICK = 10
"""The priority of what a minute or an hour starts: it is short, and stands before the long work that waits already."""

_COMPANIES = 500
_SILENT_SECONDS = 30
_SNOOZE_SECONDS = 2
_KEPT_HOURS = 24 * 7


class Waker(Protocol):
    async def wake(self, company_id: UUID, appointment_id: UUID, seconds: float) -> None:
        """Leave a job for an appointment, in so many seconds."""

    async def forget_attempts(self, company_id: UUID) -> None:
        """Delete what was noted of attempts long ago."""

    async def company_ids(self) -> Sequence[UUID]: ...


@dataclass(frozen=True, slots=True)
class Duties:
    """What the tasks need."""

    mirroring: Mirroring
    slots: WorkerSlots
    waker: Waker


def build_jobs(connector: BaseConnector, duties: Duties) -> App:
    """Build the tasks on a connector; `run_jobs` opens the application and runs it."""
    app = App(connector=connector)

    @app.task(name="mirror_appointment", queue=MIRROR, retry=Resume())
    async def mirror_appointment(company_id: str, appointment_id: str) -> None:
        await _mirror_appointment(UUID(company_id), UUID(appointment_id), duties)

    @app.task(name="catch_up", queue=MIRROR, retry=Resume())
    async def catch_up_company(company_id: str) -> None:
        company = UUID(company_id)
        await in_slot(company, duties.slots, lambda: catch_up(company, duties.mirroring))

    @app.periodic(cron="* * * * *")
    @app.task(name="every_minute", queue=BACKGROUND, priority=TICK)
    async def every_minute(timestamp: int) -> None:
        log.debug("minute", timestamp=timestamp)
        for company_id in await duties.mirroring.store.due_companies(_COMPANIES):
            await catch_up_company.defer_async(company_id=str(company_id))

    @app.periodic(cron="* * * * *")
    @app.task(name="take_over_stalled", queue=BACKGROUND, priority=TICK, pass_context=True)
    async def take_over_stalled(context: JobContext, timestamp: int) -> None:
        await _take_over(context.app, timestamp)

    @app.periodic(cron="17 * * * *")
    @app.task(name="tidy_up", queue=BACKGROUND, priority=TICK, pass_context=True)
    async def tidy_up(context: JobContext, timestamp: int) -> None:
        log.debug("hour", timestamp=timestamp)
        await context.app.job_manager.delete_old_jobs(
            _KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )
        for company_id in await duties.waker.company_ids():
            await duties.waker.forget_attempts(company_id)

    return app


async def _mirror_appointment(company_id: UUID, appointment_id: UUID, duties: Duties) -> None:
    async def bring() -> None:
        brought = await bring_over(company_id, appointment_id, duties.mirroring)
        for phase, kind in brought.reviews:
            log.error(
                "mirror_needs_review",
                company_id=str(company_id),
                appointment_id=str(appointment_id),
                phase=phase,
                kind=kind,
            )

    if not await in_slot(company_id, duties.slots, bring):
        # Nobody waits in a worker for a company whose slots are taken: another company's job runs meanwhile.
        await duties.waker.wake(company_id, appointment_id, _SNOOZE_SECONDS)


async def in_slot(company_id: UUID, slots: WorkerSlots, work: Callable[[], Awaitable[object]]) -> bool:
    """Work in one of the company's slots; False where none was free. What a busy database stopped, or a missing key, stays due."""
    try:
        async with slots.take(company_id) as free:
            if free:
                await work()
            return free
    except (LedgerBusy, SecretUnreadable) as error:
        log.warning("mirror_put_off", company_id=str(company_id), reason=str(error))
        return True


async def _take_over(app: App, timestamp: int) -> None:
    """End what a silent worker left behind; procrastinate does not do so by itself.

    A job of the mirror runs again. What a minute, an hour or a night starts comes again by itself: nobody is told of it."""
    log.debug("stalled_jobs_looked_for", timestamp=timestamp)
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_SILENT_SECONDS):
        if job.queue == MIRROR:
            log.warning("stalled_job_taken_over", job_id=job.id, task=job.task_name)
            await app.job_manager.retry_job(job)
        else:
            log.warning("stalled_job_ended", job_id=job.id, task=job.task_name)
            await app.job_manager.finish_job(job, status=Status.ABORTED, delete_job=False)
