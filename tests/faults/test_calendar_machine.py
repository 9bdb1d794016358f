"""Any order of bookings, faults, deaths and people's doings, then time: ledger and calendar agree with a small model."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

import pytest
from calendar_model import Held, Known, Model
from fault_careless import Carelessness, careless
from fault_evidence import gather, restless
from fault_table import TAKEN
from fault_verdict import Heard, violations
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, get_state_machine_test, invariant, precondition, rule

from support.database import Clock, Databases
from support.mirrored import Mirrored, mirrored, open_start
from support.shop import NO_FLAWS
from zusage.adapters.crypto import SecretBox
from zusage.adapters.postgres.database import Database
from zusage.app.booking.ports import Moved, MoveOrder
from zusage.app.mirror.asking import Patience
from zusage.app.mirror.bring_over import Mirroring
from zusage.app.mirror.catch_up import catch_up
from zusage.app.points import Point
from zusage.app.reconcile.heed_hints import heed_hints
from zusage.app.reconcile.pull_calendar import pull_calendar
from zusage.boot.wiring import reconciling_of
from zusage.core.scheduling.plan import Plan
from zusage.sandbox.calcom import Booking, Fault

T = TypeVar("T")
Note = Callable[[str, object], None]

HOURS = (9, 10, 11, 13, 15)
PLACES: tuple[Point, ...] = (
    "lease_taken", "before_post", "request_sent", "answer_received", "before_record", "recorded", "before_cancel",
    "cancel_answered", "looked_up", "before_move", "move_answered",
)  # fmt: skip
OPS = ("bookings.create", "bookings.cancel", "bookings.reschedule")
FAULTS = (
    "timeout_before_commit", "timeout_after_commit", "drop_after_commit", "error_before_commit", "error_after_commit",
    "refused_but_created", "lookup_lag", "refused",
)  # fmt: skip
_MOST_ROUNDS = 40
SEED = "ZUSAGE_TEST_SEED"


class Killed(BaseException):
    """The process ended here."""


# Named, not lambdas: what is told of a lambda is parsed from its source, which Python 3.11 sometimes breaks off.
def has_holds(machine: CalendarMachine) -> bool:
    return bool(machine.model.holds)


def has_booked(machine: CalendarMachine) -> bool:
    return any(each.booked for each in machine.model.appointments.values())


def has_ours(machine: CalendarMachine) -> bool:
    return bool(machine.ours())


def has_movable(machine: CalendarMachine) -> bool:
    return any(each.booked and not each.theirs for each in machine.model.appointments.values())


class CalendarMachine(RuleBasedStateMachine):
    """Two members of staff, a day, one calendar."""

    def __init__(self, runner: asyncio.Runner, databases: Databases, how: Carelessness) -> None:
        super().__init__()
        self._runner = runner
        self._databases = databases
        self._urls = databases.migrated()
        self._clock = Clock(self._urls)
        self._stack = AsyncExitStack()
        self._numbers = count(1)
        self.model = Model()
        self.salon = self._do(self._open())
        self.mirroring = careless(replace(self.salon.mirroring, patience=Patience(0.25, 2.0)), how)

    def teardown(self) -> None:
        try:
            self._settle()
            self._judge()
        finally:
            self._do(self._stack.aclose())
            self._clock.close()
            self._databases.drop(self._urls)

    def _do(self, step: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(step)

    async def _open(self) -> Mirrored:
        pools = []
        for url in (self._urls.app, self._urls.jobs):
            pool = Database(url, size=2, statement_ms=15_000, lock_ms=5_000)
            await pool.open()
            self._stack.push_async_callback(pool.close)
            pools.append(pool)
        self._jobs = pools[1]
        return await self._stack.enter_async_context(mirrored(*pools))

    @rule(hour=st.sampled_from(HOURS), staff=st.integers(0, 1), compound=st.booleans())
    def book(self, hour: int, staff: int, compound: bool) -> None:
        plan, now = self._plan(staff, hour, compound=compound), self._now()
        name = f"call_{next(self._numbers)}"
        run = self._do(self.salon.shop.call(name))
        booked = self._do(self.salon.shop.take_and_confirm(run, plan))
        self._check(plan, now, taken=booked.appointment_id is not None)
        if booked.appointment_id is not None:
            self.model.appointments[booked.appointment_id] = Known(name, plan, plan.period.start)

    @rule(hour=st.sampled_from(HOURS), staff=st.integers(0, 1), compound=st.booleans())
    def hold(self, hour: int, staff: int, compound: bool) -> None:
        plan, now = self._plan(staff, hour, compound=compound), self._now()
        name = f"call_{next(self._numbers)}"
        run = self._do(self.salon.shop.call(name))
        taken = self._do(self.salon.shop.take(run, plan))
        self._check(plan, now, taken=taken.hold_id is not None)
        if taken.hold_id is not None:
            assert taken.expires_at is not None
            self.model.holds.append(Held(name, run, taken.hold_id, plan, taken.expires_at))

    @precondition(has_holds)
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        """What is held still is booked; what ran out may be booked all the same, if nobody else has it."""
        held, now = data.draw(st.sampled_from(self.model.holds), "hold"), self._now()
        booked = self._do(self.salon.shop.confirm(held.run, held.hold_id))
        self.model.holds.remove(held)
        if booked.appointment_id is None:
            assert not held.lives(now), "what was held was refused"
            assert booked.outcome == "expired"
            return
        assert not self.model.bars(held.plan, now), "a taken time was sold"
        self.model.appointments[booked.appointment_id] = Known(held.name, held.plan, held.plan.period.start)

    @precondition(has_holds)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        held, now = data.draw(st.sampled_from(self.model.holds), "hold"), self._now()
        released = self._do(self.salon.shop.release(held.run))
        assert released == 1 or not held.lives(now)
        self.model.holds.remove(held)

    def _check(self, plan: Plan, now: datetime, *, taken: bool, but: UUID | None = None) -> None:
        if taken:
            assert not self.model.bars(plan, now, but=but), "a taken time was sold"
        else:
            assert self.model.may_bar(plan, now, but=but), "a free time was refused"

    def _now(self) -> datetime:
        """The database's clock."""
        [(now,)] = self._do(self.salon.shop.rows("SELECT zusage_now()"))
        assert isinstance(now, datetime)
        return now

    @precondition(has_movable)
    @rule(data=st.data(), hour=st.sampled_from(HOURS), staff=st.integers(0, 1))
    def move(self, data: st.DataObject, hour: int, staff: int) -> None:
        mine = [key for key, each in self.model.appointments.items() if each.booked and not each.theirs]
        appointment = data.draw(st.sampled_from(mine), "appointment")
        known = self.model.appointments[appointment]
        minutes = (known.plan.period.end - known.plan.period.start).seconds // 60
        plan = self._plan(staff, hour, compound=minutes > 60)
        now = self._now()
        moved = self._do(self._move(MoveOrder(appointment, known.start, "voice", "verlegt"), plan))
        if moved.outcome in ("moved", "lost"):
            self._check(plan, now, taken=moved.outcome == "moved", but=appointment)
        if moved.outcome == "moved":
            known.before = (*known.before, known.start)
            known.plan, known.start = plan, plan.period.start

    async def _move(self, order: MoveOrder, plan: Plan) -> Moved:
        async with self.salon.shop.ledger(self.salon.shop.company_id) as unit:
            moved = await unit.move(order, [plan])
            await unit.commit()
        return moved

    def _plan(self, staff: int, hour: int, *, compound: bool) -> Plan:
        minutes, gap = (120, (60, 30)) if compound else (60, None)
        return self.salon.shop.plan(staff, start=open_start(hour), minutes=minutes, gap=gap)

    @precondition(has_booked)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        appointment = data.draw(
            st.sampled_from([key for key, each in self.model.appointments.items() if each.booked])
        )
        self._do(self.salon.cancel(appointment))
        self.model.appointments[appointment].booked = False

    @rule(kind=st.sampled_from(FAULTS), op=st.sampled_from(OPS))
    def fault(self, kind: str, op: str) -> None:
        self.salon.sim.add_fault(_fault(kind, op))

    @rule()
    def work(self) -> None:
        self._do(self._work(self.mirroring))

    @rule(place=st.sampled_from(PLACES), nth=st.integers(1, 3))
    def work_and_die(self, place: Point, nth: int) -> None:
        reached = 0

        async def reach(here: Point) -> None:
            nonlocal reached
            reached += here == place
            if here == place and reached >= nth:
                raise Killed

        with suppress(Killed):
            self._do(self._work(replace(self.mirroring, reach=reach)))
        self._do(self._quiet())

    async def _work(self, mirroring: Mirroring) -> None:
        await catch_up(self.salon.shop.company_id, mirroring)
        await self._quiet()

    async def _quiet(self) -> None:
        # What was given up goes on by itself; no clock of ours overtakes a request that really runs.
        while any(each.ms is None for each in self.salon.sim.journal.requests):  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    @rule(seconds=st.sampled_from((2, 15, 50, 100, 700, 4000)))
    def wait(self, seconds: float) -> None:
        self._pass(seconds)

    def _pass(self, seconds: float) -> None:
        self._clock.advance(seconds)
        self.salon.sim.clock.advance(seconds)

    @rule()
    def compare(self) -> None:
        self._do(self._compare())
        self._learn()

    async def _compare(self) -> None:
        box = SecretBox([self.salon.key])
        reconciling = reconciling_of(self._jobs, box, self.mirroring)
        await heed_hints(self.salon.shop.company_id, reconciling)
        await pull_calendar(self.salon.shop.company_id, reconciling)

    def _learn(self) -> None:
        """What people did there has been carried out here, or has not."""
        rows = self._do(self.salon.shop.rows("SELECT appointment_id, status FROM appointment"))
        for appointment, status in rows:
            known = self.model.appointments[UUID(str(appointment))]
            if known.theirs:
                known.booked = status == "booked"

    @precondition(has_ours)
    @rule(data=st.data(), hour=st.sampled_from((None, 17, 18)))
    def people_change(self, data: st.DataObject, hour: int | None) -> None:
        booking = data.draw(st.sampled_from(self.ours()), "booking")
        self.model.appointments[UUID(booking.metadata["appointment"])].theirs = True
        self.model.people_came = True
        if hour is None:
            self._do(self.salon.sim.people.cancel(booking.uid, reason="im Salon abgesagt", quiet=True))
        elif not [each for each in self.salon.there if each.period.start == open_start(hour)]:
            self._do(self.salon.sim.people.move(booking.uid, open_start(hour), quiet=True))

    def ours(self) -> list[Booking]:
        there = [each for each in self.salon.there if "appointment" in each.metadata]
        return sorted(there, key=lambda each: each.id)

    @invariant()
    def no_flaws(self) -> None:
        assert self._do(self.salon.shop.flaws()) == NO_FLAWS

    def _settle(self) -> None:
        """Let nothing more go wrong, time go by, and worker and comparison do their rounds."""
        self.salon.sim.faults.clear()
        for seconds in (0.0, 4_000.0, 4_000.0):
            self._pass(seconds)
            self._do(self._compare())
            for _ in range(_MOST_ROUNDS):
                self._do(self._work(self.mirroring))
                left = restless(self._urls)
                if not left.rows:
                    break
                self._pass(left.seconds + 0.5)
        self._learn()

    def _judge(self) -> None:
        heard = [
            Heard(known.call, known.last_word, appointment, known.start, known.before)
            for appointment, known in self.model.appointments.items()
            if not known.theirs
        ]
        found = violations(gather(self._urls, self.salon.sim, heard))
        # Where people move things, they may put one upon another.
        found = [
            line for line in found if not (self.model.people_came and line.startswith("double booking there"))
        ]
        assert found == []


def _fault(kind: str, op: str) -> Fault:
    match kind:
        case "refused":
            return Fault("error_before_commit", op=op, status=400, message=TAKEN, nested=True)
        case "refused_but_created":
            return Fault("refused_but_created", op="bookings.create")
        case "lookup_lag":
            return Fault("lookup_lag", op=op, reads=2)
    return Fault(kind, op=op)  # type: ignore[arg-type]


def play(databases: Databases, examples: int, note: Note, how: Carelessness = "") -> int:
    """Try so many histories; gives how many were begun, and raises where one ends badly.

    `note` is given the seed, which the summary prints."""
    number = int(os.environ.get(SEED) or secrets.randbelow(2**32))
    note(SEED, number)
    chosen = settings(
        max_examples=examples,
        stateful_step_count=16,
        deadline=None,
        database=None,
        # No shrinking: with servers behind each step it takes minutes. Add Phase.shrink by hand to study a failure.
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    begun = count()
    with asyncio.Runner() as runner:

        def machine() -> CalendarMachine:
            next(begun)
            return CalendarMachine(runner, databases, how)

        seed(number)(get_state_machine_test(machine, settings=chosen))()  # type: ignore[arg-type]
    return next(begun)


def test_ledger_and_calendar_agree_with_the_model(databases: Databases, record_property: Note) -> None:
    assert play(databases, 8, record_property) >= 8


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_ledger_and_calendar_agree_with_the_model_for_long(
    databases: Databases, record_property: Note
) -> None:
    assert play(databases, 150, record_property) >= 150


@pytest.mark.timeout(900)
def test_control_a_careless_routine_is_found_out(databases: Databases, record_property: Note) -> None:
    """It ends with the first history that shows it; so many only bound the patience."""
    with pytest.raises(AssertionError):
        play(databases, 400, record_property, "only_says_it_cancels")
