"""Show what callers said that was not understood, and which service they may have meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zusage.app.vocabulary._find import find_company
from zusage.app.vocabulary.ports import KnownService, MisheardSentence, VocabularyError, VocabularyStore
from zusage.language.german.nearest import nearest_service
from zusage.language.reading import ServiceEntry

_MOST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The key of the service whose words are nearest; `word` is what could be added to it, "" for a long sentence."""

    service: str
    word: str


@dataclass(frozen=True, slots=True)
class MisheardLine:
    sentence: MisheardSentence
    suggestion: Suggestion | None


async def list_misheard(
    company: str, *, branch: str | None = None, store: VocabularyStore
) -> Sequence[MisheardLine]:
    """List misheard sentences, the most often said first, then the latest; each with a suggestion where one is near.

    :raises VocabularyError: there is no such company or branch."""
    async with store.unit(await find_company(store, company)) as unit:
        known = await unit.branches()
        if branch is not None and branch not in known:
            raise VocabularyError(
                f'"{company}" has no branch "{branch}"; it has: {", ".join(known) or "none"}.'
            )
        sentences, services = await unit.misheard(branch), await unit.services()
    entries = [_entry(service) for service in services]
    return [MisheardLine(sentence, _suggest(sentence, entries)) for sentence in sentences]


def _entry(service: KnownService) -> ServiceEntry:
    return ServiceEntry(service.key, service.name, service.category, service.words)


def _suggest(sentence: MisheardSentence, entries: Sequence[ServiceEntry]) -> Suggestion | None:
    said = sentence.said
    near = nearest_service(said.words, entries) if said.about == "service" else None
    if near is None:
        return None
    # A whole sentence, or one that a person was taken out of, is no word for a service.
    short = len(said.words.split()) <= _MOST_WORDS and "[" not in said.words
    return Suggestion(near.key, said.words if short else "")
