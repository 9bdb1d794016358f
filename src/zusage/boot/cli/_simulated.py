"""A simulated Cal.com in a process of its own, so that it can fail and be looked at on its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from zusage.adapters.private_files import read_private, replace_private
from zusage.boot.cli._errors import ProblemError
from zusage.sandbox.agreement import Standing, standing_of

_PLAIN, _ADMIN = 8910, 8911
_PORTS = "calcom-simulator-ports.json"
_PATIENCE = 10.0
_ENDS_WITHIN = 10.0


@dataclass(frozen=True, slots=True)
class Simulated:
    """A running simulator: where it answers as Cal.com does, its page, and the company's account and key."""

    url: str
    page: str
    account: str
    key: str
    pid: int

    def standing(self) -> list[Standing]:
        """Give what stands there now; the truth, whatever look-ups are shown.

        :raises httpx2.HTTPError: it does not answer."""
        found = (standing_of(each) for each in self.ask("GET", f"bookings?account={self.account}"))
        return [each for each in found if each is not None]

    def ask(self, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401 - any JSON
        """Use the admin door.

        :raises httpx2.HTTPError: it does not answer, or refuses."""
        # A proxy of the environment is for the world outside, not for this machine.
        with httpx2.Client(timeout=_PATIENCE, trust_env=False) as client:
            answer = client.request(method, f"{self.page}/{path}", json=body)
        answer.raise_for_status()
        return answer.json()


@contextmanager
def simulator_beside(company: str, folder: Path, *more: str) -> Iterator[Callable[[], Simulated]]:
    """Run the simulator with a company's account for as long as the block runs; it goes on where an earlier one ended.

    The block begins at once, and what it is given waits until the simulator answers (ProblemError: it did not start,
    and its own words stand on the screen). What it knows is kept in `folder`; `more` are options of `zusage sandbox
    calcom`. It ends when this process does, however that comes about."""
    command = [sys.executable, "-m", "zusage", "sandbox", "calcom", "--company", company, "--json"]
    command += ["--while-input", "--keep", str(kept_in(folder)), "--folder", str(folder / "calcom")]
    plain, admin = _ports(folder)
    command += ["--port", str(plain), "--admin-port", str(admin), "--tls-port", "0", "--or-any-port", *more]
    # In a session of its own: Ctrl-C reaches us, and we end it after what talks to it.
    process = subprocess.Popen(  # noqa: S603 - our own command
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None,
        start_new_session=True,
        text=True,
    )
    try:
        yield lambda: _started(process, company, folder)
    finally:
        _end(process)


def kept_in(folder: Path) -> Path:
    """Name the file in which the simulator of a data directory keeps what it knows."""
    return folder / "calcom-simulator.json"


def pass_proxies_by() -> None:
    """Let no proxy of the environment stand between this process, or one that it starts, and this machine itself."""
    here = ("127.0.0.1", "localhost", "::1")
    for name in ("NO_PROXY", "no_proxy"):
        known = [each for each in os.environ.get(name, "").split(",") if each]
        os.environ[name] = ",".join([*known, *(each for each in here if each not in known)])


def _started(process: subprocess.Popen[str], company: str, folder: Path) -> Simulated:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise ProblemError(f"The simulated Cal.com did not start (it ended with {process.wait()}).")
    told = json.loads(line)
    used = [urlsplit(told[name]).port for name in ("plain_url", "admin_url")]
    replace_private(folder / _PORTS, json.dumps(used))
    return Simulated(told["plain_url"], told["admin_url"], company, told["keys"][company], process.pid)


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        process.wait(_ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


def _ports(folder: Path) -> tuple[int, int]:
    """Give the ports of the last run, else the usual ones: at another port it would be another account."""
    text = read_private(folder / _PORTS)
    if text is None:
        return _PLAIN, _ADMIN
    plain, admin = json.loads(text)
    return plain, admin
