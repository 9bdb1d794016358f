"""The list at the top of the facts, point by point: what a simulator must reproduce."""

from __future__ import annotations

import asyncio

import pytest

from calcom_sim.salon import ELEVEN, NINE, TEN, Receiver, Salon, data, message
from zusage.sandbox.calcom import Fault, Latency, Simulator


async def test_both_error_shapes(salon: Salon) -> None:
    nested = (await salon.get("nobody")).json()
    kept = await salon.booked()
    short = (await salon.cancel(kept["uid"], cancellationReason="")).json()

    assert nested == {
        "status": "error",
        "timestamp": "2026-11-23T08:00:00.000Z",
        "path": "/v2/bookings/nobody",
        "error": {
            "code": "NotFoundException",
            "message": "Booking with uid=nobody was not found in the database",
            "details": {
                "message": "Booking with uid=nobody was not found in the database",
                "error": "Not Found",
                "statusCode": 404,
            },
        },
    }
    assert short == {"statusCode": 400, "message": "Cancellation reason is required when you are the host"}


async def test_version_header_rules(salon: Salon) -> None:
    """Another resource's version is 404; none or an unknown one is the oldest, with other shapes."""
    other = await salon.send("GET", "/v2/bookings", "2024-09-04")
    unknown = await salon.send("GET", "/v2/bookings", "2030-01-01")
    none = await salon.send("GET", "/v2/bookings")
    slots = await salon.send("GET", "/v2/slots")
    right = await salon.send("GET", "/v2/bookings", "2024-08-13")
    booking = await salon.send("POST", "/v2/bookings", json=salon.wish())
    me = [await salon.send("GET", "/v2/me", each) for each in (None, "2024-08-13", "2030-01-01")]

    assert (other.status_code, message(other)) == (404, "Cannot GET /v2/bookings")
    assert "bookings" in none.json()["data"]
    assert "bookings" in unknown.json()["data"]
    assert slots.status_code == 404
    assert (booking.status_code, salon.live) == (400, [])
    assert right.json()["data"] == []
    assert [each.status_code for each in me] == [200, 200, 200]


async def test_two_second_slot_cache(salon: Salon) -> None:
    """The same question has the same answer for two seconds, whatever was booked; another question has its own."""
    before = await salon.starts()
    await salon.booked(TEN)
    same = await salon.starts()
    other = await salon.starts(timeZone="Europe/Berlin")
    salon.sim.clock.advance(2)
    after = await salon.starts()

    assert TEN.replace("Z", ".000Z") in before
    assert same == before
    assert "2026-11-24T10:00:00.000+01:00" not in other
    assert TEN.replace("Z", ".000Z") not in after


async def test_advisory_holds(salon: Salon, stranger: Salon) -> None:
    """A hold hides the slot and refuses a second hold; anybody can book the time all the same, and it stays."""
    held = data(await salon.reserve(TEN))
    hidden = await salon.starts()
    second = await salon.reserve(TEN)
    booked = await stranger.book(TEN)
    still = await salon.send("GET", f"/v2/slots/reservations/{held['reservationUid']}", "2024-09-04")

    assert "2026-11-24T09:00:00.000Z" not in hidden
    assert second.status_code == 422
    assert message(second).startswith("Can't reserve a slot") or "already reserved" in message(second)
    assert booked.status_code == 201
    assert data(still)["reservationUid"] == held["reservationUid"]


async def test_check_then_insert_race_with_the_unique_key(salon: Salon) -> None:
    """Between look and write others write too: identical times meet the key, overlapping ones both get in."""
    salon.sim.state.latency["bookings.create"] = Latency(ms=100)
    same = await asyncio.gather(salon.book(NINE), salon.book(NINE), salon.book(NINE))
    overlapping = await asyncio.gather(salon.book(TEN), salon.book("2026-11-24T09:15:00Z"))

    assert sorted(each.status_code for each in same) == [201, 409, 409]
    lost = next(each for each in same if each.status_code == 409)
    assert lost.json() == {"statusCode": 409, "message": "booking_conflict_error"}
    assert [each.status_code for each in overlapping] == [201, 201]


async def test_201_with_the_existing_booking_on_round_robin(salon: Salon) -> None:
    """A team's event in turn hands out the same booking for the same address and start; a personal one refuses."""
    turn = salon.kind("waschen")
    first, again = await salon.booked(TEN, turn), await salon.booked(TEN, turn)
    somebody = {"name": "Ole Kern", "email": "c-2@callers.example", "timeZone": "Europe/Berlin"}
    other = await salon.booked(TEN, turn, attendee=somebody)
    await salon.booked(ELEVEN)
    personal = await salon.book(ELEVEN)

    assert again["uid"] == first["uid"]
    assert other["uid"] != first["uid"]
    assert other["hosts"][0]["id"] != first["hosts"][0]["id"]
    assert (personal.status_code, message(personal)) == (
        400,
        "User either already has booking at this time or is not available",
    )


async def test_commit_then_timeout(salon: Salon) -> None:
    """The client gives up, the booking is there; asked again, the own booking is what stands in the way."""
    salon.sim.add_fault(Fault("timeout_after_commit", op="bookings.create"))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await salon.book(TEN, metadata={"intent": "i-1"})
    found = (await salon.find(attendeeEmail="c-1@callers.example", afterStart=TEN)).json()["data"]
    again = await salon.book(TEN)

    assert [each["metadata"] for each in found] == [{"intent": "i-1"}]
    assert again.status_code == 400


async def test_400_although_created(salon: Salon) -> None:
    salon.sim.add_fault(Fault("refused_but_created", metadata={"intent": "i-2"}))
    answer = await salon.book(TEN, metadata={"intent": "i-2"})
    found = (await salon.find()).json()["data"]

    assert (answer.status_code, message(answer)) == (
        400,
        "User either already has booking at this time or is not available",
    )
    assert [each["metadata"] for each in found] == [{"intent": "i-2"}]


async def test_webhook_before_the_response(salon: Salon, receiver: Receiver) -> None:
    """The subscriber is told while the booking request still runs, and a slow one slows it."""
    receiver.slow_s = 0.2
    await salon.subscribe(receiver.url)
    running = asyncio.create_task(salon.book(TEN))
    await receiver.told.wait()
    told_first = not running.done()
    answer = await running

    assert told_first
    assert receiver.events[0]["payload"]["uid"] == data(answer)["uid"]
    assert (salon.sim.journal.of("bookings.create")[0].ms or 0) >= 190


async def test_120_requests_a_minute_with_a_60_s_block(salon: Salon) -> None:
    passed = [await salon.send("GET", "/v2/me") for _ in range(120)]
    refused = await salon.send("GET", "/v2/me")
    salon.sim.clock.advance(59)
    still = await salon.send("GET", "/v2/me")
    salon.sim.clock.advance(1)
    again = await salon.send("GET", "/v2/me")

    assert {each.status_code for each in passed} == {200}
    assert passed[0].headers["x-ratelimit-limit-default"] == "120"
    assert passed[-1].headers["x-ratelimit-remaining-default"] == "0"
    assert (refused.status_code, message(refused)) == (
        429,
        "CustomThrottlerGuard - Too many requests. Please try again later.",
    )
    assert refused.headers["x-ratelimit-reset-default"] == "60"
    assert "retry-after" not in refused.headers
    assert (still.status_code, again.status_code) == (429, 200)


async def test_new_uid_on_reschedule(salon: Salon) -> None:
    """A chain of uids: the old ones are cancelled and name the next, a second move names the newest."""
    first = await salon.booked(TEN, metadata={"intent": "i-3"})
    second = data(await salon.move(first["uid"], ELEVEN))
    third = data(await salon.move(second["uid"], NINE))
    old = data(await salon.get(first["uid"]))
    again = await salon.move(first["uid"], ELEVEN)
    with_metadata = await salon.move(third["uid"], ELEVEN, metadata={"intent": "i-4"})

    assert with_metadata.status_code == 400
    assert len({first["uid"], second["uid"], third["uid"]}) == 3
    assert (old["status"], old["rescheduledToUid"]) == ("cancelled", second["uid"])
    assert (third["rescheduledFromUid"], third["metadata"]) == (second["uid"], {"intent": "i-3"})
    assert again.status_code == 400
    assert second["uid"] in message(again)
    assert salon.live == [third["uid"]]


async def test_email_compulsory_on_ordinary_event_types(salon: Salon) -> None:
    """By phone alone only where the team's event type has its e-mail optional and asks for a phone number."""
    who = {"name": "Ida Berg", "phoneNumber": "+4930901820", "timeZone": "Europe/Berlin"}
    ordinary = await salon.book(attendee=who)
    nothing = await salon.book(attendee={"name": "Ida Berg", "timeZone": "Europe/Berlin"})
    phones = salon.kind("waschen")
    phones.booking_fields = [
        {"type": "email", "slug": "email", "required": False, "hidden": True},
        {"type": "phone", "slug": "attendeePhoneNumber", "required": True},
    ]
    by_phone = await salon.booked(TEN, phones, attendee=who)

    assert (ordinary.status_code, message(ordinary)) == (400, "responses - {email}error_required_field, ")
    assert ordinary.json()["error"]["code"] == "BAD_REQUEST"
    assert message(nothing).endswith("Attendee must have at least one contact method (email or phone number)")
    assert by_phone["attendees"][0]["email"] == "4930901820@sms.cal.com"


async def test_parent_managed_event_types_cannot_be_booked(sim: Simulator, salon: Salon) -> None:
    parent = next(each for each in sim.world.event_types.values() if each.scheduling == "managed")
    child = next(each for each in sim.world.event_types.values() if each.parent_id == parent.id)
    refused = await salon.book(TEN, parent)
    listed = await salon.send("GET", f"/v2/teams/{parent.team_id}/event-types")

    assert refused.status_code == 400
    assert f"id={parent.id} is the parent managed event type that can't be booked" in message(refused)
    assert await salon.starts(parent) == []
    assert (await salon.booked(TEN, child))["eventTypeId"] == child.id
    parents = {each["id"]: each.get("parentEventTypeId") for each in listed.json()["data"]}
    assert (parents[parent.id], parents[child.id]) == (None, parent.id)
