"""Incidents of the system before, where the scheduling rules decide: each must stay impossible."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from scheduling_salon import (
    ANNA,
    BEN,
    BERLIN,
    CHAIR,
    CUT,
    MONDAY,
    NOW,
    PERM,
    at,
    clocks,
    member,
    options,
    salon,
    service,
    span,
    taken,
    week,
)

from zusage.core import scheduling
from zusage.core.scheduling import check_start, find_options, make_plan, rank_offers
from zusage.core.scheduling.masters import Segment
from zusage.core.scheduling.plan import Option
from zusage.core.scheduling.wish import Refusal, Wish
from zusage.core.values import Period

ONE = salon(staff=[member(ANNA)], chairs=1)
DAY = Period(at("0:00"), at("24:00"))


def reason(start: datetime, **more: object) -> str:
    answer = check_start(ONE, CUT, start, more.get("busy", {}), now=more.get("now", NOW))  # type: ignore[arg-type]
    return answer.reason if isinstance(answer, Refusal) else "free"


def test_incident_02_every_kind_of_busy_time_hides_an_offer() -> None:
    perm = make_plan(ONE, PERM, options(ONE, PERM, start="9:00")[0], CHAIR)
    phases = [c.period for c in perm.claims if c.resource_id == ANNA]
    appointment, absence, hold = taken("11:00", "11:30"), taken("13:00", "14:00"), taken("15:00", "15:45")
    busy = {ANNA: [*phases, appointment, absence, hold], CHAIR: []}
    free = options(ONE, CUT, busy)
    assert free
    assert not any(Period(o.start, o.end).overlaps(p) for o in free for p in busy[ANNA])


def test_incident_03_alternatives_are_free_for_their_full_length_on_every_day() -> None:
    long = service(Segment(135))
    days = [MONDAY, MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)]
    busy = {ANNA: [taken("13:00", "14:00", day) for day in days]}
    found = find_options(ONE, long, Period(at("0:00"), at("24:00", days[-1])), busy, now=NOW)
    assert {o.start.date() for o in found} == set(days)
    assert {o.end - o.start for o in found} == {timedelta(minutes=135)}
    assert not any(Period(o.start, o.end).overlaps(p) for o in found for p in busy[ANNA])


def test_incident_04_no_appointment_without_a_staff_member() -> None:
    only_waiting = service(Segment(30, "gap"))
    assert options(ONE, only_waiting) == []
    assert check_start(ONE, only_waiting, at("10:00"), {}, now=NOW) == Refusal("nobody")
    assert options(salon(staff=())) == []
    assert all(o.staff_id in {ANNA, BEN} for o in options(salon()))


def test_incident_05_a_start_five_minutes_before_a_booked_hour_is_not_offered() -> None:
    book = salon(staff=[member(ANNA)], grid_minutes=5)
    booked_by_somebody = {ANNA: [taken("15:00", "16:00")]}
    assert "14:55" not in clocks(options(book, CUT, booked_by_somebody))
    assert check_start(book, CUT, at("14:55"), booked_by_somebody, now=NOW) == Refusal("not_free")


def test_incident_07_a_refused_time_is_never_among_the_offers() -> None:
    for refused in (at("16:00"), at("16:00").astimezone(ZoneInfo(BERLIN))):
        offers = rank_offers(options(ONE), Wish(DAY, at("16:00")), book=ONE, refused=[refused])
        assert offers
        assert at("16:00") not in [o.start for o in offers]


def test_incident_08_check_and_booking_share_one_duration() -> None:
    slow = salon(staff=[member(ANNA, own={CUT.id: (80,)})])
    found = check_start(slow, CUT, at("10:00"), {}, now=NOW)
    assert isinstance(found, list)
    plan = make_plan(slow, CUT, found[0], CHAIR)
    assert plan.period == Period(found[0].start, found[0].end) == taken("10:00", "11:20")
    blocked = {ANNA: [taken("11:15", "12:00")]}
    assert check_start(slow, CUT, at("10:00"), blocked, now=NOW) == Refusal("not_free")


def test_incident_09_offers_are_near_the_wish_and_survive_being_chosen() -> None:
    busy = {ANNA: [taken("13:00", "14:30")], CHAIR: [taken("11:00", "12:00")]}
    offers = rank_offers(options(ONE, CUT, busy), Wish(DAY, at("13:15")), book=ONE, refused=[at("13:15")])
    assert clocks(offers)[0] == "14:30"
    assert "09:00" not in clocks(offers)
    for offer in offers:
        assert isinstance(check_start(ONE, CUT, offer.start, busy, now=NOW), list)
    afternoon = Wish(DAY, daily=span("13:00", "17:00"))
    assert all(c >= "13:00" for c in clocks(rank_offers(options(ONE), afternoon, book=ONE)))


def test_incident_10_an_offer_carries_the_day_it_is_on() -> None:
    weekdays = ((span("9:00", "17:00"),),) * 5 + ((), ())
    book = salon(staff=[member(ANNA)], hours=weekdays)
    saturday, monday = date(2026, 6, 20), date(2026, 6, 22)
    asked = Period(at("0:00", saturday), at("24:00", saturday))
    assert check_start(book, CUT, at("10:00", saturday), {}, now=NOW) == Refusal("closed")
    around = Period(asked.start, at("24:00", monday))
    offers = rank_offers(
        find_options(book, CUT, around, {}, now=NOW), Wish(asked, at("10:00", saturday)), book=book
    )
    assert {o.start.astimezone(ZoneInfo(BERLIN)).date() for o in offers} == {monday}


def test_incident_12_alternatives_come_only_from_free_time() -> None:
    full = {ANNA: [taken("0:00", "24:00")]}
    assert rank_offers(options(ONE, CUT, full), Wish(DAY, at("14:00")), book=ONE) == []
    known = [Option(at("11:00"), at("12:00"), ANNA, (CHAIR,))]
    assert rank_offers(known, Wish(DAY, at("14:00")), book=ONE) == known


def test_incident_13_notice_is_part_of_availability() -> None:
    wanted = replace(CUT, min_notice_minutes=15)
    answer = check_start(ONE, wanted, at("10:00"), {}, now=at("9:47"))
    assert answer == Refusal("too_soon", limit=at("10:15"))
    assert clocks(options(ONE, wanted, now=at("9:47")))[0] == "10:15"


def test_incident_14_another_time_is_an_offer_and_never_the_wished_one() -> None:
    busy = {ANNA: [taken("15:00", "16:25"), taken("9:00", "10:25")]}
    short = service(Segment(30))
    assert check_start(ONE, short, at("16:00"), busy, now=NOW) == Refusal("not_free")
    at_25 = check_start(ONE, short, at("16:25"), busy, now=NOW)
    assert isinstance(at_25, list)
    assert {o.start for o in at_25} == {at("16:25")}


def test_incident_24_moving_sees_through_the_own_old_time_only() -> None:
    own, other = taken("10:00", "11:00"), taken("11:30", "12:30")
    assert reason(at("10:30"), busy={ANNA: [own, other], CHAIR: [own, other]}) == "not_free"
    assert reason(at("10:30"), busy={ANNA: [other], CHAIR: [other]}) == "free"
    assert reason(at("10:45"), busy={ANNA: [other], CHAIR: [other]}) == "not_free"


def test_incident_40_instants_are_compared_not_clock_faces() -> None:
    in_utc = {ANNA: [Period(datetime(2026, 6, 15, 8, tzinfo=UTC), datetime(2026, 6, 15, 9, tzinfo=UTC))]}
    assert reason(at("10:00"), busy=in_utc) == "not_free"
    assert reason(at("8:00")) == "closed"
    assert reason(at("11:00"), busy=in_utc) == "free"
    with pytest.raises(ValueError, match="aware"):
        reason(datetime(2026, 6, 15, 10))  # noqa: DTZ001


def test_incident_41_nothing_is_offered_before_the_salon_opens_on_its_own_clock() -> None:
    book = salon(staff=[member(ANNA)], hours=week(span("7:00", "17:00")))
    for day in (MONDAY, date(2026, 12, 14)):
        found = options(book, day=day)
        assert clocks(found)[0] == "07:00"
    assert options(book)[0].start.hour != options(book, day=date(2026, 12, 14))[0].start.hour


def test_the_public_names_are_those_listed() -> None:
    public = {name for name in vars(scheduling) if not name.startswith("_")}
    modules = {"calendar", "masters", "plan", "wish"}
    assert public - modules == set(scheduling.__all__)
