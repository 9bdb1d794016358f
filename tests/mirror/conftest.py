"""A shop whose calendar is at a simulated Cal.com, for the tests of its mirror."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from support.mirrored import Mirrored, mirrored
from zusage.adapters.postgres.database import Database


@pytest.fixture
async def salon(app_db: Database, jobs_db: Database) -> AsyncIterator[Mirrored]:
    async with mirrored(app_db, jobs_db) as made:
        yield made
