"""`zusage mirror`: whether the calendars are in step, and what a person may do about it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from zusage.adapters.postgres.mirror_health import PostgresMirrorHealth
from zusage.app.mirror.health import MirrorFigures, MirrorStatus, action_for, judge, mirror_status, worst
from zusage.boot.calendars import open_calendars
from zusage.boot.cli import _mirror_steering as steering
from zusage.boot.cli._errors import FOUND, UsageError
from zusage.boot.cli._frame import JSON, app_database, prepare, print_json, ready_servers, screen, table
from zusage.boot.servers import Servers
from zusage.boot.settings import Settings

app = typer.Typer(
    help="Whether the external calendars are in step with what was promised.",
    epilog="Example: zusage mirror status --json; zusage mirror retry --company friseur-eins --apply",
    no_args_is_help=True,
)

_COMPANY = typer.Option(None, "--company", help="Only this company (its key).")
_CRITICAL = 2
_CODES = {"healthy": 0, "degraded": FOUND, "critical": _CRITICAL}
_LONGEST_WORDS = ("critical", "pending", "> 1 h", "oldest", "unknown", "review", "orphans", "100.0%")
_COLOURS = {"healthy": "green", "degraded": "yellow", "critical": "red"}


app.command("retry", epilog="Example: zusage mirror retry --company friseur-eins --apply")(steering.retry)
app.command("pause", epilog="Example: zusage mirror pause --company friseur-eins --apply")(steering.pause)
app.command("resume", epilog="Example: zusage mirror resume --company friseur-eins --apply")(steering.resume)


@app.command("status", epilog="Example: zusage mirror status --company friseur-eins --json")
def status(company: str | None = _COMPANY, as_json: bool = JSON) -> None:
    """Say how the calendars stand; ends with 0 if all are healthy, 1 degraded, 2 critical or not to be found out."""
    settings = prepare()
    with ready_servers(settings) as servers:
        found = asyncio.run(_status(settings, servers, company))
    if as_json:
        print_json([asdict(each) | {"success": each.figures.success} for each in found])
    else:
        _print(found)
    raise typer.Exit(_CODES[worst([each.health for each in found])])


async def _status(settings: Settings, servers: Servers, company: str | None) -> list[MirrorStatus]:
    async with (
        app_database(servers) as database,
        open_calendars(settings, servers, database) as calendars,
    ):
        counted = await mirror_status(PostgresMirrorHealth(database), company=company)
        if company is not None and not counted:
            raise UsageError(f'"{company}" has no calendar, or there is no such company.')
        return [
            MirrorStatus(
                company_id,
                key,
                judge(figures),
                action_for(key, figures),
                figures,
                # Without a Valkey each process knows its own only, and this one has asked nothing yet.
                await calendars.circuits.read(company_id) if servers.valkey else (),
            )
            for company_id, key, figures in counted
        ]


def _print(found: Sequence[MirrorStatus]) -> None:
    """Print a line of counts for each company, then what there is to say about one, and what to do."""
    if not found:
        screen.print("No company has a calendar; `zusage calcom connect` connects one.")
        return
    screen.print(_table(found))
    for each in found:
        f = each.figures
        if _is_worth_a_word(each):
            screen.print(f"{each.company}:", markup=False)
        _print_state(f)
        for reviews in f.open_reviews:
            numbers = ", ".join(map(str, reviews.reviews))
            screen.print(
                f"  {reviews.count} × {reviews.kind}, the oldest since {reviews.oldest / 3600:.1f} h (review {numbers})"
            )
        for trouble in f.troubles:
            ids = ", ".join(map(str, trouble.appointments))
            screen.print(f"  {trouble.count} × {trouble.failure}: {trouble.text} ({ids})", markup=False)
        for circuit in each.circuits:
            if circuit.phase != "closed":
                screen.print(
                    f"  Cal.com {circuit.door}: breaker {circuit.phase} ({circuit.reason})", markup=False
                )
        if each.action:
            screen.print(f"  → {each.action}", markup=False)


def _table(found: Sequence[MirrorStatus]) -> Table:
    shown = table(
        "company", "health", "pending", "> 1 h", "oldest", "unknown", "to review", "orphans", "24 h"
    )
    # Nine columns in a terminal of 80 signs: no lines between them, and no word of the heads broken.
    shown.box, shown.show_edge, shown.padding = SIMPLE_HEAD, False, (0, 0, 0, 0)
    for column, longest in zip(shown.columns[1:], _LONGEST_WORDS, strict=True):
        column.min_width = len(longest)
        if " " in str(column.header) and " " not in longest:
            column.max_width = len(longest)
    for each in found:
        f = each.figures
        health = f"[{_COLOURS[each.health]}]{each.health}[/]"
        counts = (
            str(n)
            for n in (f.pending, f.late, f"{f.oldest_pending / 60:.0f} min", f.unknown, f.reviews, f.orphans)
        )
        shown.add_row(escape(each.company), health, *counts, f"{f.success:.1%} of {f.worked_on}")
    return shown


def _is_worth_a_word(each: MirrorStatus) -> bool:
    f = each.figures
    state = (
        f.observed or f.compared is not None or f.blocked or f.oldest_failing or f.open_reviews or f.troubles
    )
    return bool(state or each.action or any(circuit.phase != "closed" for circuit in each.circuits))


def _print_state(f: MirrorFigures) -> None:
    if f.observed:
        screen.print(f"  only observed: {f.observed}", markup=False)
    if f.compared is not None:
        screen.print(f"  all weeks were compared {f.compared / 3600:.1f} h ago")
    if f.blocked:
        screen.print(f"  Cal.com blocks the key for {f.blocked:.0f} s more; nothing is sent until then")
    if f.failing_day:
        screen.print(f"  {f.failing_day} fail for over a day, the oldest for {f.oldest_failing / 3600:.1f} h")
    elif f.oldest_failing:
        screen.print(f"  the oldest that fails has done so for {f.oldest_failing / 60:.0f} min")
