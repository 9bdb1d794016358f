"""The connected demo salon, with probes and without, and for a company that hides what it cannot see."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from support.database import DatabaseUrls
from support.free_salon import FreeSalon, free_salon


@pytest.fixture
async def salon(database: DatabaseUrls) -> AsyncIterator[FreeSalon]:
    async with free_salon(database) as made:
        yield made


@pytest.fixture
async def hiding(database: DatabaseUrls) -> AsyncIterator[FreeSalon]:
    async with free_salon(database, unreachable="hide", deadline_ms=300) as made:
        yield made
