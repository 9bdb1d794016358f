"""Rate counters on the real Valkey, and without it."""

from __future__ import annotations

from uuid import uuid4

import valkey

from zusage.adapters.embedded import EmbeddedServers
from zusage.adapters.valkey.counter import ValkeyCounter
from zusage.inbound.voice.limits import LocalCounter


class Seconds:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = 6_000.0

    def __call__(self) -> float:
        return self.now


def counter(url: str) -> ValkeyCounter:
    return ValkeyCounter(url, fallback=LocalCounter(Seconds()), timeout=2)


async def test_processes_share_a_limit(servers: EmbeddedServers) -> None:
    one, two = counter(servers.urls.valkey), counter(servers.urls.valkey)
    key = f"zusage:rate:{uuid4()}:call:x"
    answers = [await each.hit({key: 4}) for each in (one, two, one, two, one, two)]
    assert answers == [True] * 4 + [False] * 2
    assert await one.alive()
    await one.close()
    await two.close()


async def test_every_key_is_counted_and_the_tightest_decides(servers: EmbeddedServers) -> None:
    shared = counter(servers.urls.valkey)
    company = f"zusage:rate:{uuid4()}"
    calls = [f"{company}:call:{number}" for number in range(3)]
    answers = [await shared.hit({call: 30, f"{company}:all": 2}) for call in calls]
    assert answers == [True, True, False]
    await shared.close()


async def test_keys_name_their_company_and_vanish_by_themselves(servers: EmbeddedServers) -> None:
    shared = counter(servers.urls.valkey)
    key = f"zusage:rate:{uuid4()}:call:x"
    await shared.hit({key: 5})
    with valkey.Valkey.from_url(servers.urls.valkey) as client:
        stored = list(client.scan_iter(f"{key}:*"))
        left = client.ttl(stored[0])
    assert len(stored) == 1
    assert isinstance(left, int)
    assert 0 < left <= 130
    await shared.close()


async def test_without_valkey_each_process_counts_for_itself() -> None:
    away = ValkeyCounter("unix:///nowhere/valkey.sock", fallback=LocalCounter(Seconds()), timeout=0.2)
    assert [await away.hit({"k": 2}) for _ in range(3)] == [True, True, False]
    assert not await away.alive()
    await away.close()


async def test_the_minute_slides() -> None:
    clock = Seconds()
    local = LocalCounter(clock)
    assert [await local.hit({"k": 2}) for _ in range(3)] == [True, True, False]
    clock.now += 61  # the earlier minute still counts almost whole
    assert not await local.hit({"k": 2})
    clock.now += 120
    assert await local.hit({"k": 2})
