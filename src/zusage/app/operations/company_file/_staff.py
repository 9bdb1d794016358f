"""Staff: where they work, when, and what they can do in how much time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from zusage.app.operations.company_file._hours import read_absences, read_week
from zusage.app.operations.company_file._places import zone_of
from zusage.app.operations.company_file._records import BranchRecord, ServiceRecord, StaffRecord, stable_id
from zusage.app.operations.company_file._report import did_you_mean
from zusage.app.operations.company_file._table import Table
from zusage.core.scheduling.masters import Service, Staff

_LONGEST = 12 * 60


def read_member(
    table: Table,
    *,
    company_key: str,
    branches: Mapping[str, BranchRecord],
    services: Sequence[ServiceRecord],
) -> StaffRecord | None:
    """Read one staff member; None where the branch is not known, after noting it."""
    key, name = table.slug(), table.text("name")
    place = _read_branch(table, branches)
    hours = table.table("hours")
    week = None if hours is None else read_week(hours)
    absences = table.tables("absences")
    does = _Abilities(table, services)
    own_minutes = table.table("minutes")
    table.finish()
    if place is None:
        return None
    skills = does.at_branch(place.branch.id, own_minutes)
    return StaffRecord(
        key=key,
        branch_id=place.branch.id,
        staff=Staff(id=stable_id(company_key, "staff", key), name=name, skills=skills, week=week),
        absences=read_absences(absences, zone_of(place.branch.zone)),
    )


def _read_branch(table: Table, branches: Mapping[str, BranchRecord]) -> BranchRecord | None:
    key = table.text("branch", next(iter(branches)) if len(branches) == 1 else None)
    if key and key not in branches:
        known = ", ".join(branches) or "none"
        table.problem("branch", f'there is no branch "{key}"; the branches are: {known}')
    return branches.get(key)


class _Abilities:
    """What `does`, `does_categories` and `minutes` of one staff member say."""

    def __init__(self, table: Table, services: Sequence[ServiceRecord]) -> None:
        self._table = table
        self._records = services
        self._services = [record.service for record in services]
        noted = len(table.report.problems)
        self._chosen = self._by_key() | self._by_category()
        self._readable = len(table.report.problems) == noted

    def _by_key(self) -> set[UUID]:
        if self._table.raw("does") == "all":
            return {service.id for service in self._services}
        known = {service.key: service.id for service in self._services}
        keys = self._table.texts("does")
        for position, key in enumerate(keys):
            if key not in known:
                self._unknown(("does", position), f'there is no service "{key}"', key, list(known))
        return {known[key] for key in keys if key in known}

    def _by_category(self) -> set[UUID]:
        known = {service.category for service in self._services}
        names = self._table.texts("does_categories")
        for position, name in enumerate(names):
            if name not in known:
                self._unknown(
                    ("does_categories", position),
                    f'no service has the category "{name}"',
                    name,
                    sorted(known),
                )
        return {service.id for service in self._services if service.category in names}

    def _unknown(self, where: tuple[str, int], message: str, word: str, known: list[str]) -> None:
        self._table.report.problem(self._table.at(*where), message + did_you_mean(word, known))

    def at_branch(self, branch_id: UUID, own_minutes: Table | None) -> dict[UUID, tuple[int, ...] | None]:
        offered = {record.service.id for record in self._records if branch_id in record.branch_ids}
        skills: dict[UUID, tuple[int, ...] | None] = {
            service.id: None for service in self._services if service.id in self._chosen & offered
        }
        if self._readable and not skills:
            self._table.problem(
                "does", 'this person has no service here; add does = "all" or a list of service keys'
            )
        if own_minutes is not None:
            self._apply(own_minutes, skills)
        return skills

    def _apply(self, own: Table, skills: dict[UUID, tuple[int, ...] | None]) -> None:
        by_key = {service.key: service for service in self._services}
        for key, value in own.rest().items():
            service = by_key.get(key)
            if service is None:
                own.problem(key, f'there is no service "{key}"{did_you_mean(key, by_key)}')
            elif service.id not in skills:
                own.problem(key, f'this person does not do "{key}" here; add it to does, or remove this line')
            else:
                skills[service.id] = _own_minutes(own, service, value)


def _own_minutes(table: Table, service: Service, value: object) -> tuple[int, ...] | None:
    minutes = value if isinstance(value, list) else [value]
    if not all(type(part) is int and 1 <= part <= _LONGEST for part in minutes):
        table.problem(service.key, f"must be whole minutes from 1 to {_LONGEST}")
        return None
    if len(minutes) != len(service.segments):
        count = len(service.segments)
        table.problem(
            service.key, f"{service.name} has {count} segments, so give {count} numbers, gaps included"
        )
        return None
    return tuple(minutes)
