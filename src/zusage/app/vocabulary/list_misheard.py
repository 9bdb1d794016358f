"""Show what callers said that was not understood, and which service they may have meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zusage.app.vocabulary._find import find_company
from zusage.app.vocabulary.ports import KnownService, MisheardSentence, VocabularyError, VocabularyStore
from zusage.language.german.nearest import nearest_service, whole_likeness
from zusage.language.german.synonyms import is_other_matter, why_no_synonym
from zusage.language.reading import ServiceEntry

_LIKE_ENOUGH = 60.0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The key of the service whose words are nearest; `word` is what could be added to it, "" for a sentence that says
    more than a service, or is not near enough as a whole."""

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
        staff = await unit.staff()
    entries = [_entry(service) for service in services]
    return [MisheardLine(sentence, _suggest(sentence, entries, staff)) for sentence in sentences]


def _entry(service: KnownService) -> ServiceEntry:
    return ServiceEntry(service.key, service.name, service.category, service.words)


def _suggest(
    sentence: MisheardSentence, entries: Sequence[ServiceEntry], staff: Sequence[str]
) -> Suggestion | None:
    said = sentence.said
    # Whoever refuses, asks or cancels names a service, but not by a word that should lead to it.
    if said.about != "service" or is_other_matter(said.words):
        return None
    near = nearest_service(said.words, entries)
    if near is None:
        return None
    fits = "[" not in said.words and not why_no_synonym(said.words, staff=staff)
    alike = fits and whole_likeness(said.words, near) >= _LIKE_ENOUGH
    return Suggestion(near.key, said.words if alike else "")
