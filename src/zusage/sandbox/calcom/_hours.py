"""Working hours as periods of UTC, on days with 23, 24 or 25 hours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from zusage.sandbox.calcom._model import Json, Period, Schedule

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def working_periods(schedule: Schedule, within: Period) -> list[Period]:
    """Give the working hours that touch a period, in order, joined where they meet."""
    zone = ZoneInfo(schedule.time_zone)
    day = within.start.astimezone(zone).date() - timedelta(days=1)
    last = within.end.astimezone(zone).date()
    found: list[Period] = []
    while day <= last:
        found += _of_day(schedule, day, zone)
        day += timedelta(days=1)
    return [each for each in joined(found) if each.overlaps(within)]


def joined(periods: Iterable[Period]) -> list[Period]:
    """Join what overlaps or meets; in order."""
    result: list[Period] = []
    for each in sorted(periods, key=lambda period: period.start):
        if result and each.start <= result[-1].end:
            result[-1] = Period(result[-1].start, max(result[-1].end, each.end))
        else:
            result.append(each)
    return result


def without(periods: Iterable[Period], busy: Iterable[Period]) -> list[Period]:
    """Take busy times out of free ones."""
    free = list(periods)
    for taken in busy:
        free = [part for each in free for part in _cut(each, taken)]
    return free


def _cut(free: Period, taken: Period) -> Iterator[Period]:
    if not free.overlaps(taken):
        yield free
        return
    if free.start < taken.start:
        yield Period(free.start, taken.start)
    if taken.end < free.end:
        yield Period(taken.end, free.end)


def _of_day(schedule: Schedule, day: date, zone: ZoneInfo) -> Iterator[Period]:
    for start, end in _windows(schedule, day):
        # The interface has no 24:00: an end at 00:00 is the end of the day, but 00:00 to 00:00 is a day off.
        last = day + timedelta(days=1) if end == "00:00" != start else day
        period = Period(_instant(day, start, zone), _instant(last, end, zone))
        if period.start < period.end:
            yield period


def _windows(schedule: Schedule, day: date) -> list[tuple[str, str]]:
    exceptions = [each for each in schedule.overrides if each["date"] == day.isoformat()]
    usual = [each for each in schedule.availability if _DAYS[day.weekday()] in each["days"]]
    return [_window(each) for each in (exceptions or usual)]


def _window(entry: Json) -> tuple[str, str]:
    return entry["startTime"], entry["endTime"]


@lru_cache(maxsize=4096)
def _instant(day: date, clock: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)
