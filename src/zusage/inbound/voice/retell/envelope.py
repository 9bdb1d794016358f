"""Retell's request bodies as values. Only what was signed is read, and nothing a body can hold raises anything but
`EnvelopeError`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from zusage.inbound.voice.arguments import Arguments, decode_args
from zusage.inbound.voice.tool_names import canonical_tool, resolve_tool

_NAMES = ("name", "function_name")
_ARGS = ("args", "arguments", "parameters")
_NOT_ARGS = frozenset({*_NAMES, *_ARGS, "call", "tool_call_id"})
_LONGEST = 200
_MOST_DIGITS = 18


class EnvelopeError(ValueError):
    """A signed body that is no envelope; `code` says why."""

    def __init__(self, code: Literal["not_json", "not_object", "too_deep"]) -> None:
        super().__init__(f"the request body is not a call of a function: {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What the platform says of the call itself; None where it says nothing usable.

    Numbers are as sent ("anonymous" included). An id over 200 characters, or with characters a database refuses, is
    replaced by its hash, so that it stays unique."""

    call_id: str | None
    from_number: str | None
    to_number: str | None
    agent_id: str | None
    agent_version: str | None
    disconnection_reason: str | None


@dataclass(frozen=True, slots=True)
class Envelope:
    """One function call: the tool's name and arguments as the model sent them, and the call as the platform knows it.

    `tool` is "" when neither body nor path names one. `tool_call_id` is None unless it is certain which pending
    invocation of the transcript this request is."""

    tool: str
    args: Mapping[str, object]
    tool_call_id: str | None
    call: CallFacts


@dataclass(frozen=True, slots=True)
class CallEvent:
    """A webhook of the call: `event` is `call_started`, `call_ended`, `call_analyzed`, or any other name, "" if none."""

    event: str
    call: CallFacts


def parse_envelope(body: bytes, *, path_tool: str | None) -> Envelope:
    """Read a function call in any of the shapes agents send.

    The tool comes from `name`, `function_name`, or the path, in this order: the signature does not cover the path.
    Arguments come from `args`, `arguments` or `parameters`, completed by what else stands beside `call`.

    :raises EnvelopeError: the body is not a JSON object."""
    root = _object(body)
    named = _tool_name(root, path_tool)
    args = _args(root)
    if named is None and not _has_args(root):
        args = {**{key: root[key] for key in _NAMES if key in root}, **args}
    tool = named or path_tool or ""
    call = _mapping(root.get("call"))
    return Envelope(
        tool=tool, args=args, tool_call_id=_tool_call_id(root, call, tool, args), call=_facts(call)
    )


def parse_webhook(body: bytes) -> CallEvent:
    """Read a webhook about a call.

    :raises EnvelopeError: the body is not a JSON object."""
    root = _object(body)
    call = _mapping(root.get("call")) or _mapping(root.get("call_inbound"))
    return CallEvent(event=_short(root.get("event")) or "", call=_facts(call))


def _object(body: bytes) -> dict[str, object]:
    text = body.decode("utf-8-sig", errors="replace")
    try:
        root: object = json.loads(text, parse_int=_integer)
    except RecursionError:
        raise EnvelopeError("too_deep") from None
    except ValueError:
        raise EnvelopeError("not_json") from None
    if not isinstance(root, dict):
        raise EnvelopeError("not_object")
    return root


def _integer(digits: str) -> int | float:
    # Python refuses integers of over 4,300 digits with an error of its own.
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


def _tool_name(root: Mapping[str, object], path_tool: str | None) -> str | None:
    sent = next((name for key in _NAMES if isinstance(name := root.get(key), str) and name.strip()), None)
    # With the arguments at the root of a tool's own route, `name` is the customer's.
    if path_tool and not _has_args(root) and not _is_tool(sent):
        return None
    return sent.strip()[:_LONGEST] if sent else None


def _has_args(root: Mapping[str, object]) -> bool:
    return any(key in root for key in _ARGS)


def _is_tool(name: str | None) -> bool:
    return name is not None and resolve_tool(name, Arguments()) is not None


def _args(root: Mapping[str, object]) -> dict[str, object]:
    beside = {key: value for key, value in root.items() if key not in _NOT_ARGS}
    named = next((args for key in _ARGS if (args := decode_args(root.get(key)))), {})
    return {**beside, **named}


def _tool_call_id(
    root: Mapping[str, object], call: Mapping[str, object], tool: str, args: Mapping[str, object]
) -> str | None:
    given = _identifier(root.get("tool_call_id")) or _identifier(call.get("tool_call_id"))
    if given:
        return given
    pending = [item for item in _pending(call) if _same_tool(item.get("name"), tool)]
    fitting = [item for item in pending if _agree(decode_args(item.get("arguments")), args)]
    return _identifier(fitting[0].get("tool_call_id")) if len(fitting) == 1 else None


def _pending(call: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Invocations without a result, latest first."""
    items = call.get("transcript_with_tool_calls")
    answered: set[object] = set()
    for item in reversed(items if isinstance(items, list) else []):
        role, key = _mapping(item).get("role"), _mapping(item).get("tool_call_id")
        if role == "tool_call_result" and isinstance(key, str):
            answered.add(key)
        elif role == "tool_call_invocation" and isinstance(key, str) and key not in answered:
            yield item


def _same_tool(invoked: object, tool: str) -> bool:
    return invoked == tool or (
        canonical_tool(tool) is not None and canonical_tool(invoked) == canonical_tool(tool)
    )


def _agree(invoked: Mapping[str, object], args: Mapping[str, object]) -> bool:
    # Parallel calls of one tool differ in what they say; what the platform adds to one side decides nothing.
    shared = invoked.keys() & args.keys() - {"execution_message"}
    return all(invoked[k] == args[k] for k in shared if isinstance(invoked[k], str | int | float))


def _facts(call: Mapping[str, object]) -> CallFacts:
    version = call.get("agent_version")
    return CallFacts(
        call_id=_identifier(call.get("call_id")),
        from_number=_short(call.get("from_number")),
        to_number=_short(call.get("to_number")),
        agent_id=_identifier(call.get("agent_id")),
        agent_version=str(version) if isinstance(version, int) else _short(version),
        disconnection_reason=_short(call.get("disconnection_reason")),
    )


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _identifier(value: object) -> str | None:
    """A usable id. What is no text (a number, a list) is told apart by its JSON, so that no caller is turned away."""
    if not isinstance(value, str):
        value = json.dumps(value, sort_keys=True) if value else ""
    text = value.strip()
    if not text:
        return None
    if len(text) <= _LONGEST and text.isprintable():
        return text
    return "sha256:" + hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _short(value: object) -> str | None:
    if not isinstance(value, str) or len(value) > _LONGEST or not value.isprintable():
        return None
    return value.strip() or None
