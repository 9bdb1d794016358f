"""A data directory that is copied is another database to whoever compares with a calendar; a moved one is the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg

from support.servers import start_test_servers
from zusage.adapters.postgres import migrate


def identity(folder: Path, *, new: bool = False) -> str:
    """Start the servers of a folder, ask which database this is, and stop them."""
    with start_test_servers(folder) as servers:
        if new:
            migrate.upgrade(servers.urls.migrate)
        with psycopg.connect(servers.urls.app) as connection:
            row = connection.execute("SELECT directory.identity()").fetchone()
    assert row is not None
    return str(row[0])


def test_hole_01_a_copied_data_directory_is_another_database(folder: Path) -> None:
    first, copied, moved = (folder / name for name in ("first", "copied", "moved"))
    for each in (first, copied):
        each.mkdir(mode=0o755)
    original = identity(first, new=True)
    assert identity(first) == original, "started again it is the same"
    _copy(first / "zusage", copied / "zusage")
    copy = identity(copied)
    assert copy != original
    # The control: as the server itself sees it, nothing differs.
    assert copy.rpartition("/")[0] == original.rpartition("/")[0]
    first.rename(moved)
    assert identity(moved) == original


def _copy(source: Path, target: Path) -> None:
    """As `cp -a` does: owners and rights stay."""
    shutil.copytree(source, target)
    for path in [source, *source.rglob("*")]:
        there = target / path.relative_to(source)
        info = path.lstat()
        shutil.chown(there, info.st_uid, info.st_gid)
        there.chmod(info.st_mode & 0o7777)
