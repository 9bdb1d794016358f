"""The ledger as a small obvious program: lists, loops and comparisons, no locks, no constraint, no claims table."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from zusage.core.scheduling.plan import Plan
from zusage.core.values import Period

HOLD, CAP, FAREWELL = timedelta(seconds=120), timedelta(seconds=600), timedelta(seconds=30)


@dataclass
class ModelCall:
    started: bool = False
    ended: bool = False


@dataclass
class ModelHold:
    call: str
    plan: Plan
    created: datetime
    expires: datetime
    status: str = "held"


@dataclass(frozen=True)
class ModelAbsence:
    resource: UUID
    period: Period


@dataclass
class Model:
    """All that was promised to the calls of one shop. `now` stands still until it is moved."""

    now: datetime
    calls: dict[str, ModelCall] = field(default_factory=dict)
    holds: dict[UUID, ModelHold] = field(default_factory=dict)
    appointments: dict[UUID, ModelHold] = field(default_factory=dict)
    absences: dict[UUID, ModelAbsence] = field(default_factory=dict)

    def own(self, call: str) -> ModelHold | None:
        return next((h for h in self.holds.values() if h.call == call and h.status == "held"), None)

    def deadline(self, call: str, created: datetime) -> datetime:
        known = self.calls[call]
        runs = known.started and not known.ended
        return created + CAP if runs else min(self.now + HOLD, created + CAP)

    def sign_of_life(self, call: str) -> None:
        hold = self.own(call)
        if hold is not None and hold.expires > self.now and not self.calls[call].ended:
            hold.expires = max(hold.expires, self.deadline(call, hold.created))

    def event(self, call: str, event: str) -> None:
        known = self.calls[call]
        if event == "call_started":
            known.started = True
        if event == "call_ended" and not known.ended:
            known.ended = True
            hold = self.own(call)
            if hold is not None:
                hold.expires = min(hold.expires, self.now + FAREWELL)
        self.sign_of_life(call)

    def take(self, call: str, plans: list[Plan]) -> tuple[str, Plan | None]:
        """What ledger_take answers, and the plan it takes; the caller stores a new hold by `put`."""
        if self.calls[call].ended:
            return "call_over", None
        self._end_overdue_around(call, plans)
        free = [plan for plan in plans if self._is_free(plan, call)]
        if not free:
            return "lost", None
        own = self.own(call)
        if own is not None:
            free.sort(key=lambda plan: _distance(plan, own.plan))
        return "held", free[0]

    def put(self, call: str, plan: Plan, hold_id: UUID) -> None:
        """Renew the call's hold if it is this plan's, else replace it by a new one."""
        own = self.own(call)
        if own is not None and own.plan == plan and own.expires > self.now:
            own.expires = max(own.expires, self.deadline(call, own.created))
            return
        if own is not None:
            own.status = "replaced" if own.expires > self.now else "expired"
        self.holds[hold_id] = ModelHold(call, plan, self.now, self.deadline(call, self.now))

    def confirm(self, call: str, hold_id: UUID) -> str:
        hold = self.holds[hold_id]
        if hold.call != call:
            return "none"
        if hold.status == "converted":
            return "already_booked"
        if hold.status != "held":
            return hold.status
        if self._is_overtaken(hold.plan):
            hold.status = "expired"
            return "lost"
        hold.status = "converted"
        return "booked"

    def has_booked(self, call: str, plans: list[Plan]) -> bool:
        """One person, one service, one time: whoever would serve. Plans of one question start together."""
        wanted = (call, plans[0].service_id, plans[0].start)
        return any(
            (hold.call, hold.plan.service_id, hold.plan.start) == wanted
            for hold in self.holds.values()
            if hold.status == "converted"
        )

    def release(self, call: str) -> int:
        hold = self.own(call)
        if hold is None:
            return 0
        hold.status = "released"
        return 1

    def sweep(self) -> int:
        return self._end([h for h in self.holds.values() if h.expires <= self.now])

    def block(self, absence_id: UUID, absence: ModelAbsence) -> set[UUID]:
        """Store it; whose promises does it hit?"""
        touched = {
            key: hold
            for key, hold in (self.appointments | self.held()).items()
            if _touches(hold.plan, {absence.resource}, absence.period)
        }
        overdue = {k: h for k, h in touched.items() if h.status == "held" and h.expires <= self.now}
        self._end(list(overdue.values()))
        self.absences[absence_id] = absence
        return set(touched) - set(overdue)

    def held(self) -> dict[UUID, ModelHold]:
        return {key: hold for key, hold in self.holds.items() if hold.status == "held"}

    def claims(self) -> list[tuple[UUID, datetime, datetime]]:
        promised = [*self.held().values(), *self.appointments.values()]
        taken = [(c.resource_id, c.period.start, c.period.end) for h in promised for c in h.plan.claims]
        facts = [(a.resource, a.period.start, a.period.end) for a in self.absences.values()]
        return sorted(taken + facts)

    def _is_free(self, plan: Plan, call: str) -> bool:
        own = self.own(call)
        promised = [h for h in [*self.held().values(), *self.appointments.values()] if h is not own]
        return not any(
            _touches(hold.plan, {claim.resource_id}, claim.period)
            for hold in promised
            for claim in plan.claims
        ) and not self._is_overtaken(plan)

    def _is_overtaken(self, plan: Plan) -> bool:
        return any(_touches(plan, {each.resource}, each.period) for each in self.absences.values())

    def _end_overdue_around(self, call: str, plans: list[Plan]) -> None:
        """Taking looks at all that is asked for as one stretch of time."""
        claims = [claim for plan in plans for claim in plan.claims]
        stretch = Period(min(c.period.start for c in claims), max(c.period.end for c in claims))
        resources = {claim.resource_id for claim in claims}
        self._end(
            [
                hold
                for hold in self.holds.values()
                if hold.call != call and hold.expires <= self.now and _touches(hold.plan, resources, stretch)
            ]
        )

    def _end(self, holds: list[ModelHold]) -> int:
        overdue = [hold for hold in holds if hold.status == "held"]
        for hold in overdue:
            hold.status = "expired"
        return len(overdue)


def _overlap(one: Period, other: Period) -> bool:
    return one.start < other.end and other.start < one.end


def _touches(plan: Plan, resources: set[UUID], period: Period) -> bool:
    return any(claim.resource_id in resources and _overlap(claim.period, period) for claim in plan.claims)


def _distance(plan: Plan, own: Plan) -> tuple[bool, bool]:
    """The person and time that are held come first, among them exactly the plan that is held."""
    return ((plan.staff_id, plan.start) != (own.staff_id, own.start), plan != own)
