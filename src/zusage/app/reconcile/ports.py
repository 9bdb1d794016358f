"""What reconciliation needs from outside: where webhooks are kept, and what the ledger says about bookings there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class HookOwner:
    """Whose webhook address it is; `unreadable` secrets are those that no key opens."""

    company_id: UUID
    secrets: tuple[str, ...] = field(repr=False)
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Hint:
    """What of a webhook is kept: the hash of its raw body, the event's name, and which bookings to read again.

    A webhook is never data (protocols 20); names, addresses and times in it are not stored."""

    digest: bytes
    trigger: str
    uids: tuple[str, ...]


class HookDirectory(Protocol):
    async def find(self, address: str) -> HookOwner | None:
        """Find the company of a webhook address; None where it is nobody's.

        :raises LedgerBusy: the database is too busy; trying again is safe."""


class HintBox(Protocol):
    async def keep(self, company_id: UUID, hint: Hint, seconds: float) -> bool:
        """Store a hint that is to be heeded in so many seconds; False where this very body was stored before.

        :raises LedgerBusy: the database is too busy; trying again is safe."""
