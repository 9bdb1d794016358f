"""Items that belong together: "von … bis …", "zwischen … und …", the month two days share, and what a word limits."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal, cast

from zusage.language.german._calendar import months_later
from zusage.language.german._items import (
    LONGEST_RUN,
    NOON,
    ONE_DAY,
    Between,
    Bound,
    Clock,
    ClockRange,
    Days,
    Item,
    Limit,
    Number,
    Part,
    Placed,
    Talk,
    Word,
    at_minute,
    plus,
)
from zusage.language.german._kinds import WordKind, WordKinds
from zusage.language.german._narrow import check_weekday
from zusage.language.german._read_clock import make_clock
from zusage.language.german._read_date import of_month

_REACH = 6
"""Items: how far back a "zwischen" is looked for."""
_JOINTS: WordKinds = frozenset({"until", "dash"})
_LISTS: WordKinds = frozenset({"or", "and", "until", "dash", "comma"})


def joined(placed: Sequence[Placed], talk: Talk) -> list[Placed]:
    """Put together what one sign or word joins; what it leaves alone becomes an open end.

    :raises Doubt: in a stretch of dates, a weekday contradicts the date behind it."""
    apposed, weekdays = _apposed(placed)
    shared = _shared_months(apposed)
    for one in shared:
        _check_apposed(one, weekdays.get(one.begin), talk)
    return _limited(_ranges(shared, talk), talk)


def _apposed(placed: Sequence[Placed]) -> tuple[list[Placed], dict[int, Days]]:
    """Take out of a stretch of dates the weekdays before them, and the commas ("Montag, den 23., bis Mittwoch, den 25.").

    The weekdays come by the place of their dates."""
    weekdays: dict[int, Days] = {}
    if not any(word_kind(one) in _JOINTS or word_kind(one) == "between" for one in placed):
        return list(placed), weekdays
    kept: list[Placed] = []
    for at, one in enumerate(placed):
        behind = at + 2 if _kind_at(placed, at + 1) == "comma" else at + 1
        if (
            isinstance(one.item, Days)
            and one.item.bare
            and _is_dated(placed, behind)
            and _ranged(placed, behind)
        ):
            weekdays[placed[behind].begin] = one.item
        elif not (word_kind(one) == "comma" and _within_stretch(placed, at, weekdays)):
            kept.append(one)
    return kept, weekdays


def _check_apposed(date_said: Placed, weekday: Days | None, talk: Talk) -> None:
    item = date_said.item
    if weekday is None:
        return
    if isinstance(item, Number):
        item = of_month(talk, item.value)
    if isinstance(item, Days):
        check_weekday([weekday, item], talk)


def _kind_at(placed: Sequence[Placed], at: int) -> WordKind | Literal[""]:
    return word_kind(placed[at]) if 0 <= at < len(placed) else ""


def _is_dated(placed: Sequence[Placed], at: int) -> bool:
    """Whether a single date, or the day of one, stands at a place."""
    item = placed[at].item if 0 <= at < len(placed) else None
    if isinstance(item, Number):
        return item.ordinal or item.near == "day"
    return isinstance(item, Days) and item.kind == "date" and item.single and not item.relative


def _joins(placed: Sequence[Placed], at: int) -> bool:
    kind = _kind_at(placed, at)
    return kind in _JOINTS or (
        kind == "and" and any(word_kind(one) == "between" for one in placed[max(0, at - _REACH) : at])
    )


def _ranged(placed: Sequence[Placed], at: int) -> bool:
    """Whether the date at a place begins a stretch or ends one; a weekday and a comma may stand before it."""
    behind = at + 2 if _kind_at(placed, at + 1) == "comma" else at + 1
    return _joins(placed, behind) or any(_joins(placed, before) for before in range(max(at - 3, 0), at))


def _within_stretch(placed: Sequence[Placed], at: int, weekdays: Mapping[int, Days]) -> bool:
    """Whether the comma at a place stands behind a weekday that was taken out, or before the "bis" of two dates."""
    if at + 1 < len(placed) and placed[at + 1].begin in weekdays:
        return True
    last = at + 4 if _kind_at(placed, at + 3) == "comma" else at + 3
    dated = _is_dated(placed, at + 2) or _is_dated(placed, last)
    return _joins(placed, at + 1) and _is_dated(placed, at - 1) and dated


def word_kind(placed: Placed | None) -> WordKind | Literal[""]:
    """The kind of a joining word; "" for anything else."""
    return placed.item.kind if placed and isinstance(placed.item, Word) else ""


def _shared_months(placed: list[Placed]) -> list[Placed]:
    """ "am 5. oder 6. Januar": the number before takes the month that stands behind."""
    for at in range(len(placed) - 3, -1, -1):
        left, joint, right = placed[at].item, word_kind(placed[at + 1]), placed[at + 2].item
        if not isinstance(left, Number) or joint not in _LISTS or not isinstance(right, Days):
            continue
        range_joint = joint in _JOINTS or _between_before(placed, at)
        if (
            right.kind != "date"
            or not right.single
            or right.relative
            or not _is_day(left, range_joint=range_joint)
        ):
            continue
        shared = _in_month_of(right, left.value, earlier=range_joint)
        if shared:
            placed[at] = replace(placed[at], item=shared)
    return placed


def _between_before(placed: Sequence[Placed], at: int) -> bool:
    return at > 0 and word_kind(placed[at - 1]) == "between"


def _is_day(number: Number, *, range_joint: bool) -> bool:
    told = number.ordinal or number.near == "day"
    return 1 <= number.value <= 31 and (told or (range_joint and number.near != "time"))


def _in_month_of(right: Days, day: int, *, earlier: bool) -> Days | None:
    month = right.first.replace(day=1)
    if earlier and day > right.first.day:
        month = months_later(month, -1)
    try:
        first = month.replace(day=day)
    except ValueError:
        return None
    return Days(first, first + ONE_DAY, assumed=right.assumed)


def _ranges(placed: Sequence[Placed], talk: Talk) -> list[Placed]:
    done: list[Placed] = []
    between = False
    at = 0
    while at < len(placed):
        kind = word_kind(placed[at])
        if kind == "between":
            between = True
            at += 1
            continue
        if (kind in _JOINTS or (between and kind == "and")) and done and at + 1 < len(placed):
            used = _join_last(done, placed, at, talk, between=between)
            if used:
                at += used
                between = False
                continue
        if kind != "dash":
            done.append(placed[at])
        at += 1
    return done


def _join_last(done: list[Placed], placed: Sequence[Placed], at: int, talk: Talk, *, between: bool) -> int:
    """Replace the last item by the range that it begins; how many items that used, 0: they make none."""
    left, right = done[-1], placed[at + 1]
    following = placed[at + 2] if at + 2 < len(placed) else None
    if isinstance(right.item, Days) and following and len(done) > 1 and isinstance(done[-2].item, Days):
        moments = _moments(done[-2].item, left.item, right.item, following.item, talk)
        if moments:
            begin = done[-2].begin
            done[-2:] = [Placed(moments, begin, following.end)]
            return 3
    whole = _clock_range(left.item, right.item, forced=between) or _day_range(left.item, right.item, talk)
    if whole is None:
        return 0
    done[-1] = Placed(whole, left.begin, right.end)
    return 2


def as_clock(item: object, *, forced: bool = False) -> Clock | None:
    """A clock time, or the number that can be one; ordinals are none unless "um" stands before."""
    if isinstance(item, Clock):
        return item
    if not isinstance(item, Number) or not 0 <= item.value <= 24:
        return None
    if (item.ordinal and item.near != "time") or (item.near == "day" and not forced):
        return None
    return make_clock(item.value, 0, exact=len(item.text) == 2 and item.text.startswith("0"))


def _clock_range(left: object, right: object, *, forced: bool) -> ClockRange | Part | None:
    if isinstance(left, Part) and isinstance(right, Part):
        if left.span.opens >= right.span.closes:
            return None
        return replace(left, span=replace(left.span, closes=right.span.closes), name=left.name)
    first = (
        Clock(left.span.opens if left.name != "noon" else NOON)
        if isinstance(left, Part)
        else as_clock(left, forced=forced)
    )
    last = Clock(limit_of(right, "until")) if isinstance(right, Part) else as_clock(right, forced=forced)
    return ClockRange(first, last) if first and last else None


def _day_range(left: object, right: object, talk: Talk) -> Days | None:
    if isinstance(left, Days) and isinstance(right, Number) and _ends_within(left, right):
        end = left.first.replace(day=right.value) + ONE_DAY
        return Days(left.first, end, "day", "range", assumed=left.assumed)
    if isinstance(left, Number) and isinstance(right, Number):
        if not (_is_day(left, range_joint=True) and _is_day(right, range_joint=True)):
            return None
        first = of_month(talk, left.value)
        last = of_month(talk, right.value)
        left, right = first, last
    if not isinstance(left, Days) or not isinstance(right, Days) or left.bound not in {"", "from"}:
        return None
    first_day, end = _ordered(left, right)
    if end <= first_day:
        return None
    grain = left.grain if left.grain == right.grain else "day"
    weekdays = left.kind == right.kind == "weekday"
    return Days(first_day, end, grain, "weekdays" if weekdays else "range", assumed=right.assumed)


_RUNNING = 62
"""Days: a stretch of dates without a year is one that has begun only if it is no longer than this."""


def _ends_within(left: Days, right: Number) -> bool:
    """ "Dec 4 - 6", "24.11.-26.": the second day of the same month."""
    told = right.ordinal or right.near == ""
    days = calendar.monthrange(left.first.year, left.first.month)[1]
    dated = left.kind == "date" and left.single and not left.relative and left.edges is None
    return told and dated and left.first.day < right.value <= days


def _ordered(left: Days, right: Days) -> tuple[date, date]:
    """Begin and end of a stretch; what was counted from today on its own is moved behind, or before, the other."""
    first, end = left.first, right.end
    if end > first:
        return first, end
    if right.kind == "weekday":
        return first, plus(end, 7 * ((first - end).days // 7 + 1))
    if left.assumed == ("year",) or left.kind == "span":
        earlier = months_later(first, -12)
        if earlier < end and left.kind != "span":
            running = (end - earlier).days <= _RUNNING
            return (earlier, end) if running else (first, months_later(end, 12))
    if right.kind == "of_month":
        return first, months_later(right.first, 1) + ONE_DAY
    if right.kind == "span" and right.grain in {"month", "quarter", "season"}:
        return first, months_later(end, 12)
    return first, end


def _moments(first: Days, start: object, last: Days, end: object, talk: Talk) -> Between | None:
    begins, ends = _edge_of(start, opens=True), _edge_of(end, opens=False)
    if not (begins and ends and first.single and last.single):
        return None
    days = _ordered(first, last)
    opens, closes = at_minute(days[0], begins.minute, talk), at_minute(days[1] - ONE_DAY, ends.minute, talk)
    if begins.vague and begins.minute < 7 * 60:
        opens += timedelta(hours=12)
    if ends.vague and begins.vague and ends.minute < 7 * 60:
        closes += timedelta(hours=12)
    return Between(opens, closes) if opens < closes else None


def _edge_of(item: object, *, opens: bool) -> Clock | None:
    """A clock time, or where a part of day begins or ends."""
    if isinstance(item, Part):
        return Clock(item.span.opens if opens else item.span.closes)
    return as_clock(item)


def limit_of(part: Part, bound: Bound) -> int:
    """Where a part of day limits a range: "bis mittags" is noon, "ab nachmittags" its begin."""
    if part.name == "noon" and bound != "after":
        return NOON
    if part.name == "after_work":
        return part.span.opens
    return part.span.closes if bound in {"until", "after"} else part.span.opens


def _limited(placed: Sequence[Placed], talk: Talk) -> list[Placed]:
    """Let each "ab", "bis", "vor" and "nach" limit what stands behind it."""
    done: list[Placed] = []
    at = 0
    while at < len(placed):
        bound = _bound_of(placed, at)
        behind = placed[at + 1] if bound and at + 1 < len(placed) else None
        if behind is None:
            turned = _turn_last(done, word_kind(placed[at]), talk)
            if not turned and not bound and word_kind(placed[at]) not in {"from", "onwards"}:
                done.append(placed[at])
            at += 1
            continue
        item = _limit(behind, bound, talk)
        if item is not None:
            done.append(Placed(item, placed[at].begin, behind.end))
            at += 2
        else:
            at += 1
    return done


def _afterwards(done: list[Placed]) -> bool:
    """Let the last time begin an open end ("bis sechzehn Uhr arbeite ich, danach")."""
    for at in range(len(done) - 1, max(len(done) - LONGEST_RUN, 0) - 1, -1):
        item = done[at].item
        if isinstance(item, Limit | Clock):
            clock = item.clock if isinstance(item, Limit) else item
            done[at] = replace(done[at], item=Limit("from", clock))
            return True
        if not isinstance(item, Word):
            return False
    return False


def _turn_last(done: list[Placed], kind: str, talk: Talk) -> bool:
    """Make the last item the begin of an open end ("15 Uhr oder später"); whether the word of this kind does so."""
    if kind == "afterwards":
        return _afterwards(done)
    if kind not in {"or_later", "or_earlier"}:
        return False
    if done:
        item = _limit(done[-1], "from" if kind == "or_later" else "until", talk)
        if item is not None:
            done[-1] = replace(done[-1], item=item)
    return True


def _bound_of(placed: Sequence[Placed], at: int) -> Bound:
    item = placed[at].item
    if not isinstance(item, Word):
        return ""
    if item.kind == "until":
        return "until"
    if item.kind == "bound":
        return cast("Bound", item.value)
    onwards = item.kind == "from" and at + 2 < len(placed) and word_kind(placed[at + 2]) == "onwards"
    return "from" if onwards else ""


def _limit(behind: Placed, bound: Bound, talk: Talk) -> Item | None:
    item = behind.item
    if isinstance(item, Days):
        ranged = item.kind in {"range", "weekdays"} and bound == "from"
        return item if item.bound or ranged else replace(item, bound=bound)
    if isinstance(item, Part):
        if item.name == "after_work" and bound in {"from", "after"}:
            return item
        return Limit(bound, Clock(limit_of(item, bound)))
    if isinstance(item, Number) and (item.ordinal or item.near == "day"):
        return replace(of_month(talk, item.value), bound=bound)
    clock = as_clock(item)
    if clock:
        return Limit(bound, clock)
    return item if isinstance(item, ClockRange | Between) else None
