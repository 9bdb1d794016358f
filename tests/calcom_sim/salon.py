"""A client of the simulated Cal.com that says what a test wants to say in one line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2

from zusage.sandbox.calcom import DEMO_KEY, EventType, Simulator, sign

Json = dict[str, Any]

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""A Monday, nine o'clock in Berlin; the salon opens on Tuesday at nine."""
NINE = "2026-11-24T08:00:00Z"
TEN = "2026-11-24T09:00:00Z"
ELEVEN = "2026-11-24T10:00:00Z"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass
class Salon:
    """Talks to a simulator as an adapter would, with the demo salon's key unless told otherwise."""

    sim: Simulator
    http: httpx2.AsyncClient
    bookings_version: str = "2024-08-13"

    def kind(self, slug: str = "herrenschnitt", *, owner: str = "anna") -> EventType:
        """The event type of that slug: of a person, or of the team where nobody owns it."""
        world = self.sim.world
        owners = {each.id for each in world.users.values() if each.username == owner} | {None}
        return next(
            each
            for each in world.event_types.values()
            if each.slug == slug and each.owner_id in owners and each.scheduling != "managed"
        )

    async def send(self, method: str, path: str, version: str | None = None, **more: Any) -> httpx2.Response:
        headers = {} if version is None else {"cal-api-version": version}
        return await self.http.request(method, path, headers=headers | more.pop("headers", {}), **more)

    async def slots(self, kind: EventType | None = None, **query: str) -> httpx2.Response:
        asked = {"eventTypeId": str((kind or self.kind()).id), "start": "2026-11-24", "end": "2026-11-24"}
        return await self.send("GET", "/v2/slots", "2024-09-04", params=asked | query)

    async def starts(self, kind: EventType | None = None, **query: str) -> list[str]:
        """The starts of all days in one list."""
        answer = await self.slots(kind, **query)
        assert answer.status_code == 200, answer.text
        return [each["start"] for day in answer.json()["data"].values() for each in day]

    def wish(self, start: str = TEN, kind: EventType | None = None, **more: Any) -> Json:
        who = {"name": "Ida Berg", "email": "c-1@callers.example", "timeZone": "Europe/Berlin"}
        return {"start": start, "eventTypeId": (kind or self.kind()).id, "attendee": who} | more

    async def book(self, start: str = TEN, kind: EventType | None = None, **more: Any) -> httpx2.Response:
        return await self.send(
            "POST", "/v2/bookings", self.bookings_version, json=self.wish(start, kind, **more)
        )

    async def booked(self, start: str = TEN, kind: EventType | None = None, **more: Any) -> Json:
        """Book, and insist that it worked."""
        answer = await self.book(start, kind, **more)
        assert answer.status_code == 201, answer.text
        return data(answer)

    async def get(self, uid: str) -> httpx2.Response:
        return await self.send("GET", f"/v2/bookings/{uid}", self.bookings_version)

    async def find(self, **query: Any) -> httpx2.Response:
        return await self.send("GET", "/v2/bookings", self.bookings_version, params=query)

    async def uids(self, **query: Any) -> list[str]:
        answer = await self.find(**query)
        assert answer.status_code == 200, answer.text
        return [each["uid"] for each in answer.json()["data"]]

    async def cancel(self, uid: str, **body: Any) -> httpx2.Response:
        wish = {"cancellationReason": "called off"} | body
        return await self.send("POST", f"/v2/bookings/{uid}/cancel", self.bookings_version, json=wish)

    async def move(self, uid: str, start: str, **body: Any) -> httpx2.Response:
        wish = {"start": start} | body
        return await self.send("POST", f"/v2/bookings/{uid}/reschedule", self.bookings_version, json=wish)

    async def reserve(self, start: str = TEN, kind: EventType | None = None, **body: Any) -> httpx2.Response:
        wish = {"eventTypeId": (kind or self.kind()).id, "slotStart": start} | body
        return await self.send("POST", "/v2/slots/reservations", "2024-09-04", json=wish)

    async def subscribe(self, url: str, *triggers: str, secret: str | None = "hush") -> httpx2.Response:
        wish = {"subscriberUrl": url, "active": True, "triggers": triggers or ALL_TRIGGERS, "secret": secret}
        return await self.send("POST", "/v2/webhooks", json=wish)

    @property
    def live(self) -> list[str]:
        """The live bookings as Cal.com really has them, whatever look-ups show."""
        return [each.uid for each in self.sim.world.bookings.values() if each.live]


ALL_TRIGGERS = (
    *("BOOKING_CREATED", "BOOKING_REQUESTED", "BOOKING_RESCHEDULED", "BOOKING_CANCELLED", "BOOKING_REJECTED"),
    "BOOKING_NO_SHOW_UPDATED",
)


def data(answer: httpx2.Response) -> Json:
    found = answer.json()["data"]
    assert isinstance(found, dict)
    return found


def message(answer: httpx2.Response) -> str:
    """What an answer complains of, in either shape."""
    body = answer.json()
    return str(body["error"]["message"] if "error" in body else body["message"])


@dataclass
class Receiver:
    """A subscriber: a real server that keeps what it is sent, and can be slow."""

    url: str = ""
    events: list[Json] = field(default_factory=list)
    signatures: list[tuple[str, str]] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)
    slow_s: float = 0.0

    @property
    def triggers(self) -> Sequence[str]:
        return [each["triggerEvent"] for each in self.events]

    def signed(self, secret: str = "hush") -> list[bool]:
        return [sign(body.encode(), secret) == signature for body, signature in self.signatures]


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[Receiver]:
    """Listen for webhook calls on a port of its own."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await _take(receiver, reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    yield receiver
    server.close()


async def _take(receiver: Receiver, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    body = await reader.readexactly(int(headers["content-length"]))
    receiver.events.append(httpx2.Response(200, content=body).json())
    receiver.signatures.append((body.decode(), headers["x-cal-signature-256"]))
    receiver.told.set()
    await asyncio.sleep(receiver.slow_s)
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
    await writer.drain()
    return True


@asynccontextmanager
async def at_the_salon(sim: Simulator, key: str | None = DEMO_KEY) -> AsyncIterator[Salon]:
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(base_url=sim.base_url, headers=headers, timeout=20) as http:
        yield Salon(sim, http)
