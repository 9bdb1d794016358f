"""Wall-clock hours and dates as an owner writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from zusage.app.operations.company_file._records import Absence
from zusage.app.operations.company_file._report import Path, Report
from zusage.app.operations.company_file._table import Table
from zusage.core.scheduling.masters import DayException, Span, Week
from zusage.core.values import Period

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPAN = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-4]):([0-5]\d)")
_MIDNIGHT = 24 * 60
_EARLIEST_YEAR, _LATEST_YEAR = 2000, 2100


def read_week(table: Table) -> Week:
    """Read seven days, Monday first; a day that is not named is a day off."""
    week = tuple(read_spans(table, day) for day in _DAYS)
    table.finish()
    return week


def read_spans(table: Table, key: str) -> tuple[Span, ...]:
    texts = table.texts(key)
    spans = [_span(table.report, table.at(key, i), text) for i, text in enumerate(texts)]
    good = sorted(span for span in spans if span is not None)
    if any(earlier.closes > later.opens for earlier, later in pairwise(good)):
        table.problem(key, "these hours overlap; write each time of the day once")
        return ()
    return tuple(good)


def _span(report: Report, path: Path, text: str) -> Span | None:
    match = _SPAN.fullmatch(text)
    if match is None:
        report.problem(path, f'"{text}" is no time span; write it as "09:00-13:00", the day ends with 24:00')
        return None
    opens, closes = (int(match[i]) * 60 + int(match[i + 1]) for i in (1, 3))
    if closes > _MIDNIGHT:
        report.problem(path, f'"{text}" leaves the day; the latest end is 24:00')
    elif opens >= closes:
        report.problem(path, f'"{text}" ends before it starts; split hours past midnight at 24:00')
    else:
        return Span(opens, closes)
    return None


def read_exceptions(tables: Sequence[Table]) -> dict[date, DayException]:
    """Read other hours on single dates; `closed = true` stands for no hours at all."""
    found: dict[date, DayException] = {}
    for table in tables:
        day = table.day("date")
        spans = read_spans(table, "hours")
        closed = table.flag("closed", default=False)
        reason = table.text("reason", "")
        if closed == table.has("hours"):
            table.problem("hours", "name the hours of this date, or say closed = true, but not both")
        if day in found:
            table.problem("date", f"{day} has an exception already; keep one of them")
        if day is not None:
            found[day] = DayException(spans, reason)
        table.finish()
    return found


def read_absences(tables: Sequence[Table], zone: ZoneInfo) -> tuple[Absence, ...]:
    """Read absences in the branch's zone; `to` as a date includes that day, as a time it is the first moment back."""
    absences = []
    for table in tables:
        start, end = _moment(table, "from", zone), _moment(table, "to", zone)
        reason = table.text("reason", "")
        table.finish()
        if start is None or end is None:
            continue
        if start >= end:
            table.problem("to", "must come after from")
        else:
            absences.append(Absence(Period(start, end), reason))
    _refuse_overlaps(tables, absences)
    return tuple(absences)


def _refuse_overlaps(tables: Sequence[Table], absences: Sequence[Absence]) -> None:
    ordered = sorted(absence.period for absence in absences)
    if any(earlier.overlaps(later) for earlier, later in pairwise(ordered)):
        tables[0].report.problem(tables[0].path[:-1], "two absences overlap; write them as one")


def _moment(table: Table, key: str, zone: ZoneInfo) -> datetime | None:
    """Turn wall-clock time into an instant; in an hour that comes twice the person is away both times."""
    value = table.raw(key)
    last = key == "to"
    if isinstance(value, date) and not _EARLIEST_YEAR <= value.year <= _LATEST_YEAR:
        table.problem(key, f"must lie between {_EARLIEST_YEAR} and {_LATEST_YEAR}")
        return None
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=zone, fold=int(last)).astimezone(UTC)
    if isinstance(value, date) and not isinstance(value, datetime):
        midnight = datetime(value.year, value.month, value.day, tzinfo=zone, fold=int(last))
        return (midnight + timedelta(days=int(last))).astimezone(UTC)
    table.problem(
        key, f"must be a date or a local time, as {key} = 2026-12-24 or {key} = 2026-12-24T14:00:00"
    )
    return None
