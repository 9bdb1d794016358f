"""Days a scenario can name so that it stays valid whenever it is played."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cache

import holidays

from zusage.language.german import speak

DAY_HELP = (
    '"today", "tomorrow", "yesterday", "+3 days", "-1 day", "next tuesday", '
    '"next open day", "+2 open days", "any open day", "next dst gap" or "next dst twice"'
)

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NEAR = {"today": 0, "tomorrow": 1, "yesterday": -1}
_OFFSET = re.compile(r"([+-]\d{1,3}) days?")
_OPEN_OFFSET = re.compile(r"\+(\d{1,2}) open days?")
_OPEN_WEEKDAYS = (1, 2, 3, 4)
_SPREAD = 120
_CLOCK_CHANGES = {"next dst gap": 3, "next dst twice": 10}
"""The months of Europe at whose last Sunday an hour is left out, or comes twice."""
_HOLIDAY_COUNTRIES = ("DE", "AT")


def is_day(words: str) -> bool:
    return (
        words in _NEAR
        or words in ("next open day", "any open day")
        or words in _CLOCK_CHANGES
        or bool(_OFFSET.fullmatch(words) or _OPEN_OFFSET.fullmatch(words))
        or words.removeprefix("next ") in _WEEKDAYS
    )


def resolve_day(words: str, *, today: date, pick: Callable[[int], int]) -> date:
    """Turn words that `is_day` accepts into a date; `pick(n)` chooses from 0 to n - 1 for "any open day".

    An open day is a Tuesday to Friday that is no public holiday anywhere in Germany or Austria and lies outside
    the days around Christmas and New Year; "any open day" spreads repeated runs over about seven months. On the day
    of a "dst gap" the clocks go from 2 to 3, on that of a "dst twice" the hour from 2 to 3 comes twice."""
    if words in _NEAR:
        return today + timedelta(days=_NEAR[words])
    if offset := _OFFSET.fullmatch(words):
        return today + timedelta(days=int(offset[1]))
    if month := _CLOCK_CHANGES.get(words):
        return next(day for year in (0, 1) if (day := _last_sunday(today.year + year, month)) > today)
    if words.endswith(("open day", "open days")):
        return _open_day(today, _open_days_ahead(words, pick))
    ahead = (_WEEKDAYS.index(words.removeprefix("next ")) - today.weekday() - 1) % 7 + 1
    return today + timedelta(days=ahead)


def _open_days_ahead(words: str, pick: Callable[[int], int]) -> int:
    if offset := _OPEN_OFFSET.fullmatch(words):
        return int(offset[1])
    return 1 if words == "next open day" else 2 + pick(_SPREAD)


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def _open_day(today: date, count: int) -> date:
    days = _open_days_after(today)
    for _ in range(count - 1):
        next(days)
    return next(days)


def _open_days_after(day: date) -> Iterator[date]:
    while True:
        day += timedelta(days=1)
        if day.weekday() in _OPEN_WEEKDAYS and not _is_quiet(day):
            yield day


def _is_quiet(day: date) -> bool:
    christmas = (day.month, day.day) >= (12, 23) or (day.month, day.day) <= (1, 6)
    return christmas or day in _public_holidays(day.year)


@cache
def _public_holidays(year: int) -> frozenset[date]:
    regions = holidays.list_supported_countries(include_aliases=False)
    return frozenset(
        day
        for country in _HOLIDAY_COUNTRIES
        for region in (None, *regions[country])
        for day in holidays.country_holidays(country, subdiv=region, years=year)
    )


_FORMATS: dict[str, Callable[[datetime], str]] = {
    "date": lambda moment: moment.date().isoformat(),
    "german": lambda moment: f"{moment:%d.%m.%Y}",
    "weekday": lambda moment: speak.WEEKDAYS[moment.weekday()],
    "spoken": lambda moment: speak.day(moment.date()),
    "time": lambda moment: f"{moment:%H:%M}",
    "clock": speak.time,
}
FORMATS = tuple(_FORMATS)


def format_moment(text: str, form: str) -> str:
    """Write an ISO date or time in one of `FORMATS`; a text that is no ISO time comes back unchanged."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return _FORMATS[form](moment)
