"""What may come of holding and booking beside the ledger's own word."""

from __future__ import annotations

from dataclasses import dataclass

from zusage.core.scheduling.calendar import CalendarView
from zusage.core.scheduling.plan import Option
from zusage.core.scheduling.wish import Refusal


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a start is not possible, and the nearest that are; none where no time nearby could do either.

    `view` is what the outside calendar said of them, if there is one."""

    refusal: Refusal
    offers: tuple[Option, ...] = ()
    view: CalendarView | None = None
