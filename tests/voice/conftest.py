from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from support.database import DatabaseUrls
from support.voice import Salon, served_salon


@pytest.fixture
async def salon(database: DatabaseUrls) -> AsyncIterator[Salon]:
    """The demo companies, served on a real socket from this test's own database, without Valkey and worker."""
    async with served_salon(database) as served:
        yield served
