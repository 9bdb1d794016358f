"""One caller after another who each say an exact time and book it at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bench.calcom_stage import Salon, Stage
from bench.load import TOOLS, Body
from bench.sentences import BERLIN, envelope

_HOURS, _FIRST_DAY = (9, 12, 15), 8


@dataclass(frozen=True)
class BookedCall:
    """How long the two answers took, in milliseconds, and what was booked."""

    check_ms: float
    book_ms: float
    appointment_id: str


class Booker:
    """Books on one connection; every turn is a time of its own in every salon."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._line = stage.line()

    async def book(self, salon: Salon, service: str, turn: int) -> BookedCall:
        """Check and book.

        :raises RuntimeError: the time is not free, so that nothing can be measured."""
        number, start = next(self._stage.numbers), own_time(turn)
        person = salon.people[turn % len(salon.people)].split()[0]
        said = {"service": service, "when": f"am {start:%d.%m.%Y} um {start.hour} Uhr", "staff": person}
        held = await self._tool(salon, number, "check", "check_availability", said)
        if held["status"] != "held":
            raise RuntimeError(f"{salon.file.key}: {said} is {held['status']}")
        named = {"name": "Sabine Müller", "hold": held["data"]["hold"]["token"]}
        answer = await self._tool(salon, number, "book", "book_appointment", named)
        if answer["status"] != "booked":
            raise RuntimeError(f"{salon.file.key}: {said} was held, and is {answer['status']}")
        waits = self._line.last
        return BookedCall(waits["check"], waits["book"], answer["data"]["appointment"]["id"])

    async def _tool(self, salon: Salon, number: int, operation: str, tool: str, args: dict[str, Any]) -> Body:
        return await self._line.post(operation, TOOLS, envelope(salon.number, number, tool, args))

    def close(self) -> None:
        self._line.close()


def own_time(turn: int) -> datetime:
    """Three times a day for each of four people, from the second week on; long services fit, too."""
    day = datetime.now(BERLIN).replace(minute=0, second=0, microsecond=0)
    slot = turn // 4
    return (day + timedelta(days=_FIRST_DAY + slot // len(_HOURS))).replace(hour=_HOURS[slot % len(_HOURS)])
