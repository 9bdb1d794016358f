"""A caller at several servers, some of which are dead or die in the middle: real sockets, prepared answers."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2
import pytest

from zusage.sandbox.chaos import CallerWish, HungUp, PartyLine, place_call
from zusage.sandbox.player import Target

WISH = CallerWish(
    "Erika Sommer", "+491713920100", "Damenschnitt", "next open day", "16:00", "", "books", 0, 0
)
HELD = {"status": "held", "data": {"hold": {"token": "t-1"}}}
OFFERS = {"status": "not_free", "data": {"offers": [{"token": "o-1"}, {"token": "o-2"}]}}
BOOKED = {"status": "booked", "data": {"appointment": {"id": "a-1"}}}
Answer = dict[str, Any] | int | None
"""What a server does: answers, answers with that code, or breaks the connection."""


class Script:
    """Answers function calls one after the other, whichever server they reach, and keeps them."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.calls: list[dict[str, Any]] = []
        self.events: list[str] = []
        self.lock = threading.Lock()

    def take(self, path: str, body: dict[str, Any]) -> Answer:
        with self.lock:
            if path.endswith("webhook"):
                self.events.append(body["event"])
                return {}
            self.calls.append(body)
            return self.answers.pop(0)


@contextmanager
def server(script: Script) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            answer = script.take(self.path, body)
            if answer is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            content = b"{}" if isinstance(answer, int) else json.dumps(answer).encode()
            self.send_response(answer if isinstance(answer, int) else 200)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{httpd.server_address[1]}"
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()


def dead() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with httpx2.Client(timeout=5, trust_env=False) as made:
        yield made


def line(client: httpx2.Client, *urls: str, sleep: Callable[[float], None] = lambda _s: None) -> PartyLine:
    return PartyLine([Target(url, "key", "+4930123", "agent") for url in urls], client, sleep)


def test_a_caller_books_what_is_held_and_says_so(client: httpx2.Client) -> None:
    script = Script(HELD, BOOKED)
    with server(script) as url:
        ended = place_call(WISH, line(client, url), 0)
    assert (ended.outcome, ended.requests, ended.repeats) == ("booked", 2, 0)
    assert ended.heard is not None
    assert (ended.heard.said, ended.heard.appointment_id) == ("booked", "a-1")
    assert ended.heard.call == script.calls[0]["call"]["call_id"]
    assert script.calls[1]["args"] == {"name": "Erika Sommer", "hold": "t-1"}
    assert script.events == ["call_started", "call_ended"]


def test_what_a_dying_server_does_not_answer_the_next_one_is_asked_again_as_the_same(
    client: httpx2.Client,
) -> None:
    script = Script(HELD, None, 503, BOOKED)
    with server(script) as one, server(script) as other:
        ended = place_call(WISH, line(client, dead(), one, other), 0)
    assert (ended.outcome, ended.requests) == ("booked", 2)
    ids = [_tool_call_id(each) for each in script.calls]
    assert len(set(ids[1:])) == 1, "the platform's id of the call is the same, so that nothing is done twice"
    assert ids[0] != ids[1]


def test_what_failed_is_asked_anew_and_an_offer_is_taken(client: httpx2.Client) -> None:
    script = Script(OFFERS, {"status": "error", "data": {}}, {"status": "conflict", "data": {}})
    with server(script) as url:
        ended = place_call(WISH, line(client, url), 0)
    assert [each["args"].get("offer") for each in script.calls] == [None, "o-1", "o-1"]
    assert _tool_call_id(script.calls[1]) != _tool_call_id(script.calls[2])
    assert (ended.outcome, ended.heard and ended.heard.said) == ("refused", "refused")


def test_who_never_gets_an_answer_has_heard_nothing(client: httpx2.Client) -> None:
    ended = place_call(WISH, line(client, dead(), dead()), 0)
    assert (ended.outcome, ended.heard) == ("no answer", None)


def test_who_hangs_up_books_nothing_and_the_end_of_the_rehearsal_ends_a_call(client: httpx2.Client) -> None:
    hanging_up = CallerWish("Hans", None, "Damenschnitt", "next open day", "16:00", "", "hangs_up", 0, 0)
    script = Script(HELD)
    with server(script) as url:
        ended = place_call(hanging_up, line(client, url), 0)
    assert (ended.outcome, len(script.calls)) == ("hung up", 1)

    def over(_seconds: float) -> None:
        raise HungUp

    with pytest.raises(HungUp):
        place_call(WISH, line(client, dead(), sleep=over), 0)


def _tool_call_id(body: dict[str, Any]) -> str:
    timeline = body["call"]["transcript_with_tool_calls"]
    invoked = [each for each in timeline if each["role"] == "tool_call_invocation"]
    return str(invoked[-1]["tool_call_id"])
