"""What a client does to bookings that ends requests by read timeouts, or counts refusals as failures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from calcom_answers import SOON, WANTED, booking, core_error
from calcom_server import FakeCalcom, Kit, Received, Reply, client_kit, serving
from throwaway_tls import contexts

from zusage.app.mirror.ports import CalendarError

_TAKEN = "User either already has booking at this time or is not available"


@pytest.fixture
async def fake() -> AsyncIterator[FakeCalcom]:
    async with serving(FakeCalcom()) as made:
        yield made


async def test_hole_07_control_a_read_timeout_ends_its_siblings_that_are_booked_all_the_same(
    tmp_path: Path,
) -> None:
    """Four creates on one HTTP/2 connection, the slow one reads first: the others are booked, and none is answered.

    Should this fail, the library has learned better, and read timeouts may be thought of again."""
    server_tls, client_tls = contexts(tmp_path)
    booked: list[str] = []
    all_booked = asyncio.Event()

    async def slow_third(got: Received) -> Reply:
        await asyncio.sleep(1.5 if got.body["intent"] == "2" else 0.6)
        booked.append(got.body["intent"])
        if {"0", "1", "3"} <= set(booked):
            all_booked.set()
        return Reply(201, booking())

    async with serving(FakeCalcom(script=slow_third), server_tls) as fake:
        limits = httpx2.Limits(max_connections=1)
        async with httpx2.AsyncClient(
            http2=True, verify=client_tls, trust_env=False, limits=limits
        ) as client:
            await client.get(f"{fake.base_url}/v2/health")

            async def book(intent: str) -> int:
                read = 0.2 if intent == "2" else 5.0
                answer = await client.post(
                    f"{fake.base_url}/v2/bookings",
                    json={"intent": intent},
                    timeout=httpx2.Timeout(5.0, read=read),
                )
                return answer.status_code

            outcomes = await asyncio.gather(*(book(intent) for intent in "2013"), return_exceptions=True)
            async with asyncio.timeout(10):
                await all_booked.wait()
        lost = [each for each in outcomes if isinstance(each, Exception)]
        assert len(lost) == 4


async def five_refused_and_one(kit: Kit, fake: FakeCalcom) -> list[str]:
    """Five callers want what is taken, the sixth what is free; returns what became of each."""
    fake.replies = [*(Reply(400, raw=core_error(400, _TAKEN)) for _ in range(5)), Reply(201, booking())]
    outcomes: list[str] = []
    for _ in range(6):
        try:
            outcomes.append((await kit.client.of(fake.access()).create_booking(WANTED, SOON)).status)
        except CalendarError as error:
            outcomes.append(error.kind)
    return outcomes


async def test_hole_34_five_refusals_keep_nobody_from_booking(fake: FakeCalcom) -> None:
    async with client_kit() as kit:
        assert await five_refused_and_one(kit, fake) == ["taken"] * 5 + ["accepted"]
    assert len(fake.asked) == 6


async def test_hole_34_control_a_breaker_that_counts_refusals_leaves_a_healthy_calendar_alone(
    fake: FakeCalcom,
) -> None:
    async with client_kit(broken=lambda status, _body: status >= 400) as kit:
        assert await five_refused_and_one(kit, fake) == ["taken"] * 5 + ["not_sent"]
    assert len(fake.asked) == 5
