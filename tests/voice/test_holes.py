"""The holes of protocols.md that show at the voice door; each fails without its rule."""

from __future__ import annotations

import asyncio
from datetime import date

from support.database import Clock
from support.voice import CALLER, PROBE, Salon, open_day
from zusage.adapters.postgres.journal import PostgresJournal
from zusage.app.calls.ports import CallRef, ToolCallKey
from zusage.boot.wiring import new_id


def at(day: date, time: str) -> str:
    return f"{day:%d.%m.%Y} {time}"


CUT = {"service": "Bart trimmen"}


async def test_hole_09_booking_names_one_plan_and_another_held_one_is_not_booked_instead(
    salon: Salon,
) -> None:
    phone, day = salon.phone(), open_day()
    first, second = await asyncio.gather(
        phone.tool("check_availability", {**CUT, "when": at(day, "14 Uhr")}),
        phone.tool("check_availability", {**CUT, "when": at(day, "16 Uhr")}),
    )
    held = await salon.rows("SELECT token FROM hold WHERE status = 'held'")
    stale, live = sorted((a["data"]["hold"]["token"] for a in (first, second)), key=lambda t: (t,) in held)
    wrong = await phone.tool("book_appointment", {"name": "Jan Klein", "hold": stale})
    assert wrong["status"] == "replaced"
    assert wrong["data"]["hold"]["token"] == live
    other = "14 Uhr" if first["data"]["hold"]["token"] == stale else "16 Uhr"
    by_time = await phone.tool("book_appointment", {"name": "Jan Klein", "when": at(day, other)})
    assert by_time["status"] == "replaced"
    assert await salon.rows("SELECT count(*) FROM appointment") == [(0,)]
    right = await phone.tool("book_appointment", {"name": "Jan Klein", "hold": live})
    assert right["status"] == "booked"


async def test_hole_09_of_an_offer_and_a_hold_the_later_one_is_meant(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    await phone.tool("check_availability", {**CUT, "when": at(day, "9 Uhr")})
    offered = await phone.tool("get_alternatives", {**CUT, "when": at(day, "12 Uhr")})
    held = await phone.tool("check_availability", {**CUT, "when": at(day, "16 Uhr")})
    token = held["data"]["hold"]["token"]
    repeated = await phone.tool("book_appointment", {"name": "Jan Klein", "offer": 1, "hold": token})
    assert repeated["status"] == "replaced"
    again = await phone.tool("get_alternatives", {**CUT, "when": at(day, "12 Uhr")})
    chosen = await phone.tool("book_appointment", {"name": "Jan Klein", "offer": 2, "hold": token})
    assert chosen["status"] == "booked"
    assert chosen["data"]["appointment"]["start"] == again["data"]["offers"][1]["start"]
    assert offered["data"]["offers"][0]["token"] != again["data"]["offers"][0]["token"]


async def test_hole_09_replaced_expired_and_conflict_are_three_answers(salon: Salon, clock: Clock) -> None:
    day = open_day()
    replaced = salon.phone()
    old = await replaced.tool("check_availability", {**CUT, "when": at(day, "9 Uhr")})
    await replaced.tool("check_availability", {**CUT, "when": at(day, "10 Uhr")})
    answer = await replaced.tool(
        "book_appointment", {"name": "Jan Klein", "hold": old["data"]["hold"]["token"]}
    )
    assert answer["status"] == "replaced"

    late = salon.phone(to_number=PROBE, caller=None)
    gone = {"service": "Damenschnitt", "when": at(day, "15 Uhr")}
    await late.tool("check_availability", {**gone, "staff": "Mia"})
    clock.advance(3)
    rival = salon.phone(to_number=PROBE)
    await rival.tool("book_appointment", {**gone, "staff": "Mia", "name": "Rita Rivalin"})
    answer = await late.tool("book_appointment", {"name": "Jan Klein"})
    assert answer["status"] == "expired"
    assert answer["data"]["offers"]

    nobody_asked = salon.phone(to_number=PROBE)
    answer = await nobody_asked.tool("book_appointment", {**gone, "staff": "Mia", "name": "Jan Klein"})
    assert answer["status"] == "conflict"


async def test_hole_14_a_yes_at_the_moment_of_hanging_up_still_books(salon: Salon, clock: Clock) -> None:
    phone, day = salon.phone(), open_day()
    await phone.event("call_started")
    await phone.tool("check_availability", {**CUT, "when": at(day, "9 Uhr")})
    assert await phone.event("call_ended") == 204
    clock.advance(20)
    assert (await phone.tool("book_appointment", {"name": "Jan Klein"}))["status"] == "booked"


async def test_hole_14_a_call_that_is_over_holds_nothing_new(salon: Salon, clock: Clock) -> None:
    phone, day = salon.phone(), open_day()
    await phone.tool("check_availability", {**CUT, "when": at(day, "9 Uhr")})
    await phone.event("call_ended")
    late = await phone.tool("check_availability", {**CUT, "when": at(day, "11 Uhr")})
    assert late["status"] == "call_over"
    clock.advance(31)
    rival = await salon.phone().tool("check_availability", {**CUT, "when": at(day, "9 Uhr")})
    assert rival["status"] == "held"


async def test_hole_15_a_question_asked_again_later_is_answered_anew(salon: Salon, clock: Clock) -> None:
    phone, day = salon.phone(), open_day()
    question = {**CUT, "staff": "Jonas", "when": at(day, "14 Uhr")}
    first = await phone.tool("check_availability", question, tool_call_id=None)
    assert first["status"] == "held"
    await phone.tool("release_hold")
    await salon.phone().tool("book_appointment", {**question, "name": "Rita Rivalin"})
    clock.advance(240)
    again = await phone.tool("check_availability", question, tool_call_id=None)
    assert again["status"] == "not_free"


async def test_hole_15_a_repeat_that_waits_hears_the_run_it_waits_for_and_no_older_one(
    salon: Salon, clock: Clock
) -> None:
    phone, day = salon.phone(), open_day()
    question = {**CUT, "staff": "Jonas", "when": at(day, "14 Uhr")}
    assert (await phone.tool("check_availability", question, tool_call_id=None))["status"] == "held"
    await phone.tool("release_hold")
    await salon.phone().tool("book_appointment", {**question, "name": "Rita Rivalin"})
    clock.advance(240)
    asked = (phone.tool("check_availability", question, tool_call_id=None) for _ in range(4))
    assert {answer["status"] for answer in await asyncio.gather(*asked)} == {"not_free"}


async def test_hole_15_a_stored_hold_is_not_replayed_when_it_is_gone(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    question = {**CUT, "staff": "Jonas", "when": at(day, "14 Uhr")}
    first = await phone.tool("check_availability", question, tool_call_id="tool_call_same")
    again = await phone.tool("check_availability", question, tool_call_id="tool_call_same")
    assert again["data"]["hold"]["token"] == first["data"]["hold"]["token"]
    assert await salon.rows("SELECT count(*) FROM tool_call WHERE attempts > 1") == [(0,)]
    await phone.tool("release_hold")
    await salon.phone().tool("book_appointment", {**question, "name": "Rita Rivalin"})
    third = await phone.tool("check_availability", question, tool_call_id="tool_call_same")
    assert third["status"] == "not_free"


async def test_hole_15_booking_again_under_a_new_tool_call_id_books_once(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    await phone.tool("check_availability", {**CUT, "when": at(day, "14 Uhr")})
    answers = await asyncio.gather(*(phone.tool("book_appointment", {"name": "Jan Klein"}) for _ in range(3)))
    assert sorted(a["status"] for a in answers) == ["already_booked", "already_booked", "booked"]
    assert len({a["appointment_id"] for a in answers}) == 1
    assert await salon.rows("SELECT count(*) FROM appointment") == [(1,)]


async def test_hole_16_a_parallel_repeat_waits_for_the_first_and_both_hear_the_same(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    answers = await asyncio.gather(
        *(
            phone.tool(
                "check_availability", {**CUT, "when": at(day, "14 Uhr")}, tool_call_id="tool_call_twin"
            )
            for _ in range(5)
        )
    )
    assert {a["status"] for a in answers} == {"held"}
    assert len({a["reservation_token"] for a in answers}) == 1
    assert await salon.rows("SELECT count(*), max(attempts) FROM tool_call") == [(1, 1)]


async def test_hole_16_a_first_that_died_is_taken_over(salon: Salon, clock: Clock) -> None:
    phone, day = salon.phone(), open_day()
    journal = PostgresJournal(salon.parts.app, new_id=new_id, build="test")
    branch = salon.company.branches[0].branch.id
    ref = CallRef(salon.company.id, branch, "retell", phone.call_id, caller=CALLER)
    died = await journal.begin(ToolCallKey(ref, "check_availability", {}, "tool_call_died", by_hash=False))
    assert died.decision == "run"
    question = phone.tool(
        "check_availability", {**CUT, "when": at(day, "14 Uhr")}, tool_call_id="tool_call_died"
    )
    waiting = asyncio.create_task(question)
    await asyncio.sleep(0.3)
    assert not waiting.done()
    clock.advance(9)
    assert (await waiting)["status"] == "held"
    assert await salon.rows("SELECT attempts FROM tool_call") == [(2,)]


async def test_hole_36_certainty_names_the_ledger_and_the_calendar_apart(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    held = await phone.tool("check_availability", {**CUT, "when": at(day, "14 Uhr")})
    assert held["data"]["certainty"] == {"ledger": "held", "calendar": "none"}
    offered = await phone.tool("get_alternatives", {**CUT, "when": at(day, "14 Uhr")})
    assert {tuple(o["certainty"].items()) for o in offered["data"]["offers"]} == {
        (("ledger", "free"), ("calendar", "none"))
    }


async def test_hole_41_the_loser_of_one_pair_gets_the_next_within_the_same_answer(salon: Salon) -> None:
    day = open_day()
    wish = {"service": "Pony schneiden", "when": at(day, "10 Uhr")}
    answers = await asyncio.gather(*(salon.phone().tool("check_availability", wish) for _ in range(10)))
    # Three chairs in Mitte, and at least three people who cut.
    assert sum(a["status"] == "held" for a in answers) == 3
    assert sum(a["status"] == "not_free" for a in answers) == 7
