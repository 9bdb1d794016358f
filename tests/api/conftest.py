"""The whole application on a real socket, on this test's database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest

from support.database import DatabaseUrls
from support.voice import Salon, served, served_salon
from zusage.boot.http import create_app
from zusage.boot.settings import Settings


@pytest.fixture
async def salon(database: DatabaseUrls) -> AsyncIterator[Salon]:
    """The demo companies behind the voice door, without worker and cache; `site` shows the same parts."""
    async with served_salon(database, settings=Settings(worker=False, pool_size=4)) as running:
        yield running


@pytest.fixture
async def site(salon: Salon) -> AsyncIterator[httpx2.AsyncClient]:
    """The page and the health checks."""
    async with (
        served(create_app(salon.parts)) as url,
        httpx2.AsyncClient(base_url=url, timeout=20, trust_env=False) as client,
    ):
        yield client
