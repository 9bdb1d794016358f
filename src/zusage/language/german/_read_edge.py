"""Parts of stretches: "Anfang nächster Woche", "Monatsende", "zweite Januarhälfte"; and every stretch by its name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from zusage.language.german._calendar import months_later
from zusage.language.german._items import Days, FoundDays, Talk, Tokens, one_day, plus
from zusage.language.german._read_date import read_year
from zusage.language.german._read_stretch import bare_year, plain_stretch
from zusage.language.german._read_which import which_stretch
from zusage.language.german._spans import month_of, next_month, span, week_of, whole_year

_WEEK_EDGES = {"begin": (0, 2), "middle": (1, 4), "end": (3, 7)}
_MONTH_EDGES = {"begin": (1, 11), "middle": (11, 21), "end": (21, 0)}
_YEAR_EDGES = {"begin": (0, 4), "middle": (4, 8), "end": (8, 12)}
_UNITS_HALVED = frozenset({"week", "month", "year"})


def stretch(tokens: Tokens, at: int) -> FoundDays:
    """A stretch that is named without "this" or "next" ("Wochenende", "im Dezember", "KW 48", "drittes Quartal")."""
    if tokens.kind(at) == "edge":
        return edge(tokens, at)
    if tokens.kind(at + 1) == "unit_day":
        return day_of_stretch(tokens, at)
    if tokens.kind(at) == "ord" and tokens.kind(at + 1) == "half_word":
        return _nth_half(tokens, tokens.integer(at), at + 1)
    return plain_stretch(tokens, at)


def edge(tokens: Tokens, at: int) -> FoundDays:
    """ "Anfang nächster Woche", "Mitte Januar", "Ende des Jahres", "Monatsende"."""
    which, _, unit = str(tokens[at].value).partition("_")
    if unit:
        return _edge_of_compound(tokens, which, unit, at + 1)
    unit_at = tokens.skip(at + 1, "glue", "from", "in")
    if tokens.kind(at + 1) in {"until", "dash"} and tokens.kind(at + 2) == "edge":
        return _edges(tokens, which, at + 2)
    found = _container(tokens, unit_at)
    if found is None:
        return None
    cut = _cut(found[0], which)
    if which == "end":
        cut = replace(cut, edges=(cut.end, cut.end))
    if tokens.kind(unit_at) in {"unit_week", "unit_month", "unit_year"} and cut.end <= tokens.talk.today:
        cut = _cut(_following(found[0]), which)
    return cut, found[1]


def _edges(tokens: Tokens, which: str, at: int) -> FoundDays:
    """ "Anfang bis Mitte Dezember"."""
    unit_at = tokens.skip(at + 1, "glue", "from", "in")
    found = _container(tokens, unit_at)
    if found is None:
        return None
    first, last = _cut(found[0], which), _cut(found[0], str(tokens[at].value))
    return (replace(first, end=last.end), found[1]) if first.first < last.end else None


def day_of_stretch(tokens: Tokens, at: int) -> FoundDays:
    """ "am letzten Tag des Monats", "der erste Tag des nächsten Jahres"."""
    last = tokens[at].value == "last"
    if tokens.kind(at + 1) != "unit_day" or not (last or tokens[at].value == 1):
        return None
    unit_at = tokens.skip(at + 2, "glue", "in", "from")
    found = _container(tokens, unit_at)
    if found is None:
        return None
    days, behind = found
    if _edge_day(days, last=last) < tokens.talk.today:
        if tokens.kind(unit_at) == "month_name":
            days = month_of(months_later(days.first, 12))
        elif tokens.kind(unit_at) in {"unit_week", "unit_month", "unit_year"}:
            days = _following(days)
    return one_day(_edge_day(days, last=last)), behind


def _edge_day(days: Days, *, last: bool) -> date:
    return plus(days.end, -1) if last else days.first


def _following(days: Days) -> Days:
    """The week, month or year after one."""
    if days.grain == "week":
        return week_of(days.end)
    return month_of(days.end) if days.grain == "month" else whole_year(days.first.year + 1)


def _edge_of_compound(tokens: Tokens, which: str, unit: str, at: int) -> FoundDays:
    """ "Monatsende" is that of this month, "Jahresende" of this year."""
    today = tokens.talk.today
    whole = {"week": week_of(today), "month": month_of(today), "year": whole_year(today.year)}[unit]
    cut = _cut(whole, which)
    if cut.end <= today:
        nearest = {"week": week_of(plus(today, 7)), "month": month_of(months_later(today, 1))}
        cut = _cut(nearest.get(unit, whole_year(today.year + 1)), which)
    return cut, at


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


def _container(tokens: Tokens, at: int) -> FoundDays:
    kind, talk = tokens.kind(at), tokens.talk
    if kind == "which":
        return which_stretch(tokens, at)
    if kind in {"unit_week", "unit_month", "unit_year"}:
        if kind == "unit_year" and (year := read_year(tokens, at + 1))[0]:
            return whole_year(year[0]), year[1]
        return _running(talk, kind), at + 1
    if kind == "num":
        return bare_year(tokens, at)
    return stretch(tokens, at) if kind != "edge" else None


def _running(talk: Talk, unit: str) -> Days:
    if unit == "unit_week":
        return week_of(talk.today)
    return month_of(talk.today) if unit == "unit_month" else whole_year(talk.today.year)


def _nth_half(tokens: Tokens, number: int, at: int) -> FoundDays:
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
        return whole_year(year or tokens.talk.today.year), behind
    if value == "week":
        return week_of(tokens.talk.today), at + 1
    if value.isdigit():
        return month_of(next_month(tokens.talk, int(value))), at + 1
    if value == "month":
        return month_of(tokens.talk.today), at + 1
    found = _container(tokens, tokens.skip(at + 1, "glue", "from", "in"))
    return found or (None, at)
