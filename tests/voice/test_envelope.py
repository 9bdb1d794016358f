from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zusage.inbound.voice.arguments import clean_args
from zusage.inbound.voice.retell.envelope import (
    CallEvent,
    CallFacts,
    Envelope,
    EnvelopeError,
    parse_envelope,
    parse_webhook,
)
from zusage.inbound.voice.tool_names import resolve_tool

CALL: dict[str, Any] = {
    "call_id": "call_7f0c",
    "call_type": "phone_call",
    "direction": "inbound",
    "from_number": "+4915112345678",
    "to_number": "+493012345678",
    "agent_id": "agent_ab12",
    "agent_version": 7,
    "start_timestamp": 1_795_187_000_000,
}
FACTS = CallFacts(
    call_id="call_7f0c",
    from_number="+4915112345678",
    to_number="+493012345678",
    agent_id="agent_ab12",
    agent_version="7",
    disconnection_reason=None,
)
NOTHING = CallFacts(None, None, None, None, None, None)
ARGS = {"service": "Färben", "when": "morgen um zehn"}


def read(body: object, path_tool: str | None = None) -> Envelope:
    return parse_envelope(json.dumps(body).encode(), path_tool=path_tool)


def invocation(key: str, args: object = ARGS, name: str = "check_availability") -> dict[str, object]:
    return {
        "role": "tool_call_invocation",
        "tool_call_id": key,
        "name": name,
        "arguments": json.dumps(args),
    }


def result(key: str) -> dict[str, object]:
    return {"role": "tool_call_result", "tool_call_id": key, "content": "{}"}


def id_after(*items: object, args: object = ARGS, name: str = "check_availability") -> str | None:
    said = {"role": "user", "content": "Hallo"}
    call = {**CALL, "transcript_with_tool_calls": [said, *items]}
    return read({"name": name, "args": args, "call": call}).tool_call_id


@pytest.mark.parametrize(
    ("body", "path_tool"),
    [
        ({"name": "check_availability", "args": ARGS}, None),
        ({"function_name": "check_availability", "arguments": ARGS}, None),
        ({"name": "check_availability", "arguments": json.dumps(ARGS)}, None),
        ({"name": "check_availability", "parameters": ARGS}, None),
        ({"name": "check_availability", "args": {}, "arguments": ARGS}, None),
        ({"name": "check_availability", **ARGS}, None),
        (ARGS, "check_availability"),
        ({"name": "", "args": ARGS}, "check_availability"),
        ({"name": None, "args": ARGS}, "check_availability"),
        ({"args": ARGS}, "check_availability"),
    ],
)
def test_every_shape_of_envelope(body: dict[str, object], path_tool: str | None) -> None:
    assert read({**body, "call": CALL}, path_tool) == Envelope("check_availability", ARGS, None, FACTS)


def test_the_signed_name_wins_over_the_unsigned_path() -> None:
    assert read({"name": "check_availability", "args": {}}, "book-appointment").tool == "check_availability"


def test_with_arguments_at_the_root_of_a_tools_own_route_name_is_the_customers() -> None:
    envelope = read({"name": "Anna Müller", "datum": "morgen", "call": CALL}, "book-appointment")
    assert envelope.tool == "book-appointment"
    assert envelope.args == {"name": "Anna Müller", "datum": "morgen"}


def test_a_name_that_no_tool_has_is_kept_for_the_trace() -> None:
    assert read({"name": "cancel_everything", "args": {}}).tool == "cancel_everything"
    assert read({}).tool == ""


@pytest.mark.parametrize(
    "body", [{"bestaetigung": True, "args": ARGS}, {"args": {**ARGS, "bestaetigung": True}}]
)
def test_incident_66_the_confirmation_counts_at_either_level(body: dict[str, object]) -> None:
    envelope = read({"name": "collect_appointment_data", **body, "call": CALL})
    assert resolve_tool(envelope.tool, clean_args(envelope.args)) == "book_appointment"


@pytest.mark.parametrize(
    "call", [None, [], "call_1", 7, {}, {"call_id": [], "from_number": ["+49"], "agent_version": None}]
)
def test_a_missing_or_odd_call_gives_nothing(call: object) -> None:
    assert read({"name": "check_availability", "args": ARGS, "call": call}).call == NOTHING


def test_a_call_id_that_is_no_text_still_tells_calls_apart() -> None:
    ids = [read({"call": {"call_id": call_id}}).call.call_id for call_id in (7, 8, ["a"], {"id": 1}, 10**20)]
    assert None not in ids
    assert len(set(ids)) == len(ids)
    assert ids[0] == read({"call": {"call_id": 7}}).call.call_id


def test_incident_65_the_call_id_is_the_envelopes_never_the_arguments() -> None:
    args = {"call_id": "call_1", "call": {"call_id": "call_001"}}
    assert read({"name": "check_availability", "args": args, "call": CALL}).call.call_id == "call_7f0c"
    assert read({"name": "check_availability", "args": args, "call_id": "12345"}).call.call_id is None


@pytest.mark.parametrize("odd", ["x" * 201, "x" * 100_000, "a\x00b", "a\ud800b"])
def test_an_id_that_no_column_takes_becomes_its_hash(odd: str) -> None:
    first = read({"call": {"call_id": odd}}).call.call_id
    other = read({"call": {"call_id": odd + "y"}}).call.call_id
    assert first is not None
    assert first.startswith("sha256:")
    assert len(first) == 71
    assert first != other


def test_an_anonymous_number_is_handed_on_as_sent() -> None:
    assert read({"call": {**CALL, "from_number": "anonymous"}}).call.from_number == "anonymous"
    assert read({"call": {**CALL, "from_number": ""}}).call.from_number is None


def test_the_pending_invocation_names_the_request() -> None:
    assert id_after(invocation("t1"), result("t1"), invocation("t2")) == "t2"
    assert id_after(invocation("t2"), invocation("t9", {}, "initialize_call")) == "t2"
    assert id_after(invocation("t1"), name="check_availability_v17") == "t1"


def test_an_answered_invocation_is_not_this_request() -> None:
    assert id_after(invocation("t1"), result("t1")) is None
    assert id_after() is None
    assert id_after("x", None, {"role": "tool_call_invocation"}, invocation("t1", name="end_call")) is None


def test_parallel_invocations_are_told_apart_by_what_they_say() -> None:
    earlier, later = invocation("t1", {"when": "14 Uhr"}), invocation("t2", {"when": "16 Uhr"})
    assert id_after(earlier, later, args={"when": "14 Uhr"}) == "t1"
    assert id_after(earlier, later, args={"when": "16 Uhr"}) == "t2"
    assert id_after(earlier, later, args={"when": "17 Uhr"}) is None
    assert id_after(invocation("t1"), invocation("t2")) is None


def test_what_the_platform_adds_to_the_arguments_decides_nothing() -> None:
    sent = {**ARGS, "hold": "h_1", "execution_message": "Moment"}
    assert id_after(invocation("t1", {**ARGS, "execution_message": "Sekunde"}), args=sent) == "t1"


def test_an_explicit_tool_call_id_needs_no_transcript() -> None:
    assert read({"name": "check_availability", "tool_call_id": "t5", "call": CALL}).tool_call_id == "t5"
    assert read({"name": "check_availability", "call": {**CALL, "tool_call_id": "t6"}}).tool_call_id == "t6"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"name=check_availability", "not_json"),
        (b"[]", "not_object"),
        (b"null", "not_object"),
        (b'"{}"', "not_object"),
        (b"1" * 5_000, "not_object"),
        (b"[" * 200_000, "too_deep"),
        (b'{"a":' * 200_000, "too_deep"),
    ],
)
def test_what_is_no_envelope_says_so_by_code(body: bytes, code: str) -> None:
    with pytest.raises(EnvelopeError) as refused:
        parse_envelope(body, path_tool=None)
    assert refused.value.code == code


def test_invalid_utf8_a_byte_order_mark_and_doubled_keys_are_read_as_well_as_possible() -> None:
    assert parse_envelope(b'\xef\xbb\xbf{"name":"a","name":"b","x":"\xff"}', path_tool=None).tool == "b"


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            [
                "name", "function_name", "args", "arguments", "parameters", "call", "call_id", "tool_call_id", "role",
                "transcript_with_tool_calls", "start_timestamp", "agent_version", "event", "call_inbound",
            ]
        )
        | st.text(max_size=8),
        inner | st.just("tool_call_invocation") | st.just("check_availability"),
        max_size=6,
    ),
    max_leaves=25,
)  # fmt: skip


@given(st.binary(max_size=60) | VALUES.map(lambda v: json.dumps(v).encode()), st.sampled_from([None, "book"]))
def test_no_body_raises_anything_else(body: bytes, path_tool: str | None) -> None:
    try:
        envelope = parse_envelope(body, path_tool=path_tool)
    except EnvelopeError:
        return
    clean_args(envelope.args)
    for text in (envelope.call.call_id, envelope.tool_call_id, envelope.call.from_number):
        assert text is None or (text.isprintable() and len(text) <= 200)


@given(st.binary(max_size=60) | VALUES.map(lambda v: json.dumps(v).encode()))
def test_no_webhook_raises_anything_else(body: bytes) -> None:
    try:
        event = parse_webhook(body)
    except EnvelopeError:
        return
    assert isinstance(event, CallEvent)


@pytest.mark.parametrize("event", ["call_started", "call_ended", "call_analyzed", "transfer_started"])
def test_webhooks_say_what_happened_to_which_call(event: str) -> None:
    call = {**CALL, "end_timestamp": 1_795_187_060_500, "disconnection_reason": "user_hangup"}
    read_event = parse_webhook(json.dumps({"event": event, "call": call}).encode())
    assert read_event.event == event
    assert read_event.call.call_id == "call_7f0c"
    assert read_event.call.disconnection_reason == "user_hangup"


def test_the_inbound_webhook_has_its_own_place_for_the_call() -> None:
    assert parse_webhook(json.dumps({"event": "call_inbound", "call_inbound": CALL}).encode()).call == FACTS


def test_a_webhook_without_event_or_call_is_empty() -> None:
    assert parse_webhook(b"{}") == CallEvent("", NOTHING)
