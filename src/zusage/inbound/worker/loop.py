"""The worker: periodic work beside the answering of calls, supervised, and the sign of life of what runs the jobs."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Protocol
from uuid import UUID

import structlog

from zusage.app.operations.ports import Housekeeping
from zusage.app.operations.sweep_holds import sweep_holds
from zusage.app.vocabulary.forget_misheard import MisheardArchive, forget_misheard

log = structlog.get_logger()

Sleep = Callable[[float], Awaitable[None]]

_BEAT_SECONDS = 5.0
_SLOWEST_RETRY = 30.0
_FORGET_EVERY = 3600.0


class WorkerStore(Housekeeping, MisheardArchive, Protocol):
    """What a round of the worker asks for."""


class SignsOfLife(Protocol):
    async def beat(self, worker_id: UUID, host: str) -> None:
        """Note that this worker was seen just now."""


async def keep_beating(worker_id: UUID, store: SignsOfLife, at_work: asyncio.Event) -> None:
    """Give a sign of life every five seconds until cancelled, and none while `at_work` is not set.

    Health and the status of the mirror go by it (protocols 31); alerts are jobs themselves and would not tell."""
    while True:
        await at_work.wait()
        try:
            await store.beat(worker_id, socket.gethostname())
        except Exception as error:  # noqa: BLE001 - whatever kept it from being noted, the next one may be
            log.warning("worker_beat_failed", reason=repr(error))
        await asyncio.sleep(_BEAT_SECONDS)


async def run_worker(
    store: WorkerStore,
    *,
    every: float = 5.0,
    keep_misheard_days: int = 90,
    sleep: Sleep = asyncio.sleep,
) -> None:
    """Work until cancelled. A round that fails is logged and tried again with growing pauses (at most 30 s).

    Misheard sentences older than `keep_misheard_days` are forgotten in the first round and about once an hour."""
    failures = 0
    rested = _FORGET_EVERY
    while True:
        try:
            swept = await sweep_holds(store)
            if swept:
                log.info("holds_expired", count=swept)
            if rested >= _FORGET_EVERY:
                log.info("misheard_forgotten", count=await forget_misheard(keep_misheard_days, store=store))
                rested = 0.0
            failures = 0
        except Exception:
            failures += 1
            log.exception("worker_round_failed", failures=failures)
        pause = min(every * 2**failures, _SLOWEST_RETRY) if failures else every
        await sleep(pause)
        rested += pause
