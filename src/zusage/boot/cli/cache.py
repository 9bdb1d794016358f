"""`zusage cache`: the free times that are kept of the companies' calendars."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from uuid import UUID

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from zusage.app.free_times.status import CacheStatus, cache_status
from zusage.app.free_times.warm import WARM_DAYS, Warmed, warm
from zusage.boot.calendars import open_calendars
from zusage.boot.cli._errors import FOUND, ProblemError, UsageError
from zusage.boot.cli._frame import (
    JSON,
    app_database,
    aside,
    prepare,
    print_json,
    ready_servers,
    screen,
    table,
)
from zusage.boot.free_times import FreeTimeParts, open_free_times
from zusage.boot.servers import Servers, secret_box
from zusage.boot.settings import Settings

app = typer.Typer(
    help="The free times that are kept of the companies' calendars, so that no caller waits for them.",
    epilog="Example: zusage cache status; zusage cache warm --company friseur-eins --days 14",
    no_args_is_help=True,
)
_COMPANY = typer.Option(None, "--company", help="Only this company (its key).")
_MOST_DAYS = 60
_NONE = "No company has a calendar; `zusage calcom connect` connects one."


@app.command("warm", epilog="Example: zusage cache warm --company friseur-eins --days 14")
def warm_(
    company: str | None = _COMPANY,
    days: int = typer.Option(
        WARM_DAYS, "--days", min=1, max=_MOST_DAYS, help="How many days, from today on."
    ),
    as_json: bool = JSON,
) -> None:
    """Read the coming days of every host now; calls keep their half of the rate. Ends with 1 if some could not be read."""
    settings = prepare()
    with ready_servers(settings) as servers:
        warmed = asyncio.run(_warm(settings, servers, company, days, quiet=as_json))
    if as_json:
        print_json([asdict(each) | {"company": key} for key, each in warmed])
    else:
        _print_warmed(warmed)
    raise typer.Exit(FOUND if any(each.failed for _, each in warmed) else 0)


@app.command("clear", epilog="Example: zusage cache clear --company friseur-eins")
def clear(company: str | None = _COMPANY, as_json: bool = JSON) -> None:
    """Forget all that is kept; it is read again when somebody asks. Nothing is lost, the next callers wait a moment."""
    settings = prepare()
    with ready_servers(settings) as servers:
        cleared = asyncio.run(_clear(settings, servers, company))
    if as_json:
        print_json([{"company": key, "days": days} for key, days in cleared])
        return
    if not cleared:
        screen.print(_NONE)
    for key, days in cleared:
        screen.print(f"{key}: {days} days forgotten")


@app.command("status", epilog="Example: zusage cache status --json")
def status(company: str | None = _COMPANY, as_json: bool = JSON) -> None:
    """Say how many questions of the last seven days were answered from what is kept, over all processes."""
    settings = prepare()
    with ready_servers(settings) as servers:
        found = asyncio.run(_status(settings, servers, company))
    if as_json:
        print_json([asdict(each) | {"hit_rate": each.hit_rate} for each in found])
        return
    if not found:
        screen.print(_NONE)
        return
    shown = table("company", "days kept", "at once", "refreshed behind", "waited", "hit rate", "requests")
    for each in found:
        rate = "-" if each.hit_rate is None else f"{each.hit_rate:.1%}"
        counts = (each.days, each.hits, each.stale, each.misses)
        shown.add_row(each.company, *map(str, counts), rate, str(each.reads))
    screen.print(shown)


async def _warm(
    settings: Settings, servers: Servers, company: str | None, days: int, *, quiet: bool
) -> list[tuple[str, Warmed]]:
    async with _opened(settings, servers) as free:
        chosen = await _companies(free, company)
        with _bar(quiet=quiet) as bar:
            done = []
            for company_id, key in chosen:
                task = bar.add_task(key, total=None)

                def told(count: int, of: int, task: int = task) -> None:
                    bar.update(task, completed=count, total=of)  # type: ignore[arg-type]

                warmed = await warm(
                    company_id, hosts=free.hosts, filler=free.filler, days=days, patient=True, progress=told
                )
                done.append((key, warmed))
        return done


async def _clear(settings: Settings, servers: Servers, company: str | None) -> list[tuple[str, int]]:
    async with _opened(settings, servers) as free:
        return [
            (key, await free.kept.clear(company_id)) for company_id, key in await _companies(free, company)
        ]


async def _status(settings: Settings, servers: Servers, company: str | None) -> list[CacheStatus]:
    async with _opened(settings, servers) as free:
        return await cache_status(await _companies(free, company), kept=free.kept, now=time.time())


async def _companies(free: FreeTimeParts, company: str | None) -> Sequence[tuple[UUID, str]]:
    """:raises UsageError: there is no such company, or it has no calendar."""
    known = await free.hosts.companies()
    chosen = [(company_id, key) for company_id, key in known if company in (None, key)]
    if company is not None and not chosen:
        names = ", ".join(key for _, key in known) or "none"
        raise UsageError(f'"{company}" has no calendar; connected are: {names}.')
    return chosen


@asynccontextmanager
async def _opened(settings: Settings, servers: Servers) -> AsyncIterator[FreeTimeParts]:
    """:raises ProblemError: there is no Valkey, or it does not answer."""
    if servers.valkey is None:
        raise ProblemError(
            "ZUSAGE_VALKEY_URL is not set: each process keeps free times for itself, and no command can see or "
            "fill them. Name a Valkey or Redis that all processes use."
        )
    async with (
        app_database(servers) as database,
        open_calendars(settings, servers, database) as calendars,
        open_free_times(
            database, secret_box(settings), calendars, deadline_ms=settings.calendar_deadline_ms
        ) as free,
    ):
        if free.shared is not None and not await free.shared.alive():
            raise ProblemError(
                "The Valkey does not answer; look whether it runs and ZUSAGE_VALKEY_URL is right."
            )
        yield free


def _bar(*, quiet: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=aside,
        disable=quiet,
    )


def _print_warmed(warmed: Sequence[tuple[str, Warmed]]) -> None:
    if not warmed:
        screen.print(_NONE)
    for key, each in warmed:
        screen.print(f"{key}: {each.hosts} hosts, {each.read} days read, {each.young} young enough")
        if each.failed:
            screen.print(f"  {each.failed} days could not be read: {each.reason}", markup=False)
