"""What the ledger's functions promise, each through its own transaction on the real database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from support.database import Clock
from support.shop import ANSWER, BOOKER, NO_FLAWS, TEN, make_shop
from zusage.adapters.postgres.database import Database
from zusage.app.booking.ports import Booker
from zusage.app.errors import LeaseLost
from zusage.core.values import Money


async def test_a_free_plan_is_held_and_its_rival_is_refused(app_db: Database) -> None:
    shop = await make_shop(app_db)
    first, second = await shop.call(), await shop.call()
    held = await shop.take(first, shop.plan())
    assert held.outcome == "held"
    assert held.token
    lost = await shop.take(second, shop.plan(start=TEN + timedelta(minutes=30)))
    assert lost.outcome == "lost"
    assert await shop.flaws() == NO_FLAWS


async def test_the_first_free_of_several_plans_is_taken(app_db: Database) -> None:
    shop = await make_shop(app_db, staff=2)
    await shop.take(await shop.call(), shop.plan(0))
    taken = await shop.take(await shop.call(), shop.plan(0), shop.plan(1))
    assert taken.plan == shop.plan(1)


async def test_a_refused_question_leaves_the_earlier_hold_alive(app_db: Database) -> None:
    shop = await make_shop(app_db)
    run = await shop.call()
    mine = await shop.take(run, shop.plan())
    later = TEN + timedelta(hours=2)
    await shop.take(await shop.call(), shop.plan(start=later))
    assert (await shop.take(run, shop.plan(start=later))).outcome == "lost"
    assert (await shop.confirm(run, mine.hold_id)).outcome == "booked"


async def test_a_new_hold_replaces_the_old_one(app_db: Database) -> None:
    shop = await make_shop(app_db)
    run = await shop.call()
    old = await shop.take(run, shop.plan())
    new = await shop.take(run, shop.plan(start=TEN + timedelta(minutes=30)))
    assert await shop.statuses() == ["replaced", "held"]
    assert (await shop.confirm(run, old.hold_id)).outcome == "replaced"
    assert (await shop.confirm(run, new.hold_id)).outcome == "booked"
    assert await shop.flaws() == NO_FLAWS


async def test_the_same_plan_again_renews_the_hold_under_its_token(app_db: Database, clock: Clock) -> None:
    shop = await make_shop(app_db)
    run = await shop.call()
    first = await shop.take(run, shop.plan())
    clock.advance(60)
    again = await shop.take(run, shop.plan())
    assert (again.hold_id, again.token) == (first.hold_id, first.token)
    assert again.expires_at is not None
    assert first.expires_at is not None
    assert again.expires_at - first.expires_at > timedelta(seconds=50)
    assert await shop.statuses() == ["held"]


async def test_the_same_time_on_another_chair_keeps_the_chair_that_is_held(app_db: Database) -> None:
    shop = await make_shop(app_db, chairs=2)
    run = await shop.call()
    first = await shop.take(run, shop.plan(chair=1))
    again = await shop.take(run, shop.plan(chair=0), shop.plan(chair=1))
    assert (again.token, again.plan) == (first.token, shop.plan(chair=1))
    other = await shop.take(run, shop.plan(chair=0))
    assert other.token != first.token
    assert await shop.rows(
        "SELECT resource_id FROM claim WHERE resource_id = ANY (%s)", list(shop.chairs)
    ) == [(shop.chairs[0],)]


async def test_the_same_time_at_another_price_is_another_plan(app_db: Database) -> None:
    shop = await make_shop(app_db)
    run = await shop.call()
    first = await shop.take(run, shop.plan())
    dearer = replace(shop.plan(), price=Money(4000))
    again = await shop.take(run, dearer)
    assert again.token != first.token
    assert await shop.rows("SELECT price_cents FROM hold WHERE status = 'held'") == [(4000,)]


async def test_an_expired_hold_stops_counting_without_a_sweeper(app_db: Database, clock: Clock) -> None:
    shop = await make_shop(app_db, hold_seconds=2)
    slow = await shop.call()
    mine = await shop.take(slow, shop.plan())
    clock.advance(3)
    rival = await shop.take(await shop.call(), shop.plan())
    assert rival.outcome == "held"
    assert (await shop.confirm(slow, mine.hold_id)).outcome == "expired"
    assert await shop.flaws() == NO_FLAWS


async def test_an_expired_hold_nobody_took_may_still_be_confirmed(app_db: Database, clock: Clock) -> None:
    shop = await make_shop(app_db, hold_seconds=2)
    run = await shop.call()
    mine = await shop.take(run, shop.plan())
    clock.advance(60)
    assert (await shop.confirm(run, mine.hold_id)).outcome == "booked"


async def test_confirming_twice_answers_the_same_appointment(app_db: Database) -> None:
    shop = await make_shop(app_db)
    run = await shop.call()
    mine = await shop.take(run, shop.plan())
    first = await shop.confirm(run, mine.hold_id)
    second = await shop.confirm(run, mine.hold_id)
    assert second.outcome == "already_booked"
    assert second.appointment_id == first.appointment_id
    assert await shop.rows("SELECT count(*) FROM appointment") == [(1,)]


async def test_a_hold_of_another_call_cannot_be_confirmed(app_db: Database) -> None:
    shop = await make_shop(app_db)
    mine = await shop.take(await shop.call(), shop.plan())
    assert (await shop.confirm(await shop.call(), mine.hold_id)).outcome == "none"


async def test_booking_in_one_breath_and_again(app_db: Database) -> None:
    shop = await make_shop(app_db)
    run = await shop.call()
    first = await shop.take_and_confirm(run, shop.plan())
    again = await shop.take_and_confirm(run, shop.plan())
    assert (first.outcome, again.outcome) == ("booked", "already_booked")
    assert again.appointment_id == first.appointment_id
    rival = await shop.take_and_confirm(await shop.call(), shop.plan())
    assert rival.outcome == "lost"


async def test_release_gives_the_time_back_and_only_once(app_db: Database) -> None:
    shop = await make_shop(app_db)
    run = await shop.call()
    await shop.take(run, shop.plan())
    assert await shop.release(await shop.call()) == 0
    assert await shop.release(run) == 1
    assert await shop.release(run) == 0
    assert (await shop.take(await shop.call(), shop.plan())).outcome == "held"


async def test_the_same_number_and_name_is_one_customer_and_no_number_is_always_a_new_one(
    app_db: Database,
) -> None:
    shop = await make_shop(app_db)
    nobody = Booker(None, "Sabine Müller", "sabine müller", "Sabine Müller")
    for hour, booker in enumerate((BOOKER, BOOKER, nobody, nobody)):
        start = TEN + timedelta(hours=hour)
        await shop.take_and_confirm(await shop.call(), shop.plan(start=start), booker=booker)
    assert await shop.rows("SELECT phone, count(*) FROM customer GROUP BY phone ORDER BY phone") == [
        ("+493023125111", 1),
        (None, 2),
    ]


async def test_the_attendee_never_overwrites_the_callers_name(app_db: Database) -> None:
    shop = await make_shop(app_db)
    for_daughter = Booker(BOOKER.phone, BOOKER.name, BOOKER.name_key, "Lena Müller")
    await shop.take_and_confirm(await shop.call(), shop.plan(), booker=for_daughter)
    assert await shop.rows("SELECT name FROM customer") == [("Sabine Müller",)]
    assert await shop.rows("SELECT attendee_name FROM appointment") == [("Lena Müller",)]


async def test_price_duration_and_segments_are_snapshots(app_db: Database) -> None:
    shop = await make_shop(app_db)
    run = await shop.call()
    mine = await shop.take(run, shop.plan())
    await shop.do("UPDATE service SET price_cents = 9900")
    await shop.confirm(run, mine.hold_id)
    assert await shop.rows("SELECT price_cents, currency, plan ->> 'service_name' FROM appointment") == [
        (3500, "EUR", "Schnitt")
    ]
    assert await shop.rows("SELECT count(*) FROM phase") == [(1,)]


async def test_the_history_cannot_be_rewritten(app_db: Database) -> None:
    shop = await make_shop(app_db)
    await shop.take_and_confirm(await shop.call(), shop.plan())
    for statement in ("UPDATE appointment_history SET actor = 'x'", "DELETE FROM appointment_history"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await shop.do(statement)
    assert await shop.rows("SELECT actor, action FROM appointment_history") == [("voice", "booked")]


async def test_an_answer_is_stored_only_under_the_lease(app_db: Database) -> None:
    shop = await make_shop(app_db, lease_seconds=0.0)
    key = shop.key("call_x", "tool_x")
    first = await shop.journal.begin(key)
    second = await shop.journal.begin(key)
    assert (first.decision, second.decision) == ("run", "run")
    with pytest.raises(LeaseLost):
        await shop.journal.finish(first, ANSWER)
    await shop.journal.finish(second, ANSWER)
    assert (await shop.journal.begin(key)).answer == ANSWER.body


async def test_parallel_confirms_of_one_hold_book_once(app_db: Database) -> None:
    shop = await make_shop(app_db)
    run = await shop.call()
    mine = await shop.take(run, shop.plan())
    results = await asyncio.gather(*(shop.confirm(run, mine.hold_id) for _ in range(4)))
    assert sorted(r.outcome for r in results) == ["already_booked"] * 3 + ["booked"]
    assert len({r.appointment_id for r in results}) == 1


async def test_a_hold_that_a_fact_has_overtaken_becomes_no_appointment(app_db: Database) -> None:
    """Whoever serves is away by now: the caller hears so, and the shop has nobody to call back."""
    shop = await make_shop(app_db, chairs=1)
    run, beside = await shop.call(), await shop.call()
    held = await shop.take(run, shop.plan(chair=0))
    later = await shop.take(beside, shop.plan(start=TEN + timedelta(hours=3)))
    block = "SELECT ledger_block(%s, gen_random_uuid(), %s, %s, %s, 'krank')"
    await shop.do(block, shop.company_id, shop.staff[0], TEN, TEN + timedelta(hours=3))
    assert (await shop.confirm(beside, held.hold_id)).outcome == "none", "of another call nothing is ended"
    assert (await shop.confirm(run, held.hold_id)).outcome == "lost"
    assert (await shop.confirm(run, held.hold_id)).outcome == "expired"
    assert (await shop.confirm(beside, later.hold_id)).outcome == "booked", (
        "the control: it ends as this begins"
    )
    assert await shop.statuses() == ["expired", "converted"]
    assert await shop.rows("SELECT 1 FROM review_item WHERE resolved_at IS NULL") == []
    assert await shop.flaws() == NO_FLAWS
