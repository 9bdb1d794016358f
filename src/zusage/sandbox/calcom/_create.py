"""`POST /v2/bookings`: look whether it is free, and then, some time later, write it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from zusage.sandbox.calcom._call import Answer, Call, success
from zusage.sandbox.calcom._fields import (
    CREATE_FIELDS,
    HOST_FLAGS,
    attendee_of,
    length_of,
    location_of,
    metadata_of,
    only_known,
    responses_of,
    start_of,
    whole_number,
)
from zusage.sandbox.calcom._free import in_bounds, is_free
from zusage.sandbox.calcom._model import Attendee, Booking, EventType, Period
from zusage.sandbox.calcom._notify import notify
from zusage.sandbox.calcom._problems import OUT_OF_BOUNDS, PAST, TAKEN, TAKEN_BY_TEAM, nest, plain
from zusage.sandbox.calcom._render import booking_json
from zusage.sandbox.calcom._world import World

NEWEST = "2026-02-25"


@dataclass(frozen=True, slots=True)
class _Wish:
    kind: EventType
    attendee: Attendee
    period: Period
    hosts: list[int]


async def create_booking(call: Call) -> Answer:
    """Book. Between the look and the write other requests run, as at Cal.com; only identical times collide there.

    :raises RefusalError: as in the table of errors."""
    only_known(call.body, CREATE_FIELDS + (HOST_FLAGS if call.version == NEWEST else ()))
    kind = _wanted(call)
    attendee, length = attendee_of(call.body, kind), length_of(call.body, kind)
    start = start_of(call.body)
    known = _already(call, kind, start, attendee)
    if known is not None:
        return success(booking_json(call.world, known), 201)
    period = Period(start, start + timedelta(minutes=length))
    hosts = check_bookable(call, kind, period)
    booking = _written(call, _Wish(kind, attendee, period, hosts))
    await call.work()
    return await _stored(call, booking)


def check_bookable(call: Call, kind: EventType, period: Period, *, ignore: str | None = None) -> list[int]:
    """Give the hosts who would take it.

    :raises RefusalError: 400, it lies in the past, too near, too far, or nobody is free."""
    if period.start < call.now:
        raise nest(400, PAST)
    if not _flag(call, kind, "allowBookingOutOfBounds") and not in_bounds(kind, period.start, call.now):
        raise nest(400, OUT_OF_BOUNDS)
    free = [host for host in kind.hosts() if is_free(call.world, kind, host, period, ignore=ignore)]
    if _flag(call, kind, "allowConflicts"):
        free = kind.hosts()
    if kind.scheduling == "collective" and len(free) < len(kind.hosts()):
        raise plain(500, "fixed_hosts_unavailable_for_booking")
    if not free:
        raise nest(400, TAKEN_BY_TEAM if kind.team_id else TAKEN)
    return free if kind.scheduling == "collective" else [_least_booked(call.world, free)]


def somebody_elses(call: Call, kind: EventType, period: Period) -> Booking:
    """Book for a stranger, as a web page would; for faults and for people."""
    stranger = Attendee("Somebody Else", f"web-{call.world.next_id()}@elsewhere.example", "Europe/Berlin")
    return _new(call, _Wish(kind, stranger, period, kind.hosts()[:1]))


def _wanted(call: Call) -> EventType:
    body = call.body
    named = "eventTypeId" in body
    kind = call.event_type(whole_number(body, "eventTypeId")) if named else _by_slug(call)
    if kind.scheduling == "managed":
        raise nest(
            400,
            f"Event type with id={kind.id} is the parent managed event type that can't be booked. You have to "
            "provide the child event type id aka id of event type that has been assigned to one of the users.",
        )
    if not kind.hosts():
        raise nest(422, f"Can't book this team event type because it has no hosts. Event type id={kind.id}")
    if kind.login_required and not call.owns(kind):
        status = 403 if call.key else 401
        raise nest(status, "checkBookingRequiresAuthentication - event type requires authentication.")
    return kind


def _by_slug(call: Call) -> EventType:
    slug, username = call.body.get("eventTypeSlug"), call.body.get("username")
    for kind in call.world.event_types.values():
        owner = call.world.users.get(kind.owner_id or 0)
        if kind.slug == slug and owner is not None and owner.username == username:
            return kind
    raise nest(404, f"Event type with slug {slug} belonging to user {username} not found.")


def _already(call: Call, kind: EventType, start: datetime, attendee: Attendee) -> Booking | None:
    """Find what Cal.com hands out again instead of booking twice; for ordinary personal event types it does not."""
    if kind.scheduling != "roundRobin" and not kind.confirmation:
        return None
    for host in kind.hosts():
        for booking in call.world.near(host, Period(start, start)):
            same = booking.event_type_id == kind.id and booking.period.start == start and booking.live
            mail = booking.attendee.email == attendee.email
            if same and mail and attendee.phone in (None, booking.attendee.phone):
                return booking
    return None


def _written(call: Call, wish: _Wish) -> Booking:
    booking = _new(call, wish)
    booking.metadata = metadata_of(call.body)
    booking.location = location_of(call.body, wish.kind)
    booking.guests = list(call.body.get("guests") or [])
    given = {"name": wish.attendee.name, "email": wish.attendee.email}
    booking.responses = given | responses_of(call.body, wish.kind)
    return booking


def _new(call: Call, wish: _Wish) -> Booking:
    host = call.world.users[wish.hosts[0]]
    return Booking(
        id=call.world.next_id(),
        uid=call.world.next_uid(),
        account=wish.kind.account,
        event_type_id=wish.kind.id,
        title=f"{wish.kind.title} between {host.name} and {wish.attendee.name}",
        host_ids=wish.hosts,
        period=wish.period,
        attendee=wish.attendee,
        status="pending" if wish.kind.confirmation else "accepted",
        created_at=call.now,
    )


async def _stored(call: Call, booking: Booking) -> Answer:
    others = call.faults.get("others_booking")
    if others is not None:
        return _of_somebody_else(call, booking, others.uid)
    shifted = call.faults.get("other_start")
    if shifted is not None:
        by = timedelta(minutes=shifted.shift_minutes)
        booking.period = Period(booking.period.start + by, booking.period.end + by)
    call.world.insert(booking)
    call.committed = True
    call.touch(booking, new=True)
    trigger = "BOOKING_CREATED" if booking.status == "accepted" else "BOOKING_REQUESTED"
    await notify(call.state, trigger, booking)
    return success(booking_json(call.world, booking), 201)


def _of_somebody_else(call: Call, wanted: Booking, uid: str | None) -> Answer:
    theirs = call.world.bookings.get(uid or "")
    if theirs is None:
        theirs = somebody_elses(call, call.event_type(wanted.event_type_id), wanted.period)
        call.world.insert(theirs)
    return success(booking_json(call.world, theirs), 201)


def _least_booked(world: World, hosts: list[int]) -> int:
    if len(hosts) == 1:
        return hosts[0]
    counts = {
        host: sum(1 for each in world.bookings.values() if each.live and each.host_id == host)
        for host in hosts
    }
    return min(hosts, key=lambda host: (counts[host], host))


def _flag(call: Call, kind: EventType, name: str) -> bool:
    """Whether a host may, and does, override a check; nobody else's flag counts."""
    return bool(call.body.get(name)) and call.owns(kind)
