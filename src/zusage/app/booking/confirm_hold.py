"""Turn a hold into an appointment (D2)."""

from __future__ import annotations

from collections.abc import Callable

from zusage.app.availability.offers import Search
from zusage.app.booking._inline import Inline
from zusage.app.booking.book_plan import BookingOutcome, book_plan
from zusage.app.booking.ports import Booker, ConfirmInline, OpenUnit
from zusage.app.calls.ports import Answer, Begun, CallHold
from zusage.core.values import Money


async def confirm_hold(
    hold: CallHold,
    search: Search | None,
    booker: Booker,
    *,
    run: Begun,
    open_unit: OpenUnit,
    conclude: Callable[[BookingOutcome], Answer],
    confirm: ConfirmInline | None = None,
) -> Answer:
    """Book the plan of one hold of this call; booking it again answers `already_booked` with the same appointment.

    Takes no resource lock and does not ask the clock. A hold that has expired, or that an absence or a booking of others
    has overtaken, is taken again as the same plan at the price that was said, in a new transaction; `search` says how
    (None: it cannot be taken again). A branch that confirms
    inline asks its calendar by `confirm` first; what that refuses is undone, and other times are named.

    :raises LedgerBusy, LedgerRefused: the database is too busy; trying again is safe.
    :raises LeaseLost: another process runs this tool call now."""
    later = Inline(confirm, search, hold.start).later(run, open_unit, conclude)
    async with open_unit(run.company_id) as unit:
        booked = await unit.confirm(run.call_id, hold.hold_id, booker)
        then = await later(booked, unit)
        if then is None and (booked.outcome not in ("expired", "lost") or search is None):
            answer = conclude(booked)
            await unit.finish(run, answer)
            await unit.commit()
            return answer
        if booked.outcome == "lost":
            await unit.commit()
    if then is not None:
        return await then()
    assert search is not None
    price = Money(hold.price_cents, hold.currency)
    return await book_plan(
        search,
        hold.start,
        booker,
        run=run,
        open_unit=open_unit,
        conclude=conclude,
        price=price,
        confirm=confirm,
    )
