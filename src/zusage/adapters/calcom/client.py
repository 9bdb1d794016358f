"""Asks Cal.com for a company: limits, breaker, the request itself, and what its outcome means."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import httpx2
import structlog

from zusage.adapters.calcom.calendar import Asked, CalcomCalendar
from zusage.adapters.calcom.circuit import Circuits
from zusage.adapters.calcom.classifier import TOO_MANY, block_seconds, classify, is_breakdown
from zusage.adapters.calcom.pool import AbandonedError, CalcomPool, Journey, RawAnswer, Sending
from zusage.adapters.calcom.routes import ME, server
from zusage.adapters.calcom.shared import BlockNote, TokenBucket
from zusage.app.errors import ZusageError
from zusage.app.mirror.circuits import Door
from zusage.app.mirror.ports import CalendarAccess, CalendarError, Failure, Priority, Terms
from zusage.app.points import Reach, pass_by

log = structlog.get_logger()

_Value = TypeVar("_Value")
_LOST = (httpx2.ReadError, httpx2.WriteError, httpx2.RemoteProtocolError)


class CalcomClient:
    """Implements `app.mirror.ports.Calendars` for every company of this process.

    A request runs in a task of its own: when its caller stops waiting it goes on to `full_limit`, if it has left,
    and its outcome still counts for the breaker; if it has not left, it never will. `blocks` keeps that a key is
    blocked, in the background and where there is such a place. `broken` says which answers are failures."""

    def __init__(
        self,
        pool: CalcomPool,
        circuits: Circuits,
        bucket: TokenBucket,
        *,
        blocks: BlockNote | None = None,
        reach: Reach = pass_by,
        broken: Callable[[int, bytes], bool] = is_breakdown,
    ) -> None:
        self._pool = pool
        self._circuits = circuits
        self._bucket = bucket
        self._blocks = blocks
        self.reach = reach
        self._broken = broken
        self._noting: set[UUID] = set()
        self._running: set[asyncio.Task[Any]] = set()

    def of(self, access: CalendarAccess) -> CalcomCalendar:
        """Open a company's calendar; costs nothing and connects nothing."""
        return CalcomCalendar(self, access)

    async def close(self, grace: float = 5.0) -> None:
        """Let requests that have left finish for up to `grace` seconds, then close all connections."""
        if self._running:
            await asyncio.wait(self._running, timeout=grace)
        left = list(self._running)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._pool.close()

    async def ask(
        self, access: CalendarAccess, asked: Asked, decode: Callable[[Any], _Value], terms: Terms
    ) -> _Value:
        """Send one request and read its answer.

        :raises CalendarError: it was refused, failed, or no answer came within the terms."""
        journey = Journey(self.reach if asked.route.door == "writes" else pass_by)
        task = self._start(self._run(access, asked, journey, terms))
        try:
            done, _ = await asyncio.wait({task}, timeout=terms.within)
        finally:
            journey.abandoned = not task.done()
        if not done:
            raise _late(asked, journey, terms)
        return _decoded(asked, task.result(), decode)

    def _start(self, work: Any) -> asyncio.Task[Any]:  # noqa: ANN401
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # nobody may be listening any more

    async def _run(self, access: CalendarAccess, asked: Asked, journey: Journey, terms: Terms) -> RawAnswer:
        door = asked.route.door
        await self._pass_breaker(access, door)
        await self._take_token(access, terms.priority)
        if journey.abandoned:
            raise AbandonedError
        limit = max(self._pool.settings.full_limit, terms.within)
        try:
            answer = await self._send(access, asked, journey, limit, terms.priority)
        except (AbandonedError, CalendarError):
            raise
        except httpx2.PoolTimeout as error:
            raise CalendarError("not_sent", "All connections to Cal.com are busy.") from error
        except Exception as error:  # whatever breaks once it has left leaves us without knowledge
            await self._circuits.failed(access.company_id, door, type(error).__name__)
            raise _failure(asked, journey, error) from error
        await self._judge(access, door, answer)
        if 200 <= answer.status < 300:  # noqa: PLR2004
            return answer
        raise classify(asked.route, answer.status, answer.body, answer.headers)

    async def _send(
        self, access: CalendarAccess, asked: Asked, journey: Journey, limit: float, priority: Priority
    ) -> RawAnswer:
        sending, door = _sending(access, asked), asked.route.door
        try:
            return await self._pool.send(sending, journey, door=door, limit=limit)
        except _LOST:
            if sending.route.method != "GET" or journey.abandoned:
                raise
        # A server may close an idle connection just when it is used; reading again does no harm.
        await self._take_token(access, priority)
        return await self._pool.send(sending, journey, door=door, limit=limit)

    async def _pass_breaker(self, access: CalendarAccess, door: Door) -> None:
        decision, circuit = await self._circuits.admit(access.company_id, door)
        if decision == "probe":
            await asyncio.wait({self._start(self._probe(access, door))})
            decision, circuit = await self._circuits.admit(access.company_id, door)
        if decision != "pass":
            raise CalendarError(
                "not_sent",
                f"Cal.com is left alone after failures ({circuit.reason}).",
                retry_after=self._circuits.wait(circuit),
            )

    async def _take_token(self, access: CalendarAccess, priority: Priority) -> None:
        blocked = access.blocked_until.timestamp() - time.time() if access.blocked_until else 0.0
        if blocked > 0:
            # Another process, or one before us, met the block; each request during it prolongs it (protocols 33).
            raise CalendarError(
                "limit", "Cal.com has blocked this key; nothing was sent.", retry_after=blocked
            )
        admission = await self._bucket.take(_bucket_key(access), access.per_minute, priority)
        if not admission.granted:
            raise CalendarError(
                "limit", "The rate of this key is used up; nothing was sent.", retry_after=admission.wait
            )

    async def _judge(self, access: CalendarAccess, door: Door, answer: RawAnswer) -> None:
        """Count the answer: only a broken server is a failure, a refusal is none (protocols 34)."""
        if answer.status == TOO_MANY:
            seconds = block_seconds(answer.headers)
            await self._bucket.block(_bucket_key(access), seconds)
            log.warning("calcom_rate_exceeded", company_id=str(access.company_id))
            if self._blocks is not None and access.company_id not in self._noting:
                self._noting.add(access.company_id)
                self._start(self._note_block(self._blocks, access.company_id, seconds))
        if self._broken(answer.status, answer.body):
            await self._circuits.failed(access.company_id, door, f"HTTP {answer.status}")
        else:
            await self._circuits.answered(access.company_id, door)

    async def _note_block(self, blocks: BlockNote, company_id: UUID, seconds: float) -> None:
        """Keep a block for other processes, once for all that met it at a time; nobody waits for it."""
        try:
            await blocks.note(company_id, seconds)
        except ZusageError as error:
            log.warning("calcom_block_not_kept", company_id=str(company_id), reason=str(error))
        finally:
            self._noting.discard(company_id)

    async def _probe(self, access: CalendarAccess, door: Door) -> None:
        """Ask who the key belongs to until the breaker decides; never a caller's booking."""
        phase = "half_open"
        while phase == "half_open":
            await self._take_token(access, "live")
            phase = await self._circuits.probed(
                access.company_id, door, await self._probe_failure(access, door)
            )
        log.info("calcom_probed", company_id=str(access.company_id), door=door, breaker=phase)

    async def _probe_failure(self, access: CalendarAccess, door: Door) -> str | None:
        try:
            answer = await self._pool.send(
                _sending(access, Asked(ME)), Journey(), door=door, limit=self._pool.settings.full_limit
            )
        except (httpx2.RequestError, TimeoutError) as error:
            return type(error).__name__
        return f"HTTP {answer.status}" if self._broken(answer.status, answer.body) else None


def _sending(access: CalendarAccess, asked: Asked) -> Sending:
    headers = {"authorization": f"Bearer {access.api_key}"}
    if asked.route.version is not None:
        headers["cal-api-version"] = asked.route.version
    return Sending(asked.route, server(access.base_url), asked.path, headers, asked.query, asked.body)


def _bucket_key(access: CalendarAccess) -> str:
    """Name the bucket of a key without naming the key."""
    return hashlib.sha256(f"{server(access.base_url)}\0{access.api_key}".encode()).hexdigest()[:32]


def _late(asked: Asked, journey: Journey, terms: Terms) -> CalendarError:
    kind: Failure = "unknown" if journey.sent else "not_sent"
    return CalendarError(kind, f"Cal.com did not answer {asked.route.name} within {terms.within:g} s.")


def _failure(asked: Asked, journey: Journey, error: Exception) -> CalendarError:
    if isinstance(error, (httpx2.UnsupportedProtocol, httpx2.InvalidURL)):
        return CalendarError("invalid", "The address of this Cal.com is not usable.")
    reason = type(error).__name__
    if journey.sent:
        return CalendarError("unknown", f"Cal.com did not answer {asked.route.name}: {reason}.")
    return CalendarError("not_sent", f"Cal.com was not reached for {asked.route.name}: {reason}.")


def _opened(body: bytes) -> Any:  # noqa: ANN401
    said = json.loads(body)
    if said["status"] != "success":
        raise ValueError(f"status {said['status']!r}")
    return said


def _decoded(asked: Asked, answer: RawAnswer, decode: Callable[[Any], _Value]) -> _Value:
    try:
        return decode(_opened(answer.body))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        # It was done, or not: a body we cannot read proves neither.
        raise CalendarError(
            "unknown",
            f"Cal.com answered {asked.route.name} with {answer.status}, but not readably: {error!r}"[:300],
            status=answer.status,
        ) from error
