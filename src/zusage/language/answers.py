"""Readings as plain data (texts, numbers, lists, dicts), the shape in which they leave the program as JSON."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from zusage.core.scheduling.masters import Span
from zusage.language.policy_words import clock
from zusage.language.reading import Name, NoName, ServiceReading, Unclear, When

Answer = dict[str, Any]


def when_answer(reading: When | Unclear) -> Answer:
    """Give a reading of a time as data; the keys are the same for each, what does not apply is null or empty.

    The top level is the first wish, `wishes` holds all of them in the order of talk, the first included. Instants are
    ISO 8601 with offset, `to` is exclusive, the ends of `daily` are "HH:MM" of the local day. `docs/understand.md`
    explains every key."""
    if isinstance(reading, Unclear):
        return _unclear(reading)
    return {
        "status": "ok",
        **_wish(reading),
        "wishes": [_beside(reading, wish) for wish in reading.choices],
        "alternatives": [_beside(reading, other) for other in reading.alternatives],
        "reason": None,
        "question": None,
    }


def _unclear(reading: Unclear) -> Answer:
    return {
        "status": "unclear",
        **_nothing(),
        "duration_min": reading.duration_min,
        "wishes": [],
        "alternatives": [_wish(other) for other in reading.alternatives],
        "reason": reading.reason,
        "question": reading.question,
    }


def _beside(reading: When, one: When) -> Answer:
    """A wish or another reading, with what was refused and how long it shall take: both hold for each of them."""
    return _wish(replace(one, exclude=reading.exclude, duration_min=reading.duration_min))


def _wish(when: When) -> Answer:
    return {
        "from": _iso(when.start),
        "to": _iso(when.end),
        "kind": when.kind,
        "grain": when.grain,
        "daily": _daily(when.daily),
        "limit": _iso(when.limit),
        "exclude": [_wish(refused) for refused in when.exclude],
        "duration_min": when.duration_min,
        "weekly": when.weekly,
        "approximate": when.approximate,
        "soonest": when.soonest,
        "assumed": list(when.assumed),
        "matched": when.matched,
    }


def _nothing() -> Answer:
    """The keys of a wish, new each time: an answer is its reader's to change."""
    return {
        "from": None,
        "to": None,
        "kind": None,
        "grain": None,
        "daily": None,
        "limit": None,
        "exclude": [],
        "weekly": False,
        "approximate": False,
        "soonest": False,
        "assumed": [],
        "matched": "",
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")


def _daily(span: Span | None) -> Answer | None:
    return None if span is None else {"from": clock(span.opens), "to": clock(span.closes)}


def service_answer(reading: ServiceReading) -> Answer:
    """Give a reading of a service as data: the matches by name, best first or in the order of talk."""
    return {
        "matches": [
            {
                "service": match.entry.name,
                "confidence": round(match.confidence, 4),
                "matched_text": match.matched_text,
            }
            for match in reading.matches
        ],
        "decision": reading.decision,
        "question": reading.question,
    }


def name_answer(reading: Name | NoName) -> Answer:
    """Give a reading of a name as data; the keys are the same for each, what does not apply is null or empty."""
    if isinstance(reading, NoName):
        nobody = {"full": None, "given": "", "family": "", "title": "", "spelled": False, "sure": False}
        return {"status": "unclear", **nobody, "reason": reading.reason, "question": reading.question}
    return {
        "status": "ok",
        "full": reading.full,
        "given": reading.given,
        "family": reading.family,
        "title": reading.title,
        "spelled": reading.spelled,
        "sure": reading.sure,
        "reason": None,
        "question": None,
    }
