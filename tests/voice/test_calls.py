"""Whole calls through the voice door: signed HTTP in, German out, the ledger behind."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from support.database import Clock
from support.voice import Salon, open_day
from zusage.language.german import speak


async def test_a_call_from_question_to_booking(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    asked = await phone.tool(
        "check_availability", {"service": "Damenschnitt", "when": f"am {day:%d.%m.%Y} um 14 Uhr"}
    )
    assert asked["status"] == "held", asked
    assert asked["success"] is True
    booked = await phone.tool(
        "book_appointment", {"name": "Sabine Müller", "hold": asked["data"]["hold"]["token"]}
    )
    assert booked["status"] == "booked", booked
    assert booked["data"]["appointment"]["start"] == f"{day.isoformat()}T14:00:00+01:00"
    assert await salon.rows("SELECT count(*) FROM claim WHERE appointment_id IS NOT NULL") == [(2,)]


async def test_a_whole_day_that_is_closed_is_said_to_be(salon: Salon) -> None:
    phone, monday = salon.phone(), open_day(weekday=0)
    answer = await phone.tool(
        "check_availability", {"service": "Damenschnitt", "when": f"am {monday:%d.%m.%Y}"}
    )
    assert answer["status"] == "closed"
    assert "geschlossen" in answer["say"]
    assert len(answer["data"]["offers"]) >= 2


async def test_a_question_after_a_hold_needs_no_service_again(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    await phone.tool("check_availability", {"service": "Herrenschnitt", "when": f"{day:%d.%m.%Y} 14 Uhr"})
    again = await phone.tool("check_availability", {"when": f"{day:%d.%m.%Y} 15 Uhr"})
    assert (again["status"], again["data"]["service"]) == ("held", "Herrenschnitt")
    nothing_said = await salon.phone().tool("check_availability", {"when": f"{day:%d.%m.%Y} 15 Uhr"})
    assert nothing_said["status"] == "ask_service"


async def test_a_known_number_books_under_its_name_and_a_shared_one_is_asked(salon: Salon) -> None:
    day = open_day()
    for name, hour in (("Sabine Müller", 10), ("Jan Müller", 12)):
        wish = {"service": "Bart trimmen", "when": f"{day:%d.%m.%Y} {hour} Uhr"}
        await salon.phone().tool("book_appointment", {**wish, "name": name})
        known = await salon.phone().tool(
            "book_appointment", {**wish, "when": f"{day:%d.%m.%Y} {hour + 4} Uhr"}
        )
        assert known["status"] == ("booked" if name == "Sabine Müller" else "ask_name")


async def test_a_booking_for_somebody_else_keeps_the_callers_name(salon: Salon) -> None:
    wish = {"service": "Kinderhaarschnitt", "when": f"{open_day():%d.%m.%Y} 10 Uhr", "name": "Sabine Müller"}
    booked = await salon.phone().tool("book_appointment", {**wish, "attendee": "Lena Müller"})
    assert booked["data"]["appointment"]["name"] == "Lena Müller"
    assert await salon.rows("SELECT name FROM customer") == [("Sabine Müller",)]


async def test_what_the_salon_is_told_stands_with_the_appointment(salon: Salon) -> None:
    wish = {"service": "Bart trimmen", "when": f"{open_day():%d.%m.%Y} 10 Uhr", "name": "Jan Klein"}
    told = {"notes": "Bitte mit Nackenrasur", "phone": "030 23125 123"}
    assert (await salon.phone().tool("book_appointment", wish | told))["status"] == "booked"
    assert await salon.rows("SELECT notes, contact_phone FROM appointment") == [
        ("Bitte mit Nackenrasur", "+493023125123")
    ]
    assert await salon.rows("SELECT phone FROM customer") == [("+4915112345678",)]


async def test_a_corrected_year_is_said_whatever_comes_of_the_wish(salon: Salon) -> None:
    day = open_day()
    for tool, time in (
        ("check_availability", "3 Uhr nachts"),
        ("book_appointment", "14 Uhr"),
        ("get_alternatives", "15 Uhr"),
    ):
        wish = {"service": "Bart trimmen", "when": f"{day:%d.%m.}2020 {time}", "name": "Jan Klein"}
        answer = await salon.phone().tool(tool, wish)
        assert answer["say"].startswith("Ich gehe von"), answer


async def test_one_person_is_booked_once_for_a_time_whoever_serves(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    cut = {"service": "Damenschnitt", "when": f"{day:%d.%m.%Y} 14 Uhr", "name": "Sabine Müller"}
    first = await phone.tool("book_appointment", cut)
    await phone.tool("book_appointment", {**cut, "service": "Färben", "when": f"{day:%d.%m.%Y} 16 Uhr"})
    again = await phone.tool("book_appointment", cut)
    assert again["status"] == "already_booked"
    assert again["appointment_id"] == first["appointment_id"]
    daughter = await phone.tool("book_appointment", {**cut, "attendee": "Lena Müller"})
    assert daughter["status"] == "booked"


async def test_the_same_booking_four_times_at_once_is_one_appointment(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    cut = {"service": "Damenschnitt", "when": f"{day:%d.%m.%Y} 14 Uhr", "name": "Sabine Müller"}
    answers = await asyncio.gather(*(phone.tool("book_appointment", cut) for _ in range(4)))
    assert sorted(a["status"] for a in answers) == ["already_booked"] * 3 + ["booked"]
    assert await salon.rows("SELECT count(*) FROM appointment") == [(1,)]


async def test_a_yes_after_a_new_hold_books_the_new_hold_also_without_tool_call_ids(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    for hour in (14, 16):
        wish = {"service": "Bart trimmen", "when": f"{day:%d.%m.%Y} {hour} Uhr"}
        await phone.tool("check_availability", wish, tool_call_id=None)
        booked = await phone.tool("book_appointment", {"name": "Jan Klein"}, tool_call_id=None)
        assert booked["status"] == "booked"
        assert f"T{hour}:00" in booked["data"]["appointment"]["start"]


async def test_an_offer_that_there_is_not_is_asked_about_and_books_nothing(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    wish = {"service": "Bart trimmen", "when": f"{day:%d.%m.%Y} 14 Uhr"}
    await phone.tool("get_alternatives", wish)
    for chosen in (5, "das erste oder das zweite"):
        answer = await phone.tool("book_appointment", {"name": "Jan Klein", "offer": chosen})
        assert (answer["status"], answer["data"]["reason"]) == ("ask_when", "offer_unclear")
    for beside in ({"service": "Damenschnitt"}, {"when": f"{day:%d.%m.%Y} 17 Uhr"}):
        answer = await phone.tool("book_appointment", {"name": "Jan Klein", "offer": 1, **beside})
        assert (answer["status"], answer["data"]["reason"]) == ("ask_when", "offer_unclear")
    held = await salon.phone().tool("check_availability", wish)
    assert held["status"] == "held"
    other = salon.phone()
    await other.tool("check_availability", {**wish, "when": f"{day:%d.%m.%Y} 9 Uhr"})
    assert (await other.tool("book_appointment", {"name": "Jan Klein", "offer": 2}))["status"] == "replaced"
    assert await salon.rows("SELECT count(*) FROM appointment") == [(0,)]


async def test_a_wish_for_another_person_is_not_booked_with_the_held_one(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    wish = {"service": "Damenschnitt", "staff": "Jonas", "when": f"{day:%d.%m.%Y} 14 Uhr"}
    await phone.tool("check_availability", wish)
    other = await phone.tool("book_appointment", {"name": "Sabine Müller", "staff": "Anna Weber"})
    assert other["status"] == "replaced"
    in_the_time = await salon.phone().tool(
        "check_availability", {"service": "Damenschnitt", "when": f"{day:%d.%m.%Y} um 14 Uhr bei Jonas"}
    )
    assert (in_the_time["status"], in_the_time["data"]["reason"]) == ("not_free", "not_free")


async def test_a_clear_no_never_books(salon: Salon) -> None:
    phone = salon.phone()
    await phone.tool(
        "check_availability", {"service": "Bart trimmen", "when": f"{open_day():%d.%m.%Y} 14 Uhr"}
    )
    answer = await phone.tool("book_appointment", {"name": "Jan Klein", "bestaetigung": False})
    assert (answer["status"], answer["booked"]) == ("replaced", False)
    assert (await phone.tool("book_appointment", {"name": "Jan Klein"}))["status"] == "booked"


async def test_a_no_without_a_hold_is_the_question_whether_it_is_free(salon: Salon) -> None:
    wish = {
        "dienstleistung": "Bart trimmen",
        "datum": open_day().isoformat(),
        "uhrzeit": "10:00",
        "name": "Jan Klein",
    }
    answer = await salon.phone().tool("start_booking", {**wish, "bestaetigung": False})
    assert answer["status"] == "held"
    assert await salon.rows("SELECT count(*) FROM appointment") == [(0,)]


async def test_the_seconds_left_follow_the_databases_clock_also_when_replayed(
    salon: Salon, clock: Clock
) -> None:
    clock.advance(90)
    phone, wish = salon.phone(), {"service": "Bart trimmen", "when": f"{open_day():%d.%m.%Y} 10 Uhr"}
    held = await phone.tool("check_availability", wish, tool_call_id="tool_call_x")
    assert 110 <= held["data"]["hold"]["seconds_left"] <= 120
    clock.advance(50)
    again = await phone.tool("check_availability", wish, tool_call_id="tool_call_x")
    assert again["reservation_token"] == held["reservation_token"]
    assert 60 <= again["data"]["hold"]["seconds_left"] <= 70


async def test_the_bound_hold_of_a_booking_does_not_stand_in_the_way_of_a_second_wish(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    wish = {"service": "Bart trimmen", "when": f"{day:%d.%m.%Y} 14 Uhr"}
    held = await phone.tool("check_availability", wish)
    bound = {"name": "Jan Klein", "hold": held["reservation_token"]}
    first = await phone.tool("book_appointment", bound)
    second = await phone.tool("book_appointment", {**bound, **wish, "when": f"{day:%d.%m.%Y} 16 Uhr"})
    assert second["status"] == "booked"
    assert second["data"]["appointment"]["start"][:16] == f"{day.isoformat()}T16:00"
    other_service = await phone.tool("book_appointment", {**bound, "service": "Damenschnitt"})
    assert other_service["status"] == "ask_when"
    again = await phone.tool("book_appointment", {**bound, **wish})
    assert (again["status"], again["appointment_id"]) == ("already_booked", first["appointment_id"])


async def test_what_ran_out_is_not_said_to_be_held(salon: Salon, clock: Clock) -> None:
    phone, day = salon.phone(), open_day()
    wish = {"service": "Bart trimmen", "when": f"{day:%d.%m.%Y} 14 Uhr"}
    held = await phone.tool("check_availability", wish)
    clock.advance(300)
    bound = {"name": "Jan Klein", "hold": held["reservation_token"]}
    other = await phone.tool("book_appointment", {**bound, **wish, "when": f"{day:%d.%m.%Y} 16 Uhr"})
    assert (other["status"], other["data"]["appointment"]["start"][:16]) == (
        "booked",
        f"{day.isoformat()}T16:00",
    )


async def test_release_gives_back_what_is_held_whatever_token_comes_along(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    first = await phone.tool(
        "check_availability", {"service": "Bart trimmen", "when": f"{day:%d.%m.%Y} 10 Uhr"}
    )
    await phone.tool("check_availability", {"service": "Bart trimmen", "when": f"{day:%d.%m.%Y} 14 Uhr"})
    assert (await phone.tool("release_hold", {"hold": first["reservation_token"]}))["status"] == "released"
    assert (await phone.tool("book_appointment", {"name": "Jan Klein"}))["status"] == "nothing_held"


async def test_the_price_that_was_offered_holds(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    await phone.tool("get_alternatives", {"service": "Bart trimmen", "when": f"{day:%d.%m.%Y} 14 Uhr"})
    async with salon.parts.app.transaction(salon.company.id) as connection:
        await connection.execute("UPDATE service SET price_cents = 9900")
        await connection.execute("UPDATE company SET catalogue_version = catalogue_version + 1")
        await connection.execute("COMMIT")
    booked = await phone.tool("book_appointment", {"name": "Jan Klein", "offer": 1})
    assert booked["data"]["appointment"]["price_cents"] == 2000
    fresh = await salon.phone().tool(
        "check_availability", {"service": "Bart trimmen", "when": f"{day:%d.%m.%Y} 17 Uhr"}
    )
    assert fresh["data"]["price_cents"] == 9900


async def test_a_time_without_a_day_is_of_the_day_that_is_talked_about(salon: Salon) -> None:
    phone, day = salon.phone(), open_day(3)
    await phone.tool("check_availability", {"service": "Bart trimmen", "when": f"{day:%d.%m.%Y} 10 Uhr"})
    later = await phone.tool("check_availability", {"when": "lieber um 11"})
    assert (later["status"], later["data"]["start"][:16]) == ("held", f"{day.isoformat()}T11:00")
    other = salon.phone()
    await other.tool("get_alternatives", {"service": "Bart trimmen", "when": f"{day:%d.%m.%Y} 15 Uhr"})
    asked = await other.tool("check_availability", {"when": "dann um 16 Uhr"})
    assert asked["data"]["start"][:16] == f"{day.isoformat()}T16:00"


async def test_of_several_times_none_is_chosen_for_the_caller(salon: Salon) -> None:
    day = open_day()
    for when in (f"{day:%d.%m.%Y} um zehn oder elf", f"{day:%d.%m.} oder {day + timedelta(days=1):%d.%m.}"):
        answer = await salon.phone().tool("check_availability", {"service": "Bart trimmen", "when": when})
        assert answer["status"] == "offers", answer
        assert len({offer["start"] for offer in answer["data"]["offers"]}) >= 2
    assert await salon.rows("SELECT count(*) FROM hold") == [(0,)]


async def test_whoever_was_ruled_out_is_not_chosen(salon: Salon) -> None:
    wish = {"service": "Damenschnitt", "when": f"{open_day():%d.%m.%Y} 10 Uhr"}
    for staff in ("auf keinen Fall Elif", "alle außer Elif"):
        assert (await salon.phone().tool("check_availability", {**wish, "staff": staff}))[
            "status"
        ] == "ask_staff"


async def test_a_start_that_would_outlast_the_hours_is_not_called_closed(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    answers = [
        await phone.tool(
            "check_availability", {"service": "Damenschnitt", "when": f"{day:%d.%m.%Y} {hour} Uhr 45"}
        )
        for hour in range(16, 21)
    ]
    reasons = [(each["status"], each["data"].get("reason")) for each in answers]
    assert ("not_free", "too_late_for_service") in reasons
    told = answers[reasons.index(("not_free", "too_late_for_service"))]["say"]
    assert "reicht die Zeit bis zum Schließen für Damenschnitt leider nicht mehr" in told
    assert "geschlossen" not in told


async def test_of_a_month_of_next_year_nobody_meant_the_first_day(salon: Salon) -> None:
    phone = salon.phone()
    for month in speak.MONTHS:
        answer = await phone.tool("check_availability", {"service": "Damenschnitt", "when": f"im {month}"})
        assert "Ich gehe von" not in answer["say"], answer


async def test_what_is_offered_comes_in_the_order_of_time(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    wish = {"service": "Damenschnitt", "when": f"{day:%d.%m.%Y} 14 Uhr 10"}
    offers = (await phone.tool("check_availability", wish))["data"]["offers"]
    assert len(offers) >= 2
    assert offers[0]["start"] < offers[1]["start"]
    assert [offer["n"] for offer in offers] == list(range(1, len(offers) + 1))
