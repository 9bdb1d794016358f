"""All that this Cal.com knows, in memory, with the indexes that keep it fast."""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from zusage.sandbox.calcom._model import (
    ApiKey,
    Booking,
    EventType,
    Period,
    Reservation,
    Schedule,
    Team,
    User,
    Webhook,
)
from zusage.sandbox.calcom._problems import CONFLICT, RefusalError, plain

_LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_UID_LENGTH = 22


@dataclass(slots=True)
class Lag:
    """What look-ups still see of a booking (None: nothing), until a moment or for some more look-ups."""

    view: Booking | None
    until: datetime | None
    reads: int


@dataclass(slots=True)
class Counts:
    """The last number and the last uid that were given out."""

    ids: int = 1000
    uids: int = 0


@dataclass
class World:
    """Accounts side by side, as at cal.com: a key sees its own account only."""

    seed: int = 1
    users: dict[int, User] = field(default_factory=dict)
    schedules: dict[int, Schedule] = field(default_factory=dict)
    teams: dict[int, Team] = field(default_factory=dict)
    event_types: dict[int, EventType] = field(default_factory=dict)
    bookings: dict[str, Booking] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    webhooks: dict[str, Webhook] = field(default_factory=dict)
    keys: dict[str, ApiKey] = field(default_factory=dict)
    lags: dict[str, Lag] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    _unique: dict[str, str] = field(default_factory=dict)
    _days: dict[tuple[int, date], dict[str, Booking]] = field(default_factory=lambda: defaultdict(dict))

    def next_id(self) -> int:
        """Give a number nobody has."""
        self.counts.ids += 1
        return self.counts.ids

    def next_uid(self) -> str:
        """Give an id that looks drawn at random, and is the same in the same run."""
        self.counts.uids += 1
        number = int.from_bytes(hashlib.sha256(f"{self.seed}/{self.counts.uids}".encode()).digest())
        return "".join(
            _LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in range(_UID_LENGTH)
        )

    def next_uuid(self) -> str:
        self.counts.uids += 1
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self.seed}/{self.counts.uids}"))

    def insert(self, booking: Booking) -> None:
        """Store a booking; one accepted booking per host, start and end.

        :raises RefusalError: 409, another request was faster."""
        self._claim_key(booking)
        self.bookings[booking.uid] = booking
        self._index(booking)

    def put_back(self, booking: Booking) -> None:
        """Store a booking of an earlier run as it was, without asking whether its time is free."""
        self.bookings[booking.uid] = booking
        if booking.unique_key:
            self._unique[booking.unique_key] = booking.uid
        if booking.live:
            self._index(booking)

    def insert_replacing(self, new: Booking, old: Booking, now: datetime) -> None:
        """Store the moved booking and end the old one, both or neither.

        :raises RefusalError: 409, another request was faster; nothing has changed."""
        self._release_key(old)
        try:
            self._claim_key(new)
        except RefusalError:
            self._claim_key(old)
            raise
        self.bookings[new.uid] = new
        self._index(new)
        old.rescheduled_to = new.uid
        self.end(old, "cancelled", now)

    def end(self, booking: Booking, status: str, now: datetime) -> None:
        """Cancel or reject: the time is free again, the booking stays readable."""
        self._release_key(booking)
        self._forget(booking)
        booking.status = "rejected" if status == "rejected" else "cancelled"
        booking.updated_at = now

    def reassign(self, booking: Booking, host_id: int, now: datetime) -> None:
        """Give a booking to another host, as a person does; keeps the uid.

        :raises RefusalError: 409, that host has a booking at exactly this time."""
        self._release_key(booking)
        self._forget(booking)
        before, booking.host_ids = booking.host_ids, [host_id]
        try:
            self._claim_key(booking)
        except RefusalError:
            booking.host_ids = before
            self._claim_key(booking)
            raise
        finally:
            self._index(booking)
        booking.updated_at = now

    def near(self, user_id: int, period: Period) -> Iterator[Booking]:
        """Give the live bookings of a host on the days around a period."""
        for day in _days_of(period.widened(24 * 60, 24 * 60)):
            yield from self._days.get((user_id, day), {}).values()

    def lag(self, booking: Booking, *, now: datetime, seconds: float | None, reads: int, new: bool) -> None:
        """Let look-ups see a booking as it is now (a new one: not at all) for a while longer."""
        until = now + timedelta(seconds=seconds) if seconds else None
        self.lags[booking.uid] = Lag(None if new else copy(booking), until, reads)

    def seen(self, uid: str, now: datetime) -> Booking | None:
        """Give what a look-up sees of a booking; it counts as one look-up."""
        lag = self.lags.get(uid)
        if lag is None:
            return self.bookings.get(uid)
        by_time = lag.until is not None and now < lag.until
        if not by_time and lag.reads <= 0:
            del self.lags[uid]
            return self.bookings.get(uid)
        lag.reads -= 1
        return lag.view

    def _claim_key(self, booking: Booking) -> None:
        if booking.status != "accepted":
            return
        key = unique_key(booking.period, booking.host_id)
        if key in self._unique:
            raise plain(409, CONFLICT)
        self._unique[key] = booking.uid
        booking.unique_key = key

    def _release_key(self, booking: Booking) -> None:
        if booking.unique_key:
            self._unique.pop(booking.unique_key, None)
            booking.unique_key = None

    def _index(self, booking: Booking) -> None:
        for host in booking.host_ids:
            for day in _days_of(booking.period):
                self._days[host, day][booking.uid] = booking

    def _forget(self, booking: Booking) -> None:
        for host in booking.host_ids:
            for day in _days_of(booking.period):
                self._days[host, day].pop(booking.uid, None)


def unique_key(period: Period, host_id: int) -> str:
    """Build Cal.com's own key against doubles, from start, end and host (milliseconds since 1970)."""
    start, end = (round(each.timestamp() * 1000) for each in (period.start, period.end))
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{start}.{end}.{host_id}"))


def _days_of(period: Period) -> Iterator[date]:
    day = period.start.date()
    while day <= period.end.date():
        yield day
        day += timedelta(days=1)
