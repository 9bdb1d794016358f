"""Callers who hold and book one time after the other while something is killed under them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from race_salon import TALK, Race, Wanted, at, race_day

from support.voice import Phone

CALLERS = 8
AGREED = {"booked", "already_booked"}
UNREACHABLE = "503"
EXCUSES = {"busy", "error", UNREACHABLE}
_A_DAY = 16
_PATIENCE = 30.0

Answer = dict[str, Any]


def booking(held: Answer) -> dict[str, str]:
    """The arguments that book what was held."""
    return {"name": "Sabine Müller", "hold": held["data"]["hold"]["token"]}


@dataclass
class Traffic:
    """`booked` are the appointments that callers were promised, `open` the holds whose booking was not answered.

    Every caller asks for times nobody else wants. An `impatient` one hangs up for good when the line breaks."""

    race: Race
    impatient: bool = False
    booked: set[str] = field(default_factory=set)
    open: list[tuple[Phone, Answer]] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    texts: set[str] = field(default_factory=set)
    going: bool = True

    @asynccontextmanager
    async def flowing(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self._calls(number)) for number in range(CALLERS)]
        try:
            yield
        finally:
            self.going = False
            await asyncio.gather(*tasks)

    async def more_booked(self, count: int) -> None:
        """Return once so many more bookings were answered."""
        wanted = len(self.booked) + count
        await self._until(lambda: len(self.booked) >= wanted)

    async def more_excused(self, count: int) -> None:
        """Return once so many more callers heard that it does not work now."""
        wanted = self._excused() + count
        await self._until(lambda: self._excused() >= wanted)

    def _excused(self) -> int:
        return sum(self.statuses[status] for status in EXCUSES)

    async def _until(self, reached: Callable[[], bool]) -> None:
        latest = time.monotonic() + _PATIENCE
        while not reached():
            assert time.monotonic() < latest, (self.statuses, self.texts)
            await asyncio.sleep(0.01)

    async def _calls(self, number: int) -> None:
        turn = 0
        while self.going:
            day = race_day(number * _A_DAY + turn // _A_DAY)
            try:
                await self._call(self.race.phone(number), Wanted(TALK, at(day, 30 * (turn % _A_DAY))))
            except httpx2.TransportError:
                if self.impatient:
                    return
            turn += 1

    async def _call(self, phone: Phone, wanted: Wanted) -> None:
        held = await self._say(phone, "check_availability", wanted.arguments())
        if held["status"] != "held":
            await asyncio.sleep(0.05)
            return
        self.open.append((phone, held))
        booked = await self._say(phone, "book_appointment", booking(held))
        if booked["status"] in AGREED:
            self.booked.add(booked["data"]["appointment"]["id"])
            self.open.remove((phone, held))

    async def _say(self, phone: Phone, tool: str, args: dict[str, str]) -> Answer:
        body = phone.body(tool, args, f"tool_{time.time_ns():x}_{phone.call_id}")
        response = await phone.post("/api/retell/function-call", body)
        known = response.status_code == 200
        answer: Answer = response.json() if known else {"status": str(response.status_code)}
        self.statuses[answer["status"]] += 1
        if answer["status"] in EXCUSES or not known:
            self.texts.add(response.text[:500])
        return answer
