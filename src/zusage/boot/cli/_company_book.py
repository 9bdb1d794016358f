"""The book of a stored company's branch, for commands that need no server but a database."""

from __future__ import annotations

import asyncio

from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.adapters.postgres.masters import PostgresMasters
from zusage.app.operations.company_file import stable_id
from zusage.app.operations.list_companies import list_companies
from zusage.app.operations.ports import BranchOverview, CompanyOverview
from zusage.boot.cli._errors import UsageError
from zusage.boot.cli._frame import app_database, prepare, ready_servers
from zusage.boot.servers import Servers
from zusage.language.book import VoiceBook


def company_book(key: str, branch: str = "") -> VoiceBook:
    """Read the book of a company's branch, its first one if none is named.

    :raises UsageError: there is no such company or branch.
    :raises ProblemError: there is no database yet, or its schema is behind."""
    with ready_servers(prepare()) as servers:
        return asyncio.run(_read(servers, key, branch))


async def _read(servers: Servers, key: str, branch: str) -> VoiceBook:
    async with app_database(servers) as database:
        companies = await list_companies(store=PostgresCompanies(database))
        company = _company(companies, key)
        branch_id = stable_id(company.key, "branch", _branch(company, branch).key)
        masters = PostgresMasters(database)
        return await masters.book(company.company_id, branch_id, company.catalogue_version)


def _company(companies: list[CompanyOverview], key: str) -> CompanyOverview:
    for company in companies:
        if company.key == key:
            return company
    known = ", ".join(company.key for company in companies) or "none"
    raise UsageError(f'There is no company "{key}"; there are: {known}.')


def _branch(company: CompanyOverview, key: str) -> BranchOverview:
    branches = [branch for branch in company.branches if branch.active]
    for branch in branches:
        if key in {"", branch.key}:
            return branch
    known = ", ".join(branch.key for branch in branches) or "none"
    raise UsageError(f'"{company.key}" has no branch "{key}"; it has: {known}.')
