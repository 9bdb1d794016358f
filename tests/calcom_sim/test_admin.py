"""The admin door: everything a test in the same process can do, from another one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from calcom_sim.salon import ELEVEN, NINE, TEN, Receiver, Salon, data
from zusage.sandbox.calcom import Simulator


@pytest.fixture
async def admin(sim: Simulator) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=sim.admin_url) as client:
        yield client


async def posted(admin: httpx2.AsyncClient, path: str, body: Any = None) -> Any:
    answer = await admin.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_faults_are_scripted_listed_and_taken_back(admin: httpx2.AsyncClient, salon: Salon) -> None:
    fault = {
        "kind": "error_after_commit",
        "op": "bookings.create",
        "metadata": {"intent": "i-1"},
        "times": None,
    }
    slow = {"kind": "latency", "latency": {"kind": "even", "ms": 1, "high_ms": 2}}
    made = await posted(admin, "/faults", [fault, slow])
    answer = await salon.book(TEN, metadata={"intent": "i-1"})
    listed = (await admin.get("/faults")).json()
    dropped = await admin.delete(f"/faults/{made['ids'][0]}")
    missing = await admin.delete("/faults/99")

    assert answer.status_code == 500
    assert [(each["kind"], each["fired"]) for each in listed] == [("error_after_commit", 1), ("latency", 1)]
    assert (dropped.status_code, missing.status_code) == (200, 404)
    assert (await salon.book(ELEVEN, metadata={"intent": "i-1"})).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "explode"},
        {"op": "x"},
        {"kind": "latency", "latency": {"kind": "slow"}},
        {"kind": "latency", "nth": 0},
    ],
)
async def test_faults_that_cannot_be_read(admin: httpx2.AsyncClient, body: Any) -> None:
    answer = await admin.post("/faults", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_the_clock(admin: httpx2.AsyncClient, sim: Simulator) -> None:
    standing = await posted(admin, "/clock", {"now": "2026-12-24T10:00:00+01:00"})
    later = await posted(admin, "/clock", {"advance_s": 90})
    running = await posted(admin, "/clock", {"now": "2026-12-24T10:00:00+01:00", "frozen": False})
    naive = await admin.post("/clock", json={"now": "2026-12-24T10:00:00"})

    assert standing == {"now": "2026-12-24T09:00:00.000Z", "frozen": True}
    assert later["now"] == "2026-12-24T09:01:30.000Z"
    assert running["frozen"] is False
    assert sim.clock.now().isoformat().startswith("2026-12-24T09:00:0")
    assert naive.status_code == 400


async def test_settings(admin: httpx2.AsyncClient, sim: Simulator, salon: Salon) -> None:
    await posted(
        admin, "/settings", {"rate_per_minute": 1, "block_s": 5, "slots_cache_s": 0, "latency": {"*": 1}}
    )
    await posted(admin, "/settings", {"replica_lag_s": 1, "hooks_inline": False})
    seen = [(await salon.send("GET", "/v2/me")).status_code for _ in range(2)]
    wrong = await admin.post("/settings", json={"speed": 3})

    assert seen == [200, 429]
    assert sim.rate.blocked(sim.clock.now()) == {"cal_live_simulator": 5.0}
    assert wrong.status_code == 400


async def test_people(admin: httpx2.AsyncClient, sim: Simulator, salon: Salon) -> None:
    kind = salon.kind()
    ben = salon.kind(owner="ben").owner_id
    booked = await posted(
        admin, "/people", {"do": "book", "event_type_id": kind.id, "start": TEN, "name": "Web"}
    )
    moved = await posted(admin, "/people", {"do": "move", "uid": booked["uid"], "start": ELEVEN})
    await posted(admin, "/people", {"do": "reassign", "uid": moved["uid"], "host_id": ben})
    await posted(admin, "/people", {"do": "absent", "uid": moved["uid"]})
    seen = data(await salon.get(moved["uid"]))
    await posted(admin, "/people", {"do": "cancel", "uid": moved["uid"]})
    await posted(admin, "/people", {"do": "busy", "user_id": ben, "start": TEN, "end": ELEVEN})
    unknown = await admin.post("/people", json={"do": "cancel", "uid": "nobody"})
    stranger = {"do": "reassign", "uid": moved["uid"], "host_id": 999_999}
    no_host = await admin.post("/people", json=stranger)
    no_deed = await admin.post("/people", json={"do": "sing"})

    assert (seen["hosts"][0]["id"], seen["attendees"][0]["name"], seen["attendees"][0]["absent"]) == (
        ben,
        "Web",
        True,
    )
    assert salon.live == []
    assert (await salon.book(TEN, salon.kind(owner="ben"))).status_code == 400
    assert (unknown.status_code, no_host.status_code, no_deed.status_code) == (404, 404, 400)
    assert (await admin.get("/bookings")).status_code == 200


async def test_people_move_what_is_live_and_nothing_twice(
    admin: httpx2.AsyncClient, sim: Simulator, salon: Salon
) -> None:
    booked = await posted(admin, "/people", {"do": "book", "event_type_id": salon.kind().id, "start": TEN})
    moved = await posted(admin, "/people", {"do": "move", "uid": booked["uid"], "start": ELEVEN})
    again = await admin.post("/people", json={"do": "move", "uid": booked["uid"], "start": NINE})
    await posted(admin, "/people", {"do": "cancel", "uid": moved["uid"]})
    cancelled = await admin.post("/people", json={"do": "move", "uid": moved["uid"], "start": NINE})

    assert [again.status_code, cancelled.status_code] == [400, 400]
    assert f"rescheduled already to booking with uid={moved['uid']}" in again.json()["error"]
    assert "has been cancelled." in cancelled.json()["error"]
    assert (salon.live, len(sim.world.bookings)) == ([], 2)


async def test_the_journal(admin: httpx2.AsyncClient, salon: Salon) -> None:
    await salon.send("GET", "/v2/me")
    mark = (await admin.get("/requests")).json()[-1]["number"]
    booked = await salon.booked(TEN, metadata={"intent": "i-1"})
    entries = (await admin.get("/requests", params={"since": mark, "op": "bookings.create"})).json()

    assert len(entries) == 1
    assert entries[0]["body"]["metadata"] == {"intent": "i-1"}
    assert entries[0]["answer"]["data"]["uid"] == booked["uid"]
    assert (entries[0]["status"], entries[0]["version"], entries[0]["http"]) == (201, "2024-08-13", "1.1")
    assert "cal_live_simulator" not in entries[0]["key"]


async def test_the_whole_truth_for_the_proof(admin: httpx2.AsyncClient, salon: Salon) -> None:
    """Every booking as it really is, whatever look-ups show; also by the plain port."""
    salon.sim.state.replica_lag_s = 60
    booked = await salon.booked(TEN)
    found = (await admin.get("/bookings", params={"account": "salon"})).json()
    state = (await admin.get("/state")).json()
    kinds = (await salon.http.get("/_sim/event-types")).json()

    assert await salon.uids() == []
    assert [each["uid"] for each in found] == [booked["uid"]]
    assert (state["live"], state["now"]) == (1, "2026-11-23T08:00:00.000Z")
    assert {each["account"] for each in kinds} == {"salon"}


async def test_an_outage_leaves_the_admin_door_open(admin: httpx2.AsyncClient, salon: Salon) -> None:
    await posted(admin, "/outage", {"mode": "refuse"})
    with pytest.raises(httpx2.TransportError):
        await salon.send("GET", "/v2/me")
    await posted(admin, "/outage", {"mode": None})
    wrong = await admin.post("/outage", json={"mode": "rain"})

    assert (await salon.send("GET", "/v2/me")).status_code == 200
    assert wrong.status_code == 400


async def test_another_world(admin: httpx2.AsyncClient, sim: Simulator) -> None:
    kinds = [
        {"slug": "schnitt", "length": 30, "owner": "mia", "slot_interval": 10},
        {"slug": "farbe", "length": 60, "scheduling": "managed", "hosts": ["mia", "tom"]},
        {"slug": "duo", "length": 60, "scheduling": "collective", "hosts": ["mia", "tom"]},
    ]
    account = {"name": "barber", "key": "cal_live_b", "people": ["mia", "tom"], "event_types": kinds}
    answer = await admin.put("/world", json={"accounts": [account]})
    wrong = await admin.put("/world", json={"accounts": [{"nom": "x"}]})

    assert answer.json() == {"barber": "cal_live_b"}
    assert [each.slug for each in sim.world.event_types.values()] == [
        "schnitt",
        "farbe",
        "farbe",
        "farbe",
        "duo",
    ]
    assert wrong.status_code == 400


async def test_resetting_keeps_the_world(admin: httpx2.AsyncClient, salon: Salon) -> None:
    await salon.booked(TEN)
    await posted(admin, "/faults", {"kind": "error_before_commit", "times": None})
    await posted(admin, "/reset")

    assert (await admin.get("/requests")).json() == []
    assert len(await salon.uids()) == 1


async def test_settling_sends_what_was_held(
    admin: httpx2.AsyncClient, salon: Salon, receiver: Receiver
) -> None:
    await salon.subscribe(receiver.url)
    await posted(admin, "/faults", {"kind": "webhook_reorder"})
    await salon.booked(TEN)
    before = list(receiver.events)
    await posted(admin, "/settle")
    deliveries = (await admin.get("/deliveries")).json()

    assert before == []
    assert receiver.triggers == ["BOOKING_CREATED"]
    assert [each["outcome"] for each in deliveries] == ["sent"]


async def test_the_state_page(admin: httpx2.AsyncClient, salon: Salon, sim: Simulator) -> None:
    who = {"name": "<b>Ida</b>", "email": "i@callers.example", "timeZone": "Europe/Berlin"}
    booked = await salon.booked(TEN, attendee=who)
    await posted(admin, "/faults", {"kind": "lookup_lag", "seconds": 3})
    await sim.outage("hang")
    page = (await admin.get("")).text

    assert booked["uid"] in page
    assert "10:00–10:30" in page
    assert "&lt;b&gt;Ida" in page
    assert "<b>" not in page
    assert "lookup_lag" in page
    assert "outage: hang" in page


async def test_what_is_not_there(admin: httpx2.AsyncClient) -> None:
    answer = await admin.get("/nothing")
    assert (answer.status_code, answer.json()) == (404, {"error": "there is no GET /_sim/nothing"})
