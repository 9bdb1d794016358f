"""Retell's way in: signed function calls and webhooks over HTTP. A valid signature is always answered with 200."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from zusage.app.callers.ports import Line, Lines
from zusage.app.calls.ports import CallRef, CallRegister
from zusage.app.calls.record_call_event import record_call_event
from zusage.core.people import normalise_phone
from zusage.inbound.bodies import Refused, read_body
from zusage.inbound.voice.arguments import clean_args, fold
from zusage.inbound.voice.desk import Desk
from zusage.inbound.voice.limits import RateLimits
from zusage.inbound.voice.rendering import render
from zusage.inbound.voice.retell.envelope import (
    CallFacts,
    Envelope,
    EnvelopeError,
    parse_envelope,
    parse_webhook,
)
from zusage.inbound.voice.retell.signature import is_signed
from zusage.inbound.voice.tool_names import resolve_tool
from zusage.inbound.voice.toolcall import ToolCall, ToolResult
from zusage.language.german import Speech

log = structlog.get_logger()

PROVIDER = "retell"
MAX_BODY = 2_000_000
_SPEECH = Speech()


@dataclass(frozen=True, slots=True)
class RetellDoor:
    """The routes of Retell. `platform_keys` fit every company; `build` is told in every answer."""

    desk: Desk
    lines: Lines
    register: CallRegister
    limits: RateLimits
    platform_keys: tuple[str, ...]
    build: str

    def routes(self) -> list[Route]:
        post = ["POST"]
        return [
            Route("/api/retell/function-call", self.function_call, methods=post),
            Route("/api/retell/webhook", self.webhook, methods=post),
            Route("/api/retell/{tool:path}", self.function_call, methods=post),
        ]

    async def function_call(self, request: Request) -> Response:
        """One tool call. 401, 413, 415 or 503 before the signature is known to be good, 200 after it, whatever
        it says and whatever fails."""
        if fold(request.path_params.get("tool", "").strip("/")) == "webhook":
            return await self.webhook(request)
        sorry = self._answer(ToolResult("error", _SPEECH.error()))
        return await self._guarded(request, self._function_call, sorry)

    async def webhook(self, request: Request) -> Response:
        """One event of a call: 204 once it is stored; 503 where it could not be, so that the platform repeats it."""
        return await self._guarded(request, self._webhook, Response(status_code=503))

    async def _guarded(
        self, request: Request, handle: Callable[[Request, bytes], Awaitable[Response]], sorry: Response
    ) -> Response:
        try:
            return await handle(request, await read_body(request, most=MAX_BODY))
        except Refused as refused:
            return refused.response
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception:
            # What may fail before the signature is known is a Refused of its own, see `_find`.
            log.exception("request_failed", path=request.url.path)
            return sorry

    async def _function_call(self, request: Request, body: bytes) -> Response:
        path_tool = request.path_params.get("tool")
        try:
            envelope = parse_envelope(body, path_tool=path_tool)
        except EnvelopeError as error:
            self._platform_only(request, body, error)
            return self._answer(ToolResult("invalid", _SPEECH.not_understood()))
        line = await self._verified(request, body, envelope.call)
        if line is None:
            return self._answer(ToolResult("unknown_number", _SPEECH.unknown_number()))
        call = _tool_call(envelope, line)
        if call is None:
            return self._answer(ToolResult("invalid", _SPEECH.not_understood()))
        if not await self.limits.allows(call):
            log.info("rate_limited", call=call.ref.external_id, company=str(line.company_id))
            return self._answer(ToolResult("busy", _SPEECH.busy()))
        answer = await self.desk.answer(call)
        return JSONResponse(render(answer, build=self.build))

    async def _webhook(self, request: Request, body: bytes) -> Response:
        try:
            event = parse_webhook(body)
        except EnvelopeError as error:
            self._platform_only(request, body, error)
            return Response(status_code=204)
        line = await self._verified(request, body, event.call)
        if line is not None and event.call.call_id is not None:
            call = _call_ref(event.call, line, event.call.call_id)
            reason = event.call.disconnection_reason
            await record_call_event(call, event.event, register=self.register, reason=reason)
        return Response(status_code=204)

    def _platform_only(self, request: Request, body: bytes, unread: EnvelopeError) -> None:
        """Nobody's number can be read, so only a key of the platform could have signed it."""
        log.warning("body_not_read", reason=unread.code, length=len(body))
        if not is_signed(body, request.headers, self.platform_keys, _now_ms()):
            raise Refused(401, "the signature is missing or not good")

    async def _verified(self, request: Request, body: bytes, call: CallFacts) -> Line | None:
        """Find whose keys to try by the unverified number and agent; only a fitting signature makes them true (D8).

        None: signed with a platform key, but the number is nobody's."""
        number, agent = normalise_phone(call.to_number), call.agent_id
        line = await self._find(number, agent)
        keys = (*(line.keys if line else ()), *self.platform_keys)
        if not is_signed(body, request.headers, keys, _now_ms()):
            # The key may have been changed a moment ago: look once more behind the cache before refusing.
            self.lines.forget(number, agent)
            line = await self._find(number, agent)
            keys = (*(line.keys if line else ()), *self.platform_keys)
            if not is_signed(body, request.headers, keys, _now_ms()):
                if line is not None and line.unreadable:
                    log.error("signing_keys_unreadable", company=str(line.company_id), count=line.unreadable)
                raise Refused(401, "the signature is missing or not good")
        return line

    async def _find(self, number: str | None, agent: str | None) -> Line | None:
        try:
            return await self.lines.find(number, agent)
        except Exception as error:
            # Without the keys nobody can be told from a stranger: no answer in the voice format.
            log.warning("lines_unreachable", reason=type(error).__name__)
            raise Refused(503, "try again") from error

    def _answer(self, result: ToolResult) -> Response:
        return JSONResponse(render(result.stored().body, build=self.build))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _call_ref(call: CallFacts, line: Line, call_id: str) -> CallRef:
    return CallRef(
        company_id=line.company_id,
        branch_id=line.branch_id,
        provider=PROVIDER,
        external_id=call_id,
        caller=normalise_phone(call.from_number),
        called=normalise_phone(call.to_number),
        agent_ref=call.agent_id,
        agent_version=call.agent_version,
    )


def _tool_call(envelope: Envelope, line: Line) -> ToolCall | None:
    """None without a call id: nothing could be held for anyone."""
    if envelope.call.call_id is None:
        return None
    args = clean_args(envelope.args)
    ref = _call_ref(envelope.call, line, envelope.call.call_id)
    return ToolCall(
        resolve_tool(envelope.tool, args), envelope.tool, args, ref, tool_call_id=envelope.tool_call_id
    )
