"""Which time of day a canonical text names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from zusage.core.scheduling.masters import Span
from zusage.language.german._days import BOUNDS, Bound
from zusage.language.german._scan import Doubt, Scan

DAY_END = 1440
_NOON = 720
_SHOP_DAY_BEGINS, _SHOP_DAY_ENDS = 7 * 60, 21 * 60

_PARTS: dict[str, tuple[int, int]] = {
    "frueh": (360, 600),
    "morgens": (360, 600),
    "morgen": (360, 600),
    "vormittag": (540, 720),
    "mittag": (660, 840),
    "nachmittag": (780, 1080),
    "abend": (1020, 1260),
    "nachts": (0, 300),
    "nacht": (0, 300),
    "feierabend": (1020, 1260),
}
_PART = re.compile(
    r"(?:\b(?P<bound>ab|nach|bis|vor|nach dem|vor dem) )?(?:\b(?:am|zum|in der|dem|den|der) )?"
    r"(?:\b(?P<shade>frueh|spaet)(?:e[nr])? ?(?=vormittag|nachmittag|abend))?"
    r"\b(?P<part>feierabend|vormittag|nachmittag|mittag|abend|nachts?|morgens|fruehe?)\b(?! (?:genug|wie)\b)"
)
_MORNING = re.compile(r"\b(?:am )?(?P<part>morgen)\b")

_HOURS = r"(?P<h>\d{1,2})(?!\d|\.\d|:)"
_WRITTEN = re.compile(
    r"(?<![\d:.])(?P<h>\d{1,2})[:.](?P<m>\d{2})(?::\d{2}(?:\.\d+)?)?(?![\d:])(?: ?uhr\b)?(?: (?P<ap>pm|a_m)\b)?"
)
_AM_PM = re.compile(rf"\b{_HOURS}(?: uhr)? (?P<ap>pm|a_m)\b")
_UHR = re.compile(
    rf"\b{_HOURS} ?uhr\b(?: (?:und )?(?P<m>\d{{1,2}})\b(?! ?uhr|[.:]\d|\.| (?:vor|nach|minuten)\b))?"
)
_AROUND = re.compile(
    rf"\b(?P<off>\d{{1,2}}|viertel) (?:minuten )?(?P<dir>vor|nach) (?P<half>halb )?{_HOURS}(?: uhr\b)?"
)
_FRACTION = re.compile(rf"\b(?P<part>halb|dreiviertel|3 viertel|viertel) {_HOURS}(?: uhr\b)?")
_PAIR = re.compile(r"\b(?:um |gegen |ab |bis |punkt )?(?P<h>\d{1,2}) (?P<m>[0-5]\d)\b(?= *$|[ |]*$)")
_MIDNIGHT = re.compile(r"\bmitternacht\b")

_X = r"(?:@\d+@|(?<![\d.:])\d{1,2}(?![\d:]|\. ?\d))"
_BETWEEN = re.compile(
    rf"\bzwischen (?P<a>{_X}) (?:und|bis|-) (?P<b>{_X})"
    rf"|\b(?:von|ab) (?P<a2>{_X}) bis (?P<b2>{_X})|(?P<a3>{_X}) ?(?:bis|-) ?(?P<b3>{_X})"
)
_BOUNDED = re.compile(
    rf"\b(?P<bound>ab|fruehestens(?: um| ab)?|nach|bis(?: spaetestens| um| maximal)?|vor|spaetestens(?: um| bis)?) "
    rf"(?:um |so |gegen |ca |circa )*(?P<x>{_X})(?: uhr)?"
)
_PREPOSED = re.compile(rf"\b(?:um|gegen|punkt|circa|ca|ungefaehr|etwa|auf) (?P<x>{_X})")
_MARKED = re.compile(r"(?P<x>@\d+@)")
_ALONE = re.compile(
    r"^(?:[ |]|\b(?:um|so|gegen|der|am|an|zum|bitte|gern|gerne|dann|lieber|ja|und)\b)*(?P<x>\d{1,2})"
    r"(?:[ |]|\b(?:bitte|gern|gerne|oder so|ungefaehr)\b)*$"
)
NO_SUCH_TIME = "Diese Uhrzeit gibt es leider nicht. Um wie viel Uhr möchten Sie kommen?"


@dataclass(frozen=True, slots=True)
class Clock:
    """A minute of the day; `vague` when the hour was said as on a dial, so that twelve hours later is meant as well."""

    minute: int
    vague: bool = False


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """What was said of the time of day: exact times in order, a range (open where an end is None), and a part of day."""

    exact: tuple[Clock, ...] = ()
    first: Clock | None = None
    last: Clock | None = None
    part: Span | None = None

    def __bool__(self) -> bool:
        return bool(self.exact or self.first or self.last or self.part)

    @property
    def only_part(self) -> bool:
        return self.part is not None and not (self.exact or self.first or self.last)


def find_time_of_day(scan: Scan) -> TimeOfDay:
    """Take out all that the text says of the time of day.

    :raises Doubt: a written time does not exist."""
    clocks = _mark_clocks(scan)
    limits, part = _parts(scan)
    if found := scan.take(_BETWEEN):
        first, last = (_value(value, clocks) for value in found.groups() if value)
        return TimeOfDay(first=first, last=last, part=part)
    limits += [(_bound_of(found), _value(found["x"], clocks)) for found in scan.take_all(_BOUNDED)]
    if limits:
        return _limited(limits, part)
    exact = [_value(x, clocks) for pattern in (_MARKED, _PREPOSED) for x in _each(scan, pattern)]
    if not exact:
        exact = [_value(x, clocks) for x in _each(scan, _ALONE)]
    return TimeOfDay(exact=_distinct(exact), part=part)


def _distinct(clocks: Sequence[Clock]) -> tuple[Clock, ...]:
    """The same time said twice ("um drei, 15:00") is one, as exact as it was said."""
    sharp = {clock.minute for clock in clocks if not clock.vague}
    kept = [c for c in clocks if not (c.vague and sharp & {c.minute, (c.minute + _NOON) % DAY_END})]
    return tuple(dict.fromkeys(kept))


def _bound_of(found: re.Match[str]) -> Bound:
    return BOUNDS.get((found["bound"] or "").split(" ")[0], "")


def _limited(limits: Sequence[tuple[Bound, Clock]], part: Span | None) -> TimeOfDay:
    first = next((clock for bound, clock in limits if bound in {"from", "after"}), None)
    last = next((clock for bound, clock in limits if bound in {"until", "before"}), None)
    return TimeOfDay(first=first, last=last, part=part)


def _parts(scan: Scan) -> tuple[list[tuple[Bound, Clock]], Span | None]:
    """Parts of day: those that limit a range ("bis mittags"), and the stretch that all others span together."""
    limits: list[tuple[Bound, Clock]] = []
    spans: list[Span] = []
    for pattern in (_PART, _MORNING):
        for found in scan.take_all(pattern):
            bound = _bound_of(found) if pattern is _PART and found["part"] != "feierabend" else ""
            span = _shaded(found)
            if bound:
                limits.append((bound, Clock(_limit(bound, span, found["part"]))))
            else:
                spans.append(span)
    stretch = Span(min(s.opens for s in spans), max(s.closes for s in spans)) if spans else None
    return limits, stretch


def _limit(bound: Bound, span: Span, part: str) -> int:
    if part == "mittag" and bound != "after":
        return _NOON
    return span.closes if bound in {"until", "after"} else span.opens


def _shaded(found: re.Match[str]) -> Span:
    opens, closes = _PARTS[found["part"].removesuffix("e") if found["part"] == "fruehe" else found["part"]]
    middle = (opens + closes) // 2
    shade = found.groupdict().get("shade")
    return Span(middle if shade == "spaet" else opens, middle if shade == "frueh" else closes)


def _each(scan: Scan, pattern: re.Pattern[str]) -> list[str]:
    return [
        found["x"] for found in scan.take_all(pattern) if found["x"].startswith("@") or int(found["x"]) <= 24
    ]


def _value(text: str, clocks: Sequence[Clock]) -> Clock:
    return clocks[int(text.strip("@"))] if text.startswith("@") else _clock(int(text), 0)


def _clock(hour: int, minute: int) -> Clock:
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise Doubt("no_such_time", NO_SUCH_TIME)
    return Clock(hour * 60 + minute, vague=1 <= hour <= 12)


def _mark_clocks(scan: Scan) -> list[Clock]:
    """Replace every full clock expression by a mark, so that ranges need not know how it was said."""
    clocks: list[Clock] = []
    readers = (
        (_WRITTEN, _written),
        (_AM_PM, _written),
        (_UHR, _written),
        (_AROUND, _around),
        (_FRACTION, _fraction),
        (_PAIR, _written),
        (_MIDNIGHT, lambda _: Clock(DAY_END)),
    )
    for pattern, read in readers:
        while found := pattern.search(scan.text):
            clocks.append(read(found))
            scan.cut(found, f"@{len(clocks) - 1}@")
    return clocks


def _written(found: re.Match[str]) -> Clock:
    groups = found.groupdict()
    hour, minute, half = int(found["h"]), int(groups.get("m") or 0), groups.get("ap")
    if half and hour <= 12:
        return Clock(hour % 12 * 60 + _clock(0, minute).minute + (_NOON if half == "pm" else 0))
    clock = _clock(hour, minute)
    return Clock(clock.minute) if found["h"].startswith("0") else clock


def _around(found: re.Match[str]) -> Clock:
    off = 15 if found["off"] == "viertel" else int(found["off"])
    base = _clock(int(found["h"]), 0)
    middle = base.minute - (30 if found["half"] else 0)
    minute = middle + (off if found["dir"] == "nach" else -off)
    return Clock(minute % DAY_END, vague=base.vague)


def _fraction(found: re.Match[str]) -> Clock:
    base = _clock(int(found["h"]), 0)
    before = {"halb": 30, "viertel": 45}.get(found["part"], 15)
    return Clock((base.minute - before) % DAY_END, vague=base.vague)


def resolve(
    clock: Clock, *, spans: Sequence[Span], part: Span | None = None, at_least: int = -1
) -> tuple[int, int | None]:
    """The minute of the day that is meant, and the other fair reading.

    A vague hour is read by the part of day, by what lies ahead (`at_least`, exclusive), by the opening hours
    (`spans`), else as a time from 7 to 20:59, the earlier one if there are two."""
    if not clock.vague:
        return clock.minute, None
    early = clock.minute % _NOON
    both = (early, early + _NOON)
    open_at = [m for m in both if any(span.opens <= m < span.closes for span in spans)]
    likely = open_at or [m for m in both if _SHOP_DAY_BEGINS <= m < _SHOP_DAY_ENDS]
    ahead = [m for m in likely if m > at_least]
    chosen = (ahead or likely)[0]
    if part:
        chosen = min(both, key=lambda m: _distance(m, part))
    return chosen, both[chosen == early]


def _distance(minute: int, part: Span) -> int:
    """How far a time lies from the middle of a part of day; the night also begins on the evening before midnight."""
    far = abs(2 * minute - part.opens - part.closes)
    return min(far, 2 * DAY_END - far) if part.opens == 0 else far
