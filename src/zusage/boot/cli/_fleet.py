"""Real processes of Zusage, kept running as an operating system's services are, and killed on demand."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from zusage.boot.cli._errors import ProblemError

_LOOK_EVERY, _REST, _ENDS_WITHIN, _READY_WITHIN = 0.3, 1.5, 12.0, 60.0
_OK = 200


@dataclass
class _Service:
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    died_at: float = 0.0
    starts: int = 0


@dataclass
class Fleet:
    """Services by name, each a process of its own; whoever dies is started again after a moment.

    What they write goes to `<folder>/<name>.log`."""

    folder: Path
    environment: Mapping[str, str]
    _services: dict[str, _Service] = field(default_factory=dict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def start(self, name: str, *args: str) -> None:
        """Run `zusage …` as a service called so."""
        with self._turn:
            service = _Service([sys.executable, "-m", "zusage", *args])
            self._services[name] = service
            self._launch(name, service)

    def kill(self, name: str) -> int | None:
        """Kill it with -9; gives the number of the process that is no more, None if it was just dead."""
        with self._turn:
            process = self._services[name].process
            if process is None or process.poll() is not None:
                return None
            process.send_signal(signal.SIGKILL)
            process.wait()
            return process.pid

    def starts(self) -> dict[str, int]:
        """Say how often each was started."""
        return {name: service.starts for name, service in self._services.items()}

    def look(self) -> None:
        """Start again what has been dead for a moment."""
        with self._turn:
            for name, service in self._services.items():
                if service.process is not None and service.process.poll() is not None:
                    service.process, service.died_at = None, time.monotonic()
                if service.process is None and time.monotonic() - service.died_at > _REST:
                    self._launch(name, service)

    def stop(self) -> None:
        """Ask all to end, wait, and kill who does not."""
        with self._turn:
            alive = [each.process for each in self._services.values() if each.process is not None]
            self._services.clear()
        for process in alive:
            process.terminate()
        until = time.monotonic() + _ENDS_WITHIN
        for process in alive:
            try:
                process.wait(max(until - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _launch(self, name: str, service: _Service) -> None:
        with (self.folder / f"{name.replace(' ', '-')}.log").open("ab") as log:
            # In a session of its own: Ctrl-C reaches us, and we end it in our order.
            service.process = subprocess.Popen(  # noqa: S603 - our own command
                service.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.environment},
                start_new_session=True,
            )
        service.starts += 1


@contextmanager
def running_fleet(folder: Path, environment: Mapping[str, str]) -> Iterator[Fleet]:
    """Keep a fleet running for as long as the block runs, and end all of it after."""
    fleet, over = Fleet(folder, environment), threading.Event()

    def keep() -> None:
        while not over.wait(_LOOK_EVERY):
            fleet.look()

    keeper = threading.Thread(target=keep, name="fleet")
    keeper.start()
    try:
        yield fleet
    finally:
        over.set()
        keeper.join()
        fleet.stop()


def wait_until_answering(urls: Sequence[str], folder: Path) -> None:
    """:raises ProblemError: one of them does not answer in time."""
    until = time.monotonic() + _READY_WITHIN
    with httpx2.Client(timeout=2.0, trust_env=False) as client:
        for url in urls:
            while not _answers(client, url):
                if time.monotonic() > until:
                    raise ProblemError(f"{url} does not answer; the logs in {folder} say why.")
                time.sleep(_LOOK_EVERY)


def _answers(client: httpx2.Client, url: str) -> bool:
    try:
        return client.get(f"{url}/health/live").status_code == _OK
    except httpx2.TransportError:
        return False
