"""What is offered is free by the rules, in the ledger and in the calendar, through the voice door and over real sockets."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.database import Clock, DatabaseUrls
from support.free_salon import FreeSalon, at, free_salon, said, starts
from support.voice import open_day, served_salon
from zusage.adapters.embedded import EmbeddedServers
from zusage.adapters.valkey.server import client
from zusage.app.mirror.bring_over import bring_over
from zusage.boot.calendars import open_calendars
from zusage.boot.wiring import mirroring_of
from zusage.sandbox.calcom import Fault, Latency

TWO = at(14)
NO_HOSTS = Fault(
    "error_before_commit", op="bookings.create", status=422, message="No hosts available.", times=None
)


async def test_what_is_free_here_and_there_is_held_and_said_as_certain(salon: FreeSalon) -> None:
    answer = await salon.check(said(TWO))
    assert answer["status"] == "held", answer
    sure = answer["data"]["certainty"]
    assert (sure["ledger"], sure["calendar"]) == ("held", "seen")
    assert 2 <= sure["age_seconds"] < 20
    assert "passt es" in answer["say"]


async def test_foreign_time_there_is_not_offered_though_the_ledger_is_empty(salon: FreeSalon) -> None:
    salon.all_busy(TWO - timedelta(minutes=30), 60)
    answer = await salon.check(said(TWO))
    assert answer["status"] == "not_free"
    assert answer["data"]["reason"] == "not_free"
    offered = starts(answer)
    assert offered
    assert all(start >= at(14, 30) or start + timedelta(minutes=60) <= at(13, 30) for start in offered)
    named = answer["data"]["offers"][0]["certainty"]
    assert (named["ledger"], named["calendar"]) == ("free", "seen")


async def test_a_web_booking_of_one_leaves_the_others(salon: FreeSalon) -> None:
    await salon.sim.people.book(salon.kind("anna-schmidt", "damenschnitt").id, TWO)
    when = said(TWO)
    answer = await salon.check(when, staff="Anna Schmidt")
    assert answer["status"] == "not_free"
    assert TWO not in starts(answer)
    anyone = await salon.check(when)
    assert anyone["status"] == "held"
    assert anyone["data"]["staff"] != "Anna Schmidt"


async def test_other_hours_there_narrow_ours(salon: FreeSalon) -> None:
    for user in salon.account.people.values():
        salon.sim.people.hours(user.schedule_id, date=open_day().isoformat(), start="09:00", end="12:00")
    answer = await salon.phone().tool(
        "get_alternatives", {"service": "Damenschnitt", "when": f"{open_day():%d.%m.%Y} nachmittags"}
    )
    offered = starts(answer)
    assert offered
    assert all(start.date() != open_day() or start.hour < 12 for start in offered)


@pytest.mark.parametrize("probes", [True, False])
async def test_of_a_compound_service_only_the_work_must_be_free_there(
    database: DatabaseUrls, probes: bool
) -> None:
    """30 minutes of work, 25 of waiting, 75 of work: what is foreign in the gap takes nothing away."""
    async with free_salon(database, probes=probes) as salon:
        start, service = at(10), "Ansatzfärbung"
        salon.all_busy(start + timedelta(minutes=30), 15)
        salon.all_busy(at(14) + timedelta(minutes=60), 15)
        in_the_gap = await salon.check(said(start), service)
        assert in_the_gap["status"] == "held", in_the_gap
        in_the_work = await salon.check(said(at(14)), service)
        assert in_the_work["status"] == "not_free"
        assert at(14) not in starts(in_the_work)


async def test_without_a_probe_the_event_types_of_the_service_are_asked(database: DatabaseUrls) -> None:
    async with free_salon(database, probes=False) as salon:
        assert (await salon.check(said(TWO)))["status"] == "held"
        kinds = {entry.query["eventTypeId"] for entry in salon.sim.journal.of("slots.list")}
        assert {str(salon.kind(key, "damenschnitt").id) for key in salon.people} <= kinds
        salon.all_busy(at(16), 60)
        other = await salon.check(said(at(16)), phone=salon.phone())
        assert other["status"] == "held", "what was read a moment ago counts, and the day is young"


@pytest.mark.parametrize(
    ("fault", "known", "failure"),
    [
        (None, "none", None),
        (Fault("rate_limited", op="bookings.create", times=None), "none", "limit"),
        (Fault("error_before_commit", op="bookings.create", times=None), "unknown", "unknown"),
        (NO_HOSTS, "none", "invalid"),
    ],
    ids=["not_tried", "pending", "unknown", "in_review"],
)
async def test_an_appointment_not_in_the_calendar_for_five_days_still_blocks(
    salon: FreeSalon, clock: Clock, fault: Fault | None, known: str, failure: str | None
) -> None:
    """What another process tries once fails, or nobody tries: Cal.com calls the time free all the while."""
    for record in salon.people.values():
        wish = {
            "service": "Damenschnitt",
            "when": said(TWO),
            "name": "Sabine Müller",
            "staff": record.staff.name,
        }
        answer = await salon.phone().tool("book_appointment", wish)
        assert answer["status"] in ("booked", "not_free", "conflict"), answer
    if fault is not None:
        salon.sim.add_fault(fault)
        await brought_over_elsewhere(salon)
    mirrors = await salon.salon.rows("SELECT known, failure, review_at IS NOT NULL FROM mirror")
    assert set(mirrors) == {(known, failure, failure == "invalid")}
    clock.advance(5 * 24 * 3600)
    answer = await salon.check(said(TWO))
    assert answer["status"] == "not_free"
    window = {"service": "Damenschnitt", "when": f"{open_day():%d.%m.%Y} ab 13 Uhr"}
    named = await salon.phone().tool("get_alternatives", window)
    for offers in (answer, named):
        assert starts(offers)
        assert all(abs(start - TWO) >= timedelta(hours=1) for start in starts(offers))
        assert {offer["certainty"]["calendar"] for offer in offers["data"]["offers"]} == {"seen"}
    assert salon.sim.world.bookings == {}


async def brought_over_elsewhere(salon: FreeSalon) -> None:
    """Have each booking brought over once by a process of its own: this one may go on asking Cal.com."""
    parts = salon.salon.parts
    async with open_calendars(parts.settings, parts.servers, parts.app) as calendars:
        mirroring = mirroring_of(parts.app, salon.salon.box, calendars)
        for (appointment_id,) in await salon.salon.rows("SELECT appointment_id FROM appointment"):
            await bring_over(salon.company_id, appointment_id, mirroring)


async def test_incident_73_just_booked_slot_is_not_offered(
    database: DatabaseUrls, servers: EmbeddedServers
) -> None:
    """Two layers once kept free times, and one was forgotten: the ledger is kept in none."""
    async with free_salon(database, valkey_url=servers.urls.valkey) as salon:
        window = {
            "service": "Damenschnitt",
            "when": f"{open_day():%d.%m.%Y} nachmittags",
            "staff": "Anna Schmidt",
        }
        offered = await salon.phone().tool("get_alternatives", window)
        first = starts(offered)[0]
        wish = {"service": "Damenschnitt", "when": said(first), "name": "Jan Klein", "staff": "Anna Schmidt"}
        booked = await salon.phone().tool("book_appointment", wish)
        assert booked["status"] == "booked", booked
        before = salon.requests()
        again = await salon.phone().tool("get_alternatives", window)
        assert salon.requests() == before, "what is kept is still used"
        assert again["status"] == "offers"
        assert all(abs(start - first) >= timedelta(hours=1) for start in starts(again))
        refused = await salon.check(said(first), staff="Anna Schmidt")
        assert refused["status"] == "not_free"


async def test_the_calls_own_hold_does_not_refuse_itself_where_it_is_hidden_there(salon: FreeSalon) -> None:
    """A courtesy reservation hides the held time from everybody who asks Cal.com, from us as well."""
    phone = salon.phone()
    held = await salon.check(said(TWO), staff="Anna Schmidt", phone=phone)
    assert held["status"] == "held"
    salon.busy("anna-schmidt", TWO, 60)
    filler = salon.salon.parts.free_times.filler
    await filler.kept.drop(salon.company_id, salon.staff("anna-schmidt"), [open_day()])
    again = await salon.check(said(TWO), staff="Anna Schmidt", phone=phone)
    assert again["status"] == "held", again
    other = await salon.check(said(TWO), staff="Anna Schmidt")
    assert other["status"] == "not_free"


async def test_what_is_asked_beyond_the_days_near_a_wish_is_read_when_it_is_needed(salon: FreeSalon) -> None:
    """The salon is full there for nine days around; the first other day is found all the same, and is really free."""
    day = open_day(2)
    for n in range(-5, 6):
        salon.all_busy(at(0, day=day + timedelta(days=n)), 24 * 60)
    answer = await salon.check(said(at(14, day=day)))
    assert answer["status"] == "not_free"
    offered = starts(answer)
    assert offered
    assert all(abs((start.date() - day).days) > 5 for start in offered)
    assert all(offer["certainty"]["calendar"] == "seen" for offer in answer["data"]["offers"])


async def test_a_slow_calendar_is_waited_for_once_and_no_longer_than_said(database: DatabaseUrls) -> None:
    """The hard deadline of the phone; the late answer is kept all the same, so that the next caller has it."""
    async with free_salon(database, deadline_ms=400) as salon:
        salon.sim.add_fault(Fault("latency", op="slots.list", latency=Latency(ms=1200), times=None))
        first = await salon.check(said(TWO))
        assert first["status"] == "held"
        assert first["data"]["certainty"] == {"ledger": "held", "calendar": "local"}
        assert "Der Kalender antwortet gerade nicht" in first["say"]
        await salon.settled()
        asked = salon.requests()
        second = await salon.check(said(at(16)))
        assert second["data"]["certainty"]["calendar"] == "seen"
        assert salon.requests() == asked


async def test_a_branch_without_a_calendar_pays_nothing(
    database: DatabaseUrls, servers: EmbeddedServers
) -> None:
    """Nothing is kept, counted or asked for it, and its answers are as they were."""
    async with served_salon(database, valkey=servers.urls.valkey) as salon:
        valkey = client(servers.urls.valkey, timeout=2)
        before = [key async for key in valkey.scan_iter("zusage:free:*")]
        answer = await salon.phone().tool(
            "check_availability", {"service": "Damenschnitt", "when": said(TWO)}
        )
        assert answer["data"]["certainty"] == {"ledger": "held", "calendar": "none"}
        assert [key async for key in valkey.scan_iter("zusage:free:*")] == before
        await valkey.aclose()
