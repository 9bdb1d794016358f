"""What must be true after every fault: of the ledger, of the calendar as it really is, and of what the caller heard.

Written from what callers were promised, not from the mirror's own notes: those may be wrong with the code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Literal
from uuid import UUID

Said = Literal["booked", "refused", "cancelled", "moved", "kept", "unclear", "silence"]
"""What a caller could take away. refused: other times were named. kept: the appointment stays where it is. unclear: it
was said that nothing is certain, so nothing is promised. silence: the line broke."""


@dataclass(frozen=True)
class Piece:
    """A part of an appointment that keeps somebody busy; `host` is who that is in the calendar."""

    start: datetime
    end: datetime
    host: int


@dataclass(frozen=True)
class Promise:
    """An appointment of the ledger. `reviewed`: a person has been asked to look at it."""

    appointment: UUID
    call: str
    status: str
    start: datetime
    pieces: tuple[Piece, ...]
    reviewed: bool = False


@dataclass(frozen=True)
class Claim:
    """Binding busy time of one resource."""

    resource: UUID
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Standing:
    """A live booking in the calendar; `appointment` None where it is not ours."""

    uid: str
    piece: Piece
    appointment: UUID | None


@dataclass(frozen=True)
class Heard:
    """One sentence in one call. `appointment` and `start` are what it spoke of, where it did; `before` are the times
    at which what was moved stood earlier."""

    call: str
    said: Said
    appointment: UUID | None = None
    start: datetime | None = None
    before: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """Everything there is to see when all is quiet. `flaws` are the ledger's own, by name; `restless` what is not done."""

    promises: Sequence[Promise]
    claims: Sequence[Claim]
    there: Sequence[Standing]
    heard: Sequence[Heard]
    flaws: Sequence[str] = ()
    restless: int = 0


def violations(evidence: Evidence) -> list[str]:
    """Say what is wrong, one line each; nothing is the only good answer."""
    found = [*_overlaps_here(evidence), *_overlaps_there(evidence), *_orphans(evidence), *_missing(evidence)]
    found += [*_untrue(evidence), *(f"flaw of the ledger: {flaw}" for flaw in evidence.flaws)]
    if evidence.restless:
        found.append(f"restless: {evidence.restless} mirrors or orphans never come to an end")
    return found


def _overlaps_here(evidence: Evidence) -> Iterator[str]:
    for one, two in combinations(evidence.claims, 2):
        if one.resource == two.resource and one.start < two.end and two.start < one.end:
            yield f"double booking here: {one.resource} at {one.start} and {two.start}"


def _overlaps_there(evidence: Evidence) -> Iterator[str]:
    for one, two in combinations(evidence.there, 2):
        a, b = one.piece, two.piece
        if a.host == b.host and a.start < b.end and b.start < a.end:
            yield f"double booking there: {one.uid} and {two.uid}, host {a.host}, {a.start} and {b.start}"


def _orphans(evidence: Evidence) -> Iterator[str]:
    """Ours there, and wanted by nothing: no booked appointment has such a piece, or two bookings are one piece.

    A review excuses none of these, only that a piece stands elsewhere: as many may as are missing where they belong."""
    by_id = {promise.appointment: promise for promise in evidence.promises}
    elsewhere = {promise.appointment: _astray(promise, evidence) for promise in evidence.promises}
    seen: set[tuple[UUID, Piece]] = set()
    for standing in evidence.there:
        if standing.appointment is None:
            continue
        promise = by_id.get(standing.appointment)
        booked = promise is not None and promise.status == "booked"
        if (standing.appointment, standing.piece) in seen:
            booked = False
        elif promise is not None and standing.piece not in promise.pieces:
            elsewhere[promise.appointment] -= 1
            booked = booked and elsewhere[promise.appointment] >= 0
        if not booked:
            yield f"orphan there: {standing.uid} at {standing.piece.start} of {standing.appointment}"
        seen.add((standing.appointment, standing.piece))


def _astray(promise: Promise, evidence: Evidence) -> int:
    """How many pieces may stand elsewhere: those that a person has been asked to look for."""
    return len(_not_there(promise, evidence)) if promise.reviewed else 0


def _not_there(promise: Promise, evidence: Evidence) -> list[Piece]:
    there = {standing.piece for standing in evidence.there if standing.appointment == promise.appointment}
    return [piece for piece in promise.pieces if piece not in there]


def _missing(evidence: Evidence) -> Iterator[str]:
    for promise in evidence.promises:
        if promise.status != "booked" or promise.reviewed:
            continue
        for piece in _not_there(promise, evidence):
            yield f"missing there: {promise.appointment} at {piece.start}, and nobody is asked to look"


def _untrue(evidence: Evidence) -> Iterator[str]:
    """The last clear word about an appointment must hold in the ledger, whether a person is asked to look or not."""
    last: dict[tuple[str, UUID | datetime | None], Heard] = {}
    for heard in evidence.heard:
        if heard.said not in ("unclear", "silence"):
            last[heard.call, heard.appointment or heard.start] = heard
    for heard in last.values():
        if (why := _lie(heard, evidence)) is not None:
            yield f"untrue: the caller of {heard.call} heard {heard.said!r} of {heard.start}, but {why}"


def _lie(heard: Heard, evidence: Evidence) -> str | None:
    if heard.said == "refused":
        return _lie_refused(heard, evidence)
    promise = next((each for each in evidence.promises if each.appointment == heard.appointment), None)
    if promise is None:
        return "there is no such appointment"
    wanted = "cancelled" if heard.said == "cancelled" else "booked"
    if promise.status != wanted:
        return f"it is {promise.status}"
    # A move that the calendar refuses later is taken back, and a person is asked to tell the customer (protocol 10).
    taken_back = promise.reviewed and promise.start in heard.before
    if wanted == "booked" and heard.start is not None and promise.start != heard.start and not taken_back:
        return f"it is at {promise.start}"
    left = [each.uid for each in evidence.there if each.appointment == heard.appointment]
    return f"{', '.join(left)} still stands there" if wanted == "cancelled" and left else None


def _lie_refused(heard: Heard, evidence: Evidence) -> str | None:
    for promise in evidence.promises:
        if promise.call == heard.call and promise.start == heard.start:
            if promise.status == "booked":
                return "it is booked"
            if any(each.appointment == promise.appointment for each in evidence.there):
                return "it stands there"
    return None
