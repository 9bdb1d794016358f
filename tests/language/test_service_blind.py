"""Fourteen more trades, half of the lines no wish at all: what was written before the rules were read for it stays understood."""

from __future__ import annotations

from bench.service_batches import batch_catalogues, batch_utterances
from bench.service_set import answer, judge, shares

from zusage.language.german import prepare, understand_service

RIGHT, WRONG, FALSE_ACCEPTS = 0.92, 0.01, 0.01


def test_what_was_written_blind_is_hardly_ever_booked_wrongly() -> None:
    ready = {trade: prepare(entries) for trade, entries in batch_catalogues().items()}
    told = [(line, answer(understand_service(line.text, ready[line.trade]))) for line in batch_utterances()]
    missed = [(line.text, given) for line, given in told if judge(line, given) != "right"]
    found = shares(told)
    assert found.lines >= 300
    assert found.false_accepts <= FALSE_ACCEPTS, missed
    assert found.wrong <= WRONG, missed
    assert found.right >= RIGHT, missed
