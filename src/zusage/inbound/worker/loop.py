"""The worker: periodic work beside the answering of calls, supervised, one sign of life a round."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Protocol
from uuid import UUID

import structlog

from zusage.app.operations.ports import Housekeeping
from zusage.app.operations.sweep_holds import sweep_holds

log = structlog.get_logger()

Sleep = Callable[[float], Awaitable[None]]

_SLOWEST_RETRY = 30.0


class WorkerStore(Housekeeping, Protocol):
    async def beat(self, worker_id: UUID, host: str) -> None: ...


async def run_worker(
    worker_id: UUID, store: WorkerStore, *, every: float = 5.0, sleep: Sleep = asyncio.sleep
) -> None:
    """Work until cancelled. A round that fails is logged and tried again with growing pauses (at most 30 s)."""
    failures = 0
    while True:
        try:
            await store.beat(worker_id, socket.gethostname())
            swept = await sweep_holds(store)
            failures = 0
            if swept:
                log.info("holds_expired", count=swept)
        except Exception:
            failures += 1
            log.exception("worker_round_failed", failures=failures)
        await sleep(min(every * 2**failures, _SLOWEST_RETRY) if failures else every)
