"""The pure rules of moving: which way a phase goes, in which order, and what an answer to a move means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zusage.app.mirror import moving, rules
from zusage.app.mirror.following import moved, traced
from zusage.app.mirror.ours import INTENT
from zusage.app.mirror.ports import CalendarBooking
from zusage.app.mirror.rows import Former, MirrorRow, Outcome, Place, Target

TEN = datetime(2027, 3, 2, 10, tzinfo=UTC)
NOW = TEN - timedelta(days=1)
ANNA, BEN = UUID(int=1), UUID(int=2)
APPOINTMENT = UUID(int=9)
MINUTE = timedelta(minutes=1)


def at(hours: float) -> datetime:
    return TEN + timedelta(hours=hours)


def place(hours: float, minutes: int = 60, staff: UUID = ANNA) -> Place:
    return Place(at(hours), at(hours) + minutes * MINUTE, staff, 7 if staff == ANNA else 8, staff.int)


def row(wanted: Place, stands: Place | None, ordinal: int = 0, **more: object) -> MirrorRow:
    """A due phase that is wanted in one place and stands in another."""
    assert wanted.event_type_id is not None
    assert wanted.host_id is not None
    made = MirrorRow(
        ordinal,
        wanted.start,
        wanted.end,
        "present",
        "none" if stands is None else "present",
        moving.intent_of(APPOINTMENT, ordinal, 0),
        NOW,
        target=Target(
            wanted.event_type_id, wanted.host_id, int((wanted.end - wanted.start) / MINUTE), send_length=True
        ),
        uid=None if stands is None else f"uid{ordinal}",
        next_at=NOW,
        staff_id=wanted.staff_id,
        place=stands,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def booking(uid: str, where: Place, *, status: str = "accepted", **more: object) -> CalendarBooking:
    intent = {INTENT: str(moving.intent_of(APPOINTMENT, 0, 0))}
    hosts = (where.host_id or 0,)
    made = CalendarBooking(uid, "accepted", where.start, where.end, where.event_type_id, hosts, (), intent)
    return replace(made, status=status, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "stands", "step"),
    [
        (place(2), place(0), "move"),
        (place(0), place(0), "rest"),
        (place(2), None, "create"),
        (place(2, staff=BEN), place(0), "create"),
        (place(2, 90), place(0), "create"),
        # Both cannot stand on one host: the old one goes first.
        (place(0.5, 90), place(0), "drop"),
        (place(0, staff=BEN), place(0), "create"),
        (place(2), replace(place(0), host_id=None), "trace"),
    ],
)
def test_moved_where_that_is_possible_and_made_anew_otherwise(
    wanted: Place, stands: Place | None, step: str
) -> None:
    revised = moving.revised(row(wanted, stands), APPOINTMENT, NOW)
    assert rules.next_step(revised, NOW) == step
    anew = stands is not None and stands.host_id is not None and step in ("create", "drop")
    assert (revised.generation, len(revised.formers)) == ((1, 1) if anew else (0, 0))
    assert (revised.intent == moving.intent_of(APPOINTMENT, 0, revised.generation)) is True


def test_back_to_an_earlier_booking_that_stands_as_wanted() -> None:
    """And what was made meanwhile goes; the next generation is one that nothing ever had."""
    first = moving.revised(row(place(2, staff=BEN), place(0)), APPOINTMENT, NOW)
    assert (first.known, first.uid, first.formers[0].uid) == ("none", None, "uid0")
    made = replace(first, known="present", uid="new", place=place(2, staff=BEN))
    back = replace(made, start=at(0), end=at(1), staff_id=ANNA, target=Target(7, ANNA.int, 60))
    settled = moving.revised(back, APPOINTMENT, NOW)
    assert (settled.uid, settled.intent, settled.in_place) == (
        "uid0",
        moving.intent_of(APPOINTMENT, 0, 0),
        True,
    )
    assert [former.uid for former in settled.formers] == ["new"]
    assert rules.next_step(settled, NOW) == "drop"
    again = moving.revised(
        replace(settled, start=at(5), end=at(6), staff_id=BEN, target=Target(8, BEN.int, 60)),
        APPOINTMENT,
        NOW,
    )
    assert again.generation == 2


def test_while_anything_is_under_way_nothing_is_revised() -> None:
    base = row(place(2, staff=BEN), place(0))
    for changes in ({"lease": UUID(int=3)}, {"review_at": NOW}, {"next_at": None}, {"known": "moving"}):
        busy = replace(base, **changes)
        assert moving.revised(busy, APPOINTMENT, NOW) == busy


def overlapping(places: Sequence[tuple[int, Place]]) -> bool:
    ordered = sorted(places, key=lambda each: (each[1].host_id or 0, each[1].start))
    return any(one.host_id == two.host_id and two.start < one.end for (_, one), (_, two) in pairwise(ordered))


@given(
    lengths=st.lists(st.integers(1, 6), min_size=1, max_size=6),
    gaps=st.lists(st.integers(0, 3), min_size=6, max_size=6),
    other_gaps=st.lists(st.integers(0, 3), min_size=6, max_size=6),
    shift=st.integers(-20, 20),
    hosts=st.lists(st.sampled_from([ANNA, BEN]), min_size=6, max_size=6),
)
def test_hole_11_in_this_order_no_phase_ever_meets_another(
    lengths: list[int], gaps: list[int], other_gaps: list[int], shift: int, hosts: list[UUID]
) -> None:
    """Whatever the phases and the gaps between them are, and however far it moves: all arrive, and none is refused."""

    def line(start: int, between: list[int]) -> list[Place]:
        found, minute = [], start
        for length, gap, host in zip(lengths, between, hosts, strict=False):
            found.append(place(minute / 12, length * 5, host))
            minute += length + gap
        return found

    old, new = line(0, gaps), line(shift, other_gaps)
    rows = [row(wanted, stands, n) for n, (wanted, stands) in enumerate(zip(new, old, strict=True))]
    for _ in range(len(rows) + 1):
        movers = [
            each
            for each in rows
            if rules.next_step(each, NOW) == "move" and not moving.sibling_in_the_way(each, rows)
        ]
        chosen = moving.one_by_one(movers, rows)
        assert len({rows[n].place.host_id for n in chosen}) == len(chosen)  # type: ignore[union-attr]
        rows = [replace(each, place=each.wanted_place) if each.ordinal in chosen else each for each in rows]
        standing = [(each.ordinal, each.place) for each in rows if each.place is not None]
        assert not overlapping(standing)
    assert all(each.in_place for each in rows)


def test_hole_11_the_last_first_when_later_and_the_first_first_when_earlier() -> None:
    later = [row(place(5 + n), place(n), n) for n in range(3)]
    earlier = [row(place(n), place(5 + n), n) for n in range(3)]
    assert moving.one_by_one(later, later) == {2}
    assert moving.one_by_one(earlier, earlier) == {0}
    under_way = [replace(later[0], known="moving"), *later[1:]]
    assert moving.one_by_one(later[1:], under_way) == frozenset()


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        ([booking("uid0", place(0))], "stands"),
        ([booking("uid0", place(0), status="cancelled", moved_to="b"), booking("b", place(2))], "confirmed"),
        ([booking("uid0", place(0), status="cancelled", moved_to="b"), booking("b", place(4))], "confirmed"),
        ([booking("uid0", place(0), status="cancelled", moved_to="b"), booking("b", place(6))], "moved"),
        ([booking("uid0", place(0), status="cancelled", moved_to="b"), booking("b", place(2, staff=BEN))], "moved"),
        ([booking("uid0", place(0), status="cancelled")], "ended"),
        ([booking("uid0", place(0), status="cancelled", moved_to="b"), booking("b", place(2), status="cancelled")], "ended"),
        ([booking("uid0", place(0, staff=BEN))], "moved"),
    ],
)  # fmt: skip
def test_hole_19_what_became_of_a_move_is_read_from_the_old_uid(
    found: list[CalendarBooking], kind: str
) -> None:
    """Wanted at two, last asked to stand at four; at six nobody but people can have put it."""
    asked = row(place(2), place(0), known="moving", moving_to=at(4), sent_at=NOW)
    outcome = traced(asked, found)
    assert outcome.kind == kind
    assert outcome.chain == tuple(each.uid for each in found)


def test_hole_19_control_by_intent_alone_the_dead_one_is_found_as_well() -> None:
    """Cal.com copies the metadata: the same intent stands in both, and only one of them lives."""
    old, new = booking("uid0", place(0), status="cancelled", moved_to="b"), booking("b", place(2))
    intent = str(moving.intent_of(APPOINTMENT, 0, 0))
    by_intent = [each for each in (old, new) if each.metadata[INTENT] == intent]
    assert [each.status for each in by_intent] == ["cancelled", "accepted"]
    assert traced(row(place(2), place(0), known="moving"), [old, new]).uid == "b"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (booking("b", place(2)), ""),
        (booking("b", place(2, 30)), ""),
        (booking("b", place(2.5)), "start"),
        (booking("b", place(2, staff=BEN)), "host"),
        (booking("b", place(2), metadata={}), "intent"),
        (booking("b", place(2), status="cancelled"), "status"),
    ],
)
def test_an_answer_to_a_move_is_checked(answer: CalendarBooking, text: str) -> None:
    outcome = moved(row(place(2), place(0), known="moving", moving_to=at(2)), answer)
    assert outcome.kind == ("moved" if text else "confirmed")
    assert outcome.text.endswith(f"differs in {text}.") is bool(text)
    assert (outcome.place is not None and outcome.place.end) == answer.end, "as it really stands"


def test_what_was_refused_where_it_is_not_wanted_any_more_is_nobodys_concern() -> None:
    refused = Outcome("move", "refused", failure="taken", text="taken")
    asked = row(place(4), place(0), known="moving", moving_to=at(2), sent_at=NOW)
    changed, review = rules.after(asked, refused, NOW, 0.5)
    assert (changed.known, changed.next_at, review) == ("present", NOW, None)
    changed, review = rules.after(replace(asked, moving_to=at(4)), refused, NOW, 0.5)
    assert (changed.review_at, review) == (NOW, "mirror_not_moved")
    assert rules.ends_move(changed, refused, review)


def test_a_former_that_has_a_newer_uid_is_followed_until_it_is_gone() -> None:
    former = Former("old", UUID(int=5), place(0))
    standing = row(place(2, staff=BEN), place(2, staff=BEN), formers=(former,))
    assert rules.next_step(standing, NOW) == "drop"
    renamed, _ = rules.after(
        standing, Outcome("drop", "moved", uid="newer", chain=("old", "newer")), NOW, 0.5
    )
    assert [each.uid for each in renamed.formers] == ["newer"]
    gone, _ = rules.after(renamed, Outcome("drop", "ended", uid="newer", chain=("newer",)), NOW, 0.5)
    assert (gone.formers, gone.settled, gone.next_at) == ((), True, None)


@given(minutes=st.integers(0, 200))
def test_hole_05_what_was_moving_under_a_lease_that_is_over_is_traced(minutes: int) -> None:
    leased = rules.leased(row(place(2), place(0)), "move", UUID(int=4), NOW)
    assert (leased.known, leased.moving_to) == ("moving", at(2))
    later = NOW + minutes * MINUTE
    freed = rules.recovered(leased, later)
    step = rules.next_step(freed, later)
    assert step == ("wait" if minutes == 0 else "trace")
