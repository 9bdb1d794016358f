"""The commands that need no server, by themselves: they start in a quarter of a second."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from zusage.boot.cli import understand
from zusage.boot.cli._late import late
from zusage.boot.cli._problems import explain_usage
from zusage.boot.cli._run import run

app = typer.Typer(name="zusage", add_completion=False, pretty_exceptions_enable=False)
app.add_typer(understand.app, name="understand")


@app.callback()
def _root() -> None:
    """The backend behind a phone voice agent that books appointments."""


def main(args: Sequence[str] | None = None) -> int:
    """Run `zusage understand …`; exit codes and errors as `run` has them."""
    return run(app, args, _explain)


def _explain(error: Exception) -> tuple[int, str] | None:
    # Only --company reaches what else can fail, and has imported it by then.
    known: tuple[int, str] | None = explain_usage(error) or late("zusage.boot.cli._errors", "explain")(error)
    return known
