"""The masters of a company file as rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from psycopg import sql

from zusage.adapters.postgres.database import Connection
from zusage.adapters.postgres.language_rows import speech_column, understanding_column
from zusage.app.operations.company_file import BranchRecord, CompanyFile, ServiceRecord, StaffRecord
from zusage.app.vocabulary.ports import word_key
from zusage.core.scheduling.masters import Service, Week

Row = tuple[Any, ...]

_COMPANY = "company_id key name currency language catalogue_version catalogue_hash understanding speech"
_BRANCH = (
    "company_id branch_id key name zone country region closed_on_holidays grid_minutes off_grid hold_seconds "
    "hold_cap_seconds active"
)
_RESOURCE = "company_id resource_id branch_id kind key name position own_hours active"
_SERVICE = (
    "company_id service_id key name category description synonyms price_cents price_from currency buffer_before "
    "buffer_after min_notice_minutes max_advance_days bookable_by_phone add_on needs_consultation position active"
)
# What is configuration and nothing refers to: written anew each time.
_LOOSE = ("opening_hours", "opening_exception", "working_hours", "branch_service", "segment", "skill")


class Catalogue:
    """Writes the masters of one company in its open transaction."""

    def __init__(self, connection: Connection, file: CompanyFile) -> None:
        self._connection = connection
        self._file = file

    async def write(self, *, digest: str, version: int) -> None:
        file = self._file
        manner = understanding_column(file.understanding), speech_column(file.speech)
        company = (file.id, file.key, file.name, file.currency, file.language, version, digest, *manner)
        await self._upsert("company", _COMPANY, 1, [company])
        for table in _LOOSE:
            await self._clear(table)
        await self._write_branches()
        await self._write_resources()
        await self._write_services()
        for member in file.staff:
            await self._write_member(member)

    async def _write_branches(self) -> None:
        file = self._file
        await self._upsert("branch", _BRANCH, 2, [_branch(file.id, record) for record in file.branches])
        await self._retire("branch", [record.branch.id for record in file.branches])
        for record in file.branches:
            branch = record.branch
            hours = [(file.id, branch.id, *span) for span in _spans(branch.week)]
            await self._insert("opening_hours", "company_id branch_id weekday opens closes", hours)
            exceptions = [
                (file.id, branch.id, day, [s.opens for s in e.spans], [s.closes for s in e.spans], e.reason)
                for day, e in branch.exceptions.items()
            ]
            columns = "company_id branch_id day opens closes reason"
            await self._insert("opening_exception", columns, exceptions)

    async def _write_resources(self) -> None:
        file = self._file
        rows = [_member(file.id, member, position) for position, member in enumerate(file.staff)]
        for record in file.branches:
            rows += [
                (file.id, chair.id, record.branch.id, "chair", chair.name, chair.name, position, False, True)
                for position, chair in enumerate(record.chairs)
            ]
        await self._upsert("resource", _RESOURCE, 2, rows)
        await self._retire("resource", [row[1] for row in rows])

    async def _write_services(self) -> None:
        file = self._file
        rows = [_service(file.id, record.service, place) for place, record in enumerate(file.services)]
        await self._upsert("service", _SERVICE, 2, rows)
        await self._retire("service", [record.service.id for record in file.services])
        await self._adopt_words()
        offered = [
            (file.id, branch, record.service.id) for record in file.services for branch in record.branch_ids
        ]
        await self._insert("branch_service", "company_id branch_id service_id", offered)
        segments = [row for record in file.services for row in _segments(file.id, record)]
        columns = "company_id service_id ordinal kind minutes needs_chair name"
        await self._insert("segment", columns, segments)

    async def _adopt_words(self) -> None:
        """Words that a command added and the file names by now are the file's: taken out there, they are gone."""
        named = [
            (record.service.id, word_key(word))
            for record in self._file.services
            for word in record.service.synonyms
        ]
        statement = (
            "DELETE FROM synonym s USING unnest(%s::uuid[], %s::text[]) AS f (service_id, word_key) "
            "WHERE s.company_id = %s AND s.service_id = f.service_id AND s.word_key = f.word_key"
        )
        columns = [each[0] for each in named], [each[1] for each in named]
        await self._connection.execute(statement, (*columns, self._file.id))

    async def _write_member(self, member: StaffRecord) -> None:
        company, staff = self._file.id, member.staff
        hours = [(company, staff.id, *span) for span in _spans(staff.week or ())]
        await self._insert("working_hours", "company_id resource_id weekday opens closes", hours)
        skills = [
            (company, staff.id, service, list(minutes) if minutes else None)
            for service, minutes in staff.skills.items()
        ]
        await self._insert("skill", "company_id resource_id service_id minutes", skills)

    async def _insert(self, table: str, columns: str, rows: Sequence[Row]) -> None:
        await self._many(_insert_into(table, columns.split()), rows)

    async def _upsert(self, table: str, columns: str, keys: int, rows: Sequence[Row]) -> None:
        """Insert rows, or bring those with the same first `keys` columns to these values."""
        names = columns.split()
        statement = sql.SQL("{} ON CONFLICT ({}) DO UPDATE SET {}").format(
            _insert_into(table, names),
            sql.SQL(", ").join(map(sql.Identifier, names[:keys])),
            sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(n)) for n in names[keys:]),
        )
        await self._many(statement, rows)

    async def _clear(self, table: str) -> None:
        statement = sql.SQL("DELETE FROM {} WHERE company_id = %s").format(sql.Identifier(table))
        await self._connection.execute(statement, [self._file.id])

    async def _retire(self, table: str, kept: Collection[UUID]) -> None:
        """Switch off what the file names no more: appointments and history still refer to it."""
        statement = sql.SQL(
            "UPDATE {} SET active = false WHERE company_id = %s AND active AND {} <> ALL (%s)"
        )
        names = sql.Identifier(table), sql.Identifier(f"{table}_id")
        await self._connection.execute(statement.format(*names), [self._file.id, list(kept)])

    async def _many(self, statement: sql.Composed, rows: Sequence[Row]) -> None:
        async with self._connection.cursor() as cursor:
            await cursor.executemany(statement, rows)


def _insert_into(table: str, columns: Sequence[str]) -> sql.Composed:
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(sql.Placeholder() * len(columns)),
    )


def _spans(week: Week) -> Iterator[tuple[int, int, int]]:
    return ((day, span.opens, span.closes) for day, spans in enumerate(week) for span in spans)


def _branch(company_id: UUID, record: BranchRecord) -> Row:
    b = record.branch
    return (
        company_id, b.id, b.key, b.name, b.zone, b.country, b.region, b.closed_on_holidays, b.grid_minutes,
        b.off_grid, b.hold_seconds, b.hold_cap_seconds, True,
    )  # fmt: skip


def _member(company_id: UUID, record: StaffRecord, position: int) -> Row:
    s = record.staff
    own_hours = s.week is not None
    return (company_id, s.id, record.branch_id, "staff", record.key, s.name, position, own_hours, True)


def _service(company_id: UUID, s: Service, position: int) -> Row:
    return (
        company_id, s.id, s.key, s.name, s.category, s.description, list(s.synonyms), s.price.cents, s.price_from,
        s.price.currency, s.buffer_before, s.buffer_after, s.min_notice_minutes, s.max_advance_days,
        s.bookable_by_phone, s.add_on, s.needs_consultation, position, True,
    )  # fmt: skip


def _segments(company_id: UUID, record: ServiceRecord) -> Iterator[Row]:
    for ordinal, s in enumerate(record.service.segments):
        yield (company_id, record.service.id, ordinal, s.kind, s.minutes, s.needs_chair, s.name)
