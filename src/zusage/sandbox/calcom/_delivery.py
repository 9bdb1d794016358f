"""Webhook calls on their way out: signed, and lost, doubled, late or out of order when a fault says so."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2

from zusage.sandbox.calcom._clock import SimClock
from zusage.sandbox.calcom._faults import WEBHOOK_FAULTS, Asked, Fault, FaultBook
from zusage.sandbox.calcom._journal import Delivery, Journal
from zusage.sandbox.calcom._model import Json, Webhook, iso

_PATIENCE_S = 15.0
_UNSIGNED = "no-secret-provided"


@dataclass(frozen=True, slots=True)
class _Parcel:
    hook: Webhook
    content: bytes
    headers: dict[str, str]
    entry: Delivery


class Delivering:
    """Sends webhook calls. `inline`: the request that causes one waits for it, as Cal.com does."""

    def __init__(self, clock: SimClock, faults: FaultBook, journal: Journal, *, inline: bool = True) -> None:
        self.inline = inline
        self._clock = clock
        self._faults = faults
        self._journal = journal
        self._client = httpx2.AsyncClient(timeout=_PATIENCE_S, trust_env=False)
        self._held: dict[str, list[_Parcel]] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def send(self, hooks: Iterator[Webhook], trigger: str, payload: Json) -> None:
        """Send one event to everybody who subscribed; returns at once unless calls are made inline."""
        event = {"triggerEvent": trigger, "createdAt": iso(self._clock.now()), "payload": payload}
        waiting = [task for hook in hooks for task in self._dispatch(hook, trigger, event)]
        if self.inline and waiting:
            await asyncio.wait(waiting)

    async def settle(self) -> None:
        """Send what is held back, and wait until nothing is on its way, late calls included."""
        for parcels in self._held.values():
            for parcel in parcels:
                self._start(parcel, 0)
        self._held.clear()
        while self._running:
            await asyncio.wait(set(self._running))

    async def close(self) -> None:
        """End at once; what is on its way is lost."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._client.aclose()

    def _dispatch(self, hook: Webhook, trigger: str, event: Json) -> Iterator[asyncio.Task[None]]:
        """Give the calls the causing request has to wait for."""
        metadata = event["payload"].get("metadata") or {}
        asked = Asked(
            trigger, "POST", hook.url, event_type=event["payload"].get("eventTypeId"), metadata=metadata
        )
        faults = self._faults.pick(asked, WEBHOOK_FAULTS)
        parcel = self._pack(hook, trigger, event, faults)
        if "webhook_lost" in faults:
            parcel.entry.outcome = "lost"
            return
        if "webhook_reorder" in faults:
            parcel.entry.outcome = "held"
            self._held.setdefault(hook.id, []).append(parcel)
            return
        late = faults.get("webhook_delay")
        for _ in range(2 if "webhook_duplicate" in faults else 1):
            task = self._start(parcel, late.seconds or 0 if late else 0)
            if late is None:
                yield task
        for earlier in self._held.pop(hook.id, []):
            self._start(earlier, 0, after=task)

    def _pack(self, hook: Webhook, trigger: str, event: Json, faults: dict[str, Fault]) -> _Parcel:
        content = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        secret = "another secret" if "webhook_bad_signature" in faults else hook.secret
        headers = {
            "content-type": "application/json",
            "x-cal-signature-256": sign(content, secret),
            "x-cal-webhook-version": "2021-10-20",
        }
        number, now, uid = self._journal.next_number(), self._clock.now(), event["payload"]["uid"]
        entry = Delivery(number, now, hook.url, trigger, uid, "sending", faults=sorted(faults))
        self._journal.deliveries.append(entry)
        return _Parcel(hook, content, headers, entry)

    def _start(
        self, parcel: _Parcel, seconds: float, *, after: asyncio.Task[None] | None = None
    ) -> asyncio.Task[None]:
        task = asyncio.create_task(self._deliver(parcel, seconds, after))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _deliver(self, parcel: _Parcel, seconds: float, after: asyncio.Task[None] | None) -> None:
        await asyncio.sleep(seconds)
        if after is not None:
            await asyncio.wait([after])
        entry = parcel.entry
        try:
            response = await self._client.post(
                parcel.hook.url, content=parcel.content, headers=parcel.headers
            )
        except (httpx2.HTTPError, httpx2.InvalidURL):
            # Nothing is tried again, as at Cal.com.
            entry.outcome = "failed"
        else:
            entry.outcome, entry.status = "sent", response.status_code


def sign(content: bytes, secret: str | None) -> str:
    """Sign a webhook body as Cal.com does: HMAC-SHA256 in lowercase hex, a fixed word without a secret."""
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest() if secret else _UNSIGNED
