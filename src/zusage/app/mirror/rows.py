"""The mirror of an appointment as the routine sees it: what is wanted in the calendar, what is known, who comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from zusage.app.mirror.connection import CalendarConnection

Wanted = Literal["present", "absent"]
Known = Literal["none", "sending", "unknown", "present", "absent", "moving"]
"""none: it is sure that nothing is there and nothing on its way. sending: a request may be on its way under the lease.
unknown: it may be there. present, absent: as the calendar said. moving: it is there, under `uid` or what became of it,
at its old time or at the one it was asked to be moved to."""

Action = Literal["create", "look", "cancel", "move", "trace", "drop"]
"""look: find a booking by its intent. trace: follow it from its uid. drop: cancel one of an earlier generation."""

OutcomeKind = Literal[
    "confirmed", "moved", "ended", "missing", "stands", "refused", "doubtful", "unknown", "again"
]

ReviewKind = Literal[
    "mirror_refused",
    "mirror_not_moved",
    "mirror_unmapped",
    "mirror_overdue",
    "mirror_changed_there",
    "mirror_cancelled_there",
]
"""mirror_not_moved: it stands there, though not where it is promised."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a phase goes in the calendar, by the mapping."""

    event_type_id: int
    host_id: int
    length_min: int
    send_length: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a booking stands: when, with whom of ours, and what that is in the calendar (None: not known)."""

    start: datetime
    end: datetime
    staff_id: UUID | None = None
    event_type_id: int | None = None
    host_id: int | None = None


@dataclass(frozen=True, slots=True)
class Former:
    """A booking of an earlier generation of a phase, which stands until the new one does."""

    uid: str
    intent: UUID
    place: Place


@dataclass(frozen=True, slots=True)
class MirrorRow:
    """One phase of an appointment. `target` None: the mapping knows no event type for it.

    `next_at` None: nothing is to be done. `sent_at` is the last moment at which a request may have left; `looks` counts
    look-ups since then that found nothing, ten seconds apart at least. `leaving` are other appointments whose bookings
    of this host and time are still to be cancelled or moved away there (protocols 12); `may_arrive` says that there is one
    nobody wants, which was looked for in vain for as long as a request may take, and is watched on (17). `place` is where
    it stands or was asked to stand, `moving_to` the start to which it was asked to be moved last."""

    ordinal: int
    start: datetime
    end: datetime
    wanted: Wanted
    known: Known
    intent: UUID
    created_at: datetime
    target: Target | None = None
    reason: str = ""
    automatic: bool = False
    uid: str | None = None
    uids: tuple[str, ...] = ()
    attempts: int = 0
    next_at: datetime | None = None
    lease: UUID | None = None
    lease_until: datetime | None = None
    sent_at: datetime | None = None
    looks: int = 0
    looked_at: datetime | None = None
    failure: str | None = None
    failure_text: str = ""
    failing_since: datetime | None = None
    review_at: datetime | None = None
    settled_at: datetime | None = None
    leaving: tuple[UUID, ...] = ()
    may_arrive: bool = False
    staff_id: UUID | None = None
    generation: int = 0
    place: Place | None = None
    moving_to: datetime | None = None
    formers: tuple[Former, ...] = ()

    @property
    def wanted_place(self) -> Place:
        """Tell where it is wanted, as far as the mapping knows."""
        kind = self.target
        here = (kind.event_type_id, kind.host_id) if kind is not None else (None, None)
        return Place(self.start, self.end, self.staff_id, *here)

    @property
    def in_place(self) -> bool:
        """Say whether it stands, or was asked to stand, where it is wanted."""
        place, wanted = self.place, self.wanted_place
        if place is None or (place.start, place.end) != (wanted.start, wanted.end):
            return False
        same = (place.event_type_id, place.host_id) == (wanted.event_type_id, wanted.host_id)
        return place.staff_id == wanted.staff_id or (same and wanted.host_id is not None)

    @property
    def settled(self) -> bool:
        """Say whether the calendar is known to be as wanted."""
        if self.formers:
            return False
        if self.wanted == "absent":
            return self.known in ("none", "absent")
        return self.known == "present" and self.in_place


@dataclass(frozen=True, slots=True)
class Guest:
    """Who comes, as the calendar is told. `key` is stable: of the customer, or of the call of an anonymous caller."""

    name: str
    key: str
    phone: str | None
    zone: str
    language: str


@dataclass(frozen=True, slots=True)
class MirrorWork:
    """All mirrors of one appointment, locked. `now` is the database's clock; `connection` None: none (any more).

    `moving`: a move is open, so the old time is still ours, and a refusal can lead back to it."""

    company_id: UUID
    appointment_id: UUID
    installation_id: UUID
    now: datetime
    guest: Guest
    rows: tuple[MirrorRow, ...]
    connection: CalendarConnection | None
    moving: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one action on one row.

    confirmed: ours stands there (`uid`). moved: it stands there, but not as we want it, or under `uid` by now. ended:
    it stood there and was cancelled, by us or by somebody. missing: a look found nothing. stands: it was not moved, and
    stands where it was. refused: it is sure that
    nothing was done, and asking again gives the same. doubtful: refused, but by what may be an earlier success of ours.
    unknown: it may have been done. again: it is sure that nothing was done; later it may be."""

    action: Action
    kind: OutcomeKind
    uid: str | None = None
    failure: str | None = None
    text: str = ""
    retry_after: float | None = None
    orphans: Mapping[str, str] | None = None
    """Bookings of ours there that nothing wants, by uid, with why."""
    place: Place | None = None
    chain: tuple[str, ...] = ()
    """The uids it had one after the other, `uid` the last."""


@dataclass(frozen=True, slots=True)
class Orphan:
    """A booking of ours in the calendar that nothing here wants; `attempts` to cancel it so far."""

    uid: str
    appointment_id: UUID
    why: str
    attempts: int
    found_at: datetime
