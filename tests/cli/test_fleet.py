"""Processes that are kept running, killed, and ended by who started them."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from zusage.boot.cli._fleet import Fleet, running_fleet

SERVICE = ("sandbox", "calcom", "--port", "0", "--tls-port", "0", "--admin-port", "0", "--json")


def wait_for(what: str, folder: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    while (folder / "cal.log").read_text().count(what) < count:
        assert time.monotonic() < deadline, (folder / "cal.log").read_text()
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_who_is_killed_comes_back_and_all_are_ended_with_the_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with running_fleet(tmp_path, {}) as fleet:
        fleet.start("cal", *SERVICE)
        wait_for("base_url", tmp_path, 1)
        killed = fleet.kill("cal")
        assert killed is not None
        assert not is_alive(killed)
        wait_for("base_url", tmp_path, 2)
        assert fleet.starts() == {"cal": 2}
        again = _pid(fleet)
        assert again != killed
    assert not is_alive(again)


def test_who_was_just_killed_cannot_be_killed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    fleet = Fleet(tmp_path, {})
    fleet.start("cal", *SERVICE)
    try:
        assert fleet.kill("cal") is not None
        assert fleet.kill("cal") is None
        assert fleet.starts() == {"cal": 1}, "nobody looks after it"
    finally:
        fleet.stop()


def _pid(fleet: Fleet) -> int:
    process = fleet._services["cal"].process
    assert process is not None
    return process.pid
