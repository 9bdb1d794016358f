"""Which of the possible starts to name to the caller."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from zusage.core.scheduling.masters import BranchBook, Span
from zusage.core.scheduling.plan import Option
from zusage.core.scheduling.wish import Wish

_CROWD = timedelta(minutes=90)
"""Three offers within less than this are three neighbours of each other."""
_SPREAD = timedelta(minutes=60)
"""How far apart the offers for a window lie where they can: "um neun oder um Viertel nach neun" is hardly a choice."""
_SAME_TIME = 30
_CLOSE_BY = 60
_WEEK = 7
_WITHIN = 1
_NOON = 720
_PARTS = (Span(0, _NOON), Span(_NOON, 1020), Span(1020, 1440))


class _Rank(NamedTuple):
    """How well an option meets a wish; smaller is better."""

    other_staff: bool
    tier: int
    days: int
    distance: float
    against: bool


@dataclass(frozen=True, slots=True)
class _Aim:
    """What a wish aims at, in the branch's wall-clock time."""

    wish: Wish
    zone: ZoneInfo
    anchor: datetime
    day: date
    minute: int
    part: Span

    def rank(self, option: Option) -> _Rank:
        local = option.start.astimezone(self.zone)
        minute = _minute_of_day(local)
        apart = (local.date() - self.day).days
        ahead = (option.start - self.anchor).total_seconds()
        other = self.wish.staff_id not in (None, option.staff_id)
        # Of two that are equally near, the one further into the same half of the day.
        against = (ahead > 0) == (self.minute < _NOON)
        if self._hits(option):
            return _Rank(other, 0, 0, 0, against=False)
        if self._in_day_or_window(option, apart) and self._in_part(minute):
            return _Rank(other, _WITHIN, 0, abs(ahead), against)
        if apart and abs(apart) <= _WEEK and self._same_time(minute):
            return _Rank(other, 2, abs(apart), abs(minute - self.minute), apart < 0)
        return _Rank(other, 3, 0, abs(ahead), against)

    def _hits(self, option: Option) -> bool:
        return self.wish.exact is not None and option.start == self.anchor

    def _in_day_or_window(self, option: Option, apart: int) -> bool:
        if self.wish.exact is not None:
            return apart == 0
        return self.wish.window.start <= option.start < self.wish.window.end

    def _in_part(self, minute: int) -> bool:
        if self.part.opens <= minute < self.part.closes:
            return True
        # 17:00 is close to a wish for 16:45, though another part of the day; "nachmittags" is meant as said.
        return self.wish.daily is None and abs(minute - self.minute) <= _CLOSE_BY

    def _same_time(self, minute: int) -> bool:
        if self.wish.exact is None:
            return self._in_part(minute)
        return abs(minute - self.minute) <= _SAME_TIME


def _minute_of_day(local: datetime) -> int:
    return local.hour * 60 + local.minute


def _aim(wish: Wish, zone: ZoneInfo) -> _Aim:
    anchor = (wish.exact or wish.window.start).astimezone(UTC)
    local = anchor.astimezone(zone)
    minute = _minute_of_day(local)
    if wish.exact is None:
        part = wish.daily or Span(0, 1440)
        minute = max(minute, part.opens)
    else:
        part = wish.daily or next(p for p in _PARTS if p.opens <= minute < p.closes)
    return _Aim(wish, zone, anchor, local.date(), minute, part)


_Unwanted = Callable[[Sequence[Option], Option], bool]


def _too_close(picked: Sequence[Option], option: Option) -> bool:
    return any(abs(p.start - option.start) < _SPREAD for p in picked)


def _crowded(picked: Sequence[Option], option: Option) -> bool:
    near = [p.start for p in picked if abs(p.start - option.start) < _CROWD]
    return any(abs(one - other) < _CROWD for i, one in enumerate(near) for other in near[:i])


def rank_offers(
    options: Sequence[Option],
    wish: Wish,
    *,
    book: BranchBook,
    refused: Collection[datetime] = (),
    limit: int = 3,
) -> list[Option]:
    """Choose at most `limit` options to name, best first, one per start and never a refused start.

    First the exact wish; then the nearest on the same local day and part of day (without an exact wish: the earliest
    within window and `daily`); then the same time of day on the days around, up to a week off; then the rest by
    distance. Offers for a window lie an hour apart where they can. Options of the wished member of staff come before all others. Never three within 90 minutes, even if
    fewer than `limit` remain. Among options with one start the first in `options` wins, so hand them over as
    `find_options` returns them. Every option carries its own day: say it, it may not be the wished one.

    :raises ValueError: a refused start is naive."""
    aim = _aim(wish, ZoneInfo(book.branch.zone))
    # In UTC: aware times in a repeated hour never equal those of another zone (PEP 495).
    taken = {_utc(instant) for instant in refused}
    ranked = sorted(options, key=aim.rank)
    picked: list[Option] = []
    if wish.exact is None:
        inside = [option for option in ranked if aim.rank(option).tier <= _WITHIN]
        _pick(inside, picked, taken, limit, _too_close)
    _pick(ranked, picked, taken, limit, _crowded)
    return picked


def _pick(
    ranked: Sequence[Option], picked: list[Option], taken: set[datetime], limit: int, unwanted: _Unwanted
) -> None:
    for option in ranked:
        if len(picked) >= limit:
            return
        if option.start not in taken and not unwanted(picked, option):
            picked.append(option)
            taken.add(option.start)


def _utc(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError(f"an instant must be aware: {instant}")
    return instant.astimezone(UTC)
