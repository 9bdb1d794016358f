"""`zusage serve`: where it listens, when it refuses, how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from cli_process import Ended, Zusage, get, own_servers, wait_until_ready

from support.database import Databases, DatabaseUrls
from zusage.adapters.embedded import EmbeddedError
from zusage.adapters.postgres.migrate import head
from zusage.boot.servers import Servers
from zusage.boot.serving import AddressError, base_url, bind, find_serving, kept_alive, noted

Run = Callable[[str, Mapping[str, str]], Ended]


def test_serves_on_a_free_port_and_ends_politely(own: Zusage) -> None:
    with own.running("serve", "--port", "0") as serving:
        assert get(f"{serving.url}/health/live").json()["status"] == "live"
        assert wait_until_ready(serving.url)["database"] == "up"
        assert serving.stop(signal.SIGTERM) == 0, serving.said
    assert "Traceback" not in serving.said


def test_several_processes_answer_behind_one_socket(own: Zusage) -> None:
    with own.running("serve", "--port", "0", "--workers", "2") as serving:
        wait_until_ready(serving.url)
        assert {get(f"{serving.url}/health/ready").status_code for _ in range(6)} == {200}
        assert serving.stop(signal.SIGTERM) == 0, serving.said
    assert "Traceback" not in serving.said


def test_refuses_to_serve_on_an_old_schema(tmp_path: Path, databases: Databases, quick: Run) -> None:
    empty = databases.empty()
    settings = own_servers(empty)
    try:
        refused = Zusage(tmp_path, settings).run("serve", "--port", "0")
        assert (refused.code, "Traceback" in refused.err) == (2, False)
        assert "zusage db upgrade" in refused.err
        assert quick("db status", settings).code == 1
        assert quick("db upgrade", settings).out == f"The schema was brought from nothing to {head()}\n"
        assert quick("db upgrade", settings).out == f"The schema is up to date: {head()}\n"
        assert quick("db status", settings).out == f"up to date: {head()}\n"
    finally:
        databases.drop(empty)


def test_a_named_port_that_is_taken_is_refused_in_a_sentence(quick: Run, database: DatabaseUrls) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        refused = quick(f"serve --port {port}", own_servers(database))
    assert refused.code == 2
    assert f"Port {port} on 127.0.0.1 is taken" in refused.err


def test_an_unnamed_port_that_is_taken_is_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with bind("127.0.0.1", port, search=True) as bound:
            assert port < bound.getsockname()[1] <= port + 50
        with pytest.raises(AddressError, match="is taken"):
            bind("127.0.0.1", port, search=False)


def test_an_address_that_is_not_ours_is_named() -> None:
    with pytest.raises(AddressError, match=r"Cannot listen on 192\.0\.2\.1"):
        bind("192.0.2.1", 0, search=True)


def test_all_addresses_are_told_as_one_that_can_be_opened() -> None:
    with bind("0.0.0.0", 0, search=False) as bound:
        assert base_url(bound) == f"http://127.0.0.1:{bound.getsockname()[1]}"


def test_a_note_is_believed_only_while_its_process_lives(tmp_path: Path) -> None:
    (tmp_path / "serving-2147483647.json").write_text('{"pid": 2147483647, "base_url": "http://127.0.0.1:2"}')
    (tmp_path / "serving-1.json").write_text("half a no")
    (tmp_path / "serving-2.json").write_text("[]")
    assert find_serving(tmp_path) is None
    with noted(tmp_path, "http://127.0.0.1:1"):
        assert find_serving(tmp_path) == "http://127.0.0.1:1"
        assert len(list(tmp_path.iterdir())) == 1, "notes of the dead are cleared away"
    assert find_serving(tmp_path) is None


def test_of_two_that_serve_the_later_is_found_and_the_survivor_stays_known(tmp_path: Path) -> None:
    earlier = tmp_path / f"serving-{os.getppid()}.json"
    earlier.write_text(json.dumps({"pid": os.getppid(), "base_url": "http://127.0.0.1:1"}))
    os.utime(earlier, (1_000, 1_000))
    with noted(tmp_path, "http://127.0.0.1:2"):
        assert find_serving(tmp_path) == "http://127.0.0.1:2"
    assert find_serving(tmp_path) == "http://127.0.0.1:1"


def test_own_servers_without_keys_are_refused(quick: Run, database: DatabaseUrls) -> None:
    settings = own_servers(database)
    del settings["ZUSAGE_SECRET_KEYS"]
    refused = quick("serve --port 0", settings)
    assert refused.code == 2
    assert "zusage secrets new-key" in refused.err


def test_servers_that_cannot_be_revived_are_tried_again() -> None:
    answers: list[EmbeddedError | bool] = [EmbeddedError("No.", mend="Mend it."), True]
    revived = threading.Event()

    def revive() -> bool:
        answer = answers.pop(0) if answers else False
        if isinstance(answer, EmbeddedError):
            raise answer
        if not answers:
            revived.set()
        return answer

    with kept_alive(Servers("", None, None, None, revive), every=0.01):
        assert revived.wait(10)
    with kept_alive(Servers("", None, None, None)):
        assert not [t for t in threading.enumerate() if t.name == "keeper"], "others' servers are left alone"
