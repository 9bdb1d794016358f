"""Faults: each kind, and how the requests they meet are named."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest

from calcom_sim.salon import ELEVEN, NINE, TEN, Salon, at, at_the_salon, data, message
from zusage.sandbox.calcom import DEMO_KEY, Fault, Latency, Simulator, add_account, running_simulator


async def given_up(salon: Salon, **more: Any) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.15):
            await salon.book(TEN, **more)


async def test_timeout_before_the_commit_books_nothing(salon: Salon) -> None:
    salon.sim.add_fault(Fault("timeout_before_commit", op="bookings.create"))
    await given_up(salon)
    assert salon.live == []
    assert salon.sim.journal.of("bookings.create")[0].status is None


async def test_timeout_after_the_commit_books(salon: Salon) -> None:
    salon.sim.add_fault(Fault("timeout_after_commit", op="bookings.create"))
    await given_up(salon)
    entry = salon.sim.journal.of("bookings.create")[0]
    assert len(salon.live) == 1
    assert (entry.status, entry.committed, entry.faults) == (None, True, ["timeout_after_commit"])


async def test_timeouts_that_end(salon: Salon) -> None:
    """With seconds, the answer is late; of a request that did nothing it is a gateway's."""
    salon.sim.add_fault(Fault("timeout_before_commit", seconds=0.05))
    salon.sim.add_fault(Fault("timeout_after_commit", nth=2, seconds=0.05))
    before, after = await salon.book(TEN), await salon.book(TEN)
    assert (before.status_code, after.status_code) == (504, 201)


async def test_a_commit_after_the_client_gave_up_and_looked(salon: Salon) -> None:
    """The look-up finds nothing, then the request goes through: latency lies half before the commit."""
    salon.sim.add_fault(Fault("latency", op="bookings.create", latency=Latency(ms=800)))
    await given_up(salon)
    at_first = await salon.uids()
    await asyncio.sleep(0.5)

    assert at_first == []
    assert len(await salon.uids()) == 1


@pytest.mark.parametrize(("kind", "booked"), [("drop_before_commit", 0), ("drop_after_commit", 1)])
async def test_broken_connections(salon: Salon, kind: Any, booked: int) -> None:
    salon.sim.add_fault(Fault(kind, op="bookings.create"))
    with pytest.raises(httpx2.TransportError):
        await salon.book(TEN)
    assert len(salon.live) == booked
    assert (await salon.send("GET", "/v2/me")).status_code == 200


async def test_500_before_and_after_the_commit(salon: Salon) -> None:
    salon.sim.add_fault(Fault("error_before_commit", op="bookings.create"))
    salon.sim.add_fault(Fault("error_after_commit", op="bookings.create", nth=2))
    before = await salon.book(NINE)
    after = await salon.book(TEN)

    assert before.json() == after.json() == {"statusCode": 500, "message": "Internal server error"}
    assert [each.period.start for each in salon.sim.world.bookings.values()] == [at(TEN)]


async def test_any_other_refusal_can_be_written(salon: Salon) -> None:
    fault = Fault("error_before_commit", status=403, message="booking_limit_reached")
    salon.sim.add_fault(fault)
    answer = await salon.book(TEN)
    assert (answer.status_code, message(answer)) == (403, "booking_limit_reached")


async def test_lookups_that_lag_by_time(salon: Salon) -> None:
    salon.sim.add_fault(Fault("lookup_lag", op="bookings.create", seconds=5))
    booked = await salon.booked(TEN)
    listed, read = await salon.uids(), await salon.get(booked["uid"])
    salon.sim.clock.advance(5)

    assert (listed, read.status_code) == ([], 404)
    assert await salon.uids() == [booked["uid"]]


async def test_lookups_that_lag_by_their_number(salon: Salon) -> None:
    """A cancelled booking is still shown as it was, twice."""
    booked = await salon.booked(TEN)
    salon.sim.add_fault(Fault("lookup_lag", op="bookings.cancel", reads=2))
    await salon.cancel(booked["uid"])
    seen = [data(await salon.get(booked["uid"]))["status"] for _ in range(3)]
    assert seen == ["accepted", "accepted", "cancelled"]


async def test_a_replica_that_lags_for_everybody(salon: Salon) -> None:
    salon.sim.state.replica_lag_s = 2
    booked = await salon.booked(TEN)
    assert (await salon.get(booked["uid"])).status_code == 404
    salon.sim.clock.advance(2)
    assert (await salon.get(booked["uid"])).status_code == 200


async def test_429_with_its_block(salon: Salon) -> None:
    salon.sim.add_fault(Fault("rate_limited", op="bookings.create"))
    refused = await salon.book(TEN)
    blocked = await salon.send("GET", "/v2/me")
    salon.sim.clock.advance(60)

    assert [refused.status_code, blocked.status_code] == [429, 429]
    assert refused.headers["x-ratelimit-reset-default"] == "60"
    assert (await salon.book(TEN)).status_code == 201


async def test_another_start_than_asked_for(salon: Salon) -> None:
    salon.sim.add_fault(Fault("other_start", shift_minutes=60))
    booked = await salon.booked(TEN)
    assert booked["start"] == ELEVEN.replace("Z", ".000Z")
    assert salon.sim.world.bookings[booked["uid"]].period.start == at(ELEVEN)


async def test_somebody_elses_booking_is_handed_out(salon: Salon) -> None:
    salon.sim.add_fault(Fault("others_booking"))
    answer = await salon.booked(TEN, metadata={"intent": "mine"})

    assert answer["metadata"] == {}
    assert answer["attendees"][0]["name"] == "Somebody Else"
    assert salon.live == [answer["uid"]]


async def test_the_nth_request_and_how_often(salon: Salon) -> None:
    number = salon.sim.add_fault(Fault("error_before_commit", method="GET", path="/v2/m*", nth=2, times=2))
    seen = [(await salon.send("GET", "/v2/me")).status_code for _ in range(4)]
    await salon.send("GET", "/v2/webhooks")

    assert seen == [200, 500, 500, 200]
    assert salon.sim.faults.fired(number) == 2
    assert salon.sim.faults.remove(number)


async def test_by_event_type_key_and_predicate(salon: Salon) -> None:
    """For good, and only where all that is named fits."""
    farbe = salon.kind("farbe")
    salon.sim.add_fault(Fault("error_before_commit", status=501, event_type=farbe.id, times=None))
    salon.sim.add_fault(Fault("error_before_commit", status=502, key="cal_live_other", times=None))
    salon.sim.add_fault(
        Fault(
            "error_before_commit", status=503, times=None, when=lambda asked: asked.body.get("start") == NINE
        )
    )
    answers = [await salon.book(TEN, farbe), await salon.book(NINE), await salon.book(ELEVEN)]
    assert [each.status_code for each in answers] == [501, 503, 201]


async def test_the_same_dice_with_the_same_seed() -> None:
    async def rolled(seed: int) -> list[int]:
        async with running_simulator(seed=seed) as sim, at_the_salon(sim) as salon:
            sim.add_fault(Fault("error_before_commit", chance=0.5, times=None))
            return [(await salon.send("GET", "/v2/me")).status_code for _ in range(24)]

    first, same, other = await rolled(1), await rolled(1), await rolled(2)
    assert first == same
    assert first != other
    assert {200, 500} == set(first)


async def test_latencies() -> None:
    assert Latency(ms=300).seconds("x") == 0.3
    drawn = [
        Latency(ms=300, kind="lognormal", sigma=0.5, high_ms=900).seconds(str(each)) for each in range(200)
    ]
    even = [Latency(ms=100, kind="even", high_ms=200).seconds(str(each)) for each in range(50)]

    assert 0.25 < sorted(drawn)[100] < 0.36
    assert max(drawn) <= 0.9
    assert min(even) >= 0.1
    assert max(even) <= 0.2
    assert Latency(ms=300, kind="lognormal").seconds("a") == Latency(ms=300, kind="lognormal").seconds("a")


async def test_one_company_hangs_and_another_does_not(sim: Simulator) -> None:
    other = add_account(sim.world, "barber", key="cal_live_barber")
    kind = other.event_type("anna", "schnitt", 30)
    sim.add_fault(Fault("timeout_before_commit", key=DEMO_KEY, times=None))
    async with at_the_salon(sim) as hanging, at_the_salon(sim, key="cal_live_barber") as barber:
        await given_up(hanging)
        booked = await barber.booked(TEN, kind)
        seen = await barber.uids()
    assert seen == [booked["uid"]]


async def test_outages(sim: Simulator, salon: Salon) -> None:
    await sim.outage("error")
    error = await salon.send("GET", "/v2/me")
    await sim.outage("hang")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await salon.send("GET", "/v2/me")
    await sim.outage("refuse")
    with pytest.raises(httpx2.TransportError):
        await salon.send("GET", "/v2/me")
    with pytest.raises(httpx2.ConnectError):
        await salon.send("GET", "/v2/me")
    await sim.outage(None)

    assert error.status_code == 503
    assert (await salon.send("GET", "/v2/me")).status_code == 200


async def test_an_outage_that_ends_by_itself(sim: Simulator, salon: Salon) -> None:
    await sim.outage("refuse", seconds=0.1)
    with pytest.raises(httpx2.TransportError):
        await salon.send("GET", "/v2/me")
    await asyncio.sleep(0.2)
    assert (await salon.send("GET", "/v2/me")).status_code == 200


async def test_faults_that_make_no_sense() -> None:
    with pytest.raises(ValueError, match="no fault is called"):
        Fault("explode")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="count from 1"):
        Fault("latency", nth=0)


async def test_hits_while_blocked_count_on(sim: Simulator, salon: Salon) -> None:
    """Who hammers on through the block is blocked again when it ends."""
    sim.rate.per_minute = 5
    await salon.send("GET", "/v2/me")
    sim.clock.advance(30)
    over = [(await salon.send("GET", "/v2/me")).status_code for _ in range(5)]
    sim.clock.advance(40)
    hammered = [(await salon.send("GET", "/v2/me")).status_code for _ in range(6)]
    sim.clock.advance(20)
    again = await salon.send("GET", "/v2/me")

    assert over == [200, 200, 200, 200, 429]
    assert set(hammered) == {429}
    assert again.status_code == 429
    assert sim.rate.blocked(sim.clock.now()) == {DEMO_KEY: 60.0}
