"""`zusage demo`: a whole call against a demo salon, with one command."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from uuid import UUID

import typer

from zusage.adapters.embedded import erase
from zusage.adapters.postgres.migrate import upgrade
from zusage.adapters.postgres.records import AppointmentRecord, count_appointments, read_appointment
from zusage.app.operations.company_file import BranchRecord, CompanyFile
from zusage.boot.cli._chaos import ChaosWish, run_chaos
from zusage.boot.cli._demo_calendar import connected, show_standing, simulated_calcom
from zusage.boot.cli._errors import FOUND, UsageError
from zusage.boot.cli._frame import (
    JSON,
    any_servers,
    app_database,
    aside,
    has_data,
    migrate_url,
    prepare,
    print_json,
    screen,
)
from zusage.boot.cli._ledger import print_appointment
from zusage.boot.cli._simulated import Simulated
from zusage.boot.cli.call import play_one, serving_url, settings_url
from zusage.boot.cli.company import load_all
from zusage.boot.cli.serve import announce, chosen, with_address
from zusage.boot.servers import Servers, secret_box
from zusage.boot.serving import base_url, bind, kept_alive, noted, serving_beside
from zusage.boot.settings import Settings
from zusage.core.scheduling.masters import Service
from zusage.sandbox.demo import load_demo_companies
from zusage.sandbox.player import PlayResult, World, target_for
from zusage.sandbox.scenarios import load_scenario

app = typer.Typer(
    help="Play a call against a demo salon and keep serving.",
    epilog="Example: zusage demo --once; zusage demo info --json",
    invoke_without_command=True,
)
_SCENARIO, _COMPOUND = "simple", "perm"


@app.callback()
def demo(  # noqa: PLR0917 - the command line names each of them
    context: typer.Context,
    once: bool = typer.Option(False, "--once", help="End after the call; 1 when an expectation was broken."),
    port: int | None = typer.Option(
        None, min=0, max=65535, help="Port; 0 takes any [ZUSAGE_PORT, else 8000]."
    ),
    calcom: bool = typer.Option(False, "--calcom", help="Mirror the salon in a simulated Cal.com beside it."),
    chaos: bool = typer.Option(
        False,
        "--chaos",
        help="Let many call while everything is killed and Cal.com fails; then prove; ends by itself.",
    ),
    callers: int = typer.Option(20, min=1, max=60, help="With --chaos: how many call."),
    seconds: float = typer.Option(60, min=10, max=90, help="With --chaos: how long things go wrong."),
    seed: int | None = typer.Option(None, min=0, help="With --chaos: the same seed, the same script (any)."),
) -> None:
    """Start everything, load a demo salon, play a call against it over HTTP, show the ledger, keep serving.

    With --chaos it ends with 0 when ledger and Cal.com agree in the end, with 1 when something differs."""
    if context.invoked_subcommand is not None:
        return
    if chaos:
        _chaos(ChaosWish(callers, seconds, secrets.randbelow(1_000_000) if seed is None else seed))
        return
    settings = with_address(prepare(), None, port)
    with demo_serving(settings, calcom=calcom) as serving:
        ok = _play(serving)
        if once and not ok:
            raise typer.Exit(FOUND)
        if not once:
            _keep_serving(serving)


def _chaos(wish: ChaosWish) -> None:
    settings = prepare(log_level="error")
    _refuse_own_servers(settings)
    if not run_chaos(settings, wish):
        raise typer.Exit(FOUND)


@dataclass(frozen=True, slots=True)
class DemoServing:
    """The demo as it serves; `wait` returns when the server has ended. `simulated` is the salon's Cal.com, if it has one."""

    companies: list[CompanyFile]
    servers: Servers
    url: str
    wait: Callable[[], None]
    simulated: Simulated | None = None


@contextmanager
def demo_serving(settings: Settings, *, calcom: bool = False) -> Iterator[DemoServing]:
    """Start the embedded servers, load the demo companies, and serve for as long as the block runs.

    With `calcom`, or where an earlier demo was connected with one, a simulated Cal.com runs beside.

    :raises UsageError: servers of one's own are set, or the salon is connected with an account elsewhere."""
    _refuse_own_servers(settings)
    began = time.perf_counter()
    with ExitStack() as stack:
        simulator = stack.enter_context(simulated_calcom(settings, wanted=calcom))
        servers = stack.enter_context(any_servers(settings))
        stack.enter_context(kept_alive(servers))
        companies = _load(settings, servers)
        listening = stack.enter_context(bind(settings.host, settings.port, search=not chosen(settings)))
        url = base_url(listening)
        simulated = connected(settings, servers, simulator(), url) if simulator is not None else None
        thread = stack.enter_context(serving_beside(settings, servers, listening))
        stack.enter_context(noted(settings.data_dir, url))
        announce(settings, url)
        aside.print(
            f"[dim]database, salon and server are ready after {time.perf_counter() - began:.1f} s[/dim]"
        )
        yield DemoServing(companies, servers, url, thread.join, simulated)


def _refuse_own_servers(settings: Settings) -> None:
    if not settings.embedded:
        raise UsageError(
            "The demo loads invented companies whose signing keys are public, so it keeps to its own database; "
            "unset ZUSAGE_DATABASE_URL, or use `zusage db upgrade`, `zusage company load` and `zusage serve`."
        )


def _load(settings: Settings, servers: Servers) -> list[CompanyFile]:
    upgrade(migrate_url(servers))
    companies = load_demo_companies()
    asyncio.run(load_all(companies, servers, secret_box(settings)))
    return companies


def _play(serving: DemoServing) -> bool:
    """Play a call and show what it booked; whether all was as expected."""
    scenario = load_scenario(_SCENARIO if serving.simulated is None else _COMPOUND)
    target = target_for(scenario, serving.companies, base_url=serving.url, environ={})
    company = next(each for each in serving.companies if each.key == scenario.company)
    booked = asyncio.run(_count(serving.servers, company.id))
    # Each run takes the open day after the last one's, so that a repeated demo never finds its time taken.
    result = play_one(scenario, target, World(pick=lambda days: booked % days))
    booked_id = _booked(result)
    record = asyncio.run(_record(serving.servers, company.id, booked_id)) if booked_id else None
    if booked_id is None or record is None:
        return result.ok
    print_appointment(screen, record)
    if serving.simulated is None:
        return result.ok
    agreement = show_standing(serving.servers, company.id, serving.simulated, booked_id, record)
    return result.ok and agreement.ok


def _keep_serving(serving: DemoServing) -> None:
    screen.print()
    if serving.simulated is not None:
        screen.print(
            f"The simulated Cal.com shows its calendar, its faults and each request at "
            f"[bold]{serving.simulated.page}[/bold]."
        )
    screen.print(
        f"Look at [bold]{serving.url}[/bold], or try `zusage call --list` in another terminal. Ctrl-C stops."
    )
    try:
        serving.wait()
    except KeyboardInterrupt:
        aside.print("stopped")


async def _count(servers: Servers, company_id: UUID) -> int:
    async with app_database(servers) as database:
        return await count_appointments(database, company_id)


def _booked(result: PlayResult) -> UUID | None:
    """Say what the call booked, going by the last answer that names an appointment."""
    named = [answer.answer.get("appointment_id") for answer in result.answers]
    ids = [UUID(each) for each in named if isinstance(each, str)]
    return ids[-1] if ids else None


async def _record(servers: Servers, company_id: UUID, appointment_id: UUID) -> AppointmentRecord | None:
    async with app_database(servers) as database:
        return await read_appointment(database, company_id, appointment_id)


@app.command("erase", epilog="Example: zusage demo erase --yes")
def erase_data(yes: bool = typer.Option(False, "--yes", help="Do not ask.")) -> None:
    """Remove the data directory with everything in it: all bookings, passwords and keys of the embedded servers."""
    settings = prepare()
    _refuse_own_servers(settings)
    home = settings.data_dir.resolve()
    if not has_data(settings):
        screen.print(f"There is no database in {home}; nothing was removed.")
        return
    if not yes:
        typer.confirm(f"Remove {home} with all its bookings and keys?", abort=True)
    erase(home)
    screen.print(f"{home} was removed.")


@app.command("info", epilog="Example: zusage demo info --json")
def info(as_json: bool = JSON) -> None:
    """Print all that a driver from outside needs to call the demo: address, keys, numbers, agents, services."""
    settings = prepare()
    url = serving_url(settings)
    described = {
        "base_url": url or settings_url(settings),
        "serving": url is not None,
        "function_call_path": "/api/retell/function-call",
        "webhook_path": "/api/retell/webhook",
        "companies": [_company(company) for company in load_demo_companies()],
    }
    if as_json:
        print_json(described)
        return
    screen.print(
        f"base URL: {url}" if url else f"Nothing serves from {settings.data_dir}; start `zusage demo`."
    )
    for company in load_demo_companies():
        screen.print(f"[bold]{company.name}[/bold], signing key {', '.join(company.signing_keys)}")
        for record in company.branches:
            lines = ", ".join((*record.phone_numbers, *record.agents))
            screen.print(f"  {record.branch.name}: {lines} ({record.branch.zone})")


def _company(company: CompanyFile) -> dict[str, object]:
    return {
        "key": company.key,
        "name": company.name,
        "company_id": str(company.id),
        "signing_key": company.signing_keys[0],
        "signing_keys": list(company.signing_keys),
        "branches": [_branch(company, record) for record in company.branches],
    }


def _branch(company: CompanyFile, record: BranchRecord) -> dict[str, object]:
    branch = record.branch
    offered = [each.service for each in company.services if branch.id in each.branch_ids]
    staff = [each.staff.name for each in company.staff if each.branch_id == branch.id]
    return {
        "key": branch.key,
        "name": branch.name,
        "number": next(iter(record.phone_numbers), None),
        "numbers": list(record.phone_numbers),
        "agent_id": next(iter(record.agents), None),
        "agent_ids": list(record.agents),
        "zone": branch.zone,
        "hold_seconds": branch.hold_seconds,
        "grid_minutes": branch.grid_minutes,
        "off_grid": branch.off_grid,
        "staff": staff,
        "chairs": [chair.name for chair in record.chairs],
        "services": [_service(service) for service in offered],
    }


def _service(service: Service) -> dict[str, object]:
    return {
        "key": service.key,
        "name": service.name,
        "category": service.category,
        "minutes": sum(segment.minutes for segment in service.segments),
        "segments": [{"kind": segment.kind, "minutes": segment.minutes} for segment in service.segments],
        "price_cents": service.price.cents,
        "currency": service.price.currency,
        "synonyms": list(service.synonyms),
        "bookable_by_phone": service.bookable_by_phone,
        "add_on": service.add_on,
        "needs_consultation": service.needs_consultation,
    }
