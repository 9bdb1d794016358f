"""The command line, `zusage`: one module a group of commands."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from zusage.boot.cli._late import late

__all__ = ["main"]


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line (of this process, or `args`); returns the exit code, or leaves by SystemExit with it."""
    words = sys.argv[1:] if args is None else args
    lean = list(words[:1]) == ["understand"]
    code: int = late("zusage.boot.cli._lean" if lean else "zusage.boot.cli._app", "main")(args)
    return code
