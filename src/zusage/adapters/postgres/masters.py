"""The masters of a branch, read once per catalogue version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from zusage.adapters.postgres.database import Connection, Database
from zusage.adapters.postgres.language_rows import read_manner
from zusage.core.scheduling import MirroredMinutes, with_mapped_skills
from zusage.core.scheduling.masters import (
    Branch,
    Chair,
    DayException,
    Segment,
    Service,
    Span,
    Staff,
    Week,
)
from zusage.core.values import Money
from zusage.language.book import VoiceBook

Row = Mapping[str, Any]

_COMPANY = "SELECT name, catalogue_version, understanding, speech FROM company WHERE company_id = %(c)s"
_BRANCH = (
    "SELECT b.*, EXISTS (SELECT FROM calendar_branch m WHERE m.company_id = b.company_id "
    "AND m.branch_id = b.branch_id) AS mirrored FROM branch b WHERE b.company_id = %(c)s AND b.branch_id = %(b)s"
)
_MIRRORED = "SELECT service_id, ordinal, staff_id, length_min FROM calendar_mapping WHERE company_id = %(c)s"
_HOURS = "SELECT * FROM opening_hours WHERE company_id = %(c)s AND branch_id = %(b)s"
_EXCEPTIONS = "SELECT * FROM opening_exception WHERE company_id = %(c)s AND branch_id = %(b)s"
_RESOURCES = (
    "SELECT * FROM resource WHERE company_id = %(c)s AND branch_id = %(b)s AND active ORDER BY position, name"
)
_WORK = (
    "SELECT w.* FROM working_hours w JOIN resource r USING (company_id, resource_id) "
    "WHERE w.company_id = %(c)s AND r.branch_id = %(b)s"
)
_SKILLS = (
    "SELECT k.* FROM skill k JOIN resource r USING (company_id, resource_id) "
    "WHERE k.company_id = %(c)s AND r.branch_id = %(b)s"
)
_SERVICES = (
    "SELECT s.* FROM service s JOIN branch_service USING (company_id, service_id) "
    "WHERE s.company_id = %(c)s AND branch_id = %(b)s AND s.active ORDER BY s.position, s.name"
)
_ADDED = "SELECT service_id, word FROM synonym WHERE company_id = %(c)s ORDER BY added_at, word_key"
_SEGMENTS = "SELECT * FROM segment WHERE company_id = %(c)s ORDER BY service_id, ordinal"


class PostgresMasters:
    """Implements `app.availability.ports.Masters`. The cache key holds company, branch and catalogue version, so a
    change of the masters is seen by the next tool call, in every process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._books: dict[tuple[UUID, UUID], VoiceBook] = {}

    async def book(self, company_id: UUID, branch_id: UUID, version: int) -> VoiceBook:
        known = self._books.get((company_id, branch_id))
        if known is not None and known.version >= version:
            return known
        async with self._database.transaction(company_id) as connection:
            book = await read_book(connection, company_id, branch_id, offered=True)
        self._books[company_id, branch_id] = book
        return book


async def read_book(
    connection: Connection, company_id: UUID, branch_id: UUID, *, offered: bool = False
) -> VoiceBook:
    """Read all masters of a branch in the transaction of its company.

    `offered`: where a calendar mirrors the branch, without what nobody could find there.

    :raises LookupError: there is no such branch."""
    keys = {"c": company_id, "b": branch_id}

    async def rows(statement: str) -> Sequence[Row]:
        async with connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(statement, keys)
            return await cursor.fetchall()

    company, branch = await rows(_COMPANY), await rows(_BRANCH)
    if not company or not branch:
        raise LookupError(f"no branch {branch_id} in company {company_id}")
    resources = await rows(_RESOURCES)
    services = _services(await rows(_SERVICES), await rows(_SEGMENTS), await rows(_ADDED))
    staff = _staff(resources, await rows(_WORK), await rows(_SKILLS))
    if offered and branch[0]["mirrored"]:
        staff = with_mapped_skills(staff, services, _minutes(await rows(_MIRRORED)))
    manner = read_manner(company[0]["understanding"], company[0]["speech"])
    return VoiceBook(
        company_id=company_id,
        company_name=company[0]["name"],
        branch=_branch(branch[0], await rows(_HOURS), await rows(_EXCEPTIONS)),
        services=services,
        staff=staff,
        chairs=tuple(Chair(r["resource_id"], r["name"]) for r in resources if r["kind"] == "chair"),
        version=company[0]["catalogue_version"],
        mirrored=branch[0]["mirrored"],
        policies=manner.policies,
        threshold=manner.threshold,
        speech=manner.speech,
    )


def _minutes(rows: Iterable[Row]) -> MirroredMinutes:
    return {(row["service_id"], row["ordinal"], row["staff_id"]): row["length_min"] for row in rows}


def _week(rows: Iterable[Row]) -> Week:
    days: dict[int, list[Span]] = defaultdict(list)
    for row in rows:
        days[row["weekday"]].append(Span(row["opens"], row["closes"]))
    return tuple(tuple(sorted(days[day])) for day in range(7))


def _branch(row: Row, hours: Sequence[Row], exceptions: Sequence[Row]) -> Branch:
    return Branch(
        id=row["branch_id"],
        key=row["key"],
        name=row["name"],
        zone=row["zone"],
        week=_week(hours),
        country=row["country"],
        region=row["region"],
        exceptions={
            e["day"]: DayException(tuple(map(Span, e["opens"], e["closes"])), e["reason"]) for e in exceptions
        },
        closed_on_holidays=row["closed_on_holidays"],
        grid_minutes=row["grid_minutes"],
        off_grid=row["off_grid"],
        hold_seconds=row["hold_seconds"],
        hold_cap_seconds=row["hold_cap_seconds"],
    )


def _services(rows: Sequence[Row], segments: Sequence[Row], added: Sequence[Row]) -> tuple[Service, ...]:
    parts: dict[UUID, list[Segment]] = defaultdict(list)
    for row in segments:
        parts[row["service_id"]].append(Segment(row["minutes"], row["kind"], row["needs_chair"], row["name"]))
    words: dict[UUID, list[str]] = defaultdict(list)
    for row in added:
        words[row["service_id"]].append(row["word"])
    return tuple(
        _service(row, tuple(parts[row["service_id"]]), (*row["synonyms"], *words[row["service_id"]]))
        for row in rows
    )


def _service(row: Row, segments: tuple[Segment, ...], synonyms: tuple[str, ...]) -> Service:
    return Service(
        id=row["service_id"],
        key=row["key"],
        name=row["name"],
        category=row["category"],
        segments=segments,
        price=Money(row["price_cents"], row["currency"]),
        synonyms=synonyms,
        description=row["description"],
        price_from=row["price_from"],
        buffer_before=row["buffer_before"],
        buffer_after=row["buffer_after"],
        min_notice_minutes=row["min_notice_minutes"],
        max_advance_days=row["max_advance_days"],
        bookable_by_phone=row["bookable_by_phone"],
        add_on=row["add_on"],
        needs_consultation=row["needs_consultation"],
    )


def _staff(resources: Sequence[Row], work: Sequence[Row], skills: Sequence[Row]) -> tuple[Staff, ...]:
    weeks: dict[UUID, list[Row]] = defaultdict(list)
    for row in work:
        weeks[row["resource_id"]].append(row)
    able: dict[UUID, dict[UUID, tuple[int, ...] | None]] = defaultdict(dict)
    for row in skills:
        able[row["resource_id"]][row["service_id"]] = tuple(row["minutes"]) if row["minutes"] else None
    return tuple(
        Staff(
            id=r["resource_id"],
            name=r["name"],
            skills=able[r["resource_id"]],
            week=_week(weeks[r["resource_id"]]) if r["own_hours"] else None,
        )
        for r in resources
        if r["kind"] == "staff"
    )
