"""One action on one row, asked of the calendar, and what its answer means for the mirror."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from zusage.app.mirror.following import SURE, again, follow, moved, place_of, trace
from zusage.app.mirror.ours import INTENT, Expected, differences, is_ours
from zusage.app.mirror.ports import (
    Attendee,
    BookingsWanted,
    BookingWanted,
    CalendarBooking,
    CalendarBookings,
    CalendarError,
    Priority,
    Terms,
)
from zusage.app.mirror.rows import Guest, MirrorRow, MirrorWork, Outcome, OutcomeKind, Place, Target
from zusage.app.points import Reach
from zusage.core.people import normalise_phone

_CLOCKS_APART = timedelta(minutes=10)
_DROP_REASON = "Automatisch zurückgenommen: Der Termin wurde verlegt."
_NOT_WHOLE = "Not every booking of this guest in Cal.com could be read, so ours may be among them."
_DUPLICATE, _WRONG = "duplicate", "wrong"


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for an answer; a request that has left goes on all the same. `live`: a caller is waiting.

    `most_listed`: so many bookings of a guest are read in one look; what is behind them stays unknown."""

    write: float = 15.0
    read: float = 10.0
    live: bool = False
    most_listed: int = 2000

    @property
    def writing(self) -> Terms:
        return Terms(self.write, self._priority)

    @property
    def reading(self) -> Terms:
        return Terms(self.read, self._priority)

    @property
    def _priority(self) -> Priority:
        return "live" if self.live else "promise"


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
            outcome = created(booking, expected(row.wanted_place, row, target))
        await self.reach("answer_received")
        return outcome

    async def cancel(self, row: MirrorRow) -> Outcome:
        """Cancel the booking of a phase; cancelled already is as good, unless it was moved instead."""
        return await self._cancel(row.uid or "", cancel_reason(row))

    async def drop(self, row: MirrorRow) -> Outcome:
        """Cancel the oldest booking of an earlier generation: the appointment was moved."""
        return replace(await self._cancel(row.formers[0].uid, _DROP_REASON), action="drop")

    async def move(self, row: MirrorRow) -> Outcome:
        """Send the one request that moves the booking of a phase to where it is wanted."""
        await self.reach("before_move")
        try:
            booking = await self.calendar.reschedule_booking(
                row.uid or "", row.start, move_reason(row), self.patience.writing
            )
        except CalendarError as error:
            outcome = await self._not_moved(row, error)
        else:
            outcome = moved(row, booking)
        await self.reach("move_answered")
        return outcome

    async def trace(self, row: MirrorRow) -> Outcome:
        """Find out where the booking of a phase stands."""
        outcome = await trace(self.calendar, row, self.patience.reading)
        await self.reach("looked_up")
        return outcome

    async def _not_moved(self, row: MirrorRow, error: CalendarError) -> Outcome:
        """Judge a failed move. What may be an earlier success of ours, or people's, is read from the old uid (19)."""
        if error.kind == "unknown":
            return Outcome("move", "unknown", failure="unknown", text=str(error))
        if error.kind not in SURE or error.kind == "auth":
            return again("move", error)
        traced = await trace(self.calendar, row, self.patience.reading, since=error.successor)
        if traced.kind == "stands" and error.kind != "gone":
            return Outcome("move", "refused", failure=error.kind, text=str(error), place=traced.place)
        if traced.kind in ("stands", "again", "refused"):
            # Reads lag behind what was just said: that it is gone, or where it went, is to be seen yet.
            return Outcome("move", "unknown", failure=error.kind, text=str(error))
        return replace(traced, action="move")

    async def _cancel(self, uid: str, reason: str) -> Outcome:
        await self.reach("before_cancel")
        try:
            await self.calendar.cancel_booking(uid, reason, self.patience.writing)
        except CalendarError as error:
            outcome = not_cancelled(error, uid)
            if outcome.kind == "ended" and error.hint:
                outcome = await self._moved_instead(outcome, uid)
        else:
            outcome = Outcome("cancel", "ended", uid=uid, chain=(uid,))
        await self.reach("cancel_answered")
        return outcome

    async def _moved_instead(self, ended: Outcome, uid: str) -> Outcome:
        """Look whether what is said to be cancelled lives on under a newer uid."""
        try:
            found = await follow(self.calendar, uid, self.patience.reading)
        except CalendarError as error:
            return ended if error.kind == "gone" else again("cancel", error)
        if not found[-1].alive:
            return ended
        chain = tuple(booking.uid for booking in found)
        return Outcome("cancel", "moved", uid=chain[-1], text=ended.text, chain=chain)

    async def look(self, work: MirrorWork, rows: Sequence[MirrorRow]) -> dict[int, Outcome]:
        """Look several phases up by their intents, in one list of all this guest's bookings made since."""
        try:
            there, whole = await self._bookings_since(email(work), min(row.created_at for row in rows))
        except CalendarError as error:
            failed = again("look", error)
            outcomes = {row.ordinal: failed for row in rows}
        else:
            outcomes = {row.ordinal: seen(row, there, whole=whole) for row in rows}
        await self.reach("looked_up")
        return outcomes

    async def _bookings_since(self, address: str, since: datetime) -> tuple[list[CalendarBooking], bool]:
        """List a guest's bookings made since, and say whether these are all."""
        found: list[CalendarBooking] = []
        unreadable = 0
        skip: int | None = 0
        while skip is not None and skip < self.patience.most_listed:
            wanted = BookingsWanted(
                attendee_email=address, created_from=since - _CLOCKS_APART, take=100, skip=skip
            )
            page = await self.calendar.list_bookings(wanted, self.patience.reading)
            found += page.bookings
            unreadable += page.unreadable
            skip = page.next_skip
        return found, skip is None and not unreadable


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


def expected(place: Place, row: MirrorRow, target: Target) -> Expected:
    """Say what a booking of a row at a place must be."""
    host = target.host_id if place.host_id is None else place.host_id
    return Expected(str(row.intent), place.start, place.end, host)


def cancel_reason(row: MirrorRow) -> str:
    """Say why, always; an automatic rollback by its name."""
    said = row.reason.strip() or "Termin abgesagt"
    return f"Automatisch zurückgenommen: {said}" if row.automatic else said


def move_reason(row: MirrorRow) -> str:
    """Say why, always; going back automatically by its name."""
    said = row.reason.strip() or "Termin verlegt"
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
    if error.kind not in SURE:
        return again("create", error)
    kind: OutcomeKind = "doubtful" if error.maybe_ours else "refused"
    return Outcome("create", kind, failure=error.kind, text=str(error))


def not_cancelled(error: CalendarError, uid: str) -> Outcome:
    """Judge a failed cancel, which may be repeated: gone is what was wanted, a newer uid is followed."""
    if error.hint == "already_moved" and error.successor:
        return Outcome("cancel", "moved", uid=error.successor, text=str(error), chain=(uid, error.successor))
    if error.kind == "gone":
        return Outcome("cancel", "ended", uid=uid, text=str(error), chain=(uid,))
    return again("cancel", error)


def seen(row: MirrorRow, there: Iterable[CalendarBooking], *, whole: bool = True) -> Outcome:
    """Judge what a look found under a row's intent: a live one before a dead one, for a move copies it (19).

    It is ours where it was asked to stand, and where it is wanted by now. Unless these are the `whole` of what there is,
    only a live one says anything (6)."""
    ours = [booking for booking in there if booking.metadata.get(INTENT) == str(row.intent)]
    alive = [booking for booking in ours if booking.alive]
    if not alive and not whole:
        return Outcome("look", "again", failure="unknown", text=_NOT_WHOLE)
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
    return Outcome("look", kind, uid=kept.uid, text=text, orphans=orphans, place=place_of(row, kept))


def _fits(row: MirrorRow, booking: CalendarBooking) -> bool:
    if row.target is None:
        return False
    places = (row.wanted_place,) if row.place is None else (row.place, row.wanted_place)
    return any(is_ours(booking, expected(place, row, row.target)) for place in places)


def _minutes(row: MirrorRow) -> int:
    return int((row.end - row.start).total_seconds() // 60)
