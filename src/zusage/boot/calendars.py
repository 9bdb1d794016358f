"""The client of the companies' calendars with its limits and breakers, shared through Valkey where there is one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from zusage.adapters.calcom.circuit import Circuits
from zusage.adapters.calcom.client import CalcomClient
from zusage.adapters.calcom.pool import CalcomPool
from zusage.adapters.calcom.shared import LocalBucket, LocalStates
from zusage.adapters.valkey.states import ValkeyStates
from zusage.adapters.valkey.token_bucket import ValkeyTokenBucket


@dataclass(frozen=True, slots=True)
class OpenCalendars:
    """`client` implements `Calendars`, `circuits` `CircuitBoard`."""

    client: CalcomClient
    circuits: Circuits


@asynccontextmanager
async def open_calendars(valkey: str | None, *, warm: bool = False) -> AsyncIterator[OpenCalendars]:
    """Open the client for as long as the block runs; `warm` keeps its connections open over idle hours."""
    local_states, local_bucket = LocalStates(), LocalBucket(time.time)
    states = ValkeyStates(valkey, fallback=local_states) if valkey else None
    bucket = ValkeyTokenBucket(valkey, fallback=local_bucket) if valkey else None
    pool = CalcomPool()
    circuits = Circuits(states or local_states, time.time)
    client = CalcomClient(pool, circuits, bucket or local_bucket)
    warming = asyncio.create_task(pool.keep_warm()) if warm else None
    try:
        yield OpenCalendars(client, circuits)
    finally:
        if warming is not None:
            warming.cancel()
            with suppress(asyncio.CancelledError):
                await warming
        await client.close(grace=1.0)
        for shared in (states, bucket):
            if shared is not None:
                await shared.close()
