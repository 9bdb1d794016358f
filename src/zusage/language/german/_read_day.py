"""Single days as they are named: dates in every notation, weekdays, feasts, and days counted from others."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta

from zusage.language.german._calendar import (
    around_feast,
    feast,
    is_public_holiday,
    months_later,
    nth_weekday,
)
from zusage.language.german._items import Days, Doubt, Talk, Tokens, one_day, plus
from zusage.language.german._quantity import Quantity, jumped, shifted

Found = tuple[Days, int] | None

YEARS_AHEAD = 10
_CENTURY = 2000
_A_YEAR = 366
_GLUE = ("glue", "from")


def dated(talk: Talk, year: int | None, month: int, day: int) -> Days:
    """A written date. Without a year it is the next such day; a year that has passed is read as the next possible one.

    :raises Doubt: there is no such day, or it is too far away."""
    if year is None:
        return _next(talk.today, month, day, assume_later_year=True)
    full = year + _CENTURY if year < 100 else year
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        raise Doubt("no_such_day")
    if full > talk.today.year + YEARS_AHEAD:
        raise Doubt("too_far" if full < 2200 else "no_such_day")
    if full < talk.today.year and talk.policies.past == "ask":
        corrected = _next(talk.today, month, day)
        return one_day(corrected.first, assumed=("year",))
    return one_day(real_day(full, month, day))


def _next(today: date, month: int, day: int, *, assume_later_year: bool = False) -> Days:
    """The next such day from today on; the 29th of February may be years away."""
    if (month, day) == (2, 29):
        year = next(year for year in range(today.year, today.year + 9) if calendar.isleap(year))
        if date(year, 2, 29) >= today:
            return one_day(
                date(year, 2, 29), assumed=("year",) if year != today.year and assume_later_year else ()
            )
    if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(today.year, month)[1]:
        this_year = date(today.year, month, day)
        if this_year >= today:
            return one_day(this_year)
    return one_day(real_day(today.year + 1, month, day), assumed=("year",) if assume_later_year else ())


def real_day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Doubt("no_such_day") from None


def of_month(talk: Talk, day: int) -> Days:
    """The next such day of a month ("am 24.").

    :raises Doubt: no month has that many days."""
    if not 1 <= day <= 31:
        raise Doubt("no_such_day")
    month = talk.today.replace(day=1)
    if day < talk.today.day:
        month = months_later(month, 1)
    while day > calendar.monthrange(month.year, month.month)[1]:
        month = months_later(month, 1)
    return one_day(month.replace(day=day), kind="of_month", assumed=("month",))


def read_year(tokens: Tokens, at: int) -> tuple[int | None, int]:
    """The year behind a month, if one is named; a number that can be a clock time is none."""
    year = tokens.integer(at)
    if tokens.kind(at) == "short_year":
        return year, at + 1
    if tokens.kind(at) == "num" and 1900 <= year <= 2199 and tokens.kind(at + 1) != "uhr":
        return year, at + 1
    spoken = tokens.integer(at + 1)
    this_year = tokens.talk.today.year
    if (
        tokens.kind(at) == "num" == tokens.kind(at + 1)
        and year == 20
        and _CENTURY + spoken in {this_year, this_year + 1}
    ):
        return _CENTURY + spoken, at + 2
    return None, at


def _year_of_date(tokens: Tokens, at: int) -> tuple[int | None, int]:
    """The year behind a whole date, which may be short ("fünfter zwölfter sechsundzwanzig")."""
    year, behind = read_year(tokens, at)
    short = tokens.integer(at)
    near = tokens.talk.today.year - _CENTURY
    follower = tokens.kind(at + 1)
    likely = tokens.kind(at) == "num" and max(near, 25) <= short < near + YEARS_AHEAD
    if year is not None or not likely or follower in _NO_YEAR_BEFORE or follower.startswith("unit_"):
        return year, behind
    return _CENTURY + short, at + 1


_NO_YEAR_BEFORE = frozenset({"uhr", "until", "dash", "half_of_day"})


def written_date(tokens: Tokens, at: int) -> Found:
    """ "24.11.2026", "2026-11-24", "24.11." and what may follow such a date: a year, a time."""
    year, month, day = tokens.date(at)
    behind = at + 1
    if year is None:
        year, behind = _year_of_date(tokens, behind)
    return dated(tokens.talk, year, month, day), behind


def short_date(tokens: Tokens, at: int) -> Found:
    """ "24/11" and "24.11": the day first, but for a month that can be none.

    :raises Doubt: with English words beside it, it is open which one is the month."""
    first, second = tokens.pair(at)
    if tokens.kind(at) == "slashed":
        if (first, second) in {(1, 2), (3, 4)} and tokens.kind(at + 1) == "unit_hour":
            return None
        english = any(token.kind == "half_of_day" for token in tokens.list)
        if english and first != second and max(first, second) <= 12:
            raise Doubt("ambiguous", "when.which_day_and_month")
        if second > 12 >= first:
            first, second = second, first
    elif second == 0 or (second > 12 and first <= 24):
        return None
    return dated(tokens.talk, None, second, first), at + 1


def named_date(tokens: Tokens, at: int) -> Found:
    """ "24. November (2026)", "fünfter zwölfter"; also "24 11" where a time follows."""
    day, behind = tokens.integer(at), at + 1
    month_at = tokens.skip(behind, "glue") if tokens[behind].text in {"des", "of"} else behind
    if tokens.kind(month_at) == "month_name" and not _own_time(tokens, at):
        year, end = _year_of_date(tokens, month_at + 1)
        return dated(tokens.talk, year, tokens.integer(month_at), day), end
    if tokens[behind].text == "des" and tokens.kind(behind + 1) == "unit_month":
        return of_month(tokens.talk, day), behind + 2
    month = tokens.integer(behind)
    if not _numbers_make_date(tokens, at, day, month):
        return None
    year, end = _year_of_date(tokens, behind + 1)
    return dated(tokens.talk, year, month, day), end


def _own_time(tokens: Tokens, at: int) -> bool:
    """ "um 14 November": the number belongs to the time."""
    return tokens.kind(at) == "num" and tokens.kind(at - 1) in {"at", "about"}


def _numbers_make_date(tokens: Tokens, at: int, day: int, month: int) -> bool:  # noqa: PLR0911 - one line a form
    second, third = tokens.kind(at + 1), tokens.kind(at + 2)
    year_follows = third == "num" and 1900 <= tokens.integer(at + 2) <= 2199
    if second == "ord" == tokens.kind(at) and year_follows:
        return True
    if second not in {"ord", "num"} or not 1 <= month <= 12 or not 1 <= day <= 31:
        return False
    if year_follows:
        return True
    if second == "ord" and tokens.kind(at) == "ord":
        return third not in {"month_name", "day", "days"}
    time_follows = third in {"clock", "at", "about"} or (
        third == "num" and tokens.kind(at + 3) in {"uhr", "half_of_day"}
    )
    if tokens.kind(at - 1) in {"at", "about", "between"} or third in {"uhr", "month_name"}:
        return False
    if tokens.kind(at) == "ord":
        return (
            tokens.kind(at + 1) == "num"
            and third not in {"half_of_day", "unit_day", "word"}
            and _ordinal_day(tokens, at)
        )
    return time_follows or (
        tokens[at - 1].text in {"am", "den", "dem", "vom"} and third in {"end", "num", "from"}
    )


def _ordinal_day(tokens: Tokens, at: int) -> bool:
    """ "am 5. 12": but in "am 5. 12 Uhr" and "am 5. 8 bis 9" the second number is a time."""
    return tokens.kind(at + 2) not in {"uhr", "until", "dash", "clock"} or tokens.kind(at + 3) == "num"


def month_then_day(tokens: Tokens, at: int) -> Found:
    """ "November 24th", "November 24"."""
    day, behind = tokens.integer(at + 1), at + 2
    if (
        tokens.kind(at + 1) not in {"ord", "num"}
        or not 1 <= day <= 31
        or tokens.kind(behind) in {"uhr", "half_of_day"}
    ):
        return None
    behind = tokens.skip(behind, "comma")
    year, end = read_year(tokens, behind)
    return dated(tokens.talk, year, tokens.integer(at), day), end if year else at + 2


def weekday_after(today: date, index: int) -> date:
    """The next such day; the present day only for tomorrow's wishes, since one would have said "heute"."""
    return today + timedelta(days=(index - today.weekday() - 1) % 7 + 1)


def named_weekday(tokens: Tokens, at: int) -> Found:
    """A weekday, with what is counted from it ("Samstag in acht Tagen") or where it lies ("Freitag nach Himmelfahrt")."""
    talk, index = tokens.talk, tokens.integer(at)
    first = weekday_after(talk.today, index)
    counted = _counted_from(tokens, at + 1, first)
    if counted:
        return counted
    if (tokens[at + 1].text, tokens[at + 2].text) == ("after", "next"):
        return one_day(plus(first, 7), kind="weekday"), at + 3
    beside = beside_date(tokens, at + 1, lambda day, after: _weekday_beside(day, index, after=after))
    if beside:
        return beside
    about = talk.anchor.date() if talk.anchor else tokens.last_day
    if tokens[at + 1].text in {"danach", "darauf", "drauf"} and about:
        return one_day(_weekday_beside(about, index, after=True), instead=True), at + 2
    others = ((talk.today, plus(talk.today, 1)),) if first == talk.today + timedelta(days=7) else ()
    weekly = tokens.kind(at) == "days" or tokens.kind(at - 1) == "every"
    return one_day(first, kind="weekday", bare=True, weekly=weekly, others=others), at + 1


def _weekday_beside(day: date, index: int, *, after: bool) -> date:
    if after:
        return day + timedelta(days=(index - day.weekday() - 1) % 7 + 1)
    return day - timedelta(days=(day.weekday() - index - 1) % 7 + 1)


def beside_date(tokens: Tokens, at: int, place: Callable[[date, bool], date]) -> Found:
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


def fixed_day(tokens: Tokens, at: int) -> Found:
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


def _counted_from(tokens: Tokens, at: int, first: date) -> Found:
    """ "… in acht Tagen", "… über zwei Wochen" behind a day."""
    if tokens.kind(at) != "in":
        return None
    quantity = Quantity.read(tokens, at + 1)
    if quantity is None or quantity.unit not in {"unit_day", "unit_week", "unit_month"}:
        return None
    return jumped(tokens.talk, first, quantity), quantity.end


def _counted_back(tokens: Tokens, at: int, first: date) -> Found:
    """ "heute vor einer Woche"."""
    quantity = Quantity.read(tokens, at + 1) if tokens[at].text == "vor" else None
    if quantity is None or quantity.minutes is not None or quantity.vague:
        return None
    return one_day(shifted(first, quantity, sign=-1), relative=True), quantity.end


def near_day(tokens: Tokens, at: int) -> Found:
    """ "heute", "übermorgen", and what is counted from there ("heute in vierzehn Tagen")."""
    ahead = 1 if tokens.kind(at) == "tomorrow" else tokens.integer(at)
    first = plus(tokens.talk.today, ahead)
    counted = _counted_from(tokens, at + 1, first) or _counted_back(tokens, at + 1, first)
    return counted or (one_day(first, relative=True), at + 1)


def feast_day(tokens: Tokens, at: int) -> Found:
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


def nth_day_of_month(tokens: Tokens, at: int) -> Found:
    """ "der erste Montag im Dezember", "letzter Freitag des Monats"."""
    nth = _LAST[str(tokens[at].value)] if tokens.kind(at) == "which" else tokens.integer(at)
    if tokens.kind(at + 1) == "unit_day":
        return _first_or_last_day(tokens, at, nth)
    if tokens.kind(at + 1) not in {"day", "days"} or not (nth in {-1, -2} or 1 <= nth <= 5):
        return None
    if nth in {-1, 1} and (beside := _beside_as_named(tokens, at + 1)):
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


def _beside_as_named(tokens: Tokens, at: int) -> Found:
    """ "am letzten Samstag vor Weihnachten", "am ersten Montag nach Ostern"."""
    index = tokens.integer(at)
    return beside_date(tokens, at + 1, lambda day, after: _weekday_beside(day, index, after=after))


def _first_or_last_day(tokens: Tokens, at: int, nth: int) -> Found:
    """ "am letzten Tag des Monats", "am ersten Tag im Februar"."""
    found = month_named(tokens, tokens.skip(at + 2, "glue", "in", "from"))
    if found is None or nth not in {1, -1}:
        return None
    month, behind, fixed = found
    day = month if nth == 1 else months_later(month, 1) - timedelta(days=1)
    if day < tokens.talk.today and not fixed:
        day = months_later(day, 1 if tokens.kind(behind - 1) == "unit_month" else 12)
    return one_day(day), behind


def month_named(tokens: Tokens, at: int) -> tuple[date, int, bool] | None:
    """The first day of a month ("Dezember 2026", "nächsten Monats", "des Monats"), and whether it is that one for sure."""
    today = tokens.talk.today.replace(day=1)
    if tokens.kind(at) == "month_name":
        month = tokens.integer(at)
        year, behind = read_year(tokens, at + 1)
        passed = year is None and month < today.month
        return date(year or today.year + passed, month, 1), behind, year is not None
    if tokens.kind(at) == "next_year":
        return date(today.year + 1, 1, 1), at + 1, True
    ahead = 0
    relative = tokens.kind(at) == "which"
    if tokens.kind(at) == "which" and tokens.kind(at + 1) == "unit_month":
        ahead, at = _MONTHS_AHEAD[str(tokens[at].value)], at + 1
    if tokens.kind(at) != "unit_month":
        return None
    return months_later(today, ahead), at + 1, relative


_MONTHS_AHEAD = {"this": 0, "next": 1, "coming": 1, "after_next": 2, "last": -1, "before_last": -2}


def which_weekday(tokens: Tokens, at: int) -> Found:
    """ "nächsten Freitag", "diesen Freitag", "letzten Freitag"; fair other readings as others."""
    which, index, talk = str(tokens[at].value), tokens.integer(at + 1), tokens.talk
    if which == "last" and (beside := _beside_as_named(tokens, at + 1)):
        return beside
    first = weekday_after(talk.today, index)
    later = plus(first, 7)
    of_next_week = plus(talk.today, 7 - talk.today.weekday() + index)
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
