"""The desk of the voice door: every tool call passes here, whatever platform it came from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from zusage.app.availability.ports import Looks, Masters
from zusage.app.booking.ports import ConfirmInline, OpenUnit
from zusage.app.calls.ports import Answer, Begun, Journal, ToolCallKey
from zusage.app.calls.start_tool_call import start_tool_call
from zusage.app.errors import LeaseLost, LedgerBusy, LedgerRefused, StillRunning
from zusage.inbound.voice.rendering import replayed
from zusage.inbound.voice.talk import Talk
from zusage.inbound.voice.toolcall import ToolCall, ToolResult
from zusage.inbound.voice.tools import TOOLS
from zusage.language.german import Speech

log = structlog.get_logger()

_TRIES = 3
_SPEECH = Speech()


@dataclass(frozen=True, slots=True)
class Desk:
    """Runs tool calls exactly once and answers always. All doors are given by the wiring."""

    journal: Journal
    masters: Masters
    open_unit: OpenUnit
    new_token: Callable[[], str]
    sleep: Callable[[float], Awaitable[None]]
    confirm: ConfirmInline | None = None
    looks: Looks | None = None

    async def answer(self, call: ToolCall) -> Mapping[str, Any]:
        """Answer one tool call: `{status, say, data}`. Repeating it gives the stored answer; nothing raises.

        A busy ledger is tried again; what fails for good is an apology without any times (incident 11)."""
        key = key_of(call)
        for _ in range(_TRIES):
            try:
                return await self._attempt(key, call)
            except LeaseLost:
                log.info("tool_call_taken_over", tool=call.tool)
            except (LedgerBusy, LedgerRefused) as error:
                log.info("ledger_busy", tool=call.tool, reason=str(error))
            except StillRunning:
                log.warning("tool_call_still_running", tool=call.tool, call=call.ref.external_id)
                break
            except Exception:
                log.exception("tool_call_failed", tool=call.tool, call=call.ref.external_id)
                return ToolResult("error", _SPEECH.error()).stored().body
        return ToolResult("busy", _SPEECH.busy()).stored().body

    async def _attempt(self, key: ToolCallKey, call: ToolCall) -> Mapping[str, Any]:
        run = await start_tool_call(key, journal=self.journal, sleep=self.sleep)
        if run.answer is not None:
            return replayed(run.answer, now=run.now)
        try:
            return (await self._run(run, call)).body
        except BaseException:
            await self.journal.abandon(run)
            raise

    async def _run(self, run: Begun, call: ToolCall) -> Answer:
        tool = TOOLS.get(call.tool or "")
        if tool is None:
            log.warning("unknown_tool", named=call.named[:80])
            return await self._finished(run, ToolResult("unknown_tool", _SPEECH.not_understood()))
        book = await self.masters.book(call.ref.company_id, call.ref.branch_id, run.catalogue_version)
        look = self.looks.of(book) if self.looks is not None else None
        talk = Talk(call, run, book, self.open_unit, self.new_token, self.confirm, look)
        return await self._finished(run, await tool(talk))

    async def _finished(self, run: Begun, answer: Answer | ToolResult) -> Answer:
        """Use cases store their answers together with their effects; an answer without an effect is stored here."""
        if isinstance(answer, Answer):
            return answer
        stored = answer.stored()
        await self.journal.finish(run, stored, answer.misheard)
        return stored


def key_of(call: ToolCall) -> ToolCallKey:
    """The identity of a tool call (D7): the platform's id, else a hash of name and arguments."""
    args = call.args.given()
    named = call.tool or call.named[:80] or "?"
    said = json.dumps([named, args], sort_keys=True, ensure_ascii=False)
    return ToolCallKey(
        call=call.ref,
        tool=named,
        args=args,
        dedupe=call.tool_call_id or hashlib.sha256(said.encode()).hexdigest(),
        by_hash=call.tool_call_id is None,
    )
