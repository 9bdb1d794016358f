"""Cal.com's answers as our values. What does not fit raises KeyError, TypeError or ValueError."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from zusage.app.mirror.ports import (
    Account,
    Attendee,
    BookingField,
    BookingPage,
    BookingStatus,
    CalendarBooking,
    EventType,
    Reservation,
    Schedule,
    ScheduleHours,
    Webhook,
)
from zusage.core.values import Period

Json = Any
_STATUSES: Mapping[str, BookingStatus] = {
    "accepted": "accepted",
    "pending": "pending",
    "cancelled": "cancelled",
    "rejected": "rejected",
}


def instant(text: str) -> datetime:
    """Read an instant with its offset.

    :raises ValueError: it has none."""
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() is None:
        raise ValueError(f"no offset: {text}")
    return moment.astimezone(UTC)


def booking(data: Json) -> CalendarBooking:
    return CalendarBooking(
        uid=_text(data["uid"]),
        status=_status(_text(data["status"])),
        start=instant(data["start"]),
        end=instant(data["end"]),
        event_type_id=data.get("eventTypeId"),
        host_ids=tuple(int(host["id"]) for host in data.get("hosts") or ()),
        attendees=tuple(_attendee(each) for each in data.get("attendees") or ()),
        metadata={key: str(value) for key, value in (data.get("metadata") or {}).items()},
        moved_from=data.get("rescheduledFromUid"),
        moved_to=data.get("rescheduledToUid"),
        cancelled_because=data.get("cancellationReason"),
        guest_absent=any(bool(each.get("absent")) for each in data.get("attendees") or ()),
        created_at=_maybe_instant(data.get("createdAt")),
        updated_at=_maybe_instant(data.get("updatedAt")),
    )


def booking_page(data: Json, pagination: Json, *, skip: int) -> BookingPage:
    """Read a page; one unreadable booking must not hide the others, so it is only counted."""
    readable = [each for each in map(_booking_or_none, data) if each is not None]
    more = bool(pagination.get("hasNextPage")) and len(data) > 0
    return BookingPage(tuple(readable), skip + len(data) if more else None, len(data) - len(readable))


def slots(data: Json, during: Period) -> tuple[Period, ...]:
    """Keep what lies within: slots of other days may come along (cal.com issue 24260)."""
    every = [
        Period(instant(slot["start"]), instant(slot["end"])) for day in dict(data).values() for slot in day
    ]
    return tuple(sorted(slot for slot in every if during.start <= slot.start and slot.end <= during.end))


def reservation(data: Json) -> Reservation:
    return Reservation(
        uid=_text(data["reservationUid"]),
        during=Period(instant(data["slotStart"]), instant(data["slotEnd"])),
        until=instant(data["reservationUntil"]),
    )


def event_type(data: Json) -> EventType:
    interval = data.get("slotInterval")
    return EventType(
        event_type_id=int(data["id"]),
        slug=_text(data["slug"]),
        title=_text(data["title"]),
        length_min=int(data["lengthInMinutes"]),
        lengths=tuple(data.get("lengthInMinutesOptions") or ()),
        slot_interval=int(interval) if interval else None,
        notice_min=data.get("minimumBookingNotice") or 0,
        before_min=data.get("beforeEventBuffer") or 0,
        after_min=data.get("afterEventBuffer") or 0,
        schedule_id=data.get("scheduleId"),
        hidden=bool(data.get("hidden")),
        needs_confirmation=_confirms(data.get("confirmationPolicy")),
        needs_verified_email=bool(data.get("requiresBookerEmailVerification")),
        needs_login=bool(data.get("bookingRequiresAuthentication")),
        seated=_switched_on(data.get("seats")),
        recurring=_switched_on(data.get("recurrence")),
        price=float(data.get("price") or 0),
        fields=tuple(_field(each) for each in data.get("bookingFields") or ()),
        scheduling=_scheduling(data.get("schedulingType")),
        host_ids=_hosts(data),
        parent_id=data.get("parentEventTypeId"),
        horizon_days=_horizon(data.get("bookingWindow")),
        limited=any(
            _switched_on(data.get(name))
            for name in ("bookingLimitsCount", "bookingLimitsDuration", "bookerActiveBookingsLimit")
        ),
        cancelling_off=_turned_off(data.get("disableCancelling")),
    )


def event_types(data: Json) -> tuple[EventType, ...]:
    return tuple(event_type(each) for each in data)


def schedules(data: Json) -> tuple[Schedule, ...]:
    return tuple(
        Schedule(
            schedule_id=int(each["id"]),
            name=_text(each["name"]),
            zone=_text(each["timeZone"]),
            is_default=bool(each.get("isDefault")),
            week=tuple(_hours(hours) for hours in each.get("availability") or ()),
            overrides=tuple(_hours(hours) for hours in each.get("overrides") or ()),
            owner_id=each.get("ownerId"),
        )
        for each in data
    )


def account(data: Json) -> Account:
    return Account(
        user_id=int(data["id"]),
        username=_text(data["username"]),
        email=_text(data["email"]),
        zone=_text(data["timeZone"]),
        organization_id=data.get("organizationId"),
    )


def webhook(data: Json) -> Webhook:
    return Webhook(
        webhook_id=str(data["id"]),
        url=_text(data["subscriberUrl"]),
        triggers=tuple(str(each) for each in data.get("triggers") or ()),
        active=bool(data.get("active")),
    )


def webhooks(data: Json) -> tuple[Webhook, ...]:
    return tuple(webhook(each) for each in data)


def _status(text: str) -> BookingStatus:
    """Read a status; one that we do not know ("awaiting_host" is one) is of a booking that takes its time."""
    return _STATUSES.get(text, "pending")


def _booking_or_none(data: Json) -> CalendarBooking | None:
    try:
        return booking(data)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError(f"no text: {type(value).__name__}")
    return value


def _maybe_instant(text: str | None) -> datetime | None:
    return instant(text) if text else None


def _attendee(data: Mapping[str, Json]) -> Attendee:
    return Attendee(
        name=str(data.get("name") or ""),
        zone=str(data.get("timeZone") or ""),
        email=data.get("email"),
        phone=data.get("phoneNumber"),
        language=str(data.get("language") or "en"),
    )


def _field(data: Mapping[str, Json]) -> BookingField:
    kind = str(data.get("type") or "")
    return BookingField(
        slug=str(data.get("slug") or kind),
        kind=kind,
        required=bool(data.get("required")),
        hidden=bool(data.get("hidden")),
    )


def _confirms(policy: Json) -> bool:
    return isinstance(policy, dict) and not policy.get("disabled") and bool(policy.get("type"))


def _switched_on(part: Json) -> bool:
    return isinstance(part, dict) and bool(part) and not part.get("disabled")


def _turned_off(part: Json) -> bool:
    return part is True or (isinstance(part, dict) and bool(part.get("disabled")))


def _horizon(windows: Json) -> int | None:
    """Read how many days ahead a booking may lie; a window between dates is not one of days."""
    given = windows if isinstance(windows, list) else [windows]
    days = [
        int(each["value"])
        for each in given
        if isinstance(each, dict) and each.get("type") in ("calendarDays", "businessDays")
    ]
    return min(days, default=None)


def _scheduling(kind: str | None) -> str:
    return {"ROUND_ROBIN": "roundRobin", "COLLECTIVE": "collective", "MANAGED": "managed"}.get(
        kind or "", kind or ""
    )


def _hosts(data: Mapping[str, Json]) -> tuple[int, ...]:
    hosts = [host["userId"] for host in data.get("hosts") or ()]
    users = [user["id"] for user in data.get("users") or ()]
    owner = [data["ownerId"]] if data.get("ownerId") else []
    return tuple(int(each) for each in hosts or users or owner)


def _hours(data: Mapping[str, Json]) -> ScheduleHours:
    return ScheduleHours(
        start=_text(data["startTime"]),
        end=_text(data["endTime"]),
        days=tuple(data.get("days") or ()),
        date=data.get("date"),
    )
