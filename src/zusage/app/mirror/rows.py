"""The mirror of an appointment as the routine sees it: what is wanted in the calendar, what is known, who comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from zusage.app.mirror.connection import CalendarConnection

Wanted = Literal["present", "absent"]
Known = Literal["none", "sending", "unknown", "present", "absent"]
"""none: it is sure that nothing is there and nothing on its way. sending: a request may be on its way under the lease.
unknown: it may be there. present, absent: as the calendar said."""

Action = Literal["create", "look", "cancel"]

OutcomeKind = Literal["confirmed", "moved", "ended", "missing", "refused", "doubtful", "unknown", "again"]

ReviewKind = Literal[
    "mirror_refused", "mirror_unmapped", "mirror_overdue", "mirror_changed_there", "mirror_cancelled_there"
]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a phase goes in the calendar, by the mapping."""

    event_type_id: int
    host_id: int
    length_min: int
    send_length: bool = False


@dataclass(frozen=True, slots=True)
class MirrorRow:
    """One phase of an appointment. `target` None: the mapping knows no event type for it.

    `next_at` None: nothing is to be done. `sent_at` is the last moment at which a request may have left; `looks` counts
    look-ups since then that found nothing, ten seconds apart at least. `leaving` are other appointments whose bookings
    of this host and time are still to be cancelled there (protocols 12)."""

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
    staff_id: UUID | None = None

    @property
    def settled(self) -> bool:
        """Say whether the calendar is known to be as wanted."""
        return self.known == "present" if self.wanted == "present" else self.known in ("none", "absent")


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
    """All mirrors of one appointment, locked. `now` is the database's clock; `connection` None: none (any more)."""

    company_id: UUID
    appointment_id: UUID
    installation_id: UUID
    now: datetime
    guest: Guest
    rows: tuple[MirrorRow, ...]
    connection: CalendarConnection | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one action on one row.

    confirmed: ours stands there (`uid`). moved: it stands there, but not as we want it, or under `uid` by now. ended:
    it stood there and was cancelled, by us or by somebody. missing: a look found nothing. refused: it is sure that
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


@dataclass(frozen=True, slots=True)
class Orphan:
    """A booking of ours in the calendar that nothing here wants; `attempts` to cancel it so far."""

    uid: str
    appointment_id: UUID
    why: str
    attempts: int
    found_at: datetime
