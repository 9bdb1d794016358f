"""Wall-clock time of a zone and instants, as whole minutes since 1970 in UTC.

Decided for days on which clocks change: a wall time that does not exist is never a start; an opening or closing
time in the gap moves to the transition; a wall time that exists twice means its first occurrence, so a start in
the second pass of a repeated hour, which nobody could name, is not offered either."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from zusage.core.values import Period

DAY_MINUTES = 1440
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ONE_DAY = timedelta(days=1)


def floor_minute(instant: datetime) -> int:
    """Return the last whole minute at or before an aware instant.

    :raises ValueError: the instant is naive."""
    since = _since_epoch(instant)
    return since.days * DAY_MINUTES + since.seconds // 60


def ceil_minute(instant: datetime) -> int:
    """Return the first whole minute at or after an aware instant.

    :raises ValueError: the instant is naive."""
    since = _since_epoch(instant)
    begun = 1 if since.seconds % 60 or since.microseconds else 0
    return since.days * DAY_MINUTES + since.seconds // 60 + begun


def _since_epoch(instant: datetime) -> timedelta:
    if instant.tzinfo is None:
        raise ValueError(f"an instant must be aware: {instant}")
    return instant - EPOCH


def from_minute(minute: int) -> datetime:
    return EPOCH + timedelta(minutes=minute)


def local_time(zone: str, minute: int) -> datetime:
    return from_minute(minute).astimezone(ZoneInfo(zone))


def local_day(zone: str, minute: int) -> date:
    return local_time(zone, minute).date()


def is_first_pass(zone: str, minute: int) -> bool:
    """Say whether the wall time shown at this minute means this minute (not the second pass of a repeated hour)."""
    return local_time(zone, minute).fold == 0


def _transition(zone: str, before: int, after: int) -> int:
    """Return the first minute in `(before, after]` with the later offset."""
    new = local_time(zone, after).utcoffset()
    return bisect_left(
        range(after), x=True, lo=before, hi=after, key=lambda m: local_time(zone, m).utcoffset() == new
    )


def _resolve(zone: str, day: date, minute: int) -> tuple[int, bool]:
    """Return the instant of a wall time and whether that time exists; in a gap it is the transition."""
    wall = datetime.combine(day, time(), tzinfo=ZoneInfo(zone)) + timedelta(minutes=minute)
    first, second = floor_minute(wall), floor_minute(wall.replace(fold=1))
    # In a gap the earlier offset (fold 0) yields the later instant: PEP 495.
    if first > second:
        return _transition(zone, second, first), False
    return first, True


@lru_cache(maxsize=8192)
def day_start(zone: str, day: date) -> int:
    """Return the first minute of a local day."""
    return _resolve(zone, day, 0)[0]


def _is_plain(zone: str, day: date) -> bool:
    return day_start(zone, day + _ONE_DAY) - day_start(zone, day) == DAY_MINUTES


def wall_minute(zone: str, day: date, minute: int) -> int:
    """Return the instant of a wall time of a day (0 to 1440); in a gap, the transition; twice, the first."""
    start = day_start(zone, day)
    return start + minute if _is_plain(zone, day) else _resolve(zone, day, minute)[0]


@lru_cache(maxsize=2048)
def grid_starts(zone: str, day: date, grid: int) -> Sequence[int]:
    """Return the instants of a local day whose wall time is a multiple of `grid` minutes, in order."""
    if _is_plain(zone, day):
        start = day_start(zone, day)
        return range(start, start + DAY_MINUTES, grid)
    times = (_resolve(zone, day, minute) for minute in range(0, DAY_MINUTES, grid))
    return tuple(minute for minute, exists in times if exists)


def is_on_grid(zone: str, minute: int, grid: int) -> bool:
    return minute in grid_starts(zone, local_day(zone, minute), grid)


def days_between(zone: str, low: int, high: int) -> list[date]:
    """Return the local days that `[low, high)` touches."""
    first, last = local_day(zone, low), local_day(zone, max(low, high - 1))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def day_bounds(zone: str, day: date) -> Period:
    """Return a local day as real time: 23, 24 or 25 hours (other lengths in zones with other shifts).

    :raises ValueError: the zone skipped that whole day."""
    return Period(from_minute(day_start(zone, day)), from_minute(day_start(zone, day + _ONE_DAY)))
