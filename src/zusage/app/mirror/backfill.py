"""Appointments of before a branch was connected: what of them is not in the calendar, and what looks the same there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol
from uuid import UUID

from zusage.app.mirror.ours import INTENT
from zusage.app.mirror.ports import CalendarBooking
from zusage.app.mirror.rows import Target


@dataclass(frozen=True, slots=True)
class Unmirrored:
    """An active phase of a promise of the future in a connected branch, without a mirror; instants in UTC."""

    appointment_id: UUID
    ordinal: int
    start: datetime
    end: datetime
    service: str
    staff: str
    intent: UUID
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class BackfillItem:
    """What is to become of a phase. `twin` is the uid of a booking there with the same host, start and end; `unsure`: a
    booking of that day could not be read.

    new: it is booked there. alike: somebody may have typed it in by hand, so a person decides. unmapped: no event type
    fits; nothing is done before the mapping is mended. unsure: it may stand there already; nothing is done before all
    of that day can be read."""

    phase: Unmirrored
    twin: str | None = None
    unsure: bool = False

    @property
    def state(self) -> Literal["new", "alike", "unmapped", "unsure"]:
        if self.phase.target is None:
            return "unmapped"
        if self.twin is not None:
            return "alike"
        return "unsure" if self.unsure else "new"


class BackfillStore(Protocol):
    """One transaction for each call.

    :raises LedgerBusy: the database is too busy; trying again is safe."""

    async def unmirrored(self, company_id: UUID, limit: int) -> Sequence[Unmirrored]:
        """List the phases of the next so many appointments that have active phases without a mirror, by start."""

    async def mirror(
        self, company_id: UUID, appointment_id: UUID, *, alike: Mapping[int, str], seconds: float
    ) -> int:
        """Give each active phase of an appointment that has none its mirror, due in so many seconds; says how many.

        Those of `alike`, with the uid of what stands there, wait for a person instead. Repeating adds nothing, and an
        appointment that is over, cancelled or of a branch that is not connected stays as it is."""


def with_twins(
    phases: Iterable[Unmirrored], there: Iterable[CalendarBooking], unread: Collection[date] = ()
) -> list[BackfillItem]:
    """Find for each phase what looks the same in the calendar; a booking of our own intent is no twin but itself.

    `unread` are the days (UTC) of which not everything could be read."""
    standing = {
        (host, booking.start, booking.end): booking
        for booking in there
        if booking.alive
        for host in booking.host_ids
    }
    items = []
    for phase in phases:
        place = (phase.target.host_id, phase.start, phase.end) if phase.target else None
        found = standing.get(place) if place else None
        ours = found is not None and found.metadata.get(INTENT) == str(phase.intent)
        twin = found.uid if found is not None and not ours else None
        items.append(BackfillItem(phase, twin, unsure=phase.start.date() in unread and not ours))
    return items
