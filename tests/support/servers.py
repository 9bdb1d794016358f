"""Embedded servers for tests: the real ones, in a folder of their own, without waiting for the disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zusage.adapters.embedded import EmbeddedServers

# Only fsync is off: a killed server must lose nothing in tests either, a power cut may.
TEST_SETTINGS = {"fsync": "off", "shared_buffers": "64MB"}
_MEMORY, _ENOUGH = "/dev/shm", 4 << 30


def memory_disk() -> str | None:
    """Find a place in memory that is large enough and may hold programs: cloning a database there takes a tenth."""
    if not Path(_MEMORY).is_dir():
        return None
    place = os.statvfs(_MEMORY)
    roomy = place.f_bavail * place.f_frsize > _ENOUGH
    return _MEMORY if roomy and not place.f_flag & os.ST_NOEXEC and os.access(_MEMORY, os.W_OK) else None


@contextmanager
def reachable_folder(within: str | None = None) -> Iterator[Path]:
    """Make a folder that the servers' account can reach too (pytest's own are closed to it), removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="zusage-test-", dir=within))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start_test_servers(folder: Path, *, progress: list[str] | None = None) -> EmbeddedServers:
    """Start PostgreSQL and Valkey with their data in `folder/zusage`; stop them by `stop()` or `with`."""
    told = [] if progress is None else progress
    return EmbeddedServers.start(
        folder / "zusage", settings=TEST_SETTINGS, elsewhere=folder / "elsewhere", progress=told.append
    )
