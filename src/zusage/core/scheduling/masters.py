"""What a branch is made of, as the scheduling rules see it. Pure values, loaded by an adapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from uuid import UUID

from zusage.core.values import Money


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Wall-clock time of one day in the branch's zone, in minutes after midnight: `0 <= opens < closes <= 1440`.

    :raises ValueError: the span is empty or leaves the day."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.closes <= 1440:  # noqa: PLR2004
            raise ValueError(
                f"a span of a day must be within 0 and 1440 minutes: {self.opens} to {self.closes}"
            )


Week = tuple[tuple[Span, ...], ...]
"""Seven days, Monday first; each a sorted tuple of spans that do not overlap; `()` is a day off."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a service. In a `gap` the staff member is free; the chair stays taken if `needs_chair`."""

    minutes: int
    kind: Literal["active", "gap"] = "active"
    needs_chair: bool = True
    name: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """What a customer books. Minutes for buffers and notice, days for the horizon; buffers surround the plan."""

    id: UUID
    key: str
    name: str
    category: str
    segments: tuple[Segment, ...]
    price: Money
    synonyms: tuple[str, ...] = ()
    description: str = ""
    price_from: bool = False
    buffer_before: int = 0
    buffer_after: int = 0
    min_notice_minutes: int = 0
    max_advance_days: int = 365
    bookable_by_phone: bool = True
    add_on: bool = False
    needs_consultation: bool = False

    @property
    def minutes(self) -> int:
        return sum(segment.minutes for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Staff:
    """Someone who serves. `week` is None where the branch's opening hours are the working hours.

    `skills` maps each service they do to their own minutes per segment, or to None for the service's own."""

    id: UUID
    name: str
    skills: Mapping[UUID, tuple[int, ...] | None]
    week: Week | None = None


@dataclass(frozen=True, slots=True)
class Chair:
    """A chair, basin or room that one customer takes at a time; all chairs of a branch are interchangeable."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class DayException:
    """Other hours on one date (`spans == ()`: closed), which win over the week and over public holidays."""

    spans: tuple[Span, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """A location. `region` is an ISO 3166-2 code without the country ("BE", "BY") for public holidays."""

    id: UUID
    key: str
    name: str
    zone: str
    week: Week
    country: str = "DE"
    region: str | None = None
    exceptions: Mapping[date, DayException] = field(default_factory=dict)
    closed_on_holidays: bool = True
    grid_minutes: int = 15
    off_grid: Literal["refuse", "allow"] = "refuse"
    hold_seconds: int = 120
    hold_cap_seconds: int = 600


@dataclass(frozen=True, slots=True)
class BranchBook:
    """Everything the rules need to know of one branch; `version` rises whenever a master changes.

    `mirrored`: an outside calendar mirrors the branch, and knows of times that the ledger does not."""

    company_id: UUID
    company_name: str
    branch: Branch
    services: tuple[Service, ...]
    staff: tuple[Staff, ...]
    chairs: tuple[Chair, ...]
    version: int = 0
    mirrored: bool = False

    def service(self, service_id: UUID) -> Service | None:
        return next((s for s in self.services if s.id == service_id), None)

    def member(self, staff_id: UUID) -> Staff | None:
        return next((s for s in self.staff if s.id == staff_id), None)
