"""What a person may do to the mirror of a company: let it try again, hold it, let it go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
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


class Steering(Protocol):
    """One transaction each."""

    async def stuck(self, company_id: UUID) -> Sequence[Stuck]:
        """List what waits for a person or fails, by start."""

    async def retry(self, company_id: UUID, appointment_id: UUID | None) -> int:
        """Let all that is stuck be tried again at once, or one appointment's; says how many phases.

        What was cancelled in the calendar and is wanted here gets a new intent: the old one's booking stays dead."""

    async def set_paused(self, company_id: UUID, *, paused: bool) -> bool:
        """Hold or let go; False where it was so already, or there is no connection."""

    async def orphans(self, company_id: UUID) -> Sequence[OpenOrphan]:
        """List the open orphans, the oldest first."""

    async def resolve_orphan(self, company_id: UUID, uid: str, *, again: bool) -> bool:
        """Close an orphan that a person has seen to, or let it be cancelled `again`; False where none such is open."""
