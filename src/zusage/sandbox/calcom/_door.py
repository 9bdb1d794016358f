"""The door requests come in by: counts, routes, answers, and misbehaves where a fault says so."""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from zusage.sandbox.calcom._call import Answer, Call
from zusage.sandbox.calcom._faults import REQUEST_FAULTS, Asked, Fault
from zusage.sandbox.calcom._journal import Entry
from zusage.sandbox.calcom._model import ApiKey, Json
from zusage.sandbox.calcom._problems import TAKEN, TOO_MANY, RefusalError, nest, plain
from zusage.sandbox.calcom._routes import Route, find_route
from zusage.sandbox.calcom._state import State

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_GATEWAY_TIMEOUT = 504


@dataclass(slots=True)
class Request:
    """What came over the wire."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    content: bytes
    client: tuple[str, int]
    http: str


@dataclass(slots=True)
class Reply:
    """What goes back: an answer, or silence (`silent`: until the client gives up), or a broken connection."""

    status: int
    content: bytes
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    dropped: bool = False


async def read_request(scope: Scope, receive: Receive) -> Request:
    """Read a whole request."""
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
    client = (str(scope["client"][0]), int(scope["client"][1]))
    return Request(
        scope["method"], scope["path"], query, headers, b"".join(parts), client, str(scope["http_version"])
    )


class Door:
    """Works on requests; each goes on to its end though the client may have left."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._running: set[asyncio.Task[Reply]] = set()

    async def answer(self, request: Request) -> Reply:
        """Work on a request in a task of its own, as a server does whose client gives up."""
        task = asyncio.create_task(self._answered(request))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def close(self) -> None:
        """End what is still being worked on."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _answered(self, request: Request) -> Reply:
        state, started = self._state, asyncio.get_running_loop().time()
        entry = _entry(state, request)
        state.journal.requests.append(entry)
        passage = _Passage(state, request, entry)
        try:
            answer = await passage.go()
        except RefusalError as refusal:
            answer = Answer(refusal.status, refusal.body(_full_path(request), state.clock.now()))
        except Exception:
            log.exception("the simulator failed at %s %s", request.method, request.path)
            answer = Answer(500, plain(500, "Internal server error").body(request.path, state.clock.now()))
        reply = await passage.after(answer)
        entry.ms = round((asyncio.get_running_loop().time() - started) * 1000, 1)
        if not (reply.silent or reply.dropped):
            entry.status, entry.answer = (
                reply.status,
                _kept(answer.body if reply.status == answer.status else {}),
            )
        return reply


class _Passage:
    """One request's way through limit, version, key, faults and operation."""

    def __init__(self, state: State, request: Request, entry: Entry) -> None:
        self._state = state
        self._request = request
        self._entry = entry
        self._headers: dict[str, str] = {}
        self._faults: dict[str, Fault] = {}
        self._left_s = 0.0
        self._ending: str | None = None

    async def go(self) -> Answer:
        """:raises RefusalError: Cal.com says no."""
        request = self._request
        route, params = find_route(request.method, request.path, request.headers.get("cal-api-version"))
        self._entry.op = route.op
        self._limit()
        call = self._call(route, params, _authenticated(self._state, request, public=route.public))
        self._faults = call.faults = self._state.faults.pick(_asked(call), REQUEST_FAULTS)
        self._entry.faults = sorted(self._faults)
        self._early()
        try:
            return await self._worked(route, call)
        finally:
            self._left_s += call.before_s
            self._entry.committed = call.committed

    async def after(self, answer: Answer) -> Reply:
        """Take the rest of the time, and let faults spoil the answer."""
        await asyncio.sleep(self._left_s)
        ending = self._ending or next((each for each in _LATE if each in self._faults), None)
        if ending is None:
            return self._reply(answer)
        fault = self._faults[ending]
        if ending.startswith("drop"):
            return Reply(0, b"", dropped=True)
        if ending.startswith("timeout"):
            return await self._timed_out(answer, fault)
        status, message, nested = _SPOILED[ending]
        refusal = RefusalError(
            fault.status or status, fault.message or message, nested=fault.nested or nested
        )
        return self._reply(
            Answer(refusal.status, refusal.body(_full_path(self._request), self._state.clock.now()))
        )

    async def _timed_out(self, answer: Answer, fault: Fault) -> Reply:
        if fault.seconds is None:
            return Reply(0, b"", silent=True)
        await asyncio.sleep(fault.seconds)
        if self._ending is None:
            return self._reply(answer)
        return Reply(
            _GATEWAY_TIMEOUT, b"<html><body>Gateway Timeout</body></html>", {"content-type": "text/html"}
        )

    async def _worked(self, route: Route, call: Call) -> Answer:
        latency = self._state.latency_of(route.op)
        slow = self._faults.get("latency")
        if slow is not None and slow.latency is not None:
            latency = slow.latency
        seconds = latency.seconds(f"{self._state.seed}/{route.op}/{self._entry.number}")
        call.before_s = self._left_s = seconds / 2
        if self._ending is not None:
            await call.work()
            return Answer(500, {})
        if not route.works:
            await call.work()
        return await route.handler(call)

    def _limit(self) -> None:
        allowed = self._state.rate.hit(self._who(), self._state.clock.now())
        self._headers = self._state.rate.headers(self._who(), self._state.clock.now())
        if not allowed:
            raise nest(429, TOO_MANY)

    def _early(self) -> None:
        """Meet the faults that let nothing happen."""
        blocked = self._faults.get("rate_limited")
        if blocked is not None:
            seconds = self._state.rate.block_s if blocked.seconds is None else blocked.seconds
            self._state.rate.block(self._who(), self._state.clock.now(), seconds)
            self._headers = self._state.rate.headers(self._who(), self._state.clock.now())
            raise nest(429, TOO_MANY)
        self._ending = next((each for each in _EARLY if each in self._faults), None)

    def _who(self) -> str:
        return _token(self._request) or f"ip:{self._request.client[0]}"

    def _call(self, route: Route, params: dict[str, str], key: ApiKey | None) -> Call:
        request = self._request
        self._entry.body = body = _body(request)
        version = request.headers.get("cal-api-version")
        return Call(
            self._state, route.op, request.method, request.path, params, request.query, body, version, key
        )

    def _reply(self, answer: Answer) -> Reply:
        usual = {"content-type": "application/json; charset=utf-8", "x-request-id": str(uuid.uuid4())}
        content = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":")).encode()
        return Reply(answer.status, content, usual | self._headers)


_EARLY = ("drop_before_commit", "timeout_before_commit", "error_before_commit")
_LATE = ("drop_after_commit", "timeout_after_commit", "error_after_commit", "refused_but_created")
_SPOILED = {
    "error_before_commit": (500, "Internal server error", False),
    "error_after_commit": (500, "Internal server error", False),
    "refused_but_created": (400, TAKEN, True),
}


def _entry(state: State, request: Request) -> Entry:
    return Entry(
        number=state.journal.next_number(),
        at=state.clock.now(),
        op="unknown",
        method=request.method,
        path=request.path,
        query=request.query,
        key=_token(request),
        version=request.headers.get("cal-api-version"),
        body={},
        http=request.http,
    )


def _kept(body: Json) -> Json:
    """Keep an answer, but of long lists only how long they were."""
    data = body.get("data")
    return {"status": body.get("status"), "items": len(data)} if isinstance(data, list) else body


def _full_path(request: Request) -> str:
    query = "&".join(f"{name}={value}" for name, value in request.query.items())
    return f"{request.path}?{query}" if query else request.path


def _token(request: Request) -> str | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token.strip() else None


def _authenticated(state: State, request: Request, *, public: bool) -> ApiKey | None:
    """:raises RefusalError: 401, no key where one is needed, or one that does not fit."""
    token = _token(request)
    if token is None:
        if public:
            return None
        raise nest(401, "ApiAuthStrategy - no authentication was provided")
    key = state.world.keys.get(token)
    if key is None:
        raise nest(401, "ApiAuthStrategy - api key - Your api key is not valid")
    if key.expires_at is not None and key.expires_at <= state.clock.now():
        raise nest(401, "ApiAuthStrategy - api key - Your api key is expired")
    return key


def _body(request: Request) -> Json:
    """:raises RefusalError: 400, it is no JSON object."""
    if not request.content:
        return {}
    try:
        body = json.loads(request.content)
    except ValueError:
        raise nest(400, "Unexpected token in JSON") from None
    if not isinstance(body, dict):
        raise nest(400, "The body must be a JSON object")
    return body


def _asked(call: Call) -> Asked:
    booking = call.world.bookings.get(call.params.get("uid", ""))
    number = str(call.body.get("eventTypeId") or call.query.get("eventTypeId"))
    metadata = call.body.get("metadata")
    if booking is not None:
        number, metadata = str(booking.event_type_id), booking.metadata
    return Asked(
        op=call.op,
        method=call.method,
        path=call.path,
        key=call.key.token if call.key else None,
        event_type=int(number) if number.isdigit() else None,
        metadata=metadata if isinstance(metadata, dict) else {},
        body=call.body,
    )
