"""What the use cases about mirrors need from a company's external calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from zusage.app.errors import ZusageError
from zusage.core.values import Period

Priority = Literal["live", "promise", "background"]
"""Who goes first where the rate of a key is short. live: a caller waits. promise: what a caller was promised is on its way.
background: all that only looks, or can wait."""
"""Live: a caller is waiting. Background work leaves a part of the rate to the live calls."""

Failure = Literal["taken", "out_of_bounds", "invalid", "auth", "limit", "gone", "unknown", "not_sent"]
"""out_of_bounds: too early, too late, too many. invalid: asking the same again gives the same. auth: the key is wrong or
may not do this. limit: too many requests; nothing was done. gone: it does not exist, or no longer. unknown: it may have
been done; look it up before anything is sent again. not_sent: nothing has left this process; asking again is safe."""

Hint = Literal["", "already_cancelled", "already_moved", "already_exists"]
BookingStatus = Literal["accepted", "pending", "cancelled", "rejected"]
"""Pending also where the calendar's own word is one that we do not know: it may stand there."""

_MOST_METADATA, _LONGEST_KEY, _LONGEST_VALUE = 50, 40, 500


class CalendarError(ZusageError):
    """The calendar did not do what was asked. `kind` decides what follows; the message is for people, never a key.

    `maybe_ours`: an earlier success of ours may stand in the way; look it up before believing it. `successor` is the
    newer uid of a booking moved already, `retry_after` are seconds, `status` is HTTP's, 0 without an answer."""

    def __init__(
        self,
        kind: Failure,
        message: str,
        *,
        status: int = 0,
        hint: Hint = "",
        maybe_ours: bool = False,
        successor: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.status = status
        self.hint = hint
        self.maybe_ours = maybe_ours
        self.successor = successor
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms to ask: `within` seconds end the waiting, never a request that has left already."""

    within: float
    priority: Priority = "background"


@dataclass(frozen=True, slots=True)
class CalendarAccess:
    """A company's account; `per_minute` is how many requests the key may make.

    `blocked_until`: the calendar lets nothing of this key through until then, by the clock of this process."""

    company_id: UUID
    base_url: str
    api_key: str = field(repr=False)
    per_minute: int = 120
    blocked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Whose key it is."""

    user_id: int
    username: str
    email: str
    zone: str
    organization_id: int | None = None


@dataclass(frozen=True, slots=True)
class SlotsWanted:
    """Which free times to ask for; `length_min` only where it varies."""

    event_type_id: int
    during: Period
    zone: str
    length_min: int | None = None


@dataclass(frozen=True, slots=True)
class Reservation:
    """A courtesy towards web bookers: it hides a time, and binds nothing."""

    uid: str
    during: Period
    until: datetime


@dataclass(frozen=True, slots=True)
class Attendee:
    """Who comes. `phone` is an international number; the calendar refuses impossible ones."""

    name: str
    zone: str
    email: str | None = None
    phone: str | None = None
    language: str = "de"


@dataclass(frozen=True, slots=True)
class BookingWanted:
    """A booking to create. `start` is aware. The event type's own questions stay without an answer.

    :raises ValueError: `start` is naive, or the metadata is more than the calendar keeps (50 keys of 40 characters,
        values of 500)."""

    event_type_id: int
    start: datetime
    attendee: Attendee
    metadata: Mapping[str, str]
    length_min: int | None = None

    def __post_init__(self) -> None:
        if self.start.utcoffset() is None:
            raise ValueError("a booking needs an aware start")
        small = all(len(k) <= _LONGEST_KEY and len(v) <= _LONGEST_VALUE for k, v in self.metadata.items())
        if len(self.metadata) > _MOST_METADATA or not small:
            raise ValueError("the calendar does not keep that much metadata")


@dataclass(frozen=True, slots=True)
class CalendarBooking:
    """A booking as told; instants in UTC, the organizer first in `host_ids`, the uids of moves before and after it."""

    uid: str
    status: BookingStatus
    start: datetime
    end: datetime
    event_type_id: int | None
    host_ids: tuple[int, ...]
    attendees: tuple[Attendee, ...]
    metadata: Mapping[str, str]
    moved_from: str | None = None
    moved_to: str | None = None
    cancelled_because: str | None = None
    guest_absent: bool = False
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def alive(self) -> bool:
        return self.status in ("accepted", "pending")

    @property
    def host_id(self) -> int | None:
        """Give whom it is with; None where the calendar names nobody."""
        return self.host_ids[0] if self.host_ids else None


@dataclass(frozen=True, slots=True)
class BookingsWanted:
    """Which bookings to list, dead ones too, and which page. Metadata cannot be asked for."""

    attendee_email: str | None = None
    starts_from: datetime | None = None
    ends_by: datetime | None = None
    created_from: datetime | None = None
    updated_from: datetime | None = None
    take: int = 100
    skip: int = 0


@dataclass(frozen=True, slots=True)
class BookingPage:
    """`next_skip` is None on the last page; rows may shift between two. `unreadable` bookings are left out:
    a list with any of them proves of nothing that it is not there."""

    bookings: tuple[CalendarBooking, ...]
    next_skip: int | None = None
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class BookingField:
    """What the event type asks of a booker."""

    slug: str
    kind: str
    required: bool
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class EventType:
    """An event type. `scheduling` is "" for personal ones; `host_ids` who it is with; lengths in minutes.

    `horizon_days` is how far ahead it can be booked (None: any time); `limited` says that it takes only so many
    bookings in a time, or of one booker."""

    event_type_id: int
    slug: str
    title: str
    length_min: int
    lengths: tuple[int, ...] = ()
    slot_interval: int | None = None
    notice_min: int = 0
    before_min: int = 0
    after_min: int = 0
    schedule_id: int | None = None
    hidden: bool = False
    needs_confirmation: bool = False
    needs_verified_email: bool = False
    needs_login: bool = False
    seated: bool = False
    recurring: bool = False
    price: float = 0.0
    fields: tuple[BookingField, ...] = ()
    scheduling: str = ""
    host_ids: tuple[int, ...] = ()
    parent_id: int | None = None
    horizon_days: int | None = None
    limited: bool = False
    cancelling_off: bool = False

    @property
    def is_managed_parent(self) -> bool:
        """Say whether it only is a template: it has no free times and cannot be booked."""
        return self.scheduling == "managed" and self.parent_id is None


@dataclass(frozen=True, slots=True)
class EventTypeWanted:
    """An event type to create, of one length; all in minutes."""

    title: str
    slug: str
    length_min: int
    slot_interval: int | None = None
    notice_min: int | None = None
    hidden: bool = True


@dataclass(frozen=True, slots=True)
class ScheduleHours:
    """Hours of named days (`Monday`), or of one `date` (an override), on the wall: "09:00"."""

    start: str
    end: str
    days: tuple[str, ...] = ()
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    schedule_id: int
    name: str
    zone: str
    is_default: bool
    week: tuple[ScheduleHours, ...] = ()
    overrides: tuple[ScheduleHours, ...] = ()
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    webhook_id: str
    url: str
    triggers: tuple[str, ...]
    active: bool


class CalendarReading(Protocol):
    """What can be read of one company's bookings.

    :raises CalendarError: from any method."""

    async def get_booking(self, uid: str, terms: Terms) -> CalendarBooking: ...

    async def list_bookings(self, wanted: BookingsWanted, terms: Terms) -> BookingPage:
        """List one page; the newest may be missing for a while."""


class CalendarBookings(CalendarReading, Protocol):
    """Bookings of one company. Nothing here may be repeated blindly: the calendar knows no idempotency.

    :raises CalendarError: from any method."""

    async def create_booking(self, wanted: BookingWanted, terms: Terms) -> CalendarBooking:
        """Book. The answer may be somebody else's booking: check it with `differences`."""

    async def cancel_booking(self, uid: str, reason: str, terms: Terms) -> CalendarBooking:
        """Cancel; "gone" with the hint "already_cancelled" is as good as done. `reason` must not be empty."""

    async def reschedule_booking(
        self, uid: str, start: datetime, reason: str, terms: Terms
    ) -> CalendarBooking:
        """Move; the answer has a new uid. "gone" with "already_moved" names it as `successor`."""


class CalendarTimes(Protocol):
    """Free times of one company.

    :raises CalendarError: from any method."""

    async def free_slots(self, wanted: SlotsWanted, terms: Terms) -> tuple[Period, ...]:
        """Tell the bookable slots that lie within `wanted.during`, in order; up to 2 s old."""

    async def reserve_slot(
        self,
        event_type_id: int,
        start: datetime,
        minutes: int,
        terms: Terms,
        *,
        length_min: int | None = None,
    ) -> Reservation:
        """Hide a slot from web bookers for `minutes`; it cannot be prolonged, and a booking does not consume it.

        `length_min` is the slot's own length, only where the event type has several."""

    async def drop_reservation(self, uid: str, terms: Terms) -> None:
        """Give a reservation back; one that is over or unknown is fine."""


class CalendarAccount(Protocol):
    """What else there is in an account.

    :raises CalendarError: from any method."""

    async def me(self, terms: Terms) -> Account: ...

    async def list_event_types(self, username: str, terms: Terms) -> tuple[EventType, ...]: ...

    async def list_team_event_types(self, team_id: int, terms: Terms) -> tuple[EventType, ...]: ...

    async def get_event_type(self, event_type_id: int, terms: Terms) -> EventType: ...

    async def create_event_type(self, wanted: EventTypeWanted, terms: Terms) -> EventType: ...

    async def list_schedules(self, terms: Terms) -> tuple[Schedule, ...]: ...

    async def create_webhook(
        self, url: str, secret: str, triggers: Sequence[str], terms: Terms
    ) -> Webhook: ...

    async def list_webhooks(self, terms: Terms) -> tuple[Webhook, ...]: ...

    async def delete_webhook(self, webhook_id: str, terms: Terms) -> None: ...


class Calendar(CalendarBookings, CalendarTimes, CalendarAccount, Protocol): ...


class Calendars(Protocol):
    def of(self, access: CalendarAccess) -> Calendar:
        """Open a company's calendar; costs nothing and connects nothing."""


class ReadableCalendars(Protocol):
    def of(self, access: CalendarAccess) -> CalendarReading:
        """Open a company's calendar to read; costs nothing and connects nothing."""


class WorkerSlots(Protocol):
    def take(self, company_id: UUID) -> AbstractAsyncContextManager[bool]:
        """Take one of the company's slots for background work while the block runs; says at once whether there was one."""
