"""The worker's rounds: misheard sentences are forgotten at once and then about every hour, whatever fails between."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from zusage.inbound.worker.loop import run_worker


class Stopped(Exception):  # noqa: N818 - how the test ends the endless rounds
    pass


class Store:
    """Counts what the worker asks for; `broken` makes the forgetting fail that often."""

    def __init__(self, broken: int = 0) -> None:
        self.company = uuid4()
        self.asked: list[tuple[float, int]] = []
        self.clock = 0.0
        self.broken = broken

    async def due_companies(self, limit: int) -> list[UUID]:
        return []

    async def sweep(self, company_id: UUID, limit: int) -> int:
        raise AssertionError("nothing is overdue")

    async def company_ids(self) -> Sequence[UUID]:
        return [self.company]

    async def forget_misheard(self, company_id: UUID, days: int) -> int:
        assert company_id == self.company
        self.asked.append((self.clock, days))
        if self.broken:
            self.broken -= 1
            raise OSError("away")
        return 1

    async def sleep(self, seconds: float) -> None:
        self.clock += seconds
        if self.clock > 7300:
            raise Stopped


async def rounds(store: Store) -> list[tuple[float, int]]:
    with pytest.raises(Stopped):
        await run_worker(store, every=50, keep_misheard_days=30, sleep=store.sleep)
    return store.asked


async def test_misheard_sentences_are_forgotten_in_the_first_round_and_every_hour() -> None:
    assert await rounds(Store()) == [(0, 30), (3600, 30), (7200, 30)]


async def test_a_round_that_failed_forgets_in_the_next_one() -> None:
    asked = await rounds(Store(broken=2))
    assert [at for at, _ in asked][:3] == [0, 30, 60]
    assert len(asked) == 5
