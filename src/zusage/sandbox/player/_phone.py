"""A phone that rings a running Zusage: requests signed and sent as the voice platform sends them."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import httpx2

from zusage.core.signing import sign_retell
from zusage.sandbox.player._call import PhoneCall, ToolRequest
from zusage.sandbox.player._events import Answered, EventSent
from zusage.sandbox.player._target import Target

_TOOL_PATH = "/api/retell/function-call"
_EVENT_PATH = "/api/retell/webhook"
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

    def now_ms(self) -> int:
        return int(self.clock().timestamp() * 1000)


class Reply(NamedTuple):
    """What came back over HTTP; `status` is 0 where nothing did, and `content` then says why."""

    status: int
    content: str
    ms: float


@dataclass(frozen=True, slots=True)
class Phone:
    """Places calls at the target; `client` decides how long to wait for an answer."""

    target: Target
    client: httpx2.Client
    world: World

    def dial(self, number: str | None) -> PhoneCall:
        """Begin a call from this number, None for an anonymous one; nothing is sent yet."""
        return PhoneCall(
            call_id=f"call_{self.world.new_id()}",
            from_number=number,
            to_number=self.target.to_number,
            agent_id=self.target.agent_id,
            started_ms=self.world.now_ms(),
        )

    def new_request(self, call: PhoneCall, tool: str, args: dict[str, Any]) -> ToolRequest:
        return call.request(tool, args, f"tool_call_{self.world.new_id()[:16]}")

    def ask(self, call: PhoneCall, request: ToolRequest, *, speaker: str) -> Answered:
        """Send a tool call; what the agent says becomes part of the call.

        :raises TargetUnreachableError: no connection can be made to the target."""
        reply = self._post(_TOOL_PATH, request.body)
        answered = _heard(speaker, request, reply)
        call.answered(request, reply.content)
        if answered.say:
            call.says("agent", answered.say)
        return answered

    def send_event(self, call: PhoneCall, event: str, *, speaker: str) -> tuple[EventSent, Reply]:
        """Tell of the call itself: `call_started`, `call_ended`.

        :raises TargetUnreachableError: no connection can be made to the target."""
        reply = self._post(_EVENT_PATH, call.event(event, self.world.now_ms()))
        return EventSent(speaker, event, reply.status, reply.ms), reply

    def _post(self, path: str, body: bytes) -> Reply:
        headers = {
            "Content-Type": "application/json",
            "X-Retell-Signature": sign_retell(body, self.target.signing_key, self.world.now_ms()),
        }
        before = self.world.timer()
        http, content = self._exchange(self.target.base_url + path, body, headers)
        return Reply(http, content, (self.world.timer() - before) * 1000)

    def _exchange(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        try:
            response = self.client.post(url, content=body, headers=headers)
        except (
            httpx2.ConnectError,
            httpx2.ConnectTimeout,
            httpx2.UnsupportedProtocol,
            httpx2.InvalidURL,
        ) as error:
            base = self.target.base_url
            hint = "is it running (`zusage serve`), and is this the right address?"
            raise TargetUnreachableError(f"Nothing answers at {base}: {hint}") from error
        except httpx2.TransportError as error:
            return _NO_ANSWER, type(error).__name__
        return response.status_code, response.text


def _json_object(content: str) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _heard(speaker: str, request: ToolRequest, reply: Reply) -> Answered:
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
