"""The limit of requests per minute, and the minute in which nothing is answered after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil


@dataclass(slots=True)
class _Counter:
    hits: int
    ends: datetime
    blocked_until: datetime | None = None


class RateLimit:
    """Counts per key, or per address without one. Hits while blocked count on."""

    def __init__(self, per_minute: int | None, *, block_s: float = 60, window_s: float = 60) -> None:
        self.per_minute = per_minute
        self.block_s = block_s
        self._window = timedelta(seconds=window_s)
        self._counters: dict[str, _Counter] = {}

    def hit(self, who: str, now: datetime) -> bool:
        """Count one request; False when it must not be answered."""
        counter = self._counter(who, now)
        counter.hits += 1
        if counter.blocked_until and now >= counter.blocked_until:
            counter.blocked_until = None
        elif counter.blocked_until:
            return False
        if self.per_minute is not None and counter.hits > self.per_minute:
            self.block(who, now, self.block_s)
            return False
        return True

    def headers(self, who: str, now: datetime) -> dict[str, str]:
        """Give the headers that tell of the limit; the reset is in seconds from now."""
        if self.per_minute is None:
            return {}
        counter = self._counter(who, now)
        left = 0 if counter.blocked_until else max(self.per_minute - counter.hits, 0)
        until = (counter.blocked_until or counter.ends) - now
        return {
            "x-ratelimit-limit-default": str(self.per_minute),
            "x-ratelimit-remaining-default": str(left),
            "x-ratelimit-reset-default": str(ceil(until.total_seconds())),
        }

    def block(self, who: str, now: datetime, seconds: float) -> None:
        """Answer nothing but 429 for a while."""
        self._counter(who, now).blocked_until = now + timedelta(seconds=seconds)

    def blocked(self, now: datetime) -> dict[str, float]:
        """Say who is blocked and for how many seconds more."""
        return {
            who: (each.blocked_until - now).total_seconds()
            for who, each in self._counters.items()
            if each.blocked_until and each.blocked_until > now
        }

    def reset(self) -> None:
        self._counters.clear()

    def _counter(self, who: str, now: datetime) -> _Counter:
        counter = self._counters.get(who)
        if counter is None:
            counter = self._counters[who] = _Counter(0, now + self._window)
        elif now >= counter.ends:
            counter.hits, counter.ends = 0, now + self._window
        return counter
