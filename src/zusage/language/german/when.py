"""When somebody wants to come: words about time to a constraint in the branch's zone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from zusage.core.scheduling.masters import Span, Week
from zusage.language.german._clauses import WHICH_ONE
from zusage.language.german._clocks import DAY_END, Clock, TimeOfDay, resolve
from zusage.language.german._days import Bound, Days, Mismatch, one_day
from zusage.language.german._said import Said, Talk, hear
from zusage.language.german._scan import Doubt
from zusage.language.reading import Grain, Unclear, When

_NOTHING = "Wann möchten Sie gerne kommen, an welchem Tag und um wie viel Uhr?"
_PAST = "Diese Zeit ist leider schon vorbei. Wann möchten Sie gerne kommen?"
_GAP = "Diese Uhrzeit gibt es an dem Tag wegen der Zeitumstellung nicht. Welche andere Uhrzeit passt Ihnen?"


@dataclass(frozen=True, slots=True)
class _Place:
    now: datetime
    week: Week | None
    on: date | None = None

    @property
    def today(self) -> date:
        return self.now.date()

    def at(self, day: date, minute: int) -> datetime:
        """A wall-clock time as an instant; an hour that comes twice is the first one."""
        whole, rest = divmod(minute, DAY_END)
        day += timedelta(days=whole)
        return datetime(day.year, day.month, day.day, rest // 60, rest % 60, tzinfo=self.now.tzinfo)

    def spans(self, day: date) -> tuple[Span, ...]:
        return self.week[day.weekday()] if self.week else ()

    def minutes_gone(self, day: date) -> int:
        """The last minute of that day that has passed; -1 when the whole day lies ahead."""
        return self.now.hour * 60 + self.now.minute if day == self.today else -1


def understand_when(
    text: str,
    *,
    now: datetime,
    zone: str,
    region: str | None = None,  # noqa: ARG001 - holidays as words come with the full grammar
    week: Week | None = None,
    on: date | None = None,
) -> When | Unclear:
    """Read the time somebody wishes; whatever comes, an answer: any text, any length (the first 500 characters count).

    Instants lie in `zone`; an ISO instant is read as the wall clock it shows, whatever its offset. `on` is the local
    day that is talked about: a time without a day means that day, and is "past" if it lies behind. Opening hours
    (`week`) only decide between morning and afternoon of a bare hour. Nothing unsaid is filled in but what `assumed`
    names ("year", "month", "today", "tomorrow", "day_of_talk", "afternoon"), and no day where any word of the text
    might have been one. A bare day is the whole day; a part of day without a day is open from now, narrowed by `daily`.

    :raises ZoneInfoNotFoundError: `zone` is no IANA zone."""
    place = _Place(now.astimezone(ZoneInfo(zone)), week, on)
    try:
        return _understand(text, place)
    except Doubt as doubt:
        return doubt.unclear
    except OverflowError:
        return Unclear("no_such_day", _NOTHING)


def _understand(text: str, place: _Place) -> When | Unclear:
    try:
        wanted = hear(text, Talk(place.today, place.on))
    except Mismatch as mismatch:
        both = (_days_only(mismatch.by_date, place), _days_only(mismatch.by_weekday, place))
        raise Doubt("weekday_mismatch", mismatch.question, both) from None
    if not wanted:
        return Unclear("no_time_said", _NOTHING)
    matched = " ".join(dict.fromkeys(said.matched for said in wanted))
    return replace(_first_of([partial(_compose, said, place) for said in wanted]), matched=matched)


def _compose(said: Said, place: _Place) -> When:
    if said.ahead is not None:
        return _from_now(said.ahead, place)
    named = _joined(_distinct(said.days))
    clocks = len(said.time.exact)
    if clocks and max(len(named), clocks) > 1 and (min(len(named), clocks) > 1 or not said.listed):
        raise Doubt("ambiguous", WHICH_ONE)
    if not named:
        return _without_day(said, place)
    first = named[0]
    readings = _first_of([partial(_on_days, days, said.time, place) for days in named])
    return _with_unsaid(readings, [_moved(first, other) for other in first.others], said.time, place)


def _distinct(days: Sequence[Days]) -> list[Days]:
    """The same day said twice ("morgen, 24.11.") is one."""
    return list({(day.first, day.end, day.bound): day for day in reversed(days)}.values())[::-1]


def _with_unsaid(reading: When, others: Sequence[Days], time: TimeOfDay, place: _Place) -> When:
    """Add what may be meant as well, though it was not named."""
    unsaid: list[When] = []
    for days in others:
        with suppress(Doubt):
            unsaid.append(replace(_on_days(days, time, place), alternatives=(), said=False))
    return replace(reading, alternatives=(*reading.alternatives, *unsaid))


def _first_of(readers: Sequence[Callable[[], When]]) -> When:
    """The first reading that holds, the others as its alternatives.

    :raises Doubt: that of the first, if none holds; any that leaves open what is meant."""
    held: list[When] = []
    doubts: list[Doubt] = []
    for read in readers:
        try:
            held.append(read())
        except Doubt as doubt:
            if doubt.unclear.reason == "ambiguous":
                raise
            doubts.append(doubt)
    if not held:
        raise doubts[0]
    others = tuple(replace(when, alternatives=()) for when in held[1:])
    return replace(held[0], alternatives=held[0].alternatives + others)


def _from_now(ahead: timedelta, place: _Place) -> When:
    whole_minute = place.now.astimezone(UTC).replace(second=0, microsecond=0)
    return When((whole_minute + ahead).astimezone(place.now.tzinfo), None, "instant", "minute")


def _joined(days: Sequence[Days]) -> Sequence[Days]:
    """Days as they were named; "Montag bis Mittwoch" becomes one stretch."""
    if len(days) == 2 and days[1].bound == "until" and days[0].bound in {"", "from"}:
        return [replace(days[0], end=max(days[1].end, days[0].end), bound="", others=())]
    return days


def _moved(days: Days, first: date) -> Days:
    return replace(days, first=first, end=first + (days.end - days.first), others=())


def _without_day(said: Said, place: _Place) -> When:
    if place.on is not None and not said.soonest:
        reading = _on_days(one_day(place.on), said.time, place)
        return replace(reading, assumed=("day_of_talk", *reading.assumed))
    if said.time.only_part or (said.soonest and not said.time.exact):
        daily = _daily(Days(place.today, place.today), said.time, place) if said.time else None
        return When(place.now, None, "open_end", "minute", daily=daily)
    for days_ahead, name in ((0, "today"), (1, "tomorrow")):
        day = place.today + timedelta(days=days_ahead)
        try:
            reading = _on_days(Days(day, day + timedelta(days=1), said=False), said.time, place)
        except Doubt as doubt:
            if doubt.unclear.reason != "past" or days_ahead:
                raise
            continue
        return replace(reading, assumed=(name, *reading.assumed))
    raise Doubt("no_time_said", _NOTHING)


def _on_days(days: Days, time: TimeOfDay, place: _Place) -> When:
    if not time:
        return _days_only(days, place)
    if time.exact and days.end - days.first == timedelta(days=1):
        return _bounded_by(days.bound, _exact(days, time, place), place)
    return _range(days, time, place)


def _days_only(days: Days, place: _Place) -> When:
    start, end = place.at(days.first, 0), place.at(days.end, 0)
    if end <= place.now:
        raise Doubt("past", _PAST)
    if days.bound in {"from", "after"}:
        return When(
            end if days.bound == "after" else start, None, "open_end", days.grain, assumed=days.assumed
        )
    if days.bound in {"until", "before"}:
        last = start if days.bound == "before" else end
        return _ahead_of_now(When(place.now, last, "open_start", days.grain, assumed=days.assumed), place)
    return When(start, end, "interval", days.grain, assumed=days.assumed)


def _ahead_of_now(when: When, place: _Place) -> When:
    if when.end is not None and when.end <= place.now:
        raise Doubt("past", _PAST)
    return when


def _exact(days: Days, time: TimeOfDay, place: _Place) -> When:
    return _first_of([partial(_instant, days, clock, time.part, place) for clock in time.exact])


def _bounded_by(bound: Bound, at: When, place: _Place) -> When:
    """In "ab Montag 15 Uhr" the bound stands before the day, but it is the time that limits the wish."""
    if bound in {"from", "after"}:
        return replace(at, kind="open_end", alternatives=())
    if bound in {"until", "before"}:
        return replace(at, start=place.now, end=at.start, kind="open_start", alternatives=())
    return at


def _instant(days: Days, clock: Clock, part: Span | None, place: _Place) -> When:
    gone = place.minutes_gone(days.first)
    # Only for a named day does "um acht" become the evening because the morning is over.
    at_least = gone if days.said else -1
    minute, other = resolve(clock, spans=place.spans(days.first), part=part, at_least=at_least)
    start = _real_time(days.first, minute, place)
    if start < place.now.replace(second=0, microsecond=0):
        raise Doubt("past", _PAST)
    alternatives: tuple[When, ...] = ()
    if other is not None and part is None and other > gone and _exists(place.at(days.first, other)):
        alternatives = (When(place.at(days.first, other), None, "instant", "minute", said=False),)
    half = ("afternoon",) if clock.vague and part is None and minute > 720 else ()
    return When(start, None, "instant", "minute", assumed=days.assumed + half, alternatives=alternatives)


def _real_time(day: date, minute: int, place: _Place) -> datetime:
    at = place.at(day, minute)
    if not _exists(at):
        raise Doubt("dst_gap", _GAP)
    return at


def _exists(at: datetime) -> bool:
    return at.astimezone(UTC).astimezone(at.tzinfo).replace(tzinfo=None) == at.replace(tzinfo=None)


def _range(days: Days, time: TimeOfDay, place: _Place) -> When:
    """A stretch of each day: a part of day, or what lies between the times that were said."""
    daily = _daily(days, time, place)
    grain: Grain = "part_of_day" if time.only_part else "hour"
    several = days.end - days.first > timedelta(days=1)
    start, end = place.at(days.first, daily.opens), place.at(days.end - timedelta(days=1), daily.closes)
    if days.bound in {"from", "after"}:
        start = start if days.bound == "from" else place.at(days.end, daily.opens)
        return When(start, None, "open_end", days.grain, daily=daily, assumed=days.assumed)
    if days.bound in {"until", "before"}:
        last = end if days.bound == "until" else place.at(days.first, 0)
        return _ahead_of_now(
            When(place.now, last, "open_start", days.grain, daily=daily, assumed=days.assumed), place
        )
    when = When(start, end, "interval", days.grain if several else grain, daily=daily, assumed=days.assumed)
    return _ahead_of_now(when, place)


def _daily(days: Days, time: TimeOfDay, place: _Place) -> Span:
    spans = place.spans(days.first)
    if time.exact:
        minute = min(resolve(time.exact[0], spans=spans, part=time.part)[0], DAY_END - 1)
        return Span(minute, minute + 1)
    part = time.part or Span(0, DAY_END)
    if time.first is None and time.last is None:
        return part
    opens = min(part.opens, DAY_END - 2)
    if time.first:
        opens = min(resolve(time.first, spans=spans, part=time.part)[0], DAY_END - 1)
    closes = _end_after(opens, time.last, time.part, spans) if time.last else part.closes
    return Span(opens, closes) if opens < closes else Span(opens, DAY_END)


def _end_after(opens: int, last: Clock, part: Span | None, spans: Sequence[Span]) -> int:
    """The end of a range: a vague hour is the next such one after its begin ("von neun bis drei")."""
    if opens == 0 or not last.vague:
        return resolve(last, spans=spans, part=part)[0]
    return min((m for m in (last.minute % 720, last.minute % 720 + 720) if m > opens), default=DAY_END)
