"""The places at which a rehearsal may stop, break or kill what runs; in production nothing happens there.

Whatever passes one of them takes a `Reach`. A new place gets its name here and a row in the fault matrix (CONTRIBUTING)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

Point = Literal[
    "held",
    "booked",
    "undone",
    "moved",
    "cancelled",
    "answer_stored",
    "wait_over",
    "before_undo",
    "lease_taken",
    "before_post",
    "before_cancel",
    "before_move",
    "request_sent",
    "answer_received",
    "cancel_answered",
    "move_answered",
    "looked_up",
    "before_record",
    "recorded",
]
"""held, booked, moved, undone, cancelled: the ledger has committed it. answer_stored: so is what the caller is going to hear. wait_over:
the call waits no longer, its request runs on. before_undo: the calendar refused, the caller still waits. request_sent:
a request that changes something there has left to the last byte. Others: where the mirror routine stands."""

Reach = Callable[[Point], Awaitable[None]]
"""Called where a point is reached, outside of every transaction; what it raises ends what was under way."""


async def pass_by(_point: Point) -> None:
    """Do nothing: what stands at every point outside rehearsals."""
