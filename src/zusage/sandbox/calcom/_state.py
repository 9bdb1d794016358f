"""The simulated Cal.com as a whole: its world, its clock, and how it misbehaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from zusage.sandbox.calcom._clock import SimClock
from zusage.sandbox.calcom._delivery import Delivering
from zusage.sandbox.calcom._faults import FaultBook
from zusage.sandbox.calcom._journal import Journal
from zusage.sandbox.calcom._latency import Latency
from zusage.sandbox.calcom._model import Json
from zusage.sandbox.calcom._rate import RateLimit
from zusage.sandbox.calcom._world import World


@dataclass
class SlotCache:
    """Answers of the slots call, kept for `seconds` whatever is booked meanwhile."""

    seconds: float = 2.0
    answers: dict[str, tuple[datetime, Json]] = field(default_factory=dict)


@dataclass
class State:
    """Everything in one place. `latency` is by operation ("slots.list"), "*" for all others."""

    world: World
    clock: SimClock
    faults: FaultBook
    rate: RateLimit
    journal: Journal
    hooks: Delivering
    seed: int = 1
    latency: dict[str, Latency] = field(default_factory=dict)
    slots: SlotCache = field(default_factory=SlotCache)
    replica_lag_s: float = 0.0
    outage: str | None = None

    def latency_of(self, op: str) -> Latency:
        return self.latency.get(op) or self.latency.get("*") or Latency()
