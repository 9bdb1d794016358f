"""The nightly comparison within a rehearsal: some webhooks are gone for good, and nobody waits for the night."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from zusage.adapters.postgres.mirror_health import PostgresMirrorHealth
from zusage.app.errors import LedgerBusy
from zusage.app.mirror.ports import CalendarError
from zusage.app.reconcile.compare_calendar import compare_calendar
from zusage.app.reconcile.observe_bookings import Reconciling
from zusage.app.reconcile.pull_calendar import pull_calendar
from zusage.boot.calendars import open_calendars
from zusage.boot.cli._frame import app_database
from zusage.boot.servers import Servers, secret_box
from zusage.boot.settings import Settings
from zusage.boot.wiring import mirroring_of, reconciling_of

COMPARED_WITHIN = 60.0
_PAUSE = 3.0


@dataclass(frozen=True, slots=True)
class Night:
    """How it went. `failure`: why it did not come through, "" where it did; `guarded`: why it only looked, "" where it
    acted by itself."""

    failure: str = ""
    guarded: str = ""


async def compare_as_by_night(
    settings: Settings, servers: Servers, company_id: UUID, *, within: float = COMPARED_WITHIN
) -> Night:
    """Compare all weeks as the worker does each night, by its own use case and within its guards.

    Where they let it only look, a person says go, as `zusage mirror repair --apply` does. It is tried again for
    `within` seconds."""
    box = secret_box(settings)
    async with (
        app_database(servers) as database,
        open_calendars(settings, servers, database) as calendars,
    ):
        reconciling = reconciling_of(database, box, mirroring_of(database, box, calendars))
        health = PostgresMirrorHealth(database)
        until = time.monotonic() + within
        night = await _tried(lambda: _pulled(company_id, reconciling, health), until)
        if night.guarded:
            went = await _tried(lambda: _said_go(company_id, reconciling), until)
            night = Night(went.failure, night.guarded)
        return night


async def _tried(attempt: Callable[[], Awaitable[Night]], until: float) -> Night:
    while True:
        try:
            night = await attempt()
        except (CalendarError, LedgerBusy) as error:
            night = Night(failure=str(error))
        if not night.failure or time.monotonic() > until:
            return night
        await asyncio.sleep(_PAUSE)


async def _pulled(company_id: UUID, reconciling: Reconciling, health: PostgresMirrorHealth) -> Night:
    began = time.monotonic()
    observed = await pull_calendar(company_id, reconciling, as_by_night=True)
    compared = (await health.figures(company_id)).compared
    if compared is not None and compared <= time.monotonic() - began:
        return Night(guarded=observed.stopped)
    return Night(
        failure=observed.stopped or "The mirror is paused, or another process took the comparison over."
    )


async def _said_go(company_id: UUID, reconciling: Reconciling) -> Night:
    await compare_calendar(company_id, reconciling, mode="go")
    return Night()
