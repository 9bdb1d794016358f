"""Delete claims whose time is over, so that the table of busy time stays as small as what is to come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

_BATCH = 1000


class ClaimArchive(Protocol):
    """Each call is a short transaction.

    :raises LedgerBusy: the database is too busy; trying again is safe."""

    async def sweep_claims(self, company_id: UUID, limit: int) -> int:
        """Delete so many claims at most that began over two days ago; says how many."""


async def sweep_claims(companies: Iterable[UUID], *, store: ClaimArchive) -> int:
    """Delete the claims of these companies that began over two days ago, in small batches; says how many.

    A claim lasts a day at most, so its time is over. What was promised stays: phases, appointments and their history
    are not touched. Safe to interrupt, to repeat and to run twice at once."""
    gone = 0
    for company_id in companies:
        while swept := await store.sweep_claims(company_id, _BATCH):
            gone += swept
            if swept < _BATCH:
                break
    return gone
