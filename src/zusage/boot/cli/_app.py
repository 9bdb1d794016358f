"""All commands put together."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from zusage.boot.build import build_id
from zusage.boot.cli import (
    alerts,
    appointments,
    backfill,
    cache,
    calcom,
    call,
    company,
    db,
    demo,
    doctor,
    jobs,
    mirror,
    mirror_compare,
    orphans,
    retell,
    reviews,
    sandbox,
    secrets,
    serve,
    talk,
    understand,
    verify,
    worker,
)
from zusage.boot.cli._errors import explain
from zusage.boot.cli._run import run

app = typer.Typer(
    name="zusage",
    help="The backend behind a phone voice agent that books appointments.",
    epilog="Example: zusage demo --once; zusage serve --port 8080",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve", epilog=serve.EXAMPLE)(serve.serve)
app.command("worker", epilog=worker.EXAMPLE)(worker.worker)
app.add_typer(demo.app, name="demo")
app.command("call", epilog=call.EXAMPLE)(call.call)
app.command("talk", epilog=talk.EXAMPLE)(talk.talk)
app.add_typer(understand.app, name="understand")
app.add_typer(db.app, name="db")
app.add_typer(company.app, name="company")
app.add_typer(secrets.app, name="secrets")
app.add_typer(retell.app, name="retell")
app.add_typer(calcom.app, name="calcom")
mirror.app.command("backfill", epilog=backfill.EXAMPLE)(backfill.backfill)
app.add_typer(cache.app, name="cache")
mirror.app.command("diff", epilog=mirror_compare.DIFF_EXAMPLE)(mirror_compare.diff)
mirror.app.command("repair", epilog=mirror_compare.REPAIR_EXAMPLE)(mirror_compare.repair)
app.add_typer(mirror.app, name="mirror")
app.add_typer(appointments.app, name="appointments")
app.add_typer(orphans.app, name="orphans")
app.add_typer(reviews.app, name="reviews")
app.add_typer(alerts.app, name="alerts")
app.add_typer(jobs.app, name="jobs")
app.add_typer(sandbox.app, name="sandbox")
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
    """Run the whole command line; exit codes and errors as `run` has them."""
    return run(app, args, explain)
