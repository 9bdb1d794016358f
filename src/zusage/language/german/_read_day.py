"""Single days by their names: weekdays, "übermorgen", feasts, holidays, the nth weekday of a month, and days beside them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from zusage.language.german._calendar import (
    around_feast,
    feast,
    is_public_holiday,
    monday_of,
    months_later,
    nth_weekday,
    weekday_beside,
)
from zusage.language.german._items import Days, Doubt, FoundDays, Talk, Tokens, one_day, plus
from zusage.language.german._quantity import Quantity, jumped, shifted
from zusage.language.german._read_date import (
    month_named,
    named_date,
    of_month,
    read_year,
    short_date,
    written_date,
)

_A_YEAR = 366


def named_weekday(tokens: Tokens, at: int) -> FoundDays:
    """A weekday, with what is counted from it ("Samstag in acht Tagen") or where it lies ("Freitag nach Himmelfahrt")."""
    talk, index = tokens.talk, tokens.integer(at)
    first = weekday_beside(talk.today, index, after=True)
    counted = _counted_from(tokens, at + 1, first)
    if counted:
        return counted
    if (tokens[at + 1].text, tokens[at + 2].text) == ("after", "next"):
        return one_day(plus(first, 7), kind="weekday"), at + 3
    beside = beside_date(tokens, at + 1, lambda day, after: weekday_beside(day, index, after=after))
    if beside:
        return beside
    about = talk.anchor.date() if talk.anchor else tokens.last_day
    if tokens[at + 1].text in {"danach", "darauf", "drauf"} and about:
        return one_day(weekday_beside(about, index, after=True), instead=True), at + 2
    others = ((talk.today, plus(talk.today, 1)),) if first == talk.today + timedelta(days=7) else ()
    weekly = tokens.kind(at) == "days" or tokens.kind(at - 1) == "every"
    return one_day(first, kind="weekday", bare=True, weekly=weekly, others=others), at + 1


def which_weekday(tokens: Tokens, at: int, which: str) -> FoundDays:
    """ "nächsten Freitag", "diesen Freitag", "letzten Freitag"; fair other readings as others."""
    index, talk = tokens.integer(at + 1), tokens.talk
    first = weekday_beside(talk.today, index, after=True)
    later = plus(first, 7)
    of_next_week = plus(monday_of(talk.today), 7 + index)
    weekday = one_day(first, kind="weekday")
    if which in {"last", "before_last"}:
        back = plus(first, -7)
        back = back if back < talk.today else plus(back, -7)
        weekday = one_day(back if which == "last" else plus(back, -7), relative=True)
    elif which == "after_next":
        weekday = one_day(later, kind="weekday")
    elif which == "next":
        wanted, other = first, later if of_next_week == first else max(of_next_week, later)
        if talk.policies.next_weekday == "following_week":
            wanted, other = (of_next_week, first) if of_next_week != first else (first, later)
        weekday = one_day(wanted, kind="weekday", others=((other, plus(other, 1)),))
    return weekday, at + 2


def near_day(tokens: Tokens, at: int) -> FoundDays:
    """ "heute", "übermorgen", and what is counted from there ("heute in vierzehn Tagen")."""
    ahead = 1 if tokens.kind(at) == "tomorrow" else tokens.integer(at)
    first = plus(tokens.talk.today, ahead)
    counted = _counted_from(tokens, at + 1, first) or _counted_back(tokens, at + 1, first)
    return counted or (one_day(first, relative=True), at + 1)


def _counted_from(tokens: Tokens, at: int, first: date) -> FoundDays:
    """ "… in acht Tagen", "… über zwei Wochen" behind a day."""
    if tokens.kind(at) != "in":
        return None
    quantity = Quantity.read(tokens, at + 1)
    if quantity is None or quantity.unit not in {"unit_day", "unit_week", "unit_month"}:
        return None
    return jumped(tokens.talk, first, quantity), quantity.end


def _counted_back(tokens: Tokens, at: int, first: date) -> FoundDays:
    """ "heute vor einer Woche"."""
    quantity = Quantity.read(tokens, at + 1) if tokens[at].text == "vor" else None
    if quantity is None or quantity.minutes is not None or quantity.vague:
        return None
    return one_day(shifted(first, quantity, sign=-1), relative=True), quantity.end


def fixed_day(tokens: Tokens, at: int) -> FoundDays:
    """A date or a feast: a day that others can be counted from."""
    kind = tokens.kind(at)
    if kind == "which" and tokens.kind(at + 1) == "feast":
        at, kind = at + 1, "feast"
    if kind in {"ord", "num"}:
        found = named_date(tokens, at)
        if found or kind == "num" or tokens.kind(at + 1) in {"month_name", "unit_week", "word"}:
            return found
        return of_month(tokens.talk, tokens.integer(at)), at + 1
    rule = {"date": written_date, "dotted": short_date, "slashed": short_date, "feast": feast_day}.get(kind)
    if rule:
        return rule(tokens, at)
    if kind in {"near", "tomorrow"}:
        return near_day(tokens, at)
    return None


def beside_date(tokens: Tokens, at: int, place: Callable[[date, bool], date]) -> FoundDays:
    """A day before or after a date that follows ("nach dem 5.12.", "vor Ostern"); `place` finds it."""
    if tokens.kind(at) != "bound" or tokens[at].text not in {"vor", "nach"}:
        return None
    found = fixed_day(tokens, tokens.skip(at + 1, "glue"))
    if found is None:
        return None
    anchor, behind = found
    after = tokens[at].text == "nach"
    first, end = anchor.edges or (anchor.first, anchor.end)
    day = place(end - timedelta(days=1) if after else first, after)
    if day < tokens.talk.today and "year" not in anchor.assumed and anchor.edges:
        return None
    return one_day(day, relative=True), behind


def feast_day(tokens: Tokens, at: int) -> FoundDays:
    """The next such feast, or that of the year that is named behind it."""
    key, talk = str(tokens[at].value), tokens.talk
    year, behind = read_year(tokens, at + 1)
    found_year = year or talk.today.year
    first, end = feast(key, found_year)
    if year is None and end <= talk.today:
        first, end = feast(key, found_year + 1)
    day = Days(first, end, edges=around_feast(key, first))
    return day, behind


def next_holiday(talk: Talk, *, skip_today: bool = False) -> Days:
    """The next public holiday of the federal state.

    :raises Doubt: none is known of that time."""
    ahead = (plus(talk.today, days) for days in range(1 if skip_today else 0, _A_YEAR))
    found = next((day for day in ahead if is_public_holiday(day, talk.region)), None)
    if found is None:
        raise Doubt("no_such_day")
    return one_day(found)


def next_workday(talk: Talk) -> Days:
    """The next day from Monday to Friday that is no public holiday."""
    day = plus(talk.today, 1)
    while day.weekday() > 4 or is_public_holiday(day, talk.region):
        day = plus(day, 1)
    return one_day(day)


def nth_day_of_month(tokens: Tokens, at: int) -> FoundDays:
    """ "der erste Montag im Dezember", "letzter Freitag des Monats"."""
    nth = _LAST[str(tokens[at].value)] if tokens.kind(at) == "which" else tokens.integer(at)
    if tokens.kind(at + 1) not in {"day", "days"} or not (nth in {-1, -2} or 1 <= nth <= 5):
        return None
    if nth in {-1, 1} and (beside := beside_as_named(tokens, at + 1)):
        return beside
    month_at = tokens.skip(at + 2, "glue", "in", "from")
    found = month_named(tokens, month_at)
    if found is None:
        return None
    month, behind, fixed = found
    index = tokens.integer(at + 1)
    day = nth_weekday(month, index, nth)
    if day is None:
        raise Doubt("no_such_day")
    if day < tokens.talk.today and not fixed:
        later = 1 if tokens.kind(behind - 1) == "unit_month" else 12
        day = nth_weekday(months_later(month, later), index, nth) or day
    return one_day(day), behind


_LAST = {"last": -1, "before_last": -2}


def beside_as_named(tokens: Tokens, at: int) -> FoundDays:
    """ "am letzten Samstag vor Weihnachten", "am ersten Montag nach Ostern"."""
    index = tokens.integer(at)
    return beside_date(tokens, at + 1, lambda day, after: weekday_beside(day, index, after=after))
