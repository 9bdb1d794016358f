"""The parsers of the field, set to German and told when it is said; each is optional (requirements/bench.txt)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from typing import Any

Span = tuple[str, datetime, datetime | None]
"""("instant", when, None), ("interval", start, end), or ("part", day, None): some part of that day, hours unsaid."""
Reader = Callable[[str, datetime], frozenset[Span]]
"""A phrase and the wall clock it is said at, to every reading that its answer may be taken for; none is no answer."""

DAY = timedelta(days=1)
_NOTHING: frozenset[Span] = frozenset()
_CTPARSE_SECONDS = 1


def dateparser() -> Reader:
    """What `parse` makes of the whole phrase, or else of the first piece of it that `search_dates` finds.

    A period with a date in it is taken for that day or for the whole period, whichever is right.

    :raises ImportError: it is not installed."""
    parsers, search = import_module("dateparser.date"), import_module("dateparser.search")

    @cache
    def parser(now: datetime) -> Any:  # noqa: ANN401 - a foreign type
        settings = _told(now) | {"RETURN_TIME_AS_PERIOD": True}
        return parsers.DateDataParser(languages=["de"], settings=settings)

    def read(text: str, now: datetime) -> frozenset[Span]:
        found = _of_dateparser(parser(now).get_date_data(text))
        if found:
            return found
        pieces = search.search_dates(text, languages=["de"], settings=_told(now))
        return _of_dateparser(parser(now).get_date_data(pieces[0][0])) if pieces else _NOTHING

    return read


def _told(now: datetime) -> dict[str, Any]:
    return {"RELATIVE_BASE": now, "PREFER_DATES_FROM": "future", "DATE_ORDER": "DMY"}


def _of_dateparser(read: Any) -> frozenset[Span]:  # noqa: ANN401 - a foreign type
    if read.date_obj is None:
        return _NOTHING
    if read.period == "time":
        return frozenset({_instant(read.date_obj)})
    day = _midnight(read.date_obj)
    return frozenset({_days(day, day), _period(read.period, day)})


def ctparse() -> Reader:
    """Parts of a day are told by their name; a last day belongs to its range. A phrase may take a second.

    :raises ImportError: it is not installed."""
    parse = import_module("ctparse").ctparse
    logging.getLogger("ctparse").setLevel(logging.ERROR)  # a warning for every phrase that it cannot read

    def read(text: str, now: datetime) -> frozenset[Span]:
        found = parse(text, ts=now, timeout=_CTPARSE_SECONDS)
        return frozenset(_of_ctparse(found.resolution)) if found else _NOTHING

    return read


def _of_ctparse(read: Any) -> Iterator[Span]:  # noqa: ANN401 - a foreign type
    if type(read).__name__ == "Time" and read.hasDate:
        day = _midnight(read.dt)
        if read.isDateTime:
            yield _instant(read.dt)
        elif read.hasPOD:
            yield ("part", day, None)
        else:
            yield _days(day, day)
    elif type(read).__name__ == "Interval" and read.t_from and read.t_to:
        yield from _between(read.t_from, read.t_to)


def _between(first: Any, last: Any) -> Iterator[Span]:  # noqa: ANN401 - foreign types
    if first.isDate and last.isDate:
        yield _days(first.dt, last.dt)
    elif first.isDateTime and last.isDateTime:
        yield ("interval", first.dt, last.dt)


def parsedatetime() -> Reader:
    """It knows days and times, no stretches.

    :raises ImportError: it is not installed."""
    module = import_module("parsedatetime")
    calendar = module.Calendar(module.Constants("de_DE", usePyICU=False))

    def read(text: str, now: datetime) -> frozenset[Span]:
        when, kind = calendar.parseDT(text, sourceTime=now)
        day = _midnight(when)
        return frozenset({_days(day, day)} if kind == 1 else {_instant(when)} if kind else ())

    return read


def _instant(when: datetime) -> Span:
    return ("instant", when.replace(second=0, microsecond=0, tzinfo=None), None)


def _midnight(when: datetime) -> datetime:
    return when.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)


def _days(first: datetime, last: datetime) -> Span:
    return ("interval", first, last + DAY)


def _period(name: str, day: datetime) -> Span:
    if name == "week":
        monday = day - timedelta(days=day.weekday())
        return ("interval", monday, monday + 7 * DAY)
    if name == "month":
        first = day.replace(day=1)
        return ("interval", first, (first + 31 * DAY).replace(day=1))
    if name == "year":
        first = day.replace(month=1, day=1)
        return ("interval", first, first.replace(year=day.year + 1))
    return _days(day, day)


PARSERS: dict[str, Callable[[], Reader]] = {
    "dateparser": dateparser,
    "ctparse": ctparse,
    "parsedatetime": parsedatetime,
}
