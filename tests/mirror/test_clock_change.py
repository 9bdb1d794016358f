"""The nights in which the clocks of Berlin change: what is promised is an instant, here and there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from support.database import Clock
from support.mirrored import BERLIN
from support.reconciled import HOUR, Reconciled, kinds, reconciled
from support.shop import NO_FLAWS
from zusage.adapters.postgres.database import Database
from zusage.app.free_times._days import free_by_day, wanted_slots
from zusage.app.free_times.ports import Source
from zusage.app.mirror.ports import Terms
from zusage.core.scheduling import day_bounds

DAY_AND_NIGHT = [
    {
        "days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        "startTime": "00:00",
        "endTime": "23:59",
    }
]
MONTHS = pytest.mark.parametrize("month", [3, 10], ids=["spring", "autumn"])


def change(month: int) -> datetime:
    """The next instant at which the clocks change in this month: the last Sunday, one o'clock UTC."""
    now = datetime.now(UTC)
    for year in (now.year, now.year + 1):
        last = date(year, month, 31)
        sunday = last - timedelta(days=(last.weekday() + 1) % 7)
        moment = datetime(sunday.year, sunday.month, sunday.day, 1, tzinfo=UTC)
        if moment > now + timedelta(days=2):
            return moment
    raise AssertionError(month)


@pytest.fixture
async def desk(app_db: Database, jobs_db: Database, clock: Clock) -> AsyncIterator[Reconciled]:
    async with reconciled(app_db, jobs_db, clock) as made:
        for schedule in made.salon.sim.world.schedules.values():
            schedule.availability = DAY_AND_NIGHT
        yield made


async def agrees(desk: Reconciled, appointment: UUID, *starts: datetime) -> None:
    """Its phases stand at these instants here and there, and no comparison finds anything."""
    rows = await desk.salon.shop.rows(
        "SELECT starts_at, ends_at FROM mirror WHERE appointment_id = %s AND known = 'present' ORDER BY 1",
        appointment,
    )
    there = sorted((each.period.start, each.period.end) for each in desk.salon.there)
    assert (rows, [start for start, _ in there]) == (there, list(starts))
    desk.later(HOUR)
    assert kinds(await desk.compare()) == []
    assert await desk.salon.reviews() == []


@MONTHS
@pytest.mark.parametrize("minutes", [-90, -60, -30, 0, 30, 60, 90])
async def test_around_the_change_each_instant_is_its_own(desk: Reconciled, month: int, minutes: int) -> None:
    """In autumn half past two comes twice: an hour apart, and never taken for one another."""
    start = change(month) + timedelta(minutes=minutes)
    appointment = await desk.salon.book(desk.salon.shop.plan(start=start))
    await desk.salon.bring(appointment)
    assert [each.period.start for each in desk.salon.there] == [start]
    await agrees(desk, appointment, start)


@MONTHS
async def test_two_at_one_time_on_the_wall_do_not_meet(desk: Reconciled, month: int) -> None:
    before, after = change(month) - timedelta(hours=1), change(month)
    appointments = [await desk.salon.book(desk.salon.shop.plan(start=start)) for start in (before, after)]
    for each in appointments:
        await desk.salon.bring(each)
    assert sorted(each.period.start for each in desk.salon.there) == [before, after]
    on_the_wall = {f"{start.astimezone(BERLIN):%H:%M}" for start in (before, after)}
    assert on_the_wall == ({"01:00", "03:00"} if month == 3 else {"02:00"})
    assert await desk.salon.reviews() == []
    assert await desk.salon.shop.flaws() == NO_FLAWS


@MONTHS
async def test_a_compound_service_over_the_change_stands_moves_and_is_followed(
    desk: Reconciled, month: int, clock: Clock
) -> None:
    """An hour before, a gap while the clocks change, half an hour after."""
    salon = desk.salon
    start = change(month) - timedelta(minutes=75)
    appointment = await salon.book(salon.shop.plan(start=start, minutes=120, gap=(60, 30)))
    await salon.bring(appointment)
    await agrees(desk, appointment, start, start + timedelta(minutes=90))

    later = start + timedelta(hours=24)
    await salon.move(appointment, salon.shop.plan(start=later, minutes=120, gap=(60, 30)), expected=start)
    await salon.settle(appointment, clock)
    await agrees(desk, appointment, later, later + timedelta(minutes=90))

    for each in sorted(salon.there, key=lambda each: each.period.start):
        await salon.sim.people.move(each.uid, each.period.start - timedelta(hours=24))
    assert kinds(await desk.compare()) == [("moved_there", "done")] * 2
    await agrees(desk, appointment, start, start + timedelta(minutes=90))


@MONTHS
async def test_free_times_of_that_day_are_all_its_hours_but_what_is_booked(
    desk: Reconciled, month: int
) -> None:
    salon, moment = desk.salon, change(month)
    appointment = await salon.book(salon.shop.plan(start=moment - timedelta(minutes=30)))
    await salon.bring(appointment)
    connection = await salon.calendars.load_connection(salon.shop.company_id)
    assert connection is not None
    kind = salon.kind("herrenschnitt")
    kind.length = kind.slot_interval = 5
    day = moment.astimezone(BERLIN).date()
    wanted = wanted_slots(Source(kind.id, 5), "Europe/Berlin", day, day)
    slots = await salon.client.of(connection.access).free_slots(wanted, Terms(5.0))
    free = free_by_day(slots, "Europe/Berlin", [day])[day]
    bounds = day_bounds("Europe/Berlin", day)
    assert bounds.length == timedelta(hours=23 if month == 3 else 25)
    booked = moment - timedelta(minutes=30), moment + timedelta(minutes=30)
    assert [(each.start, each.end) for each in free] == [
        (bounds.start, booked[0]),
        (booked[1], bounds.end - timedelta(minutes=5)),
    ]
