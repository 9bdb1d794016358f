"""Our wishes as Cal.com wants them: bodies and queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from zusage.app.mirror.ports import BookingsWanted, BookingWanted, EventTypeWanted, SlotsWanted

Query = list[tuple[str, str]]


def instant(moment: datetime) -> str:
    """Write an aware instant; a naive one would be read as UTC there, so none is let through.

    :raises ValueError: it is naive."""
    if moment.utcoffset() is None:
        raise ValueError("Cal.com needs an aware instant")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def booking_body(wanted: BookingWanted) -> dict[str, Any]:
    who = wanted.attendee
    attendee = {"name": who.name, "timeZone": who.zone, "language": who.language}
    return {
        "eventTypeId": wanted.event_type_id,
        "start": instant(wanted.start),
        "attendee": attendee | _present(email=who.email, phoneNumber=who.phone),
        "metadata": dict(wanted.metadata),
    } | _present(lengthInMinutes=wanted.length_min)


def event_type_body(wanted: EventTypeWanted) -> dict[str, Any]:
    return {
        "title": wanted.title,
        "slug": wanted.slug,
        "lengthInMinutes": wanted.length_min,
        "hidden": wanted.hidden,
    } | _present(slotInterval=wanted.slot_interval, minimumBookingNotice=wanted.notice_min)


def reservation_body(
    event_type_id: int, start: datetime, minutes: int, length_min: int | None
) -> dict[str, Any]:
    body = {"eventTypeId": event_type_id, "slotStart": instant(start), "reservationDuration": minutes}
    return body if length_min is None else body | {"slotDuration": length_min}


def webhook_body(url: str, secret: str, triggers: Sequence[str]) -> dict[str, Any]:
    return {"subscriberUrl": url, "active": True, "triggers": list(triggers), "secret": secret}


def slots_query(wanted: SlotsWanted) -> Query:
    """Ask with explicit ends: an end at midnight is widened there to the end of that day, and cut off here."""
    return [
        ("eventTypeId", str(wanted.event_type_id)),
        ("start", instant(wanted.during.start)),
        ("end", instant(wanted.during.end)),
        ("timeZone", wanted.zone),
        ("format", "range"),
        *_texts(duration=wanted.length_min),
    ]


def bookings_query(wanted: BookingsWanted) -> Query:
    moments = {
        "afterStart": wanted.starts_from,
        "beforeEnd": wanted.ends_by,
        "afterCreatedAt": wanted.created_from,
        "afterUpdatedAt": wanted.updated_from,
    }
    return [
        ("take", str(wanted.take)),
        ("skip", str(wanted.skip)),
        ("sortStart", "asc"),
        *_texts(attendeeEmail=wanted.attendee_email),
        *((name, instant(moment)) for name, moment in moments.items() if moment is not None),
    ]


def _present(**values: object) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _texts(**values: object) -> Query:
    return [(name, str(value)) for name, value in values.items() if value is not None]
