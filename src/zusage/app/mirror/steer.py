"""What a person may do to the mirror of a company: let it try again, hold it, let it go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Stuck:
    """A phase that waits for a person, or fails: what is wanted, what is known, and why."""

    appointment_id: UUID
    ordinal: int
    start: datetime
    wanted: str
    known: str
    failure: str
    text: str
    in_review: bool


@dataclass(frozen=True, slots=True)
class OpenOrphan:
    """A booking of ours in the calendar that nothing wants. `next_at` None: nobody tries to cancel it any more."""

    uid: str
    appointment_id: UUID
    why: str
    found_at: datetime
    attempts: int
    next_at: datetime | None
    failure: str
    text: str
