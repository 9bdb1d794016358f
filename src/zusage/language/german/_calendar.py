"""Days that have a name or a place in the calendar: feasts, weeks by number, the nth weekday of a month."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

import holidays

FIRST_YEAR, LAST_YEAR = 1000, 9000
"""Nobody books beyond; at its very ends the calendar has no day before or after."""
_DAY = timedelta(days=1)


NAMED_YEARS = range(1900, 2200)
"""A number that is no time of day, and may be a year where somebody speaks of dates."""


def is_year(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR


@lru_cache(maxsize=256)
def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous computus of 1876)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leap, left = divmod(century, 4)
    moon = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    within, over = divmod(rest, 4)
    weekday = (32 + 2 * left + 2 * within - moon - over) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _from_easter(days: int) -> Callable[[int], date]:
    return lambda year: easter(year) + timedelta(days=days)


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _before_christmas(sundays: int, days: int = 0) -> Callable[[int], date]:
    """Counted back from the last Sunday before Christmas Day (the fourth Advent)."""

    def day(year: int) -> date:
        eve = date(year, 12, 24)
        fourth = eve - timedelta(days=(eve.weekday() + 1) % 7)
        return fourth - timedelta(weeks=sundays) + timedelta(days=days)

    return day


def _nth(weekday: int, nth: int, month: int) -> Callable[[int], date]:
    return lambda year: nth_weekday(date(year, month, 1), weekday, nth) or date(year, month, 1)


_FEASTS: dict[str, Callable[[int], date]] = {
    "new_year": _fixed(1, 1),
    "epiphany": _fixed(1, 6),
    "valentine": _fixed(2, 14),
    "womens_day": _fixed(3, 8),
    "fat_thursday": _from_easter(-52),
    "carnival_sunday": _from_easter(-49),
    "rose_monday": _from_easter(-48),
    "shrove_tuesday": _from_easter(-47),
    "ash_wednesday": _from_easter(-46),
    "palm_sunday": _from_easter(-7),
    "maundy_thursday": _from_easter(-3),
    "good_friday": _from_easter(-2),
    "holy_saturday": _from_easter(-1),
    "easter": _from_easter(0),
    "easter_monday": _from_easter(1),
    "easter_tuesday": _from_easter(2),
    "labour_day": _fixed(5, 1),
    "mothers_day": _nth(6, 2, 5),
    "ascension": _from_easter(39),
    "whit_saturday": _from_easter(48),
    "whit_sunday": _from_easter(49),
    "whit_monday": _from_easter(50),
    "corpus_christi": _from_easter(60),
    "assumption": _fixed(8, 15),
    "childrens_day": _fixed(9, 20),
    "unity_day": _fixed(10, 3),
    "thanksgiving": _nth(6, 1, 10),
    "reformation": _fixed(10, 31),
    "halloween": _fixed(10, 31),
    "all_saints": _fixed(11, 1),
    "all_souls": _fixed(11, 2),
    "st_martin": _fixed(11, 11),
    "mourning_day": _before_christmas(5),
    "repentance_day": _before_christmas(4, -4),
    "dead_sunday": _before_christmas(4),
    "nicholas": _fixed(12, 6),
    "christmas_eve": _fixed(12, 24),
    "christmas": _fixed(12, 25),
    "boxing_day": _fixed(12, 26),
    "between_years": _fixed(12, 27),
    "new_years_eve": _fixed(12, 31),
    "advent_1": _before_christmas(3),
    "advent_2": _before_christmas(2),
    "advent_3": _before_christmas(1),
    "advent_4": _before_christmas(0),
}
_STRETCH = {"easter": (-2, 2), "whit_sunday": (0, 2), "christmas": (-1, 2), "between_years": (0, 5)}


def feast(key: str, year: int) -> tuple[date, date]:
    """First day and end (exclusive) of a feast in a year; only "between_years" lasts several days."""
    first = _FEASTS[key](year)
    return first, first + (timedelta(days=5) if key == "between_years" else _DAY)


def around_feast(key: str, first: date) -> tuple[date, date]:
    """What "before" and "after" a feast leave out: with Easter from Good Friday to the end of Easter Monday."""
    before, after = _STRETCH.get(key, (0, 1))
    return first + timedelta(days=before), first + timedelta(days=after)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def weekday_beside(day: date, index: int, *, after: bool) -> date:
    """The nearest such weekday after or before a day, never that day itself."""
    if after:
        return day + timedelta(days=(index - day.weekday() - 1) % 7 + 1)
    return day - timedelta(days=(day.weekday() - index - 1) % 7 + 1)


def nth_weekday(month: date, weekday: int, nth: int) -> date | None:
    """The nth (1 to 5; -1: the last, -2: the one before) such weekday of the month that `month` lies in; None: there is no fifth."""
    first = month.replace(day=1)
    days = calendar.monthrange(first.year, first.month)[1]
    start = (weekday - first.weekday()) % 7 + 1
    last = start + (days - start) // 7 * 7
    day = last + 7 * (nth + 1) if nth < 0 else start + 7 * (nth - 1)
    return first.replace(day=day) if nth and day <= days else None


def iso_week(year: int, week: int) -> date | None:
    """The Monday of an ISO week; None: that year has no such week."""
    try:
        return date.fromisocalendar(year, week, 1) if is_year(year) else None
    except ValueError:
        return None


@lru_cache(maxsize=64)
def _public_holidays(region: str | None, year: int) -> frozenset[date]:
    try:
        return frozenset(holidays.country_holidays("DE", subdiv=region or None, years=year))
    except NotImplementedError:
        return frozenset(holidays.country_holidays("DE", years=year))


def is_public_holiday(day: date, region: str | None) -> bool:
    """Whether nobody works on that day in a federal state ("BE", "BY"; None: in all of them)."""
    return day in _public_holidays(region, day.year)


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
