"""`/v2/slots/reservations`: holds that hide a slot from others' eyes, and bind nobody."""

from __future__ import annotations

from datetime import timedelta

from zusage.sandbox.calcom._call import Answer, Call, success
from zusage.sandbox.calcom._fields import whole_number
from zusage.sandbox.calcom._model import EventType, Json, Period, Reservation, iso, parse_moment
from zusage.sandbox.calcom._problems import nest, wrong_field

_USUAL_MINUTES = 5
_RESERVED = "This time slot is already reserved by another user. Please choose a different time."
_BOOKED = "Can't reserve a slot if the event is already booked."


async def reserve_slot(call: Call) -> Answer:
    """Hold. Only bookings and holds of the same event type are looked at, and nothing binds the two steps.

    :raises RefusalError: 401, 403, 404, 400, 422 as in the table of reservations."""
    kind, period = _wanted(call)
    minutes = _duration(call, kind)
    _check(call, kind, period)
    await call.work()
    hold = Reservation(
        uid=call.world.next_uuid(),
        event_type_id=kind.id,
        user_id=kind.hosts()[0],
        period=period,
        minutes=minutes,
        until=call.now + timedelta(minutes=minutes),
    )
    call.world.reservations[hold.uid] = hold
    call.committed = True
    return success(_shown(hold), 201)


async def get_reservation(call: Call) -> Answer:
    hold = call.world.reservations.get(call.params["uid"])
    return success(_shown(hold) if hold else None)


async def change_reservation(call: Call) -> Answer:
    """Change a hold. Its own row is in its way: the same or an overlapping time is refused while it lives.

    :raises RefusalError: 404, 422."""
    hold = call.world.reservations.get(call.params["uid"])
    if hold is None:
        raise nest(404, f"Slot with uid={call.params['uid']} not found")
    kind, period = _wanted(call)
    _check(call, kind, period)
    hold.period = period
    if call.body.get("reservationDuration") is not None:
        hold.minutes = whole_number(call.body, "reservationDuration")
    hold.until = call.now + timedelta(minutes=hold.minutes)
    return success(_shown(hold))


async def drop_reservation(call: Call) -> Answer:
    """Give a hold up; well also when there is none."""
    call.world.reservations.pop(call.params["uid"], None)
    return Answer(200, {"status": "success"})


def _wanted(call: Call) -> tuple[EventType, Period]:
    kind = call.world.event_types.get(whole_number(call.body, "eventTypeId"))
    if kind is None or not kind.hosts():
        raise nest(404, f"Event Type with ID={call.body['eventTypeId']} not found")
    try:
        start = parse_moment(call.body["slotStart"])
    except (KeyError, ValueError, TypeError):
        raise wrong_field("slotStart", "must be a valid ISO 8601 date string") from None
    return kind, Period(start, start + timedelta(minutes=_length(call, kind)))


def _length(call: Call, kind: EventType) -> int:
    if call.body.get("slotDuration") is None:
        return kind.length
    wanted = whole_number(call.body, "slotDuration")
    if wanted not in (kind.lengths or [kind.length]):
        raise nest(400, "Invalid event length")
    return wanted


def _duration(call: Call, kind: EventType) -> int:
    if call.body.get("reservationDuration") is None:
        return _USUAL_MINUTES
    if call.key is None:
        raise nest(
            401,
            "reservationDuration can only be used for authenticated requests. Provide a valid api key or access token.",
        )
    if not call.owns(kind):
        raise nest(
            403,
            "authenticated user is not owner of event type, does not share team or organization with its owner.",
        )
    return whole_number(call.body, "reservationDuration")


def _check(call: Call, kind: EventType, period: Period) -> None:
    if any(_booked(call, kind, host, period) for host in kind.hosts()):
        raise nest(422, _BOOKED)
    rivals = [
        each
        for each in call.world.reservations.values()
        if each.event_type_id == kind.id and each.until > call.now and each.period.overlaps(period)
    ]
    room = len(kind.hosts()) if kind.scheduling == "roundRobin" else 1
    if len(rivals) >= room:
        raise nest(422, _RESERVED)


def _booked(call: Call, kind: EventType, host: int, period: Period) -> bool:
    same_type = (each for each in call.world.near(host, period) if each.event_type_id == kind.id)
    return kind.scheduling != "roundRobin" and any(each.period.overlaps(period) for each in same_type)


def _shown(hold: Reservation) -> Json:
    return {
        "eventTypeId": hold.event_type_id,
        "slotStart": iso(hold.period.start),
        "slotEnd": iso(hold.period.end),
        "slotDuration": round((hold.period.end - hold.period.start).total_seconds() / 60),
        "reservationUid": hold.uid,
        "reservationDuration": hold.minutes,
        "reservationUntil": iso(hold.until),
    }
