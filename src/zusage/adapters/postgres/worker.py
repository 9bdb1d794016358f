"""What the worker asks of the database: whose holds are overdue, what may be forgotten, and a sign of life."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from zusage.adapters.postgres.companies import list_names
from zusage.adapters.postgres.database import Database


class PostgresHousekeeping:
    """Implements the worker's `WorkerStore` and `SignsOfLife` as the jobs role."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due_companies(self, limit: int) -> list[UUID]:
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT company_id FROM directory.due_companies('expired_holds', %s)", (limit,)
            )
            return [row[0] for row in await cursor.fetchall()]

    async def sweep(self, company_id: UUID, limit: int) -> int:
        async with self._database.transaction(company_id) as connection:
            cursor = await connection.execute("SELECT ledger_sweep(%s, %s)", (company_id, limit))
            row = await cursor.fetchone()
            await connection.execute("COMMIT")
        return int(row[0]) if row else 0

    async def company_ids(self) -> Sequence[UUID]:
        return [company.company_id for company in await list_names(self._database)]

    async def forget_misheard(self, company_id: UUID, days: int) -> int:
        async with self._database.transaction(company_id) as connection:
            cursor = await connection.execute("SELECT misheard_sweep(%s, %s)", (company_id, days))
            row = await cursor.fetchone()
            await connection.execute("COMMIT")
        return int(row[0]) if row else 0

    async def sweep_claims(self, company_id: UUID, limit: int) -> int:
        async with self._database.transaction(company_id) as connection:
            cursor = await connection.execute("SELECT claims_sweep(%s, %s)", (company_id, limit))
            row = await cursor.fetchone()
            await connection.execute("COMMIT")
        return int(row[0]) if row else 0

    async def beat(self, worker_id: UUID, host: str) -> None:
        async with self._database.connection() as connection:
            await connection.execute("SELECT directory.beat(%s, %s)", (worker_id, host))
