"""The worker's tasks that read free times before anybody asks for them."""

from __future__ import annotations

from uuid import UUID

import structlog
from procrastinate import App

from zusage.app.free_times.fill import Filler
from zusage.app.free_times.ports import HostBook
from zusage.app.free_times.warm import warm
from zusage.app.mirror.ports import WorkerSlots
from zusage.inbound.worker.jobs import BACKGROUND, TICK, in_slot

log = structlog.get_logger()

_SNOOZE_SECONDS = 30


def add_warming(app: App, hosts: HostBook, filler: Filler, slots: WorkerSlots) -> None:
    """Add the tasks to those of `build_jobs`. A tick that is missed or comes twice does no harm.

    Reading ahead takes one of the company's slots (protocols 32); where its bookings have them all, it comes later."""

    @app.task(name="warm_free_times", queue=BACKGROUND)
    async def warm_one(company_id: str) -> None:
        if not await in_slot(UUID(company_id), slots, lambda: _warm(UUID(company_id), hosts, filler)):
            await warm_one.configure(schedule_in={"seconds": _SNOOZE_SECONDS}).defer_async(
                company_id=company_id
            )

    # Cron counts in UTC and skips what it comes too late for; which branches are open is decided then and there
    # (protocols 48). Four minutes past, so that not every installation asks Cal.com on the hour.
    @app.periodic(cron="4 * * * *")
    @app.task(name="warm_all_free_times", queue=BACKGROUND, priority=TICK)
    async def warm_all(timestamp: int) -> None:
        log.debug("warm_up", timestamp=timestamp)
        for company_id, _key in await hosts.companies():
            await warm_one.defer_async(company_id=str(company_id))


async def _warm(company_id: UUID, hosts: HostBook, filler: Filler) -> None:
    warmed = await warm(company_id, hosts=hosts, filler=filler, only_open=True)
    if warmed.failed:
        log.warning(
            "warm_up_unfinished", company_id=str(company_id), days=warmed.failed, reason=warmed.reason
        )
