"""Cancel, reschedule, confirm, decline, absent: what becomes of a booking."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta

from zusage.sandbox.calcom._call import Answer, Call, success
from zusage.sandbox.calcom._create import NEWEST, check_bookable
from zusage.sandbox.calcom._fields import HOST_FLAGS, only_known, start_of
from zusage.sandbox.calcom._model import Booking, EventType, Period, Status
from zusage.sandbox.calcom._notify import notify
from zusage.sandbox.calcom._problems import nest, plain
from zusage.sandbox.calcom._render import booking_json

_CANCEL_FIELDS = ("cancellationReason", "cancelSubsequentBookings", "seatUid")
_MOVE_FIELDS = ("start", "rescheduledBy", "reschedulingReason", "emailVerificationCode", "seatUid")


async def cancel_booking(call: Call) -> Answer:
    """Cancel; subscribers are told before it is so.

    :raises RefusalError: 400 or 404, as in the table of operations."""
    only_known(call.body, _CANCEL_FIELDS)
    booking = _found(call, f"Booking with uid={call.params['uid']} not found")
    kind = call.world.event_types.get(booking.event_type_id)
    _check_cancellable(call, booking, kind)
    await call.work()
    if not booking.live:
        raise nest(400, _cancelled_already(booking))
    reason = str(call.body.get("cancellationReason") or "")
    told = copy(booking)
    told.status = "cancelled"
    await notify(call.state, "BOOKING_CANCELLED", told, cancellationReason=reason)
    call.touch(booking)
    booking.cancellation_reason = reason
    booking.cancelled_by = call.world.users[call.key.user_id].email if call.key else booking.attendee.email
    call.world.end(booking, "cancelled", call.now)
    call.committed = True
    return success(booking_json(call.world, booking))


async def reschedule_booking(call: Call) -> Answer:
    """Move: a new booking with a new uid takes the old one's place, in one step.

    :raises RefusalError: 400, 403, 404 or 409, as in the table of operations."""
    only_known(call.body, _MOVE_FIELDS + (HOST_FLAGS if call.version == NEWEST else ()))
    start = start_of(call.body)
    old = _found(call, f"Booking with uid={call.params['uid']} was not found in the database")
    kind = call.event_type(old.event_type_id)
    _check_movable(call, old, kind)
    period = Period(start, start + (old.period.end - old.period.start))
    hosts = check_bookable(call, kind, period, ignore=old.uid)
    await call.work()
    _check_movable(call, old, kind)
    new = moved(call, old, period, hosts)
    call.committed = True
    trigger = "BOOKING_RESCHEDULED" if new.status == "accepted" else "BOOKING_REQUESTED"
    await notify(call.state, trigger, new, old=old)
    return success(booking_json(call.world, new), 201)


def moved(call: Call, old: Booking, period: Period, hosts: list[int]) -> Booking:
    """Store the moved booking; it copies everything, metadata too.

    :raises RefusalError: 409, another request was faster."""
    shifted = call.faults.get("other_start")
    by = timedelta(minutes=shifted.shift_minutes if shifted else 0)
    kind = call.event_type(old.event_type_id)
    new = replace(
        old,
        id=call.world.next_id(),
        uid=call.world.next_uid(),
        period=Period(period.start + by, period.end + by),
        host_ids=hosts,
        created_at=call.now,
        updated_at=None,
        unique_key=None,
        metadata=dict(old.metadata),
        status=_status_after(call, kind),
        rescheduled_from=old.uid,
        rescheduled_to=None,
        rescheduling_reason=call.body.get("reschedulingReason"),
        rescheduled_by=call.body.get("rescheduledBy"),
    )
    call.touch(old)
    call.world.insert_replacing(new, old, call.now)
    call.touch(new, new=True)
    return new


async def confirm_booking(call: Call) -> Answer:
    """:raises RefusalError: 400, it waits for no answer; only the generic text says so."""
    booking = _waiting(call)
    booking.status, booking.updated_at = "accepted", call.now
    await notify(call.state, "BOOKING_CREATED", booking)
    return success(booking_json(call.world, booking))


async def decline_booking(call: Call) -> Answer:
    booking = _waiting(call)
    call.world.end(booking, "rejected", call.now)
    await notify(call.state, "BOOKING_REJECTED", booking, rejectionReason=call.body.get("reason") or "")
    return success(booking_json(call.world, booking))


async def mark_absent(call: Call) -> Answer:
    """:raises RefusalError: 400 before it starts, 404."""
    booking = _found(call, f"Booking with uid={call.params['uid']} not found")
    if call.now < booking.period.start:
        raise nest(400, "Bookings can only be marked as absent after their start time.")
    if call.body.get("host") is not None:
        booking.absent_host = bool(call.body["host"])
    for each in call.body.get("attendees") or []:
        if each.get("email") == booking.attendee.email:
            booking.attendee = replace(booking.attendee, absent=bool(each.get("absent")))
    booking.updated_at = call.now
    await notify(call.state, "BOOKING_NO_SHOW_UPDATED", booking)
    return success(booking_json(call.world, booking))


def _found(call: Call, message: str) -> Booking:
    booking = call.world.bookings.get(call.params["uid"])
    if booking is None:
        raise nest(404, message)
    return booking


def _check_cancellable(call: Call, booking: Booking, kind: EventType | None) -> None:
    if not booking.live:
        raise nest(400, _cancelled_already(booking))
    if booking.period.end <= call.now:
        raise plain(400, "Cannot cancel a booking that has already ended")
    if kind is not None and kind.cancelling_off:
        raise plain(400, "This event type does not allow cancellations")
    if not call.body.get("cancellationReason") and call.owns(kind):
        raise plain(400, "Cancellation reason is required when you are the host")


def _cancelled_already(booking: Booking) -> str:
    return (
        f"Can't cancel booking with uid={booking.uid} because it has been cancelled already. "
        "Please provide uid of a booking that is not cancelled."
    )


def check_live(old: Booking) -> None:
    """:raises RefusalError: 400, it was cancelled or moved; then the newer uid is named."""
    if old.rescheduled_to:
        raise nest(
            400,
            f"Can't reschedule booking with uid={old.uid} because it has been cancelled and rescheduled already to "
            f"booking with uid={old.rescheduled_to}. You probably want to reschedule {old.rescheduled_to} instead "
            "by passing it within the request URL.",
        )
    if not old.live:
        raise nest(
            400,
            f"Can't reschedule booking with uid={old.uid} because it has been cancelled. "
            "Please provide uid of a booking that is not cancelled.",
        )


def _check_movable(call: Call, old: Booking, kind: EventType) -> None:
    check_live(old)
    if _inside_notice(old, kind, call.now):
        raise nest(403, "Rescheduling is not allowed within the minimum notice period before the event")


def _inside_notice(old: Booking, kind: EventType, now: datetime) -> bool:
    return kind.reschedule_notice > 0 and old.period.start - now < timedelta(minutes=kind.reschedule_notice)


def _status_after(call: Call, kind: EventType) -> Status:
    owners = {call.world.users[each].email for each in kind.hosts()}
    return "pending" if kind.confirmation and call.body.get("rescheduledBy") not in owners else "accepted"


def _waiting(call: Call) -> Booking:
    booking = _found(call, f"Booking with uid={call.params['uid']} not found")
    if not call.owns(call.world.event_types.get(booking.event_type_id)):
        raise nest(403, "You are not the owner of this booking")
    if booking.status != "pending":
        raise nest(400, "Bad Request", code="TRPCError")
    return booking
