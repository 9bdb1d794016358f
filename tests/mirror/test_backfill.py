"""What was booked before a branch was connected comes to its calendar, and nothing is booked there twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from support.database import Clock, DatabaseUrls
from support.mirrored import Mirrored, open_start
from support.zusage_command import zusage_on
from zusage.adapters.crypto import SecretBox
from zusage.adapters.postgres.backfill import PostgresBackfill
from zusage.adapters.postgres.calendars import PostgresCalendars
from zusage.adapters.postgres.verify import PostgresEvidence
from zusage.app.mirror.apply_backfill import Backfilled, apply_backfill
from zusage.app.mirror.backfill import BackfillItem
from zusage.app.mirror.catch_up import catch_up
from zusage.app.mirror.ports import CalendarError
from zusage.app.mirror.view_backfill import view_backfill
from zusage.app.operations.verify_ledger import verify_ledger
from zusage.sandbox.calcom import Fault

STANDS = ("present", "present")


async def book_before(salon: Mirrored, *hours: int, compound: bool = False) -> list[UUID]:
    """Book while the branch is not connected yet, and connect it then; the 33rd hour is nine o'clock of the next day."""
    await salon.shop.do("DELETE FROM calendar_branch")
    booked = []
    for hour in hours:
        gap = (60, 30) if compound else None
        start = open_start(hour % 24) + timedelta(days=hour // 24)
        plan = salon.shop.plan(start=start, minutes=120 if compound else 60, gap=gap)
        booked.append(await salon.book(plan))
    await salon.shop.do(
        "INSERT INTO calendar_branch (company_id, branch_id, connected_at) VALUES (%s, %s, zusage_now())",
        salon.shop.company_id,
        salon.shop.branch_id,
    )
    return booked


async def view(salon: Mirrored, *, limit: int = 100) -> Sequence[BackfillItem]:
    connection = await salon.calendars.load_connection(salon.shop.company_id)
    assert connection is not None
    return await view_backfill(
        salon.shop.company_id,
        PostgresBackfill(salon.shop.database),
        salon.client.of(connection.access),
        limit=limit,
    )


async def apply(salon: Mirrored, items: Sequence[BackfillItem], per_minute: int = 120) -> Backfilled:
    store = PostgresBackfill(salon.shop.database)
    return await apply_backfill(salon.shop.company_id, items, store, per_minute=per_minute)


async def work(salon: Mirrored, clock: Clock, *, minutes: int = 5) -> None:
    for _ in range(minutes):
        await catch_up(salon.shop.company_id, salon.mirroring)
        clock.advance(60)


async def test_what_was_booked_before_comes_over_little_by_little(salon: Mirrored, clock: Clock) -> None:
    booked = await book_before(salon, 9, 11, 14)
    items = await view(salon)
    assert [(item.phase.appointment_id, item.state) for item in items] == [(each, "new") for each in booked]
    assert salon.posts() == 0
    assert await apply(salon, items) == Backfilled(3, 0, 0)
    due = await salon.shop.rows(
        "SELECT extract(epoch FROM next_at - created_at)::integer FROM mirror ORDER BY starts_at"
    )
    assert [row[0] for row in due] == [0, 2, 4]
    await work(salon, clock, minutes=2)
    assert [await salon.known(each) for each in booked] == [[STANDS]] * 3
    assert salon.posts() == len(salon.there) == 3
    assert await view(salon) == []
    assert (await verify_ledger(evidence=PostgresEvidence(salon.shop.database))).proven


async def test_incident_33_phases_are_mirrored_once_however_often_they_are_brought_over(
    salon: Mirrored, clock: Clock
) -> None:
    """Twelve phases stood there in place of four, for each event had derived its own."""
    (booked,) = await book_before(salon, 9, compound=True)
    items = await view(salon)
    assert len(items) == 2
    done = await asyncio.gather(*(apply(salon, items) for _ in range(4)))
    assert sorted(each.coming for each in done) == [0, 0, 0, 2]
    await asyncio.gather(*(salon.bring(booked) for _ in range(3)))
    await work(salon, clock)
    rows = await salon.shop.rows("SELECT ordinal FROM mirror WHERE appointment_id = %s ORDER BY 1", booked)
    active = await salon.shop.rows("SELECT ordinal FROM phase WHERE kind = 'active' ORDER BY 1")
    assert rows == active
    assert salon.posts() == len(salon.there) == 2


async def test_what_was_typed_in_by_hand_is_for_a_person_and_not_booked_twice(
    salon: Mirrored, clock: Clock
) -> None:
    typed, free = await book_before(salon, 9, 11)
    await salon.sim.people.book(salon.kind().id, open_start(9))
    uid = salon.there[0].uid
    items = await view(salon)
    assert [(item.state, item.twin) for item in items] == [("alike", uid), ("new", None)]
    assert await apply(salon, items) == Backfilled(1, 1, 0)
    assert await apply(salon, items) == Backfilled(0, 0, 0)
    await work(salon, clock)
    assert await salon.known(typed) == [("present", "none")]
    assert await salon.known(free) == [STANDS]
    assert await salon.reviews() == ["mirror_alike"]
    assert (salon.posts(), len(salon.there)) == (1, 2)
    assert (await verify_ledger(evidence=PostgresEvidence(salon.shop.database))).proven


async def test_control_without_the_look_a_second_request_goes_out_for_the_same_time(
    salon: Mirrored, clock: Clock
) -> None:
    (typed,) = await book_before(salon, 9)
    await salon.sim.people.book(salon.kind().id, open_start(9))
    blind = [BackfillItem(item.phase) for item in await view(salon)]
    await apply(salon, blind)
    await work(salon, clock)
    assert salon.posts() > 0
    assert await salon.known(typed) != [STANDS]


async def test_a_booking_of_another_host_or_length_is_no_twin(salon: Mirrored) -> None:
    await book_before(salon, 9)
    await salon.sim.people.book(salon.kind("damenschnitt", 1).id, open_start(9))
    assert [item.state for item in await view(salon)] == ["new"]


async def test_what_cannot_be_read_there_may_be_the_same_and_nothing_is_booked_that_day(
    salon: Mirrored, clock: Clock
) -> None:
    today, other = await book_before(salon, 9, 24 + 9)
    uid = await salon.sim.people.book(salon.kind().id, open_start(9))
    booking = salon.sim.world.bookings[uid]
    booking.status, status = None, booking.status  # type: ignore[assignment]
    items = await view(salon)
    assert [(item.phase.appointment_id, item.state) for item in items] == [(today, "unsure"), (other, "new")]
    assert await apply(salon, items) == Backfilled(1, 0, 0, 1)
    await work(salon, clock)
    assert (await salon.mirrors(today), await salon.known(other)) == ([], [STANDS])
    booking.status = status
    assert [(item.state, item.twin) for item in await view(salon)] == [("alike", uid)]


async def test_what_is_not_mapped_waits_for_the_mapping(salon: Mirrored) -> None:
    (booked,) = await book_before(salon, 9)
    await salon.shop.do("DELETE FROM calendar_mapping")
    items = await view(salon)
    assert [item.state for item in items] == ["unmapped"]
    assert await apply(salon, items) == Backfilled(0, 0, 1)
    assert await salon.mirrors(booked) == []
    assert await salon.reviews() == []


async def test_the_past_the_cancelled_and_other_branches_stay(salon: Mirrored, clock: Clock) -> None:
    past, cancelled, later = await book_before(salon, 9, 11, 14)
    items = await view(salon)
    await salon.cancel(cancelled)
    now = await salon.shop.rows("SELECT zusage_now()")
    clock.advance((open_start(10) - now[0][0]).total_seconds())  # type: ignore[operator]
    assert [item.phase.appointment_id for item in await view(salon)] == [later]
    # What was viewed may be over when it is applied.
    assert await apply(salon, items) == Backfilled(1, 0, 0)
    assert await salon.mirrors(past) == await salon.mirrors(cancelled) == []
    await salon.shop.do("DELETE FROM mirror")
    await salon.shop.do("DELETE FROM calendar_branch")
    assert await view(salon) == []


async def test_only_so_many_at_once_the_next_first(salon: Mirrored) -> None:
    first, second, _ = await book_before(salon, 9, 11, 14)
    assert [item.phase.appointment_id for item in await view(salon, limit=2)] == [first, second]


async def test_a_calendar_that_cannot_be_read_stops_it(salon: Mirrored) -> None:
    await book_before(salon, 9)
    salon.sim.add_fault(Fault("error_before_commit", op="bookings.list", times=None))
    with pytest.raises(CalendarError):
        await view(salon)
    assert await salon.shop.rows("SELECT 1 FROM mirror") == []


async def test_the_command_tells_first_and_does_it_then(
    salon: Mirrored, database: DatabaseUrls, tmp_path: Path
) -> None:
    await book_before(salon, 9, 11)
    await salon.sim.people.book(salon.kind().id, open_start(9))
    run = zusage_on(database, tmp_path)
    company = salon.shop.company_id.hex
    await seal_for_commands(salon)
    code, out = await run("mirror", "backfill", "--company", company)
    assert code == 1
    assert "1 phases would come to Cal.com, 1 look the same as what stands there" in out
    assert await salon.shop.rows("SELECT 1 FROM mirror") == []
    code, out = await run("mirror", "backfill", "--apply", "--json")
    (said,) = json.loads(out)
    assert (code, said["company"], said["applied"]) == (
        1,
        company,
        {"coming": 1, "alike": 1, "unmapped": 0, "unsure": 0},
    )
    assert (await run("mirror", "backfill"))[0] == 0
    await book_before(salon, 14)
    uid = await salon.sim.people.book(salon.kind().id, open_start(14))
    salon.sim.world.bookings[uid].status = None  # type: ignore[assignment]
    code, out = await run("mirror", "backfill")
    assert (code, "a booking of that day in Cal.com cannot be read" in out) == (1, True)
    assert "0 phases would come to Cal.com" in out
    assert "1 may stand there unread" in out
    assert (await run("mirror", "backfill", "--company", "nobody"))[0] == 2


async def seal_for_commands(salon: Mirrored) -> None:
    """Seal the calendar's key with the key that the commands have."""
    connection = await salon.calendars.load_connection(salon.shop.company_id)
    assert connection is not None
    box = SecretBox([bytes(range(32))])
    await PostgresCalendars(salon.shop.database, box).save_connection(connection)
