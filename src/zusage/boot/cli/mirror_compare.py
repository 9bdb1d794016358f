"""`zusage mirror diff` and `repair`: what differs between the ledger and Cal.com, and having it mended."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal
from uuid import UUID

import typer
from rich.progress import Progress

from zusage.adapters.postgres.mirror_health import PostgresMirrorHealth
from zusage.app.mirror.patient_reading import PatientCalendars
from zusage.app.mirror.ports import CalendarError
from zusage.app.operations.ports import SecretUnreadable
from zusage.app.reconcile.compare_calendar import compare_calendar
from zusage.app.reconcile.observe_bookings import Reconciling
from zusage.app.reconcile.sights import Difference
from zusage.boot.calendars import open_calendars
from zusage.boot.cli._errors import FOUND
from zusage.boot.cli._frame import JSON, app_database, aside, prepare, print_json, ready_servers, screen
from zusage.boot.cli._mirror_steering import connected_company
from zusage.boot.cli._patience import wait_for_rate
from zusage.boot.free_times import open_free_times
from zusage.boot.servers import Servers, secret_box
from zusage.boot.settings import Settings
from zusage.boot.wiring import mirroring_of, reconciling_of

DIFF_EXAMPLE = "Example: zusage mirror diff --company friseur-eins --json"
REPAIR_EXAMPLE = "Example: zusage mirror repair --company friseur-eins --apply"
_UNASKED = 2
_STATEMENT_MS = 60_000
_COMPANY = typer.Option(None, "--company", help="Only this company (its key).")
_DEEDS = {
    "done": "done",
    "would_be_done": "with --apply",
    "observed": "only observed",
    "left": "not by this command",
}


@dataclass(frozen=True, slots=True)
class _Compared:
    """What differs of one company; `problem`: it could not be compared."""

    company: str
    differences: Sequence[Difference] = ()
    observed_because: str = ""
    problem: str = ""


def diff(company: str | None = _COMPANY, as_json: bool = JSON) -> None:
    """Tell what differs between what is promised here and what stands in Cal.com, and what the worker does about it;
    changes nothing. Waits where the key's rate is used up. Ends with 0 if nothing differs, 1 if something does, 2 if a calendar
    could not be asked."""
    _run(company, "look", as_json=as_json, applying=False)


def repair(
    company: str | None = _COMPANY,
    apply: bool = typer.Option(
        False,
        "--apply",
        help="Do it, and let the worker act again; without it, only tell what would be done.",
    ),
    as_json: bool = JSON,
) -> None:
    """Carry out here what people did in Cal.com, have made anew what is missing there, and cancelled what nothing wants;
    a dry run unless --apply is given. Ends as `diff` does."""
    _run(company, "go" if apply else "look", as_json=as_json, applying=apply)


def _run(company: str | None, mode: Literal["look", "go"], *, as_json: bool, applying: bool) -> None:
    settings = prepare()
    with ready_servers(settings) as servers:
        found = asyncio.run(_compare(settings, servers, company, mode))
    if as_json:
        print_json([asdict(each) | {"applied": applying} for each in found])
    else:
        _print(found, applying=applying)
    if any(each.problem for each in found):
        raise typer.Exit(_UNASKED)
    if any(each.differences for each in found):
        raise typer.Exit(FOUND)


async def _compare(
    settings: Settings, servers: Servers, company: str | None, mode: Literal["look", "go"]
) -> list[_Compared]:
    """:raises UsageError: there is no such company, or it has no calendar."""
    box = secret_box(settings)
    async with (
        app_database(servers, statement_ms=_STATEMENT_MS) as database,
        open_calendars(settings, servers, database) as calendars,
        open_free_times(database, box, calendars, deadline_ms=settings.calendar_deadline_ms) as free,
    ):
        store = PostgresMirrorHealth(database)
        if company is not None:
            await connected_company(store, company)
        companies = [each for each in await store.connected() if company in (None, each[1])]
        reconciling = reconciling_of(
            database, box, mirroring_of(database, box, calendars, changed=free.changed)
        )
        patient = PatientCalendars(reconciling.calendars, wait_for_rate)
        return await _each(companies, replace(reconciling, calendars=patient), mode)


async def _each(
    companies: Sequence[tuple[UUID, str]], reconciling: Reconciling, mode: Literal["look", "go"]
) -> list[_Compared]:
    found = []
    with Progress(console=aside, transient=True, disable=not aside.is_terminal) as bar:
        for company_id, key in bar.track(companies, description="comparing"):
            try:
                observed = await compare_calendar(company_id, reconciling, mode=mode)
            except (CalendarError, SecretUnreadable) as error:
                found.append(_Compared(key, problem=str(error)))
            else:
                assert observed is not None
                found.append(_Compared(key, observed.differences, observed.stopped))
    return found


def _print(found: Sequence[_Compared], *, applying: bool) -> None:
    if not found:
        screen.print("No company has a calendar; `zusage calcom connect` connects one.")
    for each in found:
        if each.problem:
            screen.print(f"{each.company}: could not be compared. {each.problem}", markup=False)
            continue
        count = len(each.differences)
        screen.print(f"{each.company}: {count} difference{'' if count == 1 else 's'}", markup=False)
        if each.observed_because:
            screen.print(f"  only observed: {each.observed_because}", markup=False)
        for difference in each.differences:
            for line in _lines(difference):
                screen.print(line, markup=False)
    if any(d.action == "a person decides" for each in found for d in each.differences):
        screen.print("What a person decides stands in `zusage reviews list`.")
    acts = any(d.deed in ("would_be_done", "observed") for each in found for d in each.differences)
    if acts and not applying:
        screen.print(
            "`zusage mirror repair --apply` does it now; else the worker does, unless it is only observed."
        )


def _lines(difference: Difference) -> Iterator[str]:
    phase = f"/{difference.ordinal}" if difference.ordinal is not None else ""
    what = f"appointment {difference.appointment_id}{phase}" if difference.appointment_id else "booking"
    uid = f" (uid {difference.uid})" if difference.uid else ""
    yield f"  {difference.kind}: {what}{uid}"
    yield f"    here:  {difference.here}"
    yield f"    there: {difference.there}"
    yield f"    → {difference.action} ({_DEEDS[difference.deed]})"
