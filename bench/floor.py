"""The bench's own server: what any answer must cost at least, to measure the real one against.

`/floor` checks the signature, reads the JSON, makes one binding claim in one transaction and answers. `/bare` does the
same with one call of `ledger_take` for a fixed plan. `/null` only answers. All go through the service's own `Database`,
its signature check and its web server's settings. Started by the bench: `python -m bench.floor`, settings as JSON on
standard input, the address on standard output."""

from __future__ import annotations

import hashlib
import json
import secrets
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bench.sentences import KEY
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.ledger import PostgresLedger
from zusage.core.scheduling.plan import ClaimPlan, PhasePlan, Plan
from zusage.core.signing import verify_retell
from zusage.core.values import Money, Period

_FIRST = datetime(2030, 1, 1, 8, tzinfo=UTC)
_LENGTH = timedelta(minutes=30)
_CLAIM = (
    "INSERT INTO claim (company_id, resource_id, starts_at, ends_at, binding, hold_id)"
    " VALUES (%s, %s, %s, %s, true, %s)"
)


@dataclass(frozen=True)
class Given:
    """Where to write: a database, and a company with so many staff and chairs."""

    url: str
    pool_size: int
    company_id: str
    service_id: str
    staff: list[str]
    chairs: list[str]


def uuid_of(kind: str, number: int) -> UUID:
    """The id of a row made before the measurement; SQL makes the same: md5('kind-number')::uuid."""
    return UUID(hashlib.md5(f"{kind}-{number}".encode(), usedforsecurity=False).hexdigest())


class Floor:
    def __init__(self, given: Given) -> None:
        self._database = Database(given.url, size=given.pool_size, name="bench-floor")
        self._ledger = PostgresLedger(self._database, new_id=uuid4, new_token=lambda: secrets.token_hex(6))
        self._company, self._service = UUID(given.company_id), UUID(given.service_id)
        self._staff, self._chairs = [UUID(i) for i in given.staff], [UUID(i) for i in given.chairs]

    def app(self) -> Starlette:
        @asynccontextmanager
        async def lifespan(_app: Starlette) -> AsyncIterator[None]:
            await self._database.open()
            yield
            await self._database.close()

        doors = (self.null, self.floor, self.bare)
        routes = [Route(f"/{door.__name__}", door, methods=["POST"]) for door in doors]
        return Starlette(routes=routes, lifespan=lifespan)

    async def null(self, request: Request) -> JSONResponse:
        await request.body()
        return JSONResponse({"status": "ok"})

    async def floor(self, request: Request) -> JSONResponse:
        number = await _number(request)
        place, period = number % len(self._staff), self._period(number // len(self._staff))
        values = (self._company, self._staff[place], period.start, period.end, uuid_of("hold", number))
        async with self._database.transaction(self._company) as connection:
            await connection.execute(_CLAIM, values)
            await connection.execute("COMMIT")
        return JSONResponse({"status": "ok", "start": period.start.isoformat()})

    async def bare(self, request: Request) -> JSONResponse:
        number = await _number(request)
        async with self._ledger(self._company) as unit:
            taken = await unit.take(uuid_of("call", number), [self._plan(number)])
            await unit.commit()
        return JSONResponse({"status": taken.outcome, "token": taken.token})

    def _plan(self, number: int) -> Plan:
        place, turn = number % len(self._chairs), number // len(self._chairs)
        staff, chair, period = self._staff[place], self._chairs[place], self._period(turn)
        return Plan(
            service_id=self._service,
            service_name="Herrenschnitt",
            staff_id=staff,
            staff_name="Anna",
            period=period,
            price=Money(3500),
            phases=(PhasePlan(0, "active", "", period, staff, chair),),
            claims=(ClaimPlan(staff, period), ClaimPlan(chair, period)),
        )

    @staticmethod
    def _period(turn: int) -> Period:
        start = _FIRST + turn * _LENGTH
        return Period(start, start + _LENGTH)


async def _number(request: Request) -> int:
    body = await request.body()
    signature = request.headers.get("x-retell-signature")
    assert verify_retell(body, signature, [KEY], time.time_ns() // 1_000_000)
    number: int = json.loads(body)["args"]["n"]
    return number


def main() -> None:
    given = Given(**json.loads(sys.stdin.readline()))
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        config = uvicorn.Config(
            Floor(given).app(),
            log_config=None,
            access_log=False,
            lifespan="on",
            ws="none",
            proxy_headers=False,
            server_header=False,
        )
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
