"""Propose what of a company is what in its calendar; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from zusage.app.calendar_setup.account import AccountPicture
from zusage.app.calendar_setup.names import is_called, likeness, person_words, words_of
from zusage.app.calendar_setup.ports import Member
from zusage.app.calendar_setup.wishes import Piece, Wishes, pieces_of, staff_of
from zusage.app.mirror.connection import CalendarMapping, HostMapping, SegmentMapping
from zusage.app.mirror.ports import EventType
from zusage.core.scheduling.masters import BranchBook, Staff

Origin = Literal["said", "kept", "found", "none"]
"""Who says so: a person now, what was stored before, the names; or nobody could tell."""

PROBE_SLUG = "zusage-frei"
_ENOUGH, _APART = 80, 3
_SYNONYM, _WHOLE, _PART_ONLY, _OF_SEVERAL, _WITHOUT_NAME = 0.97, 0.86, 0.9, 0.99, 0.99


@dataclass(frozen=True, slots=True)
class HostProposal:
    """Who a staff member is there. `reason` says why, or what is missing."""

    member: Staff
    host: Member | None
    origin: Origin
    reason: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event type that could be it; `score` from 0 to 100."""

    kind: EventType
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PieceProposal:
    """As what a piece is booked: `chosen`, or why nothing was. `others` came close, best first."""

    piece: Piece
    chosen: Candidate | None
    origin: Origin
    missing: str = ""
    others: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping with its reasons; `mapping` is what storing it stores, probe event types included where they are."""

    hosts: tuple[HostProposal, ...]
    pieces: tuple[PieceProposal, ...]
    mapping: CalendarMapping
    unprobed: tuple[HostProposal, ...]


def propose(
    books: Sequence[BranchBook], picture: AccountPicture, stored: CalendarMapping, wishes: Wishes
) -> Proposal:
    """Propose a mapping: what was said now first, then what is stored and still fits, then what the names tell.

    Nothing is guessed between two that are alike; such a piece stays open and shows both."""
    hosts = [_host(member, books, picture, stored, wishes) for member in staff_of(books)]
    by_staff = {each.member.id: each.host for each in hosts if each.host is not None}
    known = {(each.service_id, each.ordinal, each.staff_id): each.event_type_id for each in stored.segments}
    pieces = [
        _piece(piece, by_staff.get(piece.member.id), picture, known, wishes) for piece in pieces_of(books)
    ]
    probes = {each.staff_id: each.probe_event_type_id for each in stored.hosts}
    found = {staff_id: _probe(host, probes.get(staff_id), picture) for staff_id, host in by_staff.items()}
    return Proposal(
        hosts=tuple(hosts),
        pieces=tuple(pieces),
        mapping=CalendarMapping(
            tuple(
                HostMapping(staff_id, host.user_id, found[staff_id]) for staff_id, host in by_staff.items()
            ),
            tuple(_segment(each.piece, each.chosen.kind) for each in pieces if each.chosen is not None),
        ),
        unprobed=tuple(each for each in hosts if each.host is not None and found[each.member.id] is None),
    )


def probe_slug(host_id: int) -> str:
    return f"{PROBE_SLUG}-{host_id}"


def _host(
    member: Staff,
    books: Sequence[BranchBook],
    picture: AccountPicture,
    stored: CalendarMapping,
    wishes: Wishes,
) -> HostProposal:
    if member.id in wishes.hosts:
        return _said_host(member, wishes.hosts[member.id], picture)
    kept = next((each.host_id for each in stored.hosts if each.staff_id == member.id), None)
    there = picture.member(kept) if kept is not None else None
    if there is not None:
        return HostProposal(member, there, "kept", "stored before")
    called = [each for each in picture.members if is_called(member.name, _names(each))]
    if len(called) == 1:
        return HostProposal(member, called[0], "found", f'goes by "{_fitting(member, called[0])}" there')
    if not called and len(picture.members) == 1 and len(staff_of(books)) == 1:
        return HostProposal(member, picture.members[0], "found", "the only one on both sides")
    return HostProposal(member, None, "none", _no_host(member, called, picture))


def _said_host(member: Staff, host_id: int, picture: AccountPicture) -> HostProposal:
    there = picture.member(host_id)
    if there is None and picture.notes:
        # This key may not see everybody, so whoever was named may be there all the same.
        there = Member(host_id, f"user {host_id}")
    if there is None:
        people = ", ".join(map(_shown, picture.members))
        return HostProposal(
            member, None, "none", f"{host_id} is nobody that this key can see; there are {people}"
        )
    return HostProposal(member, there, "said", "as you said")


def _no_host(member: Staff, called: Sequence[Member], picture: AccountPicture) -> str:
    if called:
        return f'several people have that name: {", ".join(map(_shown, called))}; say which: --host "{member.name}=ID"'
    people = ", ".join(map(_shown, picture.members))
    return f'nobody there is called {member.name}; there are {people}; say who: --host "{member.name}=ID"'


def _fitting(member: Staff, there: Member) -> str:
    return next(name for name in _names(there) if is_called(member.name, (name,)))


def _names(member: Member) -> tuple[str, ...]:
    return member.name, member.username, member.email.partition("@")[0]


def _shown(member: Member) -> str:
    return f"{member.name or member.username} ({member.user_id})"


def _probe(host: Member, stored: int | None, picture: AccountPicture) -> int | None:
    """Keep the stored probe while it is there; else take over one that was made and never stored."""
    kinds = picture.bookable(host.user_id)
    if stored in {kind.event_type_id for kind in kinds}:
        return stored
    return next((kind.event_type_id for kind in kinds if kind.slug == probe_slug(host.user_id)), None)


def _piece(
    piece: Piece,
    host: Member | None,
    picture: AccountPicture,
    known: Mapping[tuple[UUID, int, UUID], int],
    wishes: Wishes,
) -> PieceProposal:
    said = wishes.pieces.get(piece.key)
    if said is not None:
        return _said(piece, said, host, picture)
    if host is None:
        return PieceProposal(piece, None, "none", f"{piece.member.name} is nobody there yet")
    kept = picture.event_types.get(known.get(piece.key, 0))
    if kept is not None and not _obstacle(piece, kept, host):
        return PieceProposal(piece, Candidate(kept, 100, ("stored before", *_facts(kept))), "kept")
    return _found(piece, host, picture)


def _said(piece: Piece, event_type_id: int, host: Member | None, picture: AccountPicture) -> PieceProposal:
    kind = picture.event_types.get(event_type_id)
    if kind is None:
        return PieceProposal(piece, None, "none", f"there is no event type {event_type_id} in this account")
    obstacle = f"{piece.member.name} is nobody there yet" if host is None else _obstacle(piece, kind, host)
    if obstacle:
        return PieceProposal(piece, None, "none", f"{_titled(kind)} cannot be it: {obstacle}")
    return PieceProposal(piece, Candidate(kind, 100, ("as you said", *_facts(kind))), "said")


def _obstacle(piece: Piece, kind: EventType, host: Member) -> str:
    """Say why bookings of this piece could never be made there, "" if they could."""
    if kind.is_managed_parent:
        return "it is the template of a managed event type; take the person's own copy of it"
    if kind.host_ids != (host.user_id,):
        return f"it is not with {_shown(host)} alone"
    if piece.minutes != kind.length_min and piece.minutes not in kind.lengths:
        return f"it takes {_lengths(kind)}, and {piece.member.name} needs {piece.minutes} min"
    return ""


def _found(piece: Piece, host: Member, picture: AccountPicture) -> PieceProposal:
    ranked = sorted(
        _candidates(piece, host, picture), key=lambda each: (-each.score, each.kind.event_type_id)
    )
    good = [each for each in ranked if each.score >= _ENOUGH]
    if not good:
        return PieceProposal(piece, None, "none", _no_kind(piece, host, picture), tuple(ranked[:3]))
    best, close = good[0], [each for each in good[1:] if each.score > good[0].score - _APART]
    if close:
        both = ", ".join(_titled(each.kind) for each in (best, *close))
        missing = f'several could be it: {both}; say which: --set "{piece.said}=ID"'
        return PieceProposal(piece, None, "none", missing, (best, *close))
    return PieceProposal(piece, best, "found", others=tuple(ranked[1:3]))


def _no_kind(piece: Piece, host: Member, picture: AccountPicture) -> str:
    alike = [
        kind
        for kind in picture.bookable(host.user_id)
        if round(100 * _alike(piece, kind, host)[0]) >= _ENOUGH
    ]
    wish = f'"{piece.label}" of {piece.minutes} min with {_shown(host)}'
    if alike:
        there = ", ".join(f"{_titled(kind)} takes {_lengths(kind)}" for kind in alike)
        return f"no event type has this length ({there}); make {wish}, or add the length there"
    return (
        f'no event type has such a name; make {wish} at Cal.com, or say which it is: --set "{piece.said}=ID"'
    )


def _candidates(piece: Piece, host: Member, picture: AccountPicture) -> Iterator[Candidate]:
    for kind in picture.bookable(host.user_id):
        if kind.slug.startswith(PROBE_SLUG) or _obstacle(piece, kind, host):
            continue
        share, like = _alike(piece, kind, host)
        exact = piece.minutes == kind.length_min
        score = round(100 * share * (1 if exact else _OF_SEVERAL))
        yield Candidate(kind, score, (f"like {like}", *_facts(kind)))


def _alike(piece: Piece, kind: EventType, host: Member) -> tuple[float, str]:
    """Compare every name of the piece with title and slug; the best, and which name it was."""
    found = (
        (share * said * likeness(words_of(name), words), f'"{name}"')
        for name, share in _named(piece)
        for words, said in _titles(kind, person_words(host.name, host.username, piece.member.name))
    )
    return max(found, key=lambda each: each[0])


def _titles(kind: EventType, people: frozenset[str]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Give what the event type is called, and the same without whom it is with ("Herrenschnitt bei Anna").

    The whole goes first: Ms Lang may offer "Damenschnitt lang"."""
    for text in (kind.title, kind.slug.replace("-", " ")):
        yield words_of(text), 1.0
        yield words_of(text, without=people), _WITHOUT_NAME


def _named(piece: Piece) -> Iterator[tuple[str, float]]:
    """Give the names a piece may have there, each with how much it says."""
    service, part = piece.service, piece.part
    if not part:
        yield service.name, 1.0
        yield service.key.replace("-", " ").replace("_", " "), 1.0
        yield from ((synonym, _SYNONYM) for synonym in service.synonyms)
        return
    for name, share in ((service.name, 1.0), *((synonym, _SYNONYM) for synonym in service.synonyms)):
        yield f"{name} {part}", share
        yield f"{name} {piece.number}", share
        yield f"{name} Teil {piece.number}", share
        yield name, share * _WHOLE
    yield part, _PART_ONLY


def _segment(piece: Piece, kind: EventType) -> SegmentMapping:
    service_id, ordinal, staff_id = piece.key
    said = names_length(kind, piece.minutes)
    return SegmentMapping(service_id, ordinal, staff_id, kind.event_type_id, piece.minutes, said)


def names_length(kind: EventType, minutes: int) -> bool:
    """Say whether a booking must name its length: Cal.com refuses one where there is no choice."""
    return len(kind.lengths) > 1 or (minutes != kind.length_min and minutes in kind.lengths)


def _facts(kind: EventType) -> tuple[str, ...]:
    return (_lengths(kind), "hidden") if kind.hidden else (_lengths(kind),)


def _lengths(kind: EventType) -> str:
    return f"{' or '.join(str(each) for each in kind.lengths or (kind.length_min,))} min"


def _titled(kind: EventType) -> str:
    return f'"{kind.title}" ({kind.event_type_id})'
