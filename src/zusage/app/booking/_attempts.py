"""What holding and booking share: plans for a start, what else would do, and the second look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from zusage.app.availability.offers import Search, offers_around, read_busy
from zusage.app.booking.outcomes import Refused
from zusage.app.booking.ports import LedgerUnit, OpenUnit
from zusage.app.calls.ports import Answer, Begun
from zusage.app.errors import LedgerRefused
from zusage.core.scheduling import candidate_plans, check_start
from zusage.core.scheduling.plan import Plan
from zusage.core.scheduling.wish import Refusal
from zusage.core.values import Money, Period

Outcome = TypeVar("Outcome")
Later = Callable[[object, LedgerUnit], Awaitable[Callable[[], Awaitable[Answer]] | None]]

_MINUTE = timedelta(minutes=1)
# Each plan costs a caller's time to build and send, and its resources a lock that others wait for.
_FIRST_PLANS = 4
_ALL_PLANS = 128
_WITHOUT_OFFERS = ("past", "too_far", "nobody")


async def plans_at(
    search: Search, start: datetime, unit: LedgerUnit, *, most: int, price: Money | None
) -> Sequence[Plan] | Refusal:
    """Build at most `most` interchangeable plans for a start, best first, or say why there is none; one query.

    `price` is what was said before, where it was."""
    instant = Period(start, start.replace(microsecond=0) + _MINUTE)
    busy = await read_busy(search, instant, unit)
    checked = check_start(
        search.book, search.service, start, busy, now=search.now, staff_id=search.wish.staff_id
    )
    if isinstance(checked, Refusal):
        return checked
    plans = candidate_plans(search.book, search.service, checked, limit=most)
    return plans if price is None else [replace(plan, price=price) for plan in plans]


async def refused(search: Search, start: datetime, refusal: Refusal, unit: LedgerUnit) -> Refused:
    """Add what else would do to a refusal."""
    if refusal.reason in _WITHOUT_OFFERS:
        return Refused(refusal)
    return Refused(refusal, tuple(await offers_around(search, unit, refused=(start,))))


async def with_second_look(
    attempt: Callable[[LedgerUnit, int], Awaitable[Outcome | None]],
    otherwise: Callable[[LedgerUnit], Awaitable[Outcome]],
    *,
    run: Begun,
    open_unit: OpenUnit,
    conclude: Callable[[Outcome], Answer],
    later: Later | None = None,
) -> Answer:
    """Try in one transaction; if rivals took all that looked free (None), read and try once more, then `otherwise`.

    A loss on an interchangeable chair must not refuse a time that another chair still has (protocols 41): `attempt`
    is told how many plans to bring, few at first, all of them at the last look. A call that holds something brings
    all at once, for its own plan must be among them. Effect and answer commit together, unless `later` commits the
    effect alone and says what gives the answer."""
    for last_look in (False, True):
        most = _ALL_PLANS if last_look or run.hold is not None else _FIRST_PLANS
        try:
            async with open_unit(run.company_id) as unit:
                outcome = await attempt(unit, most)
                if outcome is None and not last_look:
                    continue
                known = outcome if outcome is not None else await otherwise(unit)
                then = await later(known, unit) if later is not None else None
                if then is None:
                    answer = conclude(known)
                    await unit.finish(run, answer)
                    await unit.commit()
                    return answer
        except LedgerRefused:
            if last_look:
                raise
        else:
            return await then()
    raise AssertionError("the last look returns or raises")
