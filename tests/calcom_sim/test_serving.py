"""The server itself: HTTP/2 over TLS by a throw-away authority, plain HTTP/1.1, and as a process of its own."""

from __future__ import annotations

import asyncio
import re
import signal
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from calcom_sim.salon import NOW, Salon
from zusage.sandbox.calcom import DEMO_KEY, Fault, Simulator, running_simulator

_AUTH = {"authorization": f"Bearer {DEMO_KEY}"}


def trusting(authority: Path | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority))


@pytest.fixture
async def secure() -> AsyncIterator[Simulator]:
    async with running_simulator(tls=True, now=NOW, rate_per_minute=None) as started:
        yield started


async def test_http_2_over_tls_and_plain_http_1_1(secure: Simulator) -> None:
    async with httpx2.AsyncClient(http2=True, verify=trusting(secure.authority), headers=_AUTH) as client:
        over_tls = await client.get(f"{secure.base_url}/v2/me")
        plain = await client.get(f"{secure.plain_url}/v2/me")
    async with httpx2.AsyncClient(verify=trusting(secure.authority), headers=_AUTH) as client:
        older = await client.get(f"{secure.base_url}/v2/me")

    assert [each.http_version for each in (over_tls, plain, older)] == ["HTTP/2", "HTTP/1.1", "HTTP/1.1"]
    assert over_tls.json()["data"] == plain.json()["data"] == older.json()["data"]
    assert [each.http for each in secure.journal.requests] == ["2", "1.1", "1.1"]
    assert len(over_tls.headers["x-request-id"]) == 36


async def test_nobody_else_trusts_the_authority(secure: Simulator) -> None:
    async with httpx2.AsyncClient() as client:
        with pytest.raises(httpx2.ConnectError):
            await client.get(f"{secure.base_url}/v2/me")


async def test_many_requests_share_one_connection(secure: Simulator) -> None:
    """One that is given up does not take its siblings along, and goes on at the server."""
    secure.add_fault(Fault("timeout_after_commit", path="/v2/calendars"))
    limits = httpx2.Limits(max_connections=1)
    async with httpx2.AsyncClient(
        http2=True, verify=trusting(secure.authority), headers=_AUTH, base_url=secure.base_url, limits=limits
    ) as client:
        silent = asyncio.create_task(client.get("/v2/calendars"))
        answers = await asyncio.gather(*(client.get("/v2/me") for _ in range(60)))
        silent.cancel()
        after = await client.get("/v2/me")

    assert {each.status_code for each in [*answers, after]} == {200}


async def test_a_broken_connection_over_http_2(secure: Simulator) -> None:
    secure.add_fault(Fault("drop_after_commit", path="/v2/calendars"))
    async with httpx2.AsyncClient(http2=True, verify=trusting(secure.authority), headers=_AUTH) as client:
        with pytest.raises(httpx2.TransportError):
            await client.get(f"{secure.base_url}/v2/calendars")
        again = await client.get(f"{secure.base_url}/v2/me")
    assert again.status_code == 200


async def test_the_path_with_api_in_front(salon: Salon) -> None:
    assert (await salon.send("GET", "/api/v2/me")).status_code == 200


async def test_bodies_that_are_no_objects(salon: Salon) -> None:
    for content in (b"{", b"[]", b"7"):
        answer = await salon.send("POST", "/v2/bookings", "2024-08-13", content=content)
        assert answer.status_code == 400


async def test_the_key_of_the_server_is_private(tmp_path: Path) -> None:
    async with running_simulator(tls=True, folder=tmp_path / "authority") as sim:
        assert sim.authority == tmp_path / "authority" / "authority.pem"
        assert (tmp_path / "authority" / "server.key").stat().st_mode & 0o777 == 0o600


@contextmanager
def command(folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the command until it has said its key; gives what it said."""
    ports = ("--port", "0", "--tls-port", "0", "--admin-port", "0", "--folder", str(folder))
    process = subprocess.Popen(
        [sys.executable, "-m", "zusage", "sandbox", "calcom", *ports, *more],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    try:
        while "key of" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        yield process, said
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        process.stdout.close()


def test_zusage_sandbox_calcom(tmp_path: Path) -> None:
    with command(tmp_path, "--now", "2026-11-23T09:00:00+01:00", "--company", "friseur-eins") as (
        process,
        said,
    ):
        urls = re.findall(r"https?://\S+?(?=[,\s])", said)
        context = trusting(tmp_path / "authority.pem")
        with httpx2.Client(http2=True, verify=context, headers=_AUTH) as client:
            answer = client.get(f"{urls[0]}/v2/me")
            state = client.get(f"{urls[2]}/state").json()

    assert (answer.status_code, answer.http_version) == (200, "HTTP/2")
    assert state["now"] == "2026-11-23T08:00:00.000Z"
    assert str(tmp_path / "authority.pem") in said
    assert f"key of friseur-eins: {DEMO_KEY}" in said
    assert process.returncode == 0


def test_what_the_command_cannot_use(tmp_path: Path) -> None:
    (tmp_path / "world.json").write_text("{}")
    for arguments in (
        ["--now", "tomorrow"],
        ["--company", "nobody"],
        ["--world", str(tmp_path / "world.json")],
    ):
        ended = subprocess.run(
            [sys.executable, "-m", "zusage", "sandbox", "calcom", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 2
        assert ended.stderr.startswith("zusage: ")
