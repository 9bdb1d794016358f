"""Each mistake an owner can make in the file: its message, its field, its line."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from zusage.app.operations.company_file import CompanyFileError, Problem, parse_company_file

GOOD = Path(__file__).with_name("salon-test.toml").read_text(encoding="utf-8")


def problems_of(text: str) -> list[Problem]:
    with pytest.raises(CompanyFileError) as caught:
        parse_company_file(dedent(text), source="salon.toml")
    return caught.value.problems


def broken(old: str, new: str) -> Problem:
    """Give the one problem that the good file has after one change."""
    assert GOOD.count(old) >= 1
    (problem,) = problems_of(GOOD.replace(old, new, 1))
    return problem


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ('key = "salon-test"', 'key = "Salon Test"', "company.key", "is no key"),
        ('name = "Salon Test"\n', 'name = ""\n', "company.name", "not empty"),
        ('name = "Salon Test"\n', 'name = "a\\u0000b"\n', "company.name", "not empty"),
        ('name = "Salon Test"\n', "", "company.name", "is missing"),
        ('name = "Salon Test"\n', f'name = "{"x" * 121}"\n', "company.name", "has 121 characters; use 120"),
        ("chairs = 2", f'chairs = ["{"x" * 201}"]', "branch[2].chairs[1]", "has 201 characters; use 200"),
        (
            'name = "Salon Test"\n',
            'name = "Salon Test"\ncurrency = "EUO"\n',
            "company.currency",
            'did you mean "EUR"',
        ),
        ('name = "Salon Test"\n', 'name = "Salon Test"\nlanguage = "fr"\n', "company.language", 'use "de"'),
        ('signing_keys = ["key_salon_test"]', 'signing_keys = ["x"]', "voice.signing_keys[1]", "at least 8"),
        ('"SALON_TEST_KEY"', '"SALON-KEY"', "voice.signing_key_env", "environment variable"),
        ("signing_keys =", "signing_keyz =", "voice.signing_keyz", 'did you mean "signing_keys"'),
        ("Europe/Berlin", "Europe/Berlim", "branch[1].zone", 'did you mean "Europe/Berlin"'),
        ('region = "BE"', 'region = "Berlin"', "branch[1].region", 'write "BE"'),
        ('region = "BE"', 'region = "XX"', "branch[1].region", "use one of"),
        ('country = "DE"\nregion = "BE"', 'country = "Deutschland"', "branch[1].country", "two-letter code"),
        ("+49 30 23125 100", "030 23125100", "branch[1].phone_numbers[1]", "write +493023125100"),
        ("+49 30 23125 100", "12", "branch[1].phone_numbers[1]", "with the country in front"),
        ("9:00-13:00", "9 bis 13 Uhr", "branch[1].hours.tuesday[2]", "is no time span"),
        ("9:00-13:00", "13:00-09:00", "branch[1].hours.tuesday[2]", "ends before it starts"),
        ("9:00-13:00", "13:00-24:30", "branch[1].hours.tuesday[2]", "leaves the day"),
        ("9:00-13:00", "9:00-14:30", "branch[1].hours.tuesday", "overlap"),
        ("tuesday = ", "tusday = ", "branch[1].hours.tusday", 'did you mean "tuesday"'),
        ('hours = ["09:00-12:00"]', "", "branch[1].exceptions[1].hours", "closed = true"),
        ("date = 2026-12-24", 'date = "24.12."', "branch[1].exceptions[1].date", "a date without quotes"),
        ("date = 2026-12-31", "date = 2026-12-24", "branch[1].exceptions[2].date", "exception already"),
        ("Salon Test Nord", "salon test mitte", "branch[2].name", "already taken"),
        (
            "chairs = 2",
            'chairs = 2\nphone_numbers = ["+493023125100"]',
            "branch[2].phone_numbers",
            "stands twice",
        ),
        ("chairs = 2", 'chairs = 2\nagents = ["agent_test_mitte"]', "branch[2].agents", "stands twice"),
        ("chairs = 2", 'chairs = ["A", "A"]', "branch[2].chairs[2]", "stands twice"),
        ("chairs = 2", "chairs = -2", "branch[2].chairs", "whole number from 0"),
        ("chairs = 2\n", "", "branch[2].chairs", "is missing"),
        ("chairs = 2\n", 'chairs = 2\nchair = [{ name = "A" }]\n', "branch[2].chair", "keep one of the two"),
        ("chairs = 2", 'chair = [{ name = "A" }, { name = "A" }]', "branch[2].chair[2].name", "stands twice"),
        (
            "chairs = 2",
            'chair = [{ name = "A", seats = 1 }]',
            "branch[2].chair[1].seats",
            "is not known here",
        ),
        ("chairs = 2", "chair = [{ absences = [] }]", "branch[2].chair[1].name", "is missing"),
        ("chairs = 2", "chair = 2", "branch[2].chair", "must be a list of tables"),
        ("grid_minutes = 5", "grid_minutes = 7", "branch[2].grid_minutes", "must divide the hour"),
        ("hold_seconds = 2", "hold_seconds = true", "branch[2].hold_seconds", "whole number from 1 to 600"),
        (
            "hold_seconds = 2",
            "hold_cap_seconds = 60",
            "branch[2].hold_cap_seconds",
            "shorter than hold_seconds (120)",
        ),
        ('"allow"', '"alow"', "branch[2].off_grid", 'did you mean "allow"'),
        (
            "closed_on_holidays = false",
            'closed_on_holidays = "no"',
            "branch[2].closed_on_holidays",
            "true or false",
        ),
        ('hours.monday = ["00:00-24:00"]', "", "branch[2].hours", "are missing"),
        ('price = "35,50"', "price = -3", "service[1].price", "negative"),
        ('price = "35,50"', 'price = "35.505"', "service[1].price", "two decimals"),
        ('price = "35,50"\n', "", "service[1].price", "is missing"),
        ('["Männerschnitt"]', '["Mann", "mann"]', "service[1].synonyms[2]", "stands twice"),
        ("minutes = 45\n", "", "service[1].minutes", "is missing"),
        ("minutes = 95", "minutes = 100", "service[2].minutes", "the segments make 95"),
        ('"CHF"', '"JPY"', "service[2].currency", "is not possible"),
        (
            'branches = ["mitte"]',
            'branches = ["mite"]',
            "service[2].branches[1]",
            "the branches are: mitte, nord",
        ),
        ('kind = "gap"', 'kind = "pause"', "service[2].segments[2].kind", 'use "active" or "gap"'),
        ("buffer_after = 5", "buffer_afer = 5", "service[2].buffer_afer", 'did you mean "buffer_after"'),
        ('name = "Dauerwelle"', 'name = "HERRENSCHNITT"', "service[2].name", "already taken"),
        ('branch = "mitte"', 'branch = "west"', "staff[1].branch", "the branches are: mitte, nord"),
        (
            'does = "all"',
            'does = ["herenschnitt", "dauerwelle", "herrenschnitt"]',
            "staff[1].does[1]",
            "did you mean",
        ),
        (
            '"Schnitt", "Spezial"',
            '"Schnitt", "Spezal"',
            "staff[2].does_categories[2]",
            'did you mean "Spezial"',
        ),
        ('does_categories = ["Schnitt", "Spezial"]', "", "staff[2].does", "no service here"),
        (
            "minutes.herrenschnitt = 40",
            "minutes.herrenschnit = 40",
            "staff[1].minutes.herrenschnit",
            "did you mean",
        ),
        (
            "minutes.herrenschnitt = 40",
            'minutes.herrenschnitt = "x"',
            "staff[1].minutes.herrenschnitt",
            "whole minutes",
        ),
        ("[40, 15, 25]", "[40, 25]", "staff[1].minutes.dauerwelle", "has 3 segments"),
        ("to = 2026-12-02", "to = 2026-11-01", "staff[1].absences[1].to", "must come after from"),
        ("to = 2026-12-02", "to = 2026-12-09", "staff[1].absences", "absences overlap"),
        ("to = 2026-12-02", "to = 9999-12-31", "staff[1].absences[1].to", "between 2000 and 2100"),
        ("from = 2026-12-01\n", 'from = "morgen"\n', "staff[1].absences[1].from", "a date or a local time"),
        (
            'name = "Ben Klein"\nbranch = "nord"',
            'name = "anna schmidt"\nbranch = "mitte"',
            "staff[2].name",
            "at this branch",
        ),
        ('key = "ben"', 'key = "anna"', "staff[2].key", "already taken"),
    ],
)
def test_each_mistake_is_named_at_its_place(old: str, new: str, field: str, says: str) -> None:
    problem = broken(old, new)
    assert problem.field == field
    assert says in problem.message
    text = GOOD.replace(old, new, 1)
    changed = _first_difference(text)
    header = text.splitlines()[problem.line - 1].startswith("[") and problem.line < changed
    assert problem.line == changed or header


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ('key = "nord"', 'key = "mitte"', "branch[2].key", "already taken"),
        ('kind = "active"', 'kind = "gap"', "service[2].segments[3].kind", "last segment"),
        ('key = "dauerwelle"', 'key = "herrenschnitt"', "service[2].key", "already taken"),
        (
            "{ minutes = 50, name",
            '{ minutes = 50, kind = "gap", name',
            "service[2].segments[1].kind",
            "first segment",
        ),
    ],
)
def test_a_mistake_that_brings_others_is_named_too(old: str, new: str, field: str, says: str) -> None:
    problems = problems_of(GOOD.replace(old, new, 1))
    assert True in [says in problem.message for problem in problems if problem.field == field]


def _first_difference(text: str) -> int:
    pairs = zip(GOOD.splitlines(), text.splitlines(), strict=False)
    return next(number for number, (before, after) in enumerate(pairs, 1) if before != after)


def test_all_problems_come_at_once_in_the_order_of_the_file() -> None:
    text = GOOD.replace("Europe/Berlin", "Mars/Olympus").replace('price = "35,50"', "price = -1")
    text = text.replace('does = "all"', 'does = "all"\ndose = 1')
    problems = problems_of(text)
    assert [problem.field for problem in problems] == ["branch[1].zone", "service[1].price", "staff[1].dose"]
    assert [problem.line for problem in problems] == sorted(problem.line for problem in problems)


def test_line_of_an_item_within_a_list_over_several_lines() -> None:
    problem = broken('kind = "gap", needs_chair = false', 'kind = "gap", needs_chair = 3')
    assert problem.field == "service[2].segments[2].needs_chair"
    assert (
        "needs_chair = 3"
        in GOOD.replace("needs_chair = false", "needs_chair = 3", 1).splitlines()[problem.line - 1]
    )


def test_the_error_reads_as_a_compiler_message() -> None:
    with pytest.raises(CompanyFileError) as caught:
        parse_company_file(GOOD.replace("chairs = 2", "chairs = -2"), source="salon.toml")
    line = GOOD.splitlines().index("chairs = 2") + 1
    assert str(caught.value) == f"salon.toml:{line}: branch[2].chairs: must be a whole number from 0 to 200"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[company]\nkey = ", 2, "this is not TOML"),
        ('[company]\nkey "x"\n', 2, "column 5"),
        ('[company]\nkey = "a"\nkey = "b"\n', 3, "Cannot overwrite"),
        ("a = " + "[" * 3000, 1, "this is not TOML"),
        ("a = " + "9" * 5000, 1, "this is not TOML"),
    ],
)
def test_syntax_errors_name_their_line(text: str, line: int, says: str) -> None:
    (problem,) = problems_of(text)
    assert problem.line == line
    assert says in problem.message


def test_an_empty_file_says_what_belongs_there() -> None:
    problems = problems_of("")
    assert [problem.field for problem in problems] == ["branch", "company", "service"]
    assert all("is missing" in problem.message for problem in problems)


@pytest.mark.parametrize(
    "text", ["company = 3", "company = []", 'branch = "x"', "branch = [1]", "voice = 1", "x = 1"]
)
def test_wrong_shapes_are_problems_and_never_crash(text: str) -> None:
    name = text.split(" ", 1)[0]
    assert any(problem.field == name for problem in problems_of(text))
