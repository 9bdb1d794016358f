"""The labelled sentences of tests/data/when, read and compared; `python -m support.when_set` shows what fails."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from support.when_set import SETS, Case, Outcome, load, score
from zusage.core.scheduling.masters import Span
from zusage.language.reading import Reason, Unclear, When

RIGHT = 0.98
PERFECT = {"models", "words_only", "garbled", "refused", "doubtful"}
KNOWN_WRONG: dict[str, list[str]] = json.loads((SETS / "known_wrong.json").read_text(encoding="utf-8"))
"""By file, in order: what is read otherwise. What is mended is struck out here; nothing may be added unseen."""
FILES = sorted(SETS.glob("*.jsonl"), key=lambda path: path.name)

Outcomes = Mapping[str, Sequence[Outcome]]


@pytest.fixture(scope="module")
def outcomes() -> Outcomes:
    return {path.stem: score(load(path)) for path in FILES}


def failing(wrong: Sequence[Outcome]) -> str:
    return "\n".join(map(str, wrong))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_only_the_known_sentences_are_read_otherwise(outcomes: Outcomes, path: Path) -> None:
    wrong = [outcome for outcome in outcomes[path.stem] if outcome.wrong]

    assert sorted(outcome.case.text for outcome in wrong) == KNOWN_WRONG.get(path.stem, []), failing(wrong)


def test_hardly_any_sentences_are_read_otherwise() -> None:
    total = sum(len(load(path)) for path in FILES)

    assert sum(map(len, KNOWN_WRONG.values())) <= (1 - RIGHT) * total
    assert KNOWN_WRONG.keys() <= {path.stem for path in FILES} - PERFECT


def test_no_sentence_is_labelled_twice() -> None:
    told = Counter((case.text, repr(case.asked)) for path in FILES for case in load(path))

    assert [said for said, times in told.items() if times > 1] == []


def test_every_kind_of_doubt_is_labelled_often() -> None:
    reasons = Counter(case.expect.get("reason") for path in FILES for case in load(path))

    assert min(reasons[reason] for reason in get_args(Reason)) >= 5
    assert reasons["ambiguous"] >= 20


def test_what_names_no_possible_time_is_refused_with_a_question(outcomes: Outcomes) -> None:
    answers = [(str(outcome), outcome.read) for outcome in outcomes["refused"]]

    accepted = [line for line, read in answers if not isinstance(read, Unclear)]
    silent = [line for line, read in answers if isinstance(read, Unclear) and not read.question]

    assert accepted == []
    assert silent == []


def test_the_sets_are_as_large_as_promised(outcomes: Outcomes) -> None:
    sizes = {name: len(read) for name, read in outcomes.items()}

    assert sum(sizes.values()) >= 400
    assert min(sizes[name] for name in ("models", "words_only", "garbled", "refused")) >= 50


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_label_says_what_is_compared(path: Path) -> None:
    labels = [case.expect for case in load(path)]

    bare = [
        label for label in labels if label["status"] == "ok" and not {"kind", "from", "to"} & label.keys()
    ]
    backward = [label for label in labels if label.get("to") and label.get("from", "") >= label["to"]]

    assert bare == []
    assert backward == []


TEN = datetime(2026, 11, 24, 9, tzinfo=UTC)  # ten o'clock in Berlin
NOON = TEN + timedelta(hours=2)
READ = When(TEN, NOON, "interval", "hour", daily=Span(600, 720), assumed=("year", "month"))
LABEL = {"status": "ok", "kind": "interval", "from": "2026-11-24T10:00", "to": "2026-11-24T12:00"}


def wrong(read: When | Unclear, tmp_path: Path, **expect: Any) -> tuple[str, ...]:
    file = tmp_path / "one.jsonl"
    file.write_text(json.dumps({"text": "", "expect": {**LABEL, **expect}}), encoding="utf-8")
    (outcome,) = score(load(file), lambda _text, **_asked: read)
    return outcome.wrong


def test_a_reading_that_agrees_with_every_named_key_is_right(tmp_path: Path) -> None:
    read = replace(READ, wishes=(replace(READ, start=NOON, end=None, kind="open_end"),), exclude=(READ,))
    span = {"from": LABEL["from"], "to": LABEL["to"]}
    wishes = [{"kind": "interval", **span}, {"kind": "open_end", "from": LABEL["to"], "to": None}]
    daily = {"from": "10:00", "to": "12:00"}

    assert wrong(read, tmp_path, wishes=wishes, exclude=[span], daily=daily, assumed=["year"]) == ()


@pytest.mark.parametrize(
    ("read", "key"),
    [
        (Unclear("past", "Wann?"), "status"),
        (replace(READ, kind="open_start"), "kind"),
        (replace(READ, start=TEN + timedelta(minutes=1)), "from"),
        (replace(READ, end=None), "to"),
        (replace(READ, end=NOON + timedelta(days=1)), "to"),
    ],
)
def test_a_difference_in_what_is_always_compared_is_seen(
    tmp_path: Path, read: When | Unclear, key: str
) -> None:
    assert wrong(read, tmp_path) == (key,)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("grain", "day"),
        ("daily", None),
        ("daily", {"from": "10:00", "to": "13:00"}),
        ("duration_min", 30),
        ("wishes", [{"kind": "interval"}, {"kind": "interval"}]),
        ("exclude", [{"from": "2026-11-24T10:00"}]),
        ("alternative", {"from": "2026-11-24T22:00"}),
        ("assumed", ["today"]),
        ("weekly", True),
    ],
)
def test_a_difference_in_a_key_that_is_named_is_seen(tmp_path: Path, key: str, value: Any) -> None:
    assert wrong(READ, tmp_path, **{key: value}) == (key,)


def test_a_key_that_the_format_does_not_know_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="gain"):
        wrong(READ, tmp_path, gain="day")


def test_what_a_sentence_is_said_with_reaches_the_reader(tmp_path: Path) -> None:
    line = {
        "text": "am Montag",
        "now": "2026-07-01T12:00",
        "zone": "Europe/Vienna",
        "region": "W",
        "anchor": "2026-07-02T09:00+02:00",
        "policy": {"next_weekday": "following_week", "evening": "18:00-22:00", "after_work": "16:30"},
        "expect": {"status": "unclear", "reason": "past"},
    }
    file = tmp_path / "one.jsonl"
    file.write_text(json.dumps(line), encoding="utf-8")
    case: Case = load(file)[0]

    assert case.asked["now"] == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert case.asked["anchor"] == datetime(2026, 7, 2, 7, tzinfo=UTC)
    assert (case.asked["zone"], case.asked["region"]) == ("Europe/Vienna", "W")
    assert case.asked["policies"].next_weekday == "following_week"
    assert case.asked["policies"].evening == Span(18 * 60, 22 * 60)
    assert case.asked["policies"].after_work == 16 * 60 + 30
