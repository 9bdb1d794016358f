"""How sure an answer is: a pair of what the ledger does and what the outside calendar said (protocols 36)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from zusage.app.calls.ports import CallHold
from zusage.core.scheduling.calendar import CERTAIN_SECONDS, CalendarView
from zusage.core.scheduling.plan import Busy
from zusage.core.values import Period


@dataclass(frozen=True, slots=True)
class Certainty:
    """`age` is how many seconds ago the calendar was read, None where it could not be."""

    ledger: Literal["held", "free"]
    has_calendar: bool
    age: float | None = None

    @property
    def seen(self) -> bool:
        """Whether nothing is left open: there is no calendar, or it was read."""
        return not self.has_calendar or self.age is not None

    @property
    def certain(self) -> bool:
        """Whether it may be said as certain: held by us, and the calendar read just now if there is one."""
        recent = not self.has_calendar or (self.age is not None and self.age <= CERTAIN_SECONDS)
        return self.ledger == "held" and recent

    @property
    def data(self) -> dict[str, Any]:
        if not self.has_calendar:
            return {"ledger": self.ledger, "calendar": "none"}
        if self.age is None:
            return {"ledger": self.ledger, "calendar": "local"}
        return {"ledger": self.ledger, "calendar": "seen", "age_seconds": int(self.age)}


def certainty(
    ledger: Literal["held", "free"], view: CalendarView | None, staff_id: UUID, period: Period
) -> Certainty:
    """Say how sure a time with a member of staff is; no `view`: the branch has no calendar."""
    if view is None:
        return Certainty(ledger, has_calendar=False)
    return Certainty(ledger, has_calendar=True, age=view.age(staff_id, period))


def held_time(hold: CallHold | None) -> Busy:
    """When whom a hold of this call keeps busy: it may stand in the outside calendar, and must not refuse itself."""
    if hold is None or hold.status != "held":
        return {}
    phases = [_period(phase) for phase in hold.plan["phases"] if phase["staff_id"] is not None]
    return {hold.staff_id: phases}


def _period(phase: Mapping[str, Any]) -> Period:
    return Period(*(datetime.fromisoformat(phase[key]) for key in ("starts_at", "ends_at")))
