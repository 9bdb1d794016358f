"""What was said, clause by clause: days and times that are wanted, corrected or refused, not yet placed in time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from zusage.core.scheduling.masters import Span
from zusage.language.german._items import (
    Between,
    Bound,
    Clock,
    ClockRange,
    Days,
    Doubt,
    Moment,
    Number,
    Part,
    Placed,
    Talk,
    Word,
    half_of,
    plus,
)
from zusage.language.german._narrow import check_weekday, narrowed
from zusage.language.german._ranges import Limit, as_clock, word_kind
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
    past: bool = False
    listed: bool = False
    left: bool = False

    def __bool__(self) -> bool:
        return bool(self.days or self.time or self.whole or self.past)

    @property
    def whole(self) -> bool:
        """Whether it needs no day from elsewhere ("in zwei Stunden", "so bald wie möglich")."""
        return self.moment is not None or self.soonest


@dataclass(frozen=True, slots=True)
class Heard:
    """All that a text says of time. `doubtful`: a word of it may be a day and was not understood."""

    wishes: tuple[Said, ...]
    refused: tuple[Said, ...]
    duration_min: int | None = None
    workdays: bool = False
    doubtful: bool = False
    relative: bool = False


def hear(placed: Sequence[Placed], talk: Talk, *, alone: bool) -> Heard:
    """Read what somebody wishes; several wishes are several named ones, in the order of talk.

    `alone`: nothing but these items was said, so that a bare number is a time.

    :raises Doubt: it is open what is refused or which of two times is wished, or a weekday contradicts its date."""
    wanted: list[Said] = []
    refused: list[Said] = []
    parts = _corrections(placed)
    for at, part in enumerate(parts):
        clause, refusals = _clause(part, talk, last=at == len(parts) - 1)
        number_alone = bool(wanted or refused) and all(isinstance(one.item, Number | Word) for one in clause)
        after = [said for said in _choices(clause, talk, alone=alone or number_alone) if said]
        wanted = _corrected(wanted, after, talk)
        refused += [said for pieces in refusals if (said := _read(pieces, talk))]
    items = [one.item for one in placed]
    words = {item.kind for item in items if isinstance(item, Word)}
    durations = [
        item.value for item in items if isinstance(item, Word) and item.kind == "duration" and item.value
    ]
    day_said = any(said.days for said in wanted)
    doubtful = (
        "junk" in words
        or ("every_day" in words and not refused)
        or ("daylike" in words and not day_said)
        or any(said.left for said in wanted)
    )
    return Heard(
        tuple(_beside_refused(said, refused) for said in wanted),
        tuple(refused),
        sum(value for value in durations if isinstance(value, int)) or None,
        "workdays" in words,
        doubtful,
        "relative" in words,
    )


def _split(placed: Iterable[Placed], *kinds: str) -> list[list[Placed]]:
    parts: list[list[Placed]] = [[]]
    for one in placed:
        if word_kind(one) in kinds:
            parts.append([])
        else:
            parts[-1].append(one)
    return parts


def _corrections(placed: Sequence[Placed]) -> list[list[Placed]]:
    """Cut where something is taken back: at "nein", at "auf" where something is moved, and at a hesitation between two
    things of one kind ("um drei, äh, um vier")."""
    moves = any(word_kind(one) == "move" for one in placed)
    parts: list[list[Placed]] = [[]]
    for at, one in enumerate(placed):
        kind = word_kind(one)
        again = kind == "hesitation" and bool(_says(parts[-1]) & _says(_until_pause(placed[at + 1 :])))
        onto = kind == "onto" and moves and bool(_says(parts[-1]))
        weak = kind == "fix" and isinstance(one.item, Word) and one.item.value == "weak"
        if (kind == "fix" and not weak) or again or onto:
            parts.append([])
        elif kind not in {"hesitation", "onto", "move", "fix"}:
            parts[-1].append(one)
    return parts


def _until_pause(placed: Sequence[Placed]) -> list[Placed]:
    """What follows up to the next word that cuts; a comma right at the begin is passed over."""
    found: list[Placed] = []
    for one in placed:
        kind = word_kind(one)
        if kind in {"fix", "hesitation", "stop"} or (kind == "comma" and found):
            break
        if kind != "comma":
            found.append(one)
    return found


def _says(placed: Sequence[Placed]) -> frozenset[str]:
    """Which kinds of time some items name."""
    kinds: set[str] = set()
    for one in placed:
        item = one.item
        if isinstance(item, Days | Moment | Between):
            kinds.add("day")
        elif isinstance(item, Number):
            kinds.add("day" if item.ordinal or item.near == "day" else "clock")
        elif not isinstance(item, Word):
            kinds.add("clock")
    return frozenset(kinds)


def _clause(part: list[Placed], talk: Talk, *, last: bool) -> tuple[list[Placed], list[list[Placed]]]:
    """Sort one clause. A pause ends a refusal, unless the word that takes it back ("sondern") is still to come."""
    del talk
    if not any(word_kind(one) == "no" for one in part):
        return part, []
    wanted: list[Placed] = []
    refused: list[list[Placed]] = []
    for piece in _pieces(part):
        at = next((n for n, one in enumerate(piece) if word_kind(one) == "no"), None)
        if at is None:
            if refused and not last and not wanted and _says(piece) <= {"clock"}:
                refused[-1] += piece
            else:
                wanted += piece
            continue
        wishes, refusals = _sorted(piece, at, wanted)
        wanted = wishes
        refused += [one for one in refusals if _says(one)]
    return wanted, refused


def _pieces(part: Sequence[Placed]) -> list[list[Placed]]:
    """Cut at pauses; a comma between things of one kind is a list, and no pause ("außer Montag, Dienstag")."""
    return _split(part, "comma", "stop")


def _sorted(piece: list[Placed], at: int, wanted: list[Placed]) -> tuple[list[Placed], list[list[Placed]]]:
    """What is wished and what is refused around the word at `at`; `wanted` is what was wished before this piece."""
    word = piece[at].item
    how = word.value if isinstance(word, Word) else None
    before, after = piece[:at], [one for one in piece[at + 1 :] if word_kind(one) != "no"]
    if how in {"instead", "without"}:
        refusal, rest = _first_group(after, one_kind=how == "without")
        return [*wanted, *before, *rest], [refusal]
    if how == "behind" or not _says(after):
        if _says(before):
            return [*wanted, *after], [before]
        return [*after], [wanted] if _says(wanted) else []
    if _says(before) & _says(after):
        raise Doubt("ambiguous")
    return [*wanted, *before], [after]


def _first_group(placed: Sequence[Placed], *, one_kind: bool) -> tuple[list[Placed], list[Placed]]:
    """The first day with its time (`one_kind`: or only the day), or the first list of days; and what follows."""
    group: list[Placed] = []
    seen: set[str] = set()
    for at, one in enumerate(placed):
        kinds = _says([one])
        listed = at > 0 and word_kind(placed[at - 1]) in {"and", "or"}
        if (kinds & seen and not listed) or (one_kind and kinds - seen and seen):
            return group, list(placed[at:])
        seen |= kinds
        group.append(one)
    return group, []


def _choices(placed: list[Placed], talk: Talk, *, alone: bool) -> list[Said]:
    """What each side of every "oder" says; a side takes the day or the time it lacks from its neighbour."""
    sides = [_read(side, talk, alone=alone) for side in _sides(placed)]
    if len(sides) == 1:
        return sides
    sides = _in_context(sides, talk)
    days = [said.days for said in sides if said.days]
    times = [said.time for said in sides if said.time]
    if len(days) <= 1 and len(times) > 1 and all(time.only_part for time in times):
        return [_read([one for one in placed if word_kind(one) != "or"], talk, alone=alone)]
    return _filled([said for said in sides if said]) or sides


def _sides(placed: Sequence[Placed]) -> list[list[Placed]]:
    """Cut at "oder", and at an "und" or comma between things of one kind."""
    has_or = any(word_kind(one) in {"or", "and"} for one in placed)
    sides: list[list[Placed]] = [[]]
    for at, one in enumerate(placed):
        kind = word_kind(one)
        if has_or and sides[-1] and _two_dates(sides[-1][-1], one):
            sides.append([one])
            continue
        if kind == "or" or (kind in {"and", "comma"} and _lists(placed, at, has_or=has_or)):
            sides.append([])
        else:
            sides[-1].append(one)
    return [side for side in sides if side] or [[]]


def _two_dates(left: Placed, right: Placed) -> bool:
    """Whether two different dates stand side by side with nothing between ("24.11., 26.11. oder 30.11." in words)."""
    one, other = left.item, right.item
    if not (isinstance(one, Days) and isinstance(other, Days)):
        return False
    return one.kind == other.kind == "date" and one.single and other.single and one.first != other.first


def _lists(placed: Sequence[Placed], at: int, *, has_or: bool) -> bool:
    """Whether the "und" or comma at a place stands between two things that exclude each other."""
    if not 0 < at < len(placed) - 1:
        return False
    left, right = placed[at - 1].item, placed[at + 1].item
    if isinstance(left, Days) and isinstance(right, Days):
        comma = word_kind(placed[at]) == "comma"
        alike = left.kind == right.kind and left.single == right.single
        return alike and (not comma or has_or or left.kind == "weekday") and left.first != right.first
    if isinstance(left, Part) or isinstance(right, Part):
        return False
    if word_kind(placed[at]) == "comma" and not has_or:
        return False
    return as_clock(left) is not None and as_clock(right) is not None


def _in_context(sides: list[Said], talk: Talk) -> list[Said]:
    """Read a bare weekday within the week its neighbour names ("nächste Woche Dienstag oder Mittwoch")."""
    weeks = [day.within for said in sides for day in said.days if day.within]
    if not weeks:
        return sides
    week = weeks[0]
    span = Days(week[0], week[1], "week", "span")
    return [
        replace(said, days=tuple(narrowed([span, *said.days], talk)))
        if any(day.bare for day in said.days)
        else said
        for said in sides
    ]


def _filled(sides: Sequence[Said]) -> list[Said]:
    filled: list[Said] = []
    for at, said in enumerate(sides):
        around = (*reversed(filled), *sides[at + 1 :])
        days = said.days or next((other.days for other in around if other.days), ())
        later = (*sides[at + 1 :], *reversed(filled))
        time = said.time or next((other.time for other in later if other.time), TimeOfDay())
        filled.append(said if said.whole else replace(said, days=days, time=time))
    return list({(said.days, said.time, said.moment): said for said in reversed(filled)}.values())[::-1]


def _corrected(before: Sequence[Said], after: Sequence[Said], talk: Talk) -> list[Said]:
    if not before or not after:
        return [*(after or before)]
    first = before[0]
    return [
        said
        if said.moment is not None
        else replace(
            said,
            days=_days_after(first.days, said.days, talk),
            time=_time_after(first.time, said.time),
            moment=first.moment if not said.days and not said.time else None,
            soonest=said.soonest or (first.soonest and not said.days),
        )
        for said in after
    ]


def _time_after(before: TimeOfDay, after: TimeOfDay) -> TimeOfDay:
    """The later time; two open ends that meet are one stretch ("ab drei, aber nicht nach sechs")."""
    if before.first and not before.last and after.last and not after.first:
        return replace(after, first=before.first, first_bound=before.first_bound)
    if before.only_part and after and not after.part and any(clock.vague for clock in after.exact):
        return replace(after, part=before.part)
    return after or before


def _days_after(before: tuple[Days, ...], after: tuple[Days, ...], talk: Talk) -> tuple[Days, ...]:
    """The later days, read within the week or month that was named before ("nächste Woche, lieber Dienstag")."""
    if not any(day.bare or day.assumed == ("month",) for day in after):
        return after or before
    spans = [days for days in before if days.grain in {"week", "month"} and days.kind == "span"]
    weeks = [Days(*day.within, "week", "span") for day in before if day.within]
    return tuple(narrowed([*(spans or weeks[:1]), *after], talk))


def _beside_refused(said: Said, refused: Sequence[Said]) -> Said:
    """Take the day of a refused moment for a time without one ("um zehn geht nicht, lieber um elf").

    :raises Doubt: only the day was refused, or the wish lies on it again."""
    if not said.whole and not said.days and any(no.days for no in refused):
        last = next(no for no in reversed(refused) if no.days)
        if last.time:
            return replace(said, days=last.days)
        if last.days[0].single and not last.days[0].weekly:
            raise Doubt("ambiguous", "when.which_day")
    return replace(said, days=tuple(_outside(day, refused) for day in said.days))


def _outside(wish: Days, refused: Sequence[Said]) -> Days:
    """A weekday that lies in a refused week is that of the next one; on a refused day, its other reading.

    :raises Doubt: the wish lies on a refused day."""
    for no in refused:
        for day in () if no.time else no.days:
            if not (day.first <= wish.first and wish.end <= day.end):
                continue
            other = next((other for other in wish.others if other[0] >= day.end), None)
            if wish.bare and not day.single:
                other = (plus(wish.first, 7), plus(wish.end, 7))
            if other is None:
                raise Doubt("ambiguous", "when.which_day")
            return wish.moved_to(*other)
    return wish


def _read(placed: Sequence[Placed], talk: Talk, *, alone: bool = False) -> Said:
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
        "past" in words,
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
        if number.value >= 1900:
            left = left or not any(day.first.year == number.value for day in days)
            continue
        dated = any(day.kind in {"date", "of_month"} and day.single for day in (*days, *more_days))
        as_day = number.ordinal or (number.near == "day" and 1 <= number.value <= 31)
        weekday = any(day.kind in {"weekday", "span"} for day in days)
        if as_day and not dated and (number.near == "day" or weekday or clocks or alone):
            more_days.append(of_month(talk, number.value))
        elif (
            not clocks
            and not more_clocks
            and (days or alone or number.near == "time")
            and (clock := _hour(number))
        ):
            more_clocks.append(clock)
        else:
            left = True
    return more_days, more_clocks, left


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
    kept = [c for c in clocks if not (c.vague and sharp & {c.minute, (c.minute + 720) % 1440})]
    return tuple(dict.fromkeys(kept))
