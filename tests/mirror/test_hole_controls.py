"""Hole 13, and what happens without the rules of holes 6, 8, 13, 17 and 18: each control shows the harm."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest

from support.at_work import until
from support.database import Clock
from support.mirrored import DOMAIN, Mirrored, open_start
from zusage.adapters.calcom.encoding import booking_body
from zusage.app.mirror.connection import CalendarConnection
from zusage.app.mirror.ports import Attendee, BookingWanted, CalendarError, Terms
from zusage.sandbox.calcom import DEMO_KEY, Fault, Latency

STANDS = [("present", "present")]
_VERSION = "2024-08-13"


def wanted(salon: Mirrored, intent: str) -> BookingWanted:
    attendee = Attendee("Ida", "Europe/Berlin", f"c-{intent}@{DOMAIN}")
    return BookingWanted(salon.kind().id, open_start(), attendee, {"intent": intent})


async def connection_of(salon: Mirrored) -> CalendarConnection:
    connection = await salon.calendars.load_connection(salon.shop.company_id)
    assert connection is not None
    return connection


async def test_hole_13_what_is_being_asked_for_is_nobody_elses_however_long_it_takes(
    salon: Mirrored, clock: Clock
) -> None:
    """The hold would have run out, and the sweeper comes by, while the calendar takes its time."""
    salon.sim.add_fault(Fault("latency", op="bookings.create", latency=Latency(ms=800)))
    run, rival = await salon.shop.call(), await salon.shop.call()
    plan = salon.shop.plan(start=open_start())
    taken = await salon.shop.take(run, plan)
    booked = await salon.shop.confirm(run, taken.hold_id)
    assert booked.appointment_id is not None
    asking = asyncio.create_task(salon.bring(booked.appointment_id))
    await until(lambda: salon.posts() == 1)
    clock.advance(600)
    await salon.shop.do("SELECT ledger_sweep(%s, 100)", salon.shop.company_id)
    assert (await salon.shop.take(rival, plan)).outcome == "lost"
    await asking
    await salon.settle(booked.appointment_id, clock)
    assert (await salon.known(booked.appointment_id), len(salon.there)) == (STANDS, 1)


async def test_hole_13_control_whoever_asks_the_calendar_before_booking_here_loses_the_time_here(
    salon: Mirrored, clock: Clock
) -> None:
    """Cal.com has the one, the ledger the other."""
    run = await salon.shop.call()
    plan = salon.shop.plan(start=open_start())
    taken = await salon.shop.take(run, plan)
    access = (await connection_of(salon)).access
    ours = await salon.client.of(access).create_booking(wanted(salon, "calendar-first"), Terms(5.0))
    clock.advance(600)
    await salon.book()
    assert (await salon.shop.confirm(run, taken.hold_id)).outcome != "booked"
    assert [each.uid for each in salon.there] == [ours.uid]


async def test_hole_06_control_whoever_believes_an_empty_look_is_refused_by_its_own_booking(
    salon: Mirrored,
) -> None:
    """And would tell the caller that the time is gone."""
    salon.sim.add_fault(Fault("timeout_after_commit", op="bookings.create"))
    salon.sim.add_fault(Fault("lookup_lag", op="bookings.create", reads=2))
    appointment = await salon.book()
    await salon.bring(appointment, write=0.3)
    await salon.shop.do("UPDATE mirror SET next_at = zusage_now()")
    await salon.bring(appointment)
    assert await salon.shop.rows("SELECT outcome FROM mirror_attempt WHERE action = 'look'") == [("missing",)]
    with pytest.raises(CalendarError) as refused:
        await salon.client.of((await connection_of(salon)).access).create_booking(
            wanted(salon, "again"), Terms(5.0)
        )
    assert refused.value.kind == "taken"
    assert [each.metadata["appointment"] for each in salon.there] == [str(appointment)]


async def test_hole_08_control_whoever_breaks_off_a_request_has_booked_all_the_same(salon: Mirrored) -> None:
    salon.sim.add_fault(Fault("latency", op="bookings.create", latency=Latency(ms=600)))
    headers = {"authorization": f"Bearer {DEMO_KEY}", "cal-api-version": _VERSION}
    async with httpx2.AsyncClient(base_url=salon.sim.base_url, headers=headers) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await client.post("/v2/bookings", json=booking_body(wanted(salon, "broken-off")))
    assert salon.there == []
    await until(lambda: len(salon.there) == 1)
    assert salon.there[0].metadata == {"intent": "broken-off"}


async def test_hole_17_control_whoever_does_not_watch_on_leaves_a_booking(
    salon: Mirrored, clock: Clock
) -> None:
    """As with the rule, but for the ten minutes: two looks that find nothing close it."""
    salon.mirroring = replace(salon.mirroring, watch=timedelta(0))
    salon.sim.add_fault(Fault("timeout_after_commit", op="bookings.create"))
    salon.sim.add_fault(Fault("lookup_lag", op="bookings.create", reads=2))
    appointment = await salon.book()
    await salon.bring(appointment, write=0.3)
    await salon.cancel(appointment)
    await salon.bring(appointment)
    assert await salon.known(appointment) == [("absent", "unknown")]
    await salon.settle(appointment, clock)
    assert (await salon.known(appointment), len(salon.there)) == ([("absent", "absent")], 1)


async def test_hole_18_control_whoever_takes_back_only_what_it_knows_of_leaves_the_rest(
    salon: Mirrored,
) -> None:
    """One confirmed, one unknown: the confirmed one is cancelled, then the process dies."""
    salon.sim.add_fault(
        Fault("timeout_after_commit", op="bookings.create", event_type=salon.kind("herrenschnitt").id)
    )
    appointment = await salon.book(salon.shop.plan(start=open_start(), minutes=120, gap=(60, 30)))
    await salon.bring(appointment, write=0.3)
    calendar = salon.client.of((await connection_of(salon)).access)
    for row in await salon.mirrors(appointment):
        if row["known"] == "present":
            await calendar.cancel_booking(row["uid"], "Nicht frei", Terms(5.0))
    assert len(salon.there) == 1
    assert await salon.known(appointment) == [("present", "present"), ("present", "unknown")]
