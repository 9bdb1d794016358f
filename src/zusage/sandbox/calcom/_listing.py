"""Finding bookings: one by its uid, many by filters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from zusage.sandbox.calcom._call import Answer, Call, success
from zusage.sandbox.calcom._model import Booking, Json, parse_moment
from zusage.sandbox.calcom._problems import nest, wrong_field
from zusage.sandbox.calcom._render import booking_json

_MOST, _USUAL = 250, 100
_STATUSES = ("upcoming", "recurring", "past", "cancelled", "unconfirmed")
_Test = Callable[[Booking], bool]
_Key = Callable[[Booking], datetime]


async def get_booking(call: Call) -> Answer:
    """Give one booking, cancelled ones too. Whoever knows the uid may read it.

    :raises RefusalError: 404, there is none (or the copy that is read does not know it yet)."""
    booking = call.world.seen(call.params["uid"], call.now)
    if booking is None:
        raise nest(404, f"Booking with uid={call.params['uid']} was not found in the database")
    return success(booking_json(call.world, booking))


async def list_bookings(call: Call) -> Answer:
    """Give the bookings the caller may see that fit all filters, in pages.

    :raises RefusalError: 400, a filter cannot be read."""
    take, skip = _number(call, "take", _USUAL, 1, _MOST), _number(call, "skip", 0, 0, 10**9)
    tests = _tests(call)
    found = [each for each in _visible(call) if all(test(each) for test in tests)]
    _sort(call, found)
    page = found[skip : skip + take]
    data = [booking_json(call.world, each) for each in page]
    return success(data, pagination=_pagination(len(found), len(page), take, skip))


async def list_bookings_of_old(call: Call) -> Answer:
    """Answer in the shape of 2024-04-15, which who forgets the version header gets."""
    data = [booking_json(call.world, each) for each in _visible(call)]
    return success({"bookings": data, "recurringInfo": [], "totalCount": len(data), "nextCursor": None})


def _visible(call: Call) -> list[Booking]:
    caller, world = call.caller, call.world
    own = [
        each
        for each in world.bookings.values()
        if each.account == caller.account and (caller.admin or caller.user_id in each.host_ids)
    ]
    if not world.lags:
        return own
    seen = [world.seen(each.uid, call.now) for each in own]
    return [each for each in seen if each is not None]


def _tests(call: Call) -> list[_Test]:
    query, tests = call.query, list[_Test]()
    if "status" in query:
        wanted = [_status_test(each, call.now) for each in query["status"].split(",")]
        tests.append(lambda booking: any(test(booking) for test in wanted))
    if ids := query.get("eventTypeIds") or query.get("eventTypeId"):
        numbers = {int(each) for each in ids.split(",") if each.isdigit()}
        tests.append(lambda booking: booking.event_type_id in numbers)
    for name, read in _EXACT.items():
        if name in query:
            tests.append(_equals(read, query[name]))
    for name, build in _MOMENTS.items():
        if name in query:
            tests.append(build(_moment(call, name)))
    return tests


_EXACT: dict[str, Callable[[Booking], str]] = {
    "attendeeEmail": lambda booking: booking.attendee.email,
    "attendeeName": lambda booking: booking.attendee.name,
    "bookingUid": lambda booking: booking.uid,
}


def _equals(read: Callable[[Booking], str], value: str) -> _Test:
    return lambda booking: read(booking) == value


def _after_update(at: datetime) -> _Test:
    # Rows that were never changed have no such time, and are missed.
    return lambda booking: booking.updated_at is not None and booking.updated_at >= at


def _before_update(at: datetime) -> _Test:
    return lambda booking: booking.updated_at is not None and booking.updated_at <= at


_MOMENTS: dict[str, Callable[[datetime], _Test]] = {
    "afterStart": lambda at: lambda booking: booking.period.start >= at,
    "beforeEnd": lambda at: lambda booking: booking.period.end <= at,
    "afterCreatedAt": lambda at: lambda booking: booking.created_at >= at,
    "beforeCreatedAt": lambda at: lambda booking: booking.created_at <= at,
    "afterUpdatedAt": _after_update,
    "beforeUpdatedAt": _before_update,
}


def _status_test(name: str, now: datetime) -> _Test:
    if name not in _STATUSES:
        raise wrong_field("status", f"each value must be one of: {', '.join(_STATUSES)}")
    tests: dict[str, _Test] = {
        "upcoming": lambda booking: booking.live and booking.period.end >= now,
        "past": lambda booking: booking.live and booking.period.end < now,
        "cancelled": lambda booking: not booking.live,
        "unconfirmed": lambda booking: booking.status == "pending" and booking.period.end >= now,
        "recurring": lambda _booking: False,
    }
    return tests[name]


_SORTS: dict[str, _Key] = {
    "sortUpdatedAt": lambda booking: booking.updated_at or booking.created_at,
    "sortCreated": lambda booking: booking.created_at,
    "sortEnd": lambda booking: booking.period.end,
    "sortStart": lambda booking: booking.period.start,
}


def _sort(call: Call, found: list[Booking]) -> None:
    for name, key in _SORTS.items():
        if name in call.query:
            found.sort(key=key, reverse=call.query[name] == "desc")


def _moment(call: Call, name: str) -> datetime:
    try:
        return parse_moment(call.query[name])
    except ValueError:
        raise wrong_field(name, "must be a valid ISO 8601 date string") from None


def _number(call: Call, name: str, usual: int, low: int, high: int) -> int:
    text = call.query.get(name, str(usual))
    if not text.isdigit() or not low <= int(text) <= high:
        raise wrong_field(name, f"must be a number from {low} to {high}")
    return int(text)


def _pagination(total: int, returned: int, take: int, skip: int) -> Json:
    return {
        "totalItems": total,
        "remainingItems": max(total - skip - returned, 0),
        "returnedItems": returned,
        "itemsPerPage": take,
        "currentPage": skip // take + 1,
        "totalPages": -(-total // take),
        "hasNextPage": skip + returned < total,
        "hasPreviousPage": skip > 0,
    }
