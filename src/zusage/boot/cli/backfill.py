"""`zusage mirror backfill`: what was booked before a branch was connected comes to its calendar."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import typer

from zusage.adapters.postgres.backfill import PostgresBackfill
from zusage.adapters.postgres.calendars import PostgresCalendars
from zusage.adapters.postgres.mirror_health import PostgresMirrorHealth
from zusage.app.mirror.apply_backfill import Backfilled, apply_backfill
from zusage.app.mirror.backfill import BackfillItem
from zusage.app.mirror.patient_reading import PatientCalendars
from zusage.app.mirror.ports import CalendarError
from zusage.app.mirror.view_backfill import view_backfill
from zusage.boot.calendars import open_calendars
from zusage.boot.cli._errors import FOUND, ProblemError
from zusage.boot.cli._frame import JSON, app_database, prepare, print_json, ready_servers, screen
from zusage.boot.cli._mirror_steering import connected_company
from zusage.boot.cli._patience import wait_for_rate
from zusage.boot.servers import Servers, secret_box
from zusage.boot.settings import Settings

EXAMPLE = "Example: zusage mirror backfill --company friseur-eins --apply"
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class _Found:
    company: str
    items: Sequence[BackfillItem]
    done: Backfilled | None


def backfill(
    company: str | None = typer.Option(None, "--company", help="Only this company (its key)."),
    limit: int = typer.Option(
        500, "--limit", min=1, max=5000, help="How many appointments of each, the next first."
    ),
    apply: bool = typer.Option(False, "--apply", help="Do it; without it, only tell what would be done."),
    as_json: bool = JSON,
) -> None:
    """Bring appointments of the future to Cal.com that were booked before their branch was connected; a dry run without --apply.

    Where a booking of the same host and time stands there already, somebody may have typed it in: that becomes a
    review item and never a second booking. Ends with 1 if there is such a one, one whose service is not mapped, or one of a
    day on which a booking there cannot be read."""
    settings = prepare()
    with ready_servers(settings) as servers:
        found = asyncio.run(_backfill(settings, servers, company, limit=limit, apply=apply))
    if as_json:
        print_json([_dump(each) for each in found])
    else:
        for each in found:
            _print(each)
        if not found:
            screen.print("No company has a calendar; `zusage calcom connect` connects one.")
    if any(item.state != "new" for each in found for item in each.items):
        raise typer.Exit(FOUND)


async def _backfill(
    settings: Settings, servers: Servers, company: str | None, *, limit: int, apply: bool
) -> list[_Found]:
    """:raises UsageError: there is no such company, or it has no calendar.
    :raises ProblemError: its calendar cannot be read."""
    async with (
        app_database(servers) as database,
        open_calendars(settings, servers, database) as calendars,
    ):
        health, store = PostgresMirrorHealth(database), PostgresBackfill(database)
        connections = PostgresCalendars(database, secret_box(settings))
        if company is not None:
            await connected_company(health, company)
        patient = PatientCalendars(calendars.client, wait_for_rate)
        found = []
        for company_id, key in await health.connected():
            connection = await connections.load_connection(company_id) if company in (None, key) else None
            if connection is None:
                continue
            try:
                items = await view_backfill(company_id, store, patient.of(connection.access), limit=limit)
            except CalendarError as error:
                raise ProblemError(f"{key}: {error} Nothing was changed; try again later.") from error
            done = (
                await apply_backfill(company_id, items, store, per_minute=connection.per_minute)
                if apply
                else None
            )
            found.append(_Found(key, items, done))
        return found


def _dump(found: _Found) -> dict[str, object]:
    return {
        "company": found.company,
        "applied": asdict(found.done) if found.done else None,
        "phases": [asdict(item.phase) | {"state": item.state, "twin": item.twin} for item in found.items],
    }


def _print(found: _Found) -> None:
    for item in found.items[:_SHOWN]:
        phase = item.phase
        screen.print(
            f"{phase.start:%d.%m.%Y %H:%M} UTC  {phase.service} with {phase.staff} ({phase.appointment_id}/{phase.ordinal}): "
            f"{_said(item)}",
            markup=False,
        )
    if len(found.items) > _SHOWN:
        screen.print(f"… and {len(found.items) - _SHOWN} more (--json lists all)")
    if found.done is not None:
        done = found.done
        screen.print(
            f"{found.company}: {done.coming} phases come to Cal.com little by little, {done.alike} wait for a person "
            f"(`zusage reviews list --company {found.company}`), {done.unmapped} for the mapping"
            f"{f', {done.unsure} until all of their day can be read' if done.unsure else ''}."
        )
        return
    counted = Counter(item.state for item in found.items)
    unsure = f", {counted['unsure']} may stand there unread" if counted["unsure"] else ""
    screen.print(
        f"{found.company}: {counted['new']} phases would come to Cal.com, {counted['alike']} look the same as what stands "
        f"there, {counted['unmapped']} are not mapped"
        f"{unsure}; --apply does it."
    )


def _said(item: BackfillItem) -> str:
    return {
        "alike": f"looks the same as booking {item.twin}",
        "new": "is booked there",
        "unmapped": "no event type is mapped to it",
        "unsure": "may stand there already, for a booking of that day in Cal.com cannot be read",
    }[item.state]
