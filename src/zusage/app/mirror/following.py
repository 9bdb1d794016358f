"""Where a booking of ours is by now: a move gives it a new uid, and the old one names it (protocols 19)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zusage.app.mirror.ours import INTENT
from zusage.app.mirror.ports import CalendarBooking, CalendarBookings, CalendarError, Terms
from zusage.app.mirror.rows import Action, MirrorRow, Outcome, Place

SURE = ("taken", "out_of_bounds", "invalid", "auth", "gone")
"""Failures after which it is sure that nothing was done, and that asking the same again gives the same."""

_MOST_MOVES = 20


async def follow(calendar: CalendarBookings, uid: str, terms: Terms) -> list[CalendarBooking]:
    """Read a booking and what became of it by moves, the newest last; repeats harmlessly.

    :raises CalendarError: one of them cannot be read."""
    found = [await calendar.get_booking(uid, terms)]
    while (newer := found[-1].moved_to) is not None and len(found) < _MOST_MOVES:
        found.append(await calendar.get_booking(newer, terms))
    return found


async def trace(
    calendar: CalendarBookings, row: MirrorRow, terms: Terms, *, since: str | None = None
) -> Outcome:
    """Find out where the booking of a row stands, from the last uid we know, or from the newer one that we were told."""
    try:
        found = await follow(calendar, since or row.uid or "", terms)
    except CalendarError as error:
        if error.kind != "gone":
            return again("trace", error)
        if since is None:
            return Outcome("trace", "ended", uid=row.uid, failure="gone", text=str(error))
        # It was named to us a moment ago, so it is there: reads lag.
        return replace(again("trace", error), kind="again")
    return traced(row, found)


def traced(row: MirrorRow, found: Sequence[CalendarBooking]) -> Outcome:
    """Judge where it is: not moved, moved as we asked, moved by people, or gone."""
    last, chain = found[-1], tuple(booking.uid for booking in found)
    if not last.alive:
        text = last.cancelled_because or "Cancelled in Cal.com."
        return Outcome("trace", "ended", uid=last.uid, text=text, chain=chain)
    place = place_of(row, last)
    if last.uid == row.uid and (row.place is None or row.place.host_id is None or _same(place, row.place)):
        return Outcome("trace", "stands", uid=last.uid, place=place, chain=chain)
    if _as_asked(row, place):
        return Outcome("trace", "confirmed", uid=last.uid, place=place, chain=chain)
    text = f"In Cal.com it stands at {last.start.isoformat()}."
    return Outcome("trace", "moved", uid=last.uid, text=text, place=place, chain=chain)


def moved(row: MirrorRow, booking: CalendarBooking) -> Outcome:
    """Judge the answer to a move: start, host and intent must be as asked, for hosts have changed before.

    Some versions of Cal.com set a length of ours back to the usual one: it stands there, and not as it is wanted."""
    place, chain = place_of(row, booking), (booking.uid,)
    checks = {
        "status": booking.alive,
        "intent": booking.metadata.get(INTENT) == str(row.intent),
        "start": booking.start == row.start,
        "host": row.place is not None and place.host_id == row.place.host_id,
    }
    wrong = [name for name, right in checks.items() if not right]
    if not wrong:
        return Outcome("move", "confirmed", uid=booking.uid, place=place, chain=chain)
    text = f"Cal.com moved the booking to one that differs in {', '.join(wrong)}."
    return Outcome("move", "moved", uid=booking.uid, text=text, place=place, chain=chain)


def place_of(row: MirrorRow, booking: CalendarBooking) -> Place:
    """Say where a booking stands; who of ours that is, as far as its host is one the row knows."""
    host = booking.host_id
    staff = row.staff_id
    if row.place is not None and (row.target is None or host != row.target.host_id):
        staff = row.place.staff_id
    return Place(booking.start, booking.end, staff, booking.event_type_id, host)


def again(action: Action, error: CalendarError) -> Outcome:
    """Judge a failure of what may be repeated: later it may work, unless it is sure that it never will."""
    return Outcome(
        action,
        "refused" if error.kind in SURE else "again",
        failure=error.kind,
        text=str(error),
        retry_after=error.retry_after,
    )


def _same(place: Place, other: Place) -> bool:
    return (place.start, place.end, place.host_id) == (other.start, other.end, other.host_id)


def _as_asked(row: MirrorRow, place: Place) -> bool:
    """Say whether it stands where it is wanted, or where we asked it to stand before that changed."""
    return (
        row.place is not None
        and place.host_id == row.place.host_id
        and place.start in (row.start, row.moving_to)
    )
