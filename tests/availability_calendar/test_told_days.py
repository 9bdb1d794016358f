"""What is kept of a day gives way to a webhook at once, and days that nobody asked about are not waited for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from starlette.applications import Starlette

from support.database import DatabaseUrls
from support.free_salon import FreeSalon, at, free_salon, said
from support.voice import BERLIN, open_day, served
from zusage.adapters.postgres.calendars import PostgresCalendars
from zusage.app.calendar_setup.subscribe import HOOK_PATH
from zusage.app.free_times.warm import warm
from zusage.core.signing import sign_calcom
from zusage.core.values import Period
from zusage.inbound.webhooks.calcom import HEADER
from zusage.inbound.webhooks.calcom_event import read_event

TWO, THREE = at(14), at(15)
ADDRESS, SECRET = "a" * 48, "hush"


@pytest.fixture
async def salon(database: DatabaseUrls) -> AsyncIterator[FreeSalon]:
    async with free_salon(database) as made:
        store = PostgresCalendars(made.salon.parts.app, made.salon.box)
        connection = await store.load_connection(made.company_id)
        assert connection is not None
        await store.save_connection(replace(connection, hook_address=ADDRESS, hook_secret=SECRET))
        yield made


@pytest.fixture
async def door(salon: FreeSalon) -> AsyncIterator[httpx2.AsyncClient]:
    """The way in for webhooks, with the parts of the process that answers the calls."""
    app = Starlette(routes=salon.salon.parts.hooks.routes())
    async with served(app) as base_url, httpx2.AsyncClient(base_url=base_url, timeout=20) as client:
        yield client


def webhook(host: int, start: datetime, /, trigger: str = "BOOKING_CREATED", **more: Any) -> bytes:
    end = start + timedelta(hours=1)
    payload = {"uid": uuid4().hex, "organizer": {"id": host}, "metadata": {}} | more
    times = {"startTime": start.astimezone(UTC).isoformat(), "endTime": end.astimezone(UTC).isoformat()}
    return json.dumps({"triggerEvent": trigger, "payload": times | payload}).encode()


async def tell(door: httpx2.AsyncClient, body: bytes) -> None:
    headers = {"content-type": "application/json", HEADER: sign_calcom(body, SECRET)}
    answer = await door.post(f"{HOOK_PATH}{ADDRESS}", content=body, headers=headers)
    assert answer.status_code == 200, answer.text


async def warmed(salon: FreeSalon) -> None:
    """Keep all days up to the one the salon is open on, and none after it."""
    parts = salon.salon.parts.free_times
    days = (open_day() - datetime.now(BERLIN).date()).days + 1
    done = await warm(salon.company_id, hosts=parts.hosts, filler=parts.filler, days=days)
    assert (done.read > 0, done.failed) == (True, 0)


async def test_a_time_booked_on_the_web_is_not_held_once_it_was_told(
    salon: FreeSalon, door: httpx2.AsyncClient
) -> None:
    await warmed(salon)
    salon.busy("anna-schmidt", TWO, 60)
    before = salon.requests()
    await tell(door, webhook(salon.host("anna-schmidt"), TWO))
    beside = await salon.check(said(at(16)), staff="Anna Schmidt")
    assert (beside["status"], beside["data"]["certainty"]["calendar"]) == ("held", "seen")
    assert salon.requests() == before, "what is kept of that day serves on, and nobody waits"
    answer = await salon.check(said(TWO), staff="Anna Schmidt")
    assert answer["status"] == "not_free"
    assert answer["data"]["offers"]


async def test_a_told_time_is_not_free_while_cal_com_itself_still_says_so(
    salon: FreeSalon, door: httpx2.AsyncClient
) -> None:
    """For two seconds its own slots are as before. The control is who has kept nothing, and asks it."""
    await warmed(salon)
    await tell(door, webhook(salon.host("anna-schmidt"), TWO))
    assert (await salon.check(said(TWO), staff="Anna Schmidt"))["status"] == "not_free"
    parts = salon.salon.parts.free_times
    await parts.kept.drop(salon.company_id, salon.staff("anna-schmidt"), [open_day()])
    assert (await salon.check(said(TWO), staff="Anna Schmidt"))["status"] == "held"


async def test_a_time_that_was_told_for_nothing_is_free_again_once_the_day_was_read(
    salon: FreeSalon, door: httpx2.AsyncClient
) -> None:
    """Nothing of a webhook is believed for longer: it only makes us look."""
    await warmed(salon)
    before = salon.requests()
    for start in (THREE, TWO):
        await tell(door, webhook(salon.host("anna-schmidt"), start))
        await asyncio.sleep(1.5)  # the last one must be two seconds old as well before a reading is kept
    assert (await salon.check(said(TWO), staff="Anna Schmidt"))["status"] == "not_free"
    await salon.settled()
    assert (await salon.check(said(TWO), staff="Anna Schmidt"))["status"] == "held"
    days = {each.query["end"] for each in salon.sim.journal.of("slots.list")[before:]}
    assert len(days) <= 2, "one request for both webhooks, and one for what lies around a refused time"


async def test_without_probes_a_told_day_is_forgotten_and_read_when_somebody_asks(
    database: DatabaseUrls,
) -> None:
    async with free_salon(database, probes=False) as salon:
        assert (await salon.check(said(at(16)), staff="Anna Schmidt"))["status"] == "held"
        await salon.settled()
        before = salon.requests()
        changed = salon.salon.parts.free_times.changed
        await changed(salon.company_id, salon.staff("anna-schmidt"), Period(TWO, THREE))
        await salon.settled()
        assert salon.requests() == before
        assert (await salon.check(said(TWO), staff="Anna Schmidt"))["status"] == "held"
        assert salon.requests() == before + 1


async def test_a_day_of_which_a_refusal_says_that_we_were_wrong_is_not_used_on(salon: FreeSalon) -> None:
    """The calendar has not said why, nor how long: what is kept of that day serves nobody until it was read."""
    await warmed(salon)
    salon.busy("anna-schmidt", TWO, 180)
    changed = salon.salon.parts.free_times.changed
    await changed(salon.company_id, salon.staff("anna-schmidt"), Period(TWO, THREE), doubtful=True)
    assert (await salon.check(said(THREE), staff="Anna Schmidt"))["status"] == "not_free"
    await salon.settled()
    salon.busy("anna-schmidt", at(9), 60)
    await changed(salon.company_id, salon.staff("anna-schmidt"), Period(TWO, THREE))
    # The control: what a webhook names is the whole truth about it, and the rest is believed.
    assert (await salon.check(said(at(9)), staff="Anna Schmidt"))["status"] == "held"


async def test_without_being_told_what_was_kept_is_believed(salon: FreeSalon) -> None:
    """The control: it is the webhook that makes the difference."""
    await warmed(salon)
    salon.busy("anna-schmidt", TWO, 60)
    assert (await salon.check(said(TWO), staff="Anna Schmidt"))["status"] == "held"


@pytest.mark.parametrize(
    "body",
    [
        lambda salon: webhook(salon.host("anna-schmidt"), TWO, metadata={"intent": str(uuid4())}),
        lambda _salon: webhook(999_999, TWO),
        lambda salon: webhook(salon.host("anna-schmidt"), TWO, startTime="soon"),
    ],
    ids=["made_by_us", "nobody_of_ours", "odd"],
)
async def test_what_says_nothing_new_leaves_what_is_kept(
    salon: FreeSalon, door: httpx2.AsyncClient, body: Any
) -> None:
    await warmed(salon)
    before = salon.requests()
    await tell(door, body(salon))
    answer = await salon.check(said(TWO), staff="Anna Schmidt")
    assert (answer["status"], salon.requests()) == ("held", before)


async def test_an_exact_time_waits_for_its_own_day_only(salon: FreeSalon) -> None:
    await warmed(salon)
    before = salon.requests()
    held = await salon.check(said(TWO), staff="Anna Schmidt")
    assert (held["status"], salon.requests()) == ("held", before)
    refused = await salon.check(said(TWO), staff="Anna Schmidt")
    assert (refused["status"], bool(refused["data"]["offers"])) == ("not_free", True)
    assert salon.requests() == before + 1  # what else would do lies on days around it


def test_a_webhook_names_whose_time_it_is_about() -> None:
    told = read_event(webhook(12, TWO)).told
    assert told is not None
    assert (told.host_id, [period.start for period in told.periods]) == (12, [TWO.astimezone(UTC)])
    moved = read_event(
        webhook(
            12,
            TWO,
            "BOOKING_RESCHEDULED",
            metadata={"intent": "i"},
            rescheduleStartTime=THREE.isoformat(),
            rescheduleEndTime=at(16).isoformat(),
        )
    ).told
    assert moved is not None
    assert [period.start for period in moved.periods] == [TWO.astimezone(UTC), THREE.astimezone(UTC)]


@pytest.mark.parametrize(
    "more",
    [
        {"endTime": "9999-12-31T00:00:00Z"},
        {"startTime": "2027-03-02T09:00:00", "endTime": "2027-03-02T10:00:00"},
        {"startTime": 7},
        {"organizer": {"id": "12"}},
        {"organizer": ["x"]},
    ],
    ids=["for_ever", "naive", "number", "host_as_text", "host_as_list"],
)
def test_what_cannot_be_read_of_it_tells_nothing(more: dict[str, Any]) -> None:
    event = read_event(webhook(12, TWO, **more))
    assert event.told is None
    assert event.hint.uids
