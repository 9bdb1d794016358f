"""A company's own words: which synonyms were added to its services, and what was misheard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, LiteralString
from uuid import UUID

from zusage.adapters.postgres.companies import LOCK_COMPANY, list_names
from zusage.adapters.postgres.database import Connection, Database
from zusage.app.calls.ports import Misheard
from zusage.app.operations.ports import CompanyName
from zusage.app.vocabulary.ports import AddedWord, KnownService, MisheardSentence, word_key

_SERVICES = (
    "SELECT service_id, key, name, category, synonyms FROM service WHERE company_id = %s AND active "
    "ORDER BY position, name"
)
_STAFF = "SELECT name FROM resource WHERE company_id = %s AND kind = 'staff' AND active ORDER BY name"
_ADDED = "SELECT service_id, word, added_at FROM synonym WHERE company_id = %s ORDER BY added_at, word_key"
_ADD = (
    "INSERT INTO synonym (company_id, service_id, word_key, word, added_at) VALUES (%s, %s, %s, %s, zusage_now()) "
    "ON CONFLICT (company_id, service_id, word_key) DO NOTHING"
)
_REMOVE = "DELETE FROM synonym WHERE company_id = %s AND service_id = %s AND word_key = %s"
_NEWER = "UPDATE company SET catalogue_version = catalogue_version + 1 WHERE company_id = %s"
_MISHEARD = (
    "SELECT b.key, m.about, m.words, m.words_key, m.answered, m.reason, m.times, m.first_at, m.last_at "
    "FROM misheard m JOIN branch b USING (company_id, branch_id) "
    "WHERE m.company_id = %s AND b.key = coalesce(%s, b.key) ORDER BY m.times DESC, m.last_at DESC, m.words_key"
)
_SETTLE = "DELETE FROM misheard WHERE company_id = %s AND about = 'service' AND words_key = %s"


class PostgresVocabularyUnit:
    """Implements `app.vocabulary.ports.VocabularyUnit` on an open transaction."""

    def __init__(self, connection: Connection, company_id: UUID) -> None:
        self._connection = connection
        self._company_id = company_id

    async def lock(self) -> None:
        # A statement of its own: what follows must see what the one before us has committed.
        await self._connection.execute(LOCK_COMPANY, (str(self._company_id),))

    async def services(self) -> Sequence[KnownService]:
        added: dict[UUID, list[AddedWord]] = defaultdict(list)
        for service_id, word, added_at in await self._rows(_ADDED):
            added[service_id].append(AddedWord(word, added_at))
        return [
            KnownService(service_id, key, name, category, tuple(filed), tuple(added[service_id]))
            for service_id, key, name, category, filed in await self._rows(_SERVICES)
        ]

    async def staff(self) -> Sequence[str]:
        return [row[0] for row in await self._rows(_STAFF)]

    async def add(self, service_id: UUID, word: str) -> None:
        await self._connection.execute(_ADD, (self._company_id, service_id, word_key(word), word))
        await self._connection.execute(_NEWER, (self._company_id,))

    async def remove(self, service_id: UUID, word: str) -> None:
        await self._connection.execute(_REMOVE, (self._company_id, service_id, word_key(word)))
        await self._connection.execute(_NEWER, (self._company_id,))

    async def branches(self) -> Sequence[str]:
        rows = await self._rows("SELECT key FROM branch WHERE company_id = %s ORDER BY key")
        return [row[0] for row in rows]

    async def misheard(self, branch: str | None) -> Sequence[MisheardSentence]:
        return [
            MisheardSentence(key, Misheard(*said), times, first_at, last_at)
            for key, *said, times, first_at, last_at in await self._rows(_MISHEARD, branch)
        ]

    async def settle(self, words_key: str) -> int:
        cursor = await self._connection.execute(_SETTLE, (self._company_id, words_key))
        return cursor.rowcount

    async def commit(self) -> None:
        await self._connection.execute("COMMIT")

    async def _rows(self, statement: LiteralString, *values: object) -> Sequence[tuple[Any, ...]]:
        return await (await self._connection.execute(statement, (self._company_id, *values))).fetchall()


class PostgresVocabulary:
    """Implements `app.vocabulary.ports.VocabularyStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def companies(self) -> Sequence[CompanyName]:
        return await list_names(self._database)

    @asynccontextmanager
    async def unit(self, company_id: UUID) -> AsyncIterator[PostgresVocabularyUnit]:
        async with self._database.transaction(company_id) as connection:
            yield PostgresVocabularyUnit(connection, company_id)
