"""Days that stand beside each other: a week narrows a weekday, a weekday confirms a date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from zusage.language.german import speak
from zusage.language.german._calendar import monday_of
from zusage.language.german._items import ONE_DAY, Days, Doubt, Talk, plus, whole_day

_A_YEAR = timedelta(days=366)


def narrowed(days: Sequence[Days], talk: Talk) -> list[Days]:
    """Read single days within the week or month that stands beside them ("Dienstag im Januar").

    :raises Doubt: several days fit, or one lies outside."""
    if len(days) < 2:
        return list(days)
    spans = _narrowest(_confirmed([_as_week(span) for span in days if _is_span(span, days)]))
    singles = [day for day in days if not _is_span(day, days)]
    if not spans or not singles:
        return spans or singles
    dated = any(day.kind != "weekday" for day in singles)
    return [day if dated and day.bare else _within(spans[0], day, talk) for day in singles]


def _is_span(day: Days, days: Sequence[Days]) -> bool:
    """A week from today, or a bound day, is a stretch where a weekday stands beside it ("in zwei Wochen am Dienstag")."""
    return day.kind in {"span", "range", "weekdays"} or (
        day.kind == "week_of" and any(other.bare for other in days)
    )


def _confirmed(spans: Sequence[Days]) -> list[Days]:
    """Let weekdays beside a stretch of dates only confirm it ("4.-6.12. (Fr-So)")."""
    dated = [(span.first.weekday(), span.end - span.first) for span in spans if span.kind == "range"]
    return [
        span
        for span in spans
        if span.kind != "weekdays" or (span.first.weekday(), span.end - span.first) not in dated
    ]


def _as_week(day: Days) -> Days:
    if day.kind != "week_of":
        return day
    monday = monday_of(day.first)
    return Days(monday, plus(monday, 7), "week", "span", bound=day.bound)


def _narrowest(spans: Sequence[Days]) -> list[Days]:
    """Of stretches that contain each other the shortest, within the others ("am Wochenende nächster Woche").

    :raises Doubt: they do not."""
    if len(spans) < 2:
        return list(spans)
    ordered = sorted(spans, key=lambda span: span.end - span.first)
    shortest = ordered[0]
    for wider in ordered[1:]:
        if wider.first <= shortest.first and shortest.end <= wider.end:
            continue
        moved = _moved_into(shortest, wider)
        if moved is None:
            raise Doubt("ambiguous", "when.which_date")
        shortest = moved
    return [shortest]


def _moved_into(span: Days, wider: Days) -> Days | None:
    """A weekend or a month by its name, in the week or year that stands beside it."""
    if span.grain == "week" == wider.grain:
        ahead = wider.first - monday_of(span.first)
        return span.moved_to(span.first + ahead, span.end + ahead) if ahead.days % 7 == 0 else None
    if wider.grain == "month" and span.kind == "range" and "month" in span.assumed:
        last = span.end - timedelta(days=1)
        first, end = (_in_month(wider.first, day.day) for day in (span.first, last))
        return replace(span, first=first, end=end + timedelta(days=1), assumed=()) if first and end else None
    if span.grain == "weekend" and wider.grain == "week":
        first = plus(monday_of(wider.first), span.first.weekday())
        return span.moved_to(first, first + (span.end - span.first))
    if wider.grain == "year" and span.grain in {"month", "season", "quarter", "half_year"}:
        first, end = span.first.replace(year=wider.first.year), span.end
        return span.moved_to(first, end.replace(year=end.year + wider.first.year - span.first.year))
    return None


def _within(span: Days, day: Days, talk: Talk) -> Days:
    bound = day.bound or span.bound
    if day.bare:
        ahead = [first for first in _days_of(span, talk) if first.weekday() == day.first.weekday()]
        found = _only(ahead, day)
        return replace(
            found, bare=False, bound=bound, within=(span.first, span.end) if span.grain == "week" else None
        )
    if day.assumed == ("month",) and span.grain == "month":
        of_span = _in_month(span.first, day.first.day)
        return _only(
            [of_span] if of_span and span.first <= of_span < span.end else [], replace(day, assumed=())
        )
    if span.grain == "year" and not span.first <= day.first < span.end:
        moved = _in_year(day.first, span.first.year)
        return _only([moved] if moved else [], replace(day, assumed=()))
    return _only([day.first] if span.first <= day.first < span.end else [], replace(day, assumed=()))


def _in_month(month: date, day: int) -> date | None:
    try:
        return month.replace(day=day)
    except ValueError:
        return None


def _in_year(day: date, year: int) -> date | None:
    try:
        return day.replace(year=year)
    except ValueError:
        return None


def _days_of(span: Days, talk: Talk) -> Iterator[date]:
    if span.end - span.first > _A_YEAR:
        return iter(())
    first = max(span.first, talk.today) if talk.policies.past == "ask" else span.first
    if span.end <= first:
        first = span.first
    return (first + timedelta(days=n) for n in range((span.end - first).days))


def _only(firsts: Sequence[date], day: Days) -> Days:
    if len(firsts) != 1:
        raise Doubt("ambiguous", "when.which_date")
    return replace(day, first=firsts[0], end=firsts[0] + ONE_DAY, others=())


def check_weekday(days: list[Days], talk: Talk) -> list[Days]:
    """Let a weekday beside a date only confirm it; keep the dates.

    :raises Doubt: the weekday contradicts the only date."""
    dates = [day for day in days if day.kind in {"date", "of_month", "week_of"} and day.single]
    weekdays = [day for day in days if day.kind == "weekday"]
    if len(dates) != 1 or len(weekdays) != 1:
        return days
    said, meant = weekdays[0], dates[0]
    if said.first.weekday() != meant.first.weekday():
        other = _nearest(meant.first, said.first, talk.today)
        both = tuple(whole_day(day, talk) for day in (meant.first, other))
        days_named = speak.join([speak.day(day) for day in (meant.first, other)], word="oder")
        raise Doubt("weekday_mismatch", alternatives=both, days=days_named)
    return [replace(meant, bound=meant.bound or said.bound, weekly=False)]


def _nearest(day: date, other: date, today: date) -> date:
    """The day with the weekday of `other` that lies nearest to `day`, but not in the past."""
    ahead = (other.weekday() - day.weekday()) % 7
    near = day + timedelta(days=ahead if ahead <= 3 else ahead - 7)
    return near if near >= today else near + timedelta(days=7)
