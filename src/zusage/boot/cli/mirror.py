"""`zusage mirror`: whether the calendars are in step, and what a person may do about it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

import typer

from zusage.adapters.postgres.mirror_health import PostgresMirrorHealth
from zusage.app.mirror.health import MirrorStatus, action_for, judge, mirror_status, worst
from zusage.app.mirror.steer import Stuck
from zusage.boot.calendars import open_calendars
from zusage.boot.cli._errors import FOUND, UsageError
from zusage.boot.cli._frame import JSON, app_database, prepare, print_json, ready_servers, screen
from zusage.boot.servers import Servers

app = typer.Typer(
    help="Whether the external calendars are in step with what was promised.",
    epilog="Example: zusage mirror status --json; zusage mirror retry --company friseur-eins --apply",
    no_args_is_help=True,
)

_COMPANY = typer.Option(None, "--company", help="Only this company (its key).")
_CRITICAL = 2
_CODES = {"healthy": 0, "degraded": FOUND, "critical": _CRITICAL}
_COLOURS = {"healthy": "green", "degraded": "yellow", "critical": "red"}


@app.command("status", epilog="Example: zusage mirror status --company friseur-eins --json")
def status(company: str | None = _COMPANY, as_json: bool = JSON) -> None:
    """Say how the calendars stand; ends with 0 if all are healthy, 1 degraded, 2 critical."""
    with ready_servers(prepare()) as servers:
        found = asyncio.run(_status(servers, company))
    if as_json:
        print_json([asdict(each) | {"success": each.figures.success} for each in found])
    else:
        _print(found)
    raise typer.Exit(_CODES[worst([each.health for each in found])])


@app.command("retry", epilog="Example: zusage mirror retry --company friseur-eins --apply")
def retry(
    company: str = typer.Option(..., "--company", help="The company (its key)."),
    appointment: str | None = typer.Option(None, "--appointment", help="Only this appointment."),
    apply: bool = typer.Option(False, "--apply", help="Do it; without it, only tell what would be done."),
    as_json: bool = JSON,
) -> None:
    """Try again what waits for a person or fails; a dry run unless --apply is given."""
    with ready_servers(prepare()) as servers:
        stuck, done = asyncio.run(_retry(servers, company, _id(appointment), apply=apply))
    if as_json:
        print_json({"stuck": [asdict(each) for each in stuck], "applied": apply, "retried": done})
        return
    for each in stuck:
        screen.print(
            f"{each.start:%d.%m.%Y %H:%M} UTC  {each.appointment_id}/{each.ordinal}: wanted {each.wanted}, "
            f"known {each.known} ({each.failure}: {each.text})"
        )
    screen.print(
        f"{done} phases are tried again now." if apply else f"{len(stuck)} phases; --apply tries them again."
    )


@app.command("pause", epilog="Example: zusage mirror pause --company friseur-eins")
def pause(company: str = typer.Option(..., "--company", help="The company (its key).")) -> None:
    """Send nothing to the company's calendar; what is booked meanwhile waits."""
    _set_paused(company, paused=True)


@app.command("resume", epilog="Example: zusage mirror resume --company friseur-eins")
def resume(company: str = typer.Option(..., "--company", help="The company (its key).")) -> None:
    """Let a paused mirror go on; what waited is brought over within a minute."""
    _set_paused(company, paused=False)


def _set_paused(company: str, *, paused: bool) -> None:
    with ready_servers(prepare()) as servers:
        changed = asyncio.run(_pause(servers, company, paused=paused))
    state = "paused" if paused else "running"
    screen.print(
        f"The mirror of {company} is {state}." if changed else f"The mirror of {company} was {state} already."
    )


async def _status(servers: Servers, company: str | None) -> list[MirrorStatus]:
    async with app_database(servers) as database, open_calendars(servers.valkey) as calendars:
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
                await calendars.circuits.read(company_id),
            )
            for company_id, key, figures in counted
        ]


async def _retry(
    servers: Servers, company: str, appointment_id: UUID | None, *, apply: bool
) -> tuple[Sequence[Stuck], int]:
    async with app_database(servers) as database:
        store = PostgresMirrorHealth(database)
        company_id = await connected_company(store, company)
        stuck = [
            each
            for each in await store.stuck(company_id)
            if appointment_id in (None, each.appointment_id)
        ]  # fmt: skip
        return stuck, await store.retry(company_id, appointment_id) if apply else 0


async def _pause(servers: Servers, company: str, *, paused: bool) -> bool:
    async with app_database(servers) as database:
        store = PostgresMirrorHealth(database)
        return await store.set_paused(await connected_company(store, company), paused=paused)


async def connected_company(store: PostgresMirrorHealth, company: str) -> UUID:
    """:raises UsageError: there is no such company, or it has no calendar."""
    companies = {key: company_id for company_id, key in await store.connected()}
    if company not in companies:
        known = ", ".join(companies) or "none"
        raise UsageError(f'"{company}" has no calendar; connected are: {known}.')
    return companies[company]


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise UsageError(f'"{text}" is no id of an appointment.') from None


def _print(found: Sequence[MirrorStatus]) -> None:
    if not found:
        screen.print("No company has a calendar; `zusage calcom connect` connects one.")
    for each in found:
        f = each.figures
        colour = _COLOURS[each.health]
        screen.print(f"[{colour}]●[/{colour}] {each.company}: {each.health}")
        screen.print(
            f"  {f.pending} pending ({f.late} over an hour, the oldest {f.oldest_pending / 60:.0f} min), "
            f"{f.unknown} unknown, {f.reviews} to review, {f.orphans} orphans, "
            f"{f.success:.1%} of {f.worked_on} in 24 h"
        )
        if f.blocked:
            screen.print(f"  Cal.com blocks the key for {f.blocked:.0f} s more; nothing is sent until then")
        if f.oldest_failing:
            screen.print(
                f"  {f.failing_day} fail for over a day, the oldest since {f.oldest_failing / 3600:.1f} h"
            )
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
                screen.print(f"  Cal.com {circuit.door}: breaker {circuit.phase} ({circuit.reason})")
        if each.action:
            screen.print(f"  → {each.action}", markup=False)
