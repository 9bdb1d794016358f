"""Whether a promised time still lies in the hours: the whole of it, in the branch's zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from zusage.core.scheduling import is_at_work, is_open
from zusage.core.scheduling.masters import Branch, DayException, Span, Staff, Week
from zusage.core.values import Period

NEVER: Week = ((),) * 7
ALWAYS: Week = ((Span(0, 1440),),) * 7
MORNINGS: Week = ((Span(540, 720), Span(780, 1080)),) * 7
BERLIN = Branch(UUID(int=1), "b", "B", "Europe/Berlin", week=MORNINGS, region="BE")


def period(start: str, end: str) -> Period:
    return Period(*(datetime.fromisoformat(f"2027-{each}").replace(tzinfo=UTC) for each in (start, end)))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("06-09T07:00", "06-09T10:00", True),  # 9 to 12 in Berlin
        ("06-09T06:59", "06-09T10:00", False),
        ("06-09T09:00", "06-09T12:00", False),  # over the midday break
        ("01-13T08:00", "01-13T11:00", True),  # winter
        ("01-13T07:00", "01-13T08:00", False),
        ("01-01T09:00", "01-01T10:00", False),  # a public holiday
    ],
)
def test_all_of_it_must_be_open(start: str, end: str, expected: bool) -> None:
    assert is_open(BERLIN, period(start, end)) is expected


def test_a_night_is_open_where_two_days_meet_also_when_clocks_change() -> None:
    branch = replace(BERLIN, week=ALWAYS, closed_on_holidays=False)
    for day in ("03-27", "10-30"):  # the evenings before
        assert is_open(branch, period(f"{day}T20:00", f"{day[:3]}{int(day[3:]) + 1}T04:00"))
    closed = replace(branch, exceptions={date(2027, 3, 28): DayException(())})
    assert not is_open(closed, period("03-27T20:00", "03-28T04:00"))
    assert is_open(closed, period("03-27T20:00", "03-27T23:00"))


def test_own_hours_count_where_there_are_some() -> None:
    noon = period("06-09T10:00", "06-09T11:00")
    assert is_at_work(BERLIN, Staff(UUID(int=2), "A", {}), noon)
    assert not is_at_work(BERLIN, Staff(UUID(int=2), "A", {}, week=NEVER), noon)
    assert is_at_work(BERLIN, Staff(UUID(int=2), "A", {}, week=ALWAYS), noon)
