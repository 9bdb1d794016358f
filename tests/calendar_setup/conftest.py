from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from calendar_setup.salon import NOW, Salon, salon_at, salon_world
from zusage.adapters.postgres.database import Database
from zusage.sandbox.calcom import running_simulator


@pytest.fixture
async def salon(app_db: Database) -> AsyncIterator[Salon]:
    """A loaded salon beside its Cal.com, not connected yet."""
    world, account = salon_world()
    async with (
        running_simulator(world=world, now=NOW, rate_per_minute=None) as sim,
        salon_at(sim, account, app_db) as made,
    ):
        yield made
