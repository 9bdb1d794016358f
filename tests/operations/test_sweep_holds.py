"""The sweep's rounds, on a store that counts them."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from zusage.app.operations.sweep_holds import sweep_holds


class Store:
    """Overdue holds per company; at most `limit` go in one transaction."""

    def __init__(self, overdue: list[int]) -> None:
        self.overdue = {uuid4(): count for count in overdue}
        self.transactions: list[int] = []

    async def due_companies(self, limit: int) -> list[UUID]:
        return list(self.overdue)[:limit]

    async def sweep(self, company_id: UUID, limit: int) -> int:
        swept = min(limit, self.overdue[company_id])
        self.overdue[company_id] -= swept
        self.transactions.append(swept)
        return swept


@pytest.mark.parametrize(
    ("overdue", "transactions"),
    [([], []), ([0], [0]), ([7, 3], [7, 3]), ([250], [100, 100, 50]), ([100], [100, 0])],
)
async def test_hole_53_all_is_swept_and_never_more_than_a_hundred_at_once(
    overdue: list[int], transactions: list[int]
) -> None:
    store = Store(overdue)
    assert await sweep_holds(store) == sum(overdue)
    assert store.transactions == transactions
