"""`zusage` as a person runs it, on a test's database."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from support.database import DatabaseUrls

Ended = tuple[int, str]
Zusage = Callable[..., Awaitable[Ended]]


def zusage_on(database: DatabaseUrls, folder: Path, **more: str) -> Zusage:
    """Give what runs a command: it ends with the exit code and what was written to both streams."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ZUSAGE_")}
    settings = clean | {
        "ZUSAGE_DATABASE_URL": database.app,
        "ZUSAGE_JOBS_URL": database.jobs,
        "ZUSAGE_SECRET_KEYS": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "COLUMNS": "200",
    }

    async def run(*args: str) -> Ended:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "zusage", *args),
            cwd=folder,
            env=settings | more,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await process.communicate()
        assert process.returncode is not None
        assert b"Traceback" not in out
        return process.returncode, out.decode()

    return run
