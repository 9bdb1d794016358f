"""Holes that break a promise (3, 4, 14, 15, 16): each with the rule, and without it as the control."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
from ledger_rivals import blocked, cut, later, run_sql, seconds_left

from support.database import Clock, DatabaseUrls
from support.shop import ANSWER, BOOKER, NO_FLAWS, TEN, Shop, make_shop
from zusage.adapters.postgres.database import Database
from zusage.app.booking.ports import Booked, Taken
from zusage.app.calls.ports import Answer, Begun, ToolCallKey
from zusage.app.calls.start_tool_call import start_tool_call
from zusage.app.errors import LeaseLost, LedgerRefused, ZusageError

AN_ABSENCE = "SELECT ledger_block(%s, gen_random_uuid(), %s, %s, %s, 'krank')"


async def _confirm_while_reaped(
    shop: Shop, database: DatabaseUrls, clock: Clock
) -> tuple[Booked, Taken | LedgerRefused]:
    """A caller confirms; before that commits, a rival takes the time, for which the hold is overdue."""
    slow, rival = await shop.call(), await shop.call()
    mine = await shop.take(slow, shop.plan())
    clock.advance(200)
    assert mine.hold_id is not None
    async with shop.ledger(shop.company_id) as unit:
        booked = await unit.confirm(slow.call_id, mine.hold_id, BOOKER)
        taking = await blocked(database, shop.take(rival, shop.plan()))
        await unit.commit()
    try:
        return booked, await taking
    except LedgerRefused as refused:
        return booked, refused


_REAP_WITHOUT_LOCK = ("ORDER BY h.hold_id FOR NO KEY UPDATE;", "ORDER BY h.hold_id;")
_CLAIMS_FIRST = (
    "WITH ended AS (",
    "DELETE FROM claim WHERE company_id = p_company AND hold_id = ANY (p_holds);\n    WITH ended AS (",
)
_NO_STATUS = ("hold_id = ANY (p_holds) AND status = 'held'", "hold_id = ANY (p_holds)")
_NO_HAND_OVER = (
    "UPDATE claim SET hold_id = NULL, appointment_id = p_appointment\n    WHERE",
    "PERFORM 1 FROM claim WHERE",
)


async def test_hole_03_a_confirmed_promise_keeps_its_claims(
    app_db: Database, database: DatabaseUrls, clock: Clock
) -> None:
    shop = await make_shop(app_db)
    booked, taken = await _confirm_while_reaped(shop, database, clock)
    assert booked.outcome == "booked"
    assert isinstance(taken, Taken)
    assert taken.outcome == "lost"
    assert await shop.statuses() == ["converted"]
    assert await shop.flaws() == NO_FLAWS


async def test_hole_03_control_the_obvious_reap_takes_a_promise_away(
    app_db: Database, database: DatabaseUrls, clock: Clock
) -> None:
    cut(database, "ledger_take", _REAP_WITHOUT_LOCK)
    cut(database, "ledger_end_holds", _CLAIMS_FIRST, _NO_STATUS)
    cut(database, "ledger_confirm", _NO_HAND_OVER)
    shop = await make_shop(app_db)
    booked, taken = await _confirm_while_reaped(shop, database, clock)
    assert booked.outcome == "booked"
    assert isinstance(taken, Taken)
    assert taken.outcome == "held"
    assert await shop.rows("SELECT count(*) FROM claim WHERE appointment_id IS NOT NULL") == [(0,)]
    assert (await shop.flaws())["short_appointments"] == 1


async def test_hole_03_claims_that_a_reap_left_behind_or_took_alone_are_noticed(
    app_db: Database, database: DatabaseUrls
) -> None:
    """Confirm counts what it hands over, so even a reap that deletes claims alone cannot make an empty promise."""
    shop = await make_shop(app_db, chairs=1)
    run = await shop.call()
    mine = await shop.take(run, shop.plan(chair=0))
    await shop.do("DELETE FROM claim WHERE resource_id = %s", shop.chairs[0])
    with pytest.raises(LedgerRefused, match="had 2 claims, 1 were handed over"):
        await shop.confirm(run, mine.hold_id)
    assert await shop.rows("SELECT count(*) FROM appointment") == [(0,)]
    cut(database, "ledger_confirm", ("IF v_moved <> v_hold.claims THEN", "IF false THEN"))
    assert (await shop.confirm(run, mine.hold_id)).outcome == "booked"
    assert (await shop.flaws())["short_appointments"] == 1


async def test_hole_03_the_claims_of_a_live_appointment_cannot_be_deleted(
    app_db: Database, database: DatabaseUrls
) -> None:
    shop = await make_shop(app_db)
    await shop.take_and_confirm(await shop.call(), shop.plan())
    with pytest.raises(psycopg.Error) as refused:
        await shop.do("DELETE FROM claim")
    assert refused.value.sqlstate == "ZU003"
    assert await shop.flaws() == NO_FLAWS
    run_sql(database, "ALTER TABLE claim DISABLE TRIGGER claim_guard")
    await shop.do("DELETE FROM claim")
    assert (await shop.flaws())["short_appointments"] == 1


async def _fall_ill(shop: Shop, hours: float = 4) -> list[tuple[object, ...]]:
    return await shop.do(AN_ABSENCE, shop.company_id, shop.staff[0], TEN, later(hours))


async def test_hole_04_facts_over_promises_are_stored_and_shown(app_db: Database) -> None:
    shop = await make_shop(app_db)
    mine = await shop.take_and_confirm(await shop.call(), shop.plan())
    held = await shop.take(await shop.call(), shop.plan(start=later(2)))
    hit = await _fall_ill(shop)
    assert {row[0] for row in hit} == {mine.appointment_id, held.hold_id}
    assert await _fall_ill(shop, hours=1) == [(mine.appointment_id,)]
    assert await shop.rows("SELECT count(*) FROM review_item WHERE kind = 'absence_over_promise'") == [(3,)]


async def test_hole_04_control_one_constraint_for_all_refuses_the_sick_note(
    app_db: Database, database: DatabaseUrls
) -> None:
    run_sql(
        database,
        "ALTER TABLE claim DROP CONSTRAINT claim_no_overlap, ADD CONSTRAINT claim_no_overlap"
        " EXCLUDE USING gist (company_id WITH =, resource_id WITH =, during WITH &&)",
    )
    shop = await make_shop(app_db)
    await shop.take_and_confirm(await shop.call(), shop.plan())
    with pytest.raises(psycopg.errors.ExclusionViolation):
        await _fall_ill(shop)


async def test_hole_04_a_fact_blocks_new_holds_even_when_the_promise_under_it_is_gone(
    app_db: Database,
) -> None:
    shop = await make_shop(app_db)
    run = await shop.call()
    await shop.take(run, shop.plan())
    await _fall_ill(shop)
    await shop.release(run)
    assert (await shop.take(await shop.call(), shop.plan())).outcome == "lost"


async def test_hole_04_control_without_the_look_at_facts_the_time_seems_free(
    app_db: Database, database: DatabaseUrls
) -> None:
    cut(database, "ledger_take", ("AND c.resource_id = p.r\n", "AND c.resource_id = p.r AND c.binding\n"))
    shop = await make_shop(app_db)
    await _fall_ill(shop)
    assert (await shop.take(await shop.call(), shop.plan())).outcome == "held"


async def test_hole_04_an_absence_ends_overdue_holds_that_could_still_be_confirmed(
    app_db: Database, clock: Clock
) -> None:
    """Confirming looks at no clock, so whoever takes the time must end the hold: facts do as rivals do."""
    shop = await make_shop(app_db)
    run = await shop.call()
    mine = await shop.take(run, shop.plan())
    clock.advance(200)
    assert await _fall_ill(shop) == []
    assert (await shop.confirm(run, mine.hold_id)).outcome == "expired"
    assert await shop.flaws() == NO_FLAWS


async def test_hole_04_an_absence_waits_for_a_confirm_under_way_and_then_names_it(
    app_db: Database, database: DatabaseUrls, clock: Clock
) -> None:
    shop = await make_shop(app_db)
    run = await shop.call()
    mine = await shop.take(run, shop.plan())
    clock.advance(200)
    assert mine.hold_id is not None
    async with shop.ledger(shop.company_id) as unit:
        booked = await unit.confirm(run.call_id, mine.hold_id, BOOKER)
        absence = await blocked(database, _fall_ill(shop))
        await unit.commit()
    assert await absence == [(booked.appointment_id,)]


async def test_hole_14_the_end_of_a_call_leaves_thirty_seconds_for_a_yes_under_way(
    app_db: Database, clock: Clock
) -> None:
    shop = await make_shop(app_db)
    run = await shop.call("call_a")
    mine = await shop.take(run, shop.plan())
    await shop.journal.record(shop.ref("call_a"), "call_ended", "user_hangup")
    assert 25 < (await seconds_left(shop))[0] <= 30
    await shop.journal.record(shop.ref("call_a"), "call_ended", "user_hangup")
    late = await shop.call("call_a")
    assert late.call_over
    assert (await seconds_left(shop))[0] <= 30
    clock.advance(10)
    assert (await shop.confirm(late, mine.hold_id)).outcome == "booked"


_CAP = (
    "UPDATE hold SET expires_at = least(expires_at, v_now + interval '30 seconds')\n"
    "        WHERE company_id = p_company AND call_id = v_call.call_id AND status = 'held';"
)


async def test_hole_14_control_an_end_that_releases_breaks_the_yes(
    app_db: Database, database: DatabaseUrls
) -> None:
    cut(database, "call_event", (_CAP, "PERFORM ledger_release(p_company, v_call.call_id);"))
    shop = await make_shop(app_db)
    run = await shop.call("call_a")
    mine = await shop.take(run, shop.plan())
    await shop.journal.record(shop.ref("call_a"), "call_ended", None)
    assert (await shop.confirm(run, mine.hold_id)).outcome == "released"


async def test_hole_14_a_closed_call_holds_nothing_new(app_db: Database) -> None:
    shop = await make_shop(app_db)
    run = await shop.call("call_a")
    mine = await shop.take(run, shop.plan())
    await shop.journal.record(shop.ref("call_a"), "call_ended", None)
    for plan in (shop.plan(), shop.plan(start=later(3))):
        assert (await shop.take(run, plan)).outcome == "call_over"
        assert (await shop.take_and_confirm(run, plan)).outcome == "call_over"
    assert await shop.statuses() == ["held"]
    assert (await shop.confirm(run, mine.hold_id)).outcome == "booked"
    assert (await shop.take_and_confirm(run, shop.plan())).outcome == "already_booked"


async def test_hole_14_a_hold_under_way_when_the_call_ends_is_capped_too(
    app_db: Database, database: DatabaseUrls
) -> None:
    shop = await make_shop(app_db)
    run = await shop.call("call_a", event="call_started")
    async with shop.ledger(shop.company_id) as unit:
        await unit.take(run.call_id, [shop.plan()])
        end = await blocked(database, shop.journal.record(shop.ref("call_a"), "call_ended", None))
        await unit.commit()
    await end
    assert (await seconds_left(shop))[0] <= 30


async def test_hole_14_control_a_late_hold_of_a_closed_call_is_released_by_nobody(
    app_db: Database, database: DatabaseUrls
) -> None:
    cut(database, "ledger_take", ("IF v_call.ended_at IS NOT NULL THEN", "IF false THEN"))
    shop = await make_shop(app_db)
    run = await shop.call("call_a")
    await shop.journal.record(shop.ref("call_a"), "call_ended", None)
    assert (await shop.take(run, shop.plan())).outcome == "held"
    assert (await seconds_left(shop))[0] > 60


async def _ask_again(shop: Shop, clock: Clock, key: ToolCallKey, *, seconds: float) -> str:
    """Ask, hold, answer; ask the same again after some time: "run" or "replay"."""
    run = await shop.journal.begin(key)
    taken = await shop.take(run, shop.plan())
    await shop.journal.finish(run, Answer("held", ANSWER.body, taken.hold_id))
    clock.advance(seconds)
    return (await shop.journal.begin(key)).decision


@pytest.mark.parametrize(("seconds", "expected"), [(5, "replay"), (15, "run")])
async def test_hole_15_arguments_count_as_the_same_call_for_ten_seconds_only(
    app_db: Database, clock: Clock, seconds: float, expected: str
) -> None:
    shop = await make_shop(app_db)
    key = shop.key("call_a", "hash", by_hash=True)
    assert await _ask_again(shop, clock, key, seconds=seconds) == expected


async def test_hole_15_an_answer_about_a_hold_is_replayed_only_while_it_lives(
    app_db: Database, clock: Clock
) -> None:
    shop = await make_shop(app_db)
    key = shop.key("call_a", "tool_a")
    assert await _ask_again(shop, clock, key, seconds=60) == "replay"
    clock.advance(120)
    assert (await shop.journal.begin(key)).decision == "run"


async def test_hole_15_control_stale_truth_is_replayed(
    app_db: Database, database: DatabaseUrls, clock: Clock
) -> None:
    cut(database, "voice_begin", ("interval '10 seconds'", "interval '1 hour'"))
    cut(database, "voice_replayable", ("p_row.hold_id IS NULL OR EXISTS", "true OR EXISTS"))
    shop = await make_shop(app_db)
    for name, by_hash in (("call_a", True), ("call_b", False)):
        key = shop.key(name, "same", by_hash=by_hash)
        run = await shop.journal.begin(key)
        await shop.journal.finish(run, Answer("held", ANSWER.body))
        clock.advance(240)
        assert (await shop.journal.begin(key)).decision == "replay"


async def test_hole_15_control_a_replay_names_a_hold_that_is_gone(
    app_db: Database, database: DatabaseUrls, clock: Clock
) -> None:
    cut(database, "voice_replayable", ("p_row.hold_id IS NULL OR EXISTS", "true OR EXISTS"))
    shop = await make_shop(app_db)
    assert await _ask_again(shop, clock, shop.key("call_a", "tool_a"), seconds=240) == "replay"
    assert (await shop.take(await shop.call(), shop.plan())).outcome == "held"


async def _book_twice(shop: Shop) -> tuple[Booked, Booked]:
    """The caller barges in, the platform sends the booking again under another tool call."""
    first = await shop.take_and_confirm(await shop.call("call_a"), shop.plan())
    return first, await shop.take_and_confirm(await shop.call("call_a"), shop.plan())


async def test_hole_15_booking_is_idempotent_by_effect(app_db: Database) -> None:
    shop = await make_shop(app_db)
    first, second = await _book_twice(shop)
    assert (first.outcome, second.outcome) == ("booked", "already_booked")
    assert second.appointment_id == first.appointment_id


async def test_hole_15_control_a_caller_would_be_told_that_their_own_time_is_gone(
    app_db: Database, database: DatabaseUrls
) -> None:
    cut(database, "ledger_take_and_confirm", ("LIMIT 1;", "LIMIT 0;"))
    shop = await make_shop(app_db)
    first, second = await _book_twice(shop)
    assert (first.outcome, second.outcome) == ("booked", "lost")


async def test_hole_16_a_parallel_repeat_waits_without_a_transaction_and_gets_the_answer(
    app_db: Database, database: DatabaseUrls
) -> None:
    shop = await make_shop(app_db)
    key = shop.key("call_a", "tool_a")
    first = await shop.journal.begin(key)
    naps, napping = 0, asyncio.Event()

    async def nap(seconds: float) -> None:
        nonlocal naps
        naps += 1
        napping.set()
        await asyncio.sleep(seconds)

    repeat = asyncio.create_task(start_tool_call(key, journal=shop.journal, sleep=nap))
    await napping.wait()
    await shop.journal.finish(first, ANSWER)
    second = await repeat
    assert (second.decision, second.answer) == ("replay", ANSWER.body)
    assert naps >= 1


async def _hold_and_answer(shop: Shop, run: Begun) -> None:
    async with shop.ledger(shop.company_id) as unit:
        await unit.take(run.call_id, [shop.plan()])
        await unit.finish(run, ANSWER)
        await unit.commit()


async def test_hole_16_a_first_that_died_is_taken_over_and_cannot_come_back(
    app_db: Database, clock: Clock
) -> None:
    shop = await make_shop(app_db)
    key = shop.key("call_a", "tool_a")
    first = await shop.journal.begin(key)
    assert (await shop.journal.begin(key)).decision == "wait"
    clock.advance(9)
    second = await shop.journal.begin(key)
    assert (second.decision, second.tool_call_id) == ("run", first.tool_call_id)
    with pytest.raises(LeaseLost):
        await _hold_and_answer(shop, first)
    assert await shop.statuses() == []
    await shop.journal.finish(second, ANSWER)
    assert await shop.rows("SELECT state, attempts FROM tool_call") == [("done", 2)]


async def test_hole_16_control_without_a_lease_a_repeat_waits_for_the_dead(
    app_db: Database, database: DatabaseUrls, clock: Clock
) -> None:
    cut(database, "voice_begin", (" AND v_row.lease_until > v_out.now THEN", " THEN"))
    shop = await make_shop(app_db)
    key = shop.key("call_a", "tool_a")
    await shop.journal.begin(key)
    clock.advance(3600)
    with pytest.raises(ZusageError, match="still running elsewhere"):
        await start_tool_call(key, journal=shop.journal, sleep=asyncio.sleep, patience=0.3)


async def test_hole_16_control_without_the_comparison_the_dead_overwrite_the_answer(
    app_db: Database, database: DatabaseUrls, clock: Clock
) -> None:
    cut(database, "voice_finish", (" AND lease = p_lease AND state = 'running'", ""))
    shop = await make_shop(app_db)
    key = shop.key("call_a", "tool_a")
    first = await shop.journal.begin(key)
    clock.advance(9)
    second = await shop.journal.begin(key)
    await shop.journal.finish(second, ANSWER)
    await shop.journal.finish(first, Answer("not_free", {"say": "weg"}))
    assert (await shop.journal.begin(key)).answer == {"say": "weg"}
