"""The pure rules of observing, case by case: whose a booking is, what a sight means, what follows for the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zusage.app.mirror.ours import INTENT
from zusage.app.mirror.ports import Attendee, CalendarBooking
from zusage.app.reconcile.observing import (
    APART,
    STILL,
    Course,
    Ours,
    belongs,
    course,
    fits,
    judge,
    whose,
)
from zusage.app.reconcile.sights import Phase, Sight, Verdict

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
START = NOW + timedelta(days=1)
HOUR = timedelta(hours=1)
OURS = Ours(UUID(int=1), UUID(int=2), "anrufer.salon.example")
OLD, CURRENT = str(UUID(int=8)), str(UUID(int=9))

PHASE = Phase(
    appointment_id=UUID(int=3),
    ordinal=0,
    staff_id=UUID(int=4),
    start=START,
    end=START + HOUR,
    wanted="present",
    known="present",
    intents=(OLD, CURRENT),
    uid="u2",
    uids=("u1", "u2"),
    busy=False,
    in_review=False,
    still_since=NOW - HOUR,
    missed_at=None,
    host_id=12,
)
STANDS = CalendarBooking("u2", "accepted", START, START + HOUR, 77, (12,), (), {INTENT: CURRENT})
MARKED = {INTENT: str(uuid4()), "installation": str(OURS.installation_id), "company": str(OURS.company_id)}


def seen(booking: CalendarBooking | None, *others: CalendarBooking) -> Sight:
    return Sight(booking, asked=True, others=others)


def kind(phase: Phase, sight: Sight) -> str:
    return judge(phase, sight, NOW).kind


@pytest.mark.parametrize(
    ("change", "ours"),
    [
        ({}, True),
        ({"uid": "u1", "metadata": {}}, True),
        ({"uid": "u3", "moved_from": "u2", "metadata": {}}, True),
        ({"uid": "u3", "metadata": {INTENT: OLD}}, True),
        ({"uid": "u3", "metadata": {}}, False),
        ({"uid": "u3", "metadata": {INTENT: str(uuid4())}}, False),
        ({"uid": "u3", "moved_from": "x", "metadata": {}}, False),
    ],
)
def test_a_booking_belongs_by_uid_by_chain_or_by_intent(change: dict[str, object], ours: bool) -> None:
    assert belongs(replace(STANDS, **change), PHASE) is ours  # type: ignore[arg-type]


def test_what_customers_made_of_a_cancelled_booking_is_theirs() -> None:
    """Cal.com lets them choose a new time for it, and copies our intent: it must not be cancelled as ours."""
    over = replace(PHASE, wanted="absent", known="absent")
    later = replace(STANDS, uid="u3", moved_from="u2", created_at=NOW)
    assert not belongs(later, over)
    assert whose(later, OURS, [over]) == "foreign"
    late_commit = replace(
        STANDS, uid="u3", created_at=NOW
    )  # the control: nobody moved it, our request was late
    assert belongs(late_commit, over)
    assert belongs(replace(later, created_at=NOW - 2 * HOUR), over)


@pytest.mark.parametrize(
    ("metadata", "email", "expected"),
    [
        (MARKED, None, "unknown"),
        (MARKED | {"installation": str(uuid4())}, None, "unknown"),
        (MARKED | {"company": str(uuid4())}, None, "foreign"),
        ({INTENT: "buy shoes"}, None, "foreign"),
        ({}, "c-1@anrufer.salon.example", "foreign"),
        ({INTENT: "x"}, "c-1@anrufer.salon.example", "unknown"),
        ({}, "visitor@example.com", "foreign"),
        ({}, None, "foreign"),
    ],
)
def test_whose_it_is(metadata: dict[str, str], email: str | None, expected: str) -> None:
    booking = replace(STANDS, uid="x", metadata=metadata, attendees=(Attendee("N", "UTC", email),))
    assert whose(booking, OURS, [PHASE]) == expected


@pytest.mark.parametrize(
    ("phase", "sight", "expected"),
    [
        ({}, seen(STANDS), "stands"),
        ({}, seen(replace(STANDS, status="pending")), "stands"),
        ({}, seen(replace(STANDS, status="cancelled")), "ended"),
        ({}, seen(replace(STANDS, status="rejected")), "ended"),
        ({}, seen(replace(STANDS, start=START + HOUR, end=START + 2 * HOUR)), "moved"),
        ({}, seen(replace(STANDS, host_ids=(13,))), "moved"),
        ({"host_id": None}, seen(replace(STANDS, host_ids=(13,))), "stands"),
        ({}, seen(replace(STANDS, status="cancelled"), replace(STANDS, uid="u3")), "stands"),
        ({}, seen(None), "missed"),
        ({}, Sight(), "nothing"),
        ({"missed_at": NOW - APART}, seen(None), "again"),
        ({"missed_at": NOW - APART / 2}, seen(None), "nothing"),
        ({"still_since": NOW - STILL / 2}, seen(None), "nothing"),
        ({"in_review": True}, seen(None), "nothing"),
        ({"busy": True}, seen(replace(STANDS, status="cancelled")), "nothing"),
        ({"known": "absent", "in_review": True}, seen(replace(STANDS, status="cancelled")), "ended"),
        ({"known": "absent", "in_review": True}, seen(None), "ended"),
        ({"known": "absent", "in_review": True}, seen(STANDS), "stands"),
        ({"known": "absent", "in_review": True, "still_since": NOW}, seen(STANDS), "nothing"),
        ({"known": "sending", "uid": None, "busy": True}, Sight(others=(STANDS,)), "stands"),
        ({"known": "unknown", "uid": None, "busy": True}, Sight(others=(STANDS,)), "stands"),
        ({"known": "none", "uid": None}, Sight(others=(STANDS,)), "stands"),
        (
            {"known": "unknown", "uid": None, "busy": True},
            Sight(others=(replace(STANDS, metadata={INTENT: OLD}),)),
            "nothing",
        ),
        ({"wanted": "absent", "known": "absent"}, seen(STANDS), "unwanted"),
        ({"wanted": "absent", "known": "absent", "busy": True}, seen(STANDS), "nothing"),
        ({"wanted": "absent", "known": "present"}, seen(STANDS), "nothing"),
        ({"wanted": "absent", "known": "absent", "still_since": NOW}, seen(STANDS), "nothing"),
        ({"start": NOW - HOUR}, seen(replace(STANDS, status="cancelled")), "nothing"),
        ({"start": NOW}, seen(None), "nothing"),
    ],
)
def test_what_a_sight_means(phase: dict[str, object], sight: Sight, expected: str) -> None:
    assert kind(replace(PHASE, **phase), sight) == expected  # type: ignore[arg-type]


def test_of_two_live_ones_the_known_one_stays_and_the_other_is_an_orphan() -> None:
    twin = replace(STANDS, uid="a-twin")
    assert judge(PHASE, seen(STANDS, twin), NOW) == Verdict("stands", STANDS, (("a-twin", "duplicate"),))
    fresh = replace(PHASE, still_since=NOW)
    assert judge(fresh, seen(STANDS, twin), NOW).orphans == ()  # lists lag: not yet


VERDICTS = st.sampled_from(["nothing", "stands", "ended", "moved", "missed"])


@given(
    st.lists(
        st.tuples(VERDICTS, st.sampled_from([0, 30, 60]), st.sampled_from([12, 13])), min_size=1, max_size=4
    )
)
def test_an_appointment_ends_and_moves_as_a_whole_or_a_person_decides(
    found: list[tuple[str, int, int]],
) -> None:
    judged = []
    for ordinal, (verdict, minutes, host) in enumerate(found):
        phase = replace(PHASE, ordinal=ordinal)
        there = replace(STANDS, start=START + timedelta(minutes=minutes), host_ids=(host,))
        there = replace(there, end=there.start + HOUR)
        judged.append((phase, Verdict(verdict, there if verdict in ("stands", "moved") else None)))  # type: ignore[arg-type]
    taken = course(judged)
    said = [verdict for verdict, _, _ in found]
    if taken.kind == "cancel":
        assert set(said) == {"ended"}
    elif taken.kind == "move":
        assert set(said) == {"moved"}
        assert len({(minutes, host) for _, minutes, host in found}) == 1
    elif taken.kind == "nothing":
        assert not {"ended", "moved"} & set(said)
    else:
        assert {"ended", "moved"} & set(said)


def test_a_part_that_a_move_has_left_behind_does_not_count() -> None:
    left = replace(PHASE, ordinal=2, wanted="absent", known="absent")
    over = Verdict("ended", replace(STANDS, status="cancelled"))
    assert course([(PHASE, over), (left, Verdict("nothing"))]) == Course("cancel", (0,))


def test_another_length_is_for_a_person() -> None:
    longer = replace(STANDS, end=START + 2 * HOUR)
    assert not fits(longer, PHASE)
    assert course([(PHASE, Verdict("moved", longer))]) == Course("ask", (0,))


def test_what_was_never_moved_there_is_no_decision_of_people() -> None:
    """We moved it, and the calendar did not follow: a person has been asked, and it is not moved back in silence."""
    there = replace(STANDS, start=START + HOUR, end=START + 2 * HOUR)
    asked = replace(PHASE, in_review=True, stands=(START + HOUR, START + 2 * HOUR, 12))
    assert kind(asked, seen(there)) == "nothing"
    assert kind(asked, seen(replace(there, host_ids=(13,)))) == "moved"
    assert kind(asked, seen(replace(there, uid="u3", moved_from="u2"))) == "moved"
    assert kind(replace(asked, stands=None), seen(there)) == "moved"
