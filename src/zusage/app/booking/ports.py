"""What the use cases about holds and bookings need from outside."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from zusage.app.calls.ports import Answer, Begun
from zusage.core.scheduling.plan import Busy, Plan
from zusage.core.values import Period


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of taking plans. `plan` is the one that was taken; `now` is the database's clock."""

    outcome: Literal["held", "lost", "call_over"]
    now: datetime
    plan: Plan | None = None
    hold_id: UUID | None = None
    token: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Booker:
    """Who books and who comes. `phone` is the verified number or None; the attendee may be somebody else."""

    phone: str | None
    name: str
    name_key: str
    attendee: str


@dataclass(frozen=True, slots=True)
class Booked:
    """What came of confirming. `plan` is the snapshot of the hold or appointment, where there is one.

    "expired", "replaced" and "released" say what became of the hold; "none": the call never had it."""

    outcome: Literal[
        "booked", "already_booked", "expired", "replaced", "released", "none", "lost", "call_over"
    ]
    appointment_id: UUID | None = None
    plan: Mapping[str, Any] | None = None
    attendee: str | None = None


class LedgerUnit(Protocol):
    """One transaction of one company, rolled back unless `commit` was called.

    :raises LedgerBusy, LedgerRefused: from any method; nothing of the transaction stays."""

    async def busy(self, resources: Collection[UUID], window: Period, *, call_id: UUID | None) -> Busy: ...

    async def take(self, call_id: UUID, plans: Sequence[Plan]) -> Taken:
        """Hold the first of these interchangeable plans that is free, replacing the call's hold only then."""

    async def confirm(self, call_id: UUID, hold_id: UUID, booker: Booker) -> Booked: ...

    async def take_and_confirm(self, call_id: UUID, plans: Sequence[Plan], booker: Booker) -> Booked: ...

    async def release(self, call_id: UUID, token: str | None) -> int: ...

    async def finish(self, run: Begun, answer: Answer) -> None:
        """Store the answer of the tool call in this transaction.

        :raises LeaseLost: another process runs it now; roll back."""

    async def commit(self) -> None: ...


class OpenUnit(Protocol):
    def __call__(self, company_id: UUID) -> AbstractAsyncContextManager[LedgerUnit]: ...
