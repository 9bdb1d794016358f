"""Plays a scripted call against a running Zusage, over HTTP and signed as the voice platform signs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import httpx2

from zusage.sandbox.player._call import PhoneCall
from zusage.sandbox.player._days import resolve_day
from zusage.sandbox.player._events import (
    Answered,
    Ended,
    Missed,
    OnEvent,
    PlayResult,
    Said,
    Started,
    ToolCalled,
    Waited,
)
from zusage.sandbox.player._expect import Broken, check, find, is_missing
from zusage.sandbox.player._fill import fill
from zusage.sandbox.player._phone import Phone, World
from zusage.sandbox.player._scenario import Scenario, Step
from zusage.sandbox.player._target import Target

_OK = 200


def play(
    scenario: Scenario,
    target: Target,
    *,
    client: httpx2.Client,
    on_event: OnEvent,
    world: World | None = None,
) -> PlayResult:
    """Play all steps, whatever breaks on the way, and tell `on_event` of each thing as it happens.

    An answer that is late, broken or no JSON is a broken expectation; `client` decides how long to wait.

    :raises TargetUnreachableError: no connection can be made to the target."""
    on_event(Started(scenario.name, scenario.description, target.base_url))
    playing = _Playing(scenario, target, client, on_event, world or World())
    for step in scenario.steps:
        playing.step(step)
    result = PlayResult(scenario.name, tuple(playing.answers), tuple(playing.broken))
    on_event(Ended(result))
    return result


class _Playing:
    def __init__(
        self, scenario: Scenario, target: Target, client: httpx2.Client, on_event: OnEvent, world: World
    ) -> None:
        self._phone = Phone(target, client, world)
        self._tell = on_event
        self._world = world
        self._today = world.clock().astimezone(ZoneInfo(target.zone)).date()
        self._days: dict[str, str] = {}
        self._saved: dict[str, str] = {}
        self._calls = {name: self._phone.dial(number) for name, number in scenario.callers.items()}
        self.answers: list[Answered] = []
        self.broken: list[Broken] = []

    def step(self, step: Step) -> None:
        call = self._calls[step.speaker]
        if step.wait:
            self._tell(Waited(step.wait))
            self._world.sleep(step.wait)
        self._say(call, step, "agent", step.agent)
        self._say(call, step, "user", step.caller)
        if step.event:
            self._send_event(call, step)
        elif step.tool or step.repeat:
            self._settle(step, self._ask(call, step))

    def _say(self, call: PhoneCall, step: Step, role: str, text: str) -> None:
        if text:
            sentence = self._fill(text)
            call.says(role, sentence)
            self._tell(Said("agent" if role == "agent" else step.speaker, sentence, step.speaker))

    def _fill(self, value: Any) -> Any:  # noqa: ANN401 (any JSON)
        return fill(value, self._saved, self._day)

    def _day(self, words: str) -> str:
        """Resolve the same words to the same day all through one play."""
        if words not in self._days:
            self._days[words] = resolve_day(words, today=self._today, pick=self._world.pick).isoformat()
        return self._days[words]

    def _send_event(self, call: PhoneCall, step: Step) -> None:
        sent, reply = self._phone.send_event(call, step.event, speaker=step.speaker)
        self._tell(sent)
        if not _OK <= reply.status < _OK + 100:
            self._miss(Broken(step.line, "http", "200 to 299", str(reply.status or reply.content)))

    def _ask(self, call: PhoneCall, step: Step) -> Answered:
        request = call.last_request if step.repeat else None
        if request is None:
            request = self._phone.new_request(call, step.tool, self._fill(step.args))
        self._tell(ToolCalled(step.speaker, request.tool, request.args, step.repeat))
        answered = self._phone.ask(call, request, speaker=step.speaker)
        self.answers.append(answered)
        self._tell(answered)
        return answered

    def _settle(self, step: Step, answered: Answered) -> None:
        expect = {"http": _OK, **self._fill(step.expect)}
        status = {"http": answered.http, "ms": answered.ms}
        for path, wanted in expect.items():
            source = status if path in status else answered.answer
            for broken in check({path: wanted}, source, line=step.line):
                self._miss(broken)
        for name, path in step.save.items():
            self._keep(step, name, path, answered.answer)

    def _keep(self, step: Step, name: str, path: str, answer: Mapping[str, Any]) -> None:
        value = find(answer, path)
        if is_missing(value):
            self._miss(Broken(step.line, path, f"present, to save it as {name}", "nothing"))
        else:
            self._saved[name] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def _miss(self, broken: Broken) -> None:
        self.broken.append(broken)
        self._tell(Missed(broken))
