"""A demo salon behind a real socket, and a phone that signs what it says like the platform does."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import uvicorn
from starlette.applications import Starlette

from support import contract
from support.database import DatabaseUrls
from zusage.adapters.crypto import SecretBox, generate_key
from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.app.operations.company_file import CompanyFile
from zusage.app.operations.load_company import load_company
from zusage.boot.servers import Servers
from zusage.boot.settings import Settings
from zusage.boot.wiring import Parts, build_parts, running
from zusage.core.signing import sign_retell
from zusage.sandbox.demo import load_demo_companies

MITTE, PROBE = "+493023125100", "+493023125200"
KEY = "key_demo_friseur_eins"
CALLER = "+4915112345678"
BERLIN = ZoneInfo("Europe/Berlin")
_numbers = itertools.count(1)


def _raw(headers: Mapping[str, str | bytes]) -> dict[bytes, bytes]:
    return {
        name.encode(): value if isinstance(value, bytes) else value.encode()
        for name, value in headers.items()
    }


@dataclass
class Phone:
    """One caller's call: `tool` sends a function call, `event` a webhook; both signed, over HTTP."""

    client: httpx2.AsyncClient
    call_id: str = field(default_factory=lambda: f"call_{next(_numbers)}_{time.time_ns():x}")
    caller: str | None = CALLER
    to_number: str | None = MITTE
    agent_id: str | None = "agent_demo_mitte"
    key: str = KEY

    async def tool(
        self, name: str, args: object = None, *, tool_call_id: str | None = "", **extra: object
    ) -> dict[str, Any]:
        """Send one function call and give its JSON, which must be as the contract's page says.

        `tool_call_id=None` sends none, "" a fresh one."""
        if tool_call_id == "":
            tool_call_id = f"tool_call_{next(_numbers)}"
        response = await self.post(
            "/api/retell/function-call", self.body(name, args or {}, tool_call_id) | extra
        )
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        assert not contract.broken(answer), contract.broken(answer)
        return answer

    def body(self, name: str, args: object, tool_call_id: str | None) -> dict[str, Any]:
        call: dict[str, Any] = {
            "call_id": self.call_id,
            "call_type": "phone_call",
            "from_number": self.caller or "anonymous",
            "to_number": self.to_number,
            "agent_id": self.agent_id,
            "agent_version": 7,
        }
        if tool_call_id is not None:
            invocation = {
                "role": "tool_call_invocation",
                "tool_call_id": tool_call_id,
                "name": name,
                "arguments": json.dumps(args),
            }
            call["transcript_with_tool_calls"] = [invocation]
        return {"name": name, "args": args, "call": call}

    async def event(self, name: str, **call: object) -> int:
        body = self.body("", {}, None)
        response = await self.post("/api/retell/webhook", {"event": name, "call": body["call"] | call})
        return response.status_code

    async def post(
        self,
        path: str,
        body: object,
        *,
        raw: bytes | None = None,
        headers: Mapping[str, str | bytes] | None = None,
        now_ms: int | None = None,
    ) -> httpx2.Response:
        data = raw if raw is not None else json.dumps(body).encode()
        signature = sign_retell(data, self.key, now_ms or time.time_ns() // 1_000_000)
        sent = {"Content-Type": "application/json", "X-Retell-Signature": signature, **(headers or {})}
        return await self.client.post(path, content=data, headers=_raw(sent))


@dataclass
class Salon:
    """The served demo companies. `parts` is what serves; `rows` reads as the company `friseur-eins`."""

    client: httpx2.AsyncClient
    parts: Parts
    companies: tuple[CompanyFile, ...]
    box: SecretBox

    @property
    def company(self) -> CompanyFile:
        return next(c for c in self.companies if c.key == "friseur-eins")

    def phone(self, **facts: Any) -> Phone:
        return Phone(self.client, **facts)

    async def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        async with self.parts.app.transaction(self.company.id) as connection:
            return await (await connection.execute(statement, values)).fetchall()


def open_day(after: int = 1, *, weekday: int = 2) -> date:
    """A Wednesday (or another weekday) at least `after` weeks ahead on which the demo salon in Mitte is open."""
    day = datetime.now(BERLIN).date() + timedelta(weeks=after)
    day += timedelta(days=(weekday - day.weekday()) % 7)
    while (
        (day.month, day.day) in _CLOSED
        or (day.month == 12 and day.day > 20)
        or (day.month == 1 and day.day < 8)
    ):
        day += timedelta(weeks=1)
    return day


_CLOSED = {(1, 1), (3, 8), (5, 1), (10, 3)}


@asynccontextmanager
async def served_salon(
    urls: DatabaseUrls,
    *,
    valkey: str | None = None,
    settings: Settings | None = None,
    box: SecretBox | None = None,
) -> AsyncIterator[Salon]:
    """Load the demo companies and serve the voice door on a free port of this machine."""
    settings = settings or Settings(worker=False, pool_size=8)
    box = box or SecretBox([generate_key()])
    servers = Servers(app=urls.app, jobs=urls.jobs, migrate=urls.migrate, valkey=valkey)
    parts = build_parts(settings, servers, box)
    async with running(parts):
        companies = tuple(load_demo_companies())
        for file in companies:
            await load_company(file, store=PostgresCompanies(parts.app), seal=box, environment={})
        async with (
            served(Starlette(routes=parts.retell.routes())) as base_url,
            httpx2.AsyncClient(base_url=base_url, timeout=20) as client,
        ):
            yield Salon(client, parts, companies, box)


@asynccontextmanager
async def served(app: Starlette) -> AsyncIterator[str]:
    """Serve an ASGI application on a free port; gives its base URL."""
    config = uvicorn.Config(app, port=0, log_level="warning", lifespan="off", access_log=False)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(), name="served")
    while not server.started:
        await asyncio.sleep(0.01)
        assert not task.done(), "the server ended before it was ready"
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task
