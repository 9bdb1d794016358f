"""What in the calendar is ours: intent, start, end and host, and still standing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from calcom_answers import END, START, booking

from zusage.adapters.calcom import decoding
from zusage.app.mirror.ours import Expected, differences, is_ours

WANTED = Expected(intent="8b1d", start=START, end=END, host_id=12)


def test_the_booking_we_asked_for_is_ours() -> None:
    assert is_ours(decoding.booking(booking()), WANTED)
    assert is_ours(decoding.booking(booking(status="pending")), WANTED)
    in_berlin = booking(start="2026-03-02T10:00:00.000+01:00", end="2026-03-02T10:30:00+01:00")
    assert is_ours(decoding.booking(in_berlin), WANTED)


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({"metadata": {"intent": "other"}}, "intent"),
        ({"metadata": {}}, "intent"),
        ({"metadata": None}, "intent"),
        ({"start": "2026-03-02T08:00:00.000Z"}, "start"),
        ({"end": "2026-03-02T09:45:00.000Z"}, "end"),
        ({"hosts": [{"id": 13}]}, "host"),
        ({"hosts": [{"id": 13}, {"id": 12}]}, "host"),
        ({"hosts": []}, "host"),
        ({"status": "cancelled"}, "status"),
        ({"status": "rejected"}, "status"),
    ],
)
def test_a_201_that_differs_is_not_ours(change: dict[str, Any], differs: str) -> None:
    found = decoding.booking(booking(**change))
    assert differences(found, WANTED) == (differs,)
    assert not is_ours(found, WANTED)


def test_hole_19_the_cancelled_half_of_a_move_is_not_ours_though_it_has_our_intent() -> None:
    old = decoding.booking(booking(status="cancelled", rescheduledToUid="new"))
    new = replace(old, status="accepted", start=START + timedelta(days=1), end=END + timedelta(days=1))
    moved = Expected("8b1d", START + timedelta(days=1), END + timedelta(days=1), 12)
    assert (is_ours(old, WANTED), is_ours(old, moved), is_ours(new, moved)) == (False, False, True)
    assert old.moved_to == "new"
