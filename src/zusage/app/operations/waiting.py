"""Bounded waiting for what may hang."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Found = TypeVar("Found")


async def within(seconds: float, work: Coroutine[Any, Any, Found]) -> Found | None:
    """Wait for `work` at most so long; None when it fails or is late. For looking only, never for writing.

    What is late is told to stop, but not waited for: against a server that is frozen, stopping hangs as well."""
    task = asyncio.create_task(work)
    done, _late = await asyncio.wait({task}, timeout=seconds)
    if not done:
        task.add_done_callback(_failed)
        task.cancel()
        return None
    return None if _failed(task) else task.result()


def _failed(task: asyncio.Task[Any]) -> bool:
    """Say whether it failed; asking also keeps asyncio from complaining later that nobody did."""
    return task.cancelled() or task.exception() is not None
