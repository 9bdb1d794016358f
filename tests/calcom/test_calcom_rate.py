"""How many requests a key may make: shared, with a reserve for live calls, and never more than Cal.com allows."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from calcom_server import Seconds
from hypothesis import given, settings
from hypothesis import strategies as st

from zusage.adapters.calcom.shared import LocalBucket
from zusage.adapters.embedded import EmbeddedServers
from zusage.adapters.valkey.token_bucket import ValkeyTokenBucket
from zusage.app.mirror.ports import Priority

LIMIT = 120


def shared(url: str, clock: Seconds) -> ValkeyTokenBucket:
    return ValkeyTokenBucket(url, fallback=LocalBucket(clock), clock=clock, timeout=2)


async def granted(bucket: LocalBucket | ValkeyTokenBucket, key: str, priority: Priority, times: int) -> int:
    return sum([(await bucket.take(key, LIMIT, priority)).granted for _ in range(times)])


async def test_hole_33_background_work_leaves_half_of_the_tokens_to_live_calls() -> None:
    bucket = LocalBucket(Seconds(), share=1)
    assert await granted(bucket, "k", "background", 100) == 30
    assert await granted(bucket, "k", "live", 100) == 30
    refused = await bucket.take("k", LIMIT, "live")
    assert (refused.granted, refused.wait) == (False, 1.0)
    assert (await bucket.take("k", LIMIT, "background")).wait == 31.0
    assert await granted(bucket, "other", "live", 100) == 60


async def test_what_was_promised_goes_before_what_only_looks_and_leaves_a_quarter_to_callers() -> None:
    bucket = LocalBucket(Seconds(), share=1)
    assert await granted(bucket, "k", "background", 100) == 30
    assert await granted(bucket, "k", "promise", 100) == 15
    assert await granted(bucket, "k", "live", 100) == 15


@given(
    st.lists(
        st.tuples(st.floats(0, 5), st.sampled_from(["live", "promise", "background"])),
        min_size=50,
        max_size=400,
    )
)
@settings(max_examples=50, deadline=None)
def test_no_minute_ever_sees_more_than_cal_com_allows(asks: list[tuple[float, Priority]]) -> None:
    clock = Seconds()
    bucket = LocalBucket(clock, share=1)
    sent: list[float] = []

    async def play() -> None:
        for pause, priority in asks:
            clock.now += pause / 10
            if (await bucket.take("k", LIMIT, priority)).granted:
                sent.append(clock.now)

    asyncio.run(play())
    assert all(sum(at - 60 < other <= at for other in sent) <= LIMIT for at in sent)


async def test_processes_share_a_bucket_and_count_as_one_does(servers: EmbeddedServers) -> None:
    clock = Seconds()
    one, two = shared(servers.urls.valkey, clock), shared(servers.urls.valkey, clock)
    alone, key = LocalBucket(clock, share=1), str(uuid4())
    live: Priority = "live"
    background: Priority = "background"
    asks = [(0.0, live)] * 20 + [(0.7, background)] * 60 + [(0.1, live)] * 90
    for number, (pause, priority) in enumerate(asks):
        clock.now += pause
        together = await (one, two)[number % 2].take(key, LIMIT, priority)
        single = await alone.take(key, LIMIT, priority)
        assert together.granted == single.granted
        assert together.wait == pytest.approx(single.wait, abs=0.01)
    await one.close()
    await two.close()


async def test_a_block_counts_for_every_process_and_outlives_valkey(servers: EmbeddedServers) -> None:
    clock, key = Seconds(), str(uuid4())
    one, two = shared(servers.urls.valkey, clock), shared(servers.urls.valkey, clock)
    await one.block(key, 60)
    await one.block(key, 5)
    for bucket in (one, two):
        admission = await bucket.take(key, LIMIT, "live")
        assert not admission.granted
        assert admission.wait == pytest.approx(60, abs=0.01)
    clock.now += 61
    assert (await two.take(key, LIMIT, "live")).granted
    gone = shared("unix:///nowhere/valkey.sock", clock)
    await gone.block(key, 60)
    assert not (await gone.take(key, LIMIT, "live")).granted
    for bucket in (one, two, gone):
        await bucket.close()


async def test_hole_33_without_valkey_each_process_takes_its_part() -> None:
    away = shared("unix:///nowhere/valkey.sock", Seconds())
    assert await granted(away, "k", "live", 100) == 15
    await away.close()


async def test_hole_33_together_processes_without_valkey_take_no_more_than_one_may() -> None:
    clock = Seconds()
    processes = [LocalBucket(clock, share=6) for _ in range(6)]
    assert sum([await granted(bucket, "k", "live", 200) for bucket in processes]) == LIMIT // 2
    clock.now += 60
    assert sum([await granted(bucket, "k", "live", 200) for bucket in processes]) <= LIMIT // 2


async def test_hole_33_control_each_for_itself_they_take_six_times_as_much() -> None:
    processes = [LocalBucket(Seconds(), share=1) for _ in range(6)]
    assert sum([await granted(bucket, "k", "live", 200) for bucket in processes]) == 6 * LIMIT // 2


async def test_a_clock_that_goes_back_refills_nothing(servers: EmbeddedServers) -> None:
    clock, key = Seconds(), str(uuid4())
    together = shared(servers.urls.valkey, clock)
    for bucket in (together, LocalBucket(clock, share=1)):
        clock.now = 1_800_000_000.0
        assert await granted(bucket, key, "live", 61) == 60
        clock.now -= 30
        assert await granted(bucket, key, "live", 5) == 0
        clock.now += 31
        assert await granted(bucket, key, "live", 5) == 1
    await together.close()
