"""Forget what was misheard long ago."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID


class MisheardArchive(Protocol):
    async def company_ids(self) -> Sequence[UUID]: ...

    async def forget_misheard(self, company_id: UUID, days: int) -> int:
        """Delete what nobody has said again for `days` days; tells how many rows."""


async def forget_misheard(days: int, *, store: MisheardArchive) -> int:
    """Forget it in all companies, company by company; repeating it is harmless. Returns how many sentences went."""
    return sum([await store.forget_misheard(company_id, days) for company_id in await store.company_ids()])
