"""The player against a small real HTTP server that checks signatures and gives canned answers."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from typing import Any

import httpx2
import pytest
from rich.console import Console

from zusage.core.signing import verify_retell
from zusage.sandbox.demo import load_demo_companies
from zusage.sandbox.player import (
    Answered,
    PlayEvent,
    PlayResult,
    ScenarioError,
    Target,
    TargetUnreachableError,
    TranscriptPrinter,
    Waited,
    World,
    parse_scenario,
    play,
    target_for,
)

KEY = "key_demo_friseur_eins"
NOW = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
HELD = {"success": True, "status": "held", "say": "Ist frei.", "data": {"hold": {"token": "tok_1"}, "n": 2}}
BOOKED = {"success": True, "status": "booked", "say": "Eingetragen.", "data": {"appointment": {"id": "a1"}}}


@dataclass
class Request:
    path: str
    raw: bytes
    signature: str | None

    @property
    def body(self) -> dict[str, Any]:
        body = json.loads(self.raw)
        assert isinstance(body, dict)
        return body

    @property
    def call(self) -> dict[str, Any]:
        call = self.body["call"]
        assert isinstance(call, dict)
        return call


@dataclass
class Salon:
    """A server whose answers are a list; a text is sent as it is, a number as a bare HTTP status."""

    answers: list[Any] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    delay: float = 0.0
    port: int = 0

    def answer(self, request: Request) -> tuple[int, bytes]:
        self.requests.append(request)
        if request.path == "/api/retell/webhook":
            return 204, b""
        time.sleep(self.delay)
        answer = self.answers.pop(0)
        if isinstance(answer, int):
            return answer, b"{}"
        return 200, answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()

    @property
    def target(self) -> Target:
        return Target(f"http://127.0.0.1:{self.port}", KEY, "+493023125100", "agent_demo_mitte")


def handler_of(salon: Salon) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            status, content = salon.answer(Request(self.path, raw, self.headers["X-Retell-Signature"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            """Keep quiet."""

    return Handler


@pytest.fixture
def salon() -> Iterator[Salon]:
    salon = Salon()
    with HTTPServer(("127.0.0.1", 0), handler_of(salon)) as server:
        salon.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield salon
        server.shutdown()
        thread.join()


def world(sleeps: list[float] | None = None) -> World:
    ids = (f"{number:032x}" for number in range(1, 100))
    ticks = iter(range(1000))
    return World(
        clock=lambda: NOW,
        timer=lambda: next(ticks) / 1000,
        sleep=(sleeps if sleeps is not None else []).append,
        new_id=lambda: next(ids),
        pick=lambda count: count - 1,
    )


def run(
    salon: Salon,
    steps: str,
    *,
    head: str = "",
    on_event: Callable[[PlayEvent], None] = lambda _: None,
    **changes: Any,
) -> PlayResult:
    scenario = parse_scenario(f"name: test\ndescription: A test\n{head}steps:\n{steps}", source="test.yaml")
    with httpx2.Client(timeout=2, trust_env=False) as client:
        target = replace(salon.target, **changes)
        return play(scenario, target, client=client, on_event=on_event, world=world())


ASK = "  - caller: Guten Tag\n    tool: check_availability\n    args: { service: Damenschnitt }\n"


def test_a_request_has_the_shape_and_signature_of_the_platform(salon: Salon) -> None:
    salon.answers = [HELD]
    assert run(salon, ASK).ok
    (request,) = salon.requests
    assert request.path == "/api/retell/function-call"
    now_ms = int(NOW.timestamp() * 1000)
    assert verify_retell(request.raw, request.signature, [KEY], now_ms, 0)
    assert not verify_retell(request.raw, request.signature, ["key_other_company"], now_ms)
    assert list(request.body) == ["name", "args", "call"]
    assert request.body["name"] == "check_availability"
    assert request.body["args"] == {"service": "Damenschnitt"}
    assert request.call["from_number"] == "+491713920010"
    assert request.call["to_number"] == "+493023125100"
    assert request.call["agent_id"] == "agent_demo_mitte"
    assert request.call["call_status"] == "ongoing"
    assert request.call["start_timestamp"] == now_ms
    assert request.call["transcript"] == "User: Guten Tag"
    assert request.call["transcript_with_tool_calls"][-1] == {
        "role": "tool_call_invocation",
        "tool_call_id": "tool_call_0000000000000000",
        "name": "check_availability",
        "type": "custom",
        "arguments": '{"service": "Damenschnitt"}',
    }


def test_what_was_said_and_answered_is_in_the_next_request(salon: Salon) -> None:
    salon.answers = [HELD, BOOKED]
    assert run(salon, ASK + "  - caller: Ja\n    tool: book_appointment\n").ok
    call = salon.requests[1].call
    assert call["transcript"] == "User: Guten Tag\nAgent: Ist frei.\nUser: Ja"
    roles = [item["role"] for item in call["transcript_with_tool_calls"]]
    assert roles == [
        "user",
        "tool_call_invocation",
        "tool_call_result",
        "agent",
        "user",
        "tool_call_invocation",
    ]
    assert call["call_id"] == salon.requests[0].call["call_id"]


def test_saved_values_and_days_are_filled_in(salon: Salon) -> None:
    salon.answers = [HELD, BOOKED]
    steps = (
        "  - tool: a\n    args: { date: '{{date:tomorrow}}', also: ['{{ date:next  Tuesday | spoken }}'] }\n"
        "    save: { hold: data.hold.token, n: data.n }\n"
        "  - tool: b\n    args: { hold: '{{hold}}', text: 'Nr. {{n}}' }\n"
    )
    assert run(salon, steps).ok
    # In Berlin it is past midnight already.
    assert salon.requests[0].body["args"] == {"date": "2026-11-23", "also": ["Dienstag, den 24. November"]}
    assert salon.requests[1].body["args"] == {"hold": "tok_1", "text": "Nr. 2"}


def test_any_open_day_stays_the_same_day_through_one_play(salon: Salon) -> None:
    picks = iter([3, 90])
    salon.answers = [HELD, HELD]
    steps = "  - tool: a\n    args: { date: '{{date:any open day}}' }\n" * 2
    scenario = parse_scenario(f"name: test\nsteps:\n{steps}", source="test.yaml")
    with httpx2.Client(trust_env=False) as client:
        surroundings = replace(world(), pick=lambda _: next(picks))
        play(scenario, salon.target, client=client, on_event=lambda _: None, world=surroundings)
    first, second = (request.body["args"]["date"] for request in salon.requests)
    assert first == second


def test_texts_travel_as_the_platform_sends_them(salon: Salon) -> None:
    salon.answers = [HELD]
    steps = '  - tool: a\n    args: { 1: "Müller", zero: "a\\0b", half: "\\ud800" }\n    expect: { data.hold.length: 1 }\n'
    assert run(salon, steps).ok
    (request,) = salon.requests
    assert '"Müller"'.encode() in request.raw
    assert request.body["args"] == {"1": "Müller", "zero": "a\x00b", "half": "\ud800"}


def test_a_repeat_sends_the_very_same_bytes(salon: Salon) -> None:
    salon.answers = [HELD, HELD]
    assert run(salon, ASK + "  - repeat: true\n    expect: { status: held }\n").ok
    first, second = salon.requests
    assert first.raw == second.raw


def test_another_caller_is_another_call(salon: Salon) -> None:
    salon.answers = [HELD, HELD]
    steps = ASK + "  - as: rival\n    tool: check_availability\n"
    assert run(salon, steps, head="caller: anonymous\nothers: { rival: '+491713920015' }\n").ok
    first, second = (request.call for request in salon.requests)
    assert first["call_id"] != second["call_id"]
    assert (first["from_number"], second["from_number"]) == ("anonymous", "+491713920015")
    assert second["transcript"] == ""


def test_events_go_to_the_webhook_and_an_end_stays_known(salon: Salon) -> None:
    salon.answers = [BOOKED]
    assert run(salon, "  - event: call_started\n  - event: call_ended\n  - tool: book_appointment\n").ok
    started, ended, book = salon.requests
    assert {started.path, ended.path} == {"/api/retell/webhook"}
    assert (started.body["event"], ended.body["event"]) == ("call_started", "call_ended")
    assert (started.call["call_status"], ended.call["call_status"]) == ("ongoing", "ended")
    assert "end_timestamp" in ended.call
    assert book.call["call_status"] == "ended"
    assert verify_retell(ended.raw, ended.signature, [KEY], int(NOW.timestamp() * 1000))


def test_waiting_is_done_by_the_given_sleep(salon: Salon) -> None:
    sleeps: list[float] = []
    events: list[PlayEvent] = []
    scenario = parse_scenario("name: test\nsteps: [{ wait: 2.5, caller: So }]", source="test.yaml")
    with httpx2.Client(trust_env=False) as client:
        play(scenario, salon.target, client=client, on_event=events.append, world=world(sleeps))
    assert sleeps == [2.5]
    assert Waited(2.5) in events


def test_a_broken_expectation_is_recorded_and_the_play_goes_on(salon: Salon) -> None:
    salon.answers = [HELD, BOOKED]
    result = run(salon, ASK + "    expect: { status: booked, data.n: 3 }\n  - tool: book_appointment\n")
    assert not result.ok
    assert [(each.line, each.path, each.expected, each.actual) for each in result.broken] == [
        (4, "status", "equals 'booked'", "'held'"),
        (4, "data.n", "equals 3", "2"),
    ]
    assert [answer.answer["status"] for answer in result.answers] == ["held", "booked"]


def test_a_value_that_is_not_there_cannot_be_saved_and_stays_a_field(salon: Salon) -> None:
    salon.answers = [BOOKED, BOOKED]
    result = run(
        salon, ASK + "    save: { hold: data.hold.token }\n  - tool: b\n    args: { hold: '{{hold}}' }\n"
    )
    (broken,) = result.broken
    assert (broken.path, broken.expected) == ("data.hold.token", "present, to save it as hold")
    assert salon.requests[1].body["args"] == {"hold": "{{hold}}"}


@pytest.mark.parametrize("answer", [500, 401, 429])
def test_any_answer_but_200_is_broken_unless_expected(salon: Salon, answer: int) -> None:
    salon.answers = [answer, answer]
    (broken,) = run(salon, ASK).broken
    assert (broken.path, broken.actual) == ("http", str(answer))
    assert run(salon, ASK + f"    expect: {{ http: {answer} }}\n").ok


@pytest.mark.parametrize("answer", ["<html>", "[]", '"held"', ""])
def test_what_is_no_json_object_has_no_status(salon: Salon, answer: str) -> None:
    salon.answers = [answer]
    (broken,) = run(salon, ASK + "    expect: { status: held }\n").broken
    assert (broken.path, broken.actual) == ("status", "nothing")


def test_an_answer_may_be_timed(salon: Salon) -> None:
    salon.answers = [HELD]
    result = run(salon, ASK + "    expect: { ms: { max: 0.5 } }\n")
    assert [broken.path for broken in result.broken] == ["ms"]
    assert result.answers[0].ms == pytest.approx(1.0)


def test_an_answer_that_comes_too_late_is_broken(salon: Salon) -> None:
    salon.answers, salon.delay = [HELD], 0.4
    scenario = parse_scenario(f"name: test\nsteps:\n{ASK}", source="test.yaml")
    with httpx2.Client(timeout=0.1, trust_env=False) as client:
        result = play(scenario, salon.target, client=client, on_event=lambda _: None, world=world())
    assert [broken.path for broken in result.broken] == ["http"]
    assert result.answers[0].http == 0


def test_nobody_at_home_is_said_in_a_sentence() -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        port = server.server_port
    with pytest.raises(
        TargetUnreachableError, match=rf"Nothing answers at http://127.0.0.1:{port}: is it running"
    ):
        run(Salon(port=port), ASK)


@pytest.mark.parametrize("base_url", ["localhost:8000", "ftp://localhost", "http://"])
def test_an_address_that_is_none_is_said_too(salon: Salon, base_url: str) -> None:
    with pytest.raises(TargetUnreachableError, match="Nothing answers at"):
        run(salon, ASK, base_url=base_url)


def test_the_transcript_reads_as_a_call(salon: Salon) -> None:
    salon.answers = [HELD, {"status": "not_free", "say": "Leider nicht [frei]."}, HELD]
    out = StringIO()
    printer = TranscriptPrinter(Console(file=out, width=140, color_system=None))
    steps = (
        "  - event: call_started\n"
        + ASK
        + "  - as: rival\n    wait: 1\n    agent: Salon, guten Tag\n    caller: Hallo\n"
        "    tool: check_availability\n    args: { name: " + "x" * 80 + " }\n    expect: { status: held }\n"
        "  - repeat: true\n"
    )
    run(salon, steps, head="others: { rival: '+491713920015' }\n", on_event=printer)
    assert [line.rstrip() for line in out.getvalue().splitlines()] == [
        "",
        "test  A test",
        "         →  call_started  [HTTP 204, 1 ms]",
        "    caller  „Guten Tag“",
        "         →  check_availability(service='Damenschnitt')",
        "         ←  held  [HTTP 200, 1 ms]",
        "     agent  „Ist frei.“",
        "         …  1 s pass",
        "   → rival  „Salon, guten Tag“",
        "     rival  „Hallo“",
        f"         →  check_availability(name='{'x' * 59}… (82 characters))",
        "         ←  not_free  [HTTP 200, 1 ms]",
        "   → rival  „Leider nicht [frei].“",
        "         ✗  line 9: status: expected equals 'held', got 'not_free'",
        "         →  check_availability(service='Damenschnitt') (the same request again)",
        "         ←  held  [HTTP 200, 1 ms]",
        "     agent  „Ist frei.“",
        "         ✗  1 expectation broken",
    ]


def test_a_long_sentence_goes_on_below_itself(salon: Salon) -> None:
    salon.answers = [{**HELD, "say": "Das ist am Dienstag, dem 24. November, um 14 Uhr frei."}]
    out = StringIO()
    run(salon, ASK, on_event=TranscriptPrinter(Console(file=out, width=40, color_system=None)))
    lines = out.getvalue().splitlines()
    at = next(number for number, line in enumerate(lines) if "Das ist" in line)
    assert lines[at + 1].startswith(" " * 12)
    assert lines[at + 1].strip()


def test_a_play_without_a_flaw_says_so(salon: Salon) -> None:
    salon.answers = [HELD]
    out = StringIO()
    run(salon, ASK, on_event=TranscriptPrinter(Console(file=out, width=100)))
    assert "✓  1 answer, all as expected" in out.getvalue()


def test_real_time_is_used_where_no_world_is_given(salon: Salon) -> None:
    salon.answers = [HELD]
    events: list[PlayEvent] = []
    scenario = parse_scenario(f"name: test\nsteps:\n{ASK}", source="test.yaml")
    with httpx2.Client(trust_env=False) as client:
        assert play(scenario, salon.target, client=client, on_event=events.append).ok
    (request,) = salon.requests
    assert verify_retell(request.raw, request.signature, [KEY], time.time_ns() // 1_000_000, 60_000)
    assert any(isinstance(event, Answered) and event.ms > 0 for event in events)


def test_a_key_may_come_from_the_environment_and_must_come_from_somewhere() -> None:
    company = replace(load_demo_companies()[0], signing_keys=(), signing_key_envs=("SALON_KEY",))
    scenario = parse_scenario("name: test\nsteps: [{ caller: Hallo }]", source="test.yaml")
    target = target_for(scenario, [company], base_url="http://x", environ={"SALON_KEY": "key_secret"})
    assert target.signing_key == "key_secret"
    with pytest.raises(ScenarioError, match="has no signing key here; set SALON_KEY"):
        target_for(scenario, [company], base_url="http://x", environ={})
    bare = replace(company, branches=(replace(company.branches[0], phone_numbers=()),))
    with pytest.raises(ScenarioError, match="needs a phone number and an agent"):
        target_for(scenario, [bare], base_url="http://x", environ={"SALON_KEY": "key_secret"})
