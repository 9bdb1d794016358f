"""`zusage db`: the schema and the roles."""

from __future__ import annotations

import re
from importlib.resources import files

import typer

from zusage.adapters.postgres.migrate import schema_state, upgrade
from zusage.boot.cli._errors import FOUND, UsageError
from zusage.boot.cli._frame import JSON, any_servers, has_data, migrate_url, prepare, print_json, screen

app = typer.Typer(
    help="The database: bring its schema up to date, see how far it is.",
    epilog="Example: zusage db status; zusage db upgrade",
    no_args_is_help=True,
)


@app.command("upgrade", epilog="Example: zusage db upgrade")
def upgrade_schema() -> None:
    """Bring the schema up to date; repeating it changes nothing."""
    settings = prepare()
    with any_servers(settings) as servers:
        url = migrate_url(servers)
        before = schema_state(url)
        upgrade(url)
    if before.current == before.head:
        screen.print(f"The schema is up to date: {before.head}")
    else:
        screen.print(f"The schema was brought from {before.current or 'nothing'} to {before.head}")


@app.command("status", epilog="Example: zusage db status --json")
def status(as_json: bool = JSON) -> None:
    """Tell how far the schema is; ends with 1 when it is behind."""
    settings = prepare()
    current, head, behind = None, None, True
    if has_data(settings):
        with any_servers(settings) as servers:
            state = schema_state(servers.app)
            current, head, behind = state.current, state.head, state.behind
    if as_json:
        print_json({"current": current, "needed": head, "behind": behind})
    elif behind:
        screen.print(f"behind: the database has {current or 'no schema'}; run `zusage db upgrade`")
    else:
        screen.print(f"up to date: {current}")
    if behind:
        raise typer.Exit(FOUND)


@app.command("roles", epilog="Example: zusage db roles --database zusage | psql -U postgres")
def roles(
    database: str = typer.Option("zusage", help="Name of the database."),
) -> None:
    """Print the SQL that makes database and roles on a server of your own; edit the passwords before you run it."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", database):
        raise UsageError(f"{database!r} is no plain name; use lower-case letters, digits and _.")
    text = files("zusage.boot.cli").joinpath("roles.sql").read_text(encoding="utf-8")
    print(text.replace(":database", database), end="")
