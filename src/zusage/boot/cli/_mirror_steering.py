"""`zusage mirror retry|pause|resume`: what a person may do about the mirrors; a dry run unless told otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

import typer

from zusage.adapters.postgres.mirror_health import PostgresMirrorHealth
from zusage.app.mirror.steer import Stuck
from zusage.boot.cli._errors import UsageError
from zusage.boot.cli._frame import JSON, app_database, prepare, print_json, ready_servers, screen
from zusage.boot.servers import Servers

_COMPANY = typer.Option(None, "--company", help="Only this company (its key).")
_APPLY = typer.Option(False, "--apply", help="Do it; without it, only tell what would be done.")
_NONE = "No company has a calendar; `zusage calcom connect` connects one."


@dataclass(frozen=True, slots=True)
class _Pausing:
    """What becomes of one company's mirror; `changes` is False where it is so already."""

    company: str
    paused: bool
    changes: bool


def retry(
    company: str | None = _COMPANY,
    appointment: str | None = typer.Option(
        None, "--appointment", metavar="ID", help="Only this appointment."
    ),
    apply: bool = _APPLY,
    as_json: bool = JSON,
) -> None:
    """Try again what waits for a person or fails; a dry run unless --apply is given."""
    appointment_id = _id(appointment)
    with ready_servers(prepare()) as servers:
        stuck, done = asyncio.run(_retry(servers, company, appointment_id, apply=apply))
    if as_json:
        said = [{"company": key} | asdict(each) for key, each in stuck]
        print_json({"stuck": said, "applied": apply, "retried": done})
        return
    for key, each in stuck:
        _print(key, each)
    if apply:
        screen.print(f"{done} {'phase is' if done == 1 else 'phases are'} tried again now.")
    elif stuck:
        screen.print(f"{len(stuck)} {'phase' if len(stuck) == 1 else 'phases'}; --apply tries again.")
    else:
        screen.print("Nothing is stuck.")


def pause(company: str | None = _COMPANY, apply: bool = _APPLY, as_json: bool = JSON) -> None:
    """Send nothing to the calendars; what is booked meanwhile waits. A dry run unless --apply is given."""
    _set_paused(company, apply=apply, as_json=as_json, paused=True)


def resume(company: str | None = _COMPANY, apply: bool = _APPLY, as_json: bool = JSON) -> None:
    """Let paused mirrors go on; what waited is brought over within a minute. A dry run unless --apply is given."""
    _set_paused(company, apply=apply, as_json=as_json, paused=False)


def _print(key: str, stuck: Stuck) -> None:
    """Print one phase; its appointment's id stands alone, so that it can be copied whole."""
    lines = (
        f"{key}: {stuck.start:%d.%m.%Y %H:%M} UTC, wanted {stuck.wanted}, known {stuck.known}",
        f"  {stuck.appointment_id}/{stuck.ordinal}",
        f"  {stuck.failure}: {stuck.text}",
    )
    for line in lines:
        screen.print(line, markup=False)


async def connected_company(store: PostgresMirrorHealth, company: str) -> UUID:
    """:raises UsageError: there is no such company, or it has no calendar."""
    return (await _connected(store, company))[company]


def _set_paused(company: str | None, *, apply: bool, as_json: bool, paused: bool) -> None:
    with ready_servers(prepare()) as servers:
        found = asyncio.run(_pause(servers, company, apply=apply, paused=paused))
    if as_json:
        print_json({"applied": apply, "companies": [asdict(each) for each in found]})
        return
    state, then = ("paused", "pauses") if paused else ("running", "lets it go on")
    for each in found:
        if not each.changes:
            screen.print(f"The mirror of {each.company} was {state} already.", markup=False)
        elif apply:
            screen.print(f"The mirror of {each.company} is {state}.", markup=False)
        else:
            screen.print(f"The mirror of {each.company} is not {state}; --apply {then}.", markup=False)
    if not found:
        screen.print(_NONE)


async def _retry(
    servers: Servers, company: str | None, appointment_id: UUID | None, *, apply: bool
) -> tuple[Sequence[tuple[str, Stuck]], int]:
    """:raises UsageError: there is no such company, or the appointment named is not stuck."""
    async with app_database(servers) as database:
        store = PostgresMirrorHealth(database)
        companies = await _connected(store, company)
        stuck = [
            (key, each)
            for key, company_id in companies.items()
            for each in await store.stuck(company_id)
            if appointment_id in (None, each.appointment_id)
        ]
        if appointment_id is not None and not stuck:
            raise UsageError(f"Nothing of the appointment {appointment_id} is stuck; it is not tried again.")
        wanted = [companies[key] for key in dict.fromkeys(key for key, _ in stuck)] if apply else []
        return stuck, sum([await store.retry(company_id, appointment_id) for company_id in wanted])


async def _pause(servers: Servers, company: str | None, *, apply: bool, paused: bool) -> list[_Pausing]:
    async with app_database(servers) as database:
        store = PostgresMirrorHealth(database)
        found = []
        for key, company_id in (await _connected(store, company)).items():
            if apply:
                changes = await store.set_paused(company_id, paused=paused)
            else:
                changes = (await store.figures(company_id)).paused != paused
            found.append(_Pausing(key, paused if apply or not changes else not paused, changes))
        return found


async def _connected(store: PostgresMirrorHealth, company: str | None) -> Mapping[str, UUID]:
    """Give the connected companies, or the one.

    :raises UsageError: there is no such company, or it has no calendar."""
    companies = {key: company_id for company_id, key in await store.connected()}
    if company is None:
        return companies
    if company not in companies:
        known = ", ".join(companies) or "none"
        raise UsageError(f'"{company}" has no calendar; connected are: {known}.')
    return {company: companies[company]}


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise UsageError(f'"{text}" is no id of an appointment.') from None
