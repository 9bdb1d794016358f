"""What is in the ledger, for people to read in a terminal."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from zusage.adapters.postgres.records import AppointmentRecord


def print_appointment(console: Console, record: AppointmentRecord) -> None:
    """Print an appointment with its phases, the claims that keep its time, and its history."""
    console.print()
    console.print("[bold]In the ledger now[/bold]")
    console.print(_appointment(record))
    console.print(_phases(record))
    console.print(_claims(record))
    console.print(_history(record))


def _appointment(record: AppointmentRecord) -> Table:
    table = _table("appointment")
    table.show_header = False
    price = f"{record.price_cents // 100},{record.price_cents % 100:02d} {record.currency}"
    day = record.start.astimezone(ZoneInfo(record.zone)).strftime("%a %d.%m.%Y")
    rows = {
        "service": f"{record.service}, {price}",
        "when": f"{day} {_span(record, record.start, record.end)} ({record.zone})",
        "with": f"{record.staff}, {record.branch}",
        "for": f"{record.attendee}, {record.phone or 'anonymous'}",
        "status": f"{record.status} (its hold: {record.hold_status or 'none'})",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    return table


def _phases(record: AppointmentRecord) -> Table:
    table = _table("phases", "kind", "time", "staff", "chair")
    for phase in record.phases:
        table.add_row(
            phase.kind, _span(record, phase.start, phase.end), phase.staff or "-", phase.chair or "-"
        )
    return table


def _claims(record: AppointmentRecord) -> Table:
    table = _table("claims", "kind", "time", "resource", "binding")
    for claim in record.claims:
        span = _span(record, claim.start, claim.end)
        table.add_row(claim.kind, span, claim.resource, "yes" if claim.binding else "no")
    return table


def _history(record: AppointmentRecord) -> Table:
    table = _table("history", "at", "actor", "action")
    for entry in record.history:
        table.add_row(
            f"{entry.at.astimezone(ZoneInfo(record.zone)):%d.%m. %H:%M:%S}", entry.actor, entry.action
        )
    return table


def _table(title: str, *columns: str) -> Table:
    return Table(
        "" if not columns else columns[0], *columns[1:], title=title, title_justify="left", min_width=56
    )


def _span(record: AppointmentRecord, start: datetime, end: datetime) -> str:
    zone = ZoneInfo(record.zone)
    return f"{start.astimezone(zone):%H:%M}-{end.astimezone(zone):%H:%M}"
