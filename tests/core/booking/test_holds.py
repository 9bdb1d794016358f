from datetime import UTC, datetime, timedelta
from itertools import product
from typing import get_args

import pytest

from zusage.core.booking import (
    TRANSITIONS,
    HoldState,
    closed_deadline,
    hold_deadline,
    may_become,
    seconds_left,
)

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
STATES: tuple[HoldState, ...] = get_args(HoldState)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def test_only_a_held_hold_may_change() -> None:
    allowed = {(old, new) for old, new in product(STATES, STATES) if may_become(old, new)}
    assert allowed == {("held", new) for new in ("converted", "released", "replaced", "expired")}
    assert set(TRANSITIONS) == set(STATES)


def test_a_new_hold_lives_the_seconds_of_its_branch() -> None:
    assert hold_deadline(NOW, hold_seconds=120, created_at=NOW, call_running=False) == NOW + seconds(120)


def test_an_event_of_the_call_renews_from_now_and_never_past_the_cap() -> None:
    created = NOW - seconds(300)
    assert hold_deadline(NOW, hold_seconds=120, created_at=created, call_running=False) == NOW + seconds(120)
    created = NOW - seconds(590)
    assert hold_deadline(NOW, hold_seconds=120, created_at=created, call_running=False) == NOW + seconds(10)


def test_hole_38_a_running_call_keeps_its_hold_to_the_cap() -> None:
    created = NOW - seconds(30)
    assert hold_deadline(NOW, hold_seconds=2, created_at=created, call_running=True) == created + seconds(600)
    short = hold_deadline(NOW, hold_seconds=2, created_at=created, call_running=True, cap_seconds=60)
    assert short == created + seconds(60)


@pytest.mark.parametrize(("left", "expected"), [(500, 30), (30, 30), (12, 12), (-5, -5)])
def test_hole_14_a_closed_call_caps_its_hold_and_never_prolongs_it(left: int, expected: int) -> None:
    assert closed_deadline(NOW, NOW + seconds(left)) == NOW + seconds(expected)


@pytest.mark.parametrize(("left", "expected"), [(90.9, 90), (1, 1), (0.4, 0), (0, 0), (-3, 0)])
def test_seconds_left_are_whole_and_never_negative(left: float, expected: int) -> None:
    assert seconds_left(NOW, NOW + seconds(left)) == expected
