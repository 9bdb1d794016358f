"""Begin a tool call exactly once, whoever repeats it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from zusage.app.calls.ports import LEASE_SECONDS, Begun, Journal, ToolCallKey
from zusage.app.errors import StillRunning

Sleep = Callable[[float], Awaitable[None]]

_POLL_SECONDS = 0.025
_POLLS_A_LOOK = 4


async def start_tool_call(
    key: ToolCallKey, *, journal: Journal, sleep: Sleep, patience: float = LEASE_SECONDS + 1
) -> Begun:
    """Decide whether to run this tool call or to answer with what the first run stored.

    A parallel repeat waits for the first by polling, with no transaction open, and takes over when the first has
    died, that is when its lease is over. The result's decision is "run" or "replay".

    :raises StillRunning: somebody else is at work on it after `patience` seconds."""
    for _ in range(round(patience / _POLL_SECONDS / _POLLS_A_LOOK)):
        begun = await journal.begin(key)
        if begun.decision != "wait":
            return begun
        for _ in range(_POLLS_A_LOOK):
            await sleep(_POLL_SECONDS)
            if (answer := await journal.stored_answer(begun)) is not None:
                return replace(begun, decision="replay", answer=answer)
    raise StillRunning(f"tool call {key.dedupe} is still running elsewhere")
