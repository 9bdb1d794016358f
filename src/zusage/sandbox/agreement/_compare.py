"""The comparison: every promise against every booking, both ways, and what was said against both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from zusage.sandbox.agreement._facts import Booked, Difference, DifferenceKind, Heard, LedgerPart, Standing

_Busy = tuple[datetime, datetime, str]
_EXCUSED_BY_REVIEW: frozenset[DifferenceKind] = frozenset({"missing_there", "other_time", "other_host"})


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was counted, and what does not agree. `reviewed` are differences that a person has been asked to look at.

    `promised` counts parts of live appointments, `standing` bookings of ours there, `said` the promises callers heard."""

    said: int
    appointments: int
    promised: int
    standing: int
    foreign: int
    differences: tuple[Difference, ...]
    reviewed: tuple[Difference, ...]

    @property
    def ok(self) -> bool:
        return not self.differences


def compare(
    ledger: Sequence[Booked],
    there: Sequence[Standing],
    heard: Sequence[Heard] = (),
    withdrawn: Collection[str] = (),
) -> Agreement:
    """Compare; the order of what is given does not matter. `withdrawn` are appointments that people cancelled there.

    A promise that is missing there, or stands elsewhere, counts as reviewed where its appointment is in review. Nothing
    else does: no booking that nobody wants, no sentence that does not hold, no time that is booked twice."""
    asked = {each.appointment_id for each in ledger if each.in_review}
    found = [*_promises(ledger, there), *_unwanted(ledger, there), *_sentences(ledger, heard, withdrawn)]
    found += [*_double_with_others(there), *_double_here(ledger), *_double_there(there)]
    reviewed = [each for each in found if each.kind in _EXCUSED_BY_REVIEW and each.about in asked]
    live = [each for each in ledger if each.live]
    ours = [each for each in there if each.appointment_id is not None]
    return Agreement(
        said=sum(each.said == "booked" for each in heard),
        appointments=len(live),
        promised=sum(len(each.parts) for each in live),
        standing=len(ours),
        foreign=len(there) - len(ours),
        differences=tuple(each for each in found if each not in reviewed),
        reviewed=tuple(reviewed),
    )


def _promises(ledger: Sequence[Booked], there: Sequence[Standing]) -> Iterator[Difference]:
    """Look for every promised part in the calendar."""
    by_part: dict[tuple[str | None, int | None], list[Standing]] = defaultdict(list)
    for each in there:
        by_part[each.appointment_id, each.ordinal].append(each)
    for booked in ledger:
        for part in booked.parts if booked.live else ():
            found = by_part[booked.appointment_id, part.ordinal]
            if not found:
                text = f"{booked.guest}: {_when(part.start)} with {part.host} is promised and stands nowhere."
                yield Difference("missing_there", booked.appointment_id, text)
            for standing in found[:1]:
                yield from _differing(booked, part, standing)


def _differing(booked: Booked, part: LedgerPart, standing: Standing) -> Iterator[Difference]:
    said = f"{booked.guest}: promised {_when(part.start)} with {part.host}, booking {standing.uid}"
    if (part.start, part.end) != (standing.start, standing.end):
        text = f"{said} is {_when(standing.start)} to {standing.end:%H:%M}."
        yield Difference("other_time", booked.appointment_id, text)
    if part.host != standing.host:
        yield Difference("other_host", booked.appointment_id, f"{said} is with {standing.host}.")
    if booked.guest != standing.guest:
        yield Difference("other_guest", booked.appointment_id, f"{said} is for {standing.guest}.")


def _unwanted(ledger: Sequence[Booked], there: Sequence[Standing]) -> Iterator[Difference]:
    """Look for bookings of ours that no promise wants."""
    wanted = {(each.appointment_id, part.ordinal) for each in ledger if each.live for part in each.parts}
    for each in there:
        if each.appointment_id is not None and (each.appointment_id, each.ordinal) not in wanted:
            text = (
                f"{each.guest}: booking {each.uid} {_when(each.start)} with {each.host} is wanted by nobody."
            )
            yield Difference("unwanted_there", each.appointment_id, text)


def _sentences(
    ledger: Sequence[Booked], heard: Sequence[Heard], withdrawn: Collection[str]
) -> Iterator[Difference]:
    """Look whether what callers were told came true."""
    by_id = {each.appointment_id: each for each in ledger}
    by_call = {each.call: each for each in ledger if each.live and each.call is not None}
    cancelled = {each.appointment_id for each in heard if each.said == "cancelled"} | {*withdrawn}
    for each in heard:
        booked = by_id.get(each.appointment_id or "")
        if each.said == "booked" and each.appointment_id not in cancelled and not (booked and booked.live):
            text = f"{each.caller} was told that it is booked, and the ledger has it not."
            yield Difference("said_but_not_booked", each.appointment_id or each.call, text)
        if each.said == "cancelled" and booked is not None and booked.live:
            text = f"{each.caller} was told that it is cancelled, and the ledger has it."
            yield Difference("refused_but_booked", booked.appointment_id, text)
        if each.said == "refused" and each.call in by_call:
            text = f"{each.caller} was told that nothing is booked, and the ledger has it."
            yield Difference("refused_but_booked", by_call[each.call].appointment_id, text)


def _double_here(ledger: Sequence[Booked]) -> Iterator[Difference]:
    busy: dict[str, list[_Busy]] = defaultdict(list)
    for each in ledger:
        for part in each.parts if each.live else ():
            busy[part.host].append((part.start, part.end, each.appointment_id))
    for host, one, other in _overlaps(busy):
        text = f"{host} is promised twice at {_when(other[0])}: {one[2]} and {other[2]}."
        yield Difference("double_here", f"{one[2]} {other[2]}", text)


def _double_there(there: Sequence[Standing]) -> Iterator[Difference]:
    """Look for two bookings of ours with one host at one time, and for two of one part."""
    busy: dict[str, list[_Busy]] = defaultdict(list)
    parts: dict[tuple[str, int | None], list[str]] = defaultdict(list)
    for each in there:
        if each.appointment_id is not None:
            busy[each.host].append((each.start, each.end, each.uid))
            parts[each.appointment_id, each.ordinal].append(each.uid)
    for host, one, other in _overlaps(busy):
        text = f"{host} is booked twice at {_when(other[0])}: {one[2]} and {other[2]}."
        yield Difference("double_there", f"{one[2]} {other[2]}", text)
    for (appointment_id, ordinal), uids in parts.items():
        if len(uids) > 1:
            text = f"Part {ordinal} of {appointment_id} stands {len(uids)} times: {', '.join(sorted(uids))}."
            yield Difference("double_there", " ".join(sorted(uids)), text)


def _double_with_others(there: Sequence[Standing]) -> Iterator[Difference]:
    """Look for bookings of ours that overlap with somebody else's; what others do to each other is theirs."""
    others = [each for each in there if each.appointment_id is None]
    for each in there:
        for other in others if each.appointment_id is not None else ():
            if each.host == other.host and each.start < other.end and other.start < each.end:
                text = f"{each.host} is booked twice at {_when(each.start)}: {each.uid}, and {other.uid} of others."
                yield Difference("double_there", each.appointment_id or "", text)


def _overlaps(busy: dict[str, list[_Busy]]) -> Iterator[tuple[str, _Busy, _Busy]]:
    """Give each stretch that begins before an earlier one of the same person is over, with that earlier one."""
    for who, stretches in busy.items():
        latest: _Busy | None = None
        for each in sorted(stretches):
            if latest is not None and each[0] < latest[1]:
                yield who, latest, each
            latest = _later(latest, each)


def _later(one: _Busy | None, other: _Busy) -> _Busy:
    return other if one is None or other[1] > one[1] else one


def _when(moment: datetime) -> str:
    return f"{moment:%d.%m. %H:%M}"
