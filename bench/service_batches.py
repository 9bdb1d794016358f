"""The utterances of further trades, written before they were read for the first time (tests/data/service_trades)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bench.service_set import DATA, Answer, Utterance
from zusage.language.reading import ServiceEntry

_TRADES = DATA.parent / "service_trades"


def batch_catalogues() -> dict[str, tuple[ServiceEntry, ...]]:
    """The catalogues by trade; the key of an entry is its name."""
    told = json.loads((_TRADES / "blind_catalogues.json").read_text(encoding="utf-8"))
    return {
        trade: tuple(
            ServiceEntry(one["name"], one["name"], one["category"], tuple(one["synonyms"]))
            for one in services
        )
        for trade, services in told.items()
    }


def batch_utterances() -> Iterator[Utterance]:
    """All lines of both batches, in their order."""
    for line in (_TRADES / "blind.jsonl").read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        expect = told["expect"]
        answer = Answer(expect["decision"], tuple(expect["services"]))
        yield Utterance(told["trade"], told["text"], told["kind"], answer, frozenset(expect.get("also", ())))
