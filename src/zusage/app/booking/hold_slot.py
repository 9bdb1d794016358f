"""Check an exact time and hold it in one step (D2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from zusage.app.availability.offers import Search, offers_around, read_busy
from zusage.app.booking.ports import LedgerUnit, OpenUnit, Taken
from zusage.app.calls.ports import Answer, Begun
from zusage.app.errors import LedgerRefused
from zusage.core.scheduling import candidate_plans, check_start
from zusage.core.scheduling.plan import Option, Plan
from zusage.core.scheduling.wish import Refusal
from zusage.core.values import Period

_MINUTE = timedelta(minutes=1)
_ASK_ANOTHER_DAY = ("past", "too_far", "nobody")


@dataclass(frozen=True, slots=True)
class HoldOutcome:
    """What came of it: `taken` says what was held, or `refusal` why not and `offers` what else would do."""

    kind: Literal["held", "refused", "call_over"]
    taken: Taken | None = None
    refusal: Refusal | None = None
    offers: tuple[Option, ...] = ()


async def hold_slot(
    search: Search,
    start: datetime,
    *,
    run: Begun,
    open_unit: OpenUnit,
    conclude: Callable[[HoldOutcome], Answer],
) -> Answer:
    """Hold the service at exactly `start` for this call, with the first staff-and-chair pair that is free.

    A new hold replaces the call's old one only if it succeeds; the same plan again renews it. When every pair that
    looked free was lost to rivals, it looks once more before it refuses (protocols 41). Effect and answer commit
    together; the answer is that of `conclude`.

    :raises LedgerBusy: the database is too busy; trying again is safe.
    :raises LeaseLost: another process runs this tool call now."""
    for last_try in (False, True):
        try:
            async with open_unit(search.book.company_id) as unit:
                outcome = await _attempt(search, start, run, unit)
                if outcome is None and not last_try:
                    continue
                outcome = outcome or await refused(search, start, Refusal("not_free"), unit)
                answer = conclude(outcome)
                await unit.finish(run, answer)
                await unit.commit()
                return answer
        except LedgerRefused:
            if last_try:
                raise
    raise AssertionError("the second try returns or raises")


async def _attempt(search: Search, start: datetime, run: Begun, unit: LedgerUnit) -> HoldOutcome | None:
    plans = await plans_at(search, start, unit)
    if isinstance(plans, Refusal):
        return await refused(search, start, plans, unit)
    taken = await unit.take(run.call_id, plans)
    if taken.outcome == "lost":
        return None
    return HoldOutcome(taken.outcome, taken)


async def plans_at(search: Search, start: datetime, unit: LedgerUnit) -> Sequence[Plan] | Refusal:
    """Build the interchangeable plans for a start, best first, or say why there is none; one query."""
    instant = Period(start, start.replace(microsecond=0) + _MINUTE)
    busy = await read_busy(search, instant, unit)
    checked = check_start(
        search.book, search.service, start, busy, now=search.now, staff_id=search.wish.staff_id
    )
    if isinstance(checked, Refusal):
        return checked
    return candidate_plans(search.book, search.service, checked)


async def refused(search: Search, start: datetime, refusal: Refusal, unit: LedgerUnit) -> HoldOutcome:
    """Add what else would do to a refusal; an off-grid wish already carries its neighbours."""
    if refusal.reason in _ASK_ANOTHER_DAY:
        return HoldOutcome("refused", refusal=refusal)
    offers = await offers_around(search, unit, refused=(start,))
    return HoldOutcome("refused", refusal=refusal, offers=tuple(offers))
