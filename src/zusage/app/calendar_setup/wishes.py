"""What a person says about the mapping, and what stands there: staff members, segments and their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from zusage.app.calendar_setup.names import is_called, words_of
from zusage.app.calendar_setup.ports import CalendarSetupError
from zusage.core.scheduling import minutes_of
from zusage.core.scheduling.masters import Branch, BranchBook, Service, Staff

_SAID = re.compile(
    r"(?P<service>[^@=]+?)(?:\.(?P<number>[0-9]+))?@(?P<staff>[^@=]+)=(?P<number_there>[0-9]+)"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One active segment of a service with one staff member. `number` counts the active ones from 1, of `of`."""

    branch: Branch
    service: Service
    member: Staff
    ordinal: int
    minutes: int
    number: int
    of: int

    @property
    def key(self) -> tuple[UUID, int, UUID]:
        return self.service.id, self.ordinal, self.member.id

    @property
    def part(self) -> str:
        """Name the segment, "" where it is the only active one."""
        if self.of == 1:
            return ""
        return self.service.segments[self.ordinal].name or f"Teil {self.number}"

    @property
    def label(self) -> str:
        return f"{self.service.name}, {self.part}" if self.part else self.service.name

    @property
    def said(self) -> str:
        """Write it as `--set` takes it, without its number."""
        part = f".{self.number}" if self.of > 1 else ""
        return f"{self.service.key}{part}@{self.member.name}"


def pieces_of(books: Sequence[BranchBook]) -> Iterator[Piece]:
    """Give all that has to be mapped: branch by branch, in the order of staff and catalogue.

    What is only booked with a person on the phone counts as well; a member who does not do a service has none."""
    for book in books:
        for member in book.staff:
            for service in book.services:
                yield from _pieces(book.branch, service, member)


def _pieces(branch: Branch, service: Service, member: Staff) -> Iterator[Piece]:
    minutes = minutes_of(member, service)
    if minutes is None:
        return
    active = [n for n, segment in enumerate(service.segments) if segment.kind == "active"]
    for number, ordinal in enumerate(active, start=1):
        yield Piece(branch, service, member, ordinal, minutes[ordinal], number, len(active))


def staff_of(books: Sequence[BranchBook]) -> list[Staff]:
    return [member for book in books for member in book.staff]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person decided: hosts by staff member, event types by the key of a piece."""

    hosts: dict[UUID, int]
    pieces: dict[tuple[UUID, int, UUID], int]


def read_wishes(hosts: Sequence[str], pieces: Sequence[str], books: Sequence[BranchBook]) -> Wishes:
    """Read `STAFF=HOST_ID` and `SERVICE[.PART]@STAFF=EVENT_TYPE_ID`, services by key or name, staff by their name or a part of
    it that only one of them has, parts counted from 1.

    :raises CalendarSetupError: one cannot be read, or names nobody and nothing of this company."""
    known = list(pieces_of(books))
    return Wishes(
        dict(_host_wish(said, books) for said in hosts),
        dict(_piece_wish(said, known) for said in pieces),
    )


def _host_wish(said: str, books: Sequence[BranchBook]) -> tuple[UUID, int]:
    name, _, number = said.rpartition("=")
    if not number.strip().isdecimal() or not name.strip():
        raise CalendarSetupError(f'"{said}" cannot be read; write --host "Anna=1234".')
    staff = staff_of(books)
    found = _meant(name, staff)
    if len(found) != 1:
        known = ", ".join(member.name for member in staff)
        several = "several are called" if found else "nobody is called"
        raise CalendarSetupError(f'{several.capitalize()} "{name.strip()}"; there are: {known or "none"}.')
    return found[0].id, int(number)


def _piece_wish(said: str, known: Sequence[Piece]) -> tuple[tuple[UUID, int, UUID], int]:
    match = _SAID.fullmatch(said.strip())
    if match is None:
        raise CalendarSetupError(f'"{said}" cannot be read; write --set "herrenschnitt@Anna=1234".')
    members = {piece.member.id for piece in _of(match["staff"], known)}
    found = [
        piece
        for piece in known
        if (match["service"].strip() == piece.service.key or _same(match["service"], piece.service.name))
        and piece.member.id in members
        and int(match["number"] or 1) == piece.number
    ]
    if len(found) != 1 or (match["number"] is None and found[0].of > 1):
        raise CalendarSetupError(_unknown_piece(said, match["staff"], known))
    return found[0].key, int(match["number_there"])


def _unknown_piece(said: str, staff: str, known: Sequence[Piece]) -> str:
    theirs = [piece.said for piece in _of(staff, known)]
    there = theirs or list(dict.fromkeys(piece.member.name for piece in known))
    return f'"{said}" names nothing of this company; there are: {", ".join(there) or "none"}.'


def _of(staff: str, known: Sequence[Piece]) -> list[Piece]:
    """Give the pieces of whoever is meant."""
    members = {piece.member.id: piece.member for piece in known}
    meant = {member.id for member in _meant(staff, members.values())}
    return [piece for piece in known if piece.member.id in meant]


def _meant(said: str, staff: Iterable[Staff]) -> list[Staff]:
    """Find who is meant: whoever is called just so, else whoever has it as a part of the name."""
    known = list(staff)
    return [member for member in known if _same(said, member.name)] or [
        member for member in known if is_called(said, (member.name,))
    ]


def _same(said: str, name: str) -> bool:
    return words_of(said) == words_of(name)
