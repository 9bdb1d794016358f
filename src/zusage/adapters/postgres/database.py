"""The connection pool and the unit of work: one transaction of one company."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from zusage.app.errors import LedgerBusy, LedgerRefused

Connection = psycopg.AsyncConnection[TupleRow]

# A caller hears silence meanwhile; with the server away, each try waits this long.
_PATIENCE_SECONDS = 1.5
_BUSY = ("55P03", "57014", "40P01", "25P03")  # lock timeout, statement timeout, deadlock, idle in transaction


class Database:
    """A pool of connections for one role. Every unit of work is one transaction under row-level security.

    `lock_ms` and `statement_ms` bound each statement in the server; a statement that exceeds them is `LedgerBusy`.
    Nothing on our side cancels a running transaction: it may have committed already (protocols 8)."""

    def __init__(
        self, url: str, *, size: int = 10, lock_ms: int = 400, statement_ms: int = 1500, name: str = "zusage"
    ) -> None:
        self._begin = (
            "BEGIN ISOLATION LEVEL READ COMMITTED; "
            f"SELECT set_config('lock_timeout', '{int(lock_ms)}', true), "
            f"set_config('statement_timeout', '{int(statement_ms)}', true), "
            "set_config('zusage.company_id', '{company}', true)"
        )
        self._begin_lightly = self._begin + ", set_config('synchronous_commit', 'off', true)"
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
        """A connection outside any company: only the directory's functions answer on it."""
        async with self._pool.connection() as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self, company_id: UUID, *, durable: bool = True) -> AsyncIterator[Connection]:
        """One transaction that sees and writes the rows of one company; rolled back unless `COMMIT` was executed.

        Not `durable`: a crash of the server within the next moments may lose it, for what is worth nothing then.

        :raises LedgerBusy: a lock or a statement took too long, or a deadlock was broken; trying again is safe.
        :raises LedgerRefused: the constraint or a counting check refused what the reading had promised."""
        begin = self._begin if durable else self._begin_lightly
        try:
            async with self._begun(begin.format(company=UUID(str(company_id)))) as connection:
                try:
                    yield connection
                finally:
                    if not connection.closed and connection.info.transaction_status:
                        await connection.execute("ROLLBACK")
        except (psycopg.Error, PoolTimeout) as error:
            known = _translate(error)
            if known is None:
                raise
            raise known from error

    @asynccontextmanager
    async def _begun(self, begin: str) -> AsyncIterator[Connection]:
        """A connection with a transaction begun. One that died while it lay in the pool (the server was restarted)
        is thrown away and the next is tried: nothing was asked of it yet."""
        for _ in range(self._pool.max_size + 1):
            connection = await self._pool.getconn()
            try:
                await connection.execute(begin)
            except psycopg.OperationalError:
                dead = connection.closed
                await self._pool.putconn(connection)
                if not dead:
                    raise
                continue
            except BaseException:
                await self._pool.putconn(connection)
                raise
            try:
                yield connection
            finally:
                await self._pool.putconn(connection)
            return
        raise LedgerBusy("the database does not answer")


def _translate(error: psycopg.Error | PoolTimeout) -> Exception | None:
    if isinstance(error, PoolTimeout):
        return LedgerBusy("no connection became free in time")
    if error.sqlstate in _BUSY:
        return LedgerBusy(str(error).split("\n", 1)[0])
    if error.sqlstate in {"ZU001", "ZU002"}:
        return LedgerRefused(str(error).split("\n", 1)[0])
    return None
