"""Check an exact time and hold it in one step (D2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from zusage.app.availability.offers import Search
from zusage.app.availability.with_calendar import with_calendar
from zusage.app.booking._attempts import (
    a_minute,
    plans_at,
    refused,
    window_at,
    windows_around,
    with_second_look,
)
from zusage.app.booking.outcomes import Refused
from zusage.app.booking.ports import LedgerUnit, OpenUnit, Taken
from zusage.app.calls.ports import Answer, Begun
from zusage.core.scheduling.wish import Refusal
from zusage.core.values import Money

HoldOutcome = Taken | Refused
"""What came of it: `Taken` says what is held, or that the call is over; `Refused` why not and what else would do."""


async def hold_slot(
    search: Search,
    start: datetime,
    *,
    run: Begun,
    open_unit: OpenUnit,
    conclude: Callable[[HoldOutcome], Answer],
    price: Money | None = None,
) -> Answer:
    """Hold the service at exactly `start` for this call, with the first staff-and-chair pair that is free.

    `price` is what was said before, where it was. A new hold replaces the call's old one only if it succeeds; the same plan again renews it. Effect and answer
    commit together; the answer is that of `conclude`.

    :raises LedgerBusy, LedgerRefused: the database is too busy; trying again is safe.
    :raises LeaseLost: another process runs this tool call now."""

    async def hold(search: Search) -> Answer:
        async def attempt(unit: LedgerUnit, most: int) -> HoldOutcome | None:
            plans = await plans_at(search, start, unit, most=most, price=price)
            if isinstance(plans, Refusal):
                return await refused(search, start, plans, unit)
            taken = await unit.take(run.call_id, plans)
            return None if taken.outcome == "lost" else replace(taken, view=search.view)

        async def otherwise(unit: LedgerUnit) -> HoldOutcome:
            return await refused(search, start, Refusal("not_free"), unit)

        return await with_second_look(attempt, otherwise, run=run, open_unit=open_unit, conclude=conclude)

    return await with_calendar(
        search, [window_at(search, start)], hold, certain=a_minute(start), besides=windows_around(search)
    )
