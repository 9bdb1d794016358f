"""Bookings in the calendar that are not ours: their time is blocked here, and given back when they are over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from zusage.app.mirror.ports import CalendarBooking
from zusage.app.reconcile.carrying_out import Settler
from zusage.app.reconcile.observing import APART, whose
from zusage.app.reconcile.ports import Frame
from zusage.app.reconcile.reading import Reader
from zusage.app.reconcile.sights import Deed, Difference, External
from zusage.core.values import Period


@dataclass(frozen=True, slots=True)
class Lost:
    """Of stored bookings that a list did not show: those that are there all the same, and those not found."""

    found: Mapping[str, CalendarBooking]
    missing: frozenset[str]


async def others_gone(
    stored: Mapping[str, External],
    shown: Mapping[str, CalendarBooking],
    during: Period | None,
    missing: frozenset[str],
    reader: Reader,
) -> Lost:
    """Ask for each stored booking that should have been in a list of this time and was not.

    :raises CalendarError: a question stayed without an answer."""
    found, gone = dict[str, CalendarBooking](), missing & stored.keys()
    for uid in sorted(stored.keys() - shown.keys() - missing):
        if during is not None and during.start <= stored[uid].start < during.end:
            there = await reader.get(uid)
            if there is not None:
                found[uid] = there
            elif uid not in reader.unread:
                gone |= {uid}
    return Lost(found, frozenset(gone))


async def compare_others(
    frame: Frame,
    bookings: Mapping[str, CalendarBooking],
    missing: frozenset[str],
    stored: Mapping[str, External],
    settler: Settler,
) -> list[Difference]:
    """Block, move and free the time of bookings that belong to no phase. These are facts, so no guard holds them back."""
    differences: list[Difference] = []
    deed: Deed = "done" if settler.storing else "would_be_done"
    for uid in sorted(bookings):
        differences += await _compare(frame, bookings[uid], stored.get(uid), settler, deed)
    for uid in sorted(missing):
        differences += await _missing(frame, stored[uid], settler, deed)
    return differences


async def _compare(
    frame: Frame, booking: CalendarBooking, stored: External | None, settler: Settler, deed: Deed
) -> list[Difference]:
    staff_id = frame.hosts.get(booking.host_id) if booking.host_id is not None else None
    over = not booking.alive or booking.end <= frame.now
    told: list[Difference] = []
    say = settler.describer
    if whose(booking, frame.ours, ()) == "unknown":
        await settler.unknown(booking, over=over)
        if not over:
            here = "this database knows no such booking of ours"
            told.append(say.other("unknown_intent", booking, here, "a person looks at it", "left"))
    if over or staff_id is None:
        if stored is not None:
            await settler.free(stored)
            told.append(say.gone(stored, say.booking(booking), "give its time back", deed))
        return told
    if stored is None:
        await settler.block(booking, staff_id, None)
        told.append(say.other("foreign", booking, "not known here", "block its time", deed))
    elif _differs(booking, staff_id, stored):
        await settler.block(booking, staff_id, stored)
        told.append(say.other("foreign_moved", booking, say.blocked(stored), "block its new time", deed))
    elif stored.missed_at is not None:
        await settler.block(booking, staff_id, None)
    return told


def _differs(booking: CalendarBooking, staff_id: UUID, stored: External) -> bool:
    return (booking.start, booking.end, staff_id) != (stored.start, stored.end, stored.staff_id)


async def _missing(frame: Frame, stored: External, settler: Settler, deed: Deed) -> list[Difference]:
    say = settler.describer
    if stored.missed_at is None:
        await settler.missed(stored)
        return [say.gone(stored, "not found", "look again in three minutes", deed)]
    if frame.now - stored.missed_at < APART:
        return []
    await settler.free(stored)
    return [say.gone(stored, "not found twice", "give its time back", deed)]
