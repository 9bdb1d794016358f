"""Runs one cell of the fault matrix: a caller, a fault at a point, a fresh process, and time."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import psycopg
from fault_careless import Carelessness
from fault_evidence import gather, restless
from fault_process import Child, Nursery, Task, nursery
from fault_salon import (
    AGENT,
    KEY,
    NUMBER,
    SERVICES,
    Setting,
    at,
    calendar,
    point_at,
    salon_file,
    subscribe,
    words,
)
from fault_table import Cell, Kind
from fault_verdict import Heard, Said, violations
from valkey import Valkey

from support.database import Clock, Databases, DatabaseUrls
from support.voice import Phone
from zusage.adapters.embedded import EmbeddedError, EmbeddedServers
from zusage.sandbox.calcom import Fault, Latency, Simulator

START = at(14)
# A compound one goes to where its pieces lie upon each other's old times.
MOVED_TO = {"simple": at(16), "compound": at(14, 30)}
# How a salon's four pieces lie, the second of which somebody else books; see the company file.
_TAKEN_PIECE = {"simple": ("herrenschnitt", timedelta()), "compound": ("dauerwelle-2", timedelta(minutes=45))}
_SAID: dict[str, Said] = {
    "booked": "booked",
    "already_booked": "booked",
    "conflict": "refused",
    "expired": "refused",
    "alternatives": "refused",
}
_MOST_ROUNDS = 40
_MOST_TRIES = 3
_UNTIL_COMPARED, _UNTIL_HEEDED = 3_600.0, 6.0
_LATE_MS = 1_600


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


_NONE = Weakness()


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
    weakness: Weakness = _NONE
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
        return 5.0 if patient else 0.15, 15.0
    return (0.3, 0.6) if cell.fault.name.startswith("timeout") else (5.0, 15.0)


async def run_cell(cell: Cell, ground: Ground, weakness: Weakness = _NONE) -> list[str]:
    """Play a cell to its end; gives what is wrong then."""
    async with _shift(cell, ground, weakness) as shift:
        reached = await _play(shift)
        if weakness.recovers:
            await _recover(shift)
        found = violations(gather(shift.urls, shift.sim, shift.heard))
        found += [] if reached else ["the point was never reached"]
        found += ["the caller never heard an answer"] if shift.unanswered else []
        return [*found, *_story(shift)] if found else []


def _story(shift: Shift) -> list[str]:
    """What happened, for whoever has to find out why."""
    asked = [
        f"{each.at:%H:%M:%S} {each.op} {each.status} {' '.join(each.faults)} committed={each.committed}"
        for each in shift.sim.journal.requests
    ]
    return [*(str(each) for each in shift.heard), *asked]


@asynccontextmanager
async def _shift(cell: Cell, ground: Ground, weakness: Weakness) -> AsyncIterator[Shift]:
    urls = ground.databases.clone(ground.template)
    clock = Clock(urls)
    try:
        async with calendar() as sim, nursery() as children:
            waits = 150 if cell.place.scene == "slow" else 3_000
            point_at(urls, sim.base_url, Setting(cell.place.inline, waits))
            yield Shift(cell, ground, urls, sim, children, clock, weakness)
    finally:
        clock.close()
        ground.databases.drop(urls)


async def _play(shift: Shift) -> bool:
    """Let the caller do the operation until it breaks or ends; says whether the point was reached."""
    child, _ = await asyncio.gather(shift.child(), _second(shift))
    if shift.cell.place.scene == "hooked":
        await subscribe(shift.sim, (await shift.fresh()).base_url)
    await _prepare(shift, child)
    child.arm(shift.cell.place.stops[shift.cell.operation])
    _arrange(shift)
    doing = asyncio.create_task(_operate(shift, child))
    waiting = asyncio.create_task(child.reached.wait())
    try:
        await asyncio.wait({doing, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if child.reached.is_set():
            await _at_point(shift, child, doing)
        await doing
    except BrokenLineError:
        pass
    finally:
        waiting.cancel()
    return child.reached.is_set()


async def _second(shift: Shift) -> None:
    """Have the process that comes next at hand, unless it could die with the server that it uses."""
    if shift.cell.fault.where != "server":
        await shift.fresh()


async def _prepare(shift: Shift, child: Child) -> None:
    """What is cancelled later was booked before, and stands."""
    if shift.cell.operation == "book":
        return
    answer = await _booked_before(shift, child)
    shift.appointment = UUID(answer["data"]["appointment"]["id"])
    shift.heard.clear()


async def _booked_before(shift: Shift, child: Child) -> dict[str, Any]:
    talk = shift.call(child, shift.cell.kind)
    await talk.hold()
    answer = await talk.book()
    await child.ask("work")
    return answer


def _arrange(shift: Shift) -> None:
    """Set up what goes on besides, and the calendar's part of the fault."""
    cell, met = shift.cell, shift.cell.place.met[shift.cell.operation]
    if cell.place.scene in ("slow", "late"):
        shift.sim.add_fault(Fault("latency", op=met, latency=Latency(ms=_LATE_MS)))
    if cell.fault.where == "calendar":
        status = 400 if cell.fault.message else None
        shift.sim.add_fault(
            Fault(cell.fault.simulated, op=met, status=status, message=cell.fault.message, nested=True)  # type: ignore[arg-type]
        )


async def _operate(shift: Shift, child: Child) -> None:
    """Do what is left of the operation; a broken line leaves the step to whoever comes next."""
    steps = _steps(shift, child)
    while shift.step < len(steps):
        try:
            await steps[shift.step]()
        except httpx2.HTTPError:
            raise BrokenLineError from None
        shift.step += 1


def _steps(shift: Shift, child: Child) -> Sequence[Callable[[], Awaitable[object]]]:
    if shift.cell.operation == "cancel":
        return (lambda: _cancel(shift, child), lambda: child.ask("work"))
    if shift.cell.operation == "reschedule":
        return _moving_steps(shift, child)
    talk = shift.call(child, shift.cell.kind)
    booking = (talk.hold, lambda: _web_booker(shift), talk.book)
    return booking if shift.inline else (*booking, *_worker_steps(shift, child))


def _moving_steps(shift: Shift, child: Child) -> Sequence[Callable[[], Awaitable[object]]]:
    moving = (lambda: _web_booker(shift), lambda: _move(shift, child))
    return moving if shift.inline else (*moving, *_worker_steps(shift, child))


def _worker_steps(shift: Shift, child: Child) -> Sequence[Callable[[], Awaitable[object]]]:
    if shift.cell.place.scene == "late":
        return (lambda: child.ask("work"), lambda: _look(shift, child))
    return (lambda: child.ask("work"),)


async def _look(shift: Shift, child: Child) -> None:
    """Let the routine look after what it has heard nothing of."""
    _pass(shift, 2.0)
    await child.ask("minute")


async def _cancel(shift: Shift, child: Child) -> None:
    assert shift.phone is not None
    try:
        await child.ask("cancel", company=str(salon_file().id), appointment=str(shift.appointment))
    except httpx2.HTTPError:
        shift.heard.append(Heard(shift.phone.call_id, "silence"))
        raise
    shift.heard.append(Heard(shift.phone.call_id, "cancelled", shift.appointment))


async def _move(shift: Shift, child: Child) -> None:
    """Ask for another time, always as the same tool call."""
    assert shift.phone is not None
    call, start = shift.phone.call_id, MOVED_TO[shift.cell.kind]
    try:
        answer = await child.ask(
            "move",
            company=str(salon_file().id),
            appointment=str(shift.appointment),
            expected=START.isoformat(),
            start=start.isoformat(),
            other_host=shift.cell.place.scene == "other_host",
            call=call,
            tool="move",
        )
    except httpx2.HTTPError:
        shift.heard.append(Heard(call, "silence"))
        raise
    said: Said = "kept" if answer["status"] == "kept" else "moved"
    assert answer["status"] in ("kept", "moved", "same"), answer
    shift.heard.append(Heard(call, said, shift.appointment, START if said == "kept" else start))


async def _web_booker(shift: Shift) -> None:
    """Somebody books on the page what the caller is just being asked about, with everybody who could do it."""
    if shift.cell.place.scene != "web_booker":
        return
    slug, later = _TAKEN_PIECE[shift.cell.kind]
    for kind in list(shift.sim.world.event_types.values()):
        if kind.slug == slug:
            start = START if shift.cell.operation == "book" else MOVED_TO[shift.cell.kind]
            await shift.sim.people.book(kind.id, start + later, quiet=True)


async def _at_point(shift: Shift, child: Child, doing: asyncio.Task[None]) -> None:
    """Everything stands still: let happen what happens besides, then the fault, then let it go on."""
    if shift.cell.place.beside == "late_commit":
        await _committed(shift)
    if shift.cell.place.beside == "webhook":
        await _webhook(shift)
    if shift.cell.place.beside == "caller_again":
        await _call_again(shift)
    where = shift.cell.fault.where
    if where == "process":
        child.kill()
        return
    if where == "server":
        await asyncio.to_thread(_strike, shift)
    rival = await shift.fresh() if where != "server" else None
    if rival is not None and shift.cell.place.beside != "job":
        # Another worker comes along: what is leased is not its business.
        await rival.ask("minute")
    if shift.cell.place.scene == "locked":
        await _locked(shift, child, doing)
    child.go_on()
    if rival is not None and shift.cell.place.beside == "job":
        await rival.ask("minute")


async def _committed(shift: Shift) -> None:
    await _until(lambda: any(each.committed for each in shift.sim.journal.requests))


async def _webhook(shift: Shift) -> None:
    """The calendar's word overtakes its answer, and is heeded before whoever asked has heard anything."""
    await _until(lambda: any(each.outcome == "sent" for each in shift.sim.journal.deliveries))
    _pass(shift, _UNTIL_HEEDED)
    await (await shift.fresh()).ask("reconcile")


async def _call_again(shift: Shift) -> None:
    """The caller lost patience and rings again: what is being given up is not free yet, or it is."""
    other = await shift.fresh()
    talk = Talk(shift, ring(other), shift.cell.kind)
    answer = await talk.hold()
    if answer["status"] == "held":
        await talk.book()


async def _locked(shift: Shift, child: Child, doing: asyncio.Task[None]) -> None:
    """Hold the rows for longer than anybody who records waits for them."""
    async with await psycopg.AsyncConnection.connect(shift.urls.admin) as connection:
        await connection.execute("SELECT 1 FROM mirror FOR UPDATE")
        child.go_on()
        await asyncio.wait({doing}, timeout=10)


def _strike(shift: Shift) -> None:
    servers = shift.ground.servers
    assert servers is not None
    if shift.cell.fault.name == "valkey_gone":
        with Valkey.from_url(servers.urls.valkey) as valkey:
            valkey.shutdown(nosave=True)
        return
    with psycopg.connect(servers.urls.admin) as connection:
        found = connection.execute("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)").fetchone()
    assert found is not None
    os.kill(int(found[0]), signal.SIGKILL)
    _revive(servers)


def _revive(servers: EmbeddedServers) -> None:
    """Start again what was killed, as soon as the last of it is gone."""
    until = time.monotonic() + 30
    while True:
        try:
            if servers.revive():
                return
        except EmbeddedError:
            if time.monotonic() > until:
                raise
        assert time.monotonic() < until, "what was killed lives on"
        time.sleep(0.02)


async def _recover(shift: Shift) -> None:
    """Start afresh: the caller tries again what was not answered, time goes by, and the worker does its rounds."""
    await _quiet(shift)
    child = await shift.fresh()
    for _ in range(_MOST_TRIES):
        if shift.step == len(_steps(shift, child)):
            break
        _pass(shift, 15.0)
        with suppress(BrokenLineError):
            await _operate(shift, child)
    else:
        shift.unanswered = True
    await _settle(shift, child)
    if not shift.weakness.compares:
        return
    _pass(shift, _UNTIL_COMPARED)
    await child.ask("reconcile")
    await _settle(shift, child)


async def _settle(shift: Shift, child: Child) -> None:
    """Let the worker's minutes go by until nothing is left to be done."""
    for _ in range(_MOST_ROUNDS):
        await _quiet(shift)
        await child.ask("minute")
        left = restless(shift.urls)
        if not left.rows:
            break
        _pass(shift, left.seconds + 0.5)


def _pass(shift: Shift, seconds: float) -> None:
    shift.clock.advance(seconds)
    shift.sim.clock.advance(seconds)


async def _quiet(shift: Shift) -> None:
    """Wait until the calendar has done what it was asked: the clocks we move must not overtake a real request."""
    await asyncio.sleep(0.02)
    await _until(lambda: all(each.ms is not None for each in shift.sim.journal.requests))


async def _until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about in time"
        await asyncio.sleep(0.02)
