"""A simulator that goes on where an earlier one ended."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from zusage.sandbox.calcom import Period, World, demo_world, running_simulator
from zusage.sandbox.calcom._problems import RefusalError
from zusage.sandbox.calcom.kept import dump_world, read_world

START = datetime(2026, 11, 25, 10, tzinfo=UTC)


async def used_world() -> World:
    """A world in which something was booked, moved, cancelled and subscribed."""
    async with running_simulator() as sim:
        kind = next(each for each in sim.world.event_types.values() if each.slug == "herrenschnitt")
        for number in range(3):
            uid = await sim.people.book(kind.id, START + timedelta(hours=number))
            if number == 1:
                await sim.people.move(uid, START + timedelta(hours=5))
            if number == 2:
                await sim.people.cancel(uid)
        sim.people.busy(kind.owner_id or 0, START, START + timedelta(hours=1))
        return sim.world


async def test_a_world_is_read_as_it_was_written() -> None:
    world = await used_world()
    again = read_world(dump_world(world))
    assert again == world
    assert dump_world(again) == dump_world(world)
    assert len(again.bookings) == 4


async def test_what_goes_on_knows_what_is_taken_and_gives_new_ids() -> None:
    again = read_world(dump_world(await used_world()))
    live = next(each for each in again.bookings.values() if each.live)
    assert [each.uid for each in again.near(live.host_id, Period(START, START))].count(live.uid) == 1
    assert again.next_uid() not in again.bookings
    assert again.next_id() not in again.event_types
    with pytest.raises(RefusalError, match="conflict"):
        again.insert(replace(live, uid="another", unique_key=None))


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"seed": 1, "users": 3}'])
def test_what_no_simulator_kept_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no kept world"):
        read_world(text)


def test_an_untouched_world_too() -> None:
    world = demo_world(7)
    assert read_world(dump_world(world)) == world


@contextmanager
def simulator(folder: Path, port: int = 0) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Run the command as a part of this test; it ends with its input."""
    options = ["--port", str(port), "--tls-port", "0", "--admin-port", "0", "--or-any-port"]
    options += ["--folder", str(folder / "authority")]
    process = subprocess.Popen(
        [sys.executable, "-m", "zusage", "sandbox", "calcom", *options, "--json", "--while-input", "--keep",
         str(folder / "kept.json")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(20)
        process.stdout.close()


def test_the_command_keeps_what_it_knows_and_ends_with_its_input(tmp_path: Path) -> None:
    def ask(told: dict[str, Any], method: str, path: str, body: Any = None) -> Any:
        return httpx2.request(method, f"{told['admin_url']}/{path}", json=body, trust_env=False).json()

    with simulator(tmp_path) as (first, told):
        kind = ask(told, "GET", "event-types")[0]
        wish = {"do": "book", "event_type_id": kind["id"], "start": START.isoformat(), "name": "Web Visitor"}
        assert ask(told, "POST", "people", wish)
    with simulator(tmp_path) as (second, told):
        (booking,) = ask(told, "GET", "bookings")
    assert (first.returncode, second.returncode) == (0, 0)
    assert booking["attendees"][0]["name"] == "Web Visitor"
    assert (tmp_path / "kept.json").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_none_of_its_own_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kept.json").write_text("{}")
    ended = subprocess.run(
        [sys.executable, "-m", "zusage", "sandbox", "calcom", "--keep", str(tmp_path / "kept.json")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, "begin anew" in ended.stderr) == (2, True), ended.stderr
    assert (tmp_path / "kept.json").read_text() == "{}"


def test_where_a_port_is_taken_it_takes_others_if_it_may(tmp_path: Path) -> None:
    with simulator(tmp_path / "one") as (_, first):
        port = urlsplit(first["plain_url"]).port
        assert port is not None
        with simulator(tmp_path / "two", port) as (_, second):
            assert httpx2.get(f"{second['admin_url']}/state", trust_env=False).status_code == 200
    assert first["plain_url"] != second["plain_url"]
    with simulator(tmp_path / "one", port) as (_, again):
        assert again["plain_url"] == first["plain_url"]
