"""`zusage orphans`: bookings of ours in the calendar that nothing here wants."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

import typer

from zusage.adapters.postgres.mirror_health import PostgresMirrorHealth
from zusage.app.mirror.steer import OpenOrphan
from zusage.boot.cli._errors import FOUND, UsageError
from zusage.boot.cli._frame import JSON, app_database, prepare, print_json, ready_servers, screen
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
        for key, orphan in found:
            _print(key, orphan)
        screen.print(f"{len(found)} open orphan{'' if len(found) == 1 else 's'}")
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


def _print(key: str, orphan: OpenOrphan) -> None:
    """Print one; its ids stand alone, so that they can be copied whole."""
    state = "it is tried again" if orphan.next_at else "it rests, a person must cancel it"
    tried = f"{orphan.attempts} attempt{'' if orphan.attempts == 1 else 's'}"
    lines = (
        f"{key}: {orphan.why}, found {orphan.found_at:%d.%m.%Y %H:%M} UTC; {tried}, {state}",
        f"  uid {orphan.uid}",
        f"  appointment {orphan.appointment_id}",
        *([f"  {orphan.text}"] if orphan.text else []),
    )
    for line in lines:
        screen.print(line, markup=False)


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
