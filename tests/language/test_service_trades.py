"""Services of any trade, also of words that no list knows; the cases and their meaning stand in tests/data/service_trades."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from importlib import resources
from pathlib import Path

import pytest

from zusage.language.german import understand_service
from zusage.language.german.services import Catalogue, prepare
from zusage.language.reading import ServiceEntry, ServiceReading

DATA = Path(__file__).parents[1] / "data" / "service_trades"
DEMOS = ("friseur-eins", "salon-kupferkamm")
CASES = [json.loads(line) for line in (DATA / "cases.jsonl").read_text(encoding="utf-8").splitlines()]


def entries(told: list[dict[str, str | list[str]]]) -> list[ServiceEntry]:
    return [
        ServiceEntry(str(s["name"]), str(s["name"]), str(s.get("category", "")), tuple(s.get("synonyms", ())))
        for s in told
    ]


@cache
def catalogues() -> dict[str, Catalogue]:
    told = json.loads((DATA / "catalogues.json").read_text(encoding="utf-8"))
    for demo in DEMOS:
        file = resources.files("zusage.sandbox.demo") / f"{demo}.toml"
        told[demo] = tomllib.loads(file.read_text(encoding="utf-8"))["service"]
    return {name: prepare(entries(services)) for name, services in told.items()}


def fits(reading: ServiceReading, expect: str, services: list[str]) -> bool:
    named = [match.entry.name for match in reading.matches]
    booked = reading.decision == "match"
    if expect == "match":
        return booked and named == services
    if expect == "ask":
        return reading.decision == "ask" and (not services or set(named) == set(services))
    return not booked or (expect == "at_most" and named == services)


def test_there_are_many_cases_of_every_kind() -> None:
    assert len(CASES) >= 300
    assert {case["catalogue"] for case in CASES} == catalogues().keys()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['catalogue']}: {case['text']}")
def test_understands_callers_of_any_trade(case: dict[str, str]) -> None:
    reading = understand_service(case["text"], catalogues()[case["catalogue"]])
    told = (reading.decision, [match.entry.name for match in reading.matches])
    assert fits(reading, case["expect"], list(case["services"])), told
