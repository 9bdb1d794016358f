"""What the use cases about a calendar's free times work with and need from outside."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol
from uuid import UUID

from zusage.app.mirror.ports import CalendarAccess
from zusage.core.values import Period


@dataclass(frozen=True, slots=True)
class Source:
    """What is asked for free time: an event type of one host, and the length to say where it has several.

    `slot_min` is how long one of its slots is."""

    event_type_id: int
    slot_min: int
    length_min: int | None = None

    @property
    def key(self) -> str:
        return (
            str(self.event_type_id) if self.length_min is None else f"{self.event_type_id}x{self.length_min}"
        )


@dataclass(frozen=True, slots=True)
class CalendarHost:
    """A member of staff who can be asked about: their probe (`probe`) tells all free time, else the event types of each
    service do. `zone` is their branch's, `host_id` who they are there."""

    staff_id: UUID
    branch_id: UUID
    zone: str
    probe: Source | None
    services: Mapping[UUID, tuple[Source, ...]] = field(default_factory=dict)
    host_id: int | None = None

    def sources(self, service_id: UUID) -> tuple[Source, ...]:
        """What tells the free time for a service; nothing where it is not mapped."""
        return (self.probe,) if self.probe is not None else self.services.get(service_id, ())

    @property
    def every_source(self) -> tuple[Source, ...]:
        """What tells the free time for all services, each once."""
        if self.probe is not None:
            return (self.probe,)
        return tuple(dict.fromkeys(source for each in self.services.values() for source in each))


@dataclass(frozen=True, slots=True)
class CompanyHosts:
    """The hosts of a company's connected branches, by member of staff, and how its calendar is reached.

    `access` is None where no key opens what is stored: nothing can be read then. `courtesies`: reservations of our own
    hide times there, which are free for us."""

    company_id: UUID
    access: CalendarAccess | None
    unreachable: Literal["offer", "hide"]
    hosts: Mapping[UUID, CalendarHost]
    courtesies: bool = False


class HostBook(Protocol):
    async def hosts(self, company_id: UUID, version: int | None = None) -> CompanyHosts | None:
        """Read the hosts of a company; None where it has no calendar.

        They are read at most once a minute, and at once for a catalogue version that was not asked for yet.

        :raises LedgerBusy: the database is too busy; trying again is safe."""

    async def companies(self) -> Sequence[tuple[UUID, str]]:
        """List id and key of all companies with a calendar."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a day is kept: whose free time on which local day of their zone, and from which source."""

    company_id: UUID
    staff_id: UUID
    source: str
    zone: str
    day: date


@dataclass(frozen=True, slots=True)
class KeptDay:
    """The free stretches of a day, and when the request for them began (seconds since 1970)."""

    free: tuple[Period, ...]
    read_at: float

    def without(self, during: Period) -> KeptDay:
        """Give the same, as old as it is, with that time not free."""
        pieces = (
            (start, end)
            for each in self.free
            for start, end in (
                (each.start, min(each.end, during.start)),
                (max(each.start, during.end), each.end),
            )
            if start < end
        )
        return KeptDay(tuple(Period(*piece) for piece in pieces), self.read_at)


Kind = Literal["hits", "stale", "misses", "reads"]
"""What is counted of questions: all their days were young; some were older, and read anew behind them; some had to be
waited for. And `reads`, requests to the calendar."""


class FreeDays(Protocol):
    """Days that were read, shared by all processes where they can be. Nothing raises.

    Each day of a host has a generation that a drop changes: what was read under another one is no longer given, and
    not kept (protocols 35)."""

    async def read(self, places: Collection[Place]) -> Mapping[Place, KeptDay]:
        """Give what is kept of these days."""

    async def generations(self, places: Sequence[Place]) -> Sequence[str]:
        """Give the generation of each day, before it is asked for."""

    async def write(self, days: Mapping[Place, KeptDay], generations: Mapping[Place, str]) -> bool:
        """Keep days of which nothing was dropped since; says whether that is true of all of them.

        What was asked for within two seconds after a drop is not kept either: the calendar itself answers out of a
        cache that old."""

    async def drop(self, company_id: UUID, staff_id: UUID, days: Collection[date]) -> None:
        """Let nobody use what is kept of these days of a host, or is being read."""

    async def take_out(self, times: Mapping[Place, Period]) -> None:
        """Let nobody use these times of what is kept, nor anything of these days that is being read.

        What else is kept of them is given as before, as old as it is. A day of the same host from another source is
        dropped, and so is one that somebody else changes at this moment."""

    async def lease(self, company_id: UUID, name: str, seconds: float) -> str | None:
        """Take a lease for so long; None while somebody else has it."""

    async def release(self, company_id: UUID, name: str, lease: str) -> None: ...

    async def count(self, company_id: UUID, day: date, counts: Mapping[Kind, int]) -> None: ...

    async def counts(self, company_id: UUID, days: Sequence[date]) -> Mapping[Kind, int]:
        """Give the counts of these days (UTC) together; they are kept for a week."""

    async def kept(self, companies: Collection[UUID]) -> Mapping[UUID, int]:
        """Count the days that are kept of these companies."""

    async def clear(self, company_id: UUID) -> int:
        """Forget all days of a company, the counts not; says how many there were."""
