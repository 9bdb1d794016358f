"""The worker's tasks that look at calendars by night, before a caller finds out what is wrong with one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import structlog
from procrastinate import App

from zusage.app.calendar_setup.check_nightly import NightlyStore, check_nightly
from zusage.app.calendar_setup.due_checks import CheckTimes, due_checks
from zusage.app.calendar_setup.ports import SetupCalendars
from zusage.app.mirror.ports import WorkerSlots
from zusage.inbound.worker.jobs import BACKGROUND, TICK, in_slot

log = structlog.get_logger()


class CheckStore(NightlyStore, CheckTimes, Protocol):
    """All that checking by night reads and writes."""


@dataclass(frozen=True, slots=True)
class Checking:
    """What checking by night needs."""

    store: CheckStore
    calendars: SetupCalendars


def add_checks(app: App, checking: Checking, slots: WorkerSlots) -> None:
    """Add the tasks to those of `build_jobs`. What finds no free slot, or nobody who answers, is due in the next hour."""

    @app.task(name="check_calendar", queue=BACKGROUND)
    async def check_one(company_id: str) -> None:
        company = UUID(company_id)
        await in_slot(
            company,
            slots,
            lambda: check_nightly(company, store=checking.store, calendars=checking.calendars),
        )

    # Cron counts in UTC and skips what it comes too late for; where it is night is decided then and there (protocols 48).
    @app.periodic(cron="26 * * * *")
    @app.task(name="check_calendars", queue=BACKGROUND, priority=TICK)
    async def check_all(timestamp: int) -> None:
        log.debug("calendars_looked_for", timestamp=timestamp)
        for company_id in await due_checks(checking.store):
            await check_one.defer_async(company_id=str(company_id))
