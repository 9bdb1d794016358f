"""`zusage worker`, or a server with its worker inside, as a process of its own that can be ended in every way."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.database import DatabaseUrls
from zusage.adapters.crypto import format_keys

_START = 40.0
_READY = re.compile(rb"works in the background|http://127\.0\.0\.1:\d+")


@dataclass
class WorkerProcess:
    """A running worker; what it says goes to `log`, events as JSON lines."""

    process: Process
    log: Path

    def events(self) -> list[dict[str, Any]]:
        """What it has logged so far."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    async def stop(self, number: int) -> tuple[int, float]:
        """Send a signal and wait for the end; gives the exit code and the seconds it took."""
        before = time.monotonic()
        self.process.send_signal(number)
        code = await asyncio.wait_for(self.process.wait(), 30)
        return code, time.monotonic() - before


@asynccontextmanager
async def worker_process(
    database: DatabaseUrls, key: bytes, folder: Path, command: str = "worker"
) -> AsyncIterator[WorkerProcess]:
    """Start a worker on this database, wait until it works, and kill it in the end if it still lives.

    `key` opens the secrets of the companies; `command` may be "serve --port 0" as well."""
    own = folder / f"worker-{time.monotonic_ns()}"
    own.mkdir()
    log = own / "log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "zusage", *command.split()),
            cwd=own,
            env={name: value for name, value in os.environ.items() if not name.startswith("ZUSAGE_")}
            | {
                "ZUSAGE_DATABASE_URL": database.app,
                "ZUSAGE_JOBS_URL": database.jobs,
                "ZUSAGE_SECRET_KEYS": format_keys([key]),
                "ZUSAGE_LOG": "json",
                "ZUSAGE_LOG_LEVEL": "debug",
            },
            stdout=output,
            stderr=output,
        )
    try:
        end = time.monotonic() + _START
        while not _READY.search(log.read_bytes()):
            assert process.returncode is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            await asyncio.sleep(0.05)
        yield WorkerProcess(process, log)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
