"""Every answer the client reads, as Cal.com's own description has it, where the description is at hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from zusage.adapters.calcom import decoding
from zusage.adapters.calcom.routes import ALL_ROUTES, Route
from zusage.core.values import Period

DOCUMENT = Path(__file__).parents[3] / "shared" / "data" / "calcom-v2-openapi.json"

EVER = Period(datetime(2050, 1, 1, tzinfo=UTC), datetime(2051, 1, 1, tzinfo=UTC))
DECODERS: dict[str, Callable[[Any], object]] = {
    "create_booking": lambda said: decoding.booking(said["data"]),
    "get_booking": lambda said: decoding.booking(said["data"]),
    "list_bookings": lambda said: decoding.booking_page(said["data"], said["pagination"], skip=0),
    "cancel_booking": lambda said: decoding.booking(said["data"]),
    "reschedule_booking": lambda said: decoding.booking(said["data"]),
    "free_slots": lambda said: decoding.slots(said["data"], EVER),
    "reserve_slot": lambda said: decoding.reservation(said["data"]),
    "get_account": lambda said: decoding.account(said["data"]),
    "list_event_types": lambda said: decoding.event_types(said["data"]),
    "list_team_event_types": lambda said: decoding.event_types(said["data"]),
    "get_event_type": lambda said: decoding.event_type(said["data"]),
    "create_event_type": lambda said: decoding.event_type(said["data"]),
    "list_schedules": lambda said: decoding.schedules(said["data"]),
    "create_webhook": lambda said: decoding.webhook(said["data"]),
    "list_webhooks": lambda said: decoding.webhooks(said["data"]),
}
UNREAD = {"drop_reservation", "delete_webhook"}

BESIDE_THE_DOCUMENT = {
    # Newer than the document.
    "data.disableCancelling",
    # A reader for personal and team event types, whose hosts stand elsewhere.
    *(f"data.{name}" for name in ("schedulingType", "parentEventTypeId", "hosts", "users")),
    # One of several variants is described, the reader is for all of them.
    *("data.bookingFields.hidden", "data.confirmationPolicy.type"),
    *(f"data.{part}.disabled" for part in ("confirmationPolicy", "recurrence", "seats")),
    "data.bookerActiveBookingsLimit.disabled",
    # Hours of a week have days, an override has a date: one reader for both.
    "data.availability.date",
    "data.overrides.days",
}


class Watched(dict[str, Any]):
    """A part of an answer that notes what is read of it although the document does not have it."""

    def __init__(self, said: dict[str, Any], missed: set[str], where: str) -> None:
        super().__init__({name: watched(value, missed, f"{where}{name}.") for name, value in said.items()})
        self._missed = missed
        self._where = where

    def get(self, name: str, default: Any = None) -> Any:
        if name not in self:
            self._missed.add(self._where + name)
        return super().get(name, default)

    def __missing__(self, name: str) -> Any:
        self._missed.add(self._where + name)
        raise KeyError(name)


def watched(value: Any, missed: set[str], where: str = "") -> Any:
    if isinstance(value, dict):
        return Watched(value, missed, where)
    return [watched(each, missed, where) for each in value] if isinstance(value, list) else value


class Examples:
    """Makes the answers that the document describes."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def answer(self, route: Route) -> Any:
        """The success of a route, with every field that is described."""
        operation = self._operation(route)
        said = next(each for status, each in operation["responses"].items() if status.startswith("2"))
        return self._of(said["content"]["application/json"]["schema"])

    def _operation(self, route: Route) -> Any:
        wanted = _shape(route.path)
        for path, operations in self._document["paths"].items():
            if _shape(path) == wanted and route.method.lower() in operations:
                return operations[route.method.lower()]
        raise AssertionError(f"the document has no {route.method} {route.path}")

    def _of(self, schema: Any, name: str = "") -> Any:
        if "$ref" in schema:
            return self._of(self._document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], name)
        if "allOf" in schema:
            return self._of(schema["allOf"][0], name)
        if "oneOf" in schema:
            # Ordinary bookings and personal event types stand first, slots with their end last.
            return self._of(schema["oneOf"][-1 if "title" in schema["oneOf"][0] else 0], name)
        if "properties" in schema:
            return {key: self._of(each, key) for key, each in schema["properties"].items()}
        return self._simple(schema, name)

    def _simple(self, schema: Any, name: str) -> Any:
        if schema.get("nullable"):
            return None
        if "enum" in schema:
            return schema["enum"][0]
        if schema.get("type") == "array" and "example" not in schema:
            return [self._of(schema["items"])]
        if "example" in schema:
            return schema["example"]
        return {"number": 7, "integer": 7, "boolean": True, "object": {}}.get(schema.get("type", ""), name)


def _shape(path: str) -> list[str]:
    return ["*" if part.startswith("{") else part for part in path.split("/")]


def _mend(part: dict[str, Any]) -> None:
    """Put right where the document calls texts what are objects."""
    if part.get("users") == [""]:
        part["users"] = [{"id": 7}]
    if part.get("hosts") == [""]:
        part["hosts"] = [{"userId": 7}]


@pytest.fixture(scope="module")
def examples() -> Examples:
    if not DOCUMENT.exists():
        pytest.skip("../shared/data/calcom-v2-openapi.json is not here: no answer was checked against it")
    return Examples(json.loads(DOCUMENT.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "route", [each for each in ALL_ROUTES if each.name in DECODERS], ids=lambda r: r.name
)
def test_every_answer_is_read_as_cal_com_describes_it(examples: Examples, route: Route) -> None:
    said = examples.answer(route)
    for part in said["data"] if isinstance(said["data"], list) else [said["data"]]:
        _mend(part)
    missed: set[str] = set()
    read = DECODERS[route.name](watched(said, missed))
    assert missed <= BESIDE_THE_DOCUMENT
    assert read
    assert getattr(read, "unreadable", 0) == 0


def test_the_check_itself_finds_a_field_that_is_not_described(examples: Examples) -> None:
    missed: set[str] = set()
    said = watched(examples.answer(next(each for each in ALL_ROUTES if each.name == "get_account")), missed)
    assert said["data"].get("shoeSize") is None
    with pytest.raises(KeyError):
        said["data"]["hatSize"]
    assert missed == {"data.shoeSize", "data.hatSize"}


def test_every_route_has_its_reader() -> None:
    assert {each.name for each in ALL_ROUTES} == DECODERS.keys() | UNREAD
