"""Bookings and event types as Cal.com writes them."""

from __future__ import annotations

from zusage.sandbox.calcom._model import Attendee, Booking, EventType, Json, Schedule, User, iso
from zusage.sandbox.calcom._world import World

_STATUS_IN_HOOKS = {
    "accepted": "ACCEPTED",
    "pending": "PENDING",
    "cancelled": "CANCELLED",
    "rejected": "REJECTED",
}


def booking_json(world: World, booking: Booking) -> Json:
    """Write a booking; of several hosts only the organizer stands among the hosts."""
    kind = world.event_types.get(booking.event_type_id)
    others = [_as_attendee(world.users[each]) for each in booking.host_ids[1:]]
    return {
        "id": booking.id,
        "uid": booking.uid,
        "title": booking.title,
        "description": "",
        "status": booking.status,
        "hosts": [_host(world.users[booking.host_id])],
        "start": iso(booking.period.start),
        "end": iso(booking.period.end),
        "duration": round((booking.period.end - booking.period.start).total_seconds() / 60),
        "eventTypeId": booking.event_type_id,
        "eventType": {"id": booking.event_type_id, "slug": kind.slug if kind else ""},
        "attendees": [_attendee(booking.attendee), *others],
        "guests": booking.guests,
        "location": booking.location,
        "absentHost": booking.absent_host,
        "createdAt": iso(booking.created_at),
        "updatedAt": iso(booking.updated_at) if booking.updated_at else None,
        "icsUid": f"{booking.uid}@Cal.com",
        "metadata": booking.metadata,
        "bookingFieldsResponses": booking.responses,
    } | _said(booking)


def event_type_json(world: World, kind: EventType) -> Json:
    """Write an event type; those of teams with their hosts."""
    shown: Json = {
        "id": kind.id,
        "ownerId": kind.owner_id,
        "lengthInMinutes": kind.length,
        "title": kind.title,
        "slug": kind.slug,
        "description": kind.description,
        "locations": kind.locations,
        "bookingFields": _fields(kind),
        "recurrence": None,
        "disableGuests": False,
        "slotInterval": kind.slot_interval,
        "minimumBookingNotice": kind.minimum_notice,
        "beforeEventBuffer": kind.before_buffer,
        "afterEventBuffer": kind.after_buffer,
        "metadata": {},
        "price": 0,
        "currency": "eur",
        "lockTimeZoneToggleOnBookingPage": False,
        "seatsPerTimeSlot": None,
        "forwardParamsSuccessRedirect": True,
        "successRedirectUrl": None,
        "isInstantEvent": False,
        "scheduleId": kind.schedule_id,
        "hidden": kind.hidden,
        "bookingRequiresAuthentication": kind.login_required,
        "disableCancelling": {"disabled": kind.cancelling_off},
        "confirmationPolicy": _policy(kind),
        "bookingWindow": [],
    }
    if kind.lengths:
        shown["lengthInMinutesOptions"] = kind.lengths
    if kind.horizon_days is not None:
        window = {"type": "calendarDays", "value": kind.horizon_days, "rolling": True}
        shown["bookingWindow"] = [window]
    return shown | (_of_team(world, kind) if kind.team_id else _of_person(world, kind))


def schedule_json(schedule: Schedule) -> Json:
    return {
        "id": schedule.id,
        "ownerId": schedule.owner_id,
        "name": schedule.name,
        "timeZone": schedule.time_zone,
        "availability": schedule.availability,
        "isDefault": schedule.is_default,
        "overrides": schedule.overrides,
    }


def hook_payload(world: World, booking: Booking, *, old: Booking | None = None) -> Json:
    """Write what webhooks tell of a booking; of a moved one also where it was."""
    kind, host = world.event_types.get(booking.event_type_id), world.users[booking.host_id]
    organizer = {"id": host.id, "name": host.name, "email": host.email, "timeZone": host.time_zone}
    payload = {
        "uid": booking.uid,
        "bookingId": booking.id,
        "type": kind.slug if kind else "",
        "title": booking.title,
        "startTime": iso(booking.period.start),
        "endTime": iso(booking.period.end),
        "eventTypeId": booking.event_type_id,
        "status": _STATUS_IN_HOOKS[booking.status],
        "organizer": organizer,
        "attendees": [_attendee(booking.attendee)],
        "responses": booking.responses,
        "metadata": booking.metadata,
        "iCalUID": f"{booking.uid}@Cal.com",
        "length": round((booking.period.end - booking.period.start).total_seconds() / 60),
    }
    if old is not None:
        payload |= {
            "rescheduleUid": old.uid,
            "rescheduleId": old.id,
            "rescheduleStartTime": iso(old.period.start),
            "rescheduleEndTime": iso(old.period.end),
        }
    return payload


def _said(booking: Booking) -> Json:
    """Give what only some bookings have."""
    more = {
        "meetingUrl": booking.location,
        "rescheduledFromUid": booking.rescheduled_from,
        "rescheduledToUid": booking.rescheduled_to,
        "cancellationReason": booking.cancellation_reason,
        "cancelledByEmail": booking.cancelled_by,
        "reschedulingReason": booking.rescheduling_reason,
        "rescheduledByEmail": booking.rescheduled_by,
    }
    return {name: value for name, value in more.items() if value is not None}


def _host(user: User) -> Json:
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "username": user.username,
        "timeZone": user.time_zone,
    }


def _as_attendee(user: User) -> Json:
    return _attendee(Attendee(user.name, user.email, user.time_zone))


def _attendee(attendee: Attendee) -> Json:
    shown: Json = {
        "name": attendee.name,
        "email": attendee.email,
        "timeZone": attendee.time_zone,
        "language": attendee.language,
        "absent": attendee.absent,
    }
    return shown | ({"phoneNumber": attendee.phone} if attendee.phone else {})


def _fields(kind: EventType) -> list[Json]:
    own = {each.get("slug") or each.get("type") for each in kind.booking_fields}
    usual: list[Json] = [
        {"isDefault": True, "type": "name", "slug": "name", "required": True},
        {"isDefault": True, "type": "email", "slug": "email", "required": True},
    ]
    return [each for each in usual if each["slug"] not in own] + [
        {"isDefault": False} | each for each in kind.booking_fields
    ]


def _policy(kind: EventType) -> Json:
    if not kind.confirmation:
        return {"disabled": True}
    return {"type": "always", "blockUnconfirmedBookingsInBooker": kind.pending_blocks}


def _of_person(world: World, kind: EventType) -> Json:
    owner = world.users[kind.owner_id or 0]
    user = {"id": owner.id, "name": owner.name, "username": owner.username}
    parent = {"parentEventTypeId": kind.parent_id} if kind.parent_id is not None else {}
    return {"users": [user], **parent}


def _of_team(world: World, kind: EventType) -> Json:
    hosts = [world.users[each] for each in kind.hosts()]
    team = world.teams[kind.team_id or 0]
    return {
        "teamId": kind.team_id,
        "team": {"id": team.id, "name": team.name},
        "schedulingType": kind.scheduling,
        "parentEventTypeId": kind.parent_id,
        "hosts": [
            {
                "userId": each.id,
                "name": each.name,
                "username": each.username,
                "mandatory": False,
                "priority": "medium",
            }
            for each in hosts
        ],
    }
