"""docs/voice-contract.md and the code say the same."""

from __future__ import annotations

from typing import get_args

from support import contract
from support.voice import Salon, open_day
from zusage.inbound.voice.catalogue import CATALOGUE
from zusage.inbound.voice.tool_names import TOOL_NAMES
from zusage.inbound.voice.toolcall import SUCCESS, Status
from zusage.inbound.voice.tools import TOOLS


def statuses() -> dict[str, bool]:
    return {status: row.success for status, row in contract.STATUSES.items()}


def shape(name: str) -> set[str]:
    cells = next(row for row in contract.rows("Shapes in `data`") if name in row[0])
    return contract.words(cells[1]) - {"none", "held", "free"}


def test_the_page_lists_exactly_the_statuses_of_the_code() -> None:
    assert set(statuses()) == set(get_args(Status))
    assert {status for status, success in statuses().items() if success} == SUCCESS


def test_every_tool_of_the_catalogue_and_every_name_has_a_handler() -> None:
    assert {TOOL_NAMES[spec.name] for spec in CATALOGUE} <= set(TOOLS)
    assert set(TOOL_NAMES.values()) == set(TOOLS)


async def test_answers_have_exactly_the_fields_of_the_page(salon: Salon) -> None:
    phone, when = salon.phone(), f"{open_day():%d.%m.%Y} 14 Uhr"
    fields: set[str] = set()
    for row in contract.rows("The answer"):
        if not contract.words(row[0]) <= set(statuses()):
            fields |= contract.words(row[0])
    offered = await phone.tool("get_alternatives", {"service": "Herrenschnitt", "when": when})
    held = await phone.tool("check_availability", {"service": "Herrenschnitt", "when": when})
    booked = await phone.tool("book_appointment", {"name": "Sabine Müller"})
    for answer in (offered, held, booked):
        assert set(answer) == fields
    assert set(offered["data"]["offers"][0]) == shape("`offers[]`")
    assert set(held["data"]["hold"]) == shape("`hold`")
    assert set(booked["data"]["appointment"]) == shape("`appointment`")
    assert set(held["data"]["certainty"]) == shape("`certainty`")


async def test_the_fields_of_the_earlier_system_stand_beside(salon: Salon) -> None:
    phone, when = salon.phone(), f"{open_day():%d.%m.%Y} 14 Uhr"
    held = await phone.tool("check_availability", {"service": "Herrenschnitt", "when": when})
    assert (held["available"], held["message"]) == (True, held["say"])
    assert held["reservation_token"] == held["data"]["hold"]["token"]
    booked = await phone.tool("book_appointment", {"name": "Sabine Müller"})
    assert (booked["booked"], booked["appointment_id"]) == (True, booked["data"]["appointment"]["id"])
    offered = await phone.tool("get_alternatives", {"service": "Herrenschnitt", "when": when})
    assert [a["time"] for a in offered["alternatives"]] == [o["start"] for o in offered["data"]["offers"]]
