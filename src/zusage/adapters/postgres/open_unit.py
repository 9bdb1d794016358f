"""One open transaction of one company, as the units of work of the features share it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from zusage.adapters.postgres.database import Connection, clock


class OpenUnit:
    """What every unit of work does with its transaction, which is rolled back unless `commit` was called."""

    def __init__(self, connection: Connection, company_id: UUID) -> None:
        self._connection = connection
        self._company_id = company_id

    async def now(self) -> datetime:
        """Tell the database's clock."""
        return await clock(self._connection)

    async def commit(self) -> None:
        await self._connection.execute("COMMIT")

    async def _run(self, statement: LiteralString, *values: object, **named: object) -> None:
        await self._connection.execute(statement, named or values)

    async def _rows(
        self, statement: LiteralString, *values: object, **named: object
    ) -> Sequence[tuple[Any, ...]]:
        return await (await self._connection.execute(statement, named or values)).fetchall()
