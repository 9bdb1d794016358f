"""Webhooks: who is told what, signed how, in which order; and what becomes of them."""

from __future__ import annotations

import asyncio

from calcom_sim.salon import ELEVEN, TEN, Receiver, Salon, data
from zusage.sandbox.calcom import Fault, Simulator, sign


async def test_subscribing(salon: Salon, receiver: Receiver) -> None:
    made = await salon.subscribe(receiver.url)
    twice = await salon.subscribe(receiver.url)
    wrong = await salon.subscribe(receiver.url + "/2", "BOOKING_CONFIRMED")
    listed = (await salon.send("GET", "/v2/webhooks")).json()["data"]
    path = f"/v2/webhooks/{data(made)['id']}"
    changed = await salon.send("PATCH", path, json={"active": False})
    dropped = await salon.send("DELETE", path)
    gone = await salon.send("GET", path)

    assert [each.status_code for each in (made, twice, wrong)] == [201, 409, 400]
    assert [each["subscriberUrl"] for each in listed] == [receiver.url]
    assert data(changed)["active"] is False
    assert (dropped.status_code, gone.status_code) == (200, 404)


async def test_what_is_told_of_a_booking(salon: Salon, receiver: Receiver) -> None:
    await salon.subscribe(receiver.url)
    booked = await salon.booked(TEN, metadata={"intent": "i-1"})
    told = receiver.events[0]["payload"]

    assert receiver.triggers == ["BOOKING_CREATED"]
    assert (told["uid"], told["startTime"], told["status"]) == (
        booked["uid"],
        "2026-11-24T09:00:00.000Z",
        "ACCEPTED",
    )
    assert (told["metadata"], told["eventTypeId"]) == ({"intent": "i-1"}, salon.kind().id)
    assert receiver.signed() == [True]


async def test_without_a_secret_nothing_is_signed(salon: Salon, receiver: Receiver) -> None:
    await salon.subscribe(receiver.url, secret=None)
    await salon.booked(TEN)
    assert receiver.signatures[0][1] == "no-secret-provided"


def test_the_signature_is_plain_hmac_in_lowercase_hex() -> None:
    """RFC 4231's second test vector."""
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert sign(b"what do ya want for nothing?", "Jefe") == expected


async def test_a_cancellation_is_told_before_it_is_so(salon: Salon, receiver: Receiver) -> None:
    booked = await salon.booked(TEN)
    await salon.subscribe(receiver.url)
    receiver.slow_s = 0.3
    cancelling = asyncio.create_task(salon.cancel(booked["uid"]))
    await receiver.told.wait()
    meanwhile = data(await salon.get(booked["uid"]))
    await cancelling

    assert receiver.triggers == ["BOOKING_CANCELLED"]
    assert meanwhile["status"] == "accepted"
    assert data(await salon.get(booked["uid"]))["status"] == "cancelled"


async def test_a_move_is_told_once_and_names_both(salon: Salon, receiver: Receiver) -> None:
    first = await salon.booked(TEN)
    await salon.subscribe(receiver.url)
    second = data(await salon.move(first["uid"], ELEVEN))
    told = receiver.events[0]["payload"]

    assert receiver.triggers == ["BOOKING_RESCHEDULED"]
    assert (told["uid"], told["rescheduleUid"]) == (second["uid"], first["uid"])
    assert told["rescheduleStartTime"] == "2026-11-24T09:00:00.000Z"


async def test_several_subscriptions_tell_the_same_event_several_times(
    salon: Salon, receiver: Receiver
) -> None:
    """Of the user, the event type and the organization: each matches by itself."""
    kind, me = salon.kind(), data(await salon.send("GET", "/v2/me"))
    wish = {"subscriberUrl": receiver.url, "active": True, "triggers": ["BOOKING_CREATED"], "secret": "hush"}
    bases = (
        "/v2/webhooks",
        f"/v2/event-types/{kind.id}/webhooks",
        f"/v2/organizations/{me['organizationId']}/webhooks",
    )
    made = [(await salon.send("POST", base, json=wish)).status_code for base in bases]
    await salon.booked(TEN)
    mine = len(receiver.events)
    await salon.booked(TEN, salon.kind(owner="ben"))

    assert made == [201, 201, 201]
    assert mine == 3
    assert len(receiver.events) == 4


async def test_a_lost_one_is_not_sent_again(salon: Salon, receiver: Receiver) -> None:
    await salon.subscribe(receiver.url)
    salon.sim.add_fault(Fault("webhook_lost", op="BOOKING_CREATED", metadata={"intent": "a"}))
    await salon.booked(TEN, metadata={"intent": "a"})
    await salon.booked(ELEVEN, metadata={"intent": "b"})
    await salon.sim.settle()

    assert [each["payload"]["metadata"] for each in receiver.events] == [{"intent": "b"}]
    assert [each.outcome for each in salon.sim.journal.deliveries] == ["lost", "sent"]


async def test_doubled(salon: Salon, receiver: Receiver) -> None:
    await salon.subscribe(receiver.url)
    salon.sim.add_fault(Fault("webhook_duplicate"))
    await salon.booked(TEN)

    assert receiver.triggers == ["BOOKING_CREATED"] * 2
    assert receiver.signatures[0] == receiver.signatures[1]


async def test_late(salon: Salon, receiver: Receiver) -> None:
    """The booking request does not wait for it."""
    await salon.subscribe(receiver.url)
    salon.sim.add_fault(Fault("webhook_delay", seconds=0.2))
    await salon.booked(TEN)
    at_first = list(receiver.events)
    await salon.sim.settle()

    assert at_first == []
    assert receiver.triggers == ["BOOKING_CREATED"]


async def test_out_of_order(salon: Salon, receiver: Receiver) -> None:
    await salon.subscribe(receiver.url)
    salon.sim.add_fault(Fault("webhook_reorder", op="BOOKING_CREATED"))
    booked = await salon.booked(TEN)
    await salon.cancel(booked["uid"])
    await salon.sim.settle()

    assert receiver.triggers == ["BOOKING_CANCELLED", "BOOKING_CREATED"]


async def test_wrongly_signed(salon: Salon, receiver: Receiver) -> None:
    await salon.subscribe(receiver.url)
    salon.sim.add_fault(Fault("webhook_bad_signature"))
    await salon.booked(TEN)
    await salon.booked(ELEVEN)
    assert receiver.signed() == [False, True]


async def test_a_receiver_that_is_down_does_not_spoil_the_booking(salon: Salon) -> None:
    await salon.subscribe("http://127.0.0.1:1/nobody")
    booked = await salon.book(TEN)
    assert booked.status_code == 201
    assert [each.outcome for each in salon.sim.journal.deliveries] == ["failed"]


async def test_what_people_do_is_told_too(sim: Simulator, salon: Salon, receiver: Receiver) -> None:
    await salon.subscribe(receiver.url)
    kind = salon.kind()
    uid = await sim.people.book(kind.id, sim.clock.now())
    moved = await sim.people.move(uid, sim.clock.now().replace(hour=9))
    await sim.people.cancel(moved, quiet=True)

    assert receiver.triggers == ["BOOKING_CREATED", "BOOKING_RESCHEDULED"]
    assert data(await salon.get(moved))["status"] == "cancelled"
