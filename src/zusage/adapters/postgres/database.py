"""The connection pool and the unit of work: one transaction of one company."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from zusage.app.errors import LeaseLost, LedgerBusy, LedgerRefused, ZusageError

Connection = psycopg.AsyncConnection[TupleRow]

# A caller hears silence meanwhile; with the server away, each try waits this long.
_PATIENCE_SECONDS = 1.5
_SETTINGS = (
    "SELECT set_config('zusage.company_id', %s, true), set_config('lock_timeout', %s, true), "
    "set_config('statement_timeout', %s, true), set_config('synchronous_commit', %s, true), "
    "set_config('TimeZone', 'UTC', true)"
)
_WENT_AWAY = (None, "57P01", "57P02", "57P03")  # broken, shut down, crashed, starting up
_BUSY = ("55P03", "57014", "40P01", "25P03")  # lock timeout, statement timeout, deadlock, idle in transaction


class Database:
    """A pool of connections for one role. Every unit of work is one transaction under row-level security.

    `lock_ms` and `statement_ms` bound each statement in the server; a statement that exceeds them is `LedgerBusy`.
    Nothing on our side cancels a running transaction: it may have committed already (protocols 8)."""

    def __init__(
        self, url: str, *, size: int = 10, lock_ms: int = 400, statement_ms: int = 1500, name: str = "zusage"
    ) -> None:
        self._limits = (str(int(lock_ms)), str(int(statement_ms)))
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            min_size=min(2, size),
            max_size=size,
            timeout=_PATIENCE_SECONDS,
            open=False,
            kwargs={"autocommit": True, "application_name": name},
            name=name,
        )

    async def open(self) -> None:
        """Connect; returns once the first connections stand.

        :raises psycopg_pool.PoolTimeout: the server does not answer within 10 s."""
        await self._pool.open(wait=True, timeout=10)

    async def close(self) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection outside any company: only the directory's functions answer on it. Raises what `transaction` does."""
        async with self._lent() as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self, company_id: UUID) -> AsyncIterator[Connection]:
        """One transaction that sees and writes the rows of one company; rolled back unless `COMMIT` was executed.

        :raises LedgerBusy: a lock or a statement took too long, a deadlock was broken, or the server went away; trying
            again is safe where repeating is.
        :raises LedgerRefused: the constraint or a counting check refused what the reading had promised."""
        async with self._lent() as connection:
            await self._begin(connection, company_id, durable=True)
            yield connection

    @asynccontextmanager
    async def pipelined(self, company_id: UUID, *, durable: bool = True) -> AsyncIterator[Connection]:
        """The same, with statements sent ahead: only a fetch, or the end of the block, waits for the server.

        An error of a statement that was not fetched is raised at the next fetch or at the end, and what was sent after
        it, COMMIT too, was not carried out. Not `durable`: a crash of the server within the next moments may lose it,
        for what is worth nothing then. Raises what `transaction` does, and LeaseLost."""
        async with self._lent() as connection, connection.pipeline():
            await self._begin(connection, company_id, durable=durable)
            yield connection

    async def _begin(self, connection: Connection, company_id: UUID, *, durable: bool) -> None:
        await connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        await connection.execute(_SETTINGS, (str(company_id), *self._limits, "on" if durable else "off"))

    @asynccontextmanager
    async def _lent(self) -> AsyncIterator[Connection]:
        """A connection of the pool, given back without a transaction; errors are translated."""
        try:
            async with self._pool.connection() as connection:
                try:
                    yield connection
                finally:
                    if not connection.closed and connection.info.transaction_status:
                        await connection.execute("ROLLBACK")
        except (psycopg.Error, PoolTimeout) as error:
            known = _translate(error) or await self._gone(error)
            if known is None:
                raise
            raise known from error

    async def _gone(self, error: psycopg.Error | PoolTimeout) -> LedgerBusy | None:
        """After a restart of the server its other connections lie dead in the pool as well: have them replaced."""
        if not isinstance(error, psycopg.OperationalError) or error.sqlstate not in _WENT_AWAY:
            return None
        await self._pool.check()
        return LedgerBusy("the database went away")


async def clock(connection: Connection) -> datetime:
    """Tell the database's time, in a statement of its own: an update by a volatile clock could not be distributed (protocols 26)."""
    row = await (await connection.execute("SELECT zusage_now()")).fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment


def _translate(error: psycopg.Error | PoolTimeout) -> ZusageError | None:
    if isinstance(error, PoolTimeout):
        return LedgerBusy("no connection became free in time")
    if error.sqlstate in _BUSY:
        return LedgerBusy(str(error).split("\n", 1)[0])
    if error.sqlstate in {"ZU001", "ZU002"}:
        return LedgerRefused(str(error).split("\n", 1)[0])
    if error.sqlstate == "ZU005":
        return LeaseLost(str(error).split("\n", 1)[0])
    return None
