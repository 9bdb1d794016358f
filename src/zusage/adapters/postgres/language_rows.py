"""The language settings of a company as its row holds them: only what its file names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from psycopg.types.json import Jsonb

from zusage.app.operations.company_file import Understanding
from zusage.language.book import THRESHOLD
from zusage.language.policies import DEFAULTS, Policies
from zusage.language.policy_words import PolicyError, read_policies
from zusage.language.settings import SpeechSettings

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Manner:
    """How callers of a company are understood and spoken to."""

    policies: Policies
    threshold: float
    speech: SpeechSettings


def understanding_column(understanding: Understanding) -> Jsonb:
    named: dict[str, Any] = {"policies": dict(understanding.policies)} if understanding.policies else {}
    if understanding.threshold != THRESHOLD:
        named["threshold"] = understanding.threshold
    return Jsonb(named)


def speech_column(speech: SpeechSettings) -> Jsonb:
    named: dict[str, Any] = {"texts": dict(speech.overrides)} if speech.overrides else {}
    if speech.address != "Sie":
        named["address"] = speech.address
    return Jsonb(named)


def read_manner(understanding: Mapping[str, Any], speech: Mapping[str, Any]) -> Manner:
    """Read both columns; a policy that this version does not know (any more) counts as not named."""
    return Manner(
        policies=_policies(understanding.get("policies", {})),
        threshold=float(understanding.get("threshold", THRESHOLD)),
        speech=SpeechSettings("du" if speech.get("address") == "du" else "Sie", speech.get("texts", {})),
    )


def _policies(chosen: Mapping[str, str]) -> Policies:
    policies = DEFAULTS
    for name, value in chosen.items():
        try:
            policies = read_policies({name: value}, base=policies)
        except PolicyError:
            log.warning("policy_unknown", name=name)
    return policies
