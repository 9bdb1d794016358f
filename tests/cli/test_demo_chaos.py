"""The whole rehearsal, in small: everything is killed, Cal.com fails, and both agree in the end."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from cli_process import Zusage

from support.servers import memory_disk, reachable_folder

pytestmark = pytest.mark.faults
_LONGEST = 360


@pytest.fixture
def clone() -> Iterator[Zusage]:
    """A folder in which nothing was ever started."""
    with reachable_folder(memory_disk()) as folder:
        home = folder / "Salon im Sturm"
        home.mkdir(mode=0o755)
        yield Zusage(home)


@pytest.mark.timeout(_LONGEST)
def test_six_callers_book_while_all_is_killed_and_both_agree_in_the_end(clone: Zusage) -> None:
    ended = clone.run(
        "demo", "--calcom", "--chaos", "--callers", "6", "--seconds", "12", "--seed", "4", timeout=_LONGEST
    )
    assert ended.code == 0, ended.said
    assert "0 differences" in ended.out
    for part in ("server 1", "server 2", "worker", "postgres", "valkey"):
        assert f"kill -9: {part}" in ended.err
    counts = {name: int(count) for name, count in re.findall(r"│ ([a-z .A-Z]+?) +│ (\d+) +│", ended.out)}
    assert counts["promises callers heard"] >= 3, ended.out
    over = counts["cancelled at the salon"] + counts["cancelled by the shop in Cal.com"]
    assert counts["appointments in the ledger"] + over >= counts["promises callers heard"]
    assert counts["working phases promised"] >= counts["appointments in the ledger"] > 0
    assert _left(clone) == []
    verify = clone.run("verify", "--json", ZUSAGE_DATA_DIR=".zusage-chaos")
    assert (verify.code, json.loads(verify.out)["proven"]) == (0, True), verify.said
    assert clone.run("demo", "erase", "--yes", ZUSAGE_DATA_DIR=".zusage-chaos").code == 0


def test_ctrl_c_in_the_middle_ends_every_process(clone: Zusage) -> None:
    log = clone.folder / "said.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "zusage",
                "demo",
                "--chaos",
                "--callers",
                "3",
                "--seconds",
                "60",
                "--seed",
                "4",
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=clone.folder,
            env=clone.environment(),
        )
    deadline = time.monotonic() + 90
    while "kill -9" not in log.read_text(encoding="utf-8"):
        assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
        time.sleep(0.1)
    assert len(_left(clone)) >= 3
    process.send_signal(signal.SIGINT)
    assert process.wait(60) != 0
    assert _left(clone) == []
    assert "Traceback" not in log.read_text(encoding="utf-8")


def _left(clone: Zusage) -> list[str]:
    """The processes that run in the clone's folder."""
    if not Path("/proc/self/cwd").exists():
        pytest.skip("processes are looked up in /proc, which this system has not")
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (each / "cwd").resolve() == clone.folder:
                found.append((each / "cmdline").read_text().replace("\0", " "))
    return found
