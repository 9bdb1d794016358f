"""The neutral tool layer: what every voice platform can fill in, and what every tool answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from uuid import UUID

from zusage.app.calls.ports import Answer, CallRef, Misheard, StoredOffer
from zusage.inbound.voice.arguments import Arguments

Status = Literal[
    "ok",
    "services",
    "held",
    "free",
    "not_free",
    "offers",
    "ask_service",
    "ask_when",
    "ask_staff",
    "ask_name",
    "unknown_service",
    "unknown_staff",
    "staff_cannot",
    "needs_consultation",
    "needs_main_service",
    "not_by_phone",
    "too_soon",
    "too_far",
    "past",
    "closed",
    "expired",
    "replaced",
    "conflict",
    "booked",
    "already_booked",
    "released",
    "nothing_held",
    "call_over",
    "unknown_number",
    "busy",
    "invalid",
    "unknown_tool",
    "error",
]
"""Every status a tool may answer; `docs/voice-contract.md` says what each means."""

SUCCESS: frozenset[Status] = frozenset(
    {"ok", "services", "held", "free", "offers", "booked", "already_booked", "released"}
)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One function call of a voice agent: the canonical tool, cleaned arguments, and what the signed envelope says.

    `tool` is None where the name sent means none; `named` is that name, for the trace. `ref` is never taken from
    arguments that a model wrote (D8). `tool_call_id` is None where the platform sent none."""

    tool: str | None
    named: str
    args: Arguments
    ref: CallRef
    tool_call_id: str | None


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What the agent gets: a status, one German line ready to be spoken, and data. Platform-neutral.

    `hold_id` is the hold that the answer promises: it is replayed only while that hold lives. `offers` are
    remembered for the call, so that they can be booked by their identity. `misheard` is what was not understood."""

    status: Status
    say: str
    data: Mapping[str, Any] = field(default_factory=dict)
    hold_id: UUID | None = None
    offers: tuple[StoredOffer, ...] = ()
    misheard: Misheard | None = None

    def after(self, note: str) -> ToolResult:
        """The same, with a sentence said first; "" says nothing."""
        return replace(self, say=f"{note} {self.say}") if note else self

    def stored(self) -> Answer:
        """Bring it to the form that the journal keeps and replays."""
        body = {"status": self.status, "say": self.say, "data": dict(self.data)}
        return Answer(self.status, body, self.hold_id, self.offers)
