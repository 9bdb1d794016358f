"""Protections switched off: what the fault matrix must find out. Each stands behind a port, as any other adapter."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal, cast
from uuid import UUID

from zusage.adapters.calcom import decoding, encoding, routes
from zusage.adapters.calcom.calendar import Asked
from zusage.adapters.calcom.client import CalcomClient
from zusage.app.mirror.bring_over import Mirroring
from zusage.app.mirror.ports import BookingWanted, Calendar, CalendarAccess, CalendarBooking, Calendars, Terms
from zusage.app.mirror.rows import MirrorRow, MirrorWork, ReviewKind
from zusage.app.mirror.store import MirrorStore, MirrorUnit

Carelessness = Literal[
    "", "sends_again_blindly", "asks_nobody_to_look", "only_says_it_cancels", "books_over_others"
]


def careless(mirroring: Mirroring, how: Carelessness) -> Mirroring:
    """The routine with one of its protections gone."""
    return _SWITCHES[how](mirroring)


@dataclass(frozen=True)
class _CarelessStore:
    """A store whose units are as `made` makes them."""

    store: MirrorStore
    made: Callable[[MirrorUnit], object]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    @asynccontextmanager
    async def unit(self, company_id: UUID) -> AsyncIterator[MirrorUnit]:
        async with self.store.unit(company_id) as unit:
            yield cast("MirrorUnit", self.made(unit))


@dataclass(frozen=True)
class _BlindUnit:
    """What is not known to be there is taken for not there."""

    unit: MirrorUnit

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unit, name)

    async def load(self, appointment_id: UUID) -> MirrorWork | None:
        work = await self.unit.load(appointment_id)
        if work is None:
            return None
        rows = (replace(row, known="none") if row.known == "unknown" else row for row in work.rows)
        return replace(work, rows=tuple(rows))


@dataclass(frozen=True)
class _SilentUnit:
    """Nobody is ever asked to look at anything."""

    unit: MirrorUnit

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unit, name)

    async def review(self, _appointment_id: UUID, _row: MirrorRow, _kind: ReviewKind) -> None:
        """Forget it."""


@dataclass(frozen=True)
class _Careless:
    """Calendars that are as `made` makes them."""

    calendars: Calendars
    made: Callable[[Calendars, CalendarAccess], object]

    def of(self, access: CalendarAccess) -> Calendar:
        return cast("Calendar", self.made(self.calendars, access))


@dataclass(frozen=True)
class _Pretending:
    """Answers as if it had cancelled what it is asked to."""

    calendar: Calendar

    def __getattr__(self, name: str) -> Any:
        return getattr(self.calendar, name)

    async def cancel_booking(self, uid: str, reason: str, terms: Terms) -> object:
        assert reason
        return await self.calendar.get_booking(uid, terms)


_KNOWS_FLAGS = "2026-02-25"


@dataclass(frozen=True)
class _Pushing:
    """Uses the owner's right to book what is not free, which nothing of ours does."""

    client: CalcomClient
    access: CalendarAccess

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client.of(self.access), name)

    async def create_booking(self, wanted: BookingWanted, terms: Terms) -> CalendarBooking:
        route = replace(routes.CREATE_BOOKING, version=_KNOWS_FLAGS)
        asked = Asked(route, body=encoding.booking_body(wanted) | {"allowConflicts": True})
        return await self.client.ask(self.access, asked, decoding.booking, terms)


def _with_calendars(
    made: Callable[[Calendars, CalendarAccess], object],
) -> Callable[[Mirroring], Mirroring]:
    return lambda mirroring: replace(mirroring, calendars=_Careless(mirroring.calendars, made))


def _with_store(made: Callable[[MirrorUnit], object]) -> Callable[[Mirroring], Mirroring]:
    return lambda mirroring: replace(
        mirroring, store=cast("MirrorStore", _CarelessStore(mirroring.store, made))
    )


_SWITCHES: Mapping[str, Callable[[Mirroring], Mirroring]] = {
    "": lambda mirroring: mirroring,
    "sends_again_blindly": _with_store(_BlindUnit),
    "asks_nobody_to_look": _with_store(_SilentUnit),
    "only_says_it_cancels": _with_calendars(lambda calendars, access: _Pretending(calendars.of(access))),
    "books_over_others": _with_calendars(
        lambda calendars, access: _Pushing(cast("CalcomClient", calendars), access)
    ),
}
