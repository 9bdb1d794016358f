"""Companies as the loader, the rotation of secrets and the overview see them: one transaction each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import LiteralString
from uuid import UUID

import psycopg

from zusage.adapters.postgres.catalogue_rows import Catalogue
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.open_unit import OpenUnit
from zusage.adapters.postgres.promises import note_stranded, read_promises
from zusage.app.operations.company_file import CompanyFile
from zusage.app.operations.ports import (
    BranchOverview,
    CompanyName,
    CompanyOverview,
    CompanyState,
    LineRef,
    LoadError,
    Promise,
    SealedSecret,
    StoredAbsence,
    StrandedPromise,
)
from zusage.core.values import Period

RETELL_KEY = "retell_key"

LOCK_COMPANY: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended('zusage company ' || %s, 0))"
_COMPANY = "SELECT catalogue_version, catalogue_hash, name FROM company WHERE company_id = %s"
_KEYS = "SELECT key FROM branch WHERE company_id = %s"
_RESOURCES = "SELECT resource_id FROM resource WHERE company_id = %s"
_ABSENCES = "SELECT absence_id, resource_id, starts_at, ends_at, reason FROM absence WHERE company_id = %s"
_BRANCHES = "SELECT branch_id, key, name, zone, active FROM branch WHERE company_id = %s ORDER BY name"
_PUT_SECRETS = "SELECT directory.put_secrets(%s, %s, %s::bytea[], %s::bytea[])"
_WORDS = {"number": "phone number", "agent": "agent"}


class PostgresCompanyUnit(OpenUnit):
    """Implements `app.operations.ports.CompanyUnit` on an open transaction."""

    async def state(self) -> CompanyState:
        # A statement of its own: what follows must see what the one before us has committed.
        await self._run(LOCK_COMPANY, str(self._company_id))
        company = await self._rows(_COMPANY, self._company_id)
        version, digest, name = company[0] if company else (0, "", "")
        secrets = await self._rows(
            "SELECT kind, position, sealed, fingerprint FROM directory.secrets_of(%s)", self._company_id
        )
        absences = await self._rows(_ABSENCES, self._company_id)
        return CompanyState(
            version=version,
            catalogue_hash=digest,
            name=name,
            branch_keys=frozenset(row[0] for row in await self._rows(_KEYS, self._company_id)),
            resources=frozenset(row[0] for row in await self._rows(_RESOURCES, self._company_id)),
            lines=frozenset(await self._lines()),
            secrets=tuple(SealedSecret(*row) for row in secrets),
            absences={
                key: StoredAbsence(key, resource, Period(starts, ends), reason)
                for key, resource, starts, ends, reason in absences
            },
        )

    async def lock_resources(self, resources: Collection[UUID]) -> None:
        # All at once and sorted, before any row: the one lock order of the ledger (protocols 22).
        await self._run("SELECT ledger_lock_resources(%s, %s)", self._company_id, list(resources))

    async def write_catalogue(self, file: CompanyFile, *, digest: str, version: int) -> None:
        await Catalogue(self._connection, file).write(digest=digest, version=version)
        try:
            await self._run("SELECT directory.put_company(%s, %s, %s)", file.id, file.key, file.name)
        except psycopg.errors.UniqueViolation as error:
            raise LoadError(
                f'The key "{file.key}" belongs to another company; choose another one.'
            ) from error

    async def put_lines(self, lines: Iterable[LineRef]) -> None:
        wanted = list(lines)
        columns = ([x.kind for x in wanted], [x.value for x in wanted], [x.branch_id for x in wanted])
        try:
            await self._run("SELECT directory.put_lines(%s, %s, %s, %s::uuid[])", self._company_id, *columns)
        except psycopg.errors.UniqueViolation as error:
            raise LoadError(_taken_line(wanted, error)) from error

    async def secrets_taken(self, kind: str, fingerprints: Collection[bytes]) -> Collection[bytes]:
        rows = await self._rows(
            "SELECT directory.secrets_taken(%s, %s, %s::bytea[])", self._company_id, kind, list(fingerprints)
        )
        return {row[0] for row in rows}

    async def put_secrets(self, kind: str, secrets: Sequence[SealedSecret]) -> None:
        columns = [secret.sealed for secret in secrets], [secret.fingerprint for secret in secrets]
        try:
            await self._run(_PUT_SECRETS, self._company_id, kind, *columns)
        except psycopg.errors.UniqueViolation as error:
            raise LoadError(
                "One of the signing keys belongs to another company already; nothing was changed."
            ) from error

    async def block(self, absence: StoredAbsence) -> None:
        period = absence.period
        await self._run(
            "SELECT ledger_block(%s, %s, %s, %s, %s, %s)",
            self._company_id,
            absence.absence_id,
            absence.resource_id,
            period.start,
            period.end,
            absence.reason,
        )

    async def unblock(self, absence_id: UUID) -> None:
        await self._run("SELECT ledger_unblock(%s, %s)", self._company_id, absence_id)

    async def explain_absence(self, absence_id: UUID, reason: str) -> None:
        await self._run(
            "UPDATE absence SET reason = %s WHERE company_id = %s AND absence_id = %s",
            reason,
            self._company_id,
            absence_id,
        )

    async def promises(self) -> Sequence[Promise]:
        return await read_promises(self._connection, self._company_id)

    async def note_stranded(self, stranded: Iterable[StrandedPromise]) -> None:
        await note_stranded(self._connection, self._company_id, stranded)

    async def overview(self, company: CompanyName) -> CompanyOverview:
        found = await self._rows(_COMPANY, self._company_id)
        values: dict[tuple[UUID, str], list[str]] = defaultdict(list)
        for line in await self._lines():
            values[line.branch_id, line.kind].append(line.value)
        return CompanyOverview(
            company_id=company.company_id,
            key=company.key,
            name=company.name,
            catalogue_version=found[0][0] if found else 0,
            branches=tuple(
                BranchOverview(
                    key, name, zone, active, tuple(values[branch, "number"]), tuple(values[branch, "agent"])
                )
                for branch, key, name, zone, active in await self._rows(_BRANCHES, self._company_id)
            ),
        )

    async def _lines(self) -> list[LineRef]:
        rows = await self._rows("SELECT kind, value, branch_id FROM directory.lines_of(%s)", self._company_id)
        return [LineRef(*row) for row in rows]


async def list_names(database: Database) -> Sequence[CompanyName]:
    """List all companies by key."""
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT company_id, key, name FROM directory.list_companies()")
        return [CompanyName(*row) for row in await cursor.fetchall()]


class PostgresCompanies:
    """Implements `app.operations.ports.CompanyStore`."""

    signing_kind = RETELL_KEY

    def __init__(self, database: Database) -> None:
        self._database = database

    async def companies(self) -> Sequence[CompanyName]:
        return await list_names(self._database)

    @asynccontextmanager
    async def unit(self, company_id: UUID) -> AsyncIterator[PostgresCompanyUnit]:
        try:
            async with self._database.transaction(company_id) as connection:
                yield PostgresCompanyUnit(connection, company_id)
        except (psycopg.IntegrityError, psycopg.DataError) as error:
            raise LoadError(_refusal(error)) from error


def _taken_line(wanted: Iterable[LineRef], error: psycopg.Error) -> str:
    """Name the line that is taken, which the server's detail repeats in whatever language it speaks."""
    detail = error.diag.message_detail or ""
    found = [line for line in wanted if f"({line.kind}, {line.value})" in detail]
    if not found:
        return "One of the phone numbers or agents belongs to another company already; nothing was changed."
    line = found[0]
    return f"The {_WORDS[line.kind]} {line.value} belongs to another company already; nothing was changed."


def _refusal(error: psycopg.Error) -> str:
    """Say what refused, without the values of the row."""
    place = error.diag.table_name or "a value"
    rule = f" (rule {error.diag.constraint_name})" if error.diag.constraint_name else ""
    return f"The database refuses {place}{rule}: {error.diag.message_primary}; nothing was changed."
