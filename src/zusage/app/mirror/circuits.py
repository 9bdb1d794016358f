"""The circuit breakers towards a company's calendar, as people are shown them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

Door = Literal["reads", "writes"]
CircuitPhase = Literal["closed", "open", "half_open"]


@dataclass(frozen=True, slots=True)
class CircuitView:
    """A circuit breaker to show. `until` is when an open one is tried again; `reason` the failure that counted last."""

    door: Door
    phase: CircuitPhase
    failures: int = 0
    until: datetime | None = None
    reason: str = ""


class CircuitBoard(Protocol):
    async def read(self, company_id: UUID) -> tuple[CircuitView, ...]:
        """Tell the state of a company's breakers, the one for reads first."""
