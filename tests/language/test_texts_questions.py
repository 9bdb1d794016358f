"""Whatever the understanding asks is a text of the catalogue, so that each company asks it in its own words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from zusage.language.german import Speech, understand_when
from zusage.language.german.speak import Here
from zusage.language.german.texts import TEXTS
from zusage.language.reading import Unclear
from zusage.language.settings import SpeechSettings

DATA = Path(__file__).parents[1] / "data" / "when"
NOW, ZONE = "2026-11-18T10:00:00+01:00", "Europe/Berlin"
FORMAL = {text.formal for text in TEXTS.values() if not text.fields}
FAMILIAR = Speech(SpeechSettings("du"))


def unclear(path: Path) -> Iterator[tuple[str, Unclear, datetime]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        case: dict[str, Any] = json.loads(line) if line.strip() else {"text": ""}
        now = datetime.fromisoformat(case.get("now", NOW))
        reading = understand_when(case["text"], now=now, zone=case.get("zone", ZONE))
        if isinstance(reading, Unclear):
            yield case["text"], reading, now


@pytest.mark.parametrize("path", sorted(DATA.glob("*.jsonl")), ids=lambda path: path.stem)
def test_every_question_about_a_time_is_a_text(path: Path) -> None:
    asked = [(text, one) for text, one, _ in unclear(path) if one.reason != "weekday_mismatch"]
    assert [(text, one.question) for text, one in asked if one.question not in FORMAL] == []


def test_every_question_about_a_time_can_be_asked_with_du() -> None:
    asked = [
        FAMILIAR.unclear(one, Here(now, ZONE))
        for path in sorted(DATA.glob("*.jsonl"))
        for _, one, now in unclear(path)
    ]
    assert len(asked) > 100
    assert [line for line in asked if not line.endswith("?") or " Sie" in line or "Ihnen" in line] == []
