"""Holes that the rules close, shown open: what happens to whoever keeps none of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from support.database import DatabaseUrls
from support.mirrored import DOMAIN, Mirrored, open_start
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.jobs import PostgresWaker, jobs_connector
from zusage.app.mirror.ports import (
    Attendee,
    BookingsWanted,
    BookingWanted,
    CalendarBookings,
    CalendarError,
    Terms,
)
from zusage.inbound.worker.jobs import Duties, build_jobs
from zusage.sandbox.calcom import Fault, Latency

SOON = Terms(2.0)


async def calendar(salon: Mirrored) -> CalendarBookings:
    connection = await salon.calendars.load_connection(salon.shop.company_id)
    assert connection is not None
    return salon.client.of(connection.access)


def wanted(salon: Mirrored, who: str) -> BookingWanted:
    attendee = Attendee("Ida", "Europe/Berlin", f"c-{who}@{DOMAIN}")
    return BookingWanted(salon.kind().id, open_start(), attendee, {"intent": who})


async def test_hole_06_control_whoever_takes_not_found_for_not_created_books_twice(salon: Mirrored) -> None:
    """The booking stands, the list lags: one look says no, and the second request is taken too."""
    salon.kind().confirmation = True
    salon.sim.add_fault(Fault("lookup_lag", op="bookings.create", reads=1))
    there = await calendar(salon)
    await there.create_booking(wanted(salon, "first"), SOON)
    listed = await there.list_bookings(BookingsWanted(attendee_email=f"c-first@{DOMAIN}"), SOON)
    assert (listed.bookings, len(salon.there)) == ((), 1)
    await there.create_booking(wanted(salon, "again"), SOON)
    assert len(salon.there) == 2


class NoLimit:
    """Slots that are always free."""

    @asynccontextmanager
    async def take(self, _company_id: UUID) -> AsyncIterator[bool]:
        yield True


async def test_hole_32_control_without_the_limit_one_company_takes_every_worker(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls
) -> None:
    salon.sim.add_fault(Fault("latency", op="bookings.create", latency=Latency(ms=700), times=None))
    for hour in (9, 10, 11, 12, 13):
        await salon.book(start=open_start(hour))
    app = build_jobs(
        jobs_connector(database.jobs), Duties(salon.mirroring, NoLimit(), PostgresWaker(jobs_db))
    )
    async with app.open_async():
        work = asyncio.create_task(
            app.run_worker_async(
                wait=False,
                listen_notify=False,
                install_signal_handlers=False,
                concurrency=8,
                queues=["mirror"],
            )
        )
        busiest = 0
        while not work.done():
            under_way = [each for each in salon.sim.journal.of("bookings.create") if each.status is None]
            busiest = max(busiest, len(under_way))
            await asyncio.sleep(0.02)
        await work
    assert busiest == 5


async def test_hole_47_control_whoever_reads_back_at_once_does_not_find_what_was_booked(
    salon: Mirrored,
) -> None:
    """The body of the 201 is the read-back; a look right after it meets a replica that does not know yet."""
    salon.sim.add_fault(Fault("lookup_lag", op="bookings.create", reads=1))
    there = await calendar(salon)
    booked = await there.create_booking(wanted(salon, "ida"), SOON)
    with pytest.raises(CalendarError) as unknown:
        await there.get_booking(booked.uid, SOON)
    assert unknown.value.kind == "gone"
    assert (await there.get_booking(booked.uid, SOON)).status == "accepted"
