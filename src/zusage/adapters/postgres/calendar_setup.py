"""What setting up a calendar reads and writes: connection, mapping, and the masters they are about."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from zusage.adapters.postgres.calendars import PostgresCalendars
from zusage.adapters.postgres.companies import list_names
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.masters import read_book
from zusage.app.operations.ports import CompanyName, Sealer
from zusage.core.scheduling.masters import BranchBook

_BRANCHES = "SELECT branch_id FROM branch WHERE company_id = %s AND active ORDER BY key"


class PostgresCalendarSetup(PostgresCalendars):
    """Implements `app.calendar_setup.ports.SetupStore`."""

    def __init__(self, database: Database, seal: Sealer) -> None:
        super().__init__(database, seal)
        self._masters = database

    async def companies(self) -> Sequence[CompanyName]:
        return await list_names(self._masters)

    async def books(self, company_id: UUID) -> Sequence[BranchBook]:
        async with self._masters.transaction(company_id) as connection:
            rows = await (await connection.execute(_BRANCHES, [company_id])).fetchall()
            return [await read_book(connection, company_id, row[0]) for row in rows]
