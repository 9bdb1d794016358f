"""Lines and their keys, found before the company is known."""

from __future__ import annotations

import time
from collections.abc import Callable

import psycopg

from zusage.adapters.postgres.companies import RETELL_KEY
from zusage.adapters.postgres.database import Database
from zusage.app.callers.ports import Line
from zusage.app.errors import LedgerBusy
from zusage.app.operations.ports import Sealer, openable, secret_context

_FIND = "SELECT company_id, branch_id, sealed_keys FROM directory.find_line(%s, %s)"
_MOST = 10_000
_LONGEST = 200

_Asked = tuple[str | None, str | None]


class PostgresDirectory:
    """Implements `app.callers.ports.Lines`; keeps answers for `ttl` seconds, that there is none for `ttl_unknown`.

    The opened keys live in that memory only. `clock` gives seconds that never go back."""

    def __init__(
        self,
        database: Database,
        seal: Sealer,
        *,
        clock: Callable[[], float] = time.monotonic,
        ttl: float = 5.0,
        ttl_unknown: float = 1.0,
    ) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock
        self._ttl = ttl
        self._ttl_unknown = ttl_unknown
        self._known: dict[_Asked, tuple[float, Line | None]] = {}

    async def find(self, number: str | None, agent: str | None) -> Line | None:
        now = self._clock()
        until, line = self._known.get((number, agent), (now, None))
        if now < until:
            return line
        try:
            line = await self._read(number, agent)
        except (LedgerBusy, psycopg.Error):
            # Nothing can be booked while the database is away, but whom we know shall hear so in words.
            if line is None:
                raise
            return line
        # Numbers in unsigned requests are anybody's invention: they must not fill the memory.
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[number, agent] = (now + (self._ttl if line else self._ttl_unknown), line)
        return line

    def forget(self, number: str | None, agent: str | None) -> None:
        self._known.pop((number, agent), None)

    async def _read(self, number: str | None, agent: str | None) -> Line | None:
        async with self._database.connection() as connection:
            cursor = await connection.execute(_FIND, [_askable(number), _askable(agent)])
            row = await cursor.fetchone()
        if row is None:
            return None
        company_id, branch_id, sealed = row
        keys = openable(self._seal, sealed, secret_context(company_id, RETELL_KEY))
        return Line(company_id, branch_id, tuple(keys), unreadable=len(sealed) - len(keys))


def _askable(text: str | None) -> str | None:
    """Leave out what no line can be called and the database could not even be asked for (null bytes, say)."""
    return text if text is not None and len(text) <= _LONGEST and text.isprintable() else None
