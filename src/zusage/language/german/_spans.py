"""All days a canonical text names: weeks, months and stretches of days beside single ones, each narrowing the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from zusage.language.german._canon import MONTHS, WEEKDAYS
from zusage.language.german._days import (
    DAY,
    MONTH,
    NO_SUCH_DAY,
    WHICH,
    YEARS_AHEAD,
    Days,
    dates,
    jump,
    months_later,
    near,
    offsets,
    one_day,
    placed,
    plus,
    real_day,
    weekdays,
)
from zusage.language.german._scan import Doubt, Scan

_EDGE = r"(?:(?P<edge>anfang|mitte|ende) (?:(?:des|der|vom) )?)?"
_WEEK = re.compile(rf"\b{_EDGE}{WHICH} woche\b|\b(?P<edge2>anfang|mitte|ende) (?:der )?woche\b")
_MONTH_REL = re.compile(rf"\b{_EDGE}{WHICH} monat\b|\b(?P<edge2>anfang|mitte|ende) (?:des )?monat\b")
_MONTH_ONLY = re.compile(
    rf"(?:\b(?P<bound>ab|nach|bis|vor) )?(?:\b(?:im|in) )?\b{_EDGE}(?P<mon>{MONTH})\b(?: (?P<y>\d{{4}})\b)?"
)
_WEEKEND = re.compile(rf"(?:\b{WHICH} )?\bwochenende\b")
_NTH = re.compile(
    rf"(?:\b(?:am|der|den|dem) )*\b(?P<nth>[1-5]\.|letzte) (?P<day>{DAY}) (?:(?:im|in|des|vom|von) )?"
    rf"(?:(?P<mon>{MONTH})\b(?: (?P<y>\d{{4}})\b)?|(?:{WHICH} )?monat\b)"
)
_FROM_TO = re.compile(
    r"\bin (?P<n>\d{1,3}) ?(?:bis|-) ?(?P<n2>\d{1,3}) (?P<unit>tagen|wochen|monaten)\b"
    r"|\bin den naechste (?:(?P<n3>\d{1,3}) )?(?P<unit2>tagen|wochen)\b"
)
_YEAR = re.compile(r"\b(?:im )?(?P<which>naechste|kommende|diese) jahr\b")
_GONE = re.compile(rf"\b(?:letzte|vergangene\w?|vorige\w?) (?:{DAY}|wochen?|wochenende|monat|jahr)\b")
_SAME_DAY = re.compile(
    r"\b(?:am |an )?(?:de(?:m|n)selben|selben|gleichen) tagen\b|\ban (?:dem|diese) tagen\b"
)
# Better asked about than left unread: what remains of the sentence would make a date of its own.
_FEAST = re.compile(
    r"\b(?:weihnacht\w*|oster\w*|ostern|pfingst\w*|karfreitag|gruendonnerstag|rosenmontag|faschings?\w*|fastnacht|"
    r"aschermittwoch|fronleichnam|(?:christi )?himmelfahrt|allerheiligen|feiertage?n?|kw \d+|kalenderwoche|"
    r"zwischen den jahren|\w+ferien|advent\w*)\b"
)
_WEEK_EDGES = {"anfang": (0, 2), "mitte": (1, 4), "ende": (3, 7)}
_MONTH_EDGES = {"anfang": (1, 11), "mitte": (11, 21), "ende": (21, 32)}
_WHICH_DATE = "Welches Datum meinen Sie genau?"
_PAST = "Dieser Tag ist leider schon vorbei. Wann möchten Sie gerne kommen?"


def find_days(scan: Scan, today: date, *, on: date | None = None) -> list[Days]:
    """Take out all days that the text names, in the order in which they were said; `on` is the day of talk.

    :raises Doubt: a day does not exist, is past, or is named in a way that leaves open which one it is."""
    if scan.take(_FEAST):
        raise Doubt("ambiguous", _WHICH_DATE)
    if on:
        scan.take(_SAME_DAY)
    found = [*_nth(scan, today), *_stretches(scan, today)]
    if scan.take(_GONE):
        raise Doubt("past", _PAST)
    years = [today.year + (found["which"] != "diese") for found in scan.take_all(_YEAR)]
    found += [*dates(scan, today), *offsets(scan, today)]
    week = next(_weeks(scan, today), None)
    of_week = [*weekdays(scan, today, week)]
    if week and not any(day.weekday for day in of_week):
        found.append(week)
    found += [*of_week, *near(scan, today), *_wide(scan, today)]
    return _of_years(narrowed(sorted(found, key=lambda days: days.at), today), years)


def narrowed(days: Sequence[Days], today: date) -> list[Days]:
    """Read single days within the week or month that stands beside them ("Dienstag im Januar").

    :raises Doubt: several days fit, or one lies outside."""
    spans = [span for span in days if _is_span(span)]
    singles = [day for day in days if not _is_span(day)]
    if len(spans) != 1 or not singles:
        if any(day.bare for day in singles) and spans:
            raise Doubt("ambiguous", _WHICH_DATE)
        return list(days)
    dated = any(not day.weekday for day in singles)
    return [day if dated and day.bare else _within(spans[0], day, today) for day in singles]


def _is_span(days: Days) -> bool:
    return days.end - days.first > timedelta(days=1)


def _within(span: Days, day: Days, today: date) -> Days:
    if day.bare:
        ahead = [first for first in _days_of(span, today) if first.weekday() == day.first.weekday()]
        return replace(_only(ahead, day), bare=False)
    if day.assumed == ("month",) and span.grain == "month":
        of_span = real_day(span.first.year, span.first.month, day.first.day)
        return _only([of_span] if span.first <= of_span < span.end else [], replace(day, assumed=()))
    return _only([day.first] if span.first <= day.first < span.end else [], day)


def _days_of(span: Days, today: date) -> Iterator[date]:
    first = max(span.first, today)
    return (first + timedelta(days=n) for n in range((span.end - first).days))


def _only(firsts: Sequence[date], day: Days) -> Days:
    if len(firsts) != 1:
        raise Doubt("ambiguous", _WHICH_DATE)
    return replace(day, first=firsts[0], end=plus(firsts[0], 1), others=())


def _of_years(days: list[Days], years: Sequence[int]) -> list[Days]:
    """Let "nächstes Jahr" confirm a date; beside anything else it leaves open what is meant."""
    if not years:
        return days
    if not days or any(day.weekday or day.first.year not in years for day in days):
        raise Doubt("ambiguous", _WHICH_DATE)
    return [replace(day, assumed=tuple(name for name in day.assumed if name != "year")) for day in days]


def _nth(scan: Scan, today: date) -> Iterator[Days]:
    for found in scan.take_all(_NTH):
        first = _month_of(found, today)
        day = _nth_day(first, found)
        if day < today and found["mon"] and not found["y"]:
            day = _nth_day(first.replace(year=first.year + 1), found)
        yield one_day(day, at=found.start())


def _nth_day(month: date, found: re.Match[str]) -> date:
    wanted = [
        day
        for n in range(31)
        if (day := month + timedelta(days=n)).month == month.month
        and day.weekday() == WEEKDAYS.index(found["day"])
    ]
    nth = -1 if found["nth"] == "letzte" else int(found["nth"][0]) - 1
    if nth >= len(wanted):
        raise Doubt("no_such_day", NO_SUCH_DAY)
    return wanted[nth]


def _month_of(found: re.Match[str], today: date) -> date:
    """The first day of a month that is named, or counted from the present one."""
    groups = found.groupdict()
    if not groups.get("mon"):
        ahead = {None: 0, "diese": 0, "uebernaechste": 2}.get(groups.get("which"), 1)
        return months_later(today.replace(day=1), ahead)
    month = MONTHS.index(groups["mon"]) + 1
    year = int(groups["y"]) if groups["y"] else today.year + (month < today.month)
    return real_day(max(min(year, today.year + YEARS_AHEAD), 1), month, 1)


def _stretches(scan: Scan, today: date) -> Iterator[Days]:
    for found in scan.take_all(_FROM_TO):
        if found["unit2"]:
            last = jump(today, found["n3"] or "7", found["unit2"] if found["n3"] else "tagen")
            yield Days(today, last.end, grain="week", at=found.start())
            continue
        first, last = (jump(today, found[n], found["unit"]) for n in ("n", "n2"))
        if last.end <= first.first:
            raise Doubt("ambiguous", _WHICH_DATE)
        yield Days(first.first, last.end, grain="week", at=found.start())


def _weeks(scan: Scan, today: date) -> Iterator[Days]:
    for found in scan.take_all(_WEEK):
        monday = today - timedelta(days=today.weekday())
        first = plus(monday, {None: 0, "diese": 0, "uebernaechste": 14}.get(found["which"], 7))
        begin, end = _WEEK_EDGES.get(found["edge"] or found["edge2"], (0, 7))
        yield Days(plus(first, begin), plus(first, end), grain="week", at=found.start())


def _wide(scan: Scan, today: date) -> Iterator[Days]:
    for found in scan.take_all(_WEEKEND):
        saturday = today + timedelta(days=(5 - today.weekday()) if today.weekday() < 6 else -1)
        if found["which"] == "naechste" and today.weekday() >= 5:
            saturday = plus(saturday, 7)
        yield Days(max(saturday, today), plus(saturday, 2), at=found.start(), others=(plus(saturday, 7),))
    for found in (*scan.take_all(_MONTH_REL), *scan.take_all(_MONTH_ONLY)):
        edge = found["edge"] or found.groupdict().get("edge2")
        yield placed(_part_of_month(_month_of(found, today), edge, at=found.start()), found)


def _part_of_month(first: date, edge: str | None, *, at: int) -> Days:
    begin, end = _MONTH_EDGES.get(edge or "", (1, 32))
    last = min(first + timedelta(days=end - 1), months_later(first, 1))
    return Days(first.replace(day=begin), last, grain="month", at=at)
