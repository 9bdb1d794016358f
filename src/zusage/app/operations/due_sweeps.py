"""Which companies' past claims are to be deleted now: each company's once a night, in its own zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from zusage.app.nights import is_due_at_night

# Longer than a night: what has become old since this night's sweep waits for the next.
_ONCE_A_NIGHT = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class PastClaims:
    """A company with claims that may go; `since` is how long the oldest may already. `zone` is that of a branch."""

    company_id: UUID
    zone: str
    since: timedelta


class PastClaimsStore(Protocol):
    async def past_claims(self) -> Sequence[PastClaims]:
        """List the companies with claims that began over two days ago."""

    async def now(self) -> datetime:
        """Tell the database's clock."""


async def due_sweeps(store: PastClaimsStore) -> list[UUID]:
    """List the companies to be swept now. Ask hourly: the ledger itself tells what was missed, so that nothing is noted."""
    now = await store.now()
    return [each.company_id for each in await store.past_claims() if is_due(each, now)]


def is_due(past: PastClaims, now: datetime) -> bool:
    """Say whether it is night there and nobody swept this night, or whether a whole night was missed."""
    return is_due_at_night(past.zone, now, past.since, once=_ONCE_A_NIGHT)
