"""What processes share about Cal.com, where they can: how much a key may still ask, and small states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from zusage.app.mirror.ports import Priority


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a request may go; if not, after how many seconds it is worth asking again."""

    granted: bool
    wait: float = 0.0


class TokenBucket(Protocol):
    """How many requests a key may still make. Never raises."""

    async def take(self, key: str, per_minute: int, priority: Priority) -> Admission: ...

    async def block(self, key: str, seconds: float) -> None:
        """Let nothing through for so long; a shorter block does not end a longer one."""


class BlockNote(Protocol):
    """Where a block is kept for processes that share no Valkey, and for those that start later."""

    async def note(self, company_id: UUID, seconds: float) -> None:
        """Keep that the company's key is blocked for so long; a shorter block does not end a longer one.

        :raises ZusageError: it could not be kept."""


class StateStore(Protocol):
    """Small texts under keys, changed by compare-and-set. Never raises."""

    async def read(self, key: str) -> str | None: ...

    async def swap(self, key: str, old: str | None, new: str | None) -> bool:
        """Put `new` where `old` still stands; None means nothing stands there."""


@dataclass(frozen=True, slots=True)
class BucketSize:
    """`capacity` tokens, refilled at `per_second`."""

    capacity: float
    per_second: float

    def reserve(self, priority: Priority) -> float:
        """How many are left to those who go first: half by the background, a quarter by promises on their way."""
        return self.capacity * _LEFT[priority]


_LEFT: Mapping[Priority, float] = {"live": 0.0, "promise": 0.25, "background": 0.5}


def bucket_size(per_minute: int) -> BucketSize:
    """Size a bucket so that no stretch of 60 s ever sees more than `per_minute` requests: half at once, half refilled."""
    return BucketSize(per_minute / 2, per_minute / 120)


class LocalBucket:
    """The bucket of this process alone: for one that is alone, or without a Valkey.

    `share` is how many processes there may be: each takes that part of what a key may do. `clock` gives unix seconds."""

    def __init__(self, clock: Callable[[], float], *, share: int = 4) -> None:
        self._clock = clock
        self._share = share
        self._levels: dict[str, tuple[float, int]] = {}
        self._blocked: dict[str, float] = {}

    async def take(self, key: str, per_minute: int, priority: Priority) -> Admission:
        now = self._clock()
        wait = self._blocked.get(key, 0.0) - now
        if wait > 0:
            return Admission(granted=False, wait=wait)
        size = bucket_size(max(4, per_minute // self._share))
        tokens = self._refilled(key, size, int(now * 1000))
        missing = 1 + size.reserve(priority) - tokens
        if missing > 0:
            return Admission(granted=False, wait=missing / size.per_second)
        self._levels[key] = (tokens - 1, self._levels[key][1])
        return Admission(granted=True)

    async def block(self, key: str, seconds: float) -> None:
        self._blocked[key] = max(self._blocked.get(key, 0.0), self._clock() + seconds)

    def _refilled(self, key: str, size: BucketSize, now_ms: int) -> float:
        if len(self._levels) > _MOST_KEYS:
            self._levels.clear()
        tokens, since = self._levels.get(key, (size.capacity, now_ms))
        tokens = min(size.capacity, tokens + max(0, now_ms - since) / 1000 * size.per_second)
        self._levels[key] = (tokens, max(now_ms, since))
        return tokens


class LocalStates:
    """Implements `StateStore` in this process alone."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    async def read(self, key: str) -> str | None:
        return self._texts.get(key)

    async def swap(self, key: str, old: str | None, new: str | None) -> bool:
        if self._texts.get(key) != old:
            return False
        if new is None:
            self._texts.pop(key, None)
        else:
            self._texts[key] = new
        return True


_MOST_KEYS = 10_000
