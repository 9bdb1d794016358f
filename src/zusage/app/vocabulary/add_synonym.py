"""Add a word that callers say for a service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zusage.app.vocabulary._find import find_company, find_service
from zusage.app.vocabulary.ports import KnownService, VocabularyError, VocabularyStore, word_key
from zusage.language.german.discretion import wording
from zusage.language.german.synonyms import same_word, why_no_synonym

_LONGEST = 200
_MOST_ADDED = 200


@dataclass(frozen=True, slots=True)
class AddedSynonym:
    """What came of it. `known` says that the word was there before: in the file, or added. `shared` names the other
    services that have it as well: callers are then asked between them. `settled` misheard sentences are gone."""

    service: KnownService
    word: str
    known: bool
    shared: tuple[str, ...]
    settled: int


async def add_synonym(company: str, service: str, word: str, *, store: VocabularyStore) -> AddedSynonym:
    """Add a word to a service (by key or name); repeating it changes nothing. A load of the company's file keeps it.

    :raises VocabularyError: there is no such company or service, or the word would mislead callers: a word of talk, a
        time, a person, the name of another service.
    :raises LedgerBusy: the company is being changed for too long; trying again is safe."""
    cleaned = _clean(word)
    company_id = await find_company(store, company)
    async with store.unit(company_id) as unit:
        await unit.lock()
        services = await unit.services()
        found = find_service(services, service)
        known = _has(found, cleaned)
        if not known:
            _refuse_too_many(found)
            _refuse_misleading(cleaned, found, services, await unit.staff())
            await unit.add(found.service_id, cleaned)
        settled = await unit.settle(wording(cleaned))
        await unit.commit()
    return AddedSynonym(found, cleaned, known, _others(services, found, cleaned), settled)


def _clean(word: str) -> str:
    cleaned = " ".join(word.split())
    if not wording(cleaned):
        raise VocabularyError("A synonym is a word or a few; this one is empty.")
    if len(cleaned) > _LONGEST or not cleaned.isprintable():
        raise VocabularyError(f"A synonym is one line of {_LONGEST} characters at most.")
    return cleaned


def _refuse_too_many(service: KnownService) -> None:
    if len(service.added) >= _MOST_ADDED:
        raise VocabularyError(
            f"{service.name} has {len(service.added)} added words already; put them into the company file."
        )


def _refuse_misleading(
    word: str, service: KnownService, services: Sequence[KnownService], staff: Sequence[str]
) -> None:
    named = next((each for each in services if each is not service and same_word(each.name, word)), None)
    if named is not None:
        raise VocabularyError(
            f'"{word}" is the name of the service {named.name}; it cannot lead to {service.name}.'
        )
    if why := why_no_synonym(word, staff=staff):
        raise VocabularyError(f'"{word}" cannot lead to {service.name}: it {why}.')


def _has(service: KnownService, word: str) -> bool:
    known = (service.name, *service.words)
    return any(word_key(each) == word_key(word) or same_word(each, word) for each in known)


def _others(services: Sequence[KnownService], found: KnownService, word: str) -> tuple[str, ...]:
    return tuple(each.name for each in services if each is not found and _has(each, word))
