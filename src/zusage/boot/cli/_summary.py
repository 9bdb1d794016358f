"""What was understood, for people to read: the time as German writes it, the rest in a few words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from zusage.language.german import Name, NoName
from zusage.language.german.speak import MONTHS, WEEKDAYS
from zusage.language.policy_words import PolicyWords, clock
from zusage.language.reading import ServiceReading, Unclear, When

_A_DAY = timedelta(days=1)


def when_summary(reading: When | Unclear) -> Iterator[str]:
    if isinstance(reading, Unclear):
        yield f"unclear   {reading.reason}"
        yield f"ask       {reading.question}"
        yield from (f"perhaps   {_said(other)}" for other in reading.alternatives)
        return
    for number, wish in enumerate(reading.choices):
        yield f"{'ok' if number == 0 else 'or'}{'':8}{_said(wish)}"
        yield f"{'':10}{', '.join(_details(wish))}"
    yield from (f"not       {_said(refused)}" for refused in reading.exclude)
    yield from (f"perhaps   {_said(other)}" for other in reading.alternatives)
    if reading.assumed:
        yield f"assumed   {', '.join(reading.assumed)}"
    if reading.matched:
        yield f"read off  {reading.matched}"


def _details(when: When) -> Iterator[str]:
    yield f"{when.kind} ({when.grain})"
    if when.daily is not None:
        yield f"daily {clock(when.daily.opens)}-{clock(when.daily.closes)}"
    yield from (word for word in ("approximate", "soonest", "weekly") if getattr(when, word))
    if when.duration_min is not None:
        yield f"{when.duration_min} minutes long"


def _said(when: When) -> str:
    start = _moment(when.start)
    if when.kind == "instant":
        return start
    if when.kind == "open_start" and when.end is not None:
        return f"bis {_moment(when.end)}"
    if when.end is None:
        return f"ab {start}" + (f", bis {_moment(when.limit)}" if when.limit else "")
    if when.end - when.start == _A_DAY and _is_midnight(when.start):
        return f"{_day(when.start)}, den ganzen Tag"
    if when.start.date() == when.end.date():
        return f"{start} bis {when.end:%H:%M} Uhr"
    return f"{start} bis vor {_moment(when.end)}"


def _moment(at: datetime) -> str:
    return _day(at) if _is_midnight(at) else f"{_day(at)}, {at:%H:%M} Uhr"


def _is_midnight(at: datetime) -> bool:
    return (at.hour, at.minute) == (0, 0)


def _day(at: datetime) -> str:
    return f"{WEEKDAYS[at.weekday()]}, {at.day}. {MONTHS[at.month - 1]} {at.year}"


def service_summary(reading: ServiceReading) -> Iterator[str]:
    if reading.decision == "match" and not reading.matches:
        return
    yield f"{reading.decision}{'':{10 - len(reading.decision)}}{reading.question}".rstrip()
    for match in reading.matches:
        yield f"{'':10}{match.confidence:.2f}  {match.entry.name}  ({match.matched_text})"


def name_summary(reading: Name | NoName) -> Iterator[str]:
    if isinstance(reading, NoName):
        yield f"unclear   {reading.reason}"
        yield f"ask       {reading.question}"
        return
    yield f"ok        {reading.full}"
    yield f"{'':10}given {reading.given or '-'}, family {reading.family or '-'}"
    if reading.spelled or not reading.sure:
        yield f"{'':10}{'spelled' if reading.spelled else ''}{'' if reading.sure else ' not sure: say it back'}"


def policy_lines(policy: PolicyWords) -> Iterator[str]:
    yield f"{policy.name}={policy.default}"
    yield f"    {policy.meaning}"
    yield f"    {' | '.join(policy.options)}"
