"""Which day or days a canonical text names."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from zusage.language.german import speak
from zusage.language.german._canon import MONTHS, WEEKDAYS
from zusage.language.german._scan import Doubt, Scan
from zusage.language.reading import Grain

Bound = Literal["", "from", "after", "until", "before"]

BOUNDS: dict[str, Bound] = {
    "ab": "from",
    "fruehestens": "from",
    "nach": "after",
    "bis": "until",
    "spaetestens": "until",
    "vor": "before",
}

MONTH = "|".join(MONTHS)
DAY = "|".join(WEEKDAYS)
_PRE = (
    r"(?:\b(?P<bound>ab|nach|bis(?: spaetestens)?|vor|fruehestens|spaetestens) )?"
    r"(?:\b(?:am|an|den|dem|der|zum|vom|von|on) )*"
)
_YEAR = r"(?:\.(?P<y>\d{4}|\d{2})\b(?!:| uhr)|\.? (?P<y4>(?:19|20)\d{2})\b|\.)?"
WHICH = r"(?P<which>uebernaechste|naechste|kommende|diese)"

_ISO = re.compile(_PRE + r"\b(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})\b")
_DASHED = re.compile(_PRE + r"\b(?P<d>\d{1,2})[-/](?P<m>\d{1,2})[-/](?P<y>\d{4})\b")
_NUMERIC = re.compile(
    rf"(?<!\d)(?<!um )(?<!gegen ){_PRE}(?<![\d:.])(?P<d>\d{{1,2}})(?:\. ?|/)(?P<m>\d{{1,2}})(?![\d:])"
    rf"(?! ?uhr| ?(?:pm|a_m)\b| \d\d? uhr){_YEAR}"
)
_NUMERIC_THEN_CLOCK = re.compile(
    rf"{_PRE}(?<![\d:.])\b(?P<d>\d{{1,2}})(?:\. ?|/|-)(?P<m>\d{{1,2}})(?=\.? \d\d? (?:uhr|pm|a_m))\.?"
)
_APART = re.compile(
    rf"(?<!um )(?<!gegen )(?<!zwischen ){_PRE}(?<![\d:.])\b(?P<d>0?[1-9]|[12]\d|3[01]) (?P<m>0?[1-9]|1[0-2]) "
    r"(?=(?:um |gegen |ab )?\d{1,2}(?::\d\d| uhr))"
)
_NAMED = re.compile(rf"{_PRE}\b(?P<d>\d{{1,2}})\.? ?(?P<mon>{MONTH})\b(?:\.? (?P<y>\d{{4}})\b)?")
_NAMED_FIRST = re.compile(
    rf"{_PRE}\b(?P<mon>{MONTH}) (?P<d>\d{{1,2}})\b\.?(?![:.\d]| uhr)(?: (?P<y>\d{{4}})\b)?"
)
_NOT_A_DATE = r"(?!\d| \d| (?:mal|termin|besuch|stock|freie|moegliche|verfuegbare|beste|tagen|monat|\w*woche|\w*haelfte)\w*\b)"
_OF_MONTH_THEN_CLOCK = re.compile(
    r"(?:\b(?:am|den|dem|der|zum) )*(?<![\d:.])(?<!\d\. )\b(?P<d>\d{1,2})\. (?=\d{1,2}(?::\d\d| ?(?:uhr|pm|a_m)\b))"
)
_OF_MONTH = re.compile(
    r"(?:\b(?P<bound>ab|bis|vor|nach) )?(?:"
    r"\b(?:am|den|dem|der|zum|vom|bis) (?P<d>\d{1,2})\."
    + _NOT_A_DATE
    + r"|(?<=tag |och )(?P<d1>\d{1,2})\."
    + _NOT_A_DATE
    + r"|^[ |]*(?P<d3>\d{1,2})\.(?=[ |]*(?:$|um |gegen |ab ))"
    r"|\b(?:am|den|dem|zum) (?P<d2>\d{1,2})"
    r"(?=[ |]*$|[ |]+(?:um|ab|nach|vor|gegen|zwischen|vormittag|nachmittag|mittag|abend|frueh|bis)\b))"
)
_IN_TIME = re.compile(
    r"\bin (?:(?:genau|etwa|ca|circa|ungefaehr|so|rund) )*(?P<n>\d{1,4}|eine[rmn]?|1) (?P<unit>tagen|wochen?|monat(?:en)?)\b|\bheute in (?P<n2>\d{1,4}) tagen\b"
)
_WEEKDAY_IN = re.compile(
    rf"\b(?P<day>{DAY}|heute|morgen) (?:in|ueber) (?P<n>\d{{1,4}}|eine[rmn]?) (?P<unit>tagen|wochen?)\b"
)
_WEEKDAY = re.compile(rf"{_PRE}(?:\b{WHICH} )?\b(?P<day>{DAY})\b(?! morgen\b)")
_WEEKDAY_MORNING = re.compile(rf"\b(?P<day>{DAY}|heute)(?= morgen\b)")
_NEAR = re.compile(rf"{_PRE}\b(?P<day>heute|uebermorgen|vorgestern|gestern)\b")
_TOMORROW = re.compile(rf"{_PRE}(?<!\| )(?<!am )(?<!jeden )\bmorgen\b")
_ENGLISH_CLOCK = re.compile(r"\b(?:pm|a_m)\b")
_NEAR_DAYS = {"heute": 0, "uebermorgen": 2, "gestern": -1, "vorgestern": -2}

YEARS_AHEAD = 10
_LONGEST_JUMP = 3660
NO_SUCH_DAY = "Diesen Tag gibt es leider nicht. Welches Datum meinen Sie?"


@dataclass(frozen=True, slots=True)
class Days:
    """Local days from `first` to `end` (exclusive). `weekday` marks a bare weekday, which may only check a date.

    `bare`: nothing but its name was said, so a week or month beside it decides which one. `at` is the place in the text; `said` is False for a day that nobody named; `others` are first days of other fair readings; `bound` says that these days limit an open range."""

    first: date
    end: date
    grain: Grain = "day"
    bound: Bound = ""
    weekday: bool = False
    at: int = 0
    said: bool = True
    assumed: tuple[str, ...] = ()
    others: tuple[date, ...] = ()
    bare: bool = False


def one_day(
    first: date,
    *,
    weekday: bool = False,
    at: int = 0,
    assumed: tuple[str, ...] = (),
    others: tuple[date, ...] = (),
    bare: bool = False,
) -> Days:
    """A single day."""
    end = plus(first, 1)
    return Days(first, end, weekday=weekday, at=at, assumed=assumed, others=others, bare=bare)


def plus(day: date, days: int) -> date:
    if abs(days) > _LONGEST_JUMP:
        raise Doubt("no_such_day", "So weit im Voraus kann ich nicht planen. Welchen Tag meinen Sie?")
    return day + timedelta(days=days)


def placed(days: Days, found: re.Match[str]) -> Days:
    """Note where the days were said, and whether they limit an open range."""
    bound = BOUNDS.get((found.groupdict().get("bound") or "").split(" ")[0], "")
    return replace(days, bound=bound, at=found.start())


def dates(scan: Scan, today: date) -> Iterator[Days]:
    yield from _numeric(scan, today, (_ISO, _DASHED))
    for pattern in (_NAMED, _NAMED_FIRST):
        for found in scan.take_all(pattern):
            month = MONTHS.index(found["mon"]) + 1
            yield placed(_date(today, found["y"], month, int(found["d"])), found)
    for found in scan.take_all(_OF_MONTH_THEN_CLOCK):
        yield placed(_of_month(today, int(found["d"])), found)
    yield from _numeric(scan, today, (_NUMERIC_THEN_CLOCK, _APART, _NUMERIC))
    for found in scan.take_all(_OF_MONTH):
        yield placed(_of_month(today, int(found["d"] or found["d1"] or found["d2"] or found["d3"])), found)


def _numeric(scan: Scan, today: date, patterns: Sequence[re.Pattern[str]]) -> Iterator[Days]:
    english = _ENGLISH_CLOCK.search(scan.text) is not None
    for pattern in patterns:
        for found in _take_dates(scan, pattern):
            groups = found.groupdict()
            year = groups.get("y") or groups.get("y4")
            yield placed(_date(today, year, *_month_and_day(found, english=english)), found)


def _month_and_day(found: re.Match[str], *, english: bool) -> tuple[int, int]:
    month, day = int(found["m"]), int(found["d"])
    either_way = "/" in found[0] and month != day and max(month, day) <= 12 and "sep" not in found.groupdict()
    if english and either_way:
        raise Doubt("ambiguous", "Welchen Tag und welchen Monat meinen Sie?")
    # A model that thinks in English puts the month first; only where it cannot be a day is that certain.
    return (day, month) if "/" in found[0] and month > 12 >= day else (month, day)


def _take_dates(scan: Scan, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Like `Scan.take_all`, but "14.30" without any further sign of a date stays a time."""
    start = 0
    while found := pattern.search(scan.text, start):
        if pattern is _NUMERIC and _looks_like_clock(found):
            start = found.end()
            continue
        scan.cut(found)
        yield found


def _looks_like_clock(found: re.Match[str]) -> bool:
    no_year = not (found["y"] or found["y4"]) and not found[0].endswith(".") and ". " not in found[0]
    return no_year and "/" not in found[0] and 12 < int(found["m"]) < 60 and int(found["d"]) <= 24


def _date(today: date, year: str | None, month: int, day: int) -> Days:
    if year is None:
        return _next(today, month, day, assumed_if_later_year=True)
    full = int(year) + (2000 if len(year) == 2 else 0)
    if full > today.year + YEARS_AHEAD or not 1 <= month <= 12:
        raise Doubt("no_such_day", NO_SUCH_DAY)
    if full < today.year:
        return replace(_next(today, month, day), assumed=("year",))
    return one_day(real_day(full, month, day))


def _next(today: date, month: int, day: int, *, assumed_if_later_year: bool = False) -> Days:
    """The next such day from today on, at most a year ahead."""
    if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(today.year, month)[1]:
        this_year = date(today.year, month, day)
        if this_year >= today:
            return one_day(this_year)
    assumed = ("year",) if assumed_if_later_year else ()
    return one_day(real_day(today.year + 1, month, day), assumed=assumed)


def real_day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Doubt("no_such_day", NO_SUCH_DAY) from None


def _of_month(today: date, day: int) -> Days:
    if not 1 <= day <= 31:
        raise Doubt("no_such_day", NO_SUCH_DAY)
    year, month = today.year, today.month
    if day < today.day:
        year, month = _month_after(year, month)
    while day > calendar.monthrange(year, month)[1]:
        year, month = _month_after(year, month)
    return one_day(date(year, month, day), assumed=("month",))


def _month_after(year: int, month: int) -> tuple[int, int]:
    return (year + 1, 1) if month == 12 else (year, month + 1)


def offsets(scan: Scan, today: date) -> Iterator[Days]:
    for found in scan.take_all(_WEEKDAY_IN):
        near = {"heute": today, "morgen": plus(today, 1)}
        start = near.get(found["day"]) or _weekday_after(today, found["day"])
        yield placed(jump(start, found["n"], found["unit"]), found)
    for found in scan.take_all(_IN_TIME):
        yield placed(jump(today, found["n"] or found["n2"], found["unit"] or "tagen"), found)


def jump(start: date, count: str, unit: str) -> Days:
    number = int(count) if count.isdigit() else 1
    if unit.startswith("monat"):
        return one_day(months_later(start, number))
    if unit.startswith("woche"):
        return one_day(plus(start, 7 * number))
    # "in acht Tagen" is a week, "in fünfzehn Tagen" two, as people count the present day.
    others = (plus(start, 8),) if number == 8 else ()
    return one_day(plus(start, 7 if number == 8 else number), others=others)


def months_later(start: date, months: int) -> date:
    if months > _LONGEST_JUMP // 31:
        raise Doubt("no_such_day", NO_SUCH_DAY)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def weekdays(scan: Scan, today: date, week: Days | None) -> Iterator[Days]:
    for pattern in (_WEEKDAY_MORNING, _WEEKDAY):
        for found in scan.take_all(pattern):
            if found["day"] == "heute":
                yield one_day(today, at=found.start())
                continue
            yield placed(_weekday(found["day"], found.groupdict().get("which"), today, week), found)


def _weekday(name: str, which: str | None, today: date, week: Days | None) -> Days:
    if week:
        return one_day(plus(week.first, WEEKDAYS.index(name)), weekday=True)
    first = _weekday_after(today, name)
    if which == "uebernaechste":
        return one_day(plus(first, 7), weekday=True)
    others = (plus(first, 7),) if which == "naechste" else ()
    today_too = (today,) if not which and today.weekday() == first.weekday() else ()
    return one_day(first, weekday=True, others=others + today_too, bare=not which)


def _weekday_after(today: date, name: str) -> date:
    """The next such day; the present day only for tomorrow's wishes, since one would have said "heute"."""
    return today + timedelta(days=(WEEKDAYS.index(name) - today.weekday() - 1) % 7 + 1)


def near(scan: Scan, today: date) -> Iterator[Days]:
    for found in scan.take_all(_NEAR):
        yield placed(one_day(plus(today, _NEAR_DAYS[found["day"]])), found)
    for found in scan.take_all(_TOMORROW):
        yield placed(one_day(plus(today, 1)), found)


def check_weekday(days: list[Days], today: date) -> list[Days]:
    """Let a weekday beside a date only confirm it; keep the dates.

    :raises Mismatch: the weekday contradicts the only date.
    :raises Doubt: it is one before or after that date ("am Dienstag nach dem 1.12.")."""
    dates = [day for day in days if not day.weekday and day.grain == "day"]
    weekdays = [day for day in days if day.weekday]
    if len(dates) != 1 or len(weekdays) != 1:
        return days
    said, meant = weekdays[0], dates[0]
    if meant.bound in {"after", "before"} and said.at < meant.at:
        raise Doubt("ambiguous", "Welches Datum meinen Sie genau?")
    if said.first.weekday() != meant.first.weekday():
        raise Mismatch(meant, one_day(_nearest(meant.first, said.first, today)))
    return [replace(meant, bound=meant.bound or said.bound)]


def _nearest(day: date, other: date, today: date) -> date:
    """The day with the weekday of `other` that lies nearest to `day`, but not in the past."""
    ahead = (other.weekday() - day.weekday()) % 7
    near = day + timedelta(days=ahead if ahead <= 3 else ahead - 7)
    return near if near >= today else near + timedelta(days=7)


class Mismatch(Exception):  # noqa: N818 - a way out of the readers, never seen outside the package
    """Weekday and date contradict each other; both readings."""

    def __init__(self, by_date: Days, by_weekday: Days) -> None:
        super().__init__("weekday_mismatch")
        self.by_date, self.by_weekday = by_date, by_weekday

    @property
    def question(self) -> str:
        named = [speak.day(days.first) for days in (self.by_date, self.by_weekday)]
        return f"Meinen Sie {speak.join(named, word='oder')}?"
