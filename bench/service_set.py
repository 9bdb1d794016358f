"""The labelled service utterances of the tests, and how an answer to one of them is judged.

Their format stands in tests/data/services/README.md."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from zusage.language.reading import ServiceEntry, ServiceReading

DATA = Path(__file__).parents[1] / "tests" / "data" / "services"
TRADES = ("salon", "physio", "garage")
Decision = Literal["match", "ask", "none"]
Verdict = Literal["right", "missed", "wrong", "false_accept"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was decided, and the names of the services in the order they were given."""

    decision: Decision
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Utterance:
    """A labelled line. `expected` is right; `also` are services that may be asked about as well."""

    trade: str
    text: str
    kind: str
    expected: Answer
    also: frozenset[str] = frozenset()


def catalogues() -> dict[str, tuple[ServiceEntry, ...]]:
    """The catalogues by trade; the key of an entry is its name."""
    told = json.loads((DATA / "catalogues.json").read_text(encoding="utf-8"))
    return {trade: tuple(_entry(service) for service in services) for trade, services in told.items()}


def _entry(told: dict[str, str | list[str]]) -> ServiceEntry:
    name, category = str(told["name"]), str(told["category"])
    return ServiceEntry(name, name, category, tuple(told["synonyms"]))


def utterances(*trades: str) -> Iterator[Utterance]:
    """All labelled lines of these trades, or of every trade, in their order."""
    for trade in trades or TRADES:
        for line in (DATA / f"{trade}.jsonl").read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            expect = told["expect"]
            answer = Answer(expect["decision"], tuple(expect["services"]))
            yield Utterance(trade, told["text"], told["kind"], answer, frozenset(expect.get("also", ())))


def answer(reading: ServiceReading) -> Answer:
    """Bring a reading to what is judged."""
    return Answer(reading.decision, tuple(match.entry.name for match in reading.matches))


def judge(line: Utterance, given: Answer) -> Verdict:
    """Say what an answer is worth: "wrong" books another service, "false_accept" one where none was clear.

    All services of a match count, in the order of talk. A question is right if it names all that are fair and nothing
    beyond `also`; an open question and "none" name nothing and are worth the same."""
    if given.decision == "match":
        if line.expected.decision != "match":
            return "false_accept"
        if set(given.services) - set(line.expected.services):
            return "wrong"
        return "right" if given.services == line.expected.services else "missed"
    if line.expected.decision == "match":
        return "missed"
    return "right" if _asks_rightly(line, given) else "missed"


def _asks_rightly(line: Utterance, given: Answer) -> bool:
    fair, named = set(line.expected.services), _named(given)
    return fair <= named <= fair | line.also


def _named(given: Answer) -> set[str]:
    return set(given.services) if given.decision == "ask" else set()


def calibration_error(judged: Sequence[tuple[float, bool]], *, bins: int = 10) -> float:
    """Expected calibration error: how far confidence and share right lie apart, over bins of equal width.

    Each pair is a confidence in [0, 1] and whether it was right."""
    binned: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in judged:
        binned.setdefault(min(int(confidence * bins), bins - 1), []).append((confidence, right))
    gaps = (abs(sum(c for c, _ in held) - sum(right for _, right in held)) for held in binned.values())
    return sum(gaps) / len(judged) if judged else 0.0


@dataclass(frozen=True, slots=True)
class Shares:
    """How a reader did. `right` and `asked` are shares of all lines, `wrong` of those that are labelled with a match,
    `false_accepts` of the others; `told_apart` is how often the decision itself is the label's."""

    lines: int
    right: float
    wrong: float
    false_accepts: float
    asked: float
    told_apart: float


def shares(judged: Sequence[tuple[Utterance, Answer]]) -> Shares:
    verdicts = Counter(judge(line, given) for line, given in judged)
    clear = sum(line.expected.decision == "match" for line, _ in judged)
    return Shares(
        lines=len(judged),
        right=verdicts["right"] / max(len(judged), 1),
        wrong=verdicts["wrong"] / max(clear, 1),
        false_accepts=verdicts["false_accept"] / max(len(judged) - clear, 1),
        asked=sum(given.decision == "ask" for _, given in judged) / max(len(judged), 1),
        told_apart=sum(given.decision == line.expected.decision for line, given in judged)
        / max(len(judged), 1),
    )
