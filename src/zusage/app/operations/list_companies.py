"""Show which companies are there and how they are reached."""

from __future__ import annotations

from zusage.app.operations.ports import CompanyOverview, CompanyStore


async def list_companies(*, store: CompanyStore) -> list[CompanyOverview]:
    """List all companies by key, with their branches, numbers and agents; no secrets."""
    found = []
    for company in await store.companies():
        async with store.unit(company.company_id) as unit:
            found.append(await unit.overview(company))
    return found
