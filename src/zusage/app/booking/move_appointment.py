"""Move an appointment: its new time is taken before its old one is given up (D3, protocols 10)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Generic, TypeVar
from uuid import UUID

from zusage.app.availability.offers import Search
from zusage.app.availability.ports import BusyReader
from zusage.app.availability.with_calendar import with_calendar
from zusage.app.booking._attempts import (
    AFTERWARDS,
    ALL_PLANS,
    FIRST_PLANS,
    a_minute,
    plans_at,
    refused,
    window_at,
    windows_around,
)
from zusage.app.booking.outcomes import Refused
from zusage.app.booking.ports import ConfirmInline, LedgerUnit, Moved, MoveOrder, OpenUnit
from zusage.app.calls.ports import Begun
from zusage.app.errors import LedgerRefused
from zusage.core.scheduling.plan import Busy
from zusage.core.scheduling.wish import Refusal
from zusage.core.values import Money, Period

MoveOutcome = Moved | Refused
"""What came of it: the ledger's word, or why not and what else would do."""

Said = TypeVar("Said")
Conclude = Callable[[MoveOutcome, LedgerUnit], Awaitable[Said]]

_REASON = "Der Kalender nimmt die neue Zeit nicht an"


async def move_appointment(
    order: MoveOrder,
    search: Search,
    start: datetime,
    *,
    company_id: UUID,
    open_unit: OpenUnit,
    conclude: Conclude[Said],
    price: Money | None = None,
    run: Begun | None = None,
    confirm: ConfirmInline | None = None,
) -> Said:
    """Move to exactly `start` with the first staff-and-chair pair of the search that is free, and `price` as it was said.

    What the appointment takes itself is seen through, here and in the outside calendar. `conclude` gets the outcome
    inside the transaction that has moved it, so its answer commits with it or not at all; it may run again where that
    was rolled back. Asking again after it has happened gives "same".

    In a call (`run`) of a branch that confirms inline the calendar is asked by `confirm` first; what that refuses is
    taken back before anything is said, and other times are named.

    :raises LedgerBusy, LedgerRefused: the database is too busy; trying again is safe.
    :raises LeaseLost: another process runs this tool call now."""
    mover = _Mover(order, start, company_id, open_unit, conclude, price, run, confirm)
    return await with_calendar(
        search,
        [window_at(search, start)],
        mover.move,
        certain=a_minute(start),
        besides=windows_around(search),
    )


@dataclass(frozen=True, slots=True)
class _Mover(Generic[Said]):
    """One move, and how it is concluded."""

    order: MoveOrder
    start: datetime
    company_id: UUID
    open_unit: OpenUnit
    conclude: Conclude[Said]
    price: Money | None
    run: Begun | None
    confirm: ConfirmInline | None

    async def move(self, search: Search) -> Said:
        """Try with the few best plans; if rivals took them meanwhile, with all of them (protocols 41)."""
        try:
            done = await self._once(search, FIRST_PLANS)
        except LedgerRefused:
            done = None
        if done is None:
            done = await self._once(search, ALL_PLANS)
        assert done is not None
        return await done()

    async def _once(self, search: Search, most: int) -> Callable[[], Awaitable[Said]] | None:
        async with self.open_unit(self.company_id) as unit:
            outcome = await self._attempt(search, unit, most)
            if outcome is None and most < ALL_PLANS:
                return None
            known = outcome or await self._refused(search, unit)
            if isinstance(known, Moved) and known.wait is not None and self.run and self.confirm:
                # A repeat of the tool call waits meanwhile, and finds it moved if we die.
                await unit.prolong(self.run, known.wait + AFTERWARDS)
                await unit.commit()
                return partial(self._ask, search, known, self.confirm)
            said = await self.conclude(known, unit)
            await unit.commit()
        return partial(_answer, said)

    async def _attempt(self, search: Search, unit: LedgerUnit, most: int) -> MoveOutcome | None:
        """Move, or say why not; None where rivals took all that looked free."""
        seen, reader = await self._through(search, unit)
        plans = await plans_at(seen, self.start, reader, most=most, price=self.price)
        if isinstance(plans, Refusal):
            return await refused(seen, self.start, plans, reader)
        moved = await unit.move(self.order, plans)
        return None if moved.outcome == "lost" else moved

    async def _refused(self, search: Search, unit: LedgerUnit) -> Refused:
        seen, reader = await self._through(search, unit)
        return await refused(seen, self.start, Refusal("not_free"), reader)

    async def _through(self, search: Search, unit: LedgerUnit) -> tuple[Search, BusyReader]:
        own = await unit.own_time(self.order.appointment_id)
        return replace(search, own={**search.own, **own}), _Through(unit, own)

    async def _ask(self, search: Search, moved: Moved, confirm: ConfirmInline) -> Said:
        """Wait for the calendar; then say that it is moved, or that it stands where it was, and name other times."""
        verdict = await confirm(self.company_id, self.order.appointment_id, moved.wait or 0.0)
        if verdict == "refused":
            return await with_calendar(search, windows_around(search), self._back)
        async with self.open_unit(self.company_id) as unit:
            said = await self.conclude(moved, unit)
            await unit.commit()
        return said

    async def _back(self, search: Search) -> Said:
        async with self.open_unit(self.company_id) as unit:
            # The routine has done it already, unless it is not sure yet; a caller is told now.
            await unit.unmove(self.order.appointment_id, _REASON)
            said = await self.conclude(await self._refused(search, unit), unit)
            await unit.commit()
        return said


async def _answer(said: Said) -> Said:
    return said


class _Through:
    """Reads busy time as a unit does, and sees the appointment's own time through."""

    def __init__(self, unit: LedgerUnit, own: Busy) -> None:
        self._unit = unit
        self._own = own

    async def busy(self, resources: Collection[UUID], window: Period, *, call_id: UUID | None) -> Busy:
        taken = await self._unit.busy(resources, window, call_id=call_id)
        free = {resource_id: list(periods) for resource_id, periods in taken.items()}
        for resource_id, periods in self._own.items():
            for period in periods:
                # Once: an absence may have exactly the same time.
                if period in free.get(resource_id, ()):
                    free[resource_id].remove(period)
        return free
