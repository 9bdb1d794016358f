"""Hold and book in one transaction, for callers who say everything in one breath (D2, D3)."""

from __future__ import annotations

from collections.abc import Callable
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
from zusage.app.booking._inline import Inline
from zusage.app.booking.outcomes import Refused
from zusage.app.booking.ports import Booked, Booker, ConfirmInline, LedgerUnit, OpenUnit
from zusage.app.calls.ports import Answer, Begun
from zusage.core.scheduling.wish import Refusal
from zusage.core.values import Money

BookingOutcome = Booked | Refused
"""What came of it: the ledger's word, or why not and what else would do."""


async def book_plan(
    search: Search,
    start: datetime,
    booker: Booker,
    *,
    run: Begun,
    open_unit: OpenUnit,
    conclude: Callable[[BookingOutcome], Answer],
    price: Money | None = None,
    confirm: ConfirmInline | None = None,
) -> Answer:
    """Book a service at exactly `start` with the first staff-and-chair pair that is free.

    The same plan in the same call again answers `already_booked`. `price` is what was said before, where it was.
    A branch that confirms inline asks its calendar by `confirm` first; what that refuses is undone.

    :raises LedgerBusy, LedgerRefused: the database is too busy; trying again is safe.
    :raises LeaseLost: another process runs this tool call now."""

    async def book(search: Search) -> Answer:
        async def attempt(unit: LedgerUnit, most: int) -> BookingOutcome | None:
            plans = await plans_at(search, start, unit, most=most, price=price)
            if isinstance(plans, Refusal):
                return await refused(search, start, plans, unit)
            booked = await unit.take_and_confirm(run.call_id, plans, booker)
            return None if booked.outcome == "lost" else booked

        async def otherwise(unit: LedgerUnit) -> BookingOutcome:
            return await refused(search, start, Refusal("not_free"), unit)

        later = Inline(confirm, search, start).later(run, open_unit, conclude)
        return await with_second_look(
            attempt, otherwise, run=run, open_unit=open_unit, conclude=conclude, later=later
        )

    return await with_calendar(
        search, [window_at(search, start)], book, certain=a_minute(start), besides=windows_around(search)
    )
