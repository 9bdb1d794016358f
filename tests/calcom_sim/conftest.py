from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from calcom_sim.salon import NOW, Receiver, Salon, at_the_salon, receiving
from zusage.sandbox.calcom import Simulator, running_simulator


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """A simulator whose clock stands still on a Monday morning."""
    async with running_simulator(now=NOW) as started:
        yield started


@pytest.fixture
async def salon(sim: Simulator) -> AsyncIterator[Salon]:
    """A client with the demo salon's key."""
    async with at_the_salon(sim) as client:
        yield client


@pytest.fixture
async def stranger(sim: Simulator) -> AsyncIterator[Salon]:
    """A client without a key."""
    async with at_the_salon(sim, key=None) as client:
        yield client


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A subscriber's server."""
    async with receiving(Receiver()) as listening:
        yield listening
