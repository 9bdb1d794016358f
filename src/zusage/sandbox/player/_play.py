"""Plays a scripted call against a running Zusage, over HTTP and signed as the voice platform signs."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import httpx2

from zusage.core.signing import sign_retell
from zusage.sandbox.player._call import PhoneCall, ToolRequest
from zusage.sandbox.player._days import resolve_day
from zusage.sandbox.player._events import (
    Answered,
    Ended,
    EventSent,
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
from zusage.sandbox.player._scenario import Scenario, Step
from zusage.sandbox.player._target import Target

_TOOL_PATH = "/api/retell/function-call"
_EVENT_PATH = "/api/retell/webhook"
_OK = 200
_NO_ANSWER = 0


class TargetUnreachableError(Exception):
    """Nothing answers at the target's address; the message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class World:
    """What a play takes from the world around it; a test gives its own.

    `clock` is aware, `timer` counts seconds, `new_id` gives hex digits, `pick(n)` a number from 0 to n - 1."""

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    timer: Callable[[], float] = time.perf_counter
    sleep: Callable[[float], None] = time.sleep
    new_id: Callable[[], str] = lambda: secrets.token_hex(16)
    pick: Callable[[int], int] = secrets.randbelow


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


class _Reply(NamedTuple):
    """What came back over HTTP; `status` is 0 where nothing did, and `content` then says why."""

    status: int
    content: str
    ms: float


class _Playing:
    def __init__(
        self, scenario: Scenario, target: Target, client: httpx2.Client, on_event: OnEvent, world: World
    ) -> None:
        self._target = target
        self._client = client
        self._tell = on_event
        self._world = world
        self._today = world.clock().astimezone(ZoneInfo(target.zone)).date()
        self._days: dict[str, str] = {}
        self._saved: dict[str, str] = {}
        self._calls = {name: self._dial(number) for name, number in scenario.callers.items()}
        self.answers: list[Answered] = []
        self.broken: list[Broken] = []

    def _dial(self, number: str | None) -> PhoneCall:
        return PhoneCall(
            call_id=f"call_{self._world.new_id()}",
            from_number=number,
            to_number=self._target.to_number,
            agent_id=self._target.agent_id,
            started_ms=self._now_ms(),
        )

    def _now_ms(self) -> int:
        return int(self._world.clock().timestamp() * 1000)

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
        reply = self._post(_EVENT_PATH, call.event(step.event, self._now_ms()))
        self._tell(EventSent(step.speaker, step.event, reply.status, reply.ms))
        if not _OK <= reply.status < _OK + 100:
            self._miss(Broken(step.line, "http", "200 to 299", str(reply.status or reply.content)))

    def _ask(self, call: PhoneCall, step: Step) -> Answered:
        request = call.last_request if step.repeat else None
        if request is None:
            request = call.request(step.tool, self._fill(step.args), f"tool_call_{self._world.new_id()[:16]}")
        self._tell(ToolCalled(step.speaker, request.tool, request.args, step.repeat))
        reply = self._post(_TOOL_PATH, request.body)
        answered = _heard(step.speaker, request, reply)
        call.answered(request, reply.content)
        if answered.say:
            call.says("agent", answered.say)
        self.answers.append(answered)
        self._tell(answered)
        return answered

    def _post(self, path: str, body: bytes) -> _Reply:
        headers = {
            "Content-Type": "application/json",
            "X-Retell-Signature": sign_retell(body, self._target.signing_key, self._now_ms()),
        }
        before = self._world.timer()
        http, content = self._exchange(self._target.base_url + path, body, headers)
        return _Reply(http, content, (self._world.timer() - before) * 1000)

    def _exchange(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        try:
            response = self._client.post(url, content=body, headers=headers)
        except (
            httpx2.ConnectError,
            httpx2.ConnectTimeout,
            httpx2.UnsupportedProtocol,
            httpx2.InvalidURL,
        ) as error:
            base = self._target.base_url
            hint = "is it running (`zusage serve`), and is this the right address?"
            raise TargetUnreachableError(f"Nothing answers at {base}: {hint}") from error
        except httpx2.TransportError as error:
            return _NO_ANSWER, type(error).__name__
        return response.status_code, response.text

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


def _json_object(content: str) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _heard(speaker: str, request: ToolRequest, reply: _Reply) -> Answered:
    answer = _json_object(reply.content)
    say = answer.get("say")
    return Answered(
        speaker=speaker,
        tool=request.tool,
        http=reply.status,
        answer=answer,
        say=say if isinstance(say, str) else "",
        ms=reply.ms,
    )
