"""How callers are understood and spoken to, as the company file says it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zusage.app.operations.company_file import (
    CompanyFile,
    CompanyFileError,
    Understanding,
    parse_company_file,
)
from zusage.language.german.texts import TEXTS
from zusage.language.policy_words import list_policies
from zusage.language.settings import SpeechSettings

GOOD = Path(__file__).with_name("salon-test.toml").read_text(encoding="utf-8")


def parsed(tables: str) -> CompanyFile:
    return parse_company_file(f"{GOOD}\n{tables}", source="salon.toml")


def problems(tables: str) -> list[tuple[str, str]]:
    with pytest.raises(CompanyFileError) as caught:
        parsed(tables)
    return [(problem.field, problem.message) for problem in caught.value.problems]


def test_a_file_that_says_nothing_has_the_defaults() -> None:
    file = parsed("")
    assert file.understanding == Understanding({}, 0.6)
    assert file.speech == SpeechSettings("Sie", {})


def test_policies_and_threshold_are_read_and_only_what_is_named_is_kept() -> None:
    file = parsed(
        '[understanding]\nnext_weekday = "following_week"\nafter_work = "16:30"\nmorning = "7-11:30"\n'
        "threshold = 0.72\n"
    )
    chosen = {"next_weekday": "following_week", "after_work": "16:30", "morning": "7-11:30"}
    assert file.understanding == Understanding(chosen, 0.72)


def test_every_policy_but_the_past_can_be_named() -> None:
    names = [each.name for each in list_policies()]
    lines = [f'{each.name} = "{each.default}"' for each in list_policies() if each.name != "past"]
    file = parsed("[understanding]\n" + "\n".join(lines))
    assert {*file.understanding.policies, "past"} == set(names)
    assert [field for field, _ in problems('[understanding]\npast = "read"')] == ["understanding.past"]


@pytest.mark.parametrize(
    ("line", "field", "says"),
    [
        ('next_weekday = "later"', "next_weekday", "next or following_week"),
        ('next_weekend = "next"', "next_weekend", 'did you mean "next_weekday"'),
        ('after_work = "five"', "after_work", "HH:MM"),
        ('after_work = "25:00"', "after_work", "HH:MM"),
        ("after_work = 17", "after_work", "must be a text"),
        ('evening = "21-x"', "evening", "HH:MM-HH:MM"),
        ("threshold = 0.1", "threshold", "a number from 0.3 to 0.95"),
        ("threshold = 1", "threshold", "a number from 0.3 to 0.95"),
        ('threshold = "0.6"', "threshold", "a number from 0.3 to 0.95"),
        ("threshold = true", "threshold", "a number from 0.3 to 0.95"),
        ("threshold = nan", "threshold", "a number from 0.3 to 0.95"),
        ('morning = "10:00-06:00"', "morning", "the end must be later than the begin"),
        (
            'night = "22:00-04:00"',
            "night",
            "the end must be later than the begin, and 24:00 is the latest end",
        ),
    ],
)
def test_a_mistake_of_understanding_is_named(line: str, field: str, says: str) -> None:
    ((where, message),) = problems(f"[understanding]\n{line}")
    assert where == f"understanding.{field}"
    assert says in message


def test_address_and_texts_are_read_with_or_without_quotes_round_their_keys() -> None:
    quoted = parsed('[speech]\naddress = "du"\n[speech.texts]\n"hold.conflict" = "Die Zeit ist weg."\n')
    plain = parsed('[speech]\naddress = "du"\n[speech.texts]\nhold.conflict = "Die Zeit ist weg."\n')
    assert "hold.conflict" in TEXTS
    assert quoted.speech == plain.speech == SpeechSettings("du", {"hold.conflict": "Die Zeit ist weg."})


@pytest.mark.parametrize(
    ("tables", "field", "says"),
    [
        ('[speech]\naddress = "Ihr"', "speech.address", 'use "Sie" or "du"'),
        ('[speech]\nadress = "du"', "speech.adress", 'did you mean "address"'),
        ('[speech.texts]\n"no.such" = "Hallo."', "speech.texts.no.such", "is no text of the agent"),
        ("[speech.texts]\nno.such = 3", "speech.texts.no.such", "must be a text"),
        ('[speech.texts]\ngreeting.welcome = "Hallo {wer}."', "speech.texts.greeting.welcome", "{wer}"),
        (f'[speech.texts]\ngreeting.welcome = "{"x" * 501}"', "speech.texts.greeting.welcome", "use 500"),
        ('[speech]\ntexts = "Hallo"', "speech.texts", "write [speech.texts] and"),
        ('[speech]\ntexts = ["a"]', "speech.texts", "write [speech.texts] and"),
    ],
)
def test_a_mistake_of_speech_is_named(tables: str, field: str, says: str) -> None:
    found = problems(tables)
    assert {where for where, _ in found} == {field}
    assert any(says in message for _, message in found), found


_PAGE = (Path(__file__).parents[2] / "docs" / "company-file.md").read_text(encoding="utf-8")


def test_the_page_names_every_policy_with_its_default_and_its_example_can_be_loaded() -> None:
    written = dict(
        re.findall(r'^\| `(\w+)` \| `"([^`]+)"` \|', _PAGE.partition("## `[understanding]`")[2], re.MULTILINE)
    )
    assert {
        each.name: each.default for each in list_policies() if each.name != "past"
    }.items() <= written.items()
    example = next(
        block for block in re.findall(r"```toml\n(.*?)```", _PAGE, re.DOTALL) if "[understanding]" in block
    )
    assert parsed(example).understanding.policies == {
        "next_weekday": "following_week",
        "evening": "18:00-22:00",
    }
