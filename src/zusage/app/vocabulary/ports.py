"""What the use cases about a company's own words need from outside."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from zusage.app.calls.ports import Misheard
from zusage.app.errors import ZusageError
from zusage.app.operations.ports import CompanyName


class VocabularyError(ZusageError):
    """What was asked for does not fit the company; the message is a sentence for its owner, and nothing was changed."""


def word_key(word: str) -> str:
    """Give what two spellings of one word share: capitals and blanks make no difference."""
    return " ".join(word.casefold().split())


@dataclass(frozen=True, slots=True)
class AddedWord:
    word: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class KnownService:
    """An active service with the words that lead to it: `filed` stand in the company file, `added` came by command."""

    service_id: UUID
    key: str
    name: str
    category: str
    filed: tuple[str, ...]
    added: tuple[AddedWord, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        return (*self.filed, *(each.word for each in self.added))


@dataclass(frozen=True, slots=True)
class MisheardSentence:
    """A wording that was not understood, without persons, how often it was said and when last.

    `said.answered` and `said.reason` are those of the last time."""

    branch: str
    said: Misheard
    times: int
    first_at: datetime
    last_at: datetime


class VocabularyUnit(Protocol):
    """One transaction of one company, rolled back unless `commit` was called."""

    async def lock(self) -> None:
        """Wait for whoever else is changing this company, a load of its file too, and keep others waiting."""

    async def services(self) -> Sequence[KnownService]:
        """Read the active services in the order of the catalogue."""

    async def staff(self) -> Sequence[str]:
        """Read the names of those who serve."""

    async def add(self, service_id: UUID, word: str) -> None:
        """Store a word; every process hears of it with its next tool call."""

    async def remove(self, service_id: UUID, word: str) -> None:
        """Remove a word that was added; every process hears of it with its next tool call."""

    async def misheard(self, branch: str | None) -> Sequence[MisheardSentence]:
        """Read what was misheard at one branch (by key) or at all: the most often said first, then the latest."""

    async def branches(self) -> Sequence[str]:
        """Read the keys of all branches, resting ones too."""

    async def settle(self, words_key: str) -> int:
        """Forget what was misheard about services in this very wording; tells how many rows that were."""

    async def commit(self) -> None: ...


class VocabularyStore(Protocol):
    async def companies(self) -> Sequence[CompanyName]: ...

    def unit(self, company_id: UUID) -> AbstractAsyncContextManager[VocabularyUnit]: ...
