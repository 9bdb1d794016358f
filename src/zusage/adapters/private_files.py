"""Small private files: written whole or not at all, readable by their owner only."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path


def create_private(path: Path, text: str) -> bool:
    """Write a new file with mode 0600; False, and nothing changed, when there is one already. Safe to race: one wins.

    :raises OSError: the folder cannot be written."""
    draft = _draft(path, text)
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def replace_private(path: Path, text: str) -> None:
    """Write a file with mode 0600 in place of an earlier one; readers see the old or the new, never half."""
    _draft(path, text).replace(path)


def read_private(path: Path) -> str | None:
    """Read a small file of ours; None when there is none."""
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="utf-8")
    return None


def is_private(path: Path) -> bool:
    """Say whether nobody but its owner can read, write or run a file; what is not there is private."""
    return not path.exists() or not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def _draft(path: Path, text: str) -> Path:
    # mkstemp opens with O_EXCL and mode 0600.
    number, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(number)
    return Path(name)
