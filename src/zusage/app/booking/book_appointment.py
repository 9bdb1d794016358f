"""Turn exactly one named plan into an appointment (D2, D3; protocols 9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from zusage.app.availability.offers import Search
from zusage.app.booking.hold_slot import plans_at, refused
from zusage.app.booking.ports import Booked, Booker, LedgerUnit, OpenUnit
from zusage.app.calls.ports import Answer, Begun, CallHold
from zusage.app.errors import LedgerRefused
from zusage.core.scheduling.plan import Option
from zusage.core.scheduling.wish import Refusal
from zusage.core.values import Money


@dataclass(frozen=True, slots=True)
class BookingOutcome:
    """What came of it. `booked` holds the ledger's word; on "refused" `refusal` and `offers` say what else would do.

    "expired": there was a hold for this plan, it ran out and the time is gone. "refused": there was none."""

    kind: Literal["booked", "already_booked", "replaced", "nothing_held", "expired", "refused", "call_over"]
    booked: Booked | None = None
    refusal: Refusal | None = None
    offers: tuple[Option, ...] = ()


Conclude = Callable[[BookingOutcome], Answer]


async def confirm_hold(
    hold: CallHold,
    search: Search | None,
    booker: Booker,
    *,
    run: Begun,
    open_unit: OpenUnit,
    conclude: Conclude,
) -> Answer:
    """Book the plan of one hold of this call; booking it again answers `already_booked` with the same appointment.

    Takes no resource lock and does not ask the clock. A hold that has expired is taken again as the same plan at the
    price that was said, in a new transaction; `search` says how (None: the service is no longer offered).

    :raises LedgerBusy: the database is too busy; trying again is safe.
    :raises LeaseLost: another process runs this tool call now."""
    async with open_unit(run.company_id) as unit:
        booked = await unit.confirm(run.call_id, hold.hold_id, booker)
        if booked.outcome != "expired" or search is None:
            return await _conclude(_of_hold(booked), run, unit, conclude)
    price = Money(hold.price_cents, hold.currency)
    return await book_plan(
        search,
        hold.start,
        booker,
        run=run,
        open_unit=open_unit,
        conclude=conclude,
        price=price,
        had_hold=True,
    )


async def book_plan(
    search: Search,
    start: datetime,
    booker: Booker,
    *,
    run: Begun,
    open_unit: OpenUnit,
    conclude: Conclude,
    price: Money | None = None,
    had_hold: bool = False,
) -> Answer:
    """Hold and book a service at exactly `start` in one transaction, with the first pair that is free.

    The same plan in the same call again answers `already_booked`. `price` is what was said before, where it was.

    :raises LedgerBusy: the database is too busy; trying again is safe.
    :raises LeaseLost: another process runs this tool call now."""
    for last_try in (False, True):
        try:
            async with open_unit(run.company_id) as unit:
                outcome = await _attempt(search, start, booker, run=run, unit=unit, price=price)
                if outcome is None and not last_try:
                    continue
                outcome = outcome or await _refused(search, start, Refusal("not_free"), unit)
                if had_hold and outcome.kind == "refused":
                    outcome = replace(outcome, kind="expired")
                return await _conclude(outcome, run, unit, conclude)
        except LedgerRefused:
            if last_try:
                raise
    raise AssertionError("the second try returns or raises")


async def _attempt(
    search: Search, start: datetime, booker: Booker, *, run: Begun, unit: LedgerUnit, price: Money | None
) -> BookingOutcome | None:
    plans = await plans_at(search, start, unit)
    if isinstance(plans, Refusal):
        return await _refused(search, start, plans, unit)
    if price is not None:
        plans = [replace(plan, price=price) for plan in plans]
    booked = await unit.take_and_confirm(run.call_id, plans, booker)
    if booked.outcome == "lost":
        return None
    return _of_hold(booked)


async def _refused(search: Search, start: datetime, refusal: Refusal, unit: LedgerUnit) -> BookingOutcome:
    found = await refused(search, start, refusal, unit)
    return BookingOutcome("refused", refusal=found.refusal, offers=found.offers)


def _of_hold(booked: Booked) -> BookingOutcome:
    match booked.outcome:
        case "booked" | "already_booked" | "replaced" | "call_over" | "expired":
            return BookingOutcome(booked.outcome, booked)
        case _:
            return BookingOutcome("nothing_held", booked)


async def _conclude(outcome: BookingOutcome, run: Begun, unit: LedgerUnit, conclude: Conclude) -> Answer:
    answer = conclude(outcome)
    await unit.finish(run, answer)
    await unit.commit()
    return answer
