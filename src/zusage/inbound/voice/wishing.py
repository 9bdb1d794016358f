"""From a reading of time to the wishes that the scheduling rules work with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from zusage.core.scheduling import day_bounds
from zusage.core.scheduling.masters import Staff
from zusage.core.scheduling.wish import Wish
from zusage.core.values import Period
from zusage.inbound.voice.talk import Talk
from zusage.language.reading import When

_SOON = timedelta(days=14)
_WEEKS = timedelta(days=28)
_A_MINUTE = timedelta(minutes=1)
_UNSAID_DAY = frozenset({"today", "tomorrow"})
_EVERY_WEEKDAY = frozenset(range(7))


def wishes_of(talk: Talk, said: When, staff: Staff | None) -> tuple[Wish, ...]:
    """Every wish that was named, in the order of talk. One exact time is a wish of its own; of several, each is a
    minute to be offered if it is free. What was refused is refused for all of them."""
    several = len(said.choices) > 1
    away, weekdays = _refused(talk, said)
    daily = tuple(one.daily for one in said.exclude if one.kind == "open_end" and one.daily is not None)
    return tuple(
        replace(
            _wish(talk, one, staff, exact=not several),
            without=away,
            without_weekdays=weekdays | other,
            without_daily=daily,
        )
        for one in said.choices
        for other in (_other_weekdays(talk, one),)
    )


def _wish(talk: Talk, when: When, staff: Staff | None, *, exact: bool) -> Wish:
    staff_id = staff.id if staff else None
    if when.kind == "instant" and exact and not when.weekly:
        return talk.wish_at(when.start, staff_id)
    if when.kind == "instant":
        until = when.start + _WEEKS if when.weekly else when.start + _A_MINUTE
        return Wish(Period(when.start, until), staff_id=staff_id)
    return Wish(_window(talk, when), daily=when.daily, staff_id=staff_id)


def _window(talk: Talk, when: When) -> Period:
    """What was said of a day lies on it; a part of day without one is meant of any day from now on."""
    now = talk.run.now
    day = day_bounds(talk.book.branch.zone, talk.here.local(when.start).date())
    if when.weekly:
        return Period(when.start, when.start + _WEEKS)
    if _UNSAID_DAY & set(when.assumed) and when.daily is not None:
        return Period(now, now + _SOON)
    if when.kind == "interval" and when.end is not None:
        return Period(when.start, when.end)
    if when.end is not None:
        return Period(max(day.start, min(now, when.end - _A_MINUTE)), when.end)
    return Period(when.start, when.limit or when.start + _SOON)


def _refused(talk: Talk, said: When) -> tuple[tuple[Period, ...], frozenset[int]]:
    """Stretches and local weekdays that nobody wants; an instant stands for its minute."""
    once = tuple(
        Period(one.start, one.end or (one.start + _A_MINUTE))
        for one in said.exclude
        if not one.weekly and one.kind in {"instant", "interval"}
    )
    weekdays = frozenset(talk.here.local(one.start).weekday() for one in said.exclude if one.weekly)
    return once, weekdays


def _other_weekdays(talk: Talk, when: When) -> frozenset[int]:
    """Leave out all other days of a day that is wished every week ("montags")."""
    return _EVERY_WEEKDAY - {talk.here.local(when.start).weekday()} if when.weekly else frozenset()
