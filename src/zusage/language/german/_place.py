"""What was said, placed in time: from days and minutes of the day to instants in the zone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

from zusage.core.scheduling.masters import Span
from zusage.language.german._calendar import monday_of
from zusage.language.german._hours import hours_of, resolve
from zusage.language.german._items import (
    DAY_END,
    NOON,
    ONE_DAY,
    Between,
    Bound,
    Clock,
    Days,
    Doubt,
    Moment,
    Talk,
    at_minute,
    one_day,
    plus,
)
from zusage.language.german._read_date import YEARS_AHEAD
from zusage.language.german._said import Said, TimeOfDay
from zusage.language.reading import Grain, When

_WEEKEND_BEGINS = 18


_BESIDE_PART = 120
"""Minutes: "vormittags um 8" and "abends um 22 Uhr" are still meant so."""


def placed_in_time(said: Said, talk: Talk) -> When:
    """The constraint that somebody has named.

    :raises Doubt: it is past, does not exist, or leaves open which time it is."""
    if said.moment is not None:
        return _beside_moment(said, said.moment, talk)
    named = _distinct(said.days)
    _check_count(said, len(named), talk)
    if not named:
        when = _without_day(said, talk)
    else:
        readings = first_of([partial(_on_days, days, said.time, talk) for days in named])
        when = _with_unsaid(readings, named[0], said.time, talk)
    return _marked(when, said, named)


def _marked(when: When, said: Said, named: Sequence[Days]) -> When:
    loose = any(clock.loose for clock in said.time.exact)
    weekly = bool(named) and named[0].weekly
    if not (loose or weekly or said.soonest):
        return when
    return replace(when, approximate=loose, weekly=weekly, soonest=said.soonest)


def _check_count(said: Said, days: int, talk: Talk) -> None:
    """:raises Doubt: two days or two times stand side by side, and nothing says that both are meant."""
    clocks = len(said.time.exact)
    if max(days, clocks) > 1 and (min(days, clocks) > 1 or not said.listed):
        raise Doubt("ambiguous")
    part = said.time.part
    for clock in said.time.exact:
        if (
            part
            and not clock.vague
            and not part.opens - _BESIDE_PART <= clock.minute <= part.closes + _BESIDE_PART
        ):
            early_or_late = part == talk.policies.night or clock.minute in {0, DAY_END}
            if not early_or_late:
                raise Doubt("ambiguous")


def _distinct(days: Sequence[Days]) -> list[Days]:
    """The same day said twice ("morgen, 24.11.") is one."""
    return list({(day.first, day.end, day.bound): day for day in reversed(days)}.values())[::-1]


def _with_unsaid(reading: When, first: Days, time: TimeOfDay, talk: Talk) -> When:
    """Add what may be meant as well, though it was not named."""
    unsaid: list[When] = []
    for begin, end in first.others:
        with suppress(Doubt):
            unsaid.append(replace(_on_days(first.moved_to(begin, end), time, talk), alternatives=()))
    return replace(reading, alternatives=(*reading.alternatives, *unsaid)) if unsaid else reading


def first_of(readers: Sequence[Callable[[], When]]) -> When:
    """The first reading that holds, the others as further wishes.

    :raises Doubt: that of the first, if none holds; any that leaves open what is meant."""
    if len(readers) == 1:
        return readers[0]()
    held: list[When] = []
    doubts: list[Doubt] = []
    for read in readers:
        try:
            held.append(read())
        except Doubt as doubt:
            if doubt.reason == "ambiguous":
                raise
            doubts.append(doubt)
    if not held:
        raise doubts[0]
    others = tuple(
        replace(one, alternatives=(), wishes=()) for when in held[1:] for one in (when, *when.wishes)
    )
    return replace(held[0], wishes=held[0].wishes + others)


def _minutes_gone(day: date, talk: Talk) -> int:
    """The last minute of that day that has passed; -1 when the whole day lies ahead."""
    return talk.now.hour * 60 + talk.now.minute if day == talk.today else -1


def _checked(when: When, talk: Talk) -> When:
    """:raises Doubt: all of it has passed."""
    over = when.end is not None and when.end <= talk.now
    if over and talk.policies.past == "ask":
        raise Doubt("past", alternatives=(when,))
    return when


def _beside_moment(said: Said, moment: Moment | Between, talk: Talk) -> When:
    if isinstance(moment, Between):
        when = When(moment.start, moment.end, "interval", "hour")
        return replace(when, daily=_daily_between(moment))
    if said.days and not _same_day(said.days, moment):
        return _beside_other_day(said, moment, talk)
    if said.time and moment.kind == "instant":
        return placed_in_time(replace(said, moment=None, days=(one_day(moment.at.date()),)), talk)
    if said.time:
        return placed_in_time(replace(said, moment=None), talk)
    return _of_moment(moment, talk)


def _same_day(days: Sequence[Days], moment: Moment) -> bool:
    return any(day.first <= moment.at.date() < day.end for day in days)


def _beside_other_day(said: Said, moment: Moment, talk: Talk) -> When:
    """ "eine Woche später am Dienstag" is the Tuesday of that week; "später" beside another day says nothing."""
    day = said.days[0]
    if moment.kind == "instant" and day.bare:
        day = one_day(plus(monday_of(moment.at.date()), day.first.weekday()))
    elif moment.kind == "instant":
        raise Doubt("ambiguous")
    return placed_in_time(replace(said, moment=None, days=(day,)), talk)


def _of_moment(moment: Moment, talk: Talk) -> When:
    at = moment.at
    if moment.kind == "instant":
        if at < talk.now.replace(second=0, microsecond=0) and talk.policies.past == "ask":
            raise Doubt("past")
        return When(at, None, "instant", "minute")
    day = at.date()
    if moment.kind == "open_end":
        limit = at_minute(day, DAY_END, talk) if talk.anchor else None
        return When(at, None, "open_end", "minute", limit=limit)
    start = max(talk.now, at_minute(day, 0, talk))
    if start >= at:
        raise Doubt("past")
    return When(start, at, "open_start", "minute")


def _daily_between(between: Between) -> Span | None:
    """The hours of a stretch within one day."""
    if between.start.date() != between.end.date():
        return None
    opens, closes = (at.hour * 60 + at.minute for at in (between.start, between.end))
    return Span(opens, closes) if opens < closes else None


def _without_day(said: Said, talk: Talk) -> When:
    if talk.on is not None and not said.soonest:
        reading = _on_days(one_day(talk.on), said.time, talk)
        return replace(reading, assumed=("day_of_talk", *reading.assumed))
    if said.soonest and not said.time.exact:
        daily = hours_of(one_day(talk.today), said.time, talk) if said.time else None
        return When(talk.now, None, "open_end", "minute", daily=daily)
    try:
        return _on_unsaid_day(talk.today, "today", said.time, talk)
    except Doubt as doubt:
        if doubt.reason != "past":
            raise
    return _on_unsaid_day(plus(talk.today, 1), "tomorrow", said.time, talk)


def _on_unsaid_day(day: date, name: str, time: TimeOfDay, talk: Talk) -> When:
    reading = _on_days(one_day(day, said=False), time, talk)
    return replace(reading, assumed=(name, *reading.assumed))


def _on_days(days: Days, time: TimeOfDay, talk: Talk) -> When:
    if not time:
        return _days_only(days, talk)
    if time.exact and days.single:
        return _bounded_by(days.bound, _exact(days, time, talk), talk)
    return _range(days, time, talk)


def _start_of(days: Days, talk: Talk) -> datetime:
    """The begin of a stretch; the weekend may begin on Friday evening."""
    if days.from_now:
        return talk.now
    evening = days.grain == "weekend" and days.first.weekday() == 4
    return at_minute(days.first, _WEEKEND_BEGINS * 60 if evening else 0, talk)


def _days_only(days: Days, talk: Talk) -> When:
    if days.first.year - talk.today.year > YEARS_AHEAD:
        raise Doubt("too_far")
    start, end = _start_of(days, talk), at_minute(days.end, 0, talk)
    grain, assumed = days.grain, days.assumed
    if days.bound in {"from", "after"}:
        if days.bound == "after":
            start = at_minute(days.edges[1], 0, talk) if days.edges else end
        when = When(start, None, "open_end", grain, assumed=assumed)
        if end <= talk.now and talk.policies.past == "ask":
            raise Doubt("past", alternatives=(when,))
        return when
    if days.bound in {"until", "before"}:
        last = end if days.bound == "until" else at_minute((days.edges or (days.first,))[0], 0, talk)
        return _checked(When(_begin_before(last, talk), last, "open_start", grain, assumed=assumed), talk)
    return _checked(When(start, end, "interval", grain, assumed=assumed), talk)


def _begin_before(end: datetime, talk: Talk) -> datetime:
    """Where an open start begins: now, or with its last day if that has passed."""
    return talk.now if talk.now < end else at_minute((end - timedelta(minutes=1)).date(), 0, talk)


def _exact(days: Days, time: TimeOfDay, talk: Talk) -> When:
    return first_of([partial(_instant, days, clock, time.part, talk) for clock in time.exact])


def _bounded_by(bound: Bound, at: When, talk: Talk) -> When:
    """In "ab Montag 15 Uhr" the bound stands before the day, but it is the time that limits the wish."""
    if bound in {"from", "after"}:
        return replace(at, kind="open_end", alternatives=())
    if bound in {"until", "before"}:
        begin = _begin_before(at.start, talk)
        return replace(at, start=begin, end=at.start, kind="open_start", alternatives=())
    return at


def _instant(days: Days, clock: Clock, part: Span | None, talk: Talk) -> When:
    gone = _minutes_gone(days.first, talk)
    # Only for a named day does "um acht" become the evening because the morning is over.
    at_least = gone if days.said else -1
    minute, other = resolve(clock, days.first, talk, part=part, at_least=at_least)
    if part is not None and clock.vague:
        _check_part(minute, part, talk)
    start = _real_time(days.first, minute, talk)
    if part == talk.policies.night and minute < NOON and start < talk.now and days.first == talk.today:
        start = _real_time(days.end, minute, talk)
    vague = clock.vague and part is None
    half = ("afternoon",) if vague and minute > NOON else ()
    when = When(start, None, "instant", "minute", assumed=days.assumed + half)
    if start < talk.now.replace(second=0, microsecond=0) and talk.policies.past == "ask":
        raise Doubt("past", alternatives=(when,))
    if other is None or part is not None or other <= gone or not _exists(at_minute(days.first, other, talk)):
        return when
    unsaid = When(at_minute(days.first, other, talk), None, "instant", "minute", assumed=days.assumed)
    return replace(when, alternatives=(unsaid,))


def _check_part(minute: int, part: Span, talk: Talk) -> None:
    """:raises Doubt: the hour does not lie in the part of day that was said ("vormittags um drei")."""
    policies = talk.policies
    if part == policies.night:
        return
    opens = 0 if part == policies.morning else part.opens - _BESIDE_PART
    closes = DAY_END - 1 if part == policies.evening else part.closes + _BESIDE_PART // 2
    if not opens <= minute <= closes:
        raise Doubt("ambiguous")


def _real_time(day: date, minute: int, talk: Talk) -> datetime:
    """:raises Doubt: the clocks are put forward over that minute, or back so that it comes twice."""
    at = at_minute(day, minute, talk)
    if 60 <= minute <= 240:
        if not _exists(at):
            raise Doubt("dst_gap")
        if at.utcoffset() != at.replace(fold=1).utcoffset():
            both = (When(at.replace(fold=fold), None, "instant", "minute") for fold in (0, 1))
            raise Doubt("dst_twice", alternatives=tuple(both))
    return at


def _exists(at: datetime) -> bool:
    return at.astimezone(UTC).astimezone(at.tzinfo).replace(tzinfo=None) == at.replace(tzinfo=None)


def _range(days: Days, time: TimeOfDay, talk: Talk) -> When:
    """A stretch of each day: a part of day, or what lies between the times that were said."""
    daily = hours_of(days, time, talk)
    start, end = at_minute(days.first, daily.opens, talk), at_minute(days.end - ONE_DAY, daily.closes, talk)
    base = When(start, end, "interval", days.grain, daily=daily, assumed=days.assumed)
    if days.bound in {"from", "after"}:
        first = start if days.bound == "from" else at_minute(days.end, daily.opens, talk)
        return replace(base, start=first, end=None, kind="open_end")
    if days.bound in {"until", "before"}:
        last = end if days.bound == "until" else at_minute(days.first, 0, talk)
        return _checked(replace(base, start=_begin_before(last, talk), end=last, kind="open_start"), talk)
    if days.single and time.only_part and time.part == talk.policies.night:
        return _checked(_the_night_after(base, days, talk), talk)
    if not days.single:
        whole = replace(base, start=_start_of(days, talk), end=at_minute(days.end, 0, talk))
        return _checked(whole, talk)
    return _within_day(_checked(replace(base, grain=_grain_of(time)), talk), end, days, time, talk)


def _the_night_after(when: When, days: Days, talk: Talk) -> When:
    """ "heute Nacht" ends on the next morning, and begins with the end of the evening, unless the policy says when."""
    policies = talk.policies
    if policies.night.opens >= NOON:
        return when
    begins = at_minute(days.first, policies.evening.closes, talk)
    if policies.night.opens:
        begins = at_minute(days.end, policies.night.opens, talk)
    ends = at_minute(days.end, policies.night.closes, talk)
    return replace(when, start=begins, end=ends, grain="part_of_day", daily=None)


def _within_day(when: When, end: datetime, days: Days, time: TimeOfDay, talk: Talk) -> When:
    """A stretch of a single day, which may be open on one side, or go on into the night."""
    if time.first and not time.last:
        return replace(when, end=None, kind="open_end", limit=at_minute(days.end, 0, talk))
    if time.last and not time.first:
        begin = _begin_before(end, talk) if days.first == talk.today else when.start
        return replace(when, start=begin, kind="open_start")
    closes_at_midnight = end == at_minute(days.end, 0, talk)
    if time.first and time.last and not time.first_bound and closes_at_midnight:
        return _overnight(when, time.last, days, talk)
    return when


def _overnight(when: When, last: Clock, days: Days, talk: Talk) -> When:
    """ "von 22 Uhr bis 2 Uhr" ends on the next day."""
    if last.minute in {0, DAY_END}:
        return when
    return replace(when, end=at_minute(days.end, last.minute, talk), daily=None)


def _grain_of(time: TimeOfDay) -> Grain:
    return "part_of_day" if time.only_part else "hour"
