"""Whole calls through the voice door: signed HTTP in, German out, the ledger behind."""

from __future__ import annotations

from support.voice import Salon, open_day


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
