"""What the commands share: settings, servers, a database, and how to print."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from zusage.adapters import embedded
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.migrate import schema_state
from zusage.boot.cli._errors import ProblemError
from zusage.boot.logging import configure_logging
from zusage.boot.servers import Servers, open_servers
from zusage.boot.settings import Settings, SettingsError, load_settings

JSON = typer.Option(False, "--json", help="Print JSON instead of text.")
screen = Console(highlight=False, soft_wrap=True)
aside = Console(stderr=True, highlight=False, soft_wrap=True)


def prepare(*, log_level: str | None = "warning") -> Settings:
    """Load the settings and set up the logs of a command.

    :raises SettingsError: a value is not usable."""
    settings = load_settings()
    configure_logging(settings, level=log_level)
    return settings


def progress(line: str) -> None:
    aside.print(f"[dim]{line} …[/dim]")


@contextmanager
def any_servers(settings: Settings) -> Iterator[Servers]:
    """Find, join or start the servers, whatever their schema."""
    with open_servers(settings, progress=progress) as servers:
        yield servers


@contextmanager
def ready_servers(settings: Settings) -> Iterator[Servers]:
    """Find, join or start the servers.

    :raises ProblemError: there is no database yet, or its schema is behind."""
    if not has_data(settings):
        raise ProblemError(
            f"There is no database in {settings.data_dir} yet; `zusage demo` makes one with a demo salon, "
            "`zusage db upgrade` an empty one."
        )
    with any_servers(settings) as servers:
        require_schema(servers)
        yield servers


def has_data(settings: Settings) -> bool:
    """Whether the embedded servers have been started here before; servers of one's own are taken to be there."""
    return not settings.embedded or embedded.has_data(settings.data_dir)


def require_schema(servers: Servers) -> None:
    """:raises ProblemError: the schema is behind."""
    state = schema_state(servers.app)
    if state.behind:
        raise ProblemError(
            f"The schema is behind: the database has {state.current or 'none'}, this version needs {state.head}. "
            "Run `zusage db upgrade`."
        )


def migrate_url(servers: Servers) -> str:
    """:raises SettingsError: no role is known that may change the schema."""
    if servers.migrate is None:
        raise SettingsError(
            "ZUSAGE_MIGRATE_URL is not set; it names the role that owns the database (`zusage db roles`)."
        )
    return servers.migrate


@asynccontextmanager
async def app_database(servers: Servers, *, statement_ms: int = 30_000) -> AsyncIterator[Database]:
    """A small pool as the serving role, with more patience than a phone call has."""
    database = Database(servers.app, size=2, lock_ms=5_000, statement_ms=statement_ms, name="zusage-cli")
    await database.open()
    try:
        yield database
    finally:
        await database.close()


def table(*columns: str) -> Table:
    """A table whose ids can be copied: what is too long for a narrow screen is folded, never cut off."""
    made = Table()
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def print_json(value: Any) -> None:  # noqa: ANN401 - any JSON
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))
