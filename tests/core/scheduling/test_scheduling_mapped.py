"""Who may be offered where an outside calendar has to show what is booked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from scheduling_salon import ANNA, BEN, CUT, PERM, member, options, salon

from zusage.core.scheduling import is_mapped, mapped_staff, with_mapped_skills

WHOLE = {(PERM.id, 0, ANNA): 50, (PERM.id, 2, ANNA): 30, (CUT.id, 0, BEN): 60}
STAFF = (member(ANNA, "Anna"), member(BEN, "Ben"))


def test_every_active_segment_has_to_be_mapped_and_gaps_never() -> None:
    assert [each.id for each in mapped_staff(PERM, STAFF, WHOLE)] == [ANNA]
    assert [each.id for each in mapped_staff(CUT, STAFF, WHOLE)] == [BEN]
    for key in WHOLE:
        less = {known: length for known, length in WHOLE.items() if known != key}
        gone = mapped_staff(PERM if key[0] == PERM.id else CUT, STAFF, less)
        assert gone == (), key


def test_a_mapping_of_another_length_counts_as_none() -> None:
    assert not is_mapped(PERM, STAFF[0], WHOLE | {(PERM.id, 2, ANNA): 35})
    quick = member(ANNA, "Anna", own={PERM.id: (40, 15, 25)})
    assert not is_mapped(PERM, quick, WHOLE)
    assert is_mapped(PERM, quick, {(PERM.id, 0, ANNA): 40, (PERM.id, 2, ANNA): 25})


def test_a_mapping_gives_nobody_a_skill() -> None:
    learning = member(ANNA, "Anna", own={CUT.id: None})
    assert not is_mapped(PERM, learning, WHOLE)
    (left,) = with_mapped_skills((learning,), (CUT, PERM), WHOLE)
    assert dict(left.skills) == {}


def test_who_is_not_mapped_is_never_an_option() -> None:
    book = salon(staff=with_mapped_skills(STAFF, (CUT, PERM), WHOLE))
    assert {option.staff_id for option in options(book, CUT)} == {BEN}
    assert {option.staff_id for option in options(book, PERM)} == {ANNA}


@given(st.sets(st.sampled_from(sorted(WHOLE))))
def test_skills_left_are_exactly_what_is_mapped(kept: set[tuple[object, int, object]]) -> None:
    some = {key: WHOLE[key] for key in WHOLE if key in kept}
    left = with_mapped_skills(STAFF, (CUT, PERM), some)
    assert [each.name for each in left] == ["Anna", "Ben"]
    for service in (CUT, PERM):
        able = {each.id for each in left if service.id in each.skills}
        assert able == {each.id for each in mapped_staff(service, STAFF, some)}
