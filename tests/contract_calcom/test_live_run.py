"""`make test-live` itself, against a simulator that stands for somebody's account."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest

from contract_calcom.target import DOMAIN, KEY, MOST_REQUESTS, URL
from zusage.sandbox.calcom import DEMO_KEY, Fault, Simulator, running_simulator

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def somebodys() -> AsyncIterator[Simulator]:
    async with running_simulator(slots_cache_s=0.5) as simulator:
        yield simulator


async def run(*command: str, **more: str) -> tuple[int, str]:
    """Run a command where the key of nobody is known, unless it is given."""
    known = {name: value for name, value in os.environ.items() if name not in (KEY, URL, DOMAIN, "MAKEFLAGS")}
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env=known | more,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def live_run(*options: str, **more: str) -> tuple[int, str]:
    pytest_run = ("-m", "pytest", "tests/contract_calcom", "-m", "live", "-p", "no:cacheprovider", "-rs")
    return await run(sys.executable, *pytest_run, *options, **more)


def traces(simulator: Simulator) -> tuple[int, int, int, int]:
    """How many event types are new, how many bookings live, webhooks and reservations there are."""
    world = simulator.world
    ours = [each for each in world.event_types.values() if each.slug.startswith("zusage-contract-")]
    live = [each for each in world.bookings.values() if each.live]
    return len(ours), len(live), len(world.webhooks), len(world.reservations)


async def test_a_run_passes_leaves_nothing_and_never_shows_the_key(somebodys: Simulator) -> None:
    code, said = await live_run(**{KEY: DEMO_KEY, URL: somebodys.base_url, DOMAIN: "calls.salon.example"})
    assert code == 0, said
    assert "passed" in said
    assert DEMO_KEY not in said
    assert traces(somebodys) == (0, 0, 0, 0)
    booked = list(somebodys.world.bookings.values())
    assert booked
    assert {each.attendee.email.partition("@")[2] for each in booked} == {"calls.salon.example"}
    asked = [each for each in somebodys.journal.requests if each.key == DEMO_KEY]
    assert 0 < len(asked) <= MOST_REQUESTS
    assert 429 not in {each.status for each in asked}


@pytest.mark.parametrize("kind", ["error_after_commit", "error_before_commit"])
async def test_a_run_that_fails_leaves_nothing_either(
    somebodys: Simulator, kind: Literal["error_after_commit", "error_before_commit"]
) -> None:
    """A booking of an unknown outcome is found by its event type, not by a uid that never came."""
    somebodys.add_fault(Fault(kind, op="bookings.reschedule"))
    somebodys.add_fault(Fault(kind, op="bookings.create"))
    code, said = await live_run("-k", "moved or needs_a_reason", **{KEY: DEMO_KEY, URL: somebodys.base_url})
    assert code == 1, said
    assert "failed" in said
    assert DEMO_KEY not in said
    assert len(somebodys.world.bookings) > 0
    assert traces(somebodys) == (0, 0, 0, 0)


async def test_what_cannot_be_taken_back_is_named(somebodys: Simulator) -> None:
    somebodys.add_fault(Fault("error_before_commit", op="event_types.delete"))
    code, said = await live_run("-k", "default_and_a_zone", **{KEY: DEMO_KEY, URL: somebodys.base_url})
    left = next(each for each in somebodys.world.event_types.values() if each.slug.startswith("zusage-"))
    assert code == 1, said
    assert f"please do so by hand: event type {left.slug} (HTTP 500)" in said


async def test_what_a_killed_run_left_is_taken_away_by_a_later_one(somebodys: Simulator) -> None:
    anna = next(each.id for each in somebodys.world.users.values() if each.username == "anna")
    made = next(each for each in somebodys.world.event_types.values() if each.owner_id == anna)
    made.slug = "zusage-contract-1700000000-00c0ffee"
    code, said = await live_run("-k", "default_and_a_zone", **{KEY: DEMO_KEY, URL: somebodys.base_url})
    assert code == 0, said
    assert made.id not in somebodys.world.event_types


async def test_without_a_key_it_says_so_and_ends_well() -> None:
    make = shutil.which("make")
    assert make is not None
    code, said = await run(make, "test-live")
    skipped, reasons = await live_run()
    assert (code, skipped) == (0, 0)
    assert "make test-live CALCOM_KEY=" in said
    assert "CALCOM_KEY is not set" in reasons
    assert "passed" not in reasons


async def test_other_runs_never_ask_the_real_account() -> None:
    """A key that lies around in the environment is used by no other run."""
    collect = ("-m", "pytest", "tests/contract_calcom", "--collect-only", "-vq", "-p", "no:cacheprovider")
    code, said = await run(sys.executable, *collect, "-m", "not race", **{KEY: "cal_live_x"})
    assert code == 0, said
    assert "simulator" in said
    assert "[live]" not in said
