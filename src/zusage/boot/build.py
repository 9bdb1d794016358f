"""Which build of the code answers: told in every reply and stored with every trace."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from importlib.metadata import version
from pathlib import Path


@cache
def build_id() -> str:
    """The version and, in a checkout, the commit ("0.1.0+4f2c1ab"); `ZUSAGE_BUILD` wins where it is set."""
    given = os.environ.get("ZUSAGE_BUILD")
    if given:
        return given
    commit = _commit()
    return f"{version('zusage')}+{commit}" if commit else version("zusage")


def _commit() -> str | None:
    root = Path(__file__).resolve().parents[3]
    if not (root / ".git").exists():
        return None
    try:
        answer = subprocess.run(  # noqa: S603 - fixed arguments
            ["git", "-C", str(root), "rev-parse", "--short", "HEAD"],  # noqa: S607 - whichever git the person uses
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() or None
