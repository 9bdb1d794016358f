"""What callers wish beyond one time: several times, refused ones, every week, relative to an offer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from support.voice import Salon, open_day

SERVICE = {"service": "Herrenschnitt"}


def starts(answer: dict[str, Any]) -> list[datetime]:
    return [datetime.fromisoformat(offer["start"]) for offer in answer["data"]["offers"]]


def days(answer: dict[str, Any]) -> set[date]:
    return {start.date() for start in starts(answer)}


def written(day: date) -> str:
    return f"{day:%d.%m.%Y}"


async def test_two_days_are_both_searched(salon: Salon) -> None:
    first, second = open_day(), open_day(2)
    answer = await salon.phone().tool(
        "check_availability", SERVICE | {"when": f"am {written(first)} oder am {written(second)} vormittags"}
    )
    assert answer["status"] == "offers", answer
    assert days(answer) == {first, second}
    assert all(start.hour < 12 for start in starts(answer))


async def test_of_two_exact_times_only_free_ones_are_offered(salon: Salon) -> None:
    day = open_day()
    when = f"am {written(day)} um 10 Uhr oder um 14 Uhr"
    answer = await salon.phone().tool("check_availability", SERVICE | {"when": when})
    assert [start.hour for start in starts(answer)] == [10, 14]
    assert answer["status"] == "offers"
    booked = await salon.phone().tool("book_appointment", SERVICE | {"when": when, "name": "Anna Weber"})
    assert (booked["status"], booked["data"]["reason"]) == ("ask_when", "ambiguous")
    assert len(booked["data"]["readings"]) == 2


async def test_of_several_wishes_the_best_of_each_comes_first(salon: Salon) -> None:
    late, early = open_day(2), open_day()
    when = f"am {written(late)} vormittags oder am {written(early)} vormittags"
    answer = await salon.phone().tool("check_availability", SERVICE | {"when": when})
    named = [start.date() for start in starts(answer)]
    assert (set(named[:2]), named[2]) == ({late, early}, late)
    one = await salon.phone().tool("get_alternatives", SERVICE | {"when": when, "max_alternatives": 1})
    assert days(one) == {late}


async def test_several_wishes_leave_what_is_held_until_one_is_chosen(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    held = await phone.tool("check_availability", SERVICE | {"when": f"am {written(day)} um 10 Uhr"})
    asked = await phone.tool("check_availability", {"when": "lieber um 14 Uhr oder um 16 Uhr"})
    assert (asked["status"], [start.hour for start in starts(asked)]) == ("offers", [14, 16])
    assert days(asked) == {day}
    assert await salon.rows("SELECT count(*) FROM hold WHERE status = 'held'") == [(1,)]
    chosen = await phone.tool("check_availability", {"offer": 2})
    assert (held["status"], chosen["status"], chosen["data"]["start"][11:13]) == ("held", "held", "16")
    assert await salon.rows("SELECT count(*) FROM hold WHERE status = 'held'") == [(1,)]


async def test_several_wishes_never_book_what_is_held(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    held = await phone.tool("check_availability", SERVICE | {"when": f"am {written(day)} um 10 Uhr"})
    hold = {"hold": held["data"]["hold"]["token"], "name": "Anna Weber"}
    other = await phone.tool("book_appointment", hold | {"when": "um 14 Uhr oder um 16 Uhr"})
    refused = await phone.tool("book_appointment", hold | {"when": "nicht um 10 Uhr"})
    assert (other["status"], refused["status"]) == ("replaced", "replaced")
    booked = await phone.tool("book_appointment", hold | {"when": "um 10 Uhr oder um 16 Uhr"})
    assert booked["status"] == "booked"


async def test_a_refused_day_is_never_offered(salon: Salon) -> None:
    day = open_day()
    monday = day - timedelta(days=day.weekday())
    refused = f"in der Woche vom {written(monday)}, nur nicht am {written(day)}"
    answer = await salon.phone().tool("get_alternatives", SERVICE | {"when": refused})
    assert answer["status"] == "offers", answer
    assert day not in days(answer)
    control = await salon.phone().tool("get_alternatives", SERVICE | {"when": f"am {written(day)}"})
    assert days(control) == {day}


async def test_a_refused_weekday_is_never_offered(salon: Salon) -> None:
    answer = await salon.phone().tool("get_alternatives", SERVICE | {"when": "egal wann, nur nicht freitags"})
    assert answer["status"] == "offers", answer
    assert all(start.weekday() != 4 for start in starts(answer))


async def test_a_weekday_of_every_week_is_searched_in_the_weeks_to_come(salon: Salon) -> None:
    answer = await salon.phone().tool("get_alternatives", SERVICE | {"when": "immer donnerstags nachmittags"})
    assert answer["status"] == "offers", answer
    assert {start.weekday() for start in starts(answer)} == {3}
    assert all(start.hour >= 13 for start in starts(answer))


async def test_a_part_of_day_alone_is_that_of_any_day(salon: Salon) -> None:
    answer = await salon.phone().tool("get_alternatives", SERVICE | {"when": "lieber nachmittags"})
    assert answer["status"] == "offers", answer
    assert answer["data"]["kept_wish"] is True
    assert all(13 <= start.hour < 18 for start in starts(answer))


async def test_an_hour_later_counts_from_what_is_held(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    held = await phone.tool("check_availability", SERVICE | {"when": f"am {written(day)} um 10 Uhr"})
    assert held["status"] == "held", held
    later = await phone.tool("check_availability", {"when": "lieber eine Stunde später"})
    assert (later["status"], later["data"]["start"][11:16]) == ("held", "11:00")


async def test_an_hour_later_without_an_offer_is_asked_about(salon: Salon) -> None:
    answer = await salon.phone().tool("check_availability", SERVICE | {"when": "eine Stunde später"})
    assert (answer["status"], answer["data"]["reason"]) == ("ask_when", "no_anchor")
