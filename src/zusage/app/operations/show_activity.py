"""Show what calls came in lately, over all companies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zusage.app.operations.ports import Watch
from zusage.app.operations.waiting import within
from zusage.app.operations.watch import CallSight, CompanySight

_COMPANIES = 50
_CALLS = 20


@dataclass(frozen=True, slots=True)
class Activity:
    """The first 50 of `total` companies by key, and their latest calls, the latest first."""

    total: int
    companies: Sequence[CompanySight]

    @property
    def calls(self) -> list[CallSight]:
        every = (call for company in self.companies for call in company.calls)
        return sorted(every, key=lambda call: call.seen_at, reverse=True)[:_CALLS]

    @property
    def calls_day(self) -> int:
        return sum(company.calls_day for company in self.companies)

    @property
    def holds_live(self) -> int:
        return sum(company.holds_live for company in self.companies)

    @property
    def appointments_ahead(self) -> int:
        return sum(company.appointments_ahead for company in self.companies)


async def show_activity(*, watch: Watch, seconds: float = 2.0) -> Activity | None:
    """Look for at most `seconds`; None when the database does not answer in time."""
    return await within(seconds, _look(watch))


async def _look(watch: Watch) -> Activity:
    names = await watch.companies()
    sights = [await watch.company(name, calls=_CALLS) for name in names[:_COMPANIES]]
    return Activity(len(names), sights)
