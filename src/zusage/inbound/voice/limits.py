"""How many tool calls a call and a company may make; what they hear beyond it is an answer, not an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from zusage.app.calls.ports import Counter
from zusage.inbound.voice.toolcall import ToolCall


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Per call first, then per company (protocols 39). Booking and releasing are exempt: a promise under way is
    never refused for having asked too often; idempotency bounds what they can do."""

    counter: Counter
    per_call: int = 30
    per_company: int = 1_200

    async def allows(self, call: ToolCall) -> bool:
        if call.tool in _EXEMPT:
            return True
        company = call.ref.company_id
        return await self.counter.hit(
            {
                _key(company, "call", call.ref.external_id): self.per_call,
                _key(company, "all", ""): self.per_company,
            }
        )


_EXEMPT = frozenset({"book_appointment", "confirm_booking", "release_hold"})


def _key(company_id: UUID, kind: str, name: str) -> str:
    return f"zusage:rate:{company_id}:{kind}:{name}"


class LocalCounter:
    """Counts in this process alone: the stand-in while Valkey is away, with the same sliding minute."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._windows: dict[str, tuple[int, int, int]] = {}

    async def hit(self, limits: Mapping[str, int]) -> bool:
        now = self._clock()
        within = [self._hit(key, limit, now) for key, limit in limits.items()]
        return all(within)

    def _hit(self, key: str, limit: int, now: float) -> bool:
        minute, share = int(now // 60), now % 60 / 60
        if len(self._windows) > _MOST_KEYS:
            self._windows = {k: w for k, w in self._windows.items() if w[0] >= minute - 1}
        seen, current, previous = self._windows.get(key, (minute, 0, 0))
        if seen != minute:
            current, previous = 0, current if seen == minute - 1 else 0
        self._windows[key] = (minute, current + 1, previous)
        return current + 1 + previous * (1 - share) <= limit


_MOST_KEYS = 10_000
