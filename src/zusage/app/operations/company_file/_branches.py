"""Branches with their hours, numbers, agents and chairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, cast
from zoneinfo import ZoneInfo

from zusage.app.operations.company_file._hours import read_absences, read_exceptions, read_week
from zusage.app.operations.company_file._places import read_phone_numbers, read_region, read_zone, zone_of
from zusage.app.operations.company_file._records import Absence, BranchRecord, stable_id
from zusage.app.operations.company_file._table import Table
from zusage.core.scheduling.masters import Branch, Chair, Week

_MOST_CHAIRS = 200
_CLOSED_ALL_WEEK: Week = ((),) * 7


def read_branch(table: Table, *, company_key: str) -> BranchRecord:
    key = table.slug()
    country, region = read_region(table)
    branch = Branch(
        id=stable_id(company_key, "branch", key),
        key=key,
        name=table.text("name"),
        zone=read_zone(table),
        week=_read_hours(table),
        country=country,
        region=region,
        exceptions=read_exceptions(table.tables("exceptions")),
        closed_on_holidays=table.flag("closed_on_holidays", default=True),
        grid_minutes=_read_grid(table),
        off_grid=cast("Literal['refuse', 'allow']", table.choice("off_grid", "refuse", ("refuse", "allow"))),
        hold_seconds=table.whole("hold_seconds", 120, low=1, high=600),
        hold_cap_seconds=table.whole("hold_cap_seconds", 600, low=1, high=3600),
    )
    if branch.hold_cap_seconds < branch.hold_seconds:
        table.problem("hold_cap_seconds", f"must not be shorter than hold_seconds ({branch.hold_seconds})")
    chair_tables, chairs = _read_chairs(table, company_key, key)
    record = BranchRecord(
        branch=branch,
        phone_numbers=read_phone_numbers(table, country),
        agents=table.texts("agents"),
        chairs=chairs,
        chair_absences=tuple(_read_chair_absences(chair_tables, chairs, zone_of(branch.zone))),
    )
    table.finish()
    return record


def _read_hours(table: Table) -> Week:
    hours = table.table("hours")
    if hours is None:
        table.problem("hours", 'are missing; add a table with monday = ["09:00-18:00"] and so on')
        return _CLOSED_ALL_WEEK
    return read_week(hours)


def _read_grid(table: Table) -> int:
    grid = table.whole("grid_minutes", 15, low=1, high=60)
    if 60 % grid:
        table.problem("grid_minutes", "must divide the hour: 5, 10, 15, 20, 30 or 60")
    return grid


def _read_chairs(table: Table, company_key: str, branch_key: str) -> tuple[list[Table], tuple[Chair, ...]]:
    """Read the chairs in either form; each with its own table, or none at all where the short form is used."""
    tables = table.tables("chair")
    if not table.has("chair"):
        names = _short_names(table)
    else:
        names = tuple(each.text("name") for each in tables)
        if table.has("chairs"):
            table.problem("chair", "stands beside chairs; keep one of the two")
    for position, name in enumerate(names):
        if name and name in names[:position]:
            where = tables[position].at("name") if tables else table.at("chairs", position)
            table.report.problem(where, f'"{name}" stands twice; give each chair its own name')
    ids = (stable_id(company_key, "chair", f"{branch_key}/{name}") for name in names)
    return tables, tuple(map(Chair, ids, names))


def _short_names(table: Table) -> tuple[str, ...]:
    """Read a number of chairs or their names; a number makes "Platz 1", "Platz 2" and so on."""
    if isinstance(table.raw("chairs"), list):
        return table.texts("chairs")
    if not table.has("chairs"):
        table.problem("chairs", 'is missing; add chairs = 3, or chairs = ["Platz am Fenster", "..."]')
    count = table.whole("chairs", 0, low=0, high=_MOST_CHAIRS)
    return tuple(f"Platz {number}" for number in range(1, count + 1))


def _read_chair_absences(
    tables: Sequence[Table], chairs: Sequence[Chair], zone: ZoneInfo
) -> Iterator[tuple[Chair, Absence]]:
    for table, chair in zip(tables, chairs, strict=False):
        for absence in read_absences(table.tables("absences"), zone):
            yield chair, absence
        table.finish()
