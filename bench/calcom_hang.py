"""One salon's Cal.com hangs: what the others notice of it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.calcom_booker import Booker
from bench.calcom_calls import SERVICE
from bench.calcom_stage import Salon, Stage
from bench.calcom_told import Length, Told, quantile, spread
from bench.report import at_most
from zusage.sandbox.calcom import Fault

VICTIMS = 4
_EVERY, _VICTIMS_LANES, _AFTER = 2.0, 2, 3.0
_MOVES = 1.2
_WARM = 60
"""Days that are read ahead: everything that is booked here lies in them, and nobody waits for free times."""


@dataclass
class _Noticed:
    """What the other salons noticed in rounds of one kind, in milliseconds."""

    answers: list[float] = field(default_factory=list)
    mirrored: list[float] = field(default_factory=list)
    rounds: list[float] = field(default_factory=list)


async def hang(stage: Stage, length: Length, told: Told) -> None:
    """Rounds in turns without and with a salon whose Cal.com takes requests and never answers.

    Each pair of rounds has another victim, for the breaker of the one before is still open, and would hide it."""
    turns = itertools.count()
    well, hung = _Noticed(), _Noticed()
    await stage.warm(days=_WARM)
    await _round(stage, stage.salons[0], _Noticed(), turns, 3.0)
    for number in range(length.rounds):
        victim = stage.salons[number % VICTIMS]
        await _round(stage, victim, well, turns, length.round_seconds)
        stage.sim.add_fault(Fault("timeout_before_commit", key=victim.key, times=None))
        await _round(stage, victim, hung, turns, length.round_seconds)
        stage.sim.faults.clear()
    for name, noticed in (("all well", well), ("one hangs", hung)):
        told.line("hang", f"{name}: the others' answers, p50 / p95 / p99", spread(noticed.answers))
        told.line("hang", f"{name}: until their bookings stand at Cal.com", spread(noticed.mirrored))
    told.goals += [
        at_most("one hangs: the others' answers, p95", _moved(hung.answers, well.answers), _MOVES),
        at_most("one hangs: the others' mirroring, p95", _moved(hung.mirrored, well.mirrored), _MOVES),
    ]
    told.figures["hang"] = {"well": vars(well), "hung": vars(hung)}


def _moved(now: Sequence[float], before: Sequence[float]) -> float:
    return round(quantile(now, 0.95) / max(quantile(before, 0.95), 0.1), 2)


async def _round(
    stage: Stage, victim: Salon, noticed: _Noticed, turns: Iterator[int], seconds: float
) -> None:
    """Let every salon book every other second, the victim twice as often; the others' waits are noted."""
    loop = asyncio.get_running_loop()
    until, ids, waits = loop.time() + seconds, list[str](), list[float]()

    async def lane(salon: Salon, place: float) -> None:
        booker = Booker(stage)
        await asyncio.sleep(place * _EVERY)
        while (begun := loop.time()) < until:
            booked = await booker.book(salon, SERVICE, next(turns))
            if salon is not victim:
                waits.extend((booked.check_ms, booked.book_ms))
                ids.append(booked.appointment_id)
            await asyncio.sleep(max(0.0, begun + _EVERY - loop.time()))
        booker.close()

    callers = [*stage.salons[VICTIMS:], *[victim] * _VICTIMS_LANES]
    await asyncio.gather(*(lane(salon, n / len(callers)) for n, salon in enumerate(callers)))
    await asyncio.sleep(_AFTER)
    noticed.answers += waits
    noticed.rounds.append(quantile(waits, 0.95))
    noticed.mirrored += await asyncio.to_thread(_mirrored, stage, ids)


def _mirrored(stage: Stage, appointments: Sequence[str]) -> list[float]:
    """Give how long each booking took to stand at Cal.com, as the ledger has it; one that does not yet counts as never."""
    rows = stage.rows(
        "SELECT extract(epoch FROM settled_at - created_at) FROM mirror WHERE appointment_id = ANY(%s::uuid[])",
        list(appointments),
    )
    return [float("inf") if seconds is None else float(seconds) * 1000 for (seconds,) in rows]
