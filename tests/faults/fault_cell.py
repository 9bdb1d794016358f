"""Runs one cell of the fault matrix: a caller, a fault at a point, a fresh process, and time."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import psycopg
from fault_evidence import gather, restless
from fault_operations import operate, prepare, steps
from fault_process import Child, nursery
from fault_salon import Setting, calendar, point_at, subscribe
from fault_shift import AS_IT_IS, BrokenLineError, Ground, Shift, Talk, Weakness, let_pass, quiet, ring
from fault_table import Cell
from fault_verdict import violations
from valkey import Valkey
from valkey.exceptions import ConnectionError as NoValkeyError

from support.at_work import until
from support.database import Clock
from zusage.adapters.embedded import EmbeddedError, EmbeddedServers
from zusage.sandbox.calcom import Fault, Latency

_MOST_ROUNDS = 40
# After a restart each connection of a pool may break once, and the rehearsal's own doors do not try again by themselves,
# as the desk of the voice door does.
_MOST_TRIES = 6
_UNTIL_COMPARED, _UNTIL_HEEDED = 3_600.0, 6.0
# Long enough for a busy machine; a tool call that waits is leased for a few seconds more.
_WAIT_MS, _LEASE_OVER = 8_000, 30.0
_LATE_MS = 1_600
_LONGEST_LOOK = 100.0


async def run_cell(cell: Cell, ground: Ground, weakness: Weakness = AS_IT_IS) -> list[str]:
    """Play a cell to its end; gives what is wrong then."""
    async with _shift(cell, ground, weakness) as shift:
        reached = await _play(shift)
        if weakness.recovers:
            await _recover(shift)
        evidence = gather(shift.urls, shift.sim, shift.heard)
        found = violations(evidence)
        if not cell.needs_a_person and any(promise.reviewed for promise in evidence.promises):
            found.append("a person is asked to look at what comes right by itself")
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
    if ground.servers is not None:
        await asyncio.to_thread(_all_up, ground.servers)
    urls = ground.databases.clone(ground.template)
    clock = Clock(urls)
    try:
        async with calendar() as sim, nursery() as children:
            waits = 150 if cell.place.scene == "slow" else _WAIT_MS
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
    await prepare(shift, child)
    child.arm(shift.cell.place.stops[shift.cell.operation])
    _arrange(shift)
    doing = asyncio.create_task(operate(shift, child))
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


def _arrange(shift: Shift) -> None:
    """Set up what goes on besides, and the calendar's part of the fault."""
    cell, met = shift.cell, shift.cell.place.met[shift.cell.operation]
    if cell.place.scene in ("slow", "late"):
        shift.sim.add_fault(Fault("latency", op=met, latency=Latency(ms=_LATE_MS)))
    if cell.fault.where == "calendar":
        status = 400 if cell.fault.message else None
        shift.sim.add_fault(
            Fault(
                cell.fault.simulated,  # type: ignore[arg-type]
                op=met,
                nth=1 + cell.place.passed.get(cell.operation, 0),
                status=status,
                message=cell.fault.message,
                nested=True,
            )
        )


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
    await until(lambda: any(each.committed for each in shift.sim.journal.requests))


async def _webhook(shift: Shift) -> None:
    """The calendar's word overtakes its answer, and is heeded before whoever asked has heard anything."""
    await until(lambda: any(each.outcome == "sent" for each in shift.sim.journal.deliveries))
    let_pass(shift, _UNTIL_HEEDED)
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


def _all_up(servers: EmbeddedServers) -> None:
    """Start again what the cell before has left dead."""
    until = time.monotonic() + 30
    with Valkey.from_url(servers.urls.valkey) as valkey:
        while True:
            try:
                assert valkey.ping()
            except NoValkeyError:
                assert time.monotonic() < until, "Valkey does not come back"
                servers.revive()
                time.sleep(0.02)
            else:
                return


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
    await quiet(shift)
    child = await shift.fresh()
    for _ in range(_MOST_TRIES):
        if shift.step == len(steps(shift, child)):
            break
        let_pass(shift, _LEASE_OVER)
        with suppress(BrokenLineError):
            await operate(shift, child)
    else:
        shift.unanswered = True
    await _settle(shift, child)
    if not shift.weakness.compares:
        return
    let_pass(shift, _UNTIL_COMPARED)
    await child.ask("reconcile")
    await _settle(shift, child)


async def _settle(shift: Shift, child: Child) -> None:
    """Let the worker's minutes go by until nothing is left to be done."""
    for _ in range(_MOST_ROUNDS):
        await quiet(shift)
        await child.ask("minute")
        left = restless(shift.urls)
        # What only waits for a person's decision is asked after ever more seldom, and never ends.
        if not left.rows or (not left.unseen and left.seconds > _LONGEST_LOOK):
            break
        let_pass(shift, left.seconds + 0.5)
