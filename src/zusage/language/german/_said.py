"""What one stretch of text says: its days, its time of day, and what the numbers in it mean beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from zusage.core.scheduling.masters import Span
from zusage.language.german._calendar import NAMED_YEARS
from zusage.language.german._items import (
    DAY_END,
    NOON,
    Between,
    Bound,
    Clock,
    ClockRange,
    Days,
    Limit,
    Moment,
    Number,
    Part,
    Placed,
    Talk,
    Word,
    half_of,
)
from zusage.language.german._narrow import check_weekday, narrowed
from zusage.language.german._ranges import as_clock, word_kind
from zusage.language.german._read_date import of_month


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """What was said of the time of day: exact times in order, a range (open where an end is None), and a part of day."""

    exact: tuple[Clock, ...] = ()
    first: Clock | None = None
    last: Clock | None = None
    part: Span | None = None
    first_bound: Bound = ""
    last_bound: Bound = ""

    def __bool__(self) -> bool:
        return bool(self.exact or self.first or self.last or self.part)

    @property
    def only_part(self) -> bool:
        return self.part is not None and not (self.exact or self.first or self.last)


@dataclass(frozen=True, slots=True)
class Said:
    """What one stretch of text says; empty parts may be filled from the text it corrects. `left`: a number in it was
    understood as nothing."""

    days: tuple[Days, ...] = ()
    time: TimeOfDay = field(default_factory=TimeOfDay)
    moment: Moment | Between | None = None
    soonest: bool = False
    listed: bool = False
    left: bool = False

    def __bool__(self) -> bool:
        return bool(self.days or self.time or self.whole)

    @property
    def whole(self) -> bool:
        """Whether it needs no day from elsewhere ("in zwei Stunden", "so bald wie möglich")."""
        return self.moment is not None or self.soonest


def read_said(placed: Sequence[Placed], talk: Talk, *, alone: bool = False) -> Said:
    items = [one.item for one in placed if not isinstance(one.item, Number)]
    words = {item.kind for item in items if isinstance(item, Word)}
    days = [item for item in items if isinstance(item, Days)]
    moments = [item for item in items if isinstance(item, Moment | Between)]
    clocks = [item for item in items if isinstance(item, Clock | ClockRange | Limit)]
    more_days, more_clocks, left = _numbers(placed, days, clocks, talk, alone=alone)
    parts = [item for item in items if isinstance(item, Part)]
    shades = [item.value for item in items if isinstance(item, Word) and item.kind == "shade"]
    if shades:
        parts = [replace(part, span=half_of(part.span, late=shades[0] == "late")) for part in parts]
    time = _time_of_day([*clocks, *more_clocks], parts)
    found = check_weekday(narrowed([*days, *more_days], talk), talk)
    if "weekly" in words:
        found = [replace(day, weekly=day.kind == "weekday") for day in found]
    return Said(
        tuple(found),
        time,
        moments[0] if moments else None,
        "soon" in words,
        any(word_kind(one) in {"and", "or"} for one in placed),
        left,
    )


def _numbers(
    placed: Sequence[Placed], days: Sequence[Days], clocks: Sequence[object], talk: Talk, *, alone: bool
) -> tuple[list[Days], list[Clock], bool]:
    """What the numbers that stand by themselves mean, from what is said beside them."""
    more_days: list[Days] = []
    more_clocks: list[Clock] = []
    left = False
    for one in placed:
        number = one.item
        if not isinstance(number, Number):
            continue
        timed = bool(clocks or more_clocks)
        if NAMED_YEARS.start <= number.value < talk.today.year:
            continue
        if number.value >= NAMED_YEARS.start:
            left = left or not any(day.first.year == number.value for day in days)
        elif _is_day(number, (*days, *more_days), sure=alone or bool(clocks)):
            more_days.append(of_month(talk, number.value))
        elif number.ordinal and any(day.single and day.first.day == number.value for day in days):
            continue
        elif (
            not number.ordinal
            and not timed
            and (days or alone or number.near == "time")
            and (clock := _hour(number))
        ):
            more_clocks.append(clock)
        else:
            left = True
    return more_days, more_clocks, left


def _is_day(number: Number, days: Sequence[Days], *, sure: bool) -> bool:
    """Whether a number is the day of a month; `sure`: what stands beside it leaves nothing else to be."""
    dated = any(day.kind in {"date", "of_month"} and day.single for day in days)
    if dated or not (number.ordinal or (number.near == "day" and 1 <= number.value <= 31)):
        return False
    return sure or number.near == "day" or any(day.kind in {"weekday", "span"} for day in days)


def _hour(number: Number) -> Clock | None:
    return as_clock(replace(number, ordinal=False, near="time")) if number.value <= 24 else None


def _time_of_day(clocks: Sequence[object], parts: Sequence[Part]) -> TimeOfDay:
    after_work = [part for part in parts if part.name == "after_work"]
    parts = [part for part in parts if part.name != "after_work"]
    spans = [part.span for part in parts]
    part = Span(min(s.opens for s in spans), max(s.closes for s in spans)) if spans else None
    exact = _distinct([clock for clock in clocks if isinstance(clock, Clock)])
    found = next((clock for clock in clocks if isinstance(clock, ClockRange)), None)
    if found:
        return TimeOfDay(first=found.first, last=found.last, part=part)
    limits = [clock for clock in clocks if isinstance(clock, Limit)]
    if after_work and not exact and not limits:
        limits = [Limit("from", Clock(after_work[0].span.opens))]
    if limits:
        return _limited(limits, part)
    return TimeOfDay(exact=exact, part=part)


def _limited(limits: Sequence[Limit], part: Span | None) -> TimeOfDay:
    first = next((limit for limit in limits if limit.bound in {"from", "after"}), None)
    last = next((limit for limit in limits if limit.bound in {"until", "before"}), None)
    return TimeOfDay(
        first=first.clock if first else None,
        last=last.clock if last else None,
        part=part,
        first_bound=first.bound if first else "",
        last_bound=last.bound if last else "",
    )


def _distinct(clocks: Sequence[Clock]) -> tuple[Clock, ...]:
    """The same time said twice ("um drei, 15:00") is one, as exact as it was said."""
    sharp = {clock.minute for clock in clocks if not clock.vague}
    kept = [c for c in clocks if not (c.vague and sharp & {c.minute, (c.minute + NOON) % DAY_END})]
    return tuple(dict.fromkeys(kept))
