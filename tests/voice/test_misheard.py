"""What callers said that was not understood is kept for the owner: without persons, without anyone waiting for it."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from support.database import DatabaseUrls
from support.voice import Salon, open_day

_ROWS = "SELECT about, words, answered, reason, times FROM misheard ORDER BY about, words_key"


async def noted(salon: Salon) -> list[tuple[Any, ...]]:
    return await salon.rows(_ROWS)


async def test_an_unknown_service_is_noted_and_counted_by_wording(salon: Salon) -> None:
    for said in ("Reifenwechsel", "reifenwechsel!", "Ölwechsel"):
        answer = await salon.phone().tool("check_availability", {"service": said, "when": "morgen um zehn"})
        assert answer["status"] == "unknown_service"
    assert await noted(salon) == [
        ("service", "reifenwechsel!", "none", "", 2),
        ("service", "Ölwechsel", "none", "", 1),
    ]


async def test_a_question_between_services_and_one_about_a_time_are_noted(salon: Salon) -> None:
    asked = await salon.phone().tool("check_availability", {"service": "Schnitt", "when": "morgen um zehn"})
    unclear = await salon.phone().tool("check_availability", {"service": "Damenschnitt", "when": "am 31.11."})
    assert (asked["status"], unclear["status"]) == ("ask_service", "ask_when")
    assert await noted(salon) == [
        ("service", "Schnitt", "ask", "", 1),
        ("when", "am 31.11.", "ask", "no_such_day", 1),
    ]


async def test_what_was_understood_passed_or_not_said_is_not_noted(salon: Salon) -> None:
    day = f"{open_day():%d.%m.%Y}"
    for args in (
        {"service": "Damenschnitt", "when": f"{day} um 14 Uhr"},
        {"service": "Damenschnitt", "when": "gestern um zehn"},
        {"service": "Damenschnitt"},
        {"when": f"{day} um 14 Uhr"},
        {"service": "Damenschnitt", "when": day, "staff": "Xaverius"},
    ):
        await salon.phone().tool("check_availability", args)
    assert await noted(salon) == []


async def test_nobody_is_named_in_what_is_noted(salon: Salon) -> None:
    first = salon.phone()
    wish = {"service": "Damenschnitt", "when": f"{open_day():%d.%m.%Y} um 14 Uhr", "name": "Ute Krawuttke"}
    assert (await first.tool("book_appointment", wish))["status"] == "booked"

    # The number is known by now, so the name need not be said again to be recognised.
    said = "Reifenwechsel für Krawuttke, rufen Sie 0151 123 45 678 an oder u.k@web.de, ich heiße Ute"
    await salon.phone().tool("check_availability", {"service": said, "when": "morgen um zehn"})
    assert [row[1] for row in await noted(salon)] == [
        "Reifenwechsel für [Name], rufen Sie [Nummer] an oder [E-Mail] [Name]"
    ]


async def test_a_name_that_is_said_beside_it_is_not_kept_and_a_name_alone_is_nothing(salon: Salon) -> None:
    booking = {"service": "Krawuttke Reifenwechsel bei Anna Weber", "when": "morgen", "name": "Ute Krawuttke"}
    await salon.phone(caller=None).tool("book_appointment", booking)
    await salon.phone(caller=None).tool("book_appointment", booking | {"service": "Krawuttke"})
    assert [row[1] for row in await noted(salon)] == ["[Name] Reifenwechsel bei Anna Weber"]


async def test_a_repeated_tool_call_is_noted_once(salon: Salon) -> None:
    phone = salon.phone()
    for _ in range(2):
        answer = await phone.tool("check_availability", {"service": "Reifenwechsel"}, tool_call_id="same")
        assert answer["status"] == "unknown_service"
    assert [row[-1] for row in await noted(salon)] == [1]


@pytest.mark.parametrize(
    "fault",
    [
        "ALTER TABLE misheard ADD CONSTRAINT never CHECK (times < 0)",
        "DROP TABLE misheard",
        "REVOKE ALL ON misheard FROM zusage_app",
    ],
)
async def test_a_note_that_cannot_be_written_breaks_no_answer(
    salon: Salon, database: DatabaseUrls, fault: str
) -> None:
    with psycopg.connect(database.migrate, autocommit=True) as owner:
        owner.execute(fault.encode())
    phone = salon.phone()
    answer = await phone.tool("check_availability", {"service": "Reifenwechsel"}, tool_call_id="once")
    assert answer["status"] == "unknown_service"
    again = await phone.tool("check_availability", {"service": "Reifenwechsel"}, tool_call_id="once")
    assert again == answer
    stored = await salon.rows("SELECT state, status FROM tool_call")
    assert stored == [("done", "unknown_service")]
