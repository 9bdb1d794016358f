"""How well a start meets a wish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from zusage.core.scheduling._clock import EPOCH, ceil_minute, floor_minute, local_time
from zusage.core.scheduling._search import Day
from zusage.core.scheduling.masters import Span
from zusage.core.scheduling.wish import Wish

WITHIN = 1
"""The last tier of those who keep the wish: its time, or its day (window) and part of day."""

_SAME_TIME = 30
_CLOSE_BY = 60
_WEEK = 7
_NOON = 720
_PARTS = (Span(0, _NOON), Span(_NOON, 1020), Span(1020, 1440))
_TICK = timedelta(microseconds=1)
_TICKS = timedelta(minutes=1) // _TICK


class Rank(NamedTuple):
    """How well a start meets a wish; smaller is better. `distance` is in microseconds, in tier 2 in minutes."""

    other_staff: bool
    tier: int
    days: int
    distance: int
    against: bool


@dataclass(frozen=True, slots=True)
class Aim:
    """What a wish aims at: its anchor in microseconds since 1970, its window in minutes, the rest as a clock shows it."""

    exact: bool
    anchor: int
    first: int
    until: int
    day: date
    minute: int
    part: Span
    any_part: bool
    without: tuple[tuple[int, int], ...] = ()
    without_weekdays: frozenset[int] = frozenset()
    without_daily: tuple[Span, ...] = ()

    def refuses(self, start: int, day: date, minute: int) -> bool:
        """Whether a start (minutes since 1970) on a local day, at which a clock shows `minute`, is one nobody wants."""
        if day.weekday() in self.without_weekdays:
            return True
        if any(span.opens <= minute < span.closes for span in self.without_daily):
            return True
        return any(first <= start < until for first, until in self.without)

    def rank(self, start: int, day: date, minute: int, *, other_staff: bool = False) -> Rank:
        """Rank a start (minutes since 1970) on a local day, at which a clock shows `minute`."""
        ahead = start * _TICKS - self.anchor
        # Of two that are equally near, the one further into the same half of the day.
        against = (ahead > 0) == (self.minute < _NOON)
        if self.exact and not ahead:
            return Rank(other_staff, 0, 0, 0, against=False)
        apart = (day - self.day).days
        if (apart == 0 if self.exact else self.first <= start < self.until) and self._in_part(minute):
            return Rank(other_staff, WITHIN, 0, abs(ahead), against)
        if apart and abs(apart) <= _WEEK and self._same_time(minute):
            return Rank(other_staff, 2, abs(apart), abs(minute - self.minute), apart < 0)
        return Rank(other_staff, 3, 0, abs(ahead), against)

    def best(self, day: Day) -> Rank:
        """Return a rank that no start of this day beats, whatever is free."""
        last = day.high - 1
        away = max(day.low * _TICKS - self.anchor, self.anchor - last * _TICKS, 0)
        apart = (day.date - self.day).days
        if apart == 0 if self.exact else day.low < self.until and self.first < day.high:
            return Rank(False, WITHIN if away else 0, 0, away, against=False)  # noqa: FBT003
        if apart and abs(apart) <= _WEEK:
            return Rank(False, 2, abs(apart), 0, apart < 0)  # noqa: FBT003
        return Rank(False, 3, 0, away, against=False)  # noqa: FBT003

    def _in_part(self, minute: int) -> bool:
        if self.part.opens <= minute < self.part.closes:
            return True
        # 17:00 is close to a wish for 16:45, though another part of the day; "nachmittags" is meant as said.
        return self.any_part and abs(minute - self.minute) <= _CLOSE_BY

    def _same_time(self, minute: int) -> bool:
        return abs(minute - self.minute) <= _SAME_TIME if self.exact else self._in_part(minute)


def aim_of(wish: Wish, zone: str) -> Aim:
    anchor = wish.exact or wish.window.start
    local = local_time(zone, floor_minute(anchor))
    minute = local.hour * 60 + local.minute
    if wish.exact is None:
        part = wish.daily or Span(0, 1440)
        minute = max(minute, part.opens)
    else:
        part = wish.daily or next(p for p in _PARTS if p.opens <= minute < p.closes)
    return Aim(
        exact=wish.exact is not None,
        anchor=(anchor - EPOCH) // _TICK,
        first=ceil_minute(wish.window.start),
        until=ceil_minute(wish.window.end),
        day=local.date(),
        minute=minute,
        part=part,
        any_part=wish.daily is None,
        without=tuple((floor_minute(away.start), ceil_minute(away.end)) for away in wish.without),
        without_weekdays=wish.without_weekdays,
        without_daily=wish.without_daily,
    )
