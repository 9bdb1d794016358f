"""The worker's tasks of reconciliation: heed what webhooks hinted at, and compare the calendars."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from uuid import UUID

import structlog
from procrastinate import App

from zusage.app.errors import LedgerBusy
from zusage.app.mirror.ports import WorkerSlots
from zusage.app.reconcile.heed_hints import heed_hints
from zusage.app.reconcile.observe_bookings import Observed, Reconciling
from zusage.app.reconcile.pull_calendar import pull_calendar
from zusage.app.reconcile.stand_guard import stand_guard
from zusage.inbound.worker.jobs import BACKGROUND, MIRROR, TICK, in_slot
from zusage.inbound.worker.resume import Resume

log = structlog.get_logger()

_COMPANIES = 500
_SNOOZE_SECONDS = 2


def add_reconciling(app: App, reconciling: Reconciling, slots: WorkerSlots) -> None:
    """Add the tasks to those of `build_jobs`; each is a wake-up only and may be lost, or run twice at once.

    A comparison that finds no slot of its company stays due, and the next minute comes back to it."""

    @app.task(name="heed_hints", queue=MIRROR, retry=Resume())
    async def heed(company_id: str) -> None:
        company = UUID(company_id)
        if not await in_slot(company, slots, lambda: _told(company, heed_hints(company, reconciling))):
            await heed.configure(schedule_in={"seconds": _SNOOZE_SECONDS}).defer_async(company_id=company_id)

    @app.task(name="pull_calendar", queue=BACKGROUND)
    async def pull(company_id: str) -> None:
        company = UUID(company_id)
        await in_slot(company, slots, lambda: _told(company, pull_calendar(company, reconciling)))

    @app.periodic(cron="* * * * *")
    @app.task(name="reconcile_minute", queue=BACKGROUND, priority=TICK)
    async def every_minute(timestamp: int) -> None:
        log.debug("reconcile_minute", timestamp=timestamp)
        for company_id in await reconciling.store.hinted_companies(_COMPANIES):
            await heed.defer_async(company_id=str(company_id))
        for company_id in await reconciling.store.pull_companies(_COMPANIES):
            await pull.defer_async(company_id=str(company_id))


async def guard_all(company_ids: Iterable[UUID], reconciling: Reconciling) -> None:
    """Look at the start of a worker whether its database is another one than before, of each company."""
    for company_id in company_ids:
        try:
            await stand_guard(company_id, store=reconciling.store)
        except LedgerBusy as error:
            # The first comparison looks again.
            log.warning("guard_put_off", company_id=str(company_id), reason=str(error))


async def _told(company_id: UUID, work: Awaitable[Observed]) -> None:
    observed = await work
    for each in observed.differences:
        log.info(
            "calendar_differs",
            company_id=str(company_id),
            kind=each.kind,
            uid=each.uid,
            appointment_id=str(each.appointment_id) if each.appointment_id else None,
            deed=each.deed,
        )
