"""From a click in Cal.com to the next caller: webhook, worker, what is kept, voice door, all in one process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from support.database import DatabaseUrls
from support.free_salon import FreeSalon, at, free_salon, said, starts
from zusage.adapters.embedded import EmbeddedServers

TWO = at(14)


@pytest.fixture
async def working(database: DatabaseUrls, servers: EmbeddedServers) -> AsyncIterator[FreeSalon]:
    async with free_salon(database, valkey_url=servers.urls.valkey, worker=True) as made, made.told():
        yield made


async def heard(salon: FreeSalon, status: str, seconds: float = 60.0) -> dict[str, object]:
    """Ask until the answer has this status; each time as a new caller, who gives back what is held."""
    end = time.monotonic() + seconds
    while True:
        phone = salon.phone()
        answer = await salon.check(said(TWO), staff="Anna Schmidt", phone=phone)
        await phone.tool("release_hold")
        if answer["status"] == status:
            return answer
        assert time.monotonic() < end, answer
        await asyncio.sleep(0.5)


async def test_what_people_do_there_is_seen_by_callers_within_seconds(working: FreeSalon) -> None:
    """What is kept would be young for minutes: a web booking and its cancellation are told, and end that."""
    assert (await heard(working, "held"))["status"] == "held"
    uid = await working.sim.people.book(working.kind("anna-schmidt", "damenschnitt").id, TWO)
    refused = await heard(working, "not_free")
    assert all(abs(start - TWO) >= timedelta(minutes=60) for start in starts(refused))
    await working.sim.people.cancel(uid)
    assert (await heard(working, "held"))["status"] == "held"
