"""One command from nothing to an answered and booked call, and again."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx2
import pytest
from cli_process import Ended, Zusage, own_servers, wait_until_ready

from support.database import DatabaseUrls
from support.servers import memory_disk, reachable_folder

Run = Callable[[str, Mapping[str, str]], Ended]


@pytest.fixture(scope="module")
def clone() -> Iterator[Zusage]:
    """A folder in which nothing was ever started, with a path as people have them."""
    with reachable_folder(memory_disk()) as folder:
        home = folder / "Mein Salon Übung"
        home.mkdir(mode=0o755)
        yield Zusage(home)


def test_once_plays_books_shows_and_ends_and_does_so_again(clone: Zusage) -> None:
    first = clone.run("demo", "--once", "--port", "0")
    assert first.code == 0, first.said
    for part in (
        "Damenschnitt",
        "check_availability",
        "held",
        "booked",
        "In the ledger now",
        "converted",
        "history",
    ):
        assert part in first.out
    second = clone.run("demo", "--once", "--port", "0")
    assert second.code == 0, second.said
    assert _when(first.out) != _when(second.out), "the second run takes a time of its own"
    ready = re.search(r"ready after ([\d.]+) s", second.err)
    assert ready is not None
    assert float(ready[1]) < 10
    assert not list((clone.folder / ".zusage").glob("serving*"))


def _when(out: str) -> str:
    found = re.search(r"when\s+│ (.*?)│", out)
    assert found is not None, out
    return found[1]


def test_it_keeps_serving_and_tells_others_where(clone: Zusage) -> None:
    with clone.running("demo", "--port", "0") as demo:
        demo.wait_for(re.compile("Ctrl-C stops\\.\n"))
        info = json.loads(clone.run("demo", "info", "--json").out)
        assert (info["base_url"], info["serving"]) == (demo.url, True)
        played = clone.run("call", "simple", "second-offer")
        assert played.code == 0, played.said
        page = httpx2.get(demo.url, trust_env=False).text
        assert "booked" in page
        assert demo.stop(signal.SIGINT) == 0, demo.said
    assert "Traceback" not in demo.said


def test_postgres_that_dies_while_it_serves_comes_back_by_itself(clone: Zusage) -> None:
    with clone.running("serve", "--port", "0") as serving:
        wait_until_ready(serving.url)
        pid = _postgres(clone)
        os.kill(pid, signal.SIGKILL)
        serving.wait_for(re.compile("embedded_servers_started_again"))
        wait_until_ready(serving.url)
        assert _postgres(clone) != pid
        played = clone.run("call", "simple")
        assert played.code == 0, played.said
        assert serving.stop() == 0, serving.said


def _postgres(clone: Zusage) -> int:
    return int((clone.folder / ".zusage" / "servers" / "postgres.pid").read_text())


def test_info_describes_every_line_so_that_a_driver_can_call_and_sign(quick: Run, tmp_path: Path) -> None:
    info = json.loads(quick("demo info --json", {"ZUSAGE_PORT": "8123"}).out)
    assert (info["base_url"], info["serving"]) == ("http://127.0.0.1:8123", False)
    assert "Nothing serves from .zusage; start `zusage demo`" in quick("demo info", {}).out
    assert {company["signing_key"] for company in info["companies"]} == {
        "key_demo_friseur_eins",
        "key_demo_salon_kupferkamm",
    }
    mitte = info["companies"][0]["branches"][0]
    assert (mitte["number"], mitte["agent_id"], mitte["zone"]) == (
        "+493023125100",
        "agent_demo_mitte",
        "Europe/Berlin",
    )
    assert (mitte["hold_seconds"], mitte["grid_minutes"]) == (120, 15)
    cut = next(service for service in mitte["services"] if service["name"] == "Herrenschnitt")
    assert (cut["minutes"], cut["price_cents"]) == (45, 3500)
    assert not (tmp_path / ".zusage").exists(), "looking changes nothing"


def test_the_demo_keeps_to_its_own_database(quick: Run, database: DatabaseUrls) -> None:
    refused = quick("demo --once", own_servers(database))
    assert refused.code == 2
    assert "ZUSAGE_DATABASE_URL" in refused.err


def test_after_the_demo_doctor_and_verify_are_content(clone: Zusage) -> None:
    doctor = clone.run("doctor", "--json")
    levels = {finding["name"]: finding["level"] for finding in json.loads(doctor.out)}
    assert doctor.code == 0, doctor.said
    assert levels == {
        "settings": "ok",
        "data": "ok",
        "database": "ok",
        "app role": "ok",
        "jobs role": "ok",
        "clock": "ok",
        "schema": "ok",
        "walls": "ok",
        "worker": "ok",
        "keys": "warn",
        "cache": "ok",
        "alerts": "warn",
    }
    verify = clone.run("verify", "--json")
    proof = json.loads(verify.out)
    assert verify.code == 0, verify.said
    assert (proof["proven"], proof["companies"], proof["findings"]) == (True, 2, [])
    assert proof["counts"]["appointments"] >= 2


def test_erase_asks_and_removes_everything_but_never_under_users(clone: Zusage) -> None:
    home = clone.folder / ".zusage"
    with clone.running("demo", "--port", "0") as demo:
        demo.wait_for(re.compile("Ctrl-C stops\\.\n"))
        refused = clone.run("demo", "erase", "--yes")
        assert (refused.code, "running" in refused.err) == (2, True)
        assert demo.stop(signal.SIGINT) == 0, demo.said
    unanswered = clone.run("demo", "erase")
    assert (unanswered.code, str(home) in unanswered.said, home.exists()) == (1, True, True)
    assert clone.run("demo", "erase", "--yes").code == 0
    assert not home.exists()
    again = clone.run("demo", "erase", "--yes")
    assert (again.code, "nothing was removed" in again.out) == (0, True)


def test_erase_leaves_servers_of_ones_own_alone(quick: Run, database: DatabaseUrls) -> None:
    refused = quick("demo erase --yes", own_servers(database))
    assert (refused.code, "ZUSAGE_DATABASE_URL" in refused.err) == (2, True)
