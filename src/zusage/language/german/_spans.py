"""Stretches of days as values: the week, month, weekend or season that a day lies in."""

from __future__ import annotations

from datetime import date

from zusage.language.german._calendar import is_year, monday_of, months_later
from zusage.language.german._items import Days, Doubt, Talk, plus
from zusage.language.reading import Grain

AHEAD = {"this": 0, "next": 1, "coming": 1, "after_next": 2, "last": -1, "before_last": -2}


def span(first: date, end: date, grain: Grain, *, relative: bool = False) -> Days:
    return Days(first, end, grain, "span", relative=relative)


def week_of(day: date) -> Days:
    return span(monday_of(day), plus(monday_of(day), 7), "week")


def month_of(day: date) -> Days:
    first = day.replace(day=1)
    return span(first, months_later(first, 1), "month")


def months_from(first: date, count: int, grain: Grain) -> Days:
    return span(first, months_later(first, count), grain)


def whole_year(year: int) -> Days:
    if not is_year(year):
        raise Doubt("no_such_day")
    return span(date(year, 1, 1), date(year + 1, 1, 1), "year")


def weekend_of(talk: Talk, day: date) -> Days:
    """The weekend of the week that a day lies in; on Friday evening only by policy (`_place` cuts the hours)."""
    monday = monday_of(day)
    begin = 4 if talk.policies.weekend == "fri_sun" else 5
    return span(plus(monday, begin), plus(monday, 7), "weekend")


def week_later(days: Days) -> tuple[tuple[date, date], ...]:
    return ((plus(days.first, 7), plus(days.end, 7)),)


MANY_DAYS = 7


def following(talk: Talk, days: int) -> Days:
    now = talk.policies.next_days == "now"
    first = talk.today if now else plus(talk.today, 1)
    return Days(first, plus(talk.today, days + 1), "day", "span", relative=True, from_now=now)


_SEASON_MONTHS = 3


def season_from(talk: Talk, month: int, year: int | None, *, later: int = 0) -> Days:
    first = date(year or talk.today.year - 1, month, 1)
    while year is None and months_later(first, _SEASON_MONTHS) <= talk.today:
        first = months_later(first, 12)
    return months_from(months_later(first, 12 * later), _SEASON_MONTHS, "season")


def next_month(talk: Talk, month: int) -> date:
    return date(talk.today.year + (month < talk.today.month), month, 1)
