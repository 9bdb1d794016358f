"""The file an owner writes: what a good one gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from textwrap import dedent

import pytest

from zusage.app.operations.company_file import (
    CompanyFile,
    parse_company_file,
    stable_id,
)
from zusage.core.scheduling.masters import DayException, Segment, Span
from zusage.core.values import Money, Period

GOOD = Path(__file__).with_name("salon-test.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def salon() -> CompanyFile:
    return parse_company_file(GOOD, source="salon.toml")


def test_company_and_voice(salon: CompanyFile) -> None:
    assert (salon.key, salon.name, salon.currency, salon.language) == (
        "salon-test",
        "Salon Test",
        "EUR",
        "de",
    )
    assert salon.signing_keys == ("key_salon_test",)
    assert salon.signing_key_envs == ("SALON_TEST_KEY",)
    assert salon.warnings == ()


def test_branch_with_hours_exceptions_and_numbers(salon: CompanyFile) -> None:
    mitte, nord = salon.branches
    branch = mitte.branch
    assert branch.week[1] == (Span(540, 780), Span(840, 1110))
    assert branch.week[5] == (Span(480, 1440),)
    assert branch.week[0] == ()
    assert branch.exceptions == {
        date(2026, 12, 24): DayException((Span(540, 720),), "Heiligabend"),
        date(2026, 12, 31): DayException(()),
    }
    assert mitte.phone_numbers == ("+493023125100",)
    assert mitte.agents == ("agent_test_mitte",)
    assert [chair.name for chair in mitte.chairs] == ["Platz am Fenster", "Waschbecken"]
    assert (branch.country, branch.region, branch.hold_seconds, branch.grid_minutes) == ("DE", "BE", 120, 15)
    assert [chair.name for chair in nord.chairs] == ["Platz 1", "Platz 2"]
    assert (nord.branch.hold_seconds, nord.branch.grid_minutes, nord.branch.off_grid) == (2, 5, "allow")
    assert not nord.branch.closed_on_holidays


def test_services_keep_prices_exact_and_totals_derived(salon: CompanyFile) -> None:
    cut, perm = (record.service for record in salon.services)
    assert cut.price == Money(3550, "EUR")
    assert cut.segments == (Segment(45),)
    assert perm.price == Money(8500, "CHF")
    assert perm.minutes == 95
    assert perm.segments[:2] == (Segment(50, name="Wickeln"), Segment(15, "gap", needs_chair=False))
    assert (perm.buffer_after, perm.min_notice_minutes, perm.max_advance_days) == (5, 60, 90)
    assert (perm.bookable_by_phone, perm.add_on, perm.needs_consultation, perm.price_from) == (
        False,
        True,
        True,
        True,
    )
    mitte, nord = (record.branch.id for record in salon.branches)
    assert [record.branch_ids for record in salon.services] == [(mitte, nord), (mitte,)]


def test_staff_do_only_what_their_branch_offers(salon: CompanyFile) -> None:
    cut, perm = (record.service.id for record in salon.services)
    anna, ben = salon.staff
    assert anna.staff.skills == {cut: (40,), perm: (40, 15, 25)}
    assert ben.staff.skills == {cut: None}
    assert anna.staff.week is not None
    assert anna.staff.week[1] == (Span(540, 900),)
    assert ben.staff.week is None
    assert ben.branch_id == salon.branches[1].branch.id


def test_absences_are_instants_and_whole_days_include_the_last(salon: CompanyFile) -> None:
    days, hours = salon.staff[0].absences
    assert days.reason == "Urlaub"
    assert days.period == Period(
        datetime(2026, 11, 30, 23, tzinfo=UTC), datetime(2026, 12, 2, 23, tzinfo=UTC)
    )
    assert hours.period == Period(
        datetime(2026, 12, 8, 13, tzinfo=UTC), datetime(2026, 12, 8, 14, 30, tzinfo=UTC)
    )


def test_an_absence_covers_the_hour_that_comes_twice() -> None:
    text = GOOD.replace("from = 2026-12-01\n", "from = 2026-10-25T02:30:00\n")
    text = text.replace("to = 2026-12-02\n", "to = 2026-10-25T02:45:00\n")
    period = parse_company_file(text, source="salon.toml").staff[0].absences[0].period
    assert period == Period(
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 45, tzinfo=UTC)
    )


def test_chairs_may_have_tables_of_their_own_and_stay_the_same_chairs(salon: CompanyFile) -> None:
    text = GOOD.replace("chairs = 2\n", "").replace(
        'hours.monday = ["00:00-24:00"]\n',
        """hours.monday = ["00:00-24:00"]
        [[branch.chair]]
        name = "Platz 1"
        [[branch.chair]]
        name = "Platz 2"
        [[branch.chair.absences]]
        from = 2026-12-08
        to = 2026-12-09
        reason = "kaputt"
        """,
    )
    nord = parse_company_file(text, source="salon.toml").branches[1]
    assert replace(nord, chair_absences=()) == salon.branches[1]
    ((chair, absence),) = nord.chair_absences
    assert (chair, absence.reason) == (nord.chairs[1], "kaputt")
    assert absence.period == Period(
        datetime(2026, 12, 7, 23, tzinfo=UTC), datetime(2026, 12, 9, 23, tzinfo=UTC)
    )


def test_ids_are_the_same_at_each_reading(salon: CompanyFile) -> None:
    again = parse_company_file(GOOD, source="elsewhere.toml")
    assert again == salon
    assert salon.id == stable_id("salon-test", "company", "salon-test")
    assert salon.branches[0].chairs[0].id == stable_id("salon-test", "chair", "mitte/Platz am Fenster")
    assert stable_id("a", "staff", "x") != stable_id("b", "staff", "x")


def test_a_service_nobody_does_is_a_warning() -> None:
    text = GOOD.replace("minutes.dauerwelle = [40, 15, 25]\n", "").replace(
        'does = "all"', 'does = ["herrenschnitt"]'
    )
    company = parse_company_file(text, source="salon.toml")
    (warning,) = company.warnings
    assert warning.field == "service[2]"
    assert text.splitlines()[warning.line - 1] == "[[service]]"
    assert 'nobody does "Dauerwelle" anywhere' in warning.message


def test_a_service_without_a_chair_to_sit_on_is_a_warning() -> None:
    company = parse_company_file(GOOD.replace("chairs = 2", "chairs = 0"), source="salon.toml")
    assert ["none at nord" in warning.message for warning in company.warnings] == [True]


def test_the_only_branch_need_not_be_named_again() -> None:
    text = """\
        [company]
        key = "eins"
        name = "Eins"
        [[branch]]
        key = "laden"
        name = "Laden"
        chairs = 1
        hours = { friday = ["09:00-17:00"] }
        [[service]]
        key = "schnitt"
        name = "Schnitt"
        category = "Schnitt"
        minutes = 30
        price = 20.5 # a decimal of the file
        [[staff]]
        key = "pia"
        name = "Pia"
        does = ["schnitt"]
        """
    company = parse_company_file(dedent(text), source="eins.toml")
    assert company.staff[0].branch_id == company.branches[0].branch.id
    assert company.services[0].service.price == Money(2050)
    assert replace(company, warnings=()) == company
