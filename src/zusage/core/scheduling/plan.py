"""A concrete placement of a service in time, and what it takes from whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from zusage.core.values import Money, Period

Busy = Mapping[UUID, Sequence[Period]]
"""Taken time per resource id, in any order, overlaps allowed; a resource that is absent is free."""


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """One segment placed in time. In a gap `staff_id` is None; `chair_id` is None where no chair is needed."""

    ordinal: int
    kind: Literal["active", "gap"]
    name: str
    period: Period
    staff_id: UUID | None
    chair_id: UUID | None


@dataclass(frozen=True, slots=True)
class ClaimPlan:
    """One resource taken for one period, buffers included. Claims of a plan on one resource never touch or overlap."""

    resource_id: UUID
    period: Period


@dataclass(frozen=True, slots=True)
class Plan:
    """A service for one customer at one time with named resources; price and phases are a snapshot."""

    service_id: UUID
    service_name: str
    staff_id: UUID
    staff_name: str
    period: Period
    price: Money
    phases: tuple[PhasePlan, ...]
    claims: tuple[ClaimPlan, ...]

    @property
    def start(self) -> datetime:
        return self.period.start


@dataclass(frozen=True, slots=True, order=True)
class Option:
    """A start at which one staff member can do the service; `chair_ids` are those free then, best first.

    Empty `chair_ids` means that the service needs no chair."""

    start: datetime
    end: datetime
    staff_id: UUID
    chair_ids: tuple[UUID, ...]
