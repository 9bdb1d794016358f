"""`zusage secrets`: the keys that seal the companies' secrets."""

from __future__ import annotations

import asyncio

import typer

from zusage.adapters.crypto import format_keys, generate_key
from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.app.operations.ports import Sealer
from zusage.app.operations.rotate_secrets import RotationReport, rotate_secrets
from zusage.boot.cli._errors import FOUND
from zusage.boot.cli._frame import app_database, prepare, ready_servers, screen
from zusage.boot.servers import Servers, secret_box

app = typer.Typer(
    help="The keys that seal the companies' secrets at rest.",
    epilog="Example: zusage secrets new-key; zusage secrets rotate",
    no_args_is_help=True,
)


@app.command("new-key", epilog='Example: export ZUSAGE_SECRET_KEYS="$(zusage secrets new-key)"')
def new_key() -> None:
    """Print a new key for ZUSAGE_SECRET_KEYS; it is stored nowhere."""
    print(format_keys([generate_key()]))


@app.command("rotate", epilog='Example: ZUSAGE_SECRET_KEYS="$NEW,$OLD" zusage secrets rotate')
def rotate() -> None:
    """Seal all secrets with the first key; ends with 1 when none of the keys opens one."""
    settings = prepare()
    with ready_servers(settings) as servers:
        report = asyncio.run(_rotate(servers, secret_box(settings)))
    screen.print(
        f"{report.companies} companies: {report.rotated} secrets sealed anew, {report.current} were current"
    )
    for lost in report.lost:
        screen.print(
            f"[red]{lost.company}: {lost.kind} {lost.number} opens with none of the keys; "
            "add the key that sealed it, or load the company again.[/red]"
        )
    if report.lost:
        raise typer.Exit(FOUND)
    screen.print("The older keys may go.")


async def _rotate(servers: Servers, seal: Sealer) -> RotationReport:
    async with app_database(servers) as database:
        return await rotate_secrets(store=PostgresCompanies(database), seal=seal)
