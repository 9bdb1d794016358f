"""When a branch is open and when somebody works there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from holidays import country_holidays

from zusage.core.scheduling._clock import wall_minute
from zusage.core.scheduling._ranges import Range, Ranges, merge
from zusage.core.scheduling.masters import Branch, Span, Staff


@lru_cache(maxsize=512)
def _holidays(country: str, region: str | None, year: int) -> Mapping[date, str]:
    # Named explicitly: without a language the library follows the locale of the process.
    language = country_holidays(country).default_language
    found = country_holidays(country, subdiv=region, years=year, language=language)
    return {day: name for day, name in found.items() if day.year == year}


def holiday_name(branch: Branch, day: date) -> str | None:
    """Return the name of the public holiday in the branch's region, in the country's own language."""
    return _holidays(branch.country, branch.region, day.year).get(day)


def opening_spans(branch: Branch, day: date) -> tuple[Span, ...]:
    """Return the opening hours of a date: an exception wins over a public holiday, a holiday over the week."""
    exception = branch.exceptions.get(day)
    if exception is not None:
        return exception.spans
    if branch.closed_on_holidays and holiday_name(branch, day):
        return ()
    return branch.week[day.weekday()]


def closing_note(branch: Branch, day: date) -> str:
    """Return why a date differs from the week: the exception's reason, else the holiday that closes it, else ""."""
    exception = branch.exceptions.get(day)
    if exception is not None:
        return exception.reason
    return (holiday_name(branch, day) or "") if branch.closed_on_holidays else ""


def _placed(zone: str, day: date, spans: Iterable[Span]) -> Iterable[Range]:
    return ((wall_minute(zone, day, s.opens), wall_minute(zone, day, s.closes)) for s in spans)


def open_stretches(branch: Branch, days: Iterable[date]) -> Ranges:
    """Return the open time of these days; spans that meet, at midnight too, are one stretch."""
    return merge(r for day in days for r in _placed(branch.zone, day, opening_spans(branch, day)))


def working_stretches(branch: Branch, staff: Staff, days: Iterable[date]) -> Ranges:
    """Return the working time of a member of staff with a week of their own; it ignores the branch's hours."""
    week = staff.week or ()
    return merge(r for day in days if week for r in _placed(branch.zone, day, week[day.weekday()]))
