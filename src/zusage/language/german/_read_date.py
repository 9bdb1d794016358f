"""Dates in every notation: "24.11.2026", "24. November", "fünfter zwölfter", "November 24th", and the years behind them."""

from __future__ import annotations

import calendar
from datetime import date

from zusage.language.german._calendar import NAMED_YEARS, months_later
from zusage.language.german._items import Days, Doubt, FoundDays, Talk, Tokens, one_day
from zusage.language.german._kinds import Kinds
from zusage.language.german._spans import AHEAD

YEARS_AHEAD = 10
_LONG_AGO = 15
"""Years: a model that lives in the past does not live so far back; a date of birth does."""
_CENTURY = 2000


def dated(talk: Talk, year: int | None, month: int, day: int) -> Days:
    """A written date. Without a year it is the next such day; a year that has passed is read as the next possible one.

    :raises Doubt: there is no such day, or it is too far away."""
    if year is None:
        return _next(talk.today, month, day, assume_later_year=True)
    full = year + _CENTURY if year < 100 else year
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        raise Doubt("no_such_day")
    if full > talk.today.year + YEARS_AHEAD:
        raise Doubt("too_far" if full in NAMED_YEARS else "no_such_day")
    if full < talk.today.year - _LONG_AGO and talk.policies.past == "ask":
        raise Doubt("past")
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
    except (ValueError, OverflowError):
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


def written_date(tokens: Tokens, at: int) -> FoundDays:
    """ "24.11.2026", "2026-11-24", "24.11." and what may follow such a date: a year, a time."""
    year, month, day = tokens.date(at)
    english = "/" in tokens[at].text and "half_of_day" in tokens.kinds
    if english and day != month and max(day, month) <= 12:
        raise Doubt("ambiguous", "when.which_day_and_month")
    behind = at + 1
    if year is None:
        year, behind = _year_of_date(tokens, behind)
    return dated(tokens.talk, year, month, day), behind


def short_date(tokens: Tokens, at: int) -> FoundDays:
    """ "24/11" and "24.11": the day first, but for a month that can be none.

    :raises Doubt: with English words beside it, it is open which one is the month."""
    first, second = tokens.pair(at)
    if tokens.kind(at) == "slashed":
        if (first, second) in {(1, 2), (3, 4)} and tokens.kind(at + 1) == "unit_hour":
            return None
        english = "half_of_day" in tokens.kinds
        if english and first != second and max(first, second) <= 12:
            raise Doubt("ambiguous", "when.which_day_and_month")
        if second > 12 >= first:
            first, second = second, first
    elif second == 0 or (second > 12 and first <= 24):
        return None
    return dated(tokens.talk, None, second, first), at + 1


def named_date(tokens: Tokens, at: int) -> FoundDays:
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
    year_follows = third == "num" and tokens.integer(at + 2) in NAMED_YEARS
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


def month_then_day(tokens: Tokens, at: int) -> FoundDays:
    """ "November 24th", "November 24"."""
    month, day_at = (
        tokens.integer(at),
        tokens.skip(at + 1, "glue") if tokens[at + 1].text == "the" else at + 1,
    )
    day, behind = tokens.integer(day_at), day_at + 1
    if (
        tokens.kind(day_at) not in {"ord", "num"}
        or not 1 <= day <= 31
        or tokens.kind(behind) in {"uhr", "half_of_day"}
    ):
        return None
    behind = tokens.skip(behind, "comma")
    year, end = read_year(tokens, behind)
    return dated(tokens.talk, year, month, day), end if year else day_at + 1


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
        ahead, at = AHEAD[str(tokens[at].value)], at + 1
    if tokens.kind(at) != "unit_month":
        return None
    return months_later(today, ahead), at + 1, relative


def read_year(tokens: Tokens, at: int) -> tuple[int | None, int]:
    """The year behind a month, if one is named; a number that can be a clock time is none."""
    year = tokens.integer(at)
    if tokens.kind(at) == "short_year":
        return year, at + 1
    if tokens.kind(at) == "num" and year in NAMED_YEARS and tokens.kind(at + 1) != "uhr":
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


_NO_YEAR_BEFORE: Kinds = frozenset({"uhr", "until", "dash", "half_of_day"})
