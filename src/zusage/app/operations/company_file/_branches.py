"""Branches with their hours, numbers, agents and chairs."""

from __future__ import annotations

from typing import Literal, cast

from zusage.app.operations.company_file._hours import read_exceptions, read_week
from zusage.app.operations.company_file._places import read_phone_numbers, read_region, read_zone
from zusage.app.operations.company_file._records import BranchRecord, stable_id
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
    record = BranchRecord(
        branch=branch,
        phone_numbers=read_phone_numbers(table, country),
        agents=table.texts("agents"),
        chairs=_read_chairs(table, company_key, key),
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


def _read_chairs(table: Table, company_key: str, branch_key: str) -> tuple[Chair, ...]:
    """Read a number of chairs or their names; a number makes "Platz 1", "Platz 2" and so on."""
    if isinstance(table.raw("chairs"), list):
        names = table.texts("chairs")
    else:
        if not table.has("chairs"):
            table.problem("chairs", 'is missing; add chairs = 3, or chairs = ["Platz am Fenster", "..."]')
        count = table.whole("chairs", 0, low=0, high=_MOST_CHAIRS)
        names = tuple(f"Platz {number}" for number in range(1, count + 1))
    for position, name in enumerate(names):
        if name in names[:position]:
            table.report.problem(
                table.at("chairs", position), f'"{name}" stands twice; give each chair its own name'
            )
    return tuple(Chair(stable_id(company_key, "chair", f"{branch_key}/{name}"), name) for name in names)
