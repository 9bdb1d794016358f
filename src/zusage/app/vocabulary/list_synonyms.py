"""Show which words lead to which service."""

from __future__ import annotations

from collections.abc import Sequence

from zusage.app.vocabulary._find import find_company
from zusage.app.vocabulary.ports import KnownService, VocabularyStore


async def list_synonyms(company: str, *, store: VocabularyStore) -> Sequence[KnownService]:
    """List the active services in the order of the catalogue, with the words of the file and the added ones.

    :raises VocabularyError: there is no such company."""
    async with store.unit(await find_company(store, company)) as unit:
        return await unit.services()
