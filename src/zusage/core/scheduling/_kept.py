"""Whether a time that was promised still lies in the hours of the branch and of whoever serves."""

from __future__ import annotations

from collections.abc import Sequence

from zusage.core.scheduling._clock import ceil_minute, days_between, floor_minute
from zusage.core.scheduling._hours import open_stretches, working_stretches
from zusage.core.scheduling._ranges import Range, starts_that_fit, within
from zusage.core.scheduling.masters import Branch, Staff
from zusage.core.values import Period


def is_open(branch: Branch, period: Period) -> bool:
    """Say whether the branch is open during all of `period`: week, exceptions and public holidays count."""
    low, high = _minutes(period)
    return _covers(open_stretches(branch, days_between(branch.zone, low, high)), low, high)


def is_at_work(branch: Branch, staff: Staff, period: Period) -> bool:
    """Say whether `period` lies in the member's own week; without one the branch's hours count, not asked here."""
    if staff.week is None:
        return True
    low, high = _minutes(period)
    return _covers(working_stretches(branch, staff, days_between(branch.zone, low, high)), low, high)


def _minutes(period: Period) -> Range:
    return floor_minute(period.start), ceil_minute(period.end)


def _covers(stretches: Sequence[Range], low: int, high: int) -> bool:
    return bool(within([low], starts_that_fit(stretches, 0, high - low)))
