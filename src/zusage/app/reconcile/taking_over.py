"""With whom an appointment is after people moved it in the calendar. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from zusage.app.mirror.ports import CalendarBooking
from zusage.app.reconcile.observing import Course
from zusage.app.reconcile.sights import Person, Phase, Verdict


@dataclass(frozen=True, slots=True)
class Takeover:
    """It can be taken over; `staff_id` is who has it from now on, None where that does not change."""

    staff_id: UUID | None


@dataclass(frozen=True, slots=True)
class Team:
    """Who is who in the calendar (`hosts`), and everybody who works here (`people`)."""

    hosts: Mapping[int, UUID]
    people: Mapping[UUID, Person]

    def takeover(self, moved: Sequence[tuple[Phase, CalendarBooking]]) -> Takeover | None:
        """Tell with whom all phases are now; None where that cannot be taken over: with several people, with somebody
        who is nobody here, or at another branch than the customer was told."""
        given = {
            self._whom(phase, booking.host_id) for phase, booking in moved if booking.host_id is not None
        }
        before = {phase.staff_id for phase, _ in moved}
        if given == before:
            return Takeover(None)
        (staff_id, *more) = given or {None}
        if staff_id is None or more or len(before) > 1:
            return None
        return Takeover(staff_id) if self._branches({staff_id}) == self._branches(before) else None

    def decided(self, course: Course, verdicts: Sequence[tuple[Phase, Verdict]]) -> Course:
        """Leave a move to a person that cannot be taken over."""
        if course.kind == "move" and self.takeover(bookings_of(verdicts)) is None:
            return replace(course, kind="ask")
        return course

    def _whom(self, phase: Phase, host: int) -> UUID | None:
        return phase.staff_id if host == phase.host_id else self.hosts.get(host)

    def _branches(self, staff: set[UUID]) -> set[UUID]:
        return {self.people[each].branch_id for each in staff if each in self.people}


def bookings_of(verdicts: Sequence[tuple[Phase, Verdict]]) -> list[tuple[Phase, CalendarBooking]]:
    """Give the phases of which a booking was seen, each with it."""
    return [(phase, verdict.booking) for phase, verdict in verdicts if verdict.booking is not None]
