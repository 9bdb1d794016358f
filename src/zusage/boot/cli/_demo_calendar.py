"""The demo salon's simulated Cal.com: connected as a salon's own would be, and compared with the ledger."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from rich.markup import escape
from rich.table import Table

from zusage.adapters.embedded import prepare_data_dir
from zusage.adapters.postgres.records import AppointmentRecord
from zusage.adapters.postgres.standing import StandingPart, read_standing
from zusage.app.calendar_setup.companies import find_company
from zusage.app.calendar_setup.connect_calendar import ConnectWish, connect_calendar
from zusage.app.calendar_setup.map_calendar import Applied, MapWish, apply_mapping, view_mapping
from zusage.boot.cli._errors import UsageError
from zusage.boot.cli._frame import app_database, aside, screen
from zusage.boot.cli._simulated import Simulated, kept_in, pass_proxies_by, simulator_beside
from zusage.boot.cli.calcom import SetupParts, open_setup
from zusage.boot.servers import Servers
from zusage.boot.settings import Settings
from zusage.sandbox.agreement import Agreement, Booked, LedgerPart, Standing, compare

SALON = "friseur-eins"
DOMAIN = "anrufer.friseur-eins.example"
_SETTLED_WITHIN, _LOOK_EVERY = 60.0, 0.5


@contextmanager
def simulated_calcom(settings: Settings, *, wanted: bool) -> Iterator[Callable[[], Simulated] | None]:
    """Run a simulated Cal.com with the demo salon's account beside the block, if it is wanted or was so before.

    An account is not forgotten by its salon: once connected, the two belong together until `zusage demo erase`."""
    if not wanted and not kept_in(settings.data_dir).exists():
        yield None
        return
    if not wanted:
        aside.print(
            "The salon was connected with a simulated Cal.com before, so that is started as well "
            "(`zusage demo erase` begins anew)."
        )
    pass_proxies_by()
    prepare_data_dir(settings.data_dir)
    with simulator_beside(SALON, settings.data_dir) as ready:
        yield ready


def connected(settings: Settings, servers: Servers, simulated: Simulated, public_url: str) -> Simulated:
    """Connect the demo salon with its simulated Cal.com, and say so.

    :raises UsageError: the salon is connected with an account elsewhere."""
    applied = asyncio.run(connect_salon(settings, servers, simulated, public_url))
    aside.print(
        f"[dim]{SALON} is connected with a simulated Cal.com: {len(applied.mapping.segments)} pieces of "
        f"services are mapped to event types, {len(applied.mapping.hosts)} people to hosts[/dim]"
    )
    return simulated


async def connect_salon(
    settings: Settings, servers: Servers, simulated: Simulated, public_url: str
) -> Applied:
    """Do what `zusage calcom connect` and `zusage calcom map --apply --yes` do; repeating it makes nothing twice.

    :raises UsageError: the salon is connected with an account elsewhere."""
    async with open_setup(settings, servers) as parts:
        await _refuse_real_account(parts)
        wish = ConnectWish(
            SALON, simulated.key, simulated.url, DOMAIN, public_url, replace=True
        )  # the simulator of another port is the same account all the same
        await connect_calendar(
            wish, store=parts.store, calendars=parts.calendars, new_token=lambda: secrets.token_hex(24)
        )
        view = await view_mapping(MapWish(SALON), store=parts.store, calendars=parts.calendars)
        return await apply_mapping(view, with_probes=True, store=parts.store, calendars=parts.calendars)


async def _refuse_real_account(parts: SetupParts) -> None:
    before = await parts.store.load_connection(await find_company(parts.store, SALON))
    if before is not None and urlsplit(before.base_url).hostname != "127.0.0.1":
        raise UsageError(
            f"{SALON} is connected with {before.base_url} in this data directory, and the demo would connect it with "
            "a simulated Cal.com; name another directory with ZUSAGE_DATA_DIR."
        )


async def read_booked(servers: Servers, company_id: UUID) -> list[Booked]:
    """Read what the ledger has of a company, as the comparison wants it."""
    async with app_database(servers) as database:
        parts = await read_standing(database, company_id)
    return [_booked(list(group)) for _, group in groupby(parts, key=attrgetter("appointment_id"))]


def _booked(parts: Sequence[StandingPart]) -> Booked:
    first, zone = parts[0], ZoneInfo(parts[0].zone)
    return Booked(
        appointment_id=str(first.appointment_id),
        guest=first.guest,
        live=first.live,
        parts=tuple(
            LedgerPart(each.ordinal, each.start.astimezone(zone), each.end.astimezone(zone), each.staff)
            for each in parts
        ),
        call=first.call,
        in_review=first.in_review,
    )


def show_standing(
    servers: Servers, company_id: UUID, simulated: Simulated, appointment_id: UUID, record: AppointmentRecord
) -> Agreement:
    """Wait until an appointment stands in the simulated Cal.com, and print it as it stands there."""
    until = time.monotonic() + _SETTLED_WITHIN
    while True:
        booked = asyncio.run(read_booked(servers, company_id))
        mine = [each for each in booked if each.appointment_id == str(appointment_id)]
        there = [each for each in simulated.standing() if each.appointment_id == str(appointment_id)]
        agreement = compare(mine, there)
        if agreement.ok or time.monotonic() > until:
            break
        time.sleep(_LOOK_EVERY)
    _print(there, agreement, record)
    return agreement


def _print(there: Sequence[Standing], agreement: Agreement, record: AppointmentRecord) -> None:
    screen.print()
    screen.print("[bold]In the simulated Cal.com now[/bold]")
    table = Table(
        "phase", "time", "host", "guest", "uid", title="bookings", title_justify="left", min_width=56
    )
    zone = ZoneInfo(record.zone)
    for each in sorted(there, key=lambda standing: standing.start):
        phase = record.phases[each.ordinal or 0].name or record.service
        span = f"{each.start.astimezone(zone):%H:%M}-{each.end.astimezone(zone):%H:%M}"
        table.add_row(*map(escape, (phase, span, each.host, each.guest, each.uid)))
    screen.print(table)
    for difference in agreement.differences:
        screen.print(f"[red]✗[/red] {escape(difference.text)}")
    if agreement.ok:
        screen.print(
            f"[green]✓[/green] ledger and Cal.com agree: {agreement.promised} working phases promised, "
            f"{agreement.standing} bookings stand"
        )
