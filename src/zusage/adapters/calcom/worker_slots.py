"""How much of the background work one company may take up at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID


class CompanySlots:
    """Implements `app.mirror.ports.WorkerSlots` for this process alone; who finds none free comes back later."""

    def __init__(self, each: int = 2) -> None:
        self._each = each
        self._taken: Counter[UUID] = Counter()

    @asynccontextmanager
    async def take(self, company_id: UUID) -> AsyncIterator[bool]:
        if self._taken[company_id] >= self._each:
            yield False
            return
        self._taken[company_id] += 1
        try:
            yield True
        finally:
            self._taken[company_id] -= 1
            if not self._taken[company_id]:
                del self._taken[company_id]
