"""What every use case about words begins with: which company, which service."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from zusage.app.vocabulary.ports import KnownService, VocabularyError, VocabularyStore


async def find_company(store: VocabularyStore, key: str) -> UUID:
    """:raises VocabularyError: there is no such company."""
    companies = {company.key: company.company_id for company in await store.companies()}
    if key not in companies:
        raise VocabularyError(f'There is no company "{key}"; there are: {", ".join(companies) or "none"}.')
    return companies[key]


def find_service(services: Sequence[KnownService], said: str) -> KnownService:
    """Find a service by its key or its name.

    :raises VocabularyError: there is no such service."""
    wanted = said.casefold().strip()
    for service in services:
        if wanted in {service.key, service.name.casefold()}:
            return service
    known = ", ".join(service.key for service in services)
    raise VocabularyError(f'There is no service "{said}"; there are: {known or "none"}.')
