"""Event types and schedules: what an adapter reads, and the probe types it makes."""

from __future__ import annotations

from calcom_sim.salon import TEN, Salon, data
from zusage.sandbox.calcom import Simulator

_V = "2024-06-14"


async def test_hidden_event_types_are_for_their_owner(salon: Salon, stranger: Salon) -> None:
    mine = (await salon.send("GET", "/v2/event-types", _V)).json()["data"]
    theirs = (await stranger.send("GET", "/v2/event-types", _V, params={"username": "anna"})).json()["data"]
    one = (
        await stranger.send("GET", "/v2/event-types", _V, params={"username": "anna", "eventSlug": "farbe"})
    ).json()

    assert {each["slug"] for each in mine} - {each["slug"] for each in theirs} == {"frei"}
    assert [each["lengthInMinutes"] for each in one["data"]] == [45]
    assert mine[0]["bookingFields"][1] == {
        "isDefault": True,
        "type": "email",
        "slug": "email",
        "required": True,
    }


async def test_the_old_shape_without_the_version(salon: Salon) -> None:
    answer = await salon.send("GET", "/v2/event-types")
    assert len(data(answer)["eventTypeGroups"][0]["eventTypes"]) == 6


async def test_a_probe_event_type_is_made_changed_and_dropped(salon: Salon) -> None:
    wish = {"title": "Frei", "slug": "probe", "lengthInMinutes": 5, "slotInterval": 5, "hidden": True}
    made = await salon.send("POST", "/v2/event-types", _V, json=wish)
    twice = await salon.send("POST", "/v2/event-types", _V, json=wish)
    path = f"/v2/event-types/{data(made)['id']}"
    starts = await salon.starts(salon.sim.world.event_types[data(made)["id"]])
    changed = await salon.send(
        "PATCH", path, _V, json={"slotInterval": 10, "bookingWindow": {"type": "calendarDays", "value": 30}}
    )
    dropped = await salon.send("DELETE", path, _V)
    gone = await salon.send("GET", path, _V)
    nothing = await salon.send("POST", "/v2/event-types", _V, json={"title": "x"})

    assert (made.status_code, twice.status_code, nothing.status_code) == (201, 400, 400)
    assert starts[:2] == ["2026-11-24T08:00:00.000Z", "2026-11-24T08:05:00.000Z"]
    assert data(changed)["slotInterval"] == 10
    assert data(changed)["bookingWindow"] == [{"type": "calendarDays", "value": 30, "rolling": True}]
    assert (dropped.status_code, gone.status_code) == (200, 404)


async def test_a_managed_event_type_comes_with_children(sim: Simulator, salon: Salon) -> None:
    people = [each.id for each in sim.world.users.values()]
    team = next(iter(sim.world.teams))
    wish = {
        "title": "Strähnen",
        "slug": "straehnen",
        "lengthInMinutes": 90,
        "schedulingType": "managed",
        "hosts": [{"userId": each} for each in people],
    }
    made = (await salon.send("POST", f"/v2/teams/{team}/event-types", json=wish)).json()["data"]
    child = sim.world.event_types[made[1]["id"]]
    elsewhere = await salon.send("POST", "/v2/teams/7/event-types", json=wish)

    assert (made[0]["schedulingType"], len(made[0]["hosts"])) == ("managed", 3)
    assert [each["parentEventTypeId"] for each in made[1:]] == [made[0]["id"]] * 3
    assert (await salon.booked(TEN, child))["duration"] == 90
    assert elsewhere.status_code == 404


async def test_schedules(salon: Salon) -> None:
    default = data(await salon.send("GET", "/v2/schedules/default", "2024-06-11"))
    listed = (await salon.send("GET", "/v2/schedules", _V)).json()["data"]
    path = f"/v2/schedules/{default['id']}"
    closed = {"overrides": [{"date": "2026-11-24", "startTime": "10:00", "endTime": "11:00"}]}
    changed = data(await salon.send("PATCH", path, "2024-06-11", json=closed))
    starts = await salon.starts()
    wrong = await salon.send("PATCH", path, "2024-06-11", json={"timeZone": "Mars/Olympus"})

    assert [each["id"] for each in listed] == [default["id"]]
    assert default["availability"][1] == {"days": ["Saturday"], "startTime": "09:00", "endTime": "14:00"}
    assert changed["overrides"] == closed["overrides"]
    assert starts == ["2026-11-24T09:00:00.000Z", "2026-11-24T09:15:00.000Z", "2026-11-24T09:30:00.000Z"]
    assert wrong.status_code == 400


async def test_busy_times_are_those_of_the_connected_calendar(sim: Simulator, salon: Salon) -> None:
    await salon.booked(TEN)
    start = sim.clock.now()
    sim.people.busy(salon.kind().owner_id or 0, start, start.replace(hour=9))
    query = {"dateFrom": "2026-11-23", "dateTo": "2026-11-30", "loggedInUsersTz": "Europe/Berlin"}
    busy = (await salon.send("GET", "/v2/calendars/busy-times", params=query)).json()["data"]

    expected = {
        "start": "2026-11-23T08:00:00.000Z",
        "end": "2026-11-23T09:00:00.000Z",
        "source": "sim-calendar",
    }
    assert busy == [expected]
