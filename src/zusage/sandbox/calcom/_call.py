"""One request on its way through the simulator, and what it works on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from zusage.sandbox.calcom._faults import Fault
from zusage.sandbox.calcom._model import ApiKey, Booking, EventType, Json
from zusage.sandbox.calcom._problems import nest
from zusage.sandbox.calcom._state import State
from zusage.sandbox.calcom._world import World


@dataclass(slots=True)
class Call:
    """A request that found its operation. `query` has the last value of each name."""

    state: State
    op: str
    method: str
    path: str
    params: dict[str, str]
    query: dict[str, str]
    body: Json
    version: str | None
    key: ApiKey | None
    faults: dict[str, Fault] = field(default_factory=dict)
    before_s: float = 0.0
    committed: bool = False

    @property
    def world(self) -> World:
        return self.state.world

    @property
    def now(self) -> datetime:
        return self.state.clock.now()

    @property
    def caller(self) -> ApiKey:
        """The key of a request that needs one; the routes see to it."""
        if self.key is None:
            raise nest(401, "ApiAuthStrategy - no authentication was provided")
        return self.key

    async def work(self) -> None:
        """Take the part of the answer's time that lies before its commit; other requests run meanwhile."""
        seconds, self.before_s = self.before_s, 0.0
        await asyncio.sleep(seconds)

    def owns(self, kind: EventType | None) -> bool:
        """Whether the caller is the host of an event type, or runs the team."""
        if self.key is None or kind is None or kind.account != self.key.account:
            return False
        return self.key.admin or self.key.user_id in kind.hosts()

    def touch(self, booking: Booking, *, new: bool = False) -> None:
        """Say that a booking is about to change, for look-ups that lag behind."""
        fault = self.faults.get("lookup_lag")
        if fault is not None:
            self.world.lag(booking, now=self.now, seconds=fault.seconds, reads=fault.reads, new=new)
        elif self.state.replica_lag_s:
            self.world.lag(booking, now=self.now, seconds=self.state.replica_lag_s, reads=0, new=new)

    def event_type(self, number: int) -> EventType:
        """:raises RefusalError: 404, there is none."""
        kind = self.world.event_types.get(number)
        if kind is None:
            raise nest(404, f"Event type with id {number} not found.")
        return kind


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Json


def success(data: object, status: int = 200, **more: object) -> Answer:
    """Build Cal.com's envelope for what went well."""
    return Answer(status, {"status": "success", "data": data, **more})
