"""The pure rules: when to try again, how long, and when a person is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zusage.app.mirror import rules
from zusage.app.mirror.asking import cancel_reason, synthetic_email
from zusage.app.mirror.rows import Guest, MirrorRow, Outcome, Target

NOW = datetime(2027, 3, 2, 10, tzinfo=UTC)
ROW = MirrorRow(
    0, NOW, NOW + timedelta(hours=1), "present", "none", uuid4(), NOW, Target(7, 5, 60), next_at=NOW
)
KINDS = ("confirmed", "moved", "ended", "missing", "refused", "doubtful", "unknown", "again")


def test_pauses_are_1_5_30_seconds_then_minutes_that_double_to_half_an_hour() -> None:
    assert [rules.delay(n, 0.5) for n in range(1, 9)] == [1, 5, 30, 60, 120, 240, 480, 960]
    assert rules.delay(40, 0.5) == 30 * 60
    assert (rules.delay(4, 0.0), round(rules.delay(4, 1.0), 6)) == (48.0, 72.0)
    assert rules.delay(1, 0.0) == rules.delay(1, 1.0) == 1.0


def test_after_an_outage_of_hours_what_was_not_sent_is_sent_within_minutes() -> None:
    """While the breaker is open nothing leaves; the first try that may leave must not be hours away."""
    unsent = Outcome("create", "again", failure="not_sent")
    row, now = ROW, NOW
    pauses = []
    while now - NOW < timedelta(hours=9):
        row, review = rules.after(row, unsent, now, 1.0)
        assert review is None
        assert row.next_at is not None
        pauses.append(row.next_at - now)
        now = row.next_at
    assert max(pauses) == timedelta(minutes=6)
    sent, _ = rules.after(row, replace(unsent, kind="unknown", action="look"), now, 0.5)
    assert sent.next_at == now + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({}, "create"),
        ({"next_at": None}, "wait"),
        ({"next_at": NOW + timedelta(seconds=1)}, "wait"),
        ({"review_at": NOW}, "wait"),
        ({"lease": UUID(int=1), "lease_until": NOW + timedelta(seconds=1)}, "wait"),
        ({"known": "unknown"}, "look"),
        ({"known": "present", "uid": "a"}, "trace"),
        ({"known": "present", "uid": "a", "place": ROW.wanted_place}, "rest"),
        ({"known": "absent"}, "wait"),
        ({"wanted": "absent"}, "rest"),
        ({"wanted": "absent", "known": "present", "uid": "a"}, "cancel"),
        ({"wanted": "absent", "known": "unknown"}, "look"),
        ({"target": None}, "unmapped"),
        ({"target": Target(7, 5, 45)}, "misfit"),
        ({"target": Target(7, 5, 45, send_length=True)}, "create"),
        ({"leaving": (UUID(int=2),)}, "wait"),
        ({"leaving": (UUID(int=2),), "known": "unknown"}, "look"),
    ],
)
def test_what_is_to_be_done(changes: dict[str, object], step: str) -> None:
    assert rules.next_step(replace(ROW, **changes), NOW) == step  # type: ignore[arg-type]


def test_what_is_in_the_way_is_asked_for_again_the_later_the_longer_it_lasts() -> None:
    pauses = []
    for waited in (0, 60, 86_400):
        held = rules.held_back(ROW, NOW + timedelta(seconds=waited))
        assert held.next_at is not None
        pauses.append((held.next_at - NOW).total_seconds() - waited)
    assert pauses == [2, 15, 300]


@given(
    wanted=st.sampled_from(["present", "absent"]),
    known=st.sampled_from(["none", "sending", "unknown", "present", "absent"]),
    kind=st.sampled_from(KINDS),
    action=st.sampled_from(["create", "look", "cancel"]),
    failure=st.sampled_from([None, "taken", "invalid", "auth", "limit", "not_sent", "unknown"]),
    seconds=st.integers(0, 200_000),
    looks=st.integers(0, 3),
)
def test_nothing_is_ever_forgotten(  # noqa: PLR0917 - hypothesis gives them by name
    wanted: str, known: str, kind: str, action: str, failure: str | None, seconds: int, looks: int
) -> None:
    """Whatever came of whatever: the row is as wanted, or due, or in review; and never under a lease."""
    row = replace(
        ROW,
        wanted=wanted,  # type: ignore[arg-type]
        known=known,  # type: ignore[arg-type]
        uid="a" if known == "present" else None,
        uids=("a",) if known == "present" else (),
        looks=looks,
        sent_at=NOW,
        failing_since=NOW,
        lease=UUID(int=1),
        lease_until=NOW + timedelta(seconds=45),
    )
    uid = "b" if kind in ("confirmed", "moved", "ended") else None
    now = NOW + timedelta(seconds=seconds)
    after, review = rules.after(row, Outcome(action, kind, uid=uid, failure=failure), now, 0.5)  # type: ignore[arg-type]
    assert after.lease is None
    assert after.lease_until is None
    assert (after.known == "present") <= (after.uid is not None)
    # What will not go is tried again although a person has been told.
    told = action == "cancel" and kind == "refused" and after.review_at is None
    assert told or (review is not None) == (after.review_at is not None)
    if after.next_at is None:
        assert after.settled or after.review_at is not None
    else:
        assert after.next_at >= now
        assert after.review_at is None


@pytest.mark.parametrize(
    "ours",
    [{"leaving": (UUID(int=2),)}, {"may_arrive": True}, {}],
    ids=["ours_leaves", "ours_may_arrive", "control_nothing_leaves"],
)
def test_hole_12_a_refusal_while_ours_leaves_is_tried_again_and_any_other_asks_a_person(
    ours: dict[str, Any],
) -> None:
    """It was sent before what leaves was seen; the calendar then refuses it because of our own dying booking."""
    sent = replace(ROW, known="sending", sent_at=NOW, place=ROW.wanted_place, **ours)
    after, review = rules.after(sent, Outcome("create", "refused", failure="taken"), NOW, 0.5)
    assert (after.known, after.settled) == ("none", False)
    assert rules.is_refused(after) is not bool(ours)
    if ours:
        assert (review, after.review_at, after.next_at) == (None, None, NOW + timedelta(seconds=5))
        assert rules.next_step(replace(after, leaving=()), NOW + timedelta(seconds=5)) == "create"
    else:
        assert (review, after.review_at, after.next_at) == ("mirror_refused", NOW, None)


def test_a_cancellation_that_is_refused_is_told_once_and_tried_again_for_a_day() -> None:
    row = replace(ROW, wanted="absent", known="present", uid="a", uids=("a",))
    refused = Outcome("cancel", "refused", failure="taken")
    once, told = rules.after(row, refused, NOW, 0.5)
    twice, again = rules.after(once, refused, NOW + timedelta(seconds=1), 0.5)
    at_last, overdue = rules.after(twice, refused, NOW + timedelta(days=1), 0.5)
    assert (told, again, overdue) == ("mirror_refused", None, "mirror_overdue")
    assert [each.next_at for each in (once, twice)] == [NOW + timedelta(seconds=each) for each in (1, 6)]
    assert at_last.review_at is not None


def test_a_cancellation_with_a_key_that_is_not_accepted_waits_for_a_person() -> None:
    row = replace(ROW, wanted="absent", known="present", uid="a", uids=("a",))
    after, told = rules.after(row, Outcome("cancel", "refused", failure="auth"), NOW, 0.5)
    assert (told, after.next_at) == ("mirror_refused", None)


def test_an_address_is_stable_and_of_nobody_else() -> None:
    guest = Guest("Ida", "company/customer", "+4930123", "Europe/Berlin", "de")
    address = synthetic_email(guest, "anrufer.salon.example")
    assert address == synthetic_email(replace(guest, name="Anders", phone=None), "anrufer.salon.example")
    assert address != synthetic_email(replace(guest, key="company/other"), "anrufer.salon.example")
    assert len(address.partition("@")[0]) == 22


def test_a_cancellation_always_has_a_reason() -> None:
    assert cancel_reason(replace(ROW, reason="  ")) == "Termin abgesagt"
    assert cancel_reason(replace(ROW, reason="krank")) == "krank"
    assert (
        cancel_reason(replace(ROW, reason="belegt", automatic=True)) == "Automatisch zurückgenommen: belegt"
    )
