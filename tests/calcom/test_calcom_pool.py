"""The connections to Cal.com over real sockets: which are kept, which are given up, and what an idle hour costs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from calcom_answers import SOON, WANTED, booking
from calcom_server import COMPANY, FakeCalcom, Received, Reply, client_kit, serving
from throwaway_tls import contexts

from zusage.adapters.calcom.pool import PoolSettings
from zusage.app.mirror.ports import CalendarError, Terms


async def test_a_connection_that_ran_into_the_full_limit_is_not_used_again(tmp_path: Path) -> None:
    server_tls, client_tls = contexts(tmp_path)
    calls: list[str] = []

    async def dead_then(got: Received) -> Reply:
        calls.append(got.path)
        await asyncio.sleep(30 if len(calls) == 2 else 0)
        return Reply(200, booking())

    settings = PoolSettings(full_limit=1.0, tls=client_tls, trust_env=False)
    async with serving(FakeCalcom(script=dead_then), server_tls) as fake, client_kit(settings) as kit:
        calendar = kit.client.of(fake.access())
        assert (await calendar.get_booking("u", SOON)).uid == "mQ2xk7c9TtZ", "it stands before it is let down"
        with pytest.raises(CalendarError) as caught:
            await calendar.get_booking("u", Terms(0.3))
        assert caught.value.kind == "unknown"
        await asyncio.sleep(1.2)
        assert (await kit.circuits.read(COMPANY))[0].failures == 1
        assert (await calendar.get_booking("u", SOON)).uid == "mQ2xk7c9TtZ"
        assert fake.connections == 2


async def test_a_write_takes_no_connection_that_the_server_has_closed(tmp_path: Path) -> None:
    server_tls, client_tls = contexts(tmp_path)
    settings = PoolSettings(full_limit=2.0, tls=client_tls, trust_env=False)
    async with (
        serving(FakeCalcom(replies=[Reply(201, booking())]), server_tls) as fake,
        client_kit(settings) as kit,
    ):
        calendar = kit.client.of(fake.access())
        for connections in (1, 2, 3):
            assert (await calendar.create_booking(WANTED, SOON)).uid == "mQ2xk7c9TtZ"
            assert fake.connections == connections
            fake.hang_up()
            await asyncio.sleep(0.05)
        assert len(fake.asked) == 3


async def test_a_kept_connection_serves_the_first_call_after_idling(tmp_path: Path) -> None:
    server_tls, client_tls = contexts(tmp_path)
    settings = PoolSettings(full_limit=2.0, warm_every=0.05, warm_lanes=2, tls=client_tls, trust_env=False)
    async with (
        serving(FakeCalcom(replies=[Reply(201, booking())]), server_tls) as fake,
        client_kit(settings) as kit,
    ):
        await kit.pool.warm(fake.base_url + "/v2")
        assert fake.connections == 4  # two for reads, two for writes
        await kit.client.of(fake.access()).create_booking(WANTED, SOON)
        assert fake.connections == 4
        warming = asyncio.create_task(kit.pool.keep_warm())
        await asyncio.sleep(0.5)
        warming.cancel()
        assert fake.connections == 4
        assert len(fake.received) > 9
        fake.hang_up()
        await asyncio.sleep(0.05)
        await kit.pool.warm()  # finds them closed
        await kit.pool.warm()
        assert fake.connections == 8  # all came back before anybody called
        await kit.client.of(fake.access()).create_booking(WANTED, SOON)
        assert fake.connections == 8


async def test_what_carried_a_request_lately_is_not_used_for_nothing(tmp_path: Path) -> None:
    """Uses without a key are counted by address, for all processes behind it: only what is idle needs one."""
    server_tls, client_tls = contexts(tmp_path)
    settings = PoolSettings(warm_every=60.0, warm_lanes=1, tls=client_tls, trust_env=False)
    async with (
        serving(FakeCalcom(replies=[Reply(201, booking())]), server_tls) as fake,
        client_kit(settings) as kit,
    ):

        def uses() -> int:
            return len(fake.received) - len(fake.asked)

        await kit.client.of(fake.access()).create_booking(WANTED, SOON)
        await kit.pool.warm()
        assert (uses(), fake.connections) == (1, 2)  # the one for reads, which had carried nothing
        await kit.pool.warm()
        assert uses() == 1
        fake.hang_up()
        await asyncio.sleep(0.05)
        await kit.pool.warm()
        await kit.pool.warm()
        assert fake.connections == 4  # the control: closed ones are found at once, and come back


def test_fifty_processes_behind_one_address_stay_below_what_cal_com_lets_it_ask() -> None:
    settings = PoolSettings()
    doors = 2
    a_minute = doors * settings.warm_lanes * 60 / settings.warm_every
    assert 50 * a_minute <= 120


@pytest.mark.parametrize("door", ["reads", "writes"])
async def test_the_first_request_after_an_idle_hour_costs_at_most_one_connection_more_than_the_second(
    tmp_path: Path, door: str
) -> None:
    """Nobody kept it warm, and the server has closed what was idle: one new connection, and nothing is sent twice."""
    server_tls, client_tls = contexts(tmp_path)
    settings = PoolSettings(full_limit=2.0, warm_lanes=1, tls=client_tls, trust_env=False)
    replies = [Reply(201, booking())]
    async with serving(FakeCalcom(replies=replies), server_tls) as fake, client_kit(settings) as kit:
        calendar = kit.client.of(fake.access())

        async def ask() -> int:
            """One request; says how many connections it cost."""
            before = fake.connections
            await (
                calendar.get_booking("u", SOON) if door == "reads" else calendar.create_booking(WANTED, SOON)
            )
            return fake.connections - before

        assert (await ask(), await ask()) == (1, 0)
        fake.hang_up()
        await asyncio.sleep(0.05)
        assert (await ask(), await ask()) == (1, 0)
        assert len(fake.asked) == 4


async def test_connections_beyond_the_warm_ones_are_given_back(tmp_path: Path) -> None:
    server_tls, client_tls = contexts(tmp_path)

    async def slow(_got: Received) -> Reply:
        await asyncio.sleep(0.05)
        return Reply(200, booking())

    settings = PoolSettings(warm_every=0.01, warm_lanes=1, tls=client_tls, trust_env=False)
    async with serving(FakeCalcom(script=slow), server_tls) as fake, client_kit(settings) as kit:
        calendar = kit.client.of(fake.access())
        await asyncio.gather(*(calendar.get_booking("u", SOON) for _ in range(8)))
        assert fake.connections == 4  # two requests on each
        await asyncio.sleep(0.02)
        await kit.pool.warm()
        assert [len(lanes) for lanes in kit.pool._lanes.values()] == [1, 1]
