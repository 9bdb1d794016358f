"""How every command runs: its streams, its signals, and its errors as sentences."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

import typer

Explain = Callable[[Exception], tuple[int, str] | None]
"""Exit code and sentence for what a user can mend; None for what only a developer can."""


def run(app: typer.Typer, args: Sequence[str] | None, explain: Explain) -> int:
    """Run a command line (of this process, or `args`); returns the exit code, or leaves by SystemExit with it.

    0 is well, 1 something was found that wants somebody, 2 something kept the command from finding out or doing it.

    What a user can mend is said in sentences; with ZUSAGE_DEBUG set, the traceback comes as well."""
    signal.signal(signal.SIGTERM, _interrupt)
    if getattr(sys, "stdin", None) is None:
        # Started with a closed input: there is nothing to read, which is no failure.
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - for as long as the process lives
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows no arrows shows question marks, and the command goes on.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app(args, prog_name="zusage")
    except Exception as error:
        known = explain(error)
        if known is None or os.environ.get("ZUSAGE_DEBUG"):
            raise
        code, sentence = known
        print(f"zusage: {sentence}", file=sys.stderr)
        return code
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    # The same way out as Ctrl-C: everything that was opened is closed.
    raise KeyboardInterrupt
