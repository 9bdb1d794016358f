"""A call over several servers, as a voice platform behind a load balancer makes it: what one server does not answer,
the next one is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import httpx2

from zusage.sandbox.agreement import Heard
from zusage.sandbox.chaos._callers import CallerWish
from zusage.sandbox.player import (
    Answered,
    Phone,
    PhoneCall,
    Target,
    TargetUnreachableError,
    ToolRequest,
    World,
    resolve_day,
)

_OK, _UNAVAILABLE = 200, 503
_TRIES, _PAUSE = 25, 0.7
_MOST_TURNS = 6
_CHECK, _BOOK = "check_availability", "book_appointment"
_AGAIN = ("busy", "error")
_DONE = ("booked", "already_booked")


Outcome = Literal["booked", "refused", "hung up", "no answer"]


class HungUp(Exception):  # noqa: N818 - nobody raises it but whoever ends the rehearsal
    """The rehearsal is over; the caller says nothing more."""


@dataclass(frozen=True, slots=True)
class CallEnded:
    """How a call went: what the caller heard in the end (None: they never got a clear answer), and what it took."""

    caller: str
    outcome: Outcome
    heard: Heard | None
    requests: int
    repeats: int
    slowest_ms: float


@dataclass(frozen=True, slots=True)
class PartyLine:
    """The servers that can be asked, and the time. `sleep` raises HungUp when the rehearsal is over."""

    targets: Sequence[Target]
    client: httpx2.Client
    sleep: Callable[[float], None]


def place_call(wish: CallerWish, line: PartyLine, first: int) -> CallEnded:
    """Call and try to book, beginning with server `first`; whatever breaks on the way, the call goes on.

    :raises HungUp: the rehearsal is over."""
    return _Call(wish, line, first).place()


class _Call:
    def __init__(self, wish: CallerWish, line: PartyLine, first: int) -> None:
        self._wish = wish
        self._line = line
        self._phones = [Phone(target, line.client, World()) for target in line.targets]
        self._at = first % len(self._phones)
        self._call: PhoneCall = self._phones[self._at].dial(wish.number)
        self._requests = self._repeats = 0
        self._slowest = 0.0

    def place(self) -> CallEnded:
        wish = self._wish
        self._event("call_started")
        answer = self._ask(_CHECK, self._wanted())
        for _ in range(_MOST_TURNS):
            if answer is None:
                return self._ended("no answer")
            status, data = answer.answer.get("status"), answer.answer.get("data") or {}
            if status in _DONE:
                self._event("call_ended")
                return self._ended("booked", data["appointment"]["id"])
            choice = _choice(status, data)
            if choice is None:
                self._event("call_ended")
                return self._ended("refused")
            self._line.sleep(wish.thinks)
            if wish.manner != "books":
                self._event("call_ended")
            if wish.manner == "hangs_up":
                return self._ended("hung up")
            answer = self._ask(_BOOK, {"name": wish.name, **choice})
        return self._ended("no answer")

    def _wanted(self) -> dict[str, Any]:
        wish, target = self._wish, self._line.targets[0]
        today = datetime.now(ZoneInfo(target.zone)).date()
        day = resolve_day(wish.day, today=today, pick=lambda _count: 0)
        staff = {"staff": wish.staff} if wish.staff else {}
        return {"service": wish.service, "date": day.isoformat(), "time": wish.time, **staff}

    def _ask(self, tool: str, args: dict[str, Any]) -> Answered | None:
        """Ask until there is an answer: the same request again where none came, a new one where something failed."""
        request = self._phones[self._at].new_request(self._call, tool, args)
        self._requests += 1
        for _ in range(_TRIES):
            answered = self._once(request)
            if answered is not None and answered.http == _OK:
                self._slowest = max(self._slowest, answered.ms)
                if answered.answer.get("status") not in _AGAIN:
                    return answered
                request = self._phones[self._at].new_request(self._call, tool, args)
            self._repeats += 1
            self._at = (self._at + 1) % len(self._phones)
            self._line.sleep(_PAUSE)
        return None

    def _once(self, request: ToolRequest) -> Answered | None:
        try:
            return self._phones[self._at].ask(self._call, request, speaker=self._wish.name)
        except TargetUnreachableError:
            return None

    def _event(self, event: str) -> None:
        """Tell of the call; the platform repeats what was not stored a few times, and then gives up."""
        for _ in range(5):
            try:
                _, reply = self._phones[self._at].send_event(self._call, event, speaker=self._wish.name)
            except TargetUnreachableError:
                reply = None
            if reply is not None and _OK <= reply.status < _UNAVAILABLE:
                return
            self._at = (self._at + 1) % len(self._phones)
            self._line.sleep(_PAUSE)

    def _ended(self, outcome: Outcome, appointment_id: str | None = None) -> CallEnded:
        ended = CallEnded(self._wish.name, outcome, None, self._requests, self._repeats, self._slowest)
        if outcome == "no answer":
            return ended
        said: Literal["booked", "refused"] = "booked" if outcome == "booked" else "refused"
        return replace(ended, heard=Heard(self._wish.name, self._call.call_id, said, appointment_id))


def _choice(status: object, data: Mapping[str, Any]) -> dict[str, str] | None:
    """What the caller takes of an answer: what is held for them, else the first offer."""
    hold = data.get("hold")
    if status in ("held", "replaced") and hold:
        return {"hold": hold["token"]}
    offers = data.get("offers") or []
    return {"offer": offers[0]["token"]} if offers else None
