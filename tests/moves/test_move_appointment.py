"""The use cases: a new time by the rules of the branch, its answer in the same transaction, and the calendar asked inside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from moved_shop import connect, stands, states

from support.shop import NO_FLAWS, TEN, Shop, make_shop
from zusage.adapters.postgres.database import Database
from zusage.app.availability.offers import Search
from zusage.app.booking.cancel_appointment import cancel_appointment
from zusage.app.booking.move_appointment import MoveOutcome, move_appointment
from zusage.app.booking.outcomes import Refused
from zusage.app.booking.ports import ConfirmInline, LedgerUnit, Moved, MoveOrder
from zusage.app.calls.ports import Answer, Begun
from zusage.core.scheduling import day_bounds
from zusage.core.scheduling.masters import Branch, BranchBook, Segment, Service, Span, Staff
from zusage.core.scheduling.wish import Wish
from zusage.core.values import Money

ZONE = "Europe/Berlin"
NOW = TEN - timedelta(days=2)


class BrokenError(Exception):
    """The answer could not be stored."""


@dataclass
class Desk:
    """Moves appointments of a shop whose book says: open from eight to eight, an hour each, every half hour."""

    shop: Shop

    def search(self, start: datetime, staff: int | None = 0) -> Search:
        shop = self.shop
        week = ((Span(480, 1200),),) * 7
        service = Service(
            shop.service_id, "schnitt", "Schnitt", "", (Segment(60, needs_chair=False),), Money(3500)
        )
        members = tuple(
            Staff(id_, f"Person {n}", {shop.service_id: None}) for n, id_ in enumerate(shop.staff)
        )
        branch = Branch(shop.branch_id, "b", "Mitte", ZONE, week, grid_minutes=30)
        book = BranchBook(shop.company_id, "Laden", branch, (service,), members, ())
        day = day_bounds(ZONE, start.astimezone(ZoneInfo(ZONE)).date())
        wish = Wish(day, exact=start, staff_id=None if staff is None else shop.staff[staff])
        return Search(book, service, wish, NOW, None)

    async def move(
        self,
        appointment: UUID,
        start: datetime,
        *,
        staff: int | None = 0,
        run: Begun | None = None,
        confirm: ConfirmInline | None = None,
        conclude: Callable[[MoveOutcome, LedgerUnit], Awaitable[MoveOutcome]] | None = None,
        expected: datetime = TEN,
    ) -> MoveOutcome:
        order = MoveOrder(appointment, expected, "voice", "verlegt", run.call_id if run else None)
        return await move_appointment(
            order,
            self.search(start, staff),
            start,
            company_id=self.shop.company_id,
            open_unit=self.shop.ledger,
            conclude=conclude or said,
            run=run,
            confirm=confirm,
        )


@dataclass
class Asked:
    """A calendar that says this, after something has happened; it keeps how long it was to be waited for."""

    verdict: Literal["stands", "pending", "refused"]
    before: Callable[[UUID], Awaitable[object]] | None = None
    seconds: float | None = None

    async def __call__(
        self, company_id: UUID, appointment_id: UUID, seconds: float
    ) -> Literal["stands", "pending", "refused"]:
        assert company_id != appointment_id
        self.seconds = seconds
        if self.before is not None:
            await self.before(appointment_id)
        return self.verdict


async def said(outcome: MoveOutcome, _unit: LedgerUnit) -> MoveOutcome:
    return outcome


@pytest.fixture
async def desk(app_db: Database) -> Desk:
    return Desk(await make_shop(app_db, staff=2))


@pytest.fixture
async def inline(desk: Desk) -> Desk:
    await connect(desk.shop)
    await desk.shop.do("UPDATE calendar_branch SET confirm = 'inline', wait_ms = 500")
    return desk


async def booked(desk: Desk, hours: float = 0) -> UUID:
    plan = desk.shop.plan(start=TEN + timedelta(hours=hours))
    taken = await desk.shop.take_and_confirm(await desk.shop.call(), plan)
    assert taken.appointment_id is not None
    return taken.appointment_id


def at(hours: float) -> datetime:
    return TEN + timedelta(hours=hours)


async def test_it_moves_by_the_rules_and_its_own_time_is_no_hindrance(desk: Desk) -> None:
    mine = await booked(desk)
    moved = await desk.move(mine, at(0.5))
    assert isinstance(moved, Moved)
    assert (moved.outcome, await stands(desk.shop, mine)) == ("moved", 0.5)
    assert await desk.shop.flaws() == NO_FLAWS


async def test_what_is_taken_or_closed_is_refused_with_what_else_would_do(desk: Desk) -> None:
    mine = await booked(desk)
    await booked(desk, 2)
    taken, closed = await desk.move(mine, at(1.5)), await desk.move(mine, at(11))
    assert isinstance(taken, Refused)
    assert isinstance(closed, Refused)
    assert (taken.refusal.reason, closed.refusal.reason) == ("not_free", "closed")
    # Its own time may be named: somebody who hears of it keeps it.
    assert at(1) in [offer.start for offer in taken.offers]
    assert await stands(desk.shop, mine) == 0


async def test_with_anybody_it_goes_to_whoever_is_free(desk: Desk) -> None:
    mine = await booked(desk)
    await booked(desk, 2)
    moved = await desk.move(mine, at(2), staff=None)
    assert isinstance(moved, Moved)
    assert await desk.shop.rows("SELECT staff_id FROM appointment WHERE appointment_id = %s", mine) == [
        (desk.shop.staff[1],)
    ]


async def test_asking_again_is_the_same_and_a_stale_wish_is_told(desk: Desk) -> None:
    mine = await booked(desk)
    outcomes = [await desk.move(mine, at(2)), await desk.move(mine, at(2)), await desk.move(mine, at(4))]
    assert [each.outcome for each in outcomes if isinstance(each, Moved)] == ["moved", "same", "changed"]


async def test_the_answer_commits_with_the_move_or_not_at_all(desk: Desk) -> None:
    mine = await booked(desk)

    async def conclude(outcome: MoveOutcome, _unit: LedgerUnit) -> MoveOutcome:
        raise BrokenError(outcome)

    with pytest.raises(BrokenError):
        await desk.move(mine, at(2), conclude=conclude)
    assert (await stands(desk.shop, mine), await states(desk.shop)) == (0, [])
    run = await desk.shop.call()

    async def answered(outcome: MoveOutcome, unit: LedgerUnit) -> MoveOutcome:
        await unit.finish(run, Answer("moved", {"status": "moved", "say": "", "data": {}}))
        return outcome

    await desk.move(mine, at(2), conclude=answered, run=run)
    status = "SELECT status FROM tool_call WHERE tool_call_id = %s"
    assert await desk.shop.rows(status, run.tool_call_id) == [("moved",)]


async def test_inside_the_call_the_calendar_is_asked_before_anything_is_said(inline: Desk) -> None:
    mine = await booked(inline)
    run = await inline.shop.call()

    async def committed(appointment: UUID) -> None:
        assert await stands(inline.shop, appointment) == 2, "it is committed before anybody waits"

    asked = Asked("stands", committed)
    moved = await inline.move(mine, at(2), run=run, confirm=asked)
    assert isinstance(moved, Moved)
    assert (asked.seconds, moved.outcome) == (0.5, "moved")
    # The worker's job comes after the wait, so that it does not ask as well.
    assert moved.wait == 0.5


@pytest.mark.parametrize("done", [True, False], ids=["by the routine", "not yet"])
async def test_what_the_calendar_refuses_inside_the_call_is_back_and_other_times_are_named(
    inline: Desk, done: bool
) -> None:
    mine = await booked(inline)
    run = await inline.shop.call()

    asked = Asked("refused", inline.shop.unmove if done else None)
    outcome = await inline.move(mine, at(2), run=run, confirm=asked)
    assert isinstance(outcome, Refused)
    assert outcome.offers
    assert at(2) not in [offer.start for offer in outcome.offers]
    assert (await stands(inline.shop, mine), await states(inline.shop)) == (0, ["refused"])
    assert await inline.shop.flaws() == NO_FLAWS


async def test_pending_is_said_as_moved_for_it_is_ours_here(inline: Desk) -> None:
    mine = await booked(inline)

    outcome = await inline.move(mine, at(2), run=await inline.shop.call(), confirm=Asked("pending"))
    assert isinstance(outcome, Moved)
    assert (await stands(inline.shop, mine), await states(inline.shop)) == (2, ["open"])


async def test_cancelling_twice_is_fine_and_both_times_of_a_move_go(inline: Desk) -> None:
    mine = await booked(inline)
    await inline.move(mine, at(2))

    async def conclude(was_booked: bool, _unit: LedgerUnit) -> bool:
        return was_booked

    async def cancel() -> bool:
        return await cancel_appointment(
            mine,
            actor="voice",
            reason="krank",
            company_id=inline.shop.company_id,
            open_unit=inline.shop.ledger,
            conclude=conclude,
        )

    assert [await cancel(), await cancel()] == [True, False]
    assert await inline.shop.rows("SELECT count(*) FROM claim") == [(0,)]
    assert await inline.shop.rows("SELECT wanted FROM mirror") == [("absent",)]
    assert await states(inline.shop) == ["cancelled"]
