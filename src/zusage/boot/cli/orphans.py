"""`zusage orphans`: bookings of ours in the calendar that nothing here wants."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

import typer
from rich.markup import escape
from rich.table import Table

from zusage.adapters.postgres.mirror_health import PostgresMirrorHealth
from zusage.app.mirror.steer import OpenOrphan
from zusage.boot.cli._errors import FOUND, UsageError
from zusage.boot.cli._frame import JSON, app_database, prepare, print_json, ready_servers, screen, table
from zusage.boot.cli._mirror_steering import connected_company
from zusage.boot.servers import Servers

app = typer.Typer(
    help="Bookings of ours in the calendars that nothing here wants; they are cancelled there until they are gone.",
    epilog="Example: zusage orphans list; zusage orphans resolve UID --company friseur-eins --apply",
    no_args_is_help=True,
)


@app.command("list", epilog="Example: zusage orphans list --company friseur-eins --json")
def list_(
    company: str | None = typer.Option(None, "--company", help="Only this company (its key)."),
    as_json: bool = JSON,
) -> None:
    """List the open ones; ends with 1 if there are any, 2 if that cannot be found out."""
    with ready_servers(prepare()) as servers:
        found = asyncio.run(_list(servers, company))
    if as_json:
        print_json([{"company": key, **asdict(orphan)} for key, orphan in found])
    else:
        if found:
            screen.print(_table(found))
        screen.print(f"{len(found)} open orphans")
    if found:
        raise typer.Exit(FOUND)


@app.command("resolve", epilog="Example: zusage orphans resolve UID --company friseur-eins --again --apply")
def resolve(
    uid: str = typer.Argument(help="The booking's uid in the calendar."),
    company: str = typer.Option(..., "--company", help="The company (its key)."),
    again: bool = typer.Option(False, "--again", help="Let it be cancelled again instead of closing it."),
    apply: bool = typer.Option(False, "--apply", help="Do it; without it, only tell what would be done."),
    as_json: bool = JSON,
) -> None:
    """Close an orphan that you have seen to in the calendar, or let it be cancelled again; a dry run without --apply."""
    with ready_servers(prepare()) as servers:
        asyncio.run(_resolve(servers, company, uid, again=again, apply=apply))
    if as_json:
        print_json({"uid": uid, "company": company, "again": again, "applied": apply})
        return
    what = "is cancelled again" if again else "is closed"
    screen.print(f"{uid} {what}{'' if apply else ' with --apply'}.", markup=False)


def _table(found: Sequence[tuple[str, OpenOrphan]]) -> Table:
    shown = table("company", "uid", "why", "appointment", "found (UTC)", "attempts", "state", "text")
    for key, orphan in found:
        state = "is tried again" if orphan.next_at else "rests, a person must cancel it"
        since = f"{orphan.found_at:%d.%m.%Y %H:%M}"
        row = (key, orphan.uid, orphan.why, str(orphan.appointment_id), since, str(orphan.attempts), state)
        shown.add_row(*(escape(each) for each in (*row, orphan.text)))
    return shown


async def _list(servers: Servers, company: str | None) -> Sequence[tuple[str, OpenOrphan]]:
    async with app_database(servers) as database:
        store = PostgresMirrorHealth(database)
        if company is not None:
            await connected_company(store, company)
        return [
            (key, orphan)
            for company_id, key in await store.connected()
            if company in (None, key)
            for orphan in await store.orphans(company_id)
        ]


async def _resolve(servers: Servers, company: str, uid: str, *, again: bool, apply: bool) -> None:
    """:raises UsageError: there is no such company, or no such orphan is open."""
    async with app_database(servers) as database:
        store = PostgresMirrorHealth(database)
        company_id = await connected_company(store, company)
        if uid not in {orphan.uid for orphan in await store.orphans(company_id)}:
            raise UsageError(f'"{uid}" is no open orphan of {company}; `zusage orphans list` lists them.')
        if apply:
            await store.resolve_orphan(company_id, uid, again=again)
