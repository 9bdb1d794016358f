"""Slots: hours, zones, buffers, bounds, and what hides them."""

from __future__ import annotations

from calcom_sim.salon import ELEVEN, NINE, TEN, Salon, at, message
from zusage.sandbox.calcom import Simulator


async def test_days_and_offsets_are_those_of_the_zone_asked_for(salon: Salon) -> None:
    berlin = (await salon.slots(timeZone="Europe/Berlin")).json()["data"]
    tokyo = (await salon.slots(timeZone="Asia/Tokyo")).json()["data"]

    assert berlin["2026-11-24"][0] == {"start": "2026-11-24T09:00:00.000+01:00"}
    assert berlin["2026-11-24"][-1] == {"start": "2026-11-24T17:30:00.000+01:00"}
    assert tokyo["2026-11-24"][0] == {"start": "2026-11-24T17:00:00.000+09:00"}
    assert list(tokyo) == ["2026-11-24", "2026-11-25"]


async def test_ranges_carry_their_ends(salon: Salon) -> None:
    answer = (await salon.slots(format="range")).json()["data"]
    assert answer["2026-11-24"][0] == {"start": "2026-11-24T08:00:00.000Z", "end": "2026-11-24T08:30:00.000Z"}


async def test_days_without_slots_are_absent(salon: Salon) -> None:
    monday = await salon.slots(start="2026-11-23T09:00:00Z", end="2026-11-23T20:00:00Z")
    assert monday.json() == {"status": "success", "data": {}}


async def test_an_end_at_midnight_is_widened_to_that_whole_day(salon: Salon) -> None:
    wide = (await salon.slots(start="2026-11-24T00:00:00Z", end="2026-11-25T00:00:00Z")).json()["data"]
    sharp = (await salon.slots(start="2026-11-24T00:00:00Z", end="2026-11-24T23:59:00Z")).json()["data"]

    assert list(wide) == ["2026-11-24", "2026-11-25"]
    assert list(sharp) == ["2026-11-24"]


async def test_what_cannot_be_asked(salon: Salon) -> None:
    backwards = await salon.slots(start="2026-11-25T10:00:00Z", end="2026-11-24T10:00:00Z")
    unknown = await salon.slots(eventTypeId="1")

    assert (backwards.status_code, message(backwards)[:24]) == (400, "Invalid time range given")
    assert (unknown.status_code, message(unknown)) == (404, "Event Type not found")


async def test_by_slug_and_username(salon: Salon) -> None:
    answer = await salon.send(
        "GET",
        "/v2/slots",
        "2024-09-04",
        params={"eventTypeSlug": "farbe", "username": "ben", "start": "2026-11-24", "end": "2026-11-24"},
    )
    assert answer.json()["data"]["2026-11-24"][0] == {"start": "2026-11-24T08:00:00.000Z"}


async def test_no_key_is_needed(stranger: Salon) -> None:
    assert (await stranger.starts())[0] == "2026-11-24T08:00:00.000Z"


async def test_hours_follow_the_clock_change(salon: Salon) -> None:
    """Opening at nine is 07:00 UTC the day before the clocks go back, 08:00 on the day and after."""
    schedule = salon.sim.world.schedules[salon.sim.world.users[salon.kind().owner_id or 0].schedule_id]
    schedule.availability = [{"days": ["Saturday", "Sunday"], "startTime": "09:00", "endTime": "10:00"}]
    days = (await salon.slots(start="2027-10-30", end="2027-10-31", timeZone="Europe/Berlin")).json()["data"]

    assert days["2027-10-30"][0]["start"] == "2027-10-30T09:00:00.000+02:00"
    assert days["2027-10-31"][0]["start"] == "2027-10-31T09:00:00.000+01:00"
    assert len(days["2027-10-30"]) == len(days["2027-10-31"]) == 3


async def test_a_night_of_23_and_one_of_25_hours(salon: Salon) -> None:
    schedule = salon.sim.world.schedules[salon.sim.world.users[salon.kind().owner_id or 0].schedule_id]
    schedule.availability = [{"days": ["Sunday"], "startTime": "00:00", "endTime": "23:59"}]
    spring = await salon.starts(start="2027-03-27T22:00:00Z", end="2027-03-29T20:00:00Z")
    autumn = await salon.starts(start="2027-10-30T20:00:00Z", end="2027-11-01T20:00:00Z")

    assert len(spring) == 23 * 4 - 2
    assert len(autumn) == 25 * 4 - 2


async def test_notice_and_horizon(salon: Salon) -> None:
    kind = salon.kind()
    kind.minimum_notice, kind.horizon_days = 26 * 60, 1
    days = (await salon.slots(start="2026-11-23", end="2026-12-01")).json()["data"]
    soon, far = await salon.book(NINE), await salon.book("2026-11-26T09:00:00Z")

    assert days == {}
    assert (soon.status_code, far.status_code) == (400, 400)
    assert message(soon).startswith('The event type can\'t be booked at the "start" time provided.')


async def test_buffers_of_both_event_types_keep_their_distance(salon: Salon) -> None:
    booked, asked = salon.kind("herrenschnitt"), salon.kind("foehnen")
    booked.after_buffer, asked.before_buffer = 10, 5
    await salon.booked(TEN, booked)
    starts = await salon.starts(asked)

    assert "2026-11-24T09:30:00.000Z" not in starts
    assert "2026-11-24T09:45:00.000Z" in starts


async def test_a_booking_of_one_event_type_blocks_the_host_for_all(salon: Salon) -> None:
    await salon.booked(TEN, salon.kind("farbe"))
    refused = await salon.book("2026-11-24T09:30:00Z")

    assert refused.status_code == 400
    assert (await salon.book(TEN, salon.kind(owner="ben"))).status_code == 201


async def test_a_hold_hides_the_slot_for_all_event_types_of_its_host(salon: Salon) -> None:
    await salon.reserve(TEN)
    assert "2026-11-24T09:00:00.000Z" not in await salon.starts(salon.kind("farbe"))
    assert "2026-11-24T09:00:00.000Z" in await salon.starts(salon.kind(owner="ben"))


async def test_a_booking_that_is_moved_does_not_stand_in_its_own_way(salon: Salon) -> None:
    kept = await salon.booked(TEN)
    assert "2026-11-24T09:00:00.000Z" in await salon.starts(bookingUidToReschedule=kept["uid"])


async def test_the_connected_calendar_and_other_hours_count(sim: Simulator, salon: Salon) -> None:
    user = sim.world.users[salon.kind().owner_id or 0]
    sim.people.busy(user.id, at(TEN), at(ELEVEN))
    sim.people.hours(user.schedule_id, date="2026-11-25", start="12:00", end="13:00")
    sim.people.hours(user.schedule_id, date="2026-11-26")
    days = (await salon.slots(start="2026-11-24", end="2026-11-26", timeZone="Europe/Berlin")).json()["data"]

    assert {"start": "2026-11-24T10:00:00.000+01:00"} not in days["2026-11-24"]
    assert [each["start"][11:16] for each in days["2026-11-25"]] == ["12:00", "12:15", "12:30"]
    assert "2026-11-26" not in days


async def test_a_collective_needs_everybody_and_one_in_turn_anybody(sim: Simulator, salon: Salon) -> None:
    turn = salon.kind("waschen")
    await salon.booked(TEN)
    in_turn = await salon.starts(turn)
    turn.scheduling = "collective"
    sim.clock.advance(3)
    together = await salon.starts(turn)
    refused = await salon.book(TEN, turn)

    assert "2026-11-24T09:00:00.000Z" in in_turn
    assert "2026-11-24T09:00:00.000Z" not in together
    assert refused.json() == {"statusCode": 500, "message": "fixed_hosts_unavailable_for_booking"}


async def test_any_minute_of_free_time_can_be_booked(salon: Salon) -> None:
    """The grid of slots is an offer only; the stored start is the instant asked for."""
    booked = await salon.booked("2026-11-24T10:07:00+01:00")
    assert (booked["start"], booked["end"]) == ("2026-11-24T09:07:00.000Z", "2026-11-24T09:37:00.000Z")
