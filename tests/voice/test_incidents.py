"""What went wrong in the system before us (origin, section 4), as it would be heard on the phone."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

import psycopg
import pytest

from support.database import Clock, DatabaseUrls
from support.voice import BERLIN, Salon, open_day

TIMES = ("05:", "06:", "07:", "08:", "21:", "22:", "23:")


def at(day: date, time: str) -> str:
    return f"{day:%d.%m.%Y} {time}"


CUT = {"service": "Bart trimmen"}


async def test_incident_11_a_failure_is_an_apology_without_times(
    salon: Salon, database: DatabaseUrls
) -> None:
    phone = salon.phone()
    with psycopg.connect(database.migrate, autocommit=True) as owner:
        owner.execute("ALTER FUNCTION ledger_take RENAME TO ledger_gone")
        answer = await phone.tool("check_availability", {**CUT, "when": at(open_day(), "14 Uhr")})
        owner.execute("ALTER FUNCTION ledger_gone RENAME TO ledger_take")
    assert answer["status"] == "error"
    assert answer["data"] == {}
    assert not any(char.isdigit() for char in answer["say"])
    again = await phone.tool("check_availability", {**CUT, "when": at(open_day(), "14 Uhr")})
    assert again["status"] == "held"


async def test_incident_15_what_was_free_at_the_check_is_free_at_the_booking(salon: Salon) -> None:
    phone, rival, day = salon.phone(), salon.phone(), open_day()
    wish = {**CUT, "staff": "Jonas", "when": at(day, "14 Uhr")}
    assert (await phone.tool("check_availability", wish))["status"] == "held"
    assert (await rival.tool("check_availability", wish))["status"] == "not_free"
    assert (await rival.tool("book_appointment", {**wish, "name": "Rita Rivalin"}))["status"] == "conflict"
    assert (await phone.tool("book_appointment", {"name": "Jan Klein"}))["status"] == "booked"


@pytest.mark.parametrize("seconds", [18, 22, 38, 100])
async def test_incident_16_the_hold_outlives_the_talk_between_check_and_booking(
    salon: Salon, clock: Clock, seconds: int
) -> None:
    phone, day = salon.phone(), open_day()
    wish = {**CUT, "staff": "Jonas", "when": at(day, "14 Uhr")}
    await phone.tool("check_availability", wish)
    clock.advance(seconds)
    assert (await salon.phone().tool("check_availability", wish))["status"] == "not_free"
    assert (await phone.tool("book_appointment", {"name": "Jan Klein"}))["status"] == "booked"


async def test_incident_17_two_bookings_at_once_are_refused_by_the_database(salon: Salon) -> None:
    wish = {**CUT, "staff": "Jonas", "when": at(open_day(), "14 Uhr"), "name": "Jan Klein"}
    answers = await asyncio.gather(*(salon.phone().tool("book_appointment", wish) for _ in range(8)))
    assert sorted(a["status"] for a in answers) == ["booked"] + ["conflict"] * 7


async def test_incident_18_a_compound_service_is_held_whole_or_not_at_all(salon: Salon) -> None:
    day = open_day()
    # The last part of the perm (10:00-12:15) meets a cut at half past eleven.
    await salon.phone().tool(
        "book_appointment",
        {"service": "Herrenschnitt", "staff": "Anna Schmidt", "when": at(day, "11 Uhr 30"), "name": "Jan"},
    )
    before = await salon.rows("SELECT count(*) FROM claim")
    perm = await salon.phone().tool(
        "check_availability", {"service": "Dauerwelle", "staff": "Anna Schmidt", "when": at(day, "10 Uhr")}
    )
    assert perm["status"] == "not_free"
    assert await salon.rows("SELECT count(*) FROM claim") == before


async def test_incident_19_the_owner_sees_through_the_own_hold(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    wish = {"service": "Damenschnitt", "staff": "Anna Weber", "when": at(day, "14 Uhr")}
    first = await phone.tool("check_availability", wish)
    again = await phone.tool("check_availability", wish)
    shifted = await phone.tool("check_availability", {**wish, "when": at(day, "14 Uhr 30")})
    assert [a["status"] for a in (first, again, shifted)] == ["held"] * 3
    assert again["reservation_token"] == first["reservation_token"]


async def test_incident_21_a_repeated_booking_hears_the_first_result(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    wish = {**CUT, "when": at(day, "14 Uhr"), "name": "Jan Klein"}
    first = await phone.tool("book_appointment", wish, tool_call_id="tool_call_slow")
    repeat = await phone.tool("book_appointment", wish, tool_call_id="tool_call_slow")
    assert (first["status"], repeat["status"]) == ("booked", "booked")
    assert repeat["appointment_id"] == first["appointment_id"]
    assert await salon.rows("SELECT count(*) FROM appointment") == [(1,)]


async def test_incident_23_a_second_wish_in_one_call_is_a_second_booking(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    answers = []
    for service, time in (("Bart trimmen", "14 Uhr"), ("Bart trimmen", "16 Uhr"), ("Damenschnitt", "17 Uhr")):
        wish = {"service": service, "when": at(day, time), "name": "Jan Klein"}
        answers.append(await phone.tool("book_appointment", wish))
    assert [a["status"] for a in answers] == ["booked"] * 3
    assert len({a["appointment_id"] for a in answers}) == 3


async def test_incident_24_another_customers_time_is_never_overridden(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    wish = {**CUT, "staff": "Jonas", "when": at(day, "14 Uhr"), "name": "Jan Klein"}
    await salon.phone().tool("book_appointment", wish)
    own = {**wish, "when": at(day, "16 Uhr")}
    await phone.tool("book_appointment", own)
    assert (await phone.tool("check_availability", wish))["status"] == "not_free"
    # Not even the own appointment is free time, and it is said as what it is.
    assert (await phone.tool("book_appointment", own))["status"] == "already_booked"


async def test_incident_47_the_chosen_offer_is_booked_with_its_day(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    wish = {**CUT, "staff": "Jonas", "when": at(day, "14 Uhr")}
    for hour in range(9, 18):
        filled = {**CUT, "staff": "Jonas", "when": at(day, f"{hour} Uhr"), "name": "Rita"}
        await salon.phone().tool("book_appointment", filled)
        await salon.phone().tool("book_appointment", {**filled, "when": at(day, f"{hour} Uhr 30")})
    offered = await phone.tool("check_availability", wish)
    other_day = next(o for o in offered["data"]["offers"] if not o["start"].startswith(day.isoformat()))
    booked = await phone.tool("book_appointment", {"offer": str(other_day["n"]), "name": "Jan Klein"})
    assert booked["status"] == "booked"
    assert booked["data"]["appointment"]["start"] == other_day["start"]


async def test_incident_49_booking_takes_what_was_checked_and_derives_no_date_again(salon: Salon) -> None:
    phone, day = salon.phone(), open_day(3)
    checked = await phone.tool("check_availability", {**CUT, "when": at(day, "14 Uhr")})
    hold = {"name": "Jan Klein", "hold": checked["data"]["hold"]["token"]}
    drifted = await phone.tool(
        "book_appointment", {**hold, "date": (day - timedelta(days=1)).isoformat(), "time": "14:00"}
    )
    assert drifted["status"] == "replaced"
    booked = await phone.tool("book_appointment", hold)
    assert booked["data"]["appointment"]["start"] == checked["data"]["start"]


async def test_incident_48_what_was_not_said_is_asked_never_filled(salon: Salon) -> None:
    phone = salon.phone()
    for args in (
        {**CUT},
        {**CUT, "datum": "", "uhrzeit": ""},
        {**CUT, "when": "null"},
        {**CUT, "date": "{{datum}}"},
    ):
        for tool in ("check_availability", "get_alternatives", "book_appointment"):
            answer = await phone.tool(tool, {**args, "name": "Jan Klein"})
            assert answer["status"] == "ask_when", (tool, args)
    assert await salon.rows("SELECT count(*) FROM hold") == [(0,)]


async def test_incident_48_a_day_alone_is_no_time(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    asked = await phone.tool("check_availability", {**CUT, "datum": day.isoformat()})
    assert asked["status"] == "offers"
    booked = await phone.tool("book_appointment", {**CUT, "datum": day.isoformat(), "name": "Jan Klein"})
    assert booked["status"] == "ask_when"


async def test_incident_51_no_service_is_ever_a_default(salon: Salon) -> None:
    phone = salon.phone()
    for said in (
        "einen Termin",
        "Haarschnitt",
        "was Schönes",
        "Maniküre",
        "bei Anna",
        "am Dienstag",
        "guten Tag",
    ):
        answer = await phone.tool("check_availability", {"service": said, "when": at(open_day(), "14 Uhr")})
        assert answer["status"] in {"ask_service", "unknown_service"}, said
    assert await salon.rows("SELECT count(*) FROM hold") == [(0,)]


async def test_incident_53_facts_come_from_the_catalogue(salon: Salon) -> None:
    phone = salon.phone()
    listed = {s["name"]: s for s in (await phone.tool("get_available_services"))["data"]["services"]}
    assert listed["Kinderhaarschnitt"]["price_cents"] == 2050
    assert (listed["Herrenschnitt"]["minutes"], listed["Herrenschnitt"]["price_cents"]) == (45, 3500)
    held = await phone.tool(
        "check_availability", {"service": "Kinderhaarschnitt", "when": at(open_day(), "10 Uhr")}
    )
    assert held["status"] == "held"
    assert "20 Euro 50" in held["say"]


async def test_incident_57_a_ledger_that_is_locked_is_told_in_time(salon: Salon) -> None:
    day = open_day()
    phone = salon.phone()
    await phone.tool("initialize_call")
    async with salon.parts.app.transaction(salon.company.id) as connection:
        await connection.execute("SELECT 1 FROM call FOR UPDATE")
        answer = await phone.tool("check_availability", {**CUT, "when": at(day, "14 Uhr")})
    assert answer["status"] == "busy"
    assert answer["say"]
    assert (await phone.tool("check_availability", {**CUT, "when": at(day, "14 Uhr")}))["status"] == "held"


async def test_incident_65_ids_that_a_model_invents_change_nothing(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    await phone.tool("check_availability", {**CUT, "when": at(day, "14 Uhr"), "call_id": "call_1"})
    booked = await phone.tool("book_appointment", {"name": "Jan Klein", "call_id": "12345"})
    assert booked["status"] == "booked"
    assert await salon.rows("SELECT count(*) FROM call") == [(1,)]


async def test_incident_66_the_older_two_in_one_tool_checks_and_books(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    args = {
        "dienstleistung": "Bart trimmen",
        "datum": day.isoformat(),
        "uhrzeit": "14:00",
        "name": "Jan Klein",
    }
    checked = await phone.tool("collect_appointment_data", {**args, "bestaetigung": False})
    assert checked["status"] == "held"
    booked = await phone.tool("collect_appointment_data", {**args, "bestaetigung": "true"})
    assert booked["status"] == "booked"


async def test_incident_68_a_tool_call_before_the_webhook_is_answered(salon: Salon) -> None:
    phone = salon.phone()
    assert (await phone.tool("initialize_call"))["status"] == "ok"
    assert await phone.event("call_started") == 204
    assert await salon.rows("SELECT count(*), count(started_at) FROM call") == [(1, 1)]


async def test_incident_60_what_was_said_once_is_not_asked_again(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    offered = await phone.tool("check_availability", {"when": f"{day:%d.%m.%Y} vormittags", **CUT})
    assert offered["status"] == "offers", offered
    held = await phone.tool("check_availability", {"when": "um 10 Uhr"})
    assert (held["status"], held["data"]["start"][:16]) == ("held", f"{day.isoformat()}T10:00")
    later = await phone.tool("check_availability", {"when": "lieber eine Stunde später"})
    assert (later["status"], later["data"]["start"][:16]) == ("held", f"{day.isoformat()}T11:00")


async def test_several_services_at_once_are_never_narrowed_to_one(salon: Salon) -> None:
    wish = {"service": "Bart trimmen und einen Kinderhaarschnitt", "when": f"{open_day():%d.%m.%Y} 10 Uhr"}
    answer = await salon.phone().tool("check_availability", wish)
    assert answer["status"] == "ask_service", answer
    assert answer["data"]["choices"] == ["Bart trimmen", "Kinderhaarschnitt"]
    assert await salon.rows("SELECT count(*) FROM hold") == [(0,)]


async def test_incident_69_a_call_is_one_row_however_often_it_is_told(salon: Salon) -> None:
    phone = salon.phone()
    await asyncio.gather(
        phone.event("call_started"), phone.event("call_started"), phone.tool("initialize_call")
    )
    for name in ("call_ended", "call_ended", "call_started", "call_analyzed"):
        assert await phone.event(name) == 204
    assert await salon.rows("SELECT count(*), count(ended_at) FROM call") == [(1, 1)]


async def test_incident_41_times_are_said_in_the_zone_of_the_branch(salon: Salon) -> None:
    phone = salon.phone()
    offered = await phone.tool("check_availability", {**CUT, "when": "nächste Woche"})
    for offer in offered["data"]["offers"]:
        local = datetime.fromisoformat(offer["start"])
        assert local.utcoffset() == local.astimezone(BERLIN).utcoffset()
        assert not local.time().isoformat().startswith(TIMES)


async def test_incident_13_the_minimum_notice_is_part_of_the_answer(salon: Salon) -> None:
    soon = datetime.now(BERLIN) + timedelta(minutes=10)
    phone = salon.phone(to_number="+493023125200")
    answer = await phone.tool(
        "check_availability", {"service": "Herrenschnitt", "when": soon.strftime("%Y-%m-%d %H:%M")}
    )
    assert answer["status"] == "too_soon"
    assert answer["data"]["limit"]
