"""`zusage appointments`: look at appointments, move and cancel them, here and in the calendar."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from uuid import UUID

import typer

from zusage.adapters.postgres.appointments import AppointmentState, appointments_of, find_appointment
from zusage.adapters.postgres.companies import list_names
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.records import AppointmentRecord, read_appointment
from zusage.app.operations.ports import CompanyName
from zusage.boot.cli._appointment_pages import (
    dump,
    print_day,
    print_one,
    said_of_cancel,
    said_of_move,
)
from zusage.boot.cli._asked import AskedError, moment
from zusage.boot.cli._errors import FOUND, UsageError
from zusage.boot.cli._frame import JSON, app_database, prepare, print_json, ready_servers, screen
from zusage.boot.cli._moving import AskingCalendar, MoveTried, Wanted, cancelled, moved
from zusage.boot.servers import Servers
from zusage.boot.settings import Settings

app = typer.Typer(
    help="Appointments: look at them, move and cancel them, here and in the calendar.",
    epilog="Example: zusage appointments list --company friseur-eins --day 2026-11-24",
    no_args_is_help=True,
)
_COMPANY = typer.Option(..., "--company", help="The company (its key).")
_ID = typer.Argument(metavar="ID", help="The appointment's id (`zusage appointments list`).")
_APPLY = typer.Option(False, "--apply", "--yes", help="Do it; without it, only tell what would be done.")


@app.command(
    "list", epilog="Example: zusage appointments list --company friseur-eins --day 2026-11-24 --json"
)
def list_(
    company: str | None = typer.Option(None, "--company", help="Only this company (its key)."),
    day: str = typer.Option("", "--day", help="A day of the branch, as 2026-11-24; today without it."),
    as_json: bool = JSON,
) -> None:
    """List the appointments of a local day, with how each stands in the calendar."""
    wanted = _day(day)
    with ready_servers(prepare()) as servers:
        found = asyncio.run(_list(servers, company, wanted))
    if as_json:
        print_json([dump(key, each) for key, each in found])
    else:
        print_day(screen, wanted, found)


@app.command("show", epilog="Example: zusage appointments show ID --company friseur-eins")
def show(appointment_id: str = _ID, company: str = _COMPANY, as_json: bool = JSON) -> None:
    """Show one with its phases, the time it takes, its history, and how it stands in the calendar."""
    with ready_servers(prepare()) as servers:
        state, record = asyncio.run(_show(servers, company, _id(appointment_id)))
    if as_json:
        history = [
            {"at": entry.at.isoformat(), "actor": entry.actor, "action": entry.action}
            for entry in record.history
        ]
        print_json(dump(company, state) | {"history": history})
    else:
        print_one(screen, state, record)


@app.command(
    "move",
    epilog="Example: zusage appointments move ID 2026-11-24T14:00 --company friseur-eins --apply",
)
def move(  # noqa: PLR0917 - each is an option
    appointment_id: str = _ID,
    start: str = typer.Argument(help="The new start, as 2026-11-24T14:00, by the clock of the branch."),
    company: str = _COMPANY,
    staff: str = typer.Option("", "--staff", help='With whom: a name, or "any"; without it, as now.'),
    reason: str = typer.Option("Vom Salon verlegt", "--reason", help="Why; the calendar is told as well."),
    apply: bool = _APPLY,
    as_json: bool = JSON,
) -> None:
    """Move an appointment; a dry run without --apply. Ends with 1 where the new time cannot be had.

    It must be free here and in the calendar, which is asked first. The new time is taken at once, and the old one is kept
    until the calendar has agreed; where it refuses, the appointment is back at its old time, and `zusage reviews list`
    tells of it."""
    settings = prepare()
    with ready_servers(settings) as servers:
        state, tried = asyncio.run(
            _move(settings, servers, company, _id(appointment_id), (start, staff, reason), apply=apply)
        )
    done, sentences = said_of_move(state, tried, applied=apply)
    if as_json:
        print_json(dump(company, state) | {"done": done, "applied": apply and done, "said": sentences})
    else:
        for sentence in sentences:
            screen.print(sentence, markup=False)
    if not done:
        raise typer.Exit(FOUND)


@app.command("cancel", epilog="Example: zusage appointments cancel ID --company friseur-eins --apply")
def cancel(
    appointment_id: str = _ID,
    company: str = _COMPANY,
    reason: str = typer.Option("Vom Salon abgesagt", "--reason", help="Why; the calendar is told as well."),
    apply: bool = _APPLY,
    as_json: bool = JSON,
) -> None:
    """Cancel an appointment with all its phases; a dry run without --apply. Cancelled already is fine."""
    with ready_servers(prepare()) as servers:
        state, was_booked = asyncio.run(_cancel(servers, company, _id(appointment_id), reason, apply=apply))
    sentence = said_of_cancel(state, was_booked=was_booked, applied=apply)
    if as_json:
        print_json(dump(company, state) | {"applied": apply and was_booked, "said": [sentence]})
    else:
        screen.print(sentence, markup=False)


async def _list(
    servers: Servers, company: str | None, day: date | None
) -> list[tuple[str, AppointmentState]]:
    async with app_database(servers) as database:
        names = [name for name in await list_names(database) if company in (None, name.key)]
        if company is not None and not names:
            raise _no_company(company)
        return [
            (name.key, each)
            for name in names
            for each in await appointments_of(database, name.company_id, day)
        ]


async def _show(
    servers: Servers, company: str, appointment_id: UUID
) -> tuple[AppointmentState, AppointmentRecord]:
    async with app_database(servers) as database:
        name, state = await _found(database, company, appointment_id)
        record = await read_appointment(database, name.company_id, appointment_id)
    if record is None:
        raise _no_appointment(company, appointment_id)
    return state, record


async def _move(
    settings: Settings,
    servers: Servers,
    company: str,
    appointment_id: UUID,
    given: tuple[str, str, str],
    *,
    apply: bool,
) -> tuple[AppointmentState, MoveTried]:
    start, staff, reason = given
    async with app_database(servers) as database:
        name, state = await _found(database, company, appointment_id)
        wanted = Wanted(_moment(start, state.zone), staff, reason)
        asking = AskingCalendar(settings, servers)
        return state, await moved(database, name.company_id, state, wanted, apply=apply, asking=asking)


async def _cancel(
    servers: Servers, company: str, appointment_id: UUID, reason: str, *, apply: bool
) -> tuple[AppointmentState, bool]:
    async with app_database(servers) as database:
        name, state = await _found(database, company, appointment_id)
        was_booked = state.status == "booked"
        if apply:
            was_booked = await cancelled(database, name.company_id, appointment_id, reason)
    return state, was_booked


async def _found(
    database: Database, company: str, appointment_id: UUID
) -> tuple[CompanyName, AppointmentState]:
    """:raises UsageError: there is no such company, or it has no such appointment."""
    name = next((each for each in await list_names(database) if each.key == company), None)
    if name is None:
        raise _no_company(company)
    state = await find_appointment(database, name.company_id, appointment_id)
    if state is None:
        raise _no_appointment(company, appointment_id)
    return name, state


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise UsageError(
            f'"{text}" is no appointment\'s id; `zusage appointments list` shows them.'
        ) from None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f'--day "{text}" is no day; write one like 2026-11-24.') from None


def _moment(text: str, zone: str) -> datetime:
    try:
        return moment(text, zone, "START")
    except AskedError as error:
        raise UsageError(f"{error}.") from None


def _no_company(company: str) -> UsageError:
    return UsageError(f'There is no company "{company}"; `zusage company list` lists them.')


def _no_appointment(company: str, appointment_id: UUID) -> UsageError:
    return UsageError(
        f'"{company}" has no appointment {appointment_id}; `zusage appointments list --company {company}` lists them.'
    )
