"""What a Cal.com account consists of, as far as bookings need it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal
from zoneinfo import available_timezones

Json = dict[str, Any]
Status = Literal["accepted", "pending", "cancelled", "rejected"]
Scheduling = Literal["roundRobin", "collective", "managed"]


def iso(moment: datetime) -> str:
    """Write an instant as Cal.com does: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@cache
def time_zones() -> frozenset[str]:
    """Give the names of all time zones; looked up once, it takes milliseconds."""
    return frozenset(available_timezones())


def parse_moment(text: str) -> datetime:
    """Read a time as Cal.com does: an offset counts, without one it is UTC.

    :raises ValueError: it is no ISO 8601 time."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open stretch of time, in UTC."""

    start: datetime
    end: datetime

    def overlaps(self, other: Period) -> bool:
        return self.start < other.end and other.start < self.end

    def covers(self, other: Period) -> bool:
        return self.start <= other.start and other.end <= self.end

    def widened(self, before: int, after: int) -> Period:
        """Add minutes on both sides."""
        return Period(self.start - timedelta(minutes=before), self.end + timedelta(minutes=after))


@dataclass(slots=True)
class User:
    id: int
    account: str
    name: str
    username: str
    email: str
    time_zone: str = "Europe/Berlin"
    schedule_id: int = 0
    busy: list[Period] = field(default_factory=list)
    """Times of a connected calendar, read live."""


@dataclass(slots=True)
class Schedule:
    """Working hours: `availability` and `overrides` as the interface writes them."""

    id: int
    owner_id: int
    name: str
    time_zone: str
    availability: list[Json]
    overrides: list[Json] = field(default_factory=list)
    is_default: bool = True


@dataclass(slots=True)
class Team:
    id: int
    account: str
    organization_id: int
    name: str


@dataclass(slots=True)
class ApiKey:
    """A key of one user; `admin` of the team sees everybody's bookings."""

    token: str
    account: str
    user_id: int
    admin: bool = True
    expires_at: datetime | None = None


@dataclass(slots=True)
class EventType:
    """What can be booked: personal (`owner_id`), or of a team with hosts; `managed` is the parent of personal ones."""

    id: int
    account: str
    slug: str
    title: str
    length: int
    owner_id: int | None = None
    team_id: int | None = None
    scheduling: Scheduling | None = None
    host_ids: list[int] = field(default_factory=list)
    parent_id: int | None = None
    lengths: list[int] = field(default_factory=list)
    slot_interval: int | None = None
    minimum_notice: int = 0
    before_buffer: int = 0
    after_buffer: int = 0
    horizon_days: int | None = None
    confirmation: bool = False
    pending_blocks: bool = False
    schedule_id: int | None = None
    booking_fields: list[Json] = field(default_factory=list)
    hidden: bool = False
    login_required: bool = False
    cancelling_off: bool = False
    reschedule_notice: int = 0
    description: str = ""
    locations: list[Json] = field(default_factory=list)

    def hosts(self) -> list[int]:
        return [self.owner_id] if self.owner_id is not None else list(self.host_ids)

    def takes_phone_only(self) -> bool:
        """Whether a booking needs no e-mail: its e-mail field is optional, and a phone number is asked for."""
        fields = {each.get("slug") or each.get("type"): each for each in self.booking_fields}
        email, phone = fields.get("email"), fields.get("attendeePhoneNumber")
        optional = email is not None and email.get("required") is False
        return self.team_id is not None and optional and bool(phone and phone.get("required"))


@dataclass(frozen=True, slots=True)
class Attendee:
    name: str
    email: str
    time_zone: str
    language: str = "en"
    phone: str | None = None
    absent: bool = False


@dataclass(slots=True)
class Booking:
    id: int
    uid: str
    account: str
    event_type_id: int
    title: str
    host_ids: list[int]
    period: Period
    attendee: Attendee
    status: Status
    created_at: datetime
    metadata: dict[str, str] = field(default_factory=dict)
    responses: Json = field(default_factory=dict)
    guests: list[str] = field(default_factory=list)
    location: str | None = None
    updated_at: datetime | None = None
    unique_key: str | None = None
    rescheduled_from: str | None = None
    rescheduled_to: str | None = None
    cancellation_reason: str | None = None
    cancelled_by: str | None = None
    rescheduling_reason: str | None = None
    rescheduled_by: str | None = None
    absent_host: bool = False

    @property
    def host_id(self) -> int:
        return self.host_ids[0]

    @property
    def live(self) -> bool:
        return self.status in ("accepted", "pending")


@dataclass(slots=True)
class Reservation:
    uid: str
    event_type_id: int
    user_id: int
    period: Period
    minutes: int
    until: datetime


@dataclass(slots=True)
class Webhook:
    """A subscription of a user, an event type or an organization; without a secret its calls are not signed."""

    id: str
    account: str
    url: str
    triggers: list[str]
    active: bool = True
    secret: str | None = None
    user_id: int | None = None
    event_type_id: int | None = None
    organization_id: int | None = None
    payload_template: str | None = None
