"""The command line as a user meets it: real processes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import httpx2

from support.database import DatabaseUrls

_URL = re.compile(r"serves at (http://\S+)")
_START = 60.0


@dataclass(frozen=True)
class Ended:
    """How a command ended; `said` is what it wrote to both streams."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


@dataclass(frozen=True)
class Zusage:
    """Runs commands in a folder of their own, with nothing but these settings."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def run(self, *args: str, timeout: float = 90, **settings: str) -> Ended:
        done = subprocess.run(
            [sys.executable, "-m", "zusage", *args],
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=self.environment(settings),
            timeout=timeout,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def running(self, *args: str, **settings: str) -> Iterator[Running]:
        """Start a serving command; the block begins when it has told its address, and ends it politely."""
        log = self.folder / f"serving-{time.monotonic_ns()}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "zusage", *args],
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                env=self.environment(settings),
            )
        running = Running(process, log)
        try:
            running.wait_for(_URL)
            yield running
        finally:
            running.stop()

    def environment(self, settings: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
        """What its processes see of the settings: these, and those of the folder."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ZUSAGE_")}
        # The tests' own folder would be imported instead of the installed packages.
        clean.pop("PYTHONPATH", None)
        return clean | {"COLUMNS": "100", **self.settings, **settings}


@dataclass
class Running:
    """A serving process."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        return self.wait_for(_URL)[1]

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_for(self, pattern: re.Pattern[str]) -> re.Match[str]:
        deadline = time.monotonic() + _START
        while time.monotonic() < deadline:
            if found := pattern.search(self.said):
                return found
            assert self.process.poll() is None, self.said
            time.sleep(0.02)
        raise AssertionError(f"{pattern.pattern} was not said in time:\n{self.said}")

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end and wait; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=30)


def own_servers(urls: DatabaseUrls, **settings: str) -> dict[str, str]:
    """The settings of somebody who brings a database of their own."""
    return {
        "ZUSAGE_DATABASE_URL": urls.app,
        "ZUSAGE_JOBS_URL": urls.jobs,
        "ZUSAGE_MIGRATE_URL": urls.migrate,
        "ZUSAGE_SECRET_KEYS": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    } | settings


def get(url: str) -> httpx2.Response:
    return httpx2.get(url, trust_env=False, timeout=10)


def wait_until_ready(url: str) -> dict[str, object]:
    """The worker's first sign of life comes a moment after the first answer."""
    for _ in range(100):
        answer = get(f"{url}/health/ready")
        if answer.status_code == 200:
            ready: dict[str, object] = answer.json()
            return ready
        time.sleep(0.05)
    raise AssertionError(answer.text)
