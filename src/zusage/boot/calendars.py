"""The client of the companies' calendars with its limits and breakers, shared through Valkey where there is one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from zusage.adapters.calcom.circuit import Circuits
from zusage.adapters.calcom.client import CalcomClient
from zusage.adapters.calcom.pool import CalcomPool, PoolSettings
from zusage.adapters.calcom.shared import LocalBucket, LocalStates
from zusage.adapters.postgres.calendar_blocks import PostgresBlocks
from zusage.adapters.postgres.database import Database
from zusage.adapters.valkey.states import ValkeyStates
from zusage.adapters.valkey.token_bucket import ValkeyTokenBucket
from zusage.app.points import Reach, pass_by
from zusage.boot.servers import Servers
from zusage.boot.settings import Settings


@dataclass(frozen=True, slots=True)
class CalendarParts:
    """`client` implements `Calendars`, `circuits` `CircuitBoard`; `valkey` is where processes share what they know."""

    client: CalcomClient
    circuits: Circuits
    pool: CalcomPool
    shared: tuple[ValkeyStates | ValkeyTokenBucket, ...] = ()
    valkey: str | None = None

    @asynccontextmanager
    async def kept(self, *, warm: bool) -> AsyncIterator[None]:
        """Close everything after the block; `warm` keeps connections open meanwhile, over idle hours too."""
        warming = asyncio.create_task(self.pool.keep_warm()) if warm else None
        try:
            yield
        finally:
            if warming is not None:
                warming.cancel()
                with suppress(asyncio.CancelledError):
                    await warming
            await self.client.close(grace=1.0)
            for each in self.shared:
                await each.close()


def build_calendars(
    valkey: str | None,
    database: Database,
    *,
    replicas: int,
    pooling: PoolSettings | None = None,
    reach: Reach = pass_by,
) -> CalendarParts:
    """Build the client without connecting anything. That a key is blocked it keeps in `database`, for every process.

    Without a Valkey, this process takes its part of a key's rate: one of `replicas`."""
    blocks = PostgresBlocks(database)
    states, bucket = LocalStates(), LocalBucket(time.time, share=replicas)
    pool = CalcomPool(pooling)
    if valkey is None:
        circuits = Circuits(states, time.time)
        client = CalcomClient(pool, circuits, bucket, blocks=blocks, reach=reach)
        return CalendarParts(client, circuits, pool)
    shared_states = ValkeyStates(valkey, fallback=states)
    shared_bucket = ValkeyTokenBucket(valkey, fallback=bucket)
    circuits = Circuits(shared_states, time.time)
    client = CalcomClient(pool, circuits, shared_bucket, blocks=blocks, reach=reach)
    return CalendarParts(client, circuits, pool, (shared_states, shared_bucket), valkey)


@asynccontextmanager
async def open_calendars(
    settings: Settings, servers: Servers, database: Database, *, warm: bool = False
) -> AsyncIterator[CalendarParts]:
    """Build the client for as long as the block runs; `database` is to stay open behind it."""
    parts = build_calendars(servers.valkey, database, replicas=settings.replicas)
    async with parts.kept(warm=warm):
        yield parts
