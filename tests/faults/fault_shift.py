"""One cell of the fault matrix at work: its salon, its processes, its caller, and the time that goes by."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx2
from fault_careless import Carelessness
from fault_process import Child, Nursery, Task
from fault_salon import AGENT, KEY, NUMBER, SERVICES, at, words
from fault_table import Cell, Kind
from fault_verdict import Heard, Said

from support.at_work import until
from support.database import Clock, Databases, DatabaseUrls
from support.voice import Phone
from zusage.adapters.embedded import EmbeddedServers
from zusage.sandbox.calcom import Simulator

START = at(14)
_SAID: dict[str, Said] = {
    "booked": "booked",
    "already_booked": "booked",
    "conflict": "refused",
    "expired": "refused",
    "not_free": "refused",
}


@dataclass(frozen=True)
class Ground:
    """What cells share: where databases are made, the loaded salon, the key of its secrets.

    `servers` are the test's own, to be killed by the cells that do so."""

    databases: Databases
    template: DatabaseUrls
    key: bytes
    servers: EmbeddedServers | None = None


@dataclass(frozen=True)
class Weakness:
    """What a control switches off."""

    careless: Carelessness = ""
    recovers: bool = True
    compares: bool = True


AS_IT_IS = Weakness()


class BrokenLineError(Exception):
    """The process died while the caller listened, or said that it cannot answer now."""


@dataclass
class Shift:
    """One cell at work."""

    cell: Cell
    ground: Ground
    urls: DatabaseUrls
    sim: Simulator
    nursery: Nursery
    clock: Clock
    weakness: Weakness = AS_IT_IS
    heard: list[Heard] = field(default_factory=list)
    step: int = 0
    unanswered: bool = False
    second: asyncio.Task[Child] | None = None
    appointment: UUID | None = None
    phone: Phone | None = None

    @property
    def inline(self) -> bool:
        return self.cell.place.inline

    async def child(self, *, patient: bool = False) -> Child:
        """Start a process; `patient` does not give up what comes late."""
        servers = self.ground.servers
        valkey = servers.urls.valkey if servers is not None else None
        write, full = _patience(self.cell, patient=patient)
        return await self.nursery.start(
            Task(
                self.urls,
                self.ground.key,
                self.nursery.port,
                valkey=valkey,
                write=write,
                full=full,
                careless=self.weakness.careless,
            )
        )

    async def fresh(self) -> Child:
        """The process that comes after the one that meets the fault, or works beside it."""
        if self.second is None:
            self.second = asyncio.create_task(self.child(patient=True))
        return await self.second

    def call(self, child: Child, kind: Kind) -> Talk:
        if self.phone is None:
            self.phone = ring(child)
        self.phone.client = child.client
        return Talk(self, self.phone, kind)


def ring(child: Child) -> Phone:
    return Phone(child.client, to_number=NUMBER, agent_id=AGENT, key=KEY)


@dataclass(frozen=True)
class Talk:
    """What a caller does in one call, and what is said to them."""

    shift: Shift
    phone: Phone
    kind: Kind

    async def hold(self, start: datetime = START) -> dict[str, Any]:
        wish = {"service": SERVICES[self.kind], "when": words(start)}
        return await self._tool("check_availability", wish, start)

    async def book(self, start: datetime = START) -> dict[str, Any]:
        return await self._tool("book_appointment", {"name": "Sabine Müller"}, start)

    async def _tool(self, name: str, wish: dict[str, str], start: datetime) -> dict[str, Any]:
        """Ask, always by the same id, as a platform does that asks again; note what was said."""
        heard = self.shift.heard
        try:
            answer = await self.phone.tool(name, wish, tool_call_id=f"{name}-{start.isoformat()}")
        except httpx2.HTTPError:
            heard.append(Heard(self.phone.call_id, "silence"))
            raise BrokenLineError from None
        if answer["status"] in ("busy", "error"):
            heard.append(Heard(self.phone.call_id, "unclear"))
            raise BrokenLineError
        if answer["status"] != "held":
            heard.append(_heard(self.phone.call_id, answer, start))
        return answer


def _heard(call: str, answer: dict[str, Any], start: datetime) -> Heard:
    said = _SAID.get(answer["status"])
    assert said is not None, answer
    if said == "refused":
        return Heard(call, said, start=start)
    told = answer["data"]["appointment"]
    return Heard(call, said, UUID(told["id"]), datetime.fromisoformat(told["start"]))


def _patience(cell: Cell, *, patient: bool) -> tuple[float, float]:
    """How long a process waits for the calendar, and how long a request runs on, in seconds."""
    if cell.place.scene == "late":
        return 5.0 if patient else 0.4, 15.0
    return (0.3, 0.6) if cell.fault.name.startswith("timeout") else (5.0, 15.0)


def let_pass(shift: Shift, seconds: float) -> None:
    shift.clock.advance(seconds)
    shift.sim.clock.advance(seconds)


async def quiet(shift: Shift) -> None:
    """Wait until the calendar has done what it was asked: the clocks we move must not overtake a real request."""
    await asyncio.sleep(0.02)
    await until(lambda: all(each.ms is not None for each in shift.sim.journal.requests))
