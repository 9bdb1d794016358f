"""Stretches by their names: "Wochenende", "im Dezember", "KW 48", "drittes Quartal", "erste Woche im Mai"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from zusage.language.german._calendar import feast, is_year, iso_week, monday_of, months_later, nth_weekday
from zusage.language.german._items import Days, Doubt, FoundDays, Tokens, plus
from zusage.language.german._kinds import TokenKind
from zusage.language.german._quantity import Quantity, shifted
from zusage.language.german._read_date import month_named, read_year
from zusage.language.german._read_day import beside_date
from zusage.language.german._spans import (
    AHEAD,
    month_of,
    months_from,
    next_month,
    season_from,
    span,
    week_later,
    week_of,
    weekend_of,
    whole_year,
)


def plain_stretch(tokens: Tokens, at: int) -> FoundDays:
    """A stretch that is neither the begin, middle, end nor half of another."""
    rule = _PLAIN.get(tokens.kind(at))
    return rule(tokens, at) if rule else None


def _weekend(tokens: Tokens, at: int) -> FoundDays:
    beside = beside_date(tokens, at + 1, lambda day, after: _weekend_beside(day, after=after))
    if beside:
        first = beside[0].first
        return span(first, plus(first, 2), "weekend"), beside[1]
    quantity = Quantity.read(tokens, at + 2) if tokens.kind(at + 1) == "in" else None
    if quantity and quantity.unit == "unit_week" and not quantity.vague:
        return weekend_of(tokens.talk, shifted(tokens.talk.today, quantity)), quantity.end
    days = weekend_of(tokens.talk, tokens.talk.today)
    return Days(days.first, days.end, "weekend", "span", others=week_later(days)), at + 1


def _weekend_beside(day: date, *, after: bool) -> date:
    saturday = plus(monday_of(day), 5)
    if after:
        return saturday if saturday > day else plus(saturday, 7)
    return saturday if plus(saturday, 1) < day else plus(saturday, -7)


def _month(tokens: Tokens, at: int) -> FoundDays:
    named = month_named(tokens, at)
    if named is None:
        return None
    days = month_of(named[0])
    later = not named[2] and days.first.year > tokens.talk.today.year
    return replace(days, assumed=("year",) if later else ()), named[1]


def _month_year(tokens: Tokens, at: int) -> FoundDays:
    """ "12/2026", "2026-12"."""
    year, month = tokens.pair(at)
    if not 1 <= month <= 12 or not is_year(year):
        raise Doubt("no_such_day")
    return month_of(date(year, month, 1)), at + 1


def _iso_week(tokens: Tokens, at: int) -> FoundDays:
    year, week = tokens.pair(at)
    return _iso_week_of(year, week), at + 1


def _iso_week_of(year: int, week: int) -> Days:
    monday = iso_week(year, week)
    if monday is None:
        raise Doubt("no_such_day", "when.no_such_week")
    return week_of(monday)


def _week_number(tokens: Tokens, at: int) -> FoundDays:
    behind = tokens.skip(at + 1, "stop")
    if tokens.kind(behind) == "month_year":
        year, week = tokens.pair(behind)
        return _iso_week_of(year, week), behind + 1
    if tokens.kind(behind) not in {"num", "ord"}:
        return None
    return week_by_number(tokens, tokens.integer(behind), behind + 1)


def week_by_number(tokens: Tokens, number: int, at: int) -> FoundDays:
    at = tokens.skip(at, "slash")
    year, behind = read_year(tokens, at)
    today = tokens.talk.today
    monday = iso_week(year or today.isocalendar().year, number)
    if year is None and monday and plus(monday, 7) <= today:
        monday = iso_week(today.isocalendar().year + 1, number)
    if monday is None:
        raise Doubt("no_such_day", "when.no_such_week")
    return week_of(monday), behind


def _next_year(tokens: Tokens, at: int) -> FoundDays:
    return whole_year(tokens.talk.today.year + 1), at + 1


def _year(tokens: Tokens, at: int) -> FoundDays:
    year, behind = read_year(tokens, at + 1)
    return (whole_year(year), behind) if year else None


def bare_year(tokens: Tokens, at: int) -> FoundDays:
    """ "in 2027", "Anfang 2027"."""
    year, behind = read_year(tokens, at)
    return (
        (whole_year(year), behind)
        if year and tokens.kind(at - 1) in {"in", "edge", "glue", "bound", "from", "until", "between", "and"}
        else None
    )


def _season(tokens: Tokens, at: int) -> FoundDays:
    year, behind = read_year(tokens, at + 1)
    return season_from(tokens.talk, tokens.integer(at), year), behind


def _quarter_letter(tokens: Tokens, at: int) -> FoundDays:
    number = tokens.integer(at + 1)
    if tokens.kind(at + 1) != "num" or not 1 <= number <= 4:
        return None
    return _part_of_year(tokens, number, tokens.skip(at + 2, "slash"), 3)


def _numbered(tokens: Tokens, at: int) -> FoundDays:
    """ "drittes Quartal", "zweites Halbjahr", "48. Kalenderwoche", "erste Woche im Mai", "zweite Januarhälfte"."""
    number, unit = tokens.integer(at), tokens.kind(at + 1)
    if unit == "week_number":
        return week_by_number(tokens, number, at + 2)
    if unit in {"quarter_year", "half_year"}:
        return _part_of_year(tokens, number, at + 2, 3 if unit == "quarter_year" else 6)
    if unit in {"unit_week", "week_of_month"}:
        return nth_week(tokens, number, at + 1)
    if unit == "weekend":
        return nth_weekend(tokens, number, at + 2)
    if unit == "advent_weekend" and 1 <= number <= 4:
        sunday = feast(f"advent_{number}", tokens.talk.today.year)[0]
        return span(plus(sunday, -1), plus(sunday, 1), "weekend"), at + 2
    return None


def _part_of_year(tokens: Tokens, number: int, at: int, months: int) -> FoundDays:
    if not 1 <= number <= 12 // months:
        raise Doubt("no_such_day")
    year, behind = _year_behind(tokens, at)
    today = tokens.talk.today
    first = date(year or today.year, 1 + months * (number - 1), 1)
    if year is None and months_later(first, months) <= today:
        first = months_later(first, 12)
    return months_from(first, months, "quarter" if months == 3 else "half_year"), behind


def _year_behind(tokens: Tokens, at: int) -> tuple[int | None, int]:
    """A year behind a quarter: "2027", "des nächsten Jahres", "im Jahr 2027"."""
    behind = tokens.skip(at, "glue", "in")
    if tokens.kind(behind) == "unit_year":
        behind = tokens.skip(behind + 1, "glue")
    if tokens.kind(behind) == "which" and tokens.kind(behind + 1) == "unit_year":
        return tokens.talk.today.year + AHEAD[str(tokens[behind].value)], behind + 2
    year, end = read_year(tokens, behind)
    return (year, end) if year else (None, at)


def nth_week(tokens: Tokens, number: int, at: int) -> FoundDays:
    """The nth week of a month is its nth stretch of seven days."""
    if tokens.kind(at) == "week_of_month":
        month, behind = month_of(next_month(tokens.talk, tokens.integer(at))), at + 1
    else:
        named = month_named(tokens, tokens.skip(at + 1, "glue", "in", "from"))
        if named is None:
            return week_by_number(tokens, number, at + 1) if number > 5 else None
        month, behind = month_of(named[0]), named[1]
    if number == -1:
        return span(month.end - timedelta(days=7), month.end, "week"), behind
    if not 1 <= number <= 5:
        raise Doubt("no_such_day")
    first = plus(month.first, 7 * (number - 1))
    if first >= month.end:
        raise Doubt("no_such_day")
    return span(first, min(plus(first, 7), month.end), "week"), behind


def nth_weekend(tokens: Tokens, nth: int, at: int) -> FoundDays:
    """ "am ersten Wochenende im Dezember": by its Saturday."""
    named = month_named(tokens, tokens.skip(at, "glue", "in", "from"))
    if named is None:
        return None
    saturday = nth_weekday(named[0], 5, nth)
    if saturday is None:
        raise Doubt("no_such_day")
    return span(saturday, plus(saturday, 2), "weekend"), named[1]


_Plain = Callable[[Tokens, int], FoundDays]


_PLAIN: dict[TokenKind, _Plain] = {
    "weekend": _weekend,
    "month_name": _month,
    "week_number": _week_number,
    "season": _season,
    "ord": _numbered,
    "num": bare_year,
    "unit_year": _year,
    "quarter_letter": _quarter_letter,
    "month_year": _month_year,
    "iso_week": _iso_week,
    "next_year": _next_year,
}
