"""What every use case about a company's calendar begins with: which company, and how its calendar is reached."""

from __future__ import annotations

from uuid import UUID

from zusage.app.calendar_setup.ports import CalendarSetupError, CalendarUnusable, SetupStore
from zusage.app.mirror.connection import CalendarConnection


async def find_company(store: SetupStore, key: str) -> UUID:
    """:raises CalendarSetupError: there is no such company."""
    companies = {company.key: company.company_id for company in await store.companies()}
    if key not in companies:
        raise CalendarSetupError(f'There is no company "{key}"; there are: {", ".join(companies) or "none"}.')
    return companies[key]


async def find_connection(store: SetupStore, key: str) -> CalendarConnection:
    """:raises CalendarSetupError: there is no such company.
    :raises CalendarUnusable: it has no calendar."""
    connection = await store.load_connection(await find_company(store, key))
    if connection is None:
        raise CalendarUnusable(f"{key} has no calendar yet; `zusage calcom connect {key}` connects one.")
    return connection
