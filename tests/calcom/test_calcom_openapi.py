"""Every request the client makes, against Cal.com's own description, where it is at hand."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from calcom_answers import END, SOON, START, WANTED
from calcom_server import FakeCalcom, Received, Reply, client_kit, serving
from openapi_check import OpenApi

from zusage.adapters.calcom.calendar import CalcomCalendar
from zusage.adapters.calcom.routes import ALL_ROUTES
from zusage.app.mirror.ports import BookingsWanted, BookingWanted, CalendarError, EventTypeWanted, SlotsWanted
from zusage.core.values import Period

DOCUMENT = Path(__file__).parents[3] / "shared" / "data" / "calcom-v2-openapi.json"


@pytest.fixture
def openapi() -> OpenApi:
    if not DOCUMENT.exists():
        pytest.skip("../shared/data/calcom-v2-openapi.json is not here: no request was checked against it")
    return OpenApi(json.loads(DOCUMENT.read_text(encoding="utf-8")))


async def everything(calendar: CalcomCalendar) -> None:
    """Make every request once, with every field; the answers do not matter."""
    full = BookingWanted(77, START, WANTED.attendee, {"intent": "a"}, length_min=45)
    during = Period(START, START + timedelta(days=3))
    listed = BookingsWanted(
        attendee_email="a@example.org",
        starts_from=START,
        ends_by=END,
        created_from=START,
        updated_from=START,
        take=250,
        skip=10,
    )
    probe = EventTypeWanted("Frei", "frei-eva", 15, slot_interval=5, notice_min=0)
    for request in (
        lambda: calendar.create_booking(WANTED, SOON),
        lambda: calendar.create_booking(full, SOON),
        lambda: calendar.get_booking("abc", SOON),
        lambda: calendar.list_bookings(BookingsWanted(), SOON),
        lambda: calendar.list_bookings(listed, SOON),
        lambda: calendar.cancel_booking("abc", "Anrufer hat abgesagt", SOON),
        lambda: calendar.reschedule_booking("abc", START, "Anrufer", SOON),
        lambda: calendar.free_slots(SlotsWanted(77, during, "Europe/Berlin"), SOON),
        lambda: calendar.free_slots(SlotsWanted(77, during, "Europe/Berlin", 45), SOON),
        lambda: calendar.reserve_slot(77, START, 15, SOON),
        lambda: calendar.reserve_slot(77, START, 15, SOON, length_min=30),
        lambda: calendar.drop_reservation("abc", SOON),
        lambda: calendar.me(SOON),
        lambda: calendar.list_event_types("eva", SOON),
        lambda: calendar.list_team_event_types(5, SOON),
        lambda: calendar.get_event_type(77, SOON),
        lambda: calendar.create_event_type(EventTypeWanted("Frei", "frei", 15), SOON),
        lambda: calendar.create_event_type(probe, SOON),
        lambda: calendar.list_schedules(SOON),
        lambda: calendar.create_webhook("https://z.example/h", "s", ["BOOKING_CREATED"], SOON),
        lambda: calendar.list_webhooks(SOON),
        lambda: calendar.delete_webhook("5", SOON),
    ):
        with suppress(CalendarError):
            await request()


async def sent() -> list[Received]:
    async with serving(FakeCalcom(replies=[Reply(200, {})])) as fake, client_kit() as kit:
        await everything(kit.client.of(fake.access()))
        return fake.asked


async def test_every_request_is_as_cal_com_describes_it(openapi: OpenApi) -> None:
    requests = await sent()
    assert len(requests) == 22
    problems = [(f"{each.method} {each.path}", openapi.problems(each)) for each in requests]
    assert [each for each in problems if each[1]] == []


def test_the_check_itself_finds_what_cal_com_would_refuse(openapi: OpenApi) -> None:
    good = {"start": "2026-03-02T09:00:00Z", "eventTypeId": 7, "attendee": {"name": "A", "timeZone": "UTC"}}
    headers = {"cal-api-version": "2024-08-13", "authorization": "Bearer x"}

    def problems(body: object, headers: dict[str, str]) -> list[str]:
        return openapi.problems(Received("POST", "/v2/bookings", [], headers, body))

    assert problems(good, headers) == []
    assert problems(good, headers | {"cal-api-version": "2024-06-14"}) != []
    assert problems(good | {"allowConflicts": True}, headers) == ["body.allowConflicts is unknown"]
    assert problems(good | {"eventTypeId": "7"}, headers) != []
    assert problems({"start": "x"}, headers) == ["body.attendee is missing"]
    assert openapi.problems(Received("GET", "/v2/slots", [("from", "x")], headers, None)) != []
    assert openapi.problems(Received("GET", "/v2/nothing", [], {}, None)) == ["no operation GET /v2/nothing"]


async def test_every_route_is_among_the_checked_requests() -> None:
    requests = await sent()
    patterns = {(route.method, route.path.replace("{uid}", "abc")) for route in ALL_ROUTES}
    seen = {(each.method, each.path) for each in requests}
    by_number = {
        (method, path.replace("{id}", number))
        for (method, path), number in zip(
            sorted(pair for pair in patterns if "{id}" in pair[1]), ("5", "77", "5"), strict=True
        )
    }
    assert seen == {pair for pair in patterns if "{id}" not in pair[1]} | by_number


async def test_no_instant_leaves_without_its_offset() -> None:
    async with client_kit() as kit:
        calendar = kit.client.of(FakeCalcom(base_url="http://localhost:9").access())
        with pytest.raises(ValueError, match="aware"):
            await calendar.reschedule_booking("u", datetime(2026, 3, 2, 9), "x", SOON)  # noqa: DTZ001
    with pytest.raises(ValueError, match="aware"):
        BookingWanted(1, datetime(2026, 3, 2, 9), WANTED.attendee, {})  # noqa: DTZ001
    assert START.tzinfo is UTC


@pytest.mark.parametrize("metadata", [{"k" * 41: "v"}, {"k": "v" * 501}, {str(n): "v" for n in range(51)}])
def test_more_metadata_than_cal_com_keeps_is_refused_here(metadata: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="metadata"):
        BookingWanted(1, START, WANTED.attendee, metadata)
