"""What the use cases about calls need from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

LEASE_SECONDS = 4.0
"""How long a run may take before a repeat takes it over: well below the patience of an agent (8 s)."""


@dataclass(frozen=True, slots=True)
class CallRef:
    """Which call of which branch, as the signed envelope says. `caller` is None for anonymous callers."""

    company_id: UUID
    branch_id: UUID
    provider: str
    external_id: str
    caller: str | None = None
    called: str | None = None
    agent_ref: str | None = None
    agent_version: str | None = None


@dataclass(frozen=True, slots=True)
class ToolCallKey:
    """One function call. `dedupe` is the platform's id of it, or a hash of name and arguments (`by_hash`)."""

    call: CallRef
    tool: str
    args: Mapping[str, Any]
    dedupe: str
    by_hash: bool


@dataclass(frozen=True, slots=True)
class CallHold:
    """The hold of a call: the one still held, else the newest. `status` as in the table; instants in UTC."""

    hold_id: UUID
    token: str
    status: Literal["held", "converted", "released", "replaced", "expired"]
    service_id: UUID
    staff_id: UUID
    start: datetime
    end: datetime
    created_at: datetime
    expires_at: datetime
    price_cents: int
    currency: str
    plan: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoredOffer:
    """A plan that was named to the caller at `made_at`, with its identity; `n` is its ordinal within its batch."""

    token: str
    batch: str
    n: int
    made_at: datetime
    service_id: UUID
    staff_id: UUID
    start: datetime
    end: datetime
    price_cents: int


@dataclass(frozen=True, slots=True)
class CallAppointment:
    """What this call has booked already; `plan` is its snapshot."""

    appointment_id: UUID
    service_id: UUID
    start: datetime
    attendee: str
    plan: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    name: str
    name_key: str


@dataclass(frozen=True, slots=True)
class Begun:
    """Whether to run a tool call, and what is known of its call. `now` is the database's clock, in UTC.

    `decision` "run": do it under `lease`. "replay": `answer` is the stored one. "wait": another process runs
    `tool_call_id`."""

    decision: Literal["run", "wait", "replay"]
    company_id: UUID
    call_id: UUID
    now: datetime
    tool_call_id: UUID | None = None
    lease: UUID | None = None
    answer: Mapping[str, Any] | None = None
    call_over: bool = False
    catalogue_version: int = 0
    hold: CallHold | None = None
    offers: tuple[StoredOffer, ...] = ()
    appointments: tuple[CallAppointment, ...] = ()
    customers: tuple[KnownCustomer, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is stored and sent. `hold_id` only for answers that are true while that hold lives."""

    status: str
    body: Mapping[str, Any]
    hold_id: UUID | None = None
    offers: tuple[StoredOffer, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Misheard:
    """Words that were not understood, without persons (`language.german.discretion`), and what was answered.

    `words` have 1 to 200 characters; wordings with the same `words_key` count as one. `reason` says what was wrong with
    a time, "" for a service."""

    about: Literal["service", "when"]
    words: str
    words_key: str
    answered: Literal["ask", "none"]
    reason: str = ""


class Journal(Protocol):
    """The idempotency rows. Each method is a short transaction of its own."""

    async def begin(self, key: ToolCallKey) -> Begun: ...

    async def stored_answer(self, waiting: Begun) -> Mapping[str, Any] | None:
        """What the run that `begin` said to wait for has stored by now; None while it runs."""

    async def finish(self, run: Begun, answer: Answer, misheard: Misheard | None = None) -> None:
        """Store the answer of a tool call without an effect, and count what was misheard, if that can be stored.

        :raises LeaseLost: another process has taken it over."""

    async def abandon(self, run: Begun) -> None:
        """Give up the lease of a run that failed, so that a repeat need not wait for its end; never raises."""


class CallRegister(Protocol):
    async def record(self, call: CallRef, event: str, reason: str | None) -> None: ...


class Counter(Protocol):
    """Counts hits in a sliding minute under a key that names the company; shared between processes where it can."""

    async def hit(self, limits: Mapping[str, int]) -> bool:
        """Count one hit under every key and say whether all stayed within their limits per minute."""
