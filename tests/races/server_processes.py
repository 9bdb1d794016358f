"""Real `zusage serve` processes on free ports, to be raced against and killed by the process id that was started."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path

import httpx2

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
_PATIENCE = 30.0
_numbers = count(1)


class ServerProcess:
    """One serving process; it logs to a file, which is where its address is read."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._log = folder / f"server-{next(_numbers)}.log"
        settings = {key: value for key, value in os.environ.items() if not key.startswith("ZUSAGE_")}
        settings |= {"PYTHONUNBUFFERED": "1", "ZUSAGE_DATA_DIR": str(folder), **environment}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "zusage", "serve", "--port", "0"],
                env=settings,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        self.base_url = ""

    def wait_ready(self) -> None:
        until = time.monotonic() + _PATIENCE
        while not self._ready():
            assert self._process.poll() is None, f"the server ended:\n{self.log()}"
            assert time.monotonic() < until, f"the server is not ready:\n{self.log()}"
            time.sleep(0.05)

    def _ready(self) -> bool:
        found = _ADDRESS.search(self.log())
        if found is None:
            return False
        self.base_url = found[0]
        with suppress(httpx2.HTTPError):
            return httpx2.get(f"{self.base_url}/health/ready", timeout=5).status_code == 200
        return False

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def kill(self) -> None:
        """End it as a power cut would: nothing of it runs any more afterwards."""
        self._process.send_signal(signal.SIGKILL)
        assert self._process.wait(10) == -signal.SIGKILL

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)


@contextmanager
def serving(
    environment: Mapping[str, str], folder: Path, processes: int = 1
) -> Iterator[list[ServerProcess]]:
    """Start so many servers with the same settings, give them when all are ready, stop what is left of them."""
    with ExitStack() as stack:
        started = []
        for _ in range(processes):
            server = ServerProcess(environment, folder)
            stack.callback(server.stop)
            started.append(server)
        for server in started:
            server.wait_ready()
        yield started
