"""One side of a phone call as the voice platform reports it: what was said, which tools were called."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ToolRequest:
    """A tool call ready to be sent, and to be sent again exactly so."""

    tool: str
    args: Mapping[str, Any]
    tool_call_id: str
    body: bytes


class PhoneCall:
    """Builds the request bodies of one call in the shape Retell sends; `started_ms` is its start since 1970."""

    def __init__(
        self, *, call_id: str, from_number: str | None, to_number: str, agent_id: str, started_ms: int
    ) -> None:
        self.call_id = call_id
        self.last_request: ToolRequest | None = None
        self._from = from_number or "anonymous"
        self._to = to_number
        self._agent_id = agent_id
        self._started_ms = started_ms
        self._status = "ongoing"
        self._utterances: list[dict[str, Any]] = []
        self._timeline: list[dict[str, Any]] = []

    def says(self, role: str, text: str) -> None:
        """Add a sentence; `role` is "user" or "agent"."""
        utterance = {"role": role, "content": text, "words": []}
        self._utterances.append(utterance)
        self._timeline.append(utterance)

    def request(self, tool: str, args: dict[str, Any], tool_call_id: str) -> ToolRequest:
        """Build a tool call; its invocation stands last in the timeline, as the platform sends it."""
        self._timeline.append(
            {
                "role": "tool_call_invocation",
                "tool_call_id": tool_call_id,
                "name": tool,
                "type": "custom",
                "arguments": json.dumps(args, ensure_ascii=False),
            }
        )
        body = {"name": tool, "args": args, "call": self._call()}
        self.last_request = ToolRequest(tool, args, tool_call_id, _bytes(body))
        return self.last_request

    def answered(self, request: ToolRequest, content: str) -> None:
        result = {"role": "tool_call_result", "tool_call_id": request.tool_call_id, "content": content}
        self._timeline.append(result)

    def event(self, name: str, now_ms: int) -> bytes:
        """Build a webhook body; an end closes the call for what follows."""
        if name != "call_started":
            self._status = "ended"
        call = self._call()
        if self._status == "ended":
            call |= {"end_timestamp": now_ms, "disconnection_reason": "user_hangup"}
        return _bytes({"event": name, "call": call})

    def _call(self) -> dict[str, Any]:
        speakers = {"agent": "Agent", "user": "User"}
        lines = [f"{speakers[each['role']]}: {each['content']}" for each in self._utterances]
        return {
            "call_id": self.call_id,
            "call_type": "phone_call",
            "call_status": self._status,
            "direction": "inbound",
            "from_number": self._from,
            "to_number": self._to,
            "agent_id": self._agent_id,
            "agent_version": 1,
            "start_timestamp": self._started_ms,
            "metadata": {},
            "retell_llm_dynamic_variables": {},
            "transcript": "\n".join(lines),
            "transcript_object": list(self._utterances),
            "transcript_with_tool_calls": list(self._timeline),
        }


def _bytes(body: dict[str, Any]) -> bytes:
    """Write UTF-8; half a surrogate pair stays an escape, as the platform's own JSON has it."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
