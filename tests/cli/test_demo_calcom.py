"""The demo with a simulated Cal.com beside it: what is promised stands there, also the next time."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from cli_process import Zusage

from support.servers import memory_disk, reachable_folder

_LONGEST = 180
AGREE = "ledger and Cal.com agree: 4 working phases promised, 4 bookings stand"


@pytest.fixture
def clone() -> Iterator[Zusage]:
    """A folder in which nothing was ever started."""
    with reachable_folder(memory_disk()) as folder:
        home = folder / "Salon mit Kalender"
        home.mkdir(mode=0o755)
        yield Zusage(home)


@pytest.mark.timeout(600)
def test_what_is_promised_stands_there_run_after_run(clone: Zusage) -> None:
    _connects_books_and_shows_both_twice(clone)
    _is_never_left_without_its_calendar(clone)
    verify = clone.run("verify", "--json")
    assert (verify.code, json.loads(verify.out)["findings"]) == (0, []), verify.said
    assert json.loads(verify.out)["counts"]["mirrored"] == 12
    status = clone.run("mirror", "status")
    assert (status.code, "healthy" in status.out) == (0, True), status.said


def _connects_books_and_shows_both_twice(clone: Zusage) -> None:
    first = clone.run("demo", "--calcom", "--once", "--port", "0", timeout=_LONGEST)
    assert first.code == 0, first.said
    for part in ("Dauerwelle", "In the ledger now", "In the simulated Cal.com now", "Haare wickeln", AGREE):
        assert part in first.out
    assert "201 pieces of services are mapped" in first.err
    again = clone.run("demo", "--calcom", "--once", "--port", "0", timeout=_LONGEST)
    assert (again.code, AGREE in again.out) == (0, True), again.said
    kept = _kept(clone)
    assert len(kept["bookings"]) == 8, "what was booked before stands there still"
    assert len({each["slug"] for each in kept["event_types"] if each["slug"].startswith("zusage-frei")}) == 6
    assert len(kept["webhooks"]) == 1


def _is_never_left_without_its_calendar(clone: Zusage) -> None:
    with clone.running("demo", "--port", "0") as demo:
        demo.wait_for(re.compile("Ctrl-C stops\\.\n"))
        assert "connected with a simulated Cal.com before" in demo.said
        page = demo.wait_for(re.compile(r"each request at (http://\S+?)\.\n"))[1]
        shown = httpx2.get(page, trust_env=False).text
        assert shown.count("<td>Renate Winter</td>") == 12
        assert demo.stop(signal.SIGINT) == 0, demo.said
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(page, trust_env=False)


def _kept(clone: Zusage) -> dict[str, list[dict[str, str]]]:
    path = Path(clone.folder) / ".zusage" / "calcom-simulator.json"
    kept: dict[str, list[dict[str, str]]] = json.loads(path.read_text(encoding="utf-8"))
    return kept
