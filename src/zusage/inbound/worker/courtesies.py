"""The worker's tasks about courtesies: hide live holds at the calendar, show again what is over."""

from __future__ import annotations

from uuid import UUID

import structlog
from procrastinate import App

from zusage.app.courtesy.tend_courtesies import Tending, tend_courtesies
from zusage.app.mirror.ports import WorkerSlots
from zusage.inbound.worker.jobs import BACKGROUND, MIRROR, TICK, in_slot
from zusage.inbound.worker.resume import Resume

log = structlog.get_logger()

_COMPANIES = 500
_SNOOZE_SECONDS = 2


def add_courtesies(app: App, tending: Tending, slots: WorkerSlots) -> None:
    """Add the tasks to those of `build_jobs`; each is a wake-up only and may be lost, or run twice at once."""

    @app.task(name="tend_courtesies", queue=MIRROR, retry=Resume())
    async def tend(company_id: str) -> None:
        company = UUID(company_id)
        if not await in_slot(company, slots, lambda: tend_courtesies(company, tending)):
            await tend.configure(schedule_in={"seconds": _SNOOZE_SECONDS}).defer_async(company_id=company_id)

    @app.periodic(cron="* * * * *")
    @app.task(name="look_after_courtesies", queue=BACKGROUND, priority=TICK)
    async def look_after(timestamp: int) -> None:
        log.debug("courtesies_looked_after", timestamp=timestamp)
        for company_id in await tending.store.due_companies(_COMPANIES):
            await tend.defer_async(company_id=str(company_id))
