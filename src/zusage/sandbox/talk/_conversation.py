"""One call: what the caller types, the tools it leads to, and what the agent says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zusage.sandbox.player import Answered, OnEvent, Phone, Said, ToolCalled
from zusage.sandbox.talk._dialogue import Say, State, decide, learn
from zusage.sandbox.talk._listening import listen
from zusage.sandbox.talk._shop import Shop

_CALLER = "caller"


class Conversation:
    """A call from beginning to end; tells `on_event` of each thing as it happens.

    Every method that rings raises TargetUnreachableError where nothing answers."""

    def __init__(self, phone: Phone, shop: Shop, on_event: OnEvent, *, number: str | None) -> None:
        self._phone = phone
        self._shop = shop
        self._tell = on_event
        self._call = phone.dial(number)
        self._state = State()
        self.over = False

    def begin(self) -> None:
        """Lift the receiver: the agent greets."""
        self._send_event("call_started")
        self._ask("initialize_call", {})

    def hear(self, text: str) -> None:
        """Answer one sentence of the caller."""
        self._call.says("user", text)
        self._tell(Said(_CALLER, text, _CALLER))
        heard = listen(text, self._shop, now=self._phone.world.clock(), anchor=self._state.anchor)
        move = decide(self._state, heard)
        if isinstance(move, Say):
            self._say(move)
            return
        answered = self._ask(move.tool, move.args)
        self._state = learn(move.state, answered.answer)

    def end(self) -> None:
        """Hang up, if that has not happened yet."""
        if not self.over:
            self.over = True
            self._send_event("call_ended")

    def _say(self, move: Say) -> None:
        self._state = move.state or self._state
        self._call.says("agent", move.text)
        self._tell(Said("agent", move.text, _CALLER))
        if move.over:
            self.end()

    def _ask(self, tool: str, args: Mapping[str, Any]) -> Answered:
        request = self._phone.new_request(self._call, tool, dict(args))
        self._tell(ToolCalled(_CALLER, tool, request.args, repeat=False))
        answered = self._phone.ask(self._call, request, speaker=_CALLER)
        self._tell(answered)
        return answered

    def _send_event(self, event: str) -> None:
        sent, _ = self._phone.send_event(self._call, event, speaker=_CALLER)
        self._tell(sent)
