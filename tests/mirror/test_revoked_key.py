"""A key that Cal.com accepts no more: what was promised waits for another one, and nobody has to be called back."""

from __future__ import annotations

from dataclasses import replace

from support.database import Clock
from support.mirrored import Mirrored, open_start
from zusage.adapters.calcom.teams import CalcomAccounts
from zusage.adapters.crypto import SecretBox
from zusage.adapters.postgres.calendar_setup import PostgresCalendarSetup
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.mirror_health import PostgresMirrorHealth
from zusage.app.calendar_setup.connect_calendar import ConnectWish, connect_calendar
from zusage.app.mirror.catch_up import catch_up
from zusage.app.mirror.health import judge
from zusage.app.reviews.advice import advice_for, needs_callback
from zusage.boot.cli._calcom_pages import connected
from zusage.sandbox.calcom import DEMO_KEY


async def test_a_booking_a_move_and_a_cancellation_wait_and_go_on_with_the_next_key(
    salon: Mirrored, clock: Clock
) -> None:
    moved, cancelled = [await salon.book(start=open_start(hour)) for hour in (9, 11)]
    for each in (moved, cancelled):
        await salon.bring(each)
    key = salon.sim.world.keys.pop(DEMO_KEY)
    booked = await salon.book(start=open_start(13))
    await salon.move(moved, salon.shop.plan(start=open_start(15)), expected=open_start(9))
    await salon.cancel(cancelled)
    for each in (booked, moved, cancelled):
        await salon.bring(each)
    assert await salon.reviews() == ["mirror_refused"] * 3
    assert not needs_callback("mirror_refused", cancelled=False, failure="auth")
    for over in (False, True):
        advice = advice_for("mirror_refused", "salon", appointment_id=booked, cancelled=over, failure="auth")
        assert "`zusage calcom connect salon`" in advice
    clock.advance(7200)
    await catch_up(salon.shop.company_id, salon.mirroring)
    assert [each.period.start for each in salon.there] == [open_start(9), open_start(11)]

    salon.sim.world.keys[DEMO_KEY] = key
    assert await salon.calendars.key_accepted(salon.shop.company_id) == 3
    assert await salon.calendars.key_accepted(salon.shop.company_id) == 0
    for each in (booked, moved, cancelled):
        await salon.settle(each, clock)
    assert sorted(each.period.start for each in salon.there) == [open_start(13), open_start(15)]
    assert await salon.reviews() == ["move_overdue"], "the old time was given up after ten minutes"
    figures = await PostgresMirrorHealth(salon.shop.database).figures(salon.shop.company_id)
    assert (figures.pending, figures.failing_day) == (0, 0)


async def test_connecting_again_lets_it_go_on(salon: Mirrored, app_db: Database) -> None:
    key = salon.sim.world.keys.pop(DEMO_KEY)
    appointment = await salon.book()
    await salon.bring(appointment)
    new = "cal_live_another"
    salon.sim.world.keys[new] = replace(key, token=new)
    wish = ConnectWish(salon.shop.company_id.hex, new)
    store = PostgresCalendarSetup(app_db, SecretBox([salon.key]))
    calendars = CalcomAccounts(salon.client)
    said = [
        await connect_calendar(wish, store=store, calendars=calendars, new_token=lambda: "t" * 40)
        for _ in range(2)
    ]
    assert [each.going_on for each in said] == [1, 0]
    assert "1 part of appointments had waited for the key;" in " ".join(connected(said[0]))
    assert (await salon.bring(appointment)).settled
    assert await salon.reviews() == []


async def test_what_a_person_has_before_them_for_another_reason_stays_there(
    salon: Mirrored, clock: Clock
) -> None:
    await salon.sim.people.book(salon.kind().id, open_start(), quiet=True)
    appointment = await salon.book()
    await salon.settle(appointment, clock)
    assert await salon.calendars.key_accepted(salon.shop.company_id) == 0
    assert await salon.reviews() == ["mirror_refused"]
    assert judge(await PostgresMirrorHealth(salon.shop.database).figures(salon.shop.company_id)) == "critical"
