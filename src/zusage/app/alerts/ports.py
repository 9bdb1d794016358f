"""What telling the operator needs from outside, and what is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from zusage.app.errors import ZusageError
from zusage.app.mirror.health import MirrorFigures


class NotDelivered(ZusageError):  # noqa: N818
    """A service did not take a message; the text says why and holds no address and no secret."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A state that is watched: since when it is so, and which one the operator was told last."""

    state: str
    since: datetime
    told: str


@dataclass(frozen=True, slots=True)
class News:
    """Something to tell once. `subject` names it for good: the same is never told twice."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class OpenReview:
    """A review item that was not told yet; no names. `start` in the branch's zone, `failure` how the calendar refused it."""

    review_id: int
    kind: str
    appointment_id: UUID | None
    cancelled: bool
    start: datetime | None
    zone: str
    failure: str = ""


@dataclass(frozen=True, slots=True)
class FailedOrphan:
    """A booking in the calendar that could not be cancelled so far. `resting`: nobody tries any more."""

    uid: str
    found_at: datetime
    why: str
    resting: bool = True


@dataclass(frozen=True, slots=True)
class Condition:
    """How one company stands. `figures` None: it has no calendar."""

    company: str
    now: datetime
    figures: MirrorFigures | None
    observe_only: bool
    observe_reason: str
    reviews: Sequence[OpenReview]
    orphans: Sequence[FailedOrphan]
    watched: Mapping[str, Watched]


@dataclass(frozen=True, slots=True)
class PendingAlert:
    """An alert that not every service has yet; `reached` are those that have."""

    alert_id: int
    text: str
    raised_at: datetime
    attempts: int
    reached: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """Alerts that were leased: of which company (its key), and when, by the database's clock."""

    company: str
    now: datetime
    alerts: Sequence[PendingAlert]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of a try to deliver one alert. `next_at` None: all have it (`sent`), or it is given up."""

    alert_id: int
    reached: tuple[str, ...]
    sent: bool
    next_at: datetime | None
    failure: str


class AlertUnit(Protocol):
    """One transaction of one company, rolled back unless `commit` was called; no other of this kind runs beside it.

    :raises LedgerBusy: from any method; trying again is safe."""

    async def condition(self) -> Condition: ...

    async def add(self, news: Sequence[News]) -> int:
        """Store what is to be told, due at once; a subject that was stored before stays as it is. Says how many are new."""

    async def watch(self, watched: Mapping[str, Watched]) -> None:
        """Store how the watched states stand now."""

    async def take(self, limit: int, seconds: float) -> Taken:
        """Lease due alerts for so long, the oldest first."""

    async def tried(self, attempts: Sequence[Attempt]) -> None:
        """Store what came of leased alerts."""

    async def commit(self) -> None: ...


class AlertStore(Protocol):
    def unit(self, company_id: UUID) -> AbstractAsyncContextManager[AlertUnit]: ...

    async def companies(self, after: UUID | None, limit: int) -> Sequence[UUID]:
        """List companies that have something to tell or to watch, by id, those after `after` only."""


class Notifier(Protocol):
    @property
    def services(self) -> Sequence[str]:
        """Name the services that get alerts; a name tells no address and no secret, and stays the same."""

    async def send(self, service: str, title: str, body: str) -> None:
        """Send one message in plain text.

        :raises NotDelivered: the service did not take it."""
