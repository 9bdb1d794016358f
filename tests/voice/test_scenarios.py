"""Every shipped scenario, played like a user plays it: signed, over HTTP, against the real door."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import httpx2
import pytest

from support.voice import Salon
from zusage.sandbox.player import PlayResult, play, target_for
from zusage.sandbox.scenarios import load_scenario, scenario_names


@dataclass
class Heard:
    events: list[object] = field(default_factory=list)

    def __call__(self, event: object) -> None:
        self.events.append(event)


@pytest.mark.parametrize("name", scenario_names())
async def test_the_scenario_keeps_what_it_expects(salon: Salon, name: str) -> None:
    scenario = load_scenario(name)
    target = target_for(scenario, list(salon.companies), base_url=str(salon.client.base_url), environ={})
    heard = Heard()

    def run() -> PlayResult:
        with httpx2.Client(timeout=8, trust_env=False) as client:
            return play(scenario, target, client=client, on_event=heard)

    result = await asyncio.to_thread(run)
    assert not result.broken, [(answer.tool, answer.say) for answer in result.answers]
    assert result.answers
    assert heard.events


def test_there_are_at_least_ten_scenarios() -> None:
    assert len(scenario_names()) >= 10
