"""Which minutes of a day are meant: "um drei" by the part of day, the opening hours or common sense, and ranges of hours."""

from __future__ import annotations

from datetime import date
from functools import partial

from zusage.core.scheduling.masters import Span
from zusage.language.german._items import DAY_END, NOON, Clock, Days, Doubt, Talk
from zusage.language.german._said import TimeOfDay

_SHOP_DAY_BEGINS, _SHOP_DAY_ENDS = 7 * 60, 21 * 60


def hours_of(days: Days, time: TimeOfDay, talk: Talk) -> Span:
    resolved = partial(resolve, day=days.first, talk=talk, part=time.part)
    if time.exact:
        minute = min(resolved(time.exact[0])[0], DAY_END - 1)
        return Span(minute, minute + 1)
    part = time.part or Span(0, DAY_END)
    if time.first is None and time.last is None:
        return part
    opens = min(part.opens, DAY_END - 2) if time.first is None else 0
    if time.first:
        opens = min(resolved(time.first)[0], DAY_END - 1)
    closes = _end_after(opens, time.last, time.part, days, talk) if time.last else max(part.closes, opens + 1)
    if time.first and time.last and time.first_bound and (closes <= opens or _turned(opens, time.last)):
        raise Doubt("ambiguous")
    if time.first and not time.last and time.part is None:
        closes = DAY_END
    return Span(opens, closes) if opens < closes else Span(opens, DAY_END)


def _turned(opens: int, last: Clock) -> bool:
    """Whether neither reading of the end lies behind the begin ("ab fünfzehn Uhr, bis zwölf Uhr")."""
    return last.vague and last.minute % NOON + NOON <= opens


def _end_after(opens: int, last: Clock, part: Span | None, days: Days, talk: Talk) -> int:
    """The end of a range: a vague hour is the next such one after its begin ("von neun bis drei")."""
    if opens == 0 or not last.vague:
        return resolve(last, days.first, talk, part=part)[0] or DAY_END
    return min((m for m in (last.minute % NOON, last.minute % NOON + NOON) if m > opens), default=DAY_END)


def resolve(
    clock: Clock, day: date, talk: Talk, *, part: Span | None = None, at_least: int = -1
) -> tuple[int, int | None]:
    """The minute of the day that is meant, and the other fair reading.

    A vague hour is read by the part of day, by what lies ahead (`at_least`, exclusive), by the opening hours, else as a
    time from 7 to 20:59, the earlier one if there are two."""
    if not clock.vague:
        return clock.minute, None
    early = clock.minute % NOON
    both = (early, early + NOON)
    if part == talk.policies.morning:
        chosen = early
    elif part:
        chosen = min(both, key=lambda minute: _distance(minute, part, night=part == talk.policies.night))
    elif talk.policies.bare_hour == "literal":
        chosen = clock.minute % DAY_END
    else:
        spans = _spans(day, talk)
        open_at = [m for m in both if any(span.opens <= m < span.closes for span in spans)]
        likely = open_at or [m for m in both if _SHOP_DAY_BEGINS <= m < _SHOP_DAY_ENDS]
        chosen = next((m for m in likely if m > at_least), likely[0])
    return chosen, both[chosen == early]


def _spans(day: date, talk: Talk) -> tuple[Span, ...]:
    return talk.week[day.weekday()] if talk.week else ()


def _distance(minute: int, part: Span, *, night: bool) -> int:
    """How far a time lies from the middle of a part of day; the night also begins on the evening before midnight."""
    far = abs(2 * minute - part.opens - part.closes)
    return min(far, 2 * DAY_END - far) if night else far
