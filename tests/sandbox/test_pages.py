"""The pages about files people write: their examples work, and they leave nothing out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zusage.app.operations.company_file import parse_company_file
from zusage.sandbox.player import parse_scenario
from zusage.sandbox.player._days import FORMATS
from zusage.sandbox.player._expect import OPERATORS
from zusage.sandbox.player._reading import EVENTS, HEAD_FIELDS, STEP_FIELDS
from zusage.sandbox.scenarios import scenario_names

DOCS = Path(__file__).parents[2] / "docs"
COMPANY_PAGE = (DOCS / "company-file.md").read_text(encoding="utf-8")
SCENARIO_PAGE = (DOCS / "call-scenarios.md").read_text(encoding="utf-8")


def block(page: str, language: str) -> str:
    match = re.search(rf"```{language}\n(.*?)```", page, re.DOTALL)
    assert match is not None
    return match[1]


def test_the_small_shop_can_be_loaded() -> None:
    company = parse_company_file(block(COMPANY_PAGE, "toml"), source="company-file.md")
    assert company.warnings == ()
    assert [record.service.minutes for record in company.services] == [60, 100]


def test_the_example_can_be_played() -> None:
    scenario = parse_scenario(block(SCENARIO_PAGE, "yaml"), source="call-scenarios.md")
    assert len(scenario.steps) == 4


@pytest.mark.parametrize(
    "word", [*HEAD_FIELDS, *STEP_FIELDS, *OPERATORS, *FORMATS, *EVENTS, *scenario_names()]
)
def test_the_page_on_scenarios_names_every_word(word: str) -> None:
    assert re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", SCENARIO_PAGE)
