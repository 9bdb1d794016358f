"""What is kept of a calendar's free time: by Valkey for all processes, by each process where there is none."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import valkey

from zusage.adapters.embedded import EmbeddedServers
from zusage.adapters.process_free_days import ProcessFreeDays
from zusage.adapters.valkey.free_days import ValkeyFreeDays
from zusage.app.free_times.ports import FreeDays, KeptDay, Place
from zusage.core.values import Period

DAY = date(2026, 3, 29)
NOON = datetime(2026, 3, 29, 10, tzinfo=UTC)
HOUR = Period(NOON, NOON + timedelta(hours=1))


class Seconds:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture(params=["valkey", "process"])
async def kept(request: pytest.FixtureRequest, clock: Seconds) -> AsyncIterator[FreeDays]:
    here = ProcessFreeDays(clock)
    if request.param == "process":
        yield here
        return
    servers: EmbeddedServers = request.getfixturevalue("servers")
    shared = ValkeyFreeDays(servers.urls.valkey, fallback=here, clock=clock, timeout=2)
    yield shared
    await shared.close()


def place(day: date = DAY, company: UUID | None = None, staff: UUID | None = None) -> Place:
    return Place(company or uuid4(), staff or uuid4(), "7", "Europe/Berlin", day)


async def keep(kept: FreeDays, where: Place, read_at: float, *free: Period) -> bool:
    (generation,) = await kept.generations([where])
    return await kept.write({where: KeptDay(free, read_at)}, {where: generation})


async def test_a_day_is_given_back_as_it_was_read(kept: FreeDays, clock: Seconds) -> None:
    where, other = place(), place()
    assert await keep(kept, where, clock.now, HOUR)
    assert await kept.read([where, other]) == {where: KeptDay((HOUR,), clock.now)}
    assert await kept.kept([where.company_id]) == {where.company_id: 1}
    both = [where.company_id, other.company_id]
    assert await kept.kept(both) == {where.company_id: 1, other.company_id: 0}
    assert await kept.clear(where.company_id) == 1
    assert await kept.read([where]) == {}


async def test_hole_35_what_was_dropped_while_it_was_read_does_not_come_back(
    kept: FreeDays, clock: Seconds
) -> None:
    where = place()
    assert await keep(kept, where, clock.now, HOUR)
    (before,) = await kept.generations([where])
    await kept.drop(where.company_id, where.staff_id, [DAY])
    assert await kept.read([where]) == {}
    assert not await kept.write({where: KeptDay((HOUR,), clock.now)}, {where: before})
    assert await kept.read([where]) == {}
    clock.now += 3
    assert await keep(kept, where, clock.now)
    assert await kept.read([where]) == {where: KeptDay((), clock.now)}


async def test_hole_35_what_was_cleared_while_it_was_read_does_not_come_back(
    kept: FreeDays, clock: Seconds
) -> None:
    """Kept or being read for the first time; another company's days stay, as does what it is reading."""
    where, other = place(), place()
    first = place(DAY + timedelta(days=1), where.company_id, where.staff_id)
    for each in (where, other):
        assert await keep(kept, each, clock.now, HOUR)
    before = dict(zip([where, first, other], await kept.generations([where, first, other]), strict=True))
    assert await kept.clear(where.company_id) == 1
    for each in (where, first):
        assert not await kept.write({each: KeptDay((HOUR,), clock.now)}, {each: before[each]})
    assert await kept.write({other: KeptDay((), clock.now)}, {other: before[other]})
    assert list(await kept.read([where, first, other])) == [other]
    assert await keep(kept, where, clock.now), "nothing has changed there, so what is read now is good"


async def test_hole_35_what_the_calendar_answers_out_of_its_own_cache_is_not_kept(
    kept: FreeDays, clock: Seconds
) -> None:
    """For two seconds after a change it may answer as before; whoever asked then must not make that last."""
    where = place()
    await kept.drop(where.company_id, where.staff_id, [DAY])
    clock.now += 1.5
    assert not await keep(kept, where, clock.now, HOUR)
    clock.now += 0.6
    assert await keep(kept, where, clock.now, HOUR)


async def test_what_is_taken_out_is_no_longer_free_and_the_rest_is_as_old_as_it_was(
    kept: FreeDays, clock: Seconds
) -> None:
    where, other = place(), place()
    assert await keep(kept, where, clock.now, Period(NOON - timedelta(hours=2), NOON + timedelta(hours=3)))
    read_at, half = clock.now, timedelta(minutes=30)
    clock.now += 60
    await kept.take_out({where: Period(NOON, NOON + half), other: HOUR})
    left = (
        Period(NOON - timedelta(hours=2), NOON),
        Period(NOON + half, NOON + timedelta(hours=3)),
    )
    assert await kept.read([where, other]) == {where: KeptDay(left, read_at)}
    await kept.take_out({where: Period(NOON - timedelta(hours=3), NOON + half + half)})
    rest = Period(NOON + timedelta(hours=1), NOON + timedelta(hours=3))
    assert await kept.read([where]) == {where: KeptDay((rest,), read_at)}
    await kept.take_out({where: Period(NOON - timedelta(days=1), NOON + timedelta(days=1))})
    assert await kept.read([where]) == {where: KeptDay((), read_at)}


async def test_hole_35_what_was_on_its_way_when_a_time_was_taken_out_does_not_bring_it_back(
    kept: FreeDays, clock: Seconds
) -> None:
    where = place()
    long = Period(NOON - timedelta(hours=1), NOON + timedelta(hours=1))
    assert await keep(kept, where, clock.now, long)
    (before,) = await kept.generations([where])
    await kept.take_out({where: HOUR})
    assert not await kept.write({where: KeptDay((long,), clock.now)}, {where: before})
    clock.now += 1.5
    assert not await keep(kept, where, clock.now, long), "their own cache may be as old as that"
    assert (await kept.read([where]))[where].free == (Period(long.start, NOON),)
    clock.now += 1
    assert await keep(kept, where, clock.now, HOUR)
    assert (await kept.read([where]))[where].free == (HOUR,)


async def test_taking_out_drops_the_same_day_from_another_source(kept: FreeDays, clock: Seconds) -> None:
    where = place()
    other = replace(where, source="8")
    neighbour = replace(where, day=DAY + timedelta(days=1))
    for each in (where, other, neighbour):
        assert await keep(kept, each, clock.now, HOUR)
    await kept.take_out({where: Period(NOON, NOON + timedelta(minutes=5))})
    assert set(await kept.read([where, other, neighbour])) == {where, neighbour}


async def test_many_who_take_out_of_one_day_at_once_leave_nothing_that_was_told(
    servers: EmbeddedServers,
) -> None:
    """What two changed at the same moment may be dropped; none of their times is given any more."""
    one, two = (
        ValkeyFreeDays(servers.urls.valkey, fallback=ProcessFreeDays(time.time), timeout=2) for _ in range(2)
    )
    where = place()
    assert await keep(one, where, time.time(), HOUR)
    step = timedelta(minutes=6)
    told = [Period(NOON + n * step, NOON + (n + 1) * step) for n in range(10)]
    await asyncio.gather(*((one, two)[n % 2].take_out({where: during}) for n, during in enumerate(told)))
    assert all(day.free == () for day in (await one.read([where])).values())
    await one.close()
    await two.close()


async def test_a_day_with_a_time_taken_out_lives_no_longer_for_it(servers: EmbeddedServers) -> None:
    shared = ValkeyFreeDays(servers.urls.valkey, fallback=ProcessFreeDays(time.time), timeout=2)
    where = place()
    assert await keep(shared, where, time.time(), HOUR)
    with valkey.Valkey.from_url(servers.urls.valkey) as client:
        (day,) = client.scan_iter(f"*{where.company_id}*:day:*")
        client.expire(day, 100)
        await shared.take_out({where: HOUR})
        assert client.ttl(day) in range(1, 101)
    assert (await shared.read([where]))[where].free == ()
    await shared.close()


async def test_a_drop_is_of_one_host_and_day(kept: FreeDays, clock: Seconds) -> None:
    where = place()
    neighbour = place(DAY + timedelta(days=1), where.company_id, where.staff_id)
    colleague = place(DAY, where.company_id)
    for each in (where, neighbour, colleague):
        assert await keep(kept, each, clock.now, HOUR)
    await kept.drop(where.company_id, where.staff_id, [DAY])
    assert set(await kept.read([where, neighbour, colleague])) == {neighbour, colleague}


async def test_a_lease_has_one_holder_and_ends_by_itself(kept: FreeDays, clock: Seconds) -> None:
    company = uuid4()
    lease = await kept.lease(company, "host", 0.2)
    assert lease is not None
    assert await kept.lease(company, "host", 0.2) is None
    await kept.release(company, "host", "somebody else's")
    assert await kept.lease(company, "host", 0.2) is None
    await kept.release(company, "host", lease)
    assert await kept.lease(company, "host", 0.2) is not None
    clock.now += 1
    await asyncio.sleep(0.3)
    assert await kept.lease(company, "host", 0.2) is not None


async def test_counts_are_of_a_company_and_its_days(kept: FreeDays) -> None:
    company, yesterday = uuid4(), DAY - timedelta(days=1)
    await kept.count(company, DAY, {"hits": 2, "reads": 1})
    await kept.count(company, DAY, {"hits": 1})
    await kept.count(company, yesterday, {"misses": 4})
    assert await kept.counts(company, [DAY]) == {"hits": 3, "reads": 1}
    assert await kept.counts(company, [DAY, yesterday]) == {"hits": 3, "reads": 1, "misses": 4}
    assert await kept.counts(uuid4(), [DAY]) == {}


async def test_processes_share_what_one_has_read_and_another_dropped(servers: EmbeddedServers) -> None:
    one, two = (
        ValkeyFreeDays(servers.urls.valkey, fallback=ProcessFreeDays(time.time), timeout=2) for _ in range(2)
    )
    where = place()
    assert await keep(one, where, time.time(), HOUR)
    assert where in await two.read([where])
    await two.drop(where.company_id, where.staff_id, [DAY])
    assert await one.read([where]) == {}
    await one.close()
    await two.close()


async def test_keys_name_their_company_and_vanish_by_themselves(servers: EmbeddedServers) -> None:
    shared = ValkeyFreeDays(servers.urls.valkey, fallback=ProcessFreeDays(time.time), timeout=2)
    where = place()
    assert await keep(shared, where, time.time(), HOUR)
    await shared.drop(where.company_id, where.staff_id, [DAY])
    await shared.count(where.company_id, DAY, {"hits": 1})
    with valkey.Valkey.from_url(servers.urls.valkey) as client:
        keys = list(client.scan_iter(f"*{where.company_id}*"))
        left = {key: client.ttl(key) for key in keys}
    assert len(keys) == 3
    assert all(key.startswith(b"zusage:free:{") for key in keys)
    assert all(0 < seconds <= 8 * 86_400 for seconds in left.values() if isinstance(seconds, int))
    days = [left[key] for key in keys if b":day:" in key]
    generations = [left[key] for key in keys if b":generation:" in key]
    assert days[0] < generations[0], "no day outlives the generation it was dropped by"
    await shared.close()


async def test_an_evicted_generation_lets_no_old_day_come_back(servers: EmbeddedServers) -> None:
    shared = ValkeyFreeDays(servers.urls.valkey, fallback=ProcessFreeDays(time.time), timeout=2)
    where = place()
    assert await keep(shared, where, time.time(), HOUR)
    await shared.drop(where.company_id, where.staff_id, [DAY])
    with valkey.Valkey.from_url(servers.urls.valkey) as client:
        client.delete(*client.scan_iter(f"*{where.company_id}*:generation:*"))
    assert await shared.read([where]) == {}
    await shared.generations([where])
    assert await shared.read([where]) == {}
    await shared.close()


async def test_days_of_another_version_are_read_anew(servers: EmbeddedServers) -> None:
    shared = ValkeyFreeDays(servers.urls.valkey, fallback=ProcessFreeDays(time.time), timeout=2)
    where = place()
    assert await keep(shared, where, time.time(), HOUR)
    with valkey.Valkey.from_url(servers.urls.valkey) as client:
        for key in client.scan_iter(f"*{where.company_id}*:day:*"):
            client.set(key, b'{"old": true}')
    assert await shared.read([where]) == {}
    await shared.close()


async def test_this_process_keeps_a_bounded_number_of_days() -> None:
    here, clock = ProcessFreeDays(lambda: 1.0), 1.0
    company, staff = uuid4(), uuid4()
    places = [place(DAY + timedelta(days=n), company, staff) for n in range(20_005)]
    await here.write({each: KeptDay((), clock) for each in places}, dict.fromkeys(places, "0-0"))
    assert await here.kept([company]) == {company: 20_000}
    assert await here.read(places[:5]) == {}
