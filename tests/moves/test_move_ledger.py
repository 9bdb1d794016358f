"""Moves in the ledger: the new time is taken before the old one is given up, and nobody else gets either meanwhile."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import psycopg
import pytest
from moved_shop import book, connect, free, settle, stands, states

from support.database import Clock
from support.shop import NO_FLAWS, TEN, Shop, make_shop
from zusage.adapters.postgres.database import Database
from zusage.app.booking.ports import KnownPhase


def at(hours: float) -> datetime:
    return TEN + timedelta(hours=hours)


@pytest.fixture
async def plain(app_db: Database) -> Shop:
    return await make_shop(app_db, staff=2, chairs=1)


@pytest.fixture
async def shop(plain: Shop) -> Shop:
    await connect(plain)
    return plain


async def test_without_a_calendar_the_old_time_is_free_at_once(plain: Shop) -> None:
    mine = await book(plain, plain.plan())
    moved = await plain.move(mine, plain.plan(start=at(2)))
    assert (moved.outcome, moved.move_id, moved.wait) == ("moved", None, None)
    assert (await stands(plain, mine), await free(plain, 0), await free(plain, 2)) == (2, True, False)
    assert (await states(plain), await plain.flaws()) == (["agreed"], NO_FLAWS)
    said = await plain.rows(
        "SELECT actor, action, detail ->> 'reason' FROM appointment_history ORDER BY history_id"
    )
    assert said == [("voice", "booked", None), ("person", "moved", "verlegt")]


async def test_a_move_by_less_than_its_length_sees_its_own_time_through(plain: Shop) -> None:
    mine = await book(plain, plain.plan(chair=0))
    moved = await plain.move(mine, plain.plan(start=at(0.5), chair=0))
    assert moved.outcome == "moved"
    assert moved.plan is not None
    assert moved.plan["starts_at"] == at(0.5).isoformat()
    assert [await free(plain, hour) for hour in (0, 0.5, 1, 1.5)] == [True, False, False, True]
    phases = await plain.rows("SELECT starts_at, ends_at FROM phase")
    assert phases == [(at(0.5), at(1.5))]
    assert await plain.flaws() == NO_FLAWS


async def test_it_takes_the_first_of_several_plans_that_is_free(plain: Shop) -> None:
    mine = await book(plain, plain.plan())
    await book(plain, plain.plan(start=at(2)))
    moved = await plain.move(mine, plain.plan(start=at(2)), plain.plan(1, start=at(2)))
    assert moved.outcome == "moved"
    assert await plain.rows(
        "SELECT staff_id, staff_name FROM appointment WHERE appointment_id = %s", mine
    ) == [(plain.staff[1], "Person 1")]


async def test_what_is_taken_changes_nothing(shop: Shop) -> None:
    mine = await book(shop, shop.plan())
    await book(shop, shop.plan(start=at(2)))
    before = await shop.rows("SELECT to_jsonb(m) FROM mirror m")
    assert (await shop.move(mine, shop.plan(start=at(1.5)))).outcome == "lost"
    assert (await stands(shop, mine), await states(shop)) == (0, [])
    assert await shop.rows("SELECT to_jsonb(m) FROM mirror m") == before
    assert await shop.flaws() == NO_FLAWS


async def test_repeating_a_move_is_the_same_and_a_stale_one_is_told(shop: Shop) -> None:
    mine = await book(shop, shop.plan())
    await shop.move(mine, shop.plan(start=at(2)))
    again = await shop.move(mine, shop.plan(start=at(2)))
    stale = await shop.move(mine, shop.plan(start=at(4)))
    assert (again.outcome, stale.outcome) == ("same", "changed")
    assert stale.plan is not None
    assert stale.plan["starts_at"] == at(2).isoformat()
    assert await states(shop) == ["open"]


async def test_what_is_cancelled_or_unknown_is_not_moved(plain: Shop) -> None:
    mine = await book(plain, plain.plan())
    await plain.do("SELECT ledger_cancel(%s, %s, 'voice', 'ab', false)", plain.company_id, mine)
    assert (await plain.move(mine, plain.plan(start=at(2)))).outcome == "over"
    assert (await plain.move(plain.company_id, plain.plan(start=at(2)))).outcome == "none"


async def test_hole_10_the_old_time_stays_taken_until_the_calendar_agrees(shop: Shop) -> None:
    mine = await book(shop, shop.plan())
    moved = await shop.move(mine, shop.plan(start=at(0.5)))
    assert moved.move_id is not None
    assert [await free(shop, hour) for hour in (0, 0.5, 1, 1.5)] == [False, False, False, True]
    assert await shop.flaws() == NO_FLAWS
    await settle(shop, mine)
    assert [await free(shop, hour) for hour in (0, 0.5, 1, 1.5)] == [True, False, False, True]
    assert (await states(shop), await shop.flaws()) == (["agreed"], NO_FLAWS)


async def test_hole_10_control_without_a_keeper_somebody_else_takes_the_old_time(plain: Shop) -> None:
    """No calendar, so nothing is kept: the next caller has the old time, and a refusal could not lead back to it."""
    mine = await book(plain, plain.plan())
    await plain.move(mine, plain.plan(start=at(2)))
    rival = await book(plain, plain.plan())
    assert await stands(plain, rival) == 0
    assert (await plain.move(mine, plain.plan(), expected=at(2))).outcome == "lost"


@pytest.mark.parametrize("by", [0.5, 2])
async def test_hole_10_a_refusal_always_leads_back(shop: Shop, by: float) -> None:
    mine = await book(shop, shop.plan(minutes=120, gap=(60, 30), chair=0))
    claims = "SELECT resource_id, starts_at, ends_at FROM claim WHERE binding ORDER BY resource_id, starts_at"
    before = await shop.rows(claims)
    await shop.move(mine, shop.plan(1, start=at(by), minutes=120, gap=(60, 30), chair=0))
    assert await shop.unmove(mine)
    assert await shop.rows(claims) == before
    assert (await stands(shop, mine), await states(shop), await shop.flaws()) == (0, ["refused"], NO_FLAWS)
    assert not await shop.unmove(mine), "there is nothing to take back any more"
    items = await shop.rows(
        "SELECT kind, (detail ->> 'wanted')::timestamptz, detail ->> 'text' FROM review_item"
    )
    assert items == [("move_refused", at(by), "abgelehnt")]
    assert await shop.rows("SELECT ordinal, starts_at, staff_id FROM mirror ORDER BY ordinal") == [
        (0, at(0), shop.staff[0]),
        (2, at(1.5), shop.staff[0]),
    ]


async def test_hole_10_after_ten_minutes_a_person_decides(shop: Shop, clock: Clock) -> None:
    mine = await book(shop, shop.plan())
    await shop.move(mine, shop.plan(start=at(2)))
    overdue = "SELECT count(*) FROM ledger_overdue_moves(%s, 100)"
    clock.advance(595)
    assert await shop.do(overdue, shop.company_id) == [(0,)]
    clock.advance(10)
    assert await shop.do(overdue, shop.company_id) == [(1,)]
    assert (await stands(shop, mine), await free(shop, 0), await states(shop)) == (2, True, ["overdue"])
    assert await shop.rows("SELECT kind, appointment_id FROM review_item") == [("move_overdue", mine)]
    assert await shop.flaws() == NO_FLAWS
    assert await shop.do(overdue, shop.company_id) == [(0,)]
    assert not await shop.unmove(mine), "its old time may be somebody else's"


async def test_a_move_follows_an_open_one_and_a_refusal_leads_to_what_was_agreed(shop: Shop) -> None:
    mine = await book(shop, shop.plan())
    await shop.move(mine, shop.plan(start=at(2)))
    assert (await shop.move(mine, shop.plan(start=at(4)), expected=at(2))).outcome == "moved"
    # Where it was agreed, and where it may have been asked to stand, stay taken.
    assert [await free(shop, hour) for hour in (0, 2, 4)] == [False, False, False]
    assert (await states(shop), await shop.flaws()) == (["followed", "open"], NO_FLAWS)
    assert await shop.unmove(mine)
    assert [await free(shop, hour) for hour in (0, 2, 4)] == [False, True, True]
    assert await shop.flaws() == NO_FLAWS


async def test_moving_back_before_the_calendar_agreed(shop: Shop) -> None:
    mine = await book(shop, shop.plan())
    await shop.move(mine, shop.plan(start=at(0.5)))
    assert (await shop.move(mine, shop.plan(), expected=at(0.5))).outcome == "moved"
    assert await shop.flaws() == NO_FLAWS
    await settle(shop, mine)
    assert [await free(shop, hour) for hour in (0, 1)] == [False, True]
    assert await shop.flaws() == NO_FLAWS


async def test_cancelling_during_a_move_frees_both_times(shop: Shop) -> None:
    mine = await book(shop, shop.plan())
    await shop.move(mine, shop.plan(start=at(2)))
    async with shop.ledger(shop.company_id) as unit:
        assert await unit.cancel(mine, "person", "Kunde krank")
        await unit.commit()
    assert [await free(shop, hour) for hour in (0, 2)] == [True, True]
    assert (await states(shop), await shop.flaws()) == (["cancelled"], NO_FLAWS)
    async with shop.ledger(shop.company_id) as unit:
        assert not await unit.cancel(mine, "person", "Kunde krank"), "cancelling twice is fine"
        await unit.commit()


async def test_the_claims_of_an_open_move_cannot_be_deleted(shop: Shop) -> None:
    mine = await book(shop, shop.plan())
    await shop.move(mine, shop.plan(start=at(2)))
    with pytest.raises(psycopg.Error) as refused:
        await shop.do("DELETE FROM claim WHERE move_id IS NOT NULL")
    assert refused.value.sqlstate == "ZU003"
    assert await shop.flaws() == NO_FLAWS


async def test_what_people_moved_in_the_calendar_is_followed_at_once(shop: Shop) -> None:
    """Nobody is asked, so nothing is kept; an absence does not stand in the way of their decision."""
    mine = await book(shop, shop.plan())
    await shop.do(
        "SELECT ledger_block(%s, gen_random_uuid(), %s, %s, %s, 'frei')",
        shop.company_id,
        shop.staff[0],
        at(2),
        at(5),
    )
    refused = await shop.move(mine, shop.plan(start=at(2)))
    known = (KnownPhase(0, "new", 7, 8),)
    moved = await shop.move(mine, shop.plan(start=at(2)), actor="calendar", known=known)
    assert (refused.outcome, moved.outcome, moved.move_id) == ("lost", "moved", None)
    rows = await shop.rows(
        "SELECT wanted, known, uid, uids, starts_at = known_starts_at, known_event_type_id, known_host_id, next_at,"
        " settled_at IS NOT NULL FROM mirror"
    )
    assert rows == [("present", "present", "new", ["new"], True, 7, 8, None, True)]
    assert (await free(shop, 0), await states(shop), await shop.flaws()) == (True, ["agreed"], NO_FLAWS)


async def test_what_people_moved_onto_another_promise_is_lost(shop: Shop) -> None:
    mine = await book(shop, shop.plan())
    await book(shop, shop.plan(start=at(2)))
    known = (KnownPhase(0, "new"),)
    moved = await shop.move(mine, shop.plan(start=at(2.5)), actor="calendar", known=known)
    assert (moved.outcome, await stands(shop, mine)) == ("lost", 0)
    assert await shop.rows("SELECT uid FROM mirror WHERE appointment_id = %s", mine) == [(None,)]


async def test_what_the_call_holds_is_seen_through_and_given_back(shop: Shop) -> None:
    mine = await book(shop, shop.plan())
    run = await shop.call()
    assert (await shop.take(run, shop.plan(start=at(2)))).outcome == "held"
    assert (await shop.move(mine, shop.plan(start=at(2)))).outcome == "lost", "somebody holds it"
    assert (await shop.move(mine, shop.plan(start=at(2)), call_id=run.call_id)).outcome == "moved"
    assert await shop.statuses() == ["converted", "released"]
    assert await shop.flaws() == NO_FLAWS


async def test_an_overdue_hold_is_no_hindrance(plain: Shop, clock: Clock) -> None:
    mine = await book(plain, plain.plan())
    await plain.take(await plain.call(), plain.plan(start=at(2)))
    clock.advance(200)
    assert (await plain.move(mine, plain.plan(start=at(2)))).outcome == "moved"
    assert await plain.statuses() == ["converted", "expired"]
    assert await plain.flaws() == NO_FLAWS


async def test_an_absence_over_a_kept_time_hits_nobody_until_a_refusal_leads_back(shop: Shop) -> None:
    mine = await book(shop, shop.plan())
    await shop.move(mine, shop.plan(start=at(4)))
    block = "SELECT ledger_block(%s, gen_random_uuid(), %s, %s, %s, 'krank')"
    assert await shop.do(block, shop.company_id, shop.staff[0], at(0), at(2)) == []
    assert await shop.rows("SELECT kind FROM review_item") == []
    assert await shop.unmove(mine)
    kinds = await shop.rows("SELECT kind FROM review_item WHERE appointment_id = %s ORDER BY kind", mine)
    assert kinds == [("absence_over_promise",), ("move_refused",)]


async def test_two_movers_and_a_booker_want_one_time_and_one_gets_it(shop: Shop) -> None:
    """Everybody at once, many times: one wins, the others stay where they are, nothing is taken twice."""
    for day in range(6):
        base = 24.0 * day
        movers = [await book(shop, shop.plan(start=at(base + n * 2))) for n in (0, 1)]
        run = await shop.call()
        target = shop.plan(start=at(base + 6))
        results = await asyncio.gather(
            shop.move(movers[0], target, expected=at(base)),
            shop.move(movers[1], target, expected=at(base + 2)),
            shop.take_and_confirm(run, target),
        )
        won = [each.outcome for each in results if each.outcome in ("moved", "booked")]
        assert len(won) == 1, results
        assert sorted(each.outcome for each in results if each.outcome not in won) == ["lost", "lost"]
    assert await shop.flaws() == NO_FLAWS


async def test_two_who_swap_do_not_lock_each_other_out_forever(shop: Shop) -> None:
    """Each wants what the other has: both lose, at once, and both stay."""
    first, second = await book(shop, shop.plan()), await book(shop, shop.plan(start=at(2)))
    results = await asyncio.gather(
        shop.move(first, shop.plan(start=at(2))), shop.move(second, shop.plan(), expected=at(2))
    )
    assert [each.outcome for each in results] == ["lost", "lost"]
    assert (await stands(shop, first), await stands(shop, second)) == (0, 2)
    assert await shop.flaws() == NO_FLAWS
