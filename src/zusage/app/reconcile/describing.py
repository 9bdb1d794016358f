"""Differences in words: what stands here, what there, and what is done. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from zusage.app.mirror.ports import CalendarBooking
from zusage.app.reconcile.observing import Course
from zusage.app.reconcile.sights import (
    Deed,
    Difference,
    DifferenceKind,
    External,
    Phase,
    Verdict,
    VerdictKind,
)
from zusage.app.reconcile.taking_over import Team

_KNOWN = {
    "none": "was not sent yet",
    "sending": "is on its way",
    "unknown": "may have arrived, and is looked up",
    "absent": "was cancelled there",
}


_SAYS: dict[VerdictKind, tuple[DifferenceKind, str]] = {
    "ended": ("cancelled_there", "cancel it here"),
    "moved": ("moved_there", "move it here"),
    "missed": ("missing_there", "look again in three minutes"),
    "again": ("missing_there", "make it anew there"),
}


class Describer:
    """Writes times as the branches' clocks show them, and people by their names here."""

    def __init__(self, zone: str, team: Team) -> None:
        self._zone = ZoneInfo(zone)
        self._team = team

    def moment(self, at: datetime) -> str:
        return at.astimezone(self._zone).strftime("%d.%m.%Y %H:%M")

    def booking(self, booking: CalendarBooking | None) -> str:
        if booking is None:
            return "not found"
        if not booking.alive:
            why = f" ({booking.cancelled_because})" if booking.cancelled_because else ""
            return f"{booking.status}{why}"
        return f"{booking.status} at {self.moment(booking.start)} with {self._host(booking)}"

    def ended(self, booking: CalendarBooking | None) -> str:
        """Say in a sentence that people ended a booking, and why if they said so."""
        if booking is None:
            return "In Cal.com it was cancelled."
        because = (booking.cancelled_because or "").strip().rstrip(".")
        return f"In Cal.com it was {booking.status}{f', because: {because}' if because else ''}."

    def phase(self, phase: Phase) -> str:
        wanted = "promised" if phase.wanted == "present" else "cancelled"
        unknown = ", who is nobody there" if phase.host_id is None else ""
        return f"{wanted} at {self.moment(phase.start)} with {self._person(phase.staff_id)}{unknown}"

    def _host(self, booking: CalendarBooking) -> str:
        if booking.host_id is None:
            return "nobody"
        staff_id = self._team.hosts.get(booking.host_id)
        if staff_id is None:
            return f"host {booking.host_id}, who is nobody here"
        return self._person(staff_id)

    def _person(self, staff_id: UUID) -> str:
        """Name somebody, with their branch where there are several."""
        people = self._team.people
        person = people[staff_id]
        several = len({each.branch_id for each in people.values()}) > 1
        return f"{person.name} ({person.branch})" if several else person.name

    def pending(self, phase: Phase) -> Difference | None:
        """Describe what the routine has still to bring over; None where nothing is left to do."""
        if phase.wanted == "absent" and phase.known in ("none", "absent"):
            return None
        if phase.wanted == "present" and phase.known == "present":
            return None
        action = "a person decides" if phase.in_review else "the worker brings it over"
        told = self._of(phase, "pending", action, "left")
        return replace(told, there=_KNOWN.get(phase.known, "stands there"))

    def verdict(self, phase: Phase, verdict: Verdict, course: Course, deed: Deed) -> list[Difference]:
        """Describe what a verdict on a phase says and what follows."""
        found = []
        if verdict.kind in _SAYS:
            kind, action = _SAYS[verdict.kind]
            if verdict.kind == "ended":
                kind = "cancelled_there" if course.kind == "cancel" else "partly_cancelled_there"
            asked = course.kind == "ask" and verdict.kind in ("ended", "moved")
            if asked:
                action = "a person decides"
            # Who is asked already would not be asked again.
            waiting = asked and phase.in_review and deed == "would_be_done"
            told = self._of(phase, kind, action, "left" if waiting else deed)
            uid = verdict.booking.uid if verdict.booking else phase.uid
            found.append(replace(told, uid=uid, there=self.booking(verdict.booking)))
        for uid, why in verdict.orphans:
            kind = "unwanted_there" if why == "unwanted" else "double_there"
            told = self._of(phase, kind, "cancel it there", deed)
            found.append(replace(told, uid=uid, there=f"booking {uid} stands"))
        return found

    def _of(self, phase: Phase, kind: DifferenceKind, action: str, deed: Deed) -> Difference:
        here = self.phase(phase)
        of = phase.appointment_id, phase.ordinal, phase.start
        return Difference(kind, phase.uid, here, "", action, deed, *of)

    def other(
        self, kind: DifferenceKind, booking: CalendarBooking, here: str, action: str, deed: Deed
    ) -> Difference:
        """Describe a booking that belongs to no phase."""
        return Difference(kind, booking.uid, here, self.booking(booking), action, deed, start=booking.start)

    def gone(self, stored: External, there: str, action: str, deed: Deed) -> Difference:
        """Describe a booking of others that is over."""
        return Difference(
            "foreign_gone", stored.uid, self.blocked(stored), there, action, deed, start=stored.start
        )

    def blocked(self, stored: External) -> str:
        return f"its time is blocked at {self.moment(stored.start)} with {self._person(stored.staff_id)}"
