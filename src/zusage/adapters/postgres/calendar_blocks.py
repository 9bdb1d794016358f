"""Keeps how long a company's calendar lets nothing of its key through, for every process that asks it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from zusage.adapters.postgres.database import Database, clock

_NOTE = """
UPDATE calendar_connection SET blocked_until = greatest(blocked_until, %s) WHERE company_id = %s;
"""


class PostgresBlocks:
    """Implements `adapters.calcom.shared.BlockNote`; `read_connection` gives the moment back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, company_id: UUID, seconds: float) -> None:
        async with self._database.transaction(company_id) as connection:
            until = await clock(connection) + timedelta(seconds=seconds)
            await connection.execute(_NOTE, (until, company_id))
            await connection.execute("COMMIT")
