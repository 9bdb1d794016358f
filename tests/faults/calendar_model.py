"""What a history of the calendar machine must have led to: a few lines that are easier to trust than the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from fault_verdict import Said

from zusage.app.calls.ports import Begun
from zusage.core.scheduling.plan import Plan

# While a question is on its way a hold may run out.
_ON_THE_WAY = timedelta(seconds=10)


@dataclass
class Known:
    """An appointment as the model knows it. `theirs`: people had a hand in it, so that it may be what they made of it.

    `before`: where it was until it was moved. That time may be kept for a while, or it may be back there with a person
    asked to look."""

    call: str
    plan: Plan
    start: datetime
    booked: bool = True
    theirs: bool = False
    before: tuple[datetime, ...] = ()

    @property
    def moved(self) -> bool:
        return bool(self.before)

    @property
    def last_word(self) -> Said:
        """What its caller heard last."""
        return "cancelled" if not self.booked else "moved" if self.moved else "booked"

    def bars(self, plan: Plan) -> bool:
        """Say whether it surely keeps a plan from being booked."""
        return self.booked and not (self.theirs or self.moved) and overlap(self.plan, plan)


@dataclass
class Held:
    """A time that a call holds until `until`, of the database's clock."""

    name: str
    run: Begun
    hold_id: UUID
    plan: Plan
    until: datetime

    def lives(self, now: datetime) -> bool:
        """Say whether it surely stands."""
        return now + _ON_THE_WAY < self.until

    def may_live(self, now: datetime) -> bool:
        return now < self.until


@dataclass
class Model:
    """Everything a caller was told of."""

    appointments: dict[UUID, Known] = field(default_factory=dict)
    holds: list[Held] = field(default_factory=list)
    people_came: bool = False

    def bars(self, plan: Plan, now: datetime, *, but: UUID | Held | None = None) -> bool:
        """Say whether something else than `but` surely keeps a plan from being taken."""
        booked = any(each.bars(plan) for key, each in self.appointments.items() if key != but)
        held = any(each.lives(now) and overlap(each.plan, plan) for each in self.holds if each is not but)
        return booked or held

    def may_bar(self, plan: Plan, now: datetime, *, but: UUID | Held | None = None) -> bool:
        """Say whether a plan may be refused: something bars it, or may, or there is what the model does not know."""
        ending = any(
            each.may_live(now) and overlap(each.plan, plan) for each in self.holds if each is not but
        )
        moved = any(each.moved for each in self.appointments.values())
        return self.people_came or moved or ending or self.bars(plan, now, but=but)


def overlap(one: Plan, other: Plan) -> bool:
    return any(
        mine.resource_id == theirs.resource_id and mine.period.overlaps(theirs.period)
        for mine in one.claims
        for theirs in other.claims
    )
