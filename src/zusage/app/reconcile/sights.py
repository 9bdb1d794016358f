"""What the comparison looks at: a phase as the ledger knows it, its bookings as the calendar shows them, and what differs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from zusage.app.mirror.ports import CalendarBooking
from zusage.app.mirror.rows import Known, Wanted

Key = tuple[UUID, int]
"""A phase: its appointment and ordinal."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase and its mirror. Times are the phase's own, without buffers (protocols 51).

    `intents` are those of all generations, the current one last; `uids` all uids it ever had. `busy`: the routine is at
    it, or soon will be. `still_since`: when anything of it was last asked for or settled. `missed_at`: when its booking
    was first not found. `host_id` is who its member of staff is there, by the mapping or by where it stands; None: not known.
    `stands` is where its booking was left, start, end and host: elsewhere than wanted where a move of ours did not come
    through; None where people have put it elsewhere."""

    appointment_id: UUID
    ordinal: int
    staff_id: UUID
    start: datetime
    end: datetime
    wanted: Wanted
    known: Known
    intents: tuple[str, ...]
    uid: str | None
    uids: tuple[str, ...]
    busy: bool
    in_review: bool
    still_since: datetime
    missed_at: datetime | None
    host_id: int | None
    stands: tuple[datetime, datetime, int | None] | None = None

    @property
    def key(self) -> Key:
        return self.appointment_id, self.ordinal

    @property
    def intent(self) -> str:
        return self.intents[-1]


@dataclass(frozen=True, slots=True)
class Sight:
    """What the calendar shows of one phase: the booking at the end of its chain of uids, and others of its intents.

    `current` None: it was not found, or (`asked` false) nobody looked, or could read the answer. `others` are live, and none of the chain."""

    current: CalendarBooking | None = None
    asked: bool = False
    others: tuple[CalendarBooking, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff as people are told of them, and where they work."""

    name: str
    branch_id: UUID
    branch: str


VerdictKind = Literal["nothing", "stands", "ended", "moved", "missed", "again", "unwanted"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a sight means for a phase.

    stands: as wanted, under `booking`. ended: people cancelled it. moved: people moved it to where `booking` is. missed:
    not found, for the first time. again: not found twice, to be made anew. unwanted: dead here, and alive there.
    `orphans` are live bookings of its intents that nothing wants, by uid, with why."""

    kind: VerdictKind
    booking: CalendarBooking | None = None
    orphans: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class External:
    """A booking of others that is stored."""

    uid: str
    staff_id: UUID
    start: datetime
    end: datetime
    missed_at: datetime | None


DifferenceKind = Literal[
    "pending",
    "cancelled_there",
    "partly_cancelled_there",
    "moved_there",
    "missing_there",
    "unwanted_there",
    "double_there",
    "unknown_intent",
    "foreign",
    "foreign_moved",
    "foreign_gone",
    "no_show",
]

Deed = Literal["done", "would_be_done", "observed", "left"]
"""done: carried out now. would_be_done: this was a rehearsal. observed: not done, because the company is only observed.
left: nothing is to be done now, or somebody else sees to it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where ledger and calendar differ: `here` and `there` for people, and what is done about it."""

    kind: DifferenceKind
    uid: str | None
    here: str
    there: str
    action: str
    deed: Deed
    appointment_id: UUID | None = None
    ordinal: int | None = None
    start: datetime | None = None
