"""What must be known of a caller's line before anything of the call is believed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Line:
    """Where a number or agent leads, and the signing keys of that company, the newest first.

    `unreadable` counts keys that none of the operator's secret keys opens."""

    company_id: UUID
    branch_id: UUID
    keys: tuple[str, ...] = field(repr=False)
    unreadable: int = 0


class Lines(Protocol):
    async def find(self, number: str | None, agent: str | None) -> Line | None:
        """Find the line by the called number (E.164), else by the agent; the answer may be some seconds old."""

    def forget(self, number: str | None, agent: str | None) -> None:
        """Make the next `find` of the same two read again: a signature that fits no known key may use a new one."""
