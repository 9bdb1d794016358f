"""When a company's calendar is left alone because it does not answer, and how it is found to be back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from zusage.adapters.calcom.shared import StateStore
from zusage.app.mirror.circuits import CircuitPhase, CircuitView, Door

FAILURES_TO_OPEN, OPEN_SECONDS, SUCCESSES_TO_CLOSE, PROBE_SECONDS = 5, 60.0, 2, 20.0
_TRIES = 8
DOORS: tuple[Door, ...] = ("reads", "writes")


@dataclass(frozen=True, slots=True)
class Circuit:
    """The state of one breaker; times are unix seconds."""

    failures: int = 0
    opened_at: float | None = None
    successes: int = 0
    probe_until: float = 0.0
    reason: str = ""

    def phase(self, now: float) -> CircuitPhase:
        if self.opened_at is None:
            return "closed"
        return "open" if now < self.opened_at + OPEN_SECONDS else "half_open"


def leased(circuit: Circuit, now: float) -> Circuit | None:
    """Take the one probe of a half-open breaker; None: not yet, or somebody else is at it."""
    if circuit.phase(now) != "half_open" or now < circuit.probe_until:
        return None
    return replace(circuit, probe_until=now + PROBE_SECONDS)


def after_answer(circuit: Circuit) -> Circuit:
    """Count a request that was answered. Late answers do not close what is open; only probes do."""
    return circuit if circuit.opened_at is not None else Circuit()


def after_failure(circuit: Circuit, now: float, reason: str) -> Circuit:
    """Count a request that failed. Late failures do not prolong what is open."""
    if circuit.opened_at is not None:
        return circuit
    failures = circuit.failures + 1
    opened = now if failures >= FAILURES_TO_OPEN else None
    return Circuit(failures=failures, opened_at=opened, reason=reason)


def after_probe(circuit: Circuit, now: float, failure: str | None) -> Circuit:
    """Count a probe: `failure` None is a success; one failure opens for another full time."""
    if circuit.opened_at is None:
        return circuit
    if failure is not None:
        return replace(circuit, opened_at=now, successes=0, probe_until=0.0, reason=failure)
    successes = circuit.successes + 1
    if successes >= SUCCESSES_TO_CLOSE:
        return Circuit()
    return replace(circuit, successes=successes)


class Circuits:
    """The breakers of all companies, one for reads and one for writes; implements `app.mirror.circuits.CircuitBoard`.

    `clock` gives unix seconds."""

    def __init__(self, store: StateStore, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    async def admit(self, company_id: UUID, door: Door) -> tuple[Literal["pass", "probe", "refuse"], Circuit]:
        """Say whether a request may go, must be refused, or should go behind a probe that is now ours to make."""
        for _ in range(_TRIES):
            text, circuit = await self._load(company_id, door)
            if circuit.opened_at is None:
                return "pass", circuit
            mine = leased(circuit, self._clock())
            if mine is None:
                return "refuse", circuit
            if await self._store.swap(_key(company_id, door), text, _written(mine)):
                return "probe", mine
        return "refuse", circuit

    async def answered(self, company_id: UUID, door: Door) -> None:
        await self._change(company_id, door, after_answer)

    async def failed(self, company_id: UUID, door: Door, reason: str) -> None:
        await self._change(company_id, door, lambda was: after_failure(was, self._clock(), reason))

    async def probed(self, company_id: UUID, door: Door, failure: str | None) -> CircuitPhase:
        """Count a probe and say how the breaker stands now."""
        became = await self._change(company_id, door, lambda was: after_probe(was, self._clock(), failure))
        return became.phase(self._clock())

    async def read(self, company_id: UUID) -> tuple[CircuitView, ...]:
        return tuple([_view(door, (await self._load(company_id, door))[1], self._clock()) for door in DOORS])

    def wait(self, circuit: Circuit) -> float:
        """Seconds until it is worth asking again."""
        again = (circuit.opened_at or 0.0) + OPEN_SECONDS
        return max(again - self._clock(), 1.0)

    async def _load(self, company_id: UUID, door: Door) -> tuple[str | None, Circuit]:
        text = await self._store.read(_key(company_id, door))
        return text, _read(text)

    async def _change(self, company_id: UUID, door: Door, change: Callable[[Circuit], Circuit]) -> Circuit:
        for _ in range(_TRIES):
            text, circuit = await self._load(company_id, door)
            became = change(circuit)
            if became == circuit or await self._store.swap(_key(company_id, door), text, _written(became)):
                return became
        return circuit


def _key(company_id: UUID, door: Door) -> str:
    return f"zusage:circuit:{company_id}:{door}"


def _written(circuit: Circuit) -> str | None:
    return None if circuit == Circuit() else json.dumps(asdict(circuit))


def _read(text: str | None) -> Circuit:
    if text is None:
        return Circuit()
    try:
        return Circuit(**json.loads(text))
    except (TypeError, ValueError):
        # Another version wrote it; a breaker that forgets is opened again soon enough.
        return Circuit()


def _view(door: Door, circuit: Circuit, now: float) -> CircuitView:
    until = (
        None if circuit.opened_at is None else datetime.fromtimestamp(circuit.opened_at + OPEN_SECONDS, UTC)
    )
    return CircuitView(door, circuit.phase(now), circuit.failures, until, circuit.reason)
