"""The companies that come along: what every rehearsal and every other test relies on."""

from __future__ import annotations

import pytest

from zusage.app.operations.company_file import CompanyFile
from zusage.core.scheduling.masters import Service, Span
from zusage.sandbox.demo import DEMO_COMPANIES, demo_company_text, load_demo_companies


@pytest.fixture(scope="module")
def companies() -> list[CompanyFile]:
    return load_demo_companies()


@pytest.fixture(scope="module")
def services(companies: list[CompanyFile]) -> dict[str, Service]:
    return {record.service.key: record.service for record in companies[0].services}


def test_all_are_read_without_a_warning(companies: list[CompanyFile]) -> None:
    assert tuple(company.key for company in companies) == DEMO_COMPANIES
    assert [company.warnings for company in companies] == [(), ()]


def test_reading_twice_gives_equal_companies(companies: list[CompanyFile]) -> None:
    assert load_demo_companies() == companies


def test_friseur_eins_has_two_branches_six_people_and_24_services(companies: list[CompanyFile]) -> None:
    salon = companies[0]
    assert [record.branch.key for record in salon.branches] == ["mitte", "probe"]
    assert [len(record.chairs) for record in salon.branches] == [3, 2]
    assert len(salon.staff) == 6
    assert len(salon.services) == 24
    assert {record.service.category for record in salon.services} >= {"Schnitt", "Farbe", "Bart", "Spezial"}


def test_the_rehearsal_branch_is_always_open_and_its_holds_are_short(companies: list[CompanyFile]) -> None:
    probe = companies[0].branches[1].branch
    assert probe.week == ((Span(0, 1440),),) * 7
    assert (probe.hold_seconds, probe.grid_minutes, probe.closed_on_holidays) == (2, 5, False)


@pytest.mark.parametrize(
    ("key", "minutes", "cents"),
    [
        ("herrenschnitt", 45, 3500),
        ("damenschnitt", 60, 4500),
        ("faerben", 90, 7000),
        ("bart-trimmen", 30, 2000),
        ("dauerwelle", 135, 8500),
        ("hairdetox", 15, 1250),
    ],
)
def test_times_and_prices_others_rely_on(
    services: dict[str, Service], key: str, minutes: int, cents: int
) -> None:
    assert (services[key].minutes, services[key].price.cents) == (minutes, cents)


def test_the_perm_has_four_working_segments_with_gaps(services: dict[str, Service]) -> None:
    kinds = [segment.kind for segment in services["dauerwelle"].segments]
    assert kinds == ["active", "gap", "active", "gap", "active", "active"]


def test_special_rules_are_there_to_be_rehearsed(services: dict[str, Service]) -> None:
    assert services["balayage"].needs_consultation
    assert services["hairdetox"].add_on
    assert not services["herrenschnitt"].add_on


def test_two_people_of_one_branch_are_called_anna(companies: list[CompanyFile]) -> None:
    mitte = companies[0].branches[0].branch.id
    annas = [
        record.staff.name
        for record in companies[0].staff
        if record.staff.name.startswith("Anna ") and record.branch_id == mitte
    ]
    assert annas == ["Anna Schmidt", "Anna Weber"]


def test_the_second_company_lives_elsewhere_and_shares_nothing(companies: list[CompanyFile]) -> None:
    first, second = companies
    assert second.branches[0].branch.zone == "Europe/Vienna"
    assert not set(first.signing_keys) & set(second.signing_keys)
    numbers = [
        number for company in companies for record in company.branches for number in record.phone_numbers
    ]
    assert len(numbers) == len(set(numbers)) == 5
    agents = [agent for company in companies for record in company.branches for agent in record.agents]
    assert len(agents) == len(set(agents)) == 4


def test_numbers_are_those_kept_for_fiction(companies: list[CompanyFile]) -> None:
    numbers = [
        number for company in companies for record in company.branches for number in record.phone_numbers
    ]
    assert all(number.startswith(("+493023125", "+498999998")) for number in numbers)


def test_the_text_of_a_demo_company_can_be_printed() -> None:
    assert demo_company_text("friseur-eins").startswith("# The demo salon")
