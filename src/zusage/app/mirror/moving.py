"""How a phase gets from where it stands to where it is wanted: moved there, or created anew before the old one goes. Pure.

Cal.com moves a booking within its event type only and keeps its host; everything else is a new booking."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from zusage.app.mirror.rows import Former, MirrorRow, Place

_STANDING = ("sending", "unknown", "present", "moving")


def intent_of(appointment_id: UUID, ordinal: int, generation: int) -> UUID:
    """Name a phase and generation: the same always, as the ledger itself does (`mirror_intent`)."""
    text = f"{appointment_id}/{ordinal}/{generation}"
    return UUID(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest())


def is_due(row: MirrorRow, now: datetime) -> bool:
    """Say whether anything may be done about a row now: it is time, nobody is at it, and no person decides."""
    waits = row.next_at is None or row.next_at > now
    return not waits and row.review_at is None and row.lease is None


def has_length(row: MirrorRow) -> bool:
    """Say whether the event type can be as long as the phase."""
    kind = row.target
    return kind is not None and (
        kind.send_length or timedelta(minutes=kind.length_min) == row.end - row.start
    )


def is_movable(row: MirrorRow) -> bool:
    """Say whether the booking can be moved to where it is wanted: same event type, same host, same length."""
    place, kind = row.place, row.target
    if place is None or kind is None or row.end - row.start != place.end - place.start:
        return False
    same_kind = place.event_type_id in (None, kind.event_type_id)
    return same_kind and place.host_id == kind.host_id


def revised(row: MirrorRow, appointment_id: UUID, now: datetime) -> MirrorRow:
    """Begin the next generation of a phase that cannot be moved, or go back to an earlier one that stands as wanted.

    What stood stays in `formers` and is cancelled once the new one stands, so never both are lost."""
    if not is_due(row, now) or row.wanted == "absent" or row.known not in ("none", "present"):
        return row
    if row.known == "present" and (row.in_place or row.place is None or row.place.host_id is None):
        return row
    back = next((former for former in row.formers if replace(row, place=former.place).in_place), None)
    if back is not None:
        others = tuple(former for former in row.formers if former is not back)
        others = (*others, _former(row)) if row.known == "present" else others
        return replace(
            row, known="present", uid=back.uid, intent=back.intent, place=back.place, formers=others
        )
    if row.known == "none" or is_movable(row) or not has_length(row):
        return row
    generation = row.generation + 1
    intent = intent_of(appointment_id, row.ordinal, generation)
    formers = (*row.formers, _former(row))
    return replace(
        row, known="none", uid=None, place=None, generation=generation, intent=intent, formers=formers
    )


def own_former_in_the_way(row: MirrorRow) -> Former | None:
    """Give the booking of an earlier generation without whose going the new one cannot be: both have one host."""
    if row.target is None:
        return None
    return next((each for each in row.formers if _overlaps(each.place, row)), None)


def sibling_in_the_way(row: MirrorRow, rows: Sequence[MirrorRow]) -> bool:
    """Say whether another phase of the appointment still stands, on the same host, where this one is wanted."""
    others = (place for other in rows if other.ordinal != row.ordinal for place in _places(other))
    return any(_overlaps(place, row) for place in others)


def one_by_one(movers: Sequence[MirrorRow], rows: Sequence[MirrorRow]) -> frozenset[int]:
    """Choose which of the phases that are to be moved are moved now: one of each host, and none where one is under way.

    The last first when they move later, the first first when earlier; else they would collide with each other
    (protocols 11)."""
    busy = {row.place.host_id for row in rows if row.known == "moving" and row.place is not None}
    chosen: dict[int | None, MirrorRow] = {}
    for row in sorted(movers, key=lambda row: row.start):
        host = row.place.host_id if row.place is not None else None
        later = row.place is not None and row.start > row.place.start
        if host not in busy and (host not in chosen or later):
            chosen[host] = row
    return frozenset(row.ordinal for row in chosen.values())


def _places(row: MirrorRow) -> Iterator[Place]:
    if row.known in _STANDING and row.place is not None:
        yield row.place
    yield from (former.place for former in row.formers)


def _overlaps(place: Place, row: MirrorRow) -> bool:
    host = row.target.host_id if row.target is not None else None
    return place.host_id == host and place.start < row.end and row.start < place.end


def _former(row: MirrorRow) -> Former:
    if row.uid is None or row.place is None:
        raise ValueError("what stands has a uid and a place")
    return Former(row.uid, row.intent, row.place)
