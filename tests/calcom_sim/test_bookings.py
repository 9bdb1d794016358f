"""Bookings: what bodies may hold, what is refused in which words, and how bookings are found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from calcom_sim.salon import ELEVEN, NINE, NOW, TEN, Salon, at_the_salon, data, message
from zusage.sandbox.calcom import Simulator, unique_key
from zusage.sandbox.calcom._model import Period, parse_moment


@pytest.mark.parametrize(
    ("metadata", "fits"),
    [
        ({"k" * 40: "v" * 500}, True),
        ({f"k{each}": "v" for each in range(50)}, True),
        ({f"k{each}": "v" for each in range(51)}, False),
        ({"k" * 41: "v"}, False),
        ({"k": "v" * 501}, False),
        ({"k": 7}, False),
    ],
)
async def test_metadata_is_short_strings_only(salon: Salon, metadata: dict[str, Any], fits: bool) -> None:
    answer = await salon.book(metadata=metadata)
    assert answer.status_code == (201 if fits else 400)


async def test_unknown_fields_are_refused(salon: Salon) -> None:
    answer = await salon.book(idempotencyKey="x")
    assert (answer.status_code, message(answer)) == (
        400,
        "idempotencyKey property is wrong,property idempotencyKey should not exist ",
    )


async def test_host_flags_exist_in_the_newest_version_only(salon: Salon) -> None:
    await salon.booked(TEN)
    refused = await salon.book("2026-11-24T09:15:00Z", allowConflicts=True)
    salon.bookings_version = "2026-02-25"
    by_host = await salon.book("2026-11-24T09:15:00Z", allowConflicts=True)
    async with at_the_salon(salon.sim, key=None) as stranger:
        stranger.bookings_version = "2026-02-25"
        ignored = await stranger.book("2026-11-24T09:20:00Z", allowConflicts=True)
    identical = await salon.book(TEN, allowConflicts=True)

    assert [each.status_code for each in (refused, by_host, ignored, identical)] == [400, 201, 400, 409]


@pytest.mark.parametrize("phone", ["+15551234567", "0151 23456789", "nonsense", "+49"])
async def test_phone_numbers_must_be_possible(salon: Salon, phone: str) -> None:
    who = {"name": "I", "email": "i@callers.example", "timeZone": "Europe/Berlin", "phoneNumber": phone}
    answer = await salon.book(attendee=who)
    assert message(answer) == "Invalid phone number format. Please use international format."


async def test_required_booking_fields_are_enforced(salon: Salon) -> None:
    kind = salon.kind()
    kind.booking_fields = [
        {"type": "select", "slug": "haarlaenge", "required": True, "options": ["kurz", "lang"]}
    ]
    missing = await salon.book()
    wrong = await salon.book(bookingFieldsResponses={"haarlaenge": "mittel"})
    booked = await salon.booked(bookingFieldsResponses={"haarlaenge": "kurz"})

    assert message(missing).startswith("Missing required booking field response: haarlaenge")
    assert wrong.status_code == 400
    assert booked["bookingFieldsResponses"]["haarlaenge"] == "kurz"


async def test_lengths_are_those_of_the_event_type(salon: Salon) -> None:
    kind = salon.kind()
    only_one = await salon.book(lengthInMinutes=45)
    kind.lengths = [30, 45]
    wrong, right = await salon.book(lengthInMinutes=50), await salon.booked(lengthInMinutes=45)
    moved = data(await salon.move(right["uid"], ELEVEN))

    assert message(only_one).startswith("Can't specify 'lengthInMinutes' because")
    assert message(wrong) == "Invalid event length"
    assert (right["duration"], moved["duration"]) == (45, 45)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("2026-11-23T07:00:00Z", "Attempting to book a meeting in the past."),
        ("2026-11-24T06:00:00Z", "User either already has booking at this time or is not available"),
        ("half past nine", "start property is wrong,start must be a valid ISO 8601 date string "),
    ],
)
async def test_starts_that_are_refused(salon: Salon, start: str, words: str) -> None:
    answer = await salon.book(start)
    assert (answer.status_code, message(answer)) == (400, words)


async def test_a_naive_start_is_utc(salon: Salon) -> None:
    assert (await salon.booked("2026-11-24T10:00:00"))["start"] == "2026-11-24T10:00:00.000Z"


async def test_unknown_event_type(salon: Salon) -> None:
    answer = await salon.book(eventTypeId=99)
    assert (answer.status_code, message(answer)) == (404, "Event type with id 99 not found.")


def test_the_unique_key_is_that_of_cal_com() -> None:
    """The vector of the facts; attendee and event type are no part of it."""
    period = Period(parse_moment("2025-01-01T13:00:00Z"), parse_moment("2025-01-01T13:30:00Z"))
    assert unique_key(period, 42) == "474d8f39-97ca-5a45-91a3-fd2be5b1b5ea"


async def test_a_public_booking_needs_no_key_but_a_wrong_one_is_refused(
    sim: Simulator, stranger: Salon
) -> None:
    booked = await stranger.booked(TEN)
    read = await stranger.get(booked["uid"])
    listed = await stranger.find()
    async with at_the_salon(sim, key="cal_live_wrong") as wrong:
        refused = await wrong.book(ELEVEN)

    assert (read.status_code, listed.status_code) == (200, 401)
    assert (refused.status_code, message(refused)) == (
        401,
        "ApiAuthStrategy - api key - Your api key is not valid",
    )


async def test_an_expired_key(sim: Simulator, salon: Salon) -> None:
    next(iter(sim.world.keys.values())).expires_at = NOW
    answer = await salon.send("GET", "/v2/me")
    assert (answer.status_code, message(answer)) == (
        401,
        "ApiAuthStrategy - api key - Your api key is expired",
    )


async def test_cancelling(salon: Salon, stranger: Salon) -> None:
    """A reason from the host, none from the customer; once only; not after the end; the time is free again."""
    mine, theirs = await salon.booked(TEN), await salon.booked(ELEVEN)
    cancelled = data(await salon.cancel(mine["uid"], cancellationReason="ill"))
    again = await salon.cancel(mine["uid"])
    by_customer = await stranger.cancel(theirs["uid"], cancellationReason="")
    late = await salon.booked(TEN)
    salon.sim.clock.advance(2 * 86_400)
    ended = await salon.cancel(late["uid"])

    assert (cancelled["status"], cancelled["uid"], cancelled["cancellationReason"]) == (
        "cancelled",
        mine["uid"],
        "ill",
    )
    assert message(again).startswith(
        f"Can't cancel booking with uid={mine['uid']} because it has been cancelled already"
    )
    assert by_customer.status_code == 200
    assert ended.json() == {"statusCode": 400, "message": "Cannot cancel a booking that has already ended"}


async def test_event_types_that_cannot_be_cancelled_or_moved_late(salon: Salon) -> None:
    kind = salon.kind()
    booked = await salon.booked(TEN)
    kind.cancelling_off, kind.reschedule_notice = True, 26 * 60
    cancelled, moved = await salon.cancel(booked["uid"]), await salon.move(booked["uid"], ELEVEN)

    assert cancelled.json() == {"statusCode": 400, "message": "This event type does not allow cancellations"}
    assert moved.status_code == 403


async def test_a_move_to_a_taken_time_changes_nothing(salon: Salon) -> None:
    first, second = await salon.booked(TEN), await salon.booked(ELEVEN)
    refused = await salon.move(first["uid"], ELEVEN)

    assert refused.status_code == 400
    assert sorted(salon.live) == sorted([first["uid"], second["uid"]])


async def test_a_cancelled_booking_cannot_be_moved(salon: Salon) -> None:
    booked = await salon.booked(TEN)
    await salon.cancel(booked["uid"])
    refused = await salon.move(booked["uid"], ELEVEN)
    assert "because it has been cancelled. Please provide" in message(refused)


async def test_confirmation_pending_blocks_nothing_and_repeats_give_the_same(salon: Salon) -> None:
    kind = salon.kind()
    kind.confirmation = True
    first, again = await salon.booked(TEN), await salon.booked(TEN)
    moved = data(await salon.move(first["uid"], ELEVEN))
    other = {"name": "Ole Kern", "email": "c-2@callers.example", "timeZone": "Europe/Berlin"}
    rival = await salon.booked(ELEVEN, attendee=other)
    kept = await salon.send("POST", f"/v2/bookings/{rival['uid']}/confirm", "2024-08-13")
    twice = await salon.send("POST", f"/v2/bookings/{rival['uid']}/confirm", "2024-08-13")
    declined = await salon.send(
        "POST", f"/v2/bookings/{moved['uid']}/decline", "2024-08-13", json={"reason": "no"}
    )

    assert (first["status"], again["uid"], moved["status"]) == ("pending", first["uid"], "pending")
    assert [data(each)["status"] for each in (kept, declined)] == ["accepted", "rejected"]
    assert twice.status_code == 400


async def test_absent_only_after_the_start(salon: Salon) -> None:
    booked = await salon.booked(TEN)
    wish = {"attendees": [{"email": "c-1@callers.example", "absent": True}]}
    path = f"/v2/bookings/{booked['uid']}/mark-absent"
    early = await salon.send("POST", path, "2024-08-13", json=wish)
    salon.sim.clock.advance(2 * 86_400)
    noted = await salon.send("POST", path, "2024-08-13", json=wish)

    assert early.status_code == 400
    assert data(noted)["attendees"][0]["absent"] is True


async def test_listing_by_filters(salon: Salon) -> None:
    kind = salon.kind()
    early, late = await salon.booked(NINE), await salon.booked(ELEVEN)
    gone = await salon.booked(TEN, salon.kind(owner="ben"))
    await salon.cancel(gone["uid"])

    assert await salon.uids(status="upcoming") == [early["uid"], late["uid"]]
    assert await salon.uids(status="cancelled") == [gone["uid"]]
    assert await salon.uids(eventTypeId=kind.id, afterStart=TEN) == [late["uid"]]
    assert await salon.uids(beforeEnd=TEN) == [early["uid"]]
    assert await salon.uids(bookingUid=late["uid"]) == [late["uid"]]
    assert await salon.uids(attendeeEmail="nobody@callers.example") == []
    assert (await salon.uids(sortStart="desc"))[0] == late["uid"]
    assert (await salon.find(status="gone")).status_code == 400
    assert (await salon.find(take=251)).status_code == 400


async def test_fresh_rows_have_no_update_time(salon: Salon) -> None:
    """A sync by update time alone misses them."""
    fresh = await salon.booked(TEN)
    since = (NOW - timedelta(hours=1)).isoformat()

    assert fresh["updatedAt"] is None
    assert await salon.uids(afterUpdatedAt=since) == []
    assert await salon.uids(afterCreatedAt=since) == [fresh["uid"]]


async def test_pages(salon: Salon) -> None:
    made = [(await salon.booked(f"2026-11-24T{hour:02}:00:00Z"))["uid"] for hour in range(8, 13)]
    first, last = await salon.find(take=2, sortStart="asc"), await salon.find(take=2, skip=4, sortStart="asc")

    assert [each["uid"] for each in first.json()["data"]] == made[:2]
    assert first.json()["pagination"] == {
        "totalItems": 5,
        "remainingItems": 3,
        "returnedItems": 2,
        "itemsPerPage": 2,
        "currentPage": 1,
        "totalPages": 3,
        "hasNextPage": True,
        "hasPreviousPage": False,
    }
    assert [each["uid"] for each in last.json()["data"]] == made[4:]


async def test_accounts_and_persons_see_their_own(sim: Simulator, salon: Salon) -> None:
    """One key sees the whole salon, one of a person that person's bookings, another account nothing."""
    world = sim.world
    ben = next(each for each in world.users.values() if each.username == "ben")
    world.keys["cal_ben"] = type(next(iter(world.keys.values())))("cal_ben", "salon", ben.id, admin=False)
    anna, bens = await salon.booked(TEN), await salon.booked(TEN, salon.kind(owner="ben"))
    async with at_the_salon(sim, key="cal_ben") as of_ben:
        seen = await of_ben.uids()

    assert await salon.uids() == [anna["uid"], bens["uid"]]
    assert seen == [bens["uid"]]
