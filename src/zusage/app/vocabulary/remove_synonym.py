"""Remove a word that a command added to a service."""

from __future__ import annotations

from zusage.app.vocabulary._find import find_company, find_service
from zusage.app.vocabulary.ports import KnownService, VocabularyError, VocabularyStore, word_key


async def remove_synonym(company: str, service: str, word: str, *, store: VocabularyStore) -> KnownService:
    """Remove an added word from a service (by key or name), which is given back as it was before.

    :raises VocabularyError: there is no such company, service or added word; what stands in the file goes there.
    :raises LedgerBusy: the company is being changed for too long; trying again is safe."""
    company_id = await find_company(store, company)
    async with store.unit(company_id) as unit:
        await unit.lock()
        found = find_service(await unit.services(), service)
        _refuse_unknown(found, word)
        await unit.remove(found.service_id, word)
        await unit.commit()
    return found


def _refuse_unknown(service: KnownService, word: str) -> None:
    wanted = word_key(word)
    if wanted in {word_key(each.word) for each in service.added}:
        return
    if wanted in {word_key(each) for each in service.filed}:
        raise VocabularyError(
            f'"{word}" stands in the company file; remove it from the synonyms of "{service.key}" there and load it.'
        )
    added = ", ".join(f'"{each.word}"' for each in service.added)
    raise VocabularyError(f'{service.name} has no added word "{word}"; it has: {added or "none"}.')
