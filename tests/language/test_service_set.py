"""The labelled service utterances, and every name with two recognition errors, through the understanding of services."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from functools import cache

import pytest
from bench.service_set import (
    TRADES,
    Answer,
    Shares,
    Utterance,
    Verdict,
    answer,
    calibration_error,
    catalogues,
    judge,
    shares,
    utterances,
)

from support.garble import garble, spoken
from support.large_catalogue import large_catalogue
from zusage.language.german import understand_service
from zusage.language.reading import ServiceReading

RIGHT, WRONG, FALSE_ACCEPTS = 0.98, 0.01, 0.01
RIGHT_WITH_TWO_ERRORS, WRONG_WITH_TWO_ERRORS = 0.97, 0.01
TOLD_APART = 0.95
CALIBRATION = 0.05
VARIANTS = 8
KINDS_OF_FIFTY = {"model", "words_only", "garbled", "refused"}

Heard = tuple[Utterance, ServiceReading, Verdict]


def understood(lines: Iterable[Utterance]) -> list[Heard]:
    known = catalogues()
    readings = [(line, understand_service(line.text, known[line.trade])) for line in lines]
    return [(line, reading, judge(line, answer(reading))) for line, reading in readings]


@cache
def labelled() -> list[Heard]:
    return understood(utterances())


@cache
def with_two_errors() -> list[Heard]:
    return understood(
        Utterance(trade, spoken(entry.name, 2, variant=variant), "two errors", Answer("match", (entry.name,)))
        for trade, entries in catalogues().items()
        for entry in entries
        for variant in range(VARIANTS)
    )


def did(heard: list[Heard]) -> Shares:
    return shares([(line, answer(reading)) for line, reading, _ in heard])


def told(heard: list[Heard], *verdicts: Verdict) -> str:
    """The lines with one of these verdicts, for who has to mend them."""
    lines = [
        f"{verdict}: {line.trade} [{line.kind}] {line.text!r}: {_short(answer(reading))}, not {_short(line.expected)}"
        for line, reading, verdict in heard
        if verdict in verdicts
    ]
    return "\n".join([f"{len(lines)} of {len(heard)}", *lines])


def _short(given: Answer) -> str:
    return f"{given.decision} {' + '.join(given.services)}".strip()


def test_the_sets_hold_what_callers_and_models_say() -> None:
    kinds = Counter(line.kind for line in utterances())
    assert kinds.total() >= 450
    assert {kind for kind, count in kinds.items() if count >= 50} >= KINDS_OF_FIFTY
    assert {line.trade for line in utterances()} == set(TRADES)


def test_every_label_names_services_of_its_catalogue() -> None:
    names = {trade: {entry.name for entry in entries} for trade, entries in catalogues().items()}
    for line in utterances():
        assert {*line.expected.services, *line.also} <= names[line.trade], line
        assert (line.expected.decision == "match") <= bool(line.expected.services), line
        assert (line.expected.decision == "none") <= (not line.expected.services), line


def test_no_line_stands_twice() -> None:
    said = Counter((line.trade, line.text) for line in utterances())
    assert [line for line, count in said.items() if count > 1] == []


def test_nearly_all_is_understood() -> None:
    assert did(labelled()).right >= RIGHT, told(labelled(), "missed", "wrong", "false_accept")


def test_hardly_ever_another_service_is_booked() -> None:
    assert did(labelled()).wrong <= WRONG, told(labelled(), "wrong")


def test_hardly_ever_a_service_is_booked_that_was_not_clear() -> None:
    assert did(labelled()).false_accepts <= FALSE_ACCEPTS, told(labelled(), "false_accept")


def test_matches_questions_and_nothing_are_told_apart() -> None:
    assert did(labelled()).told_apart >= TOLD_APART


@pytest.mark.parametrize("trade", TRADES)
def test_no_trade_lags_behind(trade: str) -> None:
    heard = [found for found in labelled() if found[0].trade == trade]
    assert did(heard).right >= RIGHT - 0.02, told(heard, "missed", "wrong", "false_accept")


def test_names_survive_two_recognition_errors() -> None:
    heard = with_two_errors()
    assert did(heard).right >= RIGHT_WITH_TWO_ERRORS, told(heard, "missed", "wrong")
    assert did(heard).wrong <= WRONG_WITH_TWO_ERRORS, told(heard, "wrong")


def test_confidence_is_the_share_that_is_right() -> None:
    judged = [
        (reading.matches[0].confidence, reading.matches[0].entry.name in _wanted(line))
        for line, reading, _ in labelled()
        if reading.matches
    ]
    assert calibration_error(judged) < CALIBRATION


def _wanted(line: Utterance) -> tuple[str, ...]:
    return line.expected.services if line.expected.decision == "match" else ()


def test_three_hundred_services_are_searched_fast_enough() -> None:
    catalogue = large_catalogue(300)
    lines = [heard[0].text for heard in (*labelled()[::4], *with_two_errors()[::4])]
    understand_service("Balayage", catalogue)
    begun = time.process_time()
    for text in lines:
        understand_service(text, catalogue)
    assert len(lines) / (time.process_time() - begun) > 100


def test_the_same_name_is_always_garbled_alike() -> None:
    assert garble("Dauerwelle", 2) == garble("Dauerwelle", 2)
    assert len({garble("Herrenhaarschnitt", 2, variant=variant) for variant in range(10)}) > 5
    assert all(garble(entry.name, 2) != entry.name for entries in catalogues().values() for entry in entries)
    with pytest.raises(ValueError, match="no room"):
        garble("Öl", 2)
