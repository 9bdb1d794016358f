"""A salon that hides what it holds, for the tests of courtesies."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from support.courteous import Tend, polite, tending_of
from support.mirrored import Mirrored
from zusage.adapters.postgres.database import Database
from zusage.app.courtesy.tend_courtesies import tend_courtesies


@pytest.fixture
async def salon(app_db: Database, jobs_db: Database) -> AsyncIterator[Mirrored]:
    async with polite(app_db, jobs_db) as made:
        yield made


@pytest.fixture
async def tend(salon: Mirrored, jobs_db: Database) -> Tend:
    """Do what the worker does when it is woken."""
    return lambda: tend_courtesies(salon.shop.company_id, tending_of(salon, jobs_db))
