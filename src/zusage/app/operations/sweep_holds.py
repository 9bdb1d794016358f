"""Give back the time of holds that ran out and that nobody asked about since."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

_COMPANIES = 200
_BATCH = 100


class Housekeeping(Protocol):
    async def due_companies(self, limit: int) -> list[UUID]: ...

    async def sweep(self, company_id: UUID, limit: int) -> int:
        """Expire at most `limit` overdue holds of one company and say how many; those in use are passed over."""


async def sweep_holds(store: Housekeeping) -> int:
    """Expire overdue holds of all companies, company by company; repeating it is harmless. Returns how many.

    Correctness never waits for it: an overdue hold counts as free at once, this only tidies up."""
    swept = 0
    for company_id in await store.due_companies(_COMPANIES):
        full = True
        while full:
            count = await store.sweep(company_id, _BATCH)
            swept += count
            full = count == _BATCH
    return swept
