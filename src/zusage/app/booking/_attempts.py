"""What holding and booking share: plans for a start, what else would do, and the second look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from zusage.app.availability.offers import (
    DAYS_AROUND,
    Search,
    closed_for,
    is_hidden,
    near_windows,
    offers_around,
    read_busy,
)
from zusage.app.availability.ports import BusyReader
from zusage.app.booking.outcomes import Refused
from zusage.app.booking.ports import LedgerUnit, OpenUnit
from zusage.app.calls.ports import Answer, Begun
from zusage.app.errors import LedgerRefused
from zusage.core.scheduling import calendar_window, candidate_plans, check_start, day_bounds
from zusage.core.scheduling.plan import Busy, Option, Plan
from zusage.core.scheduling.wish import Refusal
from zusage.core.values import Money, Period

Outcome = TypeVar("Outcome")
Later = Callable[[object, LedgerUnit], Awaitable[Callable[[], Awaitable[Answer]] | None]]

AFTERWARDS = 4.0
"""Seconds beyond the wait for the calendar: taking back, looking for other times, storing the answer."""

_MINUTE = timedelta(minutes=1)
# Each plan costs a caller's time to build and send, and its resources a lock that others wait for.
FIRST_PLANS = 4
ALL_PLANS = 128
_WITHOUT_OFFERS = ("past", "too_far", "nobody")


def a_minute(start: datetime) -> Period:
    """The window in which only this start lies."""
    return Period(start, start.replace(microsecond=0) + _MINUTE)


async def plans_at(
    search: Search, start: datetime, unit: BusyReader, *, most: int, price: Money | None
) -> Sequence[Plan] | Refusal:
    """Build at most `most` interchangeable plans for a start, best first, or say why there is none; one query.

    `price` is what was said before, where it was."""
    instant = a_minute(start)
    busy = await read_busy(search, instant, unit)
    checked = _checked(search, start, busy)
    if isinstance(checked, Refusal):
        unseen = search.view is not None and is_hidden(search, instant)
        return Refusal("unseen") if unseen and _would_do(search, start, busy) else checked
    plans = candidate_plans(search.book, search.service, checked, limit=most)
    return plans if price is None else [replace(plan, price=price) for plan in plans]


def _checked(search: Search, start: datetime, busy: Busy) -> list[Option] | Refusal:
    closed = closed_for(search, _day_of(search, start), busy)
    return check_start(
        search.book,
        search.service,
        start,
        busy,
        now=search.now,
        staff_id=search.wish.staff_id,
        closed=closed,
    )


def _would_do(search: Search, start: datetime, busy: Busy) -> bool:
    """Whether only the silence of the outside calendar stands against this start."""
    assert search.view is not None
    shown = replace(search, view=search.view.showing_all())
    return not isinstance(_checked(shown, start, busy), Refusal)


def _day_of(search: Search, start: datetime) -> Period:
    """The local day of a start: a refusal names the starts beside it, too."""
    zone = search.book.branch.zone
    return day_bounds(zone, start.astimezone(ZoneInfo(zone)).date())


def window_at(search: Search, start: datetime) -> Period:
    """What is to be known of the outside calendar before a start is taken."""
    return calendar_window(search.book, search.service, _day_of(search, start))


def windows_around(search: Search) -> list[Period]:
    """What is to be known of it besides before a start is refused with what else would do."""
    return near_windows(search, days_around=DAYS_AROUND)


async def refused(search: Search, start: datetime, refusal: Refusal, unit: BusyReader) -> Refused:
    """Add what else would do to a refusal."""
    if refusal.reason in _WITHOUT_OFFERS:
        return Refused(refusal)
    return Refused(refusal, tuple(await offers_around(search, unit, refused=(start,))), search.view)


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
        most = ALL_PLANS if last_look or run.hold is not None else FIRST_PLANS
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
