"""What somebody wishes: several wishes, what a correction changes, and what refusals leave over; not yet placed in time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from zusage.language.german._clauses import corrections, sort_clause
from zusage.language.german._items import (
    NOON,
    Clock,
    ClockRange,
    Days,
    Doubt,
    Number,
    Part,
    Placed,
    Talk,
    Word,
    plus,
)
from zusage.language.german._narrow import narrowed
from zusage.language.german._ranges import as_clock, word_kind
from zusage.language.german._said import Said, TimeOfDay, read_said


@dataclass(frozen=True, slots=True)
class Heard:
    """All that a text says of time. `doubtful`: a word of it may be a day and was not understood."""

    wishes: tuple[Said, ...]
    refused: tuple[Said, ...]
    duration_min: int | None = None
    workdays: bool = False
    doubtful: bool = False
    relative: bool = False
    whatever: bool = False


def hear(placed: Sequence[Placed], talk: Talk, *, alone: bool) -> Heard:
    """Read what somebody wishes; several wishes are several named ones, in the order of talk.

    `alone`: nothing but these items was said, so that a bare number is a time.

    :raises Doubt: it is open what is refused or which of two times is wished, or a weekday contradicts its date."""
    wanted: list[Said] = []
    refused: list[Said] = []
    asked: list[Said] = []
    parts = corrections(placed)
    for at, part in enumerate(parts):
        clause, refusals = sort_clause(part, last=at == len(parts) - 1)
        number_alone = bool(wanted or refused) and all(isinstance(one.item, Number | Word) for one in clause)
        after = [said for said in _choices(clause, talk, alone=alone or number_alone) if said]
        if not clause and not refusals and any(word_kind(one) == "no" for one in part):
            # "nein, da kann ich nicht": all that was wished so far.
            refused, wanted = [*refused, *wanted], []
        read = [(pieces, said) for pieces in refusals if (said := read_said(pieces, talk))]
        asked += [said for pieces, said in read if not wanted and not _stands_behind(pieces, clause, after)]
        refused += [said for _, said in read]
        wanted = _corrected(wanted, after, talk)
    words = {word_kind(one) for one in placed}
    return Heard(
        tuple(_beside_refused(said, refused, asked) for said in wanted),
        tuple(refused),
        _duration(placed),
        "workdays" in words,
        _is_doubtful(words, wanted, refused),
        "relative" in words,
        "whatever" in words,
    )


def _duration(placed: Sequence[Placed]) -> int | None:
    words = [one.item for one in placed if isinstance(one.item, Word) and one.item.kind == "duration"]
    return sum(word.value for word in words if isinstance(word.value, int)) or None


def _is_doubtful(words: Collection[str], wanted: Sequence[Said], refused: Sequence[Said]) -> bool:
    """Whether something was said that may be a day or a time, and was not understood."""
    return (
        "junk" in words
        or ("every_day" in words and not refused)
        or ("daylike" in words and not any(said.days for said in wanted))
        or any(said.left for said in wanted)
    )


def _choices(placed: list[Placed], talk: Talk, *, alone: bool) -> list[Said]:
    """What each side of every "oder" says; a side takes the day or the time it lacks from its neighbour."""
    sides = [read_said(side, talk, alone=alone) for side in _sides(placed)]
    if len(sides) == 1:
        return sides
    first, second = sides[0], sides[1]
    if len(sides) == 2 and first.time and not first.days and second.days and not second.time:
        return sides
    sides = _in_context(sides, talk)
    days = [said.days for said in sides if said.days]
    times = [said.time for said in sides if said.time]
    if len(days) <= 1 and len(times) > 1 and all(time.only_part for time in times):
        return [read_said([one for one in placed if word_kind(one) != "or"], talk, alone=alone)]
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


def _lists(placed: Sequence[Placed], at: int, *, has_or: bool) -> bool:  # noqa: PLR0911 - one line a pair
    """Whether the "und" or comma at a place stands between two things that exclude each other."""
    if not 0 < at < len(placed) - 1:
        return False
    left, right = placed[at - 1].item, placed[at + 1].item
    if isinstance(left, Days) and isinstance(right, Days):
        comma = word_kind(placed[at]) == "comma"
        alike = left.kind == right.kind and left.single == right.single
        return alike and (not comma or has_or or left.kind == "weekday") and left.first != right.first
    if isinstance(right, Days) and word_kind(placed[at]) == "and" and not isinstance(left, Days):
        return any(isinstance(one.item, Days) for one in placed[:at])
    if isinstance(left, ClockRange) and isinstance(right, ClockRange):
        return True
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
    """Give each side the day it lacks from the one before it, else behind it; the time from behind it, else before it."""
    behind: list[tuple[tuple[Days, ...], TimeOfDay]] = [((), TimeOfDay())]
    for said in reversed(sides):
        days, time = behind[-1]
        behind.append((said.days or days, said.time or time))
    filled: list[Said] = []
    days, time = (), TimeOfDay()
    for side, (later_days, later_time) in zip(sides, reversed(behind[:-1]), strict=True):
        whole = replace(side, days=side.days or days or later_days, time=side.time or later_time or time)
        filled.append(side if side.whole else whole)
        days, time = filled[-1].days or days, filled[-1].time or time
    return list({(said.days, said.time, said.moment): said for said in reversed(filled)}.values())[::-1]


def _corrected(before: Sequence[Said], after: Sequence[Said], talk: Talk) -> list[Said]:
    if not before or not after:
        return [*(after or before)]
    if len(after) == 1 and after[0].time and not (after[0].days or after[0].moment):
        refined = after[0].time
        return [replace(said, time=_time_after(said.time, refined)) for said in before]
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
    later = (
        before.part is not None
        and after.first is not None
        and after.first.minute % NOON > before.part.opens % NOON
    )
    if later and before.part and before.only_part and not (after.last or after.part):
        return replace(after, last=Clock(before.part.closes), last_bound="until")
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


def _stands_behind(refusal: Sequence[Placed], clause: Sequence[Placed], wishes: Sequence[Said]) -> bool:
    """Whether something was refused after a wish of its clause was named: then it only narrows it."""
    return bool(wishes) and refusal[0].begin > clause[-1].begin


def _beside_refused(said: Said, refused: Sequence[Said], asked: Sequence[Said]) -> Said:
    """Take the day of a refused moment for a time without one ("um zehn geht nicht, lieber um elf"); `asked` are the
    refusals that came before the wish.

    :raises Doubt: only the day was refused, or the wish lies on it again."""
    if not said.whole and not said.days and any(no.days for no in asked):
        last = next(no for no in reversed(asked) if no.days)
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
