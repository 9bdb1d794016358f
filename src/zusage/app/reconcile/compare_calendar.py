"""Compare all weeks of a company's calendar because a person asks: to see what differs, or to have it mended."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from zusage.app.reconcile.observe_bookings import Observed, Reconciling, observe_bookings
from zusage.app.reconcile.sights import Difference
from zusage.app.reconcile.weeks import WEEK, read_week, until
from zusage.core.values import Period


async def compare_calendar(
    company_id: UUID, reconciling: Reconciling, *, mode: Literal["look", "go"]
) -> Observed | None:
    """Compare everything that is to come; None where there is no calendar.

    "look" changes nothing. "go" carries out what it finds, however much it is, and in the end lets the reconciler act
    again: a person has seen it. What is to be cancelled there or made anew is then done by the worker.

    :raises CalendarError: the calendar did not answer; what was done until then stays done.
    :raises LedgerBusy: the database is too busy; trying again is safe.
    :raises SecretUnreadable: no key opens the calendar's key."""
    async with reconciling.store.unit(company_id) as unit:
        frame = await unit.frame()
    if frame is None:
        return None
    found: dict[Difference, None] = {}
    stopped = ""
    start, end = frame.now, until(frame.now, frame.last)
    while start < end:
        week = Period(start, min(start + WEEK, end))
        reader = reconciling.reader(frame)
        seen = await read_week(week, reader)
        observed = await observe_bookings(company_id, frame, seen, reader, reconciling, mode=mode)
        found |= dict.fromkeys(observed.differences)
        stopped = stopped or observed.stopped
        start = week.end
    if mode == "go":
        async with reconciling.store.unit(company_id) as unit:
            await unit.act()
            await unit.commit()
    return Observed(tuple(found), stopped)
