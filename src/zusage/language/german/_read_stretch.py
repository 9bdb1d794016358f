"""Stretches of days: weeks, weekends, months, quarters, seasons and years, and the begin, middle or end of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from zusage.language.german._calendar import feast, is_year, iso_week, months_later, nth_weekday
from zusage.language.german._items import Days, Doubt, Talk, Tokens, one_day, plus
from zusage.language.german._quantity import Quantity, jumped, shifted
from zusage.language.german._read_day import (
    beside_date,
    feast_day,
    fixed_day,
    month_named,
    next_holiday,
    next_workday,
    nth_day_of_month,
    read_year,
    which_weekday,
)
from zusage.language.reading import Grain

Found = tuple[Days, int] | None

_AHEAD = {"this": 0, "next": 1, "coming": 1, "after_next": 2, "last": -1, "before_last": -2}
_MANY_DAYS = 7
_WEEK_EDGES = {"begin": (0, 2), "middle": (1, 4), "end": (3, 7)}
_MONTH_EDGES = {"begin": (1, 11), "middle": (11, 21), "end": (21, 0)}
_YEAR_EDGES = {"begin": (0, 4), "middle": (4, 8), "end": (8, 12)}


def span(first: date, end: date, grain: Grain, *, relative: bool = False) -> Days:
    return Days(first, end, grain, "span", relative=relative)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_of(day: date) -> Days:
    return span(monday_of(day), plus(monday_of(day), 7), "week")


def month_of(day: date) -> Days:
    first = day.replace(day=1)
    return span(first, months_later(first, 1), "month")


def _months(first: date, count: int, grain: Grain) -> Days:
    return span(first, months_later(first, count), grain)


def weekend_of(talk: Talk, day: date) -> Days:
    """The weekend of the week that a day lies in; on Friday evening only by policy (`_place` cuts the hours)."""
    monday = monday_of(day)
    begin = 4 if talk.policies.weekend == "fri_sun" else 5
    return span(plus(monday, begin), plus(monday, 7), "weekend")


def stretch(tokens: Tokens, at: int) -> Found:
    """A stretch that is named without "this" or "next" ("Wochenende", "im Dezember", "KW 48", "drittes Quartal")."""
    rule = _PLAIN.get(tokens.kind(at))
    return rule(tokens, at) if rule else None


def _weekend(tokens: Tokens, at: int) -> Found:
    beside = beside_date(tokens, at + 1, _weekend_beside)
    if beside:
        first = beside[0].first
        return span(first, plus(first, 2), "weekend"), beside[1]
    quantity = Quantity.read(tokens, at + 2) if tokens.kind(at + 1) == "in" else None
    if quantity and quantity.unit == "unit_week" and not quantity.vague:
        return weekend_of(tokens.talk, shifted(tokens.talk.today, quantity)), quantity.end
    days = weekend_of(tokens.talk, tokens.talk.today)
    return Days(days.first, days.end, "weekend", "span", others=_week_later(days)), at + 1


def _weekend_beside(day: date, after: bool) -> date:  # noqa: FBT001 - called by position
    saturday = plus(monday_of(day), 5)
    if after:
        return saturday if saturday > day else plus(saturday, 7)
    return saturday if plus(saturday, 1) < day else plus(saturday, -7)


def _week_later(days: Days) -> tuple[tuple[date, date], ...]:
    return ((plus(days.first, 7), plus(days.end, 7)),)


def _month(tokens: Tokens, at: int) -> Found:
    named = month_named(tokens, at)
    if named is None:
        return None
    days = month_of(named[0])
    later = not named[2] and days.first.year > tokens.talk.today.year
    return replace(days, assumed=("year",) if later else ()), named[1]


def _month_year(tokens: Tokens, at: int) -> Found:
    """ "12/2026", "2026-12"."""
    year, month = tokens.pair(at)
    if not 1 <= month <= 12 or not is_year(year):
        raise Doubt("no_such_day")
    return month_of(date(year, month, 1)), at + 1


def _iso_week(tokens: Tokens, at: int) -> Found:
    year, week = tokens.pair(at)
    return _iso_week_of(year, week), at + 1


def _iso_week_of(year: int, week: int) -> Days:
    monday = iso_week(year, week)
    if monday is None:
        raise Doubt("no_such_day", "when.no_such_week")
    return week_of(monday)


def _next_year(tokens: Tokens, at: int) -> Found:
    return _whole_year(tokens.talk.today.year + 1), at + 1


def _week_number(tokens: Tokens, at: int) -> Found:
    behind = tokens.skip(at + 1, "stop")
    if tokens.kind(behind) == "month_year":
        year, week = tokens.pair(behind)
        return _iso_week_of(year, week), behind + 1
    if tokens.kind(behind) not in {"num", "ord"}:
        return None
    return week_by_number(tokens, tokens.integer(behind), behind + 1)


def week_by_number(tokens: Tokens, number: int, at: int) -> Found:
    at = tokens.skip(at, "slash")
    year, behind = read_year(tokens, at)
    today = tokens.talk.today
    monday = iso_week(year or today.isocalendar().year, number)
    if year is None and monday and plus(monday, 7) <= today:
        monday = iso_week(today.isocalendar().year + 1, number)
    if monday is None:
        raise Doubt("no_such_day", "when.no_such_week")
    return week_of(monday), behind


_SEASON_MONTHS = 3


def _season(tokens: Tokens, at: int) -> Found:
    year, behind = read_year(tokens, at + 1)
    return _season_from(tokens.talk, tokens.integer(at), year), behind


def _season_from(talk: Talk, month: int, year: int | None, *, later: int = 0) -> Days:
    first = date(year or talk.today.year - 1, month, 1)
    while year is None and months_later(first, _SEASON_MONTHS) <= talk.today:
        first = months_later(first, 12)
    return _months(months_later(first, 12 * later), _SEASON_MONTHS, "season")


def _numbered(tokens: Tokens, at: int) -> Found:  # noqa: PLR0911 - one line a unit
    """ "drittes Quartal", "zweites Halbjahr", "48. Kalenderwoche", "erste Woche im Mai", "zweite Januarhälfte"."""
    number, unit = tokens.integer(at), tokens.kind(at + 1)
    if unit == "week_number":
        return week_by_number(tokens, number, at + 2)
    if unit in {"quarter_year", "half_year"}:
        return _part_of_year(tokens, number, at + 2, 3 if unit == "quarter_year" else 6)
    if unit in {"unit_week", "week_of_month"}:
        return _nth_week(tokens, number, at + 1)
    if unit == "weekend":
        return _nth_weekend(tokens, number, at + 2)
    if unit == "advent_weekend" and 1 <= number <= 4:
        sunday = feast(f"advent_{number}", tokens.talk.today.year)[0]
        return span(plus(sunday, -1), plus(sunday, 1), "weekend"), at + 2
    if unit == "half_word":
        return _nth_half(tokens, number, at + 1)
    return None


def _part_of_year(tokens: Tokens, number: int, at: int, months: int) -> Found:
    if not 1 <= number <= 12 // months:
        raise Doubt("no_such_day")
    year, behind = _year_behind(tokens, at)
    today = tokens.talk.today
    first = date(year or today.year, 1 + months * (number - 1), 1)
    if year is None and months_later(first, months) <= today:
        first = months_later(first, 12)
    return _months(first, months, "quarter" if months == 3 else "half_year"), behind


def _year_behind(tokens: Tokens, at: int) -> tuple[int | None, int]:
    """A year behind a quarter: "2027", "des nächsten Jahres", "im Jahr 2027"."""
    behind = tokens.skip(at, "glue", "in")
    if tokens.kind(behind) == "unit_year":
        behind = tokens.skip(behind + 1, "glue")
    if tokens.kind(behind) == "which" and tokens.kind(behind + 1) == "unit_year":
        return tokens.talk.today.year + _AHEAD[str(tokens[behind].value)], behind + 2
    year, end = read_year(tokens, behind)
    return (year, end) if year else (None, at)


def _nth_week(tokens: Tokens, number: int, at: int) -> Found:
    """The nth week of a month is its nth stretch of seven days."""
    if tokens.kind(at) == "week_of_month":
        month, behind = month_of(_next_month(tokens.talk, tokens.integer(at))), at + 1
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


def _nth_weekend(tokens: Tokens, nth: int, at: int) -> Found:
    """ "am ersten Wochenende im Dezember": by its Saturday."""
    named = month_named(tokens, tokens.skip(at, "glue", "in", "from"))
    if named is None:
        return None
    saturday = nth_weekday(named[0], 5, nth)
    if saturday is None:
        raise Doubt("no_such_day")
    return span(saturday, plus(saturday, 2), "weekend"), named[1]


def _next_month(talk: Talk, month: int) -> date:
    return date(talk.today.year + (month < talk.today.month), month, 1)


def _nth_half(tokens: Tokens, number: int, at: int) -> Found:
    """ "in der ersten Wochenhälfte", "zweite Januarhälfte", "erste Hälfte des Monats"."""
    within, behind = _halved(tokens, at)
    if within is None or number not in {1, 2}:
        return None
    middle = plus(
        within.first, {"week": 3, "month": 15}.get(within.grain, (within.end - within.first).days // 2)
    )
    first, end = (within.first, middle) if number == 1 else (middle, within.end)
    if within.grain == "year":
        middle = months_later(within.first, 6)
        first, end = (within.first, middle) if number == 1 else (middle, within.end)
    return span(first, end, "half_year" if within.grain == "year" else within.grain), behind


def _halved(tokens: Tokens, at: int) -> tuple[Days | None, int]:
    value = str(tokens[at].value)
    following = (
        _container(tokens, tokens.skip(at + 1, "glue", "from", "in")) if value in _UNITS_HALVED else None
    )
    if following and following[0].grain == value:
        return following
    if value == "year":
        year, behind = read_year(tokens, at + 1)
        return _whole_year(year or tokens.talk.today.year), behind
    if value == "week":
        return week_of(tokens.talk.today), at + 1
    if value.isdigit():
        return month_of(_next_month(tokens.talk, int(value))), at + 1
    if value == "month":
        return month_of(tokens.talk.today), at + 1
    found = _container(tokens, tokens.skip(at + 1, "glue", "from", "in"))
    return found or (None, at)


_UNITS_HALVED = frozenset({"week", "month", "year"})


def _year(tokens: Tokens, at: int) -> Found:
    year, behind = read_year(tokens, at + 1)
    return (_whole_year(year), behind) if year else None


def _whole_year(year: int) -> Days:
    if not is_year(year):
        raise Doubt("no_such_day")
    return span(date(year, 1, 1), date(year + 1, 1, 1), "year")


def _bare_year(tokens: Tokens, at: int) -> Found:
    """ "in 2027", "Anfang 2027"."""
    year, behind = read_year(tokens, at)
    return (
        (_whole_year(year), behind)
        if year and tokens.kind(at - 1) in {"in", "edge", "glue", "bound"}
        else None
    )


def _quarter_letter(tokens: Tokens, at: int) -> Found:
    number = tokens.integer(at + 1)
    if tokens.kind(at + 1) != "num" or not 1 <= number <= 4:
        return None
    return _part_of_year(tokens, number, tokens.skip(at + 2, "slash"), 3)


def edge(tokens: Tokens, at: int) -> Found:
    """ "Anfang nächster Woche", "Mitte Januar", "Ende des Jahres", "Monatsende"."""
    which, _, unit = str(tokens[at].value).partition("_")
    if unit:
        return _edge_of_compound(tokens, which, unit, at + 1)
    found = _container(tokens, tokens.skip(at + 1, "glue", "from", "in"))
    return (_cut(found[0], which), found[1]) if found else None


def _edge_of_compound(tokens: Tokens, which: str, unit: str, at: int) -> Found:
    """ "Monatsende" is that of this month, "Jahresende" of this year."""
    today = tokens.talk.today
    whole = {"week": week_of(today), "month": month_of(today), "year": _whole_year(today.year)}[unit]
    cut = _cut(whole, which)
    if cut.end <= today:
        nearest = {"week": week_of(plus(today, 7)), "month": month_of(months_later(today, 1))}
        cut = _cut(nearest.get(unit, _whole_year(today.year + 1)), which)
    return cut, at


def _container(tokens: Tokens, at: int) -> Found:
    kind, talk = tokens.kind(at), tokens.talk
    if kind == "which":
        return which_stretch(tokens, at)
    if kind in {"unit_week", "unit_month", "unit_year"}:
        if kind == "unit_year" and (year := read_year(tokens, at + 1))[0]:
            return _whole_year(year[0]), year[1]
        return _running(talk, kind), at + 1
    if kind == "num":
        return _bare_year(tokens, at)
    return stretch(tokens, at)


def _running(talk: Talk, unit: str) -> Days:
    if unit == "unit_week":
        return week_of(talk.today)
    return month_of(talk.today) if unit == "unit_month" else _whole_year(talk.today.year)


def _cut(days: Days, which: str) -> Days:
    if days.grain == "week":
        begin, end = _WEEK_EDGES[which]
        return span(plus(days.first, begin), plus(days.first, end), "week")
    if days.grain == "month":
        begin, last = _MONTH_EDGES[which]
        return span(
            days.first.replace(day=begin), days.first.replace(day=last) if last else days.end, "month"
        )
    if days.grain == "year":
        begin, end = _YEAR_EDGES[which]
        return span(months_later(days.first, begin), months_later(days.first, end), "year")
    count = (days.end - days.first).days
    third = count // 3 or 1
    first = plus(days.first, min({"begin": 0, "middle": third, "end": 2 * third}[which], count - 1))
    return span(first, days.end if which == "end" else plus(first, third), days.grain)


def which_stretch(tokens: Tokens, at: int) -> Found:
    """What "diese", "nächste" or "letzte" stands before."""
    beside = at + 1
    kind = tokens.kind(beside)
    if kind == "or" and tokens.kind(beside + 1) == "which":
        shared = which_stretch(Tokens([tokens[at], tokens[at + 3]], tokens.talk), 0)
        return (shared[0], beside) if shared else None
    if str(tokens[at].value) in {"last", "before_last"}:
        nth = nth_day_of_month(tokens, at) or (
            _nth_weekend(tokens, -1, at + 2) if kind == "weekend" else None
        )
        if nth:
            return nth
    if kind in {"day", "days"}:
        return which_weekday(tokens, at)
    if kind in {"num", "some"}:
        return _next_few(tokens, at)
    rule = _WHICH.get(kind)
    return rule(tokens, at, _AHEAD[str(tokens[at].value)]) if rule else None


def _next_few(tokens: Tokens, at: int) -> Found:
    """ "in den nächsten drei Tagen", "die letzten zwei Wochen"."""
    which, talk = str(tokens[at].value), tokens.talk
    quantity = Quantity.read(tokens, at + 1)
    if quantity is None or quantity.minutes is not None:
        return None
    if quantity.vague:
        return _following(talk, _MANY_DAYS), quantity.end
    if which in {"last", "before_last"}:
        return span(shifted(talk.today, quantity, sign=-1), talk.today, "day"), quantity.end
    end = shifted(talk.today, quantity, count=quantity.most or None)
    return _following(talk, (end - talk.today).days), quantity.end


def _following(talk: Talk, days: int) -> Days:
    now = talk.policies.next_days == "now"
    first = talk.today if now else plus(talk.today, 1)
    return Days(first, plus(talk.today, days + 1), "day", "span", relative=True, from_now=now)


def _which_week(tokens: Tokens, at: int, ahead: int) -> Found:
    if str(tokens[at].value) == "last" and (named := _nth_week(tokens, -1, at + 1)):
        return named
    if tokens[at + 1].text in {"wochen", "weeks"} and ahead > 0:
        return _following(tokens.talk, 4 * _MANY_DAYS), at + 2
    if tokens[at].text.startswith("darauffolgend"):
        return _relative_week(tokens, at + 2)
    return week_of(plus(tokens.talk.today, 7 * ahead)), at + 2


def _relative_week(tokens: Tokens, behind: int) -> Found:
    anchor = tokens.talk.anchor
    if anchor is None:
        raise Doubt("no_anchor")
    return week_of(plus(anchor.date(), 7)), behind


def _which_month(tokens: Tokens, at: int, ahead: int) -> Found:
    return month_of(months_later(tokens.talk.today.replace(day=1), ahead)), at + 2


def _which_year(tokens: Tokens, at: int, ahead: int) -> Found:
    return _whole_year(tokens.talk.today.year + ahead), at + 2


def _which_part_of_year(tokens: Tokens, at: int, ahead: int) -> Found:
    months = 3 if tokens.kind(at + 1) == "quarter_year" else 6
    today = tokens.talk.today
    first = date(today.year, (today.month - 1) // months * months + 1, 1)
    grain: Grain = "quarter" if months == 3 else "half_year"
    return _months(months_later(first, months * ahead), months, grain), at + 2


def _which_weekend(tokens: Tokens, at: int, ahead: int) -> Found:
    """Before Saturday "nächstes Wochenende" is the coming one for most, the one after for some."""
    talk, which = tokens.talk, str(tokens[at].value)
    this = weekend_of(talk, talk.today)
    begun = this.first <= talk.today
    skip = ahead if begun or ahead <= 0 else ahead - 1
    days = span(plus(this.first, 7 * skip), plus(this.end, 7 * skip), "weekend")
    others = _week_later(days) if which == "next" and not begun else ()
    if others and talk.policies.next_weekday == "following_week":
        others, days = ((days.first, days.end),), span(others[0][0], others[0][1], "weekend")
    return Days(days.first, days.end, "weekend", "span", others=others), at + 2


def _which_month_name(tokens: Tokens, at: int, ahead: int) -> Found:
    month, today = tokens.integer(at + 1), tokens.talk.today
    if ahead < 0:
        return month_of(date(today.year + ahead + (month < today.month), month, 1)), at + 2
    first = _next_month(tokens.talk, month)
    if str(tokens[at].value) in {"next", "coming"} and first <= today:
        first = months_later(first, 12)
    return month_of(months_later(first, 12 * max(ahead - 1, 0))), at + 2


def _which_season(tokens: Tokens, at: int, ahead: int) -> Found:
    days = _season_from(tokens.talk, tokens.integer(at + 1), None, later=min(ahead, 0) or max(ahead - 1, 0))
    running = days.first <= tokens.talk.today
    if running and ahead == 1:
        days = _season_from(tokens.talk, tokens.integer(at + 1), None, later=1)
    return days, at + 2


def _which_feast(tokens: Tokens, at: int, ahead: int) -> Found:
    found = feast_day(tokens, at + 1)
    if found is None or ahead in {0, 1}:
        return found
    year = found[0].first.year + (ahead if ahead < 0 else 1)
    first, end = feast(str(tokens[at + 1].value), year)
    return Days(first, end), found[1]


def _which_day(tokens: Tokens, at: int, ahead: int) -> Found:
    """ "am nächsten Tag", "an diesem Tag": counted from the day that is talked about; "die nächsten Tage"."""
    talk, text = tokens.talk, tokens[at + 1].text
    if (
        text in {"tage", "tagen", "days"}
        and ahead > 0
        and tokens[at].text.endswith(("n", "e", "t"))
        and text != "tag"
    ):
        return _following(talk, _MANY_DAYS), at + 2
    about = talk.anchor.date() if talk.anchor else talk.on
    if about is None:
        raise Doubt("no_anchor")
    return one_day(plus(about, ahead)), at + 2


def _which_holiday(tokens: Tokens, at: int, ahead: int) -> Found:
    return (next_holiday(tokens.talk, skip_today=ahead > 0), at + 2) if ahead in {0, 1} else None


def _which_workday(tokens: Tokens, at: int, ahead: int) -> Found:
    return (next_workday(tokens.talk), at + 2) if ahead == 1 else None


def beside_unit(tokens: Tokens, at: int) -> Found:
    """ "am Tag nach Pfingstmontag", "in der Woche vor Weihnachten"; and "drei Tage nach Ostern" by `counted_beside`."""
    if tokens.kind(at) == "unit_week" and tokens[at + 1].text in {"vom", "von", "ab", "mit", "um"}:
        found = fixed_day(tokens, tokens.skip(at + 2, "glue"))
        return (week_of(found[0].first), found[1]) if found else None
    if tokens.kind(at) == "unit_week":
        beside = beside_date(tokens, at + 1, lambda day, after: plus(monday_of(day), 7 if after else -7))
        return (week_of(beside[0].first), beside[1]) if beside else None
    if tokens.kind(at) == "unit_day":
        return beside_date(tokens, at + 1, lambda day, after: plus(day, 1 if after else -1))
    return None


def counted_beside(tokens: Tokens, quantity: Quantity) -> Found:
    """ "zwei Tage vor Heiligabend", "eine Woche nach dem 5.12."."""
    at = quantity.end
    text = tokens[at].text
    if text not in {"vor", "nach", "ab"} or quantity.vague or quantity.minutes is not None:
        return None
    found = fixed_day(tokens, tokens.skip(at + 1, "glue"))
    if found is None:
        return None
    sign = -1 if text == "vor" else 1
    return one_day(shifted(found[0].first, quantity, sign=sign), relative=True), found[1]


def in_quantity(tokens: Tokens, at: int) -> Found:
    """ "in drei Tagen", "in zwei Wochen", "in sechs bis acht Wochen" behind "in"."""
    quantity = Quantity.read(tokens, at)
    if quantity is None or quantity.minutes is not None or quantity.unit == "unit_minute":
        return None
    if quantity.unit == "unit_hour":
        return None
    return jumped(tokens.talk, tokens.talk.today, quantity), quantity.end


_Plain = Callable[[Tokens, int], Found]
_PLAIN: dict[str, _Plain] = {
    "weekend": _weekend,
    "month_name": _month,
    "week_number": _week_number,
    "season": _season,
    "ord": _numbered,
    "num": _bare_year,
    "unit_year": _year,
    "quarter_letter": _quarter_letter,
    "edge": edge,
    "month_year": _month_year,
    "iso_week": _iso_week,
    "next_year": _next_year,
}
_WHICH: dict[str, Callable[[Tokens, int, int], Found]] = {
    "unit_week": _which_week,
    "week_of_month": _which_week,
    "unit_month": _which_month,
    "unit_year": _which_year,
    "quarter_year": _which_part_of_year,
    "half_year": _which_part_of_year,
    "weekend": _which_weekend,
    "month_name": _which_month_name,
    "season": _which_season,
    "feast": _which_feast,
    "unit_day": _which_day,
    "holiday": _which_holiday,
    "workday": _which_workday,
}
