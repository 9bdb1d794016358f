"""Begin a tool call exactly once, whoever repeats it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from zusage.app.calls.ports import Begun, Journal, ToolCallKey
from zusage.app.errors import LedgerBusy

Sleep = Callable[[float], Awaitable[None]]

_POLL_SECONDS = 0.025


async def start_tool_call(
    key: ToolCallKey, *, journal: Journal, sleep: Sleep, patience: float = 6.0
) -> Begun:
    """Decide whether to run this tool call or to answer with what the first run stored.

    A parallel repeat waits for the first by polling, with no transaction open, and takes over when the first has
    died (its lease is over). The result's decision is "run" or "replay".

    :raises LedgerBusy: the first is still at work after `patience` seconds."""
    for _ in range(max(1, round(patience / _POLL_SECONDS / 4))):
        begun = await journal.begin(key)
        if begun.decision != "wait":
            return begun
        for _ in range(4):
            await sleep(_POLL_SECONDS)
            if (answer := await journal.stored_answer(key)) is not None:
                return replace(begun, decision="replay", answer=answer)
    raise LedgerBusy(f"tool call {key.dedupe} is still running elsewhere")
