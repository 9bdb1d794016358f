"""What came in, what was answered, and which faults were at work: for tests to assert on and for people to see."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import datetime

from zusage.sandbox.calcom._model import Json, iso

_KEPT = 10_000


@dataclass(slots=True)
class Entry:
    """One request. `status` is None while it is being worked on, and for good when it was never answered."""

    number: int
    at: datetime
    op: str
    method: str
    path: str
    query: dict[str, str]
    key: str | None
    version: str | None
    body: Json
    http: str
    status: int | None = None
    answer: Json | None = None
    faults: list[str] = field(default_factory=list)
    ms: float | None = None
    committed: bool = False

    def dump(self) -> Json:
        return asdict(self) | {"at": iso(self.at), "key": masked(self.key)}


@dataclass(slots=True)
class Delivery:
    """One webhook call: `outcome` is sent, failed, lost, or held (waiting to be sent in another order)."""

    number: int
    at: datetime
    url: str
    trigger: str
    uid: str
    outcome: str
    status: int | None = None
    faults: list[str] = field(default_factory=list)

    def dump(self) -> Json:
        return asdict(self) | {"at": iso(self.at)}


class Journal:
    """The last 10,000 requests and webhook calls, oldest first."""

    def __init__(self) -> None:
        self.requests: deque[Entry] = deque(maxlen=_KEPT)
        self.deliveries: deque[Delivery] = deque(maxlen=_KEPT)
        self._numbers = 0

    def next_number(self) -> int:
        self._numbers += 1
        return self._numbers

    def of(self, op: str) -> list[Entry]:
        """Give the requests of one operation, as "bookings.create"."""
        return [each for each in self.requests if each.op == op]

    def since(self, number: int) -> list[Entry]:
        """Give the requests after a number."""
        return [each for each in self.requests if each.number > number]

    def clear(self) -> None:
        self.requests.clear()
        self.deliveries.clear()


def masked(key: str | None) -> str | None:
    """Show enough of a key to tell it from others."""
    return None if key is None else f"{key[:9]}…{key[-4:]}" if len(key) > 16 else f"{key[:4]}…"  # noqa: PLR2004
