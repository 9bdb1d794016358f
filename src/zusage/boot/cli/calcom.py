"""`zusage calcom`: connect a company's Cal.com, say what is what there, and look whether it holds."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from getpass import getpass
from typing import Literal, TypeVar

import typer

from zusage.adapters.calcom.circuit import Circuits
from zusage.adapters.calcom.client import CalcomClient
from zusage.adapters.calcom.pool import CalcomPool
from zusage.adapters.calcom.shared import LocalBucket, LocalStates
from zusage.adapters.calcom.teams import CalcomAccounts
from zusage.adapters.postgres.calendar_blocks import PostgresBlocks
from zusage.adapters.postgres.calendar_setup import PostgresCalendarSetup
from zusage.adapters.valkey.token_bucket import ValkeyTokenBucket
from zusage.app.calendar_setup.adjust_calendar import AdjustWish, adjust_calendar
from zusage.app.calendar_setup.check_calendar import CalendarReport, check_calendar
from zusage.app.calendar_setup.connect_calendar import Connected, ConnectWish, connect_calendar
from zusage.app.calendar_setup.map_calendar import Applied, MapView, MapWish, apply_mapping, view_mapping
from zusage.boot.cli import _calcom_pages as pages
from zusage.boot.cli._errors import FOUND, WRONG, UsageError
from zusage.boot.cli._frame import JSON, app_database, prepare, print_json, progress, ready_servers, screen
from zusage.boot.servers import Servers, secret_box
from zusage.boot.settings import Settings

KEY = "ZUSAGE_CALCOM_KEY"

app = typer.Typer(
    help="A company's Cal.com: connect it, say what is what there, and look whether it holds.",
    epilog="Example: zusage calcom connect friseur-eins --email-domain anrufer.friseur-eins.example",
    no_args_is_help=True,
)
_COMPANY = typer.Argument(metavar="COMPANY", help="The company's key.")
_COURTESY = typer.Option(
    None, "--courtesy/--no-courtesy", help="Hide what is held for a caller from web bookers (off)."
)
_UNREACHABLE = typer.Option(
    None,
    "--unreachable",
    help="While Cal.com does not answer: offer by the ledger alone (so at first), or hide.",
)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class SetupParts:
    """What setting up a calendar works with."""

    store: PostgresCalendarSetup
    calendars: CalcomAccounts


@app.command(
    "connect",
    epilog="Example: zusage calcom connect friseur-eins --server cal.eu --email-domain anrufer.friseur-eins.example",
)
def connect(  # noqa: PLR0917 - the command line names each of them
    company: str = _COMPANY,
    server: str = typer.Option(
        "", "--server", metavar="cal.com|cal.eu|URL", help="Where the account is (cal.com, or as stored)."
    ),
    email_domain: str = typer.Option(
        "",
        "--email-domain",
        metavar="DOMAIN",
        help="A domain of the company, for addresses of callers there.",
    ),
    public_url: str = typer.Option(
        "", "--public-url", metavar="URL", help="Where Cal.com can tell changes (ZUSAGE_PUBLIC_URL)."
    ),
    replace: bool = typer.Option(False, "--replace", help="Take another account than the connected one."),
    courtesy: bool | None = _COURTESY,
    unreachable: Literal["offer", "hide"] | None = _UNREACHABLE,
    as_json: bool = JSON,
) -> None:
    """Try an API key, store it sealed, and have Cal.com tell changes where --public-url leads here.

    The key is read from ZUSAGE_CALCOM_KEY, or asked for, or comes from a pipe; it is never printed. Repeating it renews
    the key. Nothing is mirrored before `zusage calcom map COMPANY --apply`."""
    settings = prepare()
    wish = ConnectWish(
        company=company,
        api_key=_key(),
        server=server or None,
        email_domain=email_domain or None,
        public_url=public_url or settings.public_url,
        replace=replace,
        courtesy=courtesy,
        unreachable=unreachable,
    )
    connected = _with_parts(settings, lambda parts: _connect(wish, parts))
    if as_json:
        print_json(asdict(connected))
    else:
        screen.print("\n".join(pages.connected(connected)), markup=False)


@app.command("map", epilog="Example: zusage calcom map friseur-eins --apply")
def map_(  # noqa: PLR0917 - the command line names each of them
    company: str = _COMPANY,
    apply: bool = typer.Option(
        False, "--apply", help="Store what is shown, and mirror the branches from now on."
    ),
    yes: bool = typer.Option(False, "--yes", help="Make missing probe event types without asking."),
    probes: bool = typer.Option(
        True, "--probes/--no-probes", help="Whether to make probe event types at all."
    ),
    hosts: list[str] = typer.Option(
        [], "--host", metavar="STAFF=ID", help="Who a staff member is at Cal.com."
    ),
    pieces: list[str] = typer.Option(
        [],
        "--set",
        metavar="SERVICE[.PART]@STAFF=ID",
        help="As which event type a service is booked with someone.",
    ),
    branches: list[str] = typer.Option([], "--branch", metavar="KEY", help="Only this branch (all)."),
    as_json: bool = JSON,
) -> None:
    """Show as which event type each service is booked with whom, found by name, length and host, and what is missing.

    Without --apply nothing is changed. With it, whoever is not mapped is not offered on the phone any more. Ends with 1
    when something is missing."""
    wish = MapWish(company, tuple(hosts), tuple(pieces), tuple(branches))
    settings = prepare()
    with ready_servers(settings) as servers:
        view, applied = asyncio.run(
            _map(settings, servers, wish, _Applying(wanted=apply, probes=probes, yes=yes, as_json=as_json))
        )
    if as_json:
        print_json(pages.map_json(view, applied))
    if pages.is_incomplete(view):
        raise typer.Exit(FOUND)


@app.command(
    "settings",
    epilog="Example: zusage calcom settings friseur-eins --branch mitte --confirm inline --wait-ms 3000",
)
def settings_(  # noqa: PLR0917 - the command line names each of them
    company: str = _COMPANY,
    branches: list[str] = typer.Option(
        [], "--branch", metavar="KEY", help="--confirm and --wait-ms of this branch (all)."
    ),
    confirm: Literal["background", "inline"] | None = typer.Option(
        None,
        "--confirm",
        help="When a caller hears that it is booked: at once (so at first), or after Cal.com has it.",
    ),
    wait_ms: int | None = typer.Option(
        None, "--wait-ms", metavar="MS", help="How long a call waits for that (4000)."
    ),
    courtesy: bool | None = _COURTESY,
    unreachable: Literal["offer", "hide"] | None = _UNREACHABLE,
    per_minute: int | None = typer.Option(
        None, "--per-minute", metavar="N", help="How many requests the key may send in a minute (120)."
    ),
    as_json: bool = JSON,
) -> None:
    """Show how the connected Cal.com is used, or change it: from the next tool call on, without the key."""
    wish = AdjustWish(company, tuple(branches), confirm, wait_ms, courtesy, unreachable, per_minute)
    adjusted = _with_parts(prepare(), lambda parts: adjust_calendar(wish, store=parts.store))
    if as_json:
        print_json(asdict(adjusted))
    else:
        pages.print_adjusted(adjusted)


@app.command("check", epilog="Example: zusage calcom check friseur-eins --json")
def check(company: str = _COMPANY, as_json: bool = JSON) -> None:
    """Look at account, hosts, event types, lengths, rules and zones, and say what is wrong before a caller finds out.

    Changes nothing. Ends with 0 when all is well, with 1 when something should be looked at, and with 2 when bookings
    fail or Cal.com cannot be asked."""
    report = _with_parts(prepare(), lambda parts: _check(company, parts))
    if as_json:
        print_json(asdict(report) | {"state": report.state})
    else:
        pages.print_report(report)
    codes = {"well": 0, "to_look_at": FOUND, "failing": WRONG}
    if codes[report.state]:
        raise typer.Exit(codes[report.state])


async def _connect(wish: ConnectWish, parts: SetupParts) -> Connected:
    return await connect_calendar(
        wish, store=parts.store, calendars=parts.calendars, new_token=lambda: secrets.token_hex(24)
    )


async def _check(company: str, parts: SetupParts) -> CalendarReport:
    progress("Reading the account")
    return await check_calendar(company, store=parts.store, calendars=parts.calendars)


@dataclass(frozen=True, slots=True)
class _Applying:
    """Whether and how to store what is shown."""

    wanted: bool
    probes: bool
    yes: bool
    as_json: bool


async def _map(
    settings: Settings, servers: Servers, wish: MapWish, applying: _Applying
) -> tuple[MapView, Applied | None]:
    async with open_setup(settings, servers) as parts:
        progress("Reading the account")
        view = await view_mapping(wish, store=parts.store, calendars=parts.calendars)
        if not applying.as_json:
            pages.print_map(view)
        if not applying.wanted:
            return view, None
        applied = await apply_mapping(
            view, with_probes=_may_probe(view, applying), store=parts.store, calendars=parts.calendars
        )
    if not applying.as_json:
        screen.print("\n".join(pages.applied(view, applied)), markup=False)
        screen.print(
            f"What was booked before stands here only; `zusage mirror backfill --company {wish.company}` brings it over.",
            markup=False,
        )
    return view, applied


def _may_probe(view: MapView, applying: _Applying) -> bool:
    """Ask whether event types may be made in the account; nobody to ask means no."""
    if not (applying.probes and view.proposal.unprobed):
        return False
    if applying.yes:
        return True
    if applying.as_json or not sys.stdin.isatty():
        return False
    names = ", ".join(each.member.name for each in view.proposal.unprobed)
    return typer.confirm(
        f"Make a hidden event type at Cal.com that tells the free times of {names}?", err=True
    )


def _key() -> str:
    """Read the API key from where nobody else sees it.

    :raises UsageError: there is none."""
    key = os.environ.get(KEY, "")
    if not key and sys.stdin.isatty():
        with suppress(EOFError):
            # Switches the echo off before it asks: whoever pastes at once is not shown either.
            key = getpass("Cal.com API key (not shown): ")
    elif not key:
        key = sys.stdin.readline()
    if not key.strip():
        raise UsageError(
            f"No API key was given: set {KEY}, pipe it in, or run this in a terminal to be asked."
        )
    return key


def _with_parts(settings: Settings, work: Callable[[SetupParts], Awaitable[_Value]]) -> _Value:
    with ready_servers(settings) as servers:
        return asyncio.run(_worked(settings, servers, work))


async def _worked(
    settings: Settings, servers: Servers, work: Callable[[SetupParts], Awaitable[_Value]]
) -> _Value:
    async with open_setup(settings, servers) as parts:
        return await work(parts)


@asynccontextmanager
async def open_setup(settings: Settings, servers: Servers) -> AsyncIterator[SetupParts]:
    """Open the database and a client that shares the rate of each key with the serving processes.

    Its breaker is its own: whoever asks by hand wants to know how it is now."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(app_database(servers))
        local = LocalBucket(time.time, share=settings.replicas)
        shared = ValkeyTokenBucket(servers.valkey, fallback=local) if servers.valkey else None
        if shared is not None:
            stack.push_async_callback(shared.close)
        client = CalcomClient(
            CalcomPool(),
            Circuits(LocalStates(), time.time),
            shared or local,
            blocks=PostgresBlocks(database),
        )
        stack.push_async_callback(client.close, 1.0)
        yield SetupParts(PostgresCalendarSetup(database, secret_box(settings)), CalcomAccounts(client))
