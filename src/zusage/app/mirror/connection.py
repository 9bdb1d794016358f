"""How a company's calendar is connected, and what of the company is what there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from zusage.app.errors import ZusageError
from zusage.app.mirror.ports import CalendarAccess


class ConnectionRefused(ZusageError):  # noqa: N818
    """A connection or mapping cannot be stored; the message is a sentence for its owner, and nothing was changed."""


@dataclass(frozen=True, slots=True)
class BranchCalendar:
    """How a connected branch confirms bookings; `wait_ms` is how long a call waits for the calendar if inline."""

    confirm: Literal["background", "inline"] = "background"
    wait_ms: int = 4000


@dataclass(frozen=True, slots=True)
class CalendarConnection:
    """A company's connection. `branches` are the connected ones; a booking of any other is never mirrored.

    `account_id` and `username` are whose key it is. `email_domain` must be the company's own: callers get addresses in
    it, and the calendar writes to them. `hook_address` is the unguessable last part of the webhook's URL. `blocked_until`
    is only read: until when the key is blocked there after too many requests, by the clock of this process. So is
    `observe_reason`: why nothing is adopted, made anew or taken back there."""

    company_id: UUID
    base_url: str
    api_key: str = field(repr=False)
    account_id: int
    username: str
    email_domain: str
    branches: Mapping[UUID, BranchCalendar]
    hook_secret: str | None = field(default=None, repr=False)
    hook_address: str | None = field(default=None, repr=False)
    per_minute: int = 120
    unreachable: Literal["offer", "hide"] = "offer"
    courtesy_holds: bool = False
    observe_only: bool = False
    observe_reason: str = ""
    paused: bool = False
    blocked_until: datetime | None = None

    @property
    def access(self) -> CalendarAccess:
        return CalendarAccess(
            self.company_id, self.base_url, self.api_key, self.per_minute, self.blocked_until
        )


PROBE_MINUTES = 5
"""How long a probe event type and its steps are: the grain in which a host's free time is told."""


@dataclass(frozen=True, slots=True)
class HostMapping:
    """Who a member of staff is there, and the event type whose free times are theirs (D6), if there is one."""

    staff_id: UUID
    host_id: int
    probe_event_type_id: int | None = None


@dataclass(frozen=True, slots=True)
class SegmentMapping:
    """Which event type one segment of a service is with one member of staff; `ordinal` as in the service, from 0.

    `send_length`: the event type has several lengths, and ours must be said."""

    service_id: UUID
    ordinal: int
    staff_id: UUID
    event_type_id: int
    length_min: int
    send_length: bool = False


@dataclass(frozen=True, slots=True)
class CalendarMapping:
    """The whole mapping of a company; each `staff_id` of `segments` is one of `hosts`."""

    hosts: Sequence[HostMapping] = ()
    segments: Sequence[SegmentMapping] = ()


class CalendarStore(Protocol):
    """Connections and mappings; each method is a transaction of its own.

    :raises LedgerBusy: the database is too busy; trying again is safe."""

    async def load_connection(self, company_id: UUID) -> CalendarConnection | None:
        """Read a connection with its secrets opened; None where there is none.

        :raises SecretUnreadable: no key opens them."""

    async def save_connection(self, connection: CalendarConnection) -> None:
        """Store or replace a connection, secrets sealed; the mapping stays, and so do a pause and
        that it is only observed.

        :raises ConnectionRefused: another company has the key, or a value is refused."""

    async def key_accepted(self, company_id: UUID) -> int:
        """Let what waits for another key go on within a minute; says how many phases that are."""

    async def load_mapping(self, company_id: UUID) -> CalendarMapping: ...

    async def save_mapping(self, company_id: UUID, mapping: CalendarMapping) -> None:
        """Replace the mapping.

        :raises ConnectionRefused: there is no connection, or a segment's member of staff is no host."""
