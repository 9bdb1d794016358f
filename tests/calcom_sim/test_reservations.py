"""Holds on slots: what they refuse, and all they do not."""

from __future__ import annotations

import asyncio

from calcom_sim.salon import ELEVEN, TEN, Salon, data, message
from zusage.sandbox.calcom import Latency


async def test_the_answer_of_a_hold(salon: Salon) -> None:
    held = data(await salon.reserve(TEN, reservationDuration=15))
    del held["reservationUid"]
    assert held == {
        "eventTypeId": salon.kind().id,
        "slotStart": "2026-11-24T09:00:00.000Z",
        "slotEnd": "2026-11-24T09:30:00.000Z",
        "slotDuration": 30,
        "reservationDuration": 15,
        "reservationUntil": "2026-11-23T08:15:00.000Z",
    }


async def test_a_hold_ends_after_five_minutes(salon: Salon) -> None:
    await salon.reserve(TEN)
    salon.sim.clock.advance(300)
    assert (await salon.reserve(TEN)).status_code == 201


async def test_a_length_of_ones_own_needs_the_owner(salon: Salon, stranger: Salon) -> None:
    refused = await stranger.reserve(TEN, reservationDuration=15)
    usual = await stranger.reserve(TEN)
    assert (refused.status_code, usual.status_code) == (401, 201)


async def test_only_the_same_event_type_is_looked_at(salon: Salon) -> None:
    """Neither a booking of another type nor closed hours stand in a hold's way."""
    await salon.booked(TEN)
    same, other = await salon.reserve(TEN), await salon.reserve(TEN, salon.kind("farbe"))
    closed = await salon.reserve("2026-11-24T02:00:00Z")

    assert (same.status_code, message(same)) == (422, "Can't reserve a slot if the event is already booked.")
    assert (other.status_code, closed.status_code) == (201, 201)


async def test_a_hold_cannot_be_prolonged_in_place(salon: Salon) -> None:
    held = data(await salon.reserve(TEN))["reservationUid"]
    path, kind = f"/v2/slots/reservations/{held}", salon.kind()
    wish = {"eventTypeId": kind.id, "slotStart": TEN}
    same = await salon.send("PATCH", path, "2024-09-04", json=wish)
    elsewhere = await salon.send("PATCH", path, "2024-09-04", json=wish | {"slotStart": ELEVEN})
    nobody = await salon.send("PATCH", "/v2/slots/reservations/none", "2024-09-04", json=wish)

    assert (same.status_code, elsewhere.status_code, nobody.status_code) == (422, 200, 404)


async def test_giving_a_hold_up_is_well_every_time(salon: Salon) -> None:
    held = data(await salon.reserve(TEN))["reservationUid"]
    path = f"/v2/slots/reservations/{held}"
    dropped = [await salon.send("DELETE", path, "2024-09-04") for _ in range(2)]
    gone = await salon.send("GET", path, "2024-09-04")

    assert [each.status_code for each in dropped] == [200, 200]
    assert gone.json() == {"status": "success", "data": None}


async def test_two_holds_at_once_may_both_be_given(salon: Salon) -> None:
    salon.sim.state.latency["slots.reserve"] = Latency(ms=60)
    both = await asyncio.gather(salon.reserve(TEN), salon.reserve(TEN))
    assert [each.status_code for each in both] == [201, 201]


async def test_a_team_takes_as_many_holds_as_it_has_hosts(salon: Salon) -> None:
    turn = salon.kind("waschen")
    taken = [(await salon.reserve(TEN, turn)).status_code for _ in range(4)]
    assert taken == [201, 201, 201, 422]
    assert "2026-11-24T09:00:00.000Z" not in await salon.starts(turn)
