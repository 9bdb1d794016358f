"""The commands put together, and the one place where errors become sentences."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

import typer

from zusage.boot.build import build_id
from zusage.boot.cli import call, company, db, demo, doctor, retell, secrets, serve, verify
from zusage.boot.cli._errors import explain

app = typer.Typer(
    name="zusage",
    help="The backend behind a phone voice agent that books appointments.",
    epilog="Example: zusage demo --once; zusage serve --port 8080",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve", epilog=serve.EXAMPLE)(serve.serve)
app.add_typer(demo.app, name="demo")
app.command("call", epilog=call.EXAMPLE)(call.call)
app.add_typer(db.app, name="db")
app.add_typer(company.app, name="company")
app.add_typer(secrets.app, name="secrets")
app.add_typer(retell.app, name="retell")
app.command("doctor", epilog=doctor.EXAMPLE)(doctor.doctor)
app.command("verify", epilog=verify.EXAMPLE)(verify.verify)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(build_id())
        raise typer.Exit


@app.callback()
def _root(
    _version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and end."
    ),
) -> None:
    """The backend behind a phone voice agent that books appointments."""


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line (of this process, or `args`); returns the exit code, or leaves by SystemExit with it.

    0 is well, 1 a problem was found, 2 wrong usage or settings.

    What a user can mend is said in sentences; with ZUSAGE_DEBUG set, the traceback comes as well."""
    signal.signal(signal.SIGTERM, _interrupt)
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
