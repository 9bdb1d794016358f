from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scheduling_salon import (
    ANNA,
    BASIN,
    BEN,
    CHAIR,
    CLARA,
    CUT,
    NOW,
    PERM,
    at,
    member,
    options,
    salon,
    service,
    span,
    taken,
    week,
)

from zusage.core.scheduling import (
    busy_window,
    candidate_plans,
    find_options,
    make_plan,
    search_window,
)
from zusage.core.scheduling.masters import Segment, Service
from zusage.core.scheduling.plan import ClaimPlan, Option
from zusage.core.values import Money, Period


def first(wanted: Service, clock: str = "9:00", **more: object) -> Option:
    return options(salon(services=[wanted], **more), wanted, start=clock)[0]  # type: ignore[arg-type]


def test_a_plan_places_every_segment_and_keeps_price_and_names() -> None:
    perm = replace(
        PERM,
        segments=(
            Segment(50, name="Wickeln"),
            Segment(15, "gap", needs_chair=False),
            Segment(30, name="Waschen"),
        ),
    )
    book = salon(services=[perm])
    plan = make_plan(book, perm, first(perm), CHAIR)
    assert (plan.service_id, plan.service_name, plan.price) == (perm.id, "Service 2", Money(4500))
    assert (plan.staff_id, plan.staff_name) == (ANNA, "Anna")
    assert (plan.start, plan.period) == (at("9:00"), taken("9:00", "10:35"))
    assert [(p.ordinal, p.kind, p.name, p.period, p.staff_id, p.chair_id) for p in plan.phases] == [
        (0, "active", "Wickeln", taken("9:00", "9:50"), ANNA, CHAIR),
        (1, "gap", "", taken("9:50", "10:05"), None, None),
        (2, "active", "Waschen", taken("10:05", "10:35"), ANNA, CHAIR),
    ]
    assert plan.claims == (
        ClaimPlan(ANNA, taken("9:00", "9:50")),
        ClaimPlan(ANNA, taken("10:05", "10:35")),
        ClaimPlan(CHAIR, taken("9:00", "9:50")),
        ClaimPlan(CHAIR, taken("10:05", "10:35")),
    )


def test_buffers_extend_the_first_and_last_claims_and_not_the_period() -> None:
    wanted = replace(PERM, buffer_before=5, buffer_after=10)
    plan = make_plan(salon(), wanted, first(wanted), CHAIR)
    assert plan.period == taken("9:00", "10:35")
    assert plan.claims == (
        ClaimPlan(ANNA, taken("8:55", "9:50")),
        ClaimPlan(ANNA, taken("10:05", "10:45")),
        ClaimPlan(CHAIR, taken("8:55", "10:45")),
    )


def test_own_minutes_shape_phases_and_claims() -> None:
    book = salon(staff=[member(ANNA, own={PERM.id: (60, 20, 40)})])
    plan = make_plan(book, PERM, options(book, PERM)[0], BASIN)
    assert [p.period.length for p in plan.phases] == [timedelta(minutes=m) for m in (60, 20, 40)]
    assert plan.claims[-1] == ClaimPlan(BASIN, taken("9:00", "11:00"))


def test_a_plan_needs_somebody_who_can_and_a_chair_where_one_is_needed() -> None:
    found = first(CUT)
    with pytest.raises(ValueError, match="does not do"):
        make_plan(salon(), CUT, replace(found, staff_id=UUID(int=999)), CHAIR)
    with pytest.raises(ValueError, match="does not do"):
        make_plan(salon(staff=[member(ANNA, own={})]), CUT, found, CHAIR)
    with pytest.raises(ValueError, match="needs a chair"):
        make_plan(salon(), CUT, found, None)
    talk = service(Segment(60, needs_chair=False))
    with pytest.raises(ValueError, match="needs no chair"):
        make_plan(salon(), talk, found, CHAIR)
    assert make_plan(salon(), talk, found, None).claims == (ClaimPlan(ANNA, taken("9:00", "10:00")),)


SEGMENTS = st.lists(
    st.builds(Segment, st.integers(1, 40), st.sampled_from(["active", "gap"]), st.booleans()),
    min_size=1,
    max_size=7,
).filter(lambda parts: any(p.kind == "active" for p in parts))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(SEGMENTS, st.integers(0, 90), st.integers(0, 90))
def test_hole_40_claims_of_a_plan_never_touch_on_one_resource(
    parts: list[Segment], before: int, after: int
) -> None:
    wanted = service(*parts, buffer_before=before, buffer_after=after)
    chair = CHAIR if any(p.needs_chair for p in parts) else None
    start = at("9:00")
    option = Option(start, start + timedelta(minutes=wanted.minutes), ANNA, (CHAIR,))
    plan = make_plan(salon(services=[wanted]), wanted, option, chair)
    for one in plan.claims:
        for other in plan.claims:
            if one is not other and one.resource_id == other.resource_id:
                assert one.period.end < other.period.start or other.period.end < one.period.start
    for phase in plan.phases:
        for resource in filter(None, (phase.staff_id, phase.chair_id)):
            assert any(
                c.resource_id == resource
                and c.period.start <= phase.period.start
                and phase.period.end <= c.period.end
                for c in plan.claims
            )
    assert [p.period.start for p in plan.phases[1:]] == [p.period.end for p in plan.phases[:-1]]
    assert plan.phases[-1].period.end == plan.period.end == option.end
    resources = [c.resource_id for c in plan.claims]
    assert resources == sorted(resources)


def pairs_of(found: list[Option], limit: int = 32, staff: int = 3) -> list[tuple[UUID, UUID | None]]:
    book = salon(staff=[member(i, "x") for i in (ANNA, BEN, CLARA)][:staff], chairs=9)
    wanted = CUT if any(o.chair_ids for o in found) else service(Segment(60, needs_chair=False))
    plans = candidate_plans(book, wanted, found, limit=limit)
    return [(p.staff_id, next((x.chair_id for x in p.phases), None)) for p in plans]


def at_nine(staff: UUID, *chairs: UUID) -> Option:
    return Option(at("9:00"), at("10:00"), staff, chairs)


def test_candidates_are_all_pairs_best_first_and_interleaved() -> None:
    found = [at_nine(ANNA, CHAIR, BASIN), at_nine(BEN, CHAIR, BASIN)]
    assert pairs_of(found) == [(ANNA, CHAIR), (BEN, BASIN), (ANNA, BASIN), (BEN, CHAIR)]


def test_candidates_of_a_service_without_chairs_are_the_members() -> None:
    assert pairs_of([at_nine(BEN), at_nine(ANNA)]) == [(BEN, None), (ANNA, None)]
    assert pairs_of([]) == []


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=3), st.integers(1, 40))
def test_every_member_appears_with_every_free_chair_once(counts: list[int], limit: int) -> None:
    chairs = [UUID(int=201 + n) for n in range(9)]
    found = [at_nine(i, *chairs[:n]) for i, n in zip((ANNA, BEN, CLARA), counts, strict=False)]
    pairs = pairs_of(found, limit)
    wanted = {(o.staff_id, chair) for o in found for chair in o.chair_ids}
    assert len(set(pairs)) == len(pairs) == min(limit, len(wanted))
    assert set(pairs) <= wanted
    assert [staff for staff, _ in pairs[: len(found)]] == [o.staff_id for o in found][:limit]


def test_twenty_rivals_for_anyone_end_with_exactly_as_many_winners_as_pairs() -> None:
    book = salon(staff=[member(i, "x") for i in (ANNA, BEN, CLARA)], chairs=2)
    plans = candidate_plans(book, CUT, options(book, start="9:00", end="9:01"))
    ledger: set[UUID] = set()
    winners = 0
    for _ in range(20):
        won = next((p for p in plans if not ledger & {c.resource_id for c in p.claims}), None)
        if won is not None:
            ledger |= {c.resource_id for c in won.claims}
            winners += 1
    assert winners == 2


def test_the_ledger_is_read_for_whole_days_and_as_far_as_the_longest_plan_reaches() -> None:
    slow = salon(staff=[member(ANNA, own={CUT.id: (600,)})])
    wanted = replace(CUT, buffer_before=30, buffer_after=45)
    read = busy_window(slow, wanted, Period(at("22:00"), at("23:00")))
    assert read.start == at("0:00")
    assert read.end == at("23:00") + timedelta(minutes=600 + 45 + 240)
    early = busy_window(slow, wanted, Period(at("0:10"), at("1:00")))
    assert early.start == at("0:10") - timedelta(minutes=30 + 240)
    assert early.end == at("0:00", date(2026, 6, 16))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(-2000, 3000), st.integers(1, 700)), max_size=12), st.integers(0, 30))
def test_one_query_over_the_busy_window_suffices(spans: list[tuple[int, int]], buffer: int) -> None:
    book = salon(hours=week(span("0:00", "24:00")), chairs=2)
    wanted = replace(PERM, buffer_before=buffer, buffer_after=buffer)
    window = Period(at("10:00"), at("23:30"))
    read = busy_window(book, wanted, window)
    periods = [
        Period(at("0:00") + timedelta(minutes=a), at("0:00") + timedelta(minutes=a + n)) for a, n in spans
    ]
    busy = {r: periods[i::4] for i, r in enumerate((ANNA, BEN, CHAIR, BASIN))}
    seen = {r: [p for p in taken_ if p.overlaps(read)] for r, taken_ in busy.items()}
    assert find_options(book, wanted, window, seen, now=NOW) == find_options(
        book, wanted, window, busy, now=NOW
    )


def test_a_search_is_clamped_to_notice_and_horizon() -> None:
    wanted = replace(CUT, min_notice_minutes=60, max_advance_days=2)
    monday = Period(at("0:00"), at("24:00"))
    now = at("10:00")
    assert search_window(salon(), wanted, monday, now=now) == Period(at("11:00"), at("24:00"))
    later = Period(at("0:00", date(2026, 6, 17)), at("0:00", date(2026, 7, 1)))
    assert search_window(salon(), wanted, later, now=now) == Period(
        at("0:00", date(2026, 6, 17)), at("0:00", date(2026, 6, 18))
    )
    assert search_window(salon(), wanted, Period(at("8:00"), at("11:00")), now=now) is None


def test_a_search_for_alternatives_grows_to_whole_days_around() -> None:
    wanted = replace(CUT, max_advance_days=30)
    asked = Period(at("14:00", date(2026, 6, 20)), at("14:01", date(2026, 6, 20)))
    found = search_window(salon(), wanted, asked, now=NOW, days_around=2)
    assert found == Period(at("0:00", date(2026, 6, 18)), at("0:00", date(2026, 6, 23)))
    soon = Period(at("14:00"), at("14:01"))
    near = search_window(salon(), wanted, soon, now=NOW, days_around=7)
    assert near == Period(NOW, at("0:00", date(2026, 6, 23)))
    far = Period(at("14:00", date(2031, 6, 15)), at("15:00", date(2031, 6, 15)))
    last = search_window(salon(), wanted, far, now=NOW, days_around=1)
    assert last == Period(at("0:00", date(2026, 7, 14)), at("0:00", date(2026, 7, 15)))
