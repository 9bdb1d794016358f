"""What the use cases about availability need from outside."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from zusage.app.calls.ports import Answer, Begun
from zusage.core.scheduling.calendar import CalendarView
from zusage.core.scheduling.masters import BranchBook, Service
from zusage.core.scheduling.plan import Busy
from zusage.core.values import Period
from zusage.language.book import VoiceBook


class Masters(Protocol):
    """The masters of a branch, from a cache that is good for exactly one catalogue version."""

    async def book(self, company_id: UUID, branch_id: UUID, version: int) -> VoiceBook: ...


class BusyReader(Protocol):
    async def busy(self, resources: Collection[UUID], window: Period, *, call_id: UUID | None) -> Busy:
        """Read the taken time of these resources in a window: one query.

        Overdue holds are free already; the live hold of `call_id` is seen through."""


class LookAtCalendar(Protocol):
    """What a branch's outside calendar knows, as far as it answers while a caller waits; for one tool call."""

    async def __call__(
        self,
        book: BranchBook,
        service: Service,
        staff: Collection[UUID],
        windows: Sequence[Period],
        *,
        certain: Period | None = None,
        besides: Sequence[Period] = (),
    ) -> CalendarView:
        """Tell what is known of all local days of these windows; all looks of a tool call share one deadline.

        Days of `certain` are read anew where the last reading is too old to be said as certain. Days of `besides` come
        along if they are kept; nobody waits for them. Nothing raises."""

    def greet(self, book: BranchBook) -> None:
        """A call begins: read behind its greeting what would be too old once it asks for a time. Waits for nothing."""


class Looks(Protocol):
    def of(self, book: BranchBook) -> LookAtCalendar | None:
        """Give the look of one tool call; None for a branch without a calendar."""


class OfferUnit(BusyReader, Protocol):
    """One transaction of one company, rolled back unless `commit` was called."""

    async def finish(self, run: Begun, answer: Answer) -> None:
        """Store the answer of the tool call in this transaction.

        :raises LeaseLost: another process runs it now; roll back."""

    async def commit(self) -> None: ...


class OpenOfferUnit(Protocol):
    def __call__(self, company_id: UUID) -> AbstractAsyncContextManager[OfferUnit]: ...
