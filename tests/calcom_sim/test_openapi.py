"""Answers against Cal.com's own OpenAPI document, where it lies beside the repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from calcom_sim.salon import TEN, Salon, data

_DOCUMENT = Path(__file__).parents[3] / "shared" / "data" / "calcom-v2-openapi.json"

_PYTHON = {
    "number": (int, float),
    "integer": int,
    "string": str,
    "boolean": bool,
    "array": list,
    # Generated where the type is "anything or null".
    "object": object,
}


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    if not _DOCUMENT.is_file():
        pytest.skip("Cal.com's OpenAPI document is not beside this repository (../shared/data)")
    found = json.loads(_DOCUMENT.read_text(encoding="utf-8"))["components"]["schemas"]
    assert isinstance(found, dict)
    return found


def complaints(schema: dict[str, Any], value: dict[str, Any], unlike: tuple[str, ...] = ()) -> list[str]:
    """What is missing, and what is of another type; `unlike`: fields the facts know better than the document."""
    missing = [f"{name} is missing" for name in schema.get("required", []) if name not in value]
    wrong = [
        f"{name} is {value[name]!r}"
        for name, field in schema["properties"].items()
        if value.get(name) is not None and name not in unlike and not isinstance(value[name], _kinds(field))
    ]
    return missing + wrong


def _kinds(field: dict[str, Any]) -> Any:
    return _PYTHON[field.get("type", "object")]


async def test_bookings_are_as_documented(salon: Salon, schemas: dict[str, Any]) -> None:
    booked = await salon.booked(TEN)
    assert complaints(schemas["BookingOutput_2024_08_13"], booked) == []
    assert complaints(schemas["BookingHost"], booked["hosts"][0]) == []
    assert complaints(schemas["BookingAttendee"], booked["attendees"][0]) == []


async def test_event_types_are_as_documented(salon: Salon, schemas: dict[str, Any]) -> None:
    personal = await salon.send("GET", f"/v2/event-types/{salon.kind().id}", "2024-06-14")
    team = salon.kind("waschen")
    of_team = await salon.send("GET", f"/v2/teams/{team.team_id}/event-types/{team.id}")
    assert complaints(schemas["EventTypeOutput_2024_06_14"], data(personal)) == []
    assert complaints(schemas["TeamEventTypeOutput_2024_06_14"], data(of_team)) == []


async def test_the_account_is_as_documented(salon: Salon, schemas: dict[str, Any]) -> None:
    me = data(await salon.send("GET", "/v2/me"))
    schedule = data(await salon.send("GET", f"/v2/schedules/{me['defaultScheduleId']}", "2024-06-11"))
    hook = data(await salon.subscribe("http://127.0.0.1:1/"))
    assert complaints(schemas["MeOutput"], me) == []
    assert complaints(schemas["ScheduleOutput_2024_06_11"], schedule) == []
    # The document calls a webhook's id a number; it is a uuid.
    assert complaints(schemas["UserWebhookOutputDto"], hook, unlike=("id",)) == []


async def test_reservations_are_as_documented(salon: Salon, schemas: dict[str, Any]) -> None:
    held = data(await salon.reserve(TEN))
    assert complaints(schemas["ReserveSlotOutput_2024_09_04"], held) == []
