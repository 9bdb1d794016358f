"""Holes about how far a rule reaches: one node (26), one caller's patience (38), one chair (41)."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from ledger_rivals import cut, later, seconds_left

from support.database import Clock, DatabaseUrls
from support.shop import ANSWER, NO_FLAWS, TEN, Shop, make_shop
from zusage.adapters import postgres
from zusage.adapters.postgres.database import Connection, Database
from zusage.adapters.postgres.ledger import PostgresUnit
from zusage.app.availability.offers import Search
from zusage.app.booking.hold_slot import hold_slot
from zusage.app.calls.ports import Answer
from zusage.core.scheduling.masters import Branch, BranchBook, Chair, Segment, Service, Span, Staff
from zusage.core.scheduling.plan import Busy
from zusage.core.scheduling.wish import Wish
from zusage.core.values import Money, Period

_ADAPTER = Path(postgres.__file__).parent
_CALLED = re.compile(r"\b((?:ledger|voice|call)_[a-z_]+)\(%s")
_WRITES = re.compile(r"\b(?:UPDATE|DELETE FROM)\s+[a-z_.]+\b.*?(?:;|\)\s*SELECT\b|$)", re.DOTALL)
_VOLATILE = re.compile(
    r"zusage_now\(|clock_timestamp\(|gen_random_uuid\(|random\(|statement_timestamp\(|timeofday\("
)


def _functions_the_application_calls() -> set[str]:
    text = "\n".join(path.read_text() for path in _ADAPTER.glob("*.py"))
    return set(_CALLED.findall(re.sub(r'"\s*"', "", text)))


def _volatile_writes(source: str) -> list[str]:
    text = re.sub(r"--[^\n]*", "", source)
    return [write for write in _WRITES.findall(text) if _VOLATILE.search(write)]


def test_hole_26_the_application_writes_the_ledger_through_functions_of_one_company(
    database: DatabaseUrls,
) -> None:
    called = _functions_the_application_calls()
    assert {"ledger_take", "ledger_confirm", "ledger_take_and_confirm", "ledger_release"} <= called
    with psycopg.connect(database.app) as connection:
        first = connection.execute(
            "SELECT proname, proargnames[1], proargtypes[0]::regtype::text FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace AND proname = ANY (%s)",
            [sorted(called)],
        ).fetchall()
    assert {row[0] for row in first} == called
    assert {row[1:] for row in first} == {("p_company", "uuid")}


def test_hole_26_no_statement_of_the_adapter_writes_busy_time_itself() -> None:
    writes = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM)\s+(claim|hold|appointment|phase)\b")
    found = {path.name: writes.findall(path.read_text()) for path in _ADAPTER.glob("*.py")}
    assert {name for name, tables in found.items() if tables} == set()
    assert writes.findall("DELETE FROM claim WHERE true") == ["claim"]


def test_hole_26_no_update_or_delete_asks_a_volatile_function(database: DatabaseUrls) -> None:
    with psycopg.connect(database.app) as connection:
        rows = connection.execute(
            "SELECT p.proname, p.prosrc FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang"
            " WHERE p.pronamespace = 'public'::regnamespace AND l.lanname IN ('sql', 'plpgsql')"
        ).fetchall()
    sources = {str(name): str(source) for name, source in rows}
    assert "ledger_take" in sources
    sources |= {path.name: path.read_text() for path in _ADAPTER.glob("*.py")}
    assert {name: found for name, source in sources.items() if (found := _volatile_writes(source))} == {}
    assert _volatile_writes("UPDATE hold SET a = 1 WHERE expires_at < zusage_now();")


def test_hole_26_no_constraint_of_a_company_table_spans_companies(database: DatabaseUrls) -> None:
    with psycopg.connect(database.app) as connection:
        rows = connection.execute(
            "SELECT i.indexrelid::regclass::text, a.attname FROM pg_index i"
            " JOIN pg_class c ON c.oid = i.indrelid"
            " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'"
            " AND (i.indisunique OR i.indisexclusion)"
        ).fetchall()
    assert len(rows) > 20
    assert {str(name): column for name, column in rows if column != "company_id"} == {}


async def _spell_for(shop: Shop, clock: Clock, *, minutes: int, event: str | None) -> str:
    """Hold, let the caller spell a name with an event of the platform now and then, confirm; what came of it.

    A rival wants the same time all along."""
    run = await shop.call("call_a", event="call_started" if event is None else None)
    mine = await shop.take(run, shop.plan())
    for _ in range(minutes):
        clock.advance(60)
        if event:
            await shop.journal.record(shop.ref("call_a"), event, None)
        await shop.take(await shop.call(), shop.plan())
    return (await shop.confirm(run, mine.hold_id)).outcome


@pytest.mark.parametrize(("minutes", "expected"), [(9, "booked"), (10, "expired")])
async def test_hole_38_a_call_that_is_known_to_run_keeps_its_hold_to_the_cap(
    app_db: Database, clock: Clock, minutes: int, expected: str
) -> None:
    shop = await make_shop(app_db)
    assert await _spell_for(shop, clock, minutes=minutes, event=None) == expected


async def test_hole_38_a_start_that_comes_after_the_hold_lengthens_it(app_db: Database) -> None:
    shop = await make_shop(app_db)
    await shop.take(await shop.call("call_a"), shop.plan())
    assert (await seconds_left(shop))[0] <= 120
    await shop.journal.record(shop.ref("call_a"), "call_started", None)
    assert 590 < (await seconds_left(shop))[0] <= 600


@pytest.mark.parametrize(("minutes", "expected"), [(9, "booked"), (11, "expired")])
async def test_hole_38_without_the_start_each_event_renews_up_to_the_cap(
    app_db: Database, clock: Clock, minutes: int, expected: str
) -> None:
    shop = await make_shop(app_db)
    assert await _spell_for(shop, clock, minutes=minutes, event="transcript_updated") == expected


async def test_hole_38_a_tool_call_is_a_sign_of_life_too(app_db: Database, clock: Clock) -> None:
    shop = await make_shop(app_db)
    await shop.take(await shop.call("call_a"), shop.plan())
    clock.advance(100)
    await shop.call("call_a")
    assert 110 < (await seconds_left(shop))[0] <= 120


async def test_hole_38_a_hold_that_ran_out_is_not_revived(app_db: Database, clock: Clock) -> None:
    shop = await make_shop(app_db)
    await shop.take(await shop.call("call_a"), shop.plan())
    clock.advance(121)
    await shop.journal.record(shop.ref("call_a"), "call_started", None)
    assert (await seconds_left(shop))[0] < 0


async def test_hole_38_control_without_a_signal_a_slow_speller_loses_the_time(
    app_db: Database, database: DatabaseUrls, clock: Clock
) -> None:
    cut(database, "hold_deadline", ("p_call.started_at IS NOT NULL", "false"))
    shop = await make_shop(app_db)
    assert await _spell_for(shop, clock, minutes=3, event=None) == "expired"


async def test_hole_41_another_chair_of_the_same_question_is_taken(app_db: Database) -> None:
    shop = await make_shop(app_db, staff=2, chairs=2)
    await shop.take(await shop.call(), shop.plan(1, chair=0))
    taken = await shop.take(await shop.call(), shop.plan(0, chair=0), shop.plan(0, chair=1))
    assert taken.plan == shop.plan(0, chair=1)
    control = await shop.take(await shop.call(), shop.plan(0, chair=0, start=later(0.5)))
    assert control.outcome == "lost"
    assert await shop.flaws() == NO_FLAWS


async def test_hole_41_twenty_rivals_for_anybody_leave_exactly_as_many_winners_as_pairs(
    app_db: Database,
) -> None:
    shop = await make_shop(app_db, staff=4, chairs=3)
    plans = [shop.plan(staff, chair=chair) for staff in range(4) for chair in range(3)]
    runs = [await shop.call() for _ in range(20)]
    results = await asyncio.gather(*(shop.take(run, *plans) for run in runs))
    assert sorted(taken.outcome for taken in results) == ["held"] * 3 + ["lost"] * 17
    assert await shop.flaws() == NO_FLAWS


def _book(shop: Shop) -> BranchBook:
    """The shop as the scheduling rules see it: always open, everybody does the one service."""
    whole = ((Span(0, 1440),),) * 7
    branch = Branch(shop.branch_id, "b", "Mitte", "UTC", whole, closed_on_holidays=False)
    service = Service(shop.service_id, "schnitt", "Schnitt", "", (Segment(60),), Money(3500))
    staff = tuple(Staff(staff_id, staff_id.hex, {shop.service_id: None}) for staff_id in shop.staff)
    chairs = tuple(Chair(chair_id, chair_id.hex) for chair_id in shop.chairs)
    return BranchBook(shop.company_id, "Laden", branch, (service,), staff, chairs)


def _search(shop: Shop, call_id: UUID) -> Search:
    book = _book(shop)
    wish = Wish(Period(TEN, later(1)), exact=TEN)
    return Search(book, book.services[0], wish, TEN - timedelta(days=1), call_id)


class _Interrupted(PostgresUnit):
    """A unit of work between whose reading and taking something happens, the first time."""

    def __init__(self, connection: Connection, shop: Shop, then: list[Callable[[], Awaitable[None]]]) -> None:
        super().__init__(connection, shop.company_id, uuid4, lambda: secrets.token_hex(6))
        self._then = then

    async def busy(self, resources: Collection[UUID], window: Period, *, call_id: UUID | None) -> Busy:
        busy = await super().busy(resources, window, call_id=call_id)
        while self._then:
            await self._then.pop()()
        return busy


async def _loser(shop: Shop) -> Callable[[], Awaitable[None]]:
    """One chair is taken, the other free; between reading and taking a rival swaps them."""
    rival = await shop.call()
    await shop.take(rival, shop.plan(1, chair=0))

    async def swap() -> None:
        await shop.take(rival, shop.plan(1, chair=1))

    return swap


async def test_hole_41_a_chair_lost_at_the_last_moment_is_planned_again(app_db: Database) -> None:
    shop = await make_shop(app_db, staff=2, chairs=2)
    swap = [await _loser(shop)]

    @asynccontextmanager
    async def open_unit(company_id: UUID) -> AsyncIterator[PostgresUnit]:
        async with app_db.transaction(company_id) as connection:
            yield _Interrupted(connection, shop, swap)

    def conclude(outcome: object) -> Answer:
        return ANSWER

    run = await shop.call()
    await hold_slot(_search(shop, run.call_id), TEN, run=run, open_unit=open_unit, conclude=conclude)
    assert not swap
    assert await shop.rows(
        "SELECT c.resource_id FROM claim c JOIN hold h USING (company_id, hold_id)"
        " WHERE h.call_id = %s AND c.resource_id = ANY (%s)",
        run.call_id,
        list(shop.chairs),
    ) == [(shop.chairs[0],)]
    assert await shop.flaws() == NO_FLAWS


async def test_hole_41_control_one_look_is_not_enough(app_db: Database) -> None:
    shop = await make_shop(app_db, staff=2, chairs=2)
    swap = await _loser(shop)
    seen_free = shop.plan(0, chair=1)
    await swap()
    assert (await shop.take(await shop.call(), seen_free)).outcome == "lost"
