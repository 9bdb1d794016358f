"""One action on one row, asked of the calendar, and what its answer means for the mirror."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from zusage.app.mirror.ports import (
    INTENT,
    Attendee,
    BookingsWanted,
    BookingWanted,
    CalendarBooking,
    CalendarBookings,
    CalendarError,
    Expected,
    Priority,
    Terms,
    differences,
    is_ours,
)
from zusage.app.mirror.rows import Action, Guest, MirrorRow, MirrorWork, Outcome, OutcomeKind, Target
from zusage.app.points import Reach
from zusage.core.people import normalise_phone

_CLOCKS_APART = timedelta(minutes=10)
_MOST_LISTED = 2000
_ALIVE = ("accepted", "pending")
_DUPLICATE, _WRONG = "duplicate", "wrong"
_SURE = ("taken", "out_of_bounds", "invalid", "auth", "gone")


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for an answer; a request that has left goes on all the same. `live`: a caller is waiting."""

    write: float = 15.0
    read: float = 10.0
    live: bool = False

    @property
    def writing(self) -> Terms:
        return Terms(self.write, self._priority)

    @property
    def reading(self) -> Terms:
        return Terms(self.read, self._priority)

    @property
    def _priority(self) -> Priority:
        return "live" if self.live else "background"


@dataclass(frozen=True, slots=True)
class Asking:
    """One run's conversation with a company's calendar; nothing here raises for what the calendar says or leaves out."""

    calendar: CalendarBookings
    patience: Patience
    reach: Reach

    async def create(self, work: MirrorWork, row: MirrorRow, target: Target) -> Outcome:
        """Send the one request that books a phase."""
        wanted = booking_wanted(work, row, target)
        await self.reach("before_post")
        try:
            booking = await self.calendar.create_booking(wanted, self.patience.writing)
        except CalendarError as error:
            outcome = not_created(error)
        else:
            outcome = created(booking, expected(row, target))
        await self.reach("answer_received")
        return outcome

    async def cancel(self, row: MirrorRow) -> Outcome:
        """Cancel the booking of a phase; cancelled already is as good."""
        uid = row.uid or ""
        await self.reach("before_cancel")
        try:
            await self.calendar.cancel_booking(uid, cancel_reason(row), self.patience.writing)
        except CalendarError as error:
            outcome = not_cancelled(error, uid)
        else:
            outcome = Outcome("cancel", "ended", uid=uid)
        await self.reach("cancel_answered")
        return outcome

    async def look(self, work: MirrorWork, rows: Sequence[MirrorRow]) -> dict[int, Outcome]:
        """Look several phases up by their intents, in one list of all this guest's bookings made since."""
        try:
            there = await self._bookings_since(email(work), min(row.created_at for row in rows))
        except CalendarError as error:
            failed = _again("look", error)
            outcomes = {row.ordinal: failed for row in rows}
        else:
            outcomes = {row.ordinal: seen(row, there) for row in rows}
        await self.reach("looked_up")
        return outcomes

    async def _bookings_since(self, address: str, since: datetime) -> list[CalendarBooking]:
        found: list[CalendarBooking] = []
        skip: int | None = 0
        while skip is not None and skip < _MOST_LISTED:
            wanted = BookingsWanted(
                attendee_email=address, created_from=since - _CLOCKS_APART, take=100, skip=skip
            )
            page = await self.calendar.list_bookings(wanted, self.patience.reading)
            found += page.bookings
            skip = page.next_skip
        return found


def booking_wanted(work: MirrorWork, row: MirrorRow, target: Target) -> BookingWanted:
    """Describe the booking of a phase: our ids with it, a real number only if it is one."""
    guest = work.guest
    return BookingWanted(
        event_type_id=target.event_type_id,
        start=row.start,
        attendee=Attendee(
            guest.name,
            guest.zone,
            email(work),
            normalise_phone(guest.phone) if guest.phone else None,
            guest.language,
        ),
        metadata={
            INTENT: str(row.intent),
            "installation": str(work.installation_id),
            "company": str(work.company_id),
            "appointment": str(work.appointment_id),
            "phase": str(row.ordinal),
        },
        length_min=_minutes(row) if target.send_length else None,
    )


def email(work: MirrorWork) -> str:
    """Make up the guest's address: the same each time, of nobody else, on the company's own domain."""
    if work.connection is None:
        raise ValueError("a company without a calendar has no addresses")
    return synthetic_email(work.guest, work.connection.email_domain)


def synthetic_email(guest: Guest, domain: str) -> str:
    return f"c-{hashlib.sha256(guest.key.encode()).hexdigest()[:20]}@{domain}"


def expected(row: MirrorRow, target: Target) -> Expected:
    return Expected(str(row.intent), row.start, row.end, target.host_id)


def cancel_reason(row: MirrorRow) -> str:
    """Say why, always; an automatic rollback by its name."""
    said = row.reason.strip() or "Termin abgesagt"
    return f"Automatisch zurückgenommen: {said}" if row.automatic else said


def created(booking: CalendarBooking, wanted: Expected) -> Outcome:
    """Judge a 201: its body is the read-back, and it may be somebody else's booking (D4)."""
    wrong = differences(booking, wanted)
    if not wrong:
        return Outcome("create", "confirmed", uid=booking.uid)
    text = f"Cal.com answered with a booking that differs in {', '.join(wrong)}."
    if "intent" in wrong:
        return Outcome("create", "refused", failure="taken", text=text)
    orphans = {} if "status" in wrong else {booking.uid: _WRONG}
    return Outcome("create", "refused", failure="wrong", text=text, orphans=orphans)


def not_created(error: CalendarError) -> Outcome:
    """Judge a failed create. What we cannot tell from an earlier success of ours is looked up first (6)."""
    if error.kind == "unknown":
        return Outcome("create", "unknown", failure="unknown", text=str(error))
    if error.kind not in _SURE:
        return _again("create", error)
    kind: OutcomeKind = "doubtful" if error.maybe_ours else "refused"
    return Outcome("create", kind, failure=error.kind, text=str(error))


def not_cancelled(error: CalendarError, uid: str) -> Outcome:
    """Judge a failed cancel, which may be repeated: gone is what was wanted, a newer uid is followed."""
    if error.hint == "already_moved" and error.successor:
        return Outcome("cancel", "moved", uid=error.successor, text=str(error))
    if error.kind == "gone":
        return Outcome("cancel", "ended", uid=uid, text=str(error))
    if error.kind in _SURE:
        return Outcome("cancel", "refused", failure=error.kind, text=str(error))
    return _again("cancel", error)


def seen(row: MirrorRow, there: Iterable[CalendarBooking]) -> Outcome:
    """Judge what a look found under a row's intent: a live one before a dead one, for a move copies it (19)."""
    ours = [booking for booking in there if booking.metadata.get(INTENT) == str(row.intent)]
    alive = [booking for booking in ours if booking.status in _ALIVE]
    if not ours:
        return Outcome("look", "missing")
    if not alive:
        dead = ours[-1]
        return Outcome("look", "ended", uid=dead.uid, text=dead.cancelled_because or "Cancelled in Cal.com.")
    # The one we know, else the one as we want it, else the first: always the same of several.
    alive.sort(key=lambda booking: (booking.uid != row.uid, not _fits(row, booking), booking.uid))
    kept, *more = alive
    kind: OutcomeKind = "confirmed" if _fits(row, kept) else "moved"
    orphans: Mapping[str, str] = {booking.uid: _DUPLICATE for booking in more}
    text = "" if kind == "confirmed" else f"In Cal.com it stands at {kept.start.isoformat()}."
    return Outcome("look", kind, uid=kept.uid, text=text, orphans=orphans)


def _fits(row: MirrorRow, booking: CalendarBooking) -> bool:
    return row.target is not None and is_ours(booking, expected(row, row.target))


def _again(action: Action, error: CalendarError) -> Outcome:
    sure = error.kind in _SURE
    return Outcome(
        action,
        "refused" if sure else "again",
        failure=error.kind,
        text=str(error),
        retry_after=error.retry_after,
    )


def _minutes(row: MirrorRow) -> int:
    return int((row.end - row.start).total_seconds() // 60)
