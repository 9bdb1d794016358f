"""While a caller is greeted, what they will ask for is read: an old reading makes nobody wait who was greeted."""

from __future__ import annotations

from support.database import DatabaseUrls
from support.free_salon import FreeSalon, free_salon, next_open, said, warmed
from zusage.sandbox.calcom import Fault

OLD = 1_000


async def aged(salon: FreeSalon, seconds: float = OLD) -> None:
    """Read everything ahead, and let so much time go by."""
    await warmed(salon)
    filler = salon.salon.parts.free_times.filler
    real = filler.clock
    filler.clock = lambda: real() + seconds
    salon.sim.journal.clear()


async def greeted(salon: FreeSalon) -> None:
    answer = await salon.phone().tool("initialize_call", {})
    assert answer["status"] == "ok"
    await salon.settled()


async def test_who_was_greeted_is_told_an_exact_time_without_a_wait(salon: FreeSalon) -> None:
    await aged(salon)
    await greeted(salon)
    assert salon.requests() == len(salon.people)
    answer = await salon.check(said(next_open()))
    assert answer["status"] == "held"
    assert answer["data"]["certainty"]["calendar"] == "seen"
    assert answer["data"]["certainty"]["age_seconds"] < 60
    assert salon.requests() == len(salon.people), "nothing was asked while the caller waited"


async def test_control_who_was_not_greeted_waits_for_the_calendar(salon: FreeSalon) -> None:
    await aged(salon)
    answer = await salon.check(said(next_open()))
    assert answer["status"] == "held"
    assert salon.requests() > 0


async def test_many_greetings_read_a_host_once(salon: FreeSalon) -> None:
    await aged(salon)
    for _ in range(3):
        await greeted(salon)
    assert salon.requests() == len(salon.people)


async def test_what_stays_sure_for_the_whole_call_is_not_read(salon: FreeSalon) -> None:
    await aged(salon, 500)
    await greeted(salon)
    assert salon.requests() == 0


async def test_the_greeting_waits_for_nothing(salon: FreeSalon) -> None:
    await aged(salon)
    salon.sim.add_fault(Fault("timeout_after_commit", op="slots.list", seconds=1.0, times=None))
    answer = await salon.phone().tool("initialize_call", {})
    assert answer["status"] == "ok"
    assert not any(each.status == 200 for each in salon.sim.journal.of("slots.list"))
    await salon.settled()


async def test_without_probes_a_greeting_asks_nothing(database: DatabaseUrls) -> None:
    async with free_salon(database, probes=False) as salon:
        await aged(salon)
        await greeted(salon)
        assert salon.requests() == 0
