"""From days to one request, and from its answer to days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from zusage.app.free_times.ports import Source
from zusage.app.mirror.ports import SlotsWanted
from zusage.core.scheduling import day_bounds
from zusage.core.values import Period

MOST_DAYS = 31
"""How many days one request covers: a month of steps of five minutes is a fifth of a megabyte."""

_ONE_DAY = timedelta(days=1)
# An end at midnight is widened there to the end of that day (protocols 50); half a minute is never midnight.
_OFF_MIDNIGHT = timedelta(seconds=30)


def stretches_of_days(days: Iterable[date]) -> list[tuple[date, date]]:
    """Join days to stretches of at most `MOST_DAYS`, first and last day each; a gap within one is asked for as well."""
    found: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if found and (day - found[-1][0]).days < MOST_DAYS:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def days_from(first: date, last: date) -> list[date]:
    """List the days from `first` to `last`, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def wanted_slots(source: Source, zone: str, first: date, last: date) -> SlotsWanted:
    """Ask for whole local days by explicit instants, and beyond them for slots that run across their midnights."""
    beyond = timedelta(minutes=source.slot_min)
    start = day_bounds(zone, first).start - beyond
    end = day_bounds(zone, last).end + beyond + _OFF_MIDNIGHT
    return SlotsWanted(source.event_type_id, Period(start, end), zone, source.length_min)


def free_by_day(
    slots: Iterable[Period], zone: str, days: Sequence[date]
) -> Mapping[date, tuple[Period, ...]]:
    """Join slots to free stretches, cut at local midnights (23, 24 or 25 hours apart); a day without any is full."""
    stretches = _joined(slots)
    return {day: tuple(_within(stretches, day_bounds(zone, day))) for day in days}


def union(parts: Iterable[Sequence[Period]]) -> tuple[Period, ...]:
    """Join what several sources call free."""
    return tuple(_joined(period for part in parts for period in part))


def _joined(periods: Iterable[Period]) -> list[Period]:
    joined: list[Period] = []
    for period in sorted(periods):
        if joined and period.start <= joined[-1].end:
            joined[-1] = Period(joined[-1].start, max(joined[-1].end, period.end))
        else:
            joined.append(period)
    return joined


def _within(stretches: Iterable[Period], bounds: Period) -> Iterable[Period]:
    return (
        Period(max(each.start, bounds.start), min(each.end, bounds.end))
        for each in stretches
        if each.overlaps(bounds)
    )
