"""How long Cal.com waits until its webhook is acknowledged, beside what any answer of the server takes."""

from __future__ import annotations

import asyncio
import json
import time
from urllib.parse import urlsplit

from bench.calcom_booker import own_time
from bench.calcom_calls import SLUG
from bench.calcom_stage import Salon, Stage
from bench.calcom_told import Length, Told, quantile
from bench.load import read_answer
from bench.report import at_most
from zusage.core.signing import sign_calcom
from zusage.inbound.webhooks.calcom import HEADER

_EACH = 10
_PAUSE = 0.02
_ACKNOWLEDGED_MS = 20.0
_USUAL_SIZE = 1_800
"""Bytes, about as much as Cal.com sends of a booking."""


async def hooks(stage: Stage, length: Length, told: Told) -> None:
    """Deliver webhooks of bookings on the web, each in turns with the server's plainest answer, on one connection.

    Every one is new and signed: it is checked, stored and leaves a job before it is acknowledged. The worker goes on
    with them meanwhile."""
    wire = _Wire(stage.url)
    acknowledged: list[float] = []
    plain: list[float] = []
    await wire.ask(b"GET /health/live HTTP/1.1\r\nHost: bench\r\n\r\n")
    for turn in range(_EACH * length.repeats):
        request = await _delivery(stage, stage.salons[turn % len(stage.salons)], turn)
        acknowledged.append(await wire.ask(request))
        plain.append(await wire.ask(b"GET /health/live HTTP/1.1\r\nHost: bench\r\n\r\n"))
        await asyncio.sleep(_PAUSE)
    wire.close()
    ((stored,),) = stage.rows("SELECT count(*) FROM calendar_hint")
    if stored < len(acknowledged):
        raise RuntimeError(f"{len(acknowledged)} webhooks were acknowledged, and {stored} stored")
    told.line("hooks", "webhook stored and acknowledged: p50 / p95 / p99", _fine(acknowledged))
    told.line("hooks", "/health/live, in turns with it", _fine(plain))
    ratio = quantile(acknowledged, 0.5) / max(quantile(plain, 0.5), 0.1)
    told.line("hooks", "acknowledged / plainest answer, p50", f"{ratio:.1f}")
    told.goals.append(
        at_most("webhook acknowledged, p95 in ms", quantile(acknowledged, 0.95), _ACKNOWLEDGED_MS)
    )
    told.figures["hooks"] = {"acknowledged": acknowledged, "plain": plain}


def _fine(waits: list[float]) -> str:
    return " / ".join(f"{quantile(waits, share):.1f} ms" for share in (0.5, 0.95, 0.99))


async def _delivery(stage: Stage, salon: Salon, turn: int) -> bytes:
    """Book on the web, and write the request that Cal.com would send of it; the simulator sends none."""
    world = stage.sim.world
    kind = stage.kind(salon, salon.people[turn % len(salon.people)], SLUG)
    uid = await stage.sim.people.book(kind.id, own_time(turn), quiet=True)
    made = world.bookings[uid]
    payload = {
        "uid": uid,
        "startTime": made.period.start.isoformat(),
        "endTime": made.period.end.isoformat(),
        "organizer": {"id": made.host_id},
        "metadata": {},
    }
    payload["additionalNotes"] = "x" * (_USUAL_SIZE - len(json.dumps(payload)))
    body = json.dumps({"triggerEvent": "BOOKING_CREATED", "payload": payload}).encode()
    hook = next(
        each
        for each in world.webhooks.values()
        if each.account == salon.file.key and "BOOKING_CREATED" in each.triggers
    )
    head = (
        f"POST {urlsplit(hook.url).path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"{HEADER}: {sign_calcom(body, hook.secret or '')}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Wire:
    """One kept connection to the server."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._host, self._port = address.hostname or "", address.port or 80
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> float:
        """Send a request and give the milliseconds until its answer.

        :raises RuntimeError: the answer is not 200."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        begun = time.perf_counter()
        writer.write(request)
        status, answer = await read_answer(reader)
        waited = (time.perf_counter() - begun) * 1000
        if status != 200:
            raise RuntimeError(f"{request.splitlines()[0]!r} is answered with {status}: {answer!r}")
        return waited

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
