"""Bring a booking over while its caller waits."""

from __future__ import annotations

import asyncio
from typing import Literal
from uuid import UUID

import structlog

from zusage.app.mirror.bring_over import Brought, Mirroring, bring_over

log = structlog.get_logger()


class InlineConfirmer:
    """Implements `app.booking.ports.ConfirmInline`. Close it in the end: what runs may still take a moment.

    Only the waiting ends when the caller's time is over: the request runs on and records its outcome (protocols 8)."""

    def __init__(self, mirroring: Mirroring) -> None:
        self.mirroring = mirroring
        self._running: set[asyncio.Task[Brought]] = set()

    async def __call__(
        self, company_id: UUID, appointment_id: UUID, seconds: float
    ) -> Literal["stands", "pending", "refused"]:
        task = asyncio.create_task(bring_over(company_id, appointment_id, self.mirroring, live=True))
        self._running.add(task)
        task.add_done_callback(self._finished)
        done, _ = await asyncio.wait({task}, timeout=seconds)
        if not done or task.cancelled() or task.exception() is not None:
            await self.mirroring.reach("wait_over")
            return "pending"
        brought = task.result()
        if brought.refused:
            # Before "settled": what was moved stands again where it was.
            await self.mirroring.reach("before_undo")
            return "refused"
        return "stands" if brought.settled else "pending"

    async def close(self, grace: float = 1.0) -> None:
        """Let what runs finish for up to `grace` seconds; what is cut off is looked up by a worker."""
        if self._running:
            await asyncio.wait(self._running, timeout=grace)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _finished(self, task: asyncio.Task[Brought]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("inline_confirmation_failed", reason=f"{type(error).__name__}: {error}")
