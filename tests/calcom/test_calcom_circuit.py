"""When a company's calendar is left alone, shared by all processes and shown as it is."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from calcom_server import COMPANY, OTHER, Seconds
from hypothesis import given
from hypothesis import strategies as st

from zusage.adapters.calcom.circuit import (
    OPEN_SECONDS,
    Circuit,
    Circuits,
    after_answer,
    after_failure,
    after_probe,
    leased,
)
from zusage.adapters.calcom.shared import LocalStates
from zusage.adapters.calcom.worker_slots import CompanySlots
from zusage.adapters.embedded import EmbeddedServers
from zusage.adapters.valkey.states import ValkeyStates


async def fail(circuits: Circuits, times: int) -> None:
    for _ in range(times):
        await circuits.failed(COMPANY, "writes", "ReadError")


async def test_hole_34_five_failures_in_a_row_open_the_breaker_of_reads_or_of_writes_alone() -> None:
    clock = Seconds()
    circuits = Circuits(LocalStates(), clock)
    await fail(circuits, 4)
    await circuits.answered(COMPANY, "writes")
    await fail(circuits, 4)
    assert (await circuits.admit(COMPANY, "writes"))[0] == "pass"
    await fail(circuits, 1)
    decision, circuit = await circuits.admit(COMPANY, "writes")
    assert (decision, circuits.wait(circuit)) == ("refuse", OPEN_SECONDS)
    assert (await circuits.admit(COMPANY, "reads"))[0] == "pass"
    assert (await circuits.admit(OTHER, "writes"))[0] == "pass"
    view = (await circuits.read(COMPANY))[1]
    assert (view.door, view.phase, view.failures, view.reason) == ("writes", "open", 5, "ReadError")
    assert view.until == datetime.fromtimestamp(clock.now + 60, UTC)


async def test_half_open_it_lets_one_probe_through_and_two_successes_close_it() -> None:
    clock = Seconds()
    circuits = Circuits(LocalStates(), clock)
    await fail(circuits, 5)
    clock.now += 60
    decisions = [(await circuits.admit(COMPANY, "writes"))[0] for _ in range(3)]
    assert decisions == ["probe", "refuse", "refuse"]
    assert (await circuits.read(COMPANY))[1].phase == "half_open"
    assert await circuits.probed(COMPANY, "writes", None) == "half_open"
    assert await circuits.probed(COMPANY, "writes", None) == "closed"
    assert (await circuits.admit(COMPANY, "writes"))[0] == "pass"
    assert (await circuits.read(COMPANY))[1].failures == 0


async def test_a_failed_probe_opens_it_for_another_minute() -> None:
    clock = Seconds()
    circuits = Circuits(LocalStates(), clock)
    await fail(circuits, 5)
    clock.now += 60
    assert (await circuits.admit(COMPANY, "writes"))[0] == "probe"
    assert await circuits.probed(COMPANY, "writes", None) == "half_open"
    assert await circuits.probed(COMPANY, "writes", "ConnectError") == "open"
    clock.now += 59
    assert (await circuits.admit(COMPANY, "writes"))[0] == "refuse"
    clock.now += 1
    assert (await circuits.admit(COMPANY, "writes"))[0] == "probe"


async def test_a_probe_whose_process_died_is_made_by_another() -> None:
    clock = Seconds()
    circuits = Circuits(LocalStates(), clock)
    await fail(circuits, 5)
    clock.now += 60
    assert (await circuits.admit(COMPANY, "writes"))[0] == "probe"
    clock.now += 20
    assert (await circuits.admit(COMPANY, "writes"))[0] == "probe"


async def test_hole_34_processes_share_the_state_and_one_probe(servers: EmbeddedServers) -> None:
    clock, company = Seconds(), uuid4()
    stores = [ValkeyStates(servers.urls.valkey, fallback=LocalStates(), timeout=2) for _ in range(2)]
    one, two = (Circuits(store, clock) for store in stores)
    await asyncio.gather(*(each.failed(company, "reads", "HTTP 502") for each in (one, two, one, two, one)))
    assert [(await each.read(company))[0].phase for each in (one, two)] == ["open", "open"]
    clock.now += 61
    decisions = await asyncio.gather(*(each.admit(company, "reads") for each in (one, two, one, two)))
    assert sorted(decision for decision, _ in decisions) == ["probe", "refuse", "refuse", "refuse"]
    await one.probed(company, "reads", None)
    await two.probed(company, "reads", None)
    assert [(await each.admit(company, "reads"))[0] for each in (one, two)] == ["pass", "pass"]
    for store in stores:
        await store.close()


async def test_without_valkey_each_process_keeps_its_own_state() -> None:
    store = ValkeyStates("unix:///nowhere/valkey.sock", fallback=LocalStates(), timeout=0.2)
    circuits = Circuits(store, Seconds())
    await fail(circuits, 5)
    assert (await circuits.admit(COMPANY, "writes"))[0] == "refuse"
    await store.close()


async def test_a_state_nobody_can_read_counts_as_closed() -> None:
    store = LocalStates()
    for text in ("{", '{"colour": 1}', "[]"):
        await store.swap(
            f"zusage:circuit:{COMPANY}:reads", await store.read(f"zusage:circuit:{COMPANY}:reads"), text
        )
        assert (await Circuits(store, Seconds()).admit(COMPANY, "reads"))[0] == "pass"


@given(
    st.lists(
        st.tuples(st.sampled_from(["answer", "failure", "lease", "good", "bad"]), st.floats(0, 40)),
        max_size=60,
    )
)
def test_whatever_happens_it_opens_only_after_five_failures_and_closes_only_after_two_probes(
    events: list[tuple[str, float]],
) -> None:
    circuit, now, in_a_row = Circuit(), 0.0, 0
    for event, later in events:
        now += later
        before = circuit
        if event == "answer":
            circuit, in_a_row = after_answer(circuit), 0
        elif event == "failure":
            circuit, in_a_row = after_failure(circuit, now, "x"), in_a_row + 1
        elif event == "lease":
            circuit = leased(circuit, now) or circuit
        else:
            circuit = after_probe(circuit, now, None if event == "good" else "x")
        if before.phase(now) == "closed" and circuit.phase(now) == "open":
            assert in_a_row >= 5
        if before.phase(now) != "closed" and circuit.phase(now) == "closed":
            assert (event, before.successes) == ("good", 1)
            in_a_row = 0
        assert circuit.successes < 2


async def test_a_company_has_two_worker_slots_and_others_have_theirs() -> None:
    slots = CompanySlots()
    async with slots.take(COMPANY) as first, slots.take(COMPANY) as second:
        async with slots.take(COMPANY) as third, slots.take(OTHER) as foreign:
            assert (first, second, third, foreign) == (True, True, False, True)
        async with slots.take(COMPANY) as still_none:
            assert not still_none
    with pytest.raises(RuntimeError):
        async with slots.take(COMPANY):
            raise RuntimeError
    async with slots.take(COMPANY) as one, slots.take(COMPANY) as two:
        assert (one, two) == (True, True)
