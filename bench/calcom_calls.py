"""The calls of the load: fifty at once, each in real time, some for times that others want as well.

Every call says its own sentence, waits 20 to 60 s as somebody who looks into a calendar does, and books. What is
named to a caller as free is written down with its moment, to be held against the truth afterwards."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import Any, Literal

from bench.calcom_stage import Salon, Stage
from bench.load import TOOLS, Body, Line
from bench.sentences import BERLIN, envelope, event
from zusage.core.values import Period

SERVICE, SLUG = "Herrenschnitt", "herrenschnitt"
THINKING = (20.0, 60.0)
_WEB_LEAD = 4.0
_DAYS = 6
_PARTS = ("vormittags", "nachmittags")

Part = Literal["own_exact", "own_window", "pair_exact", "pair_window", "web_before", "web_during"]
_TURN: tuple[Part, ...] = (
    *(("own_exact",) * 7),
    *(("own_window",) * 7),
    *("pair_exact", "pair_window"),
    *("web_before", "web_during"),
)
"""One turn of twenty calls, a pair being two: six of them, 30 %, want what somebody else wants too."""


@dataclass(frozen=True)
class Script:
    """What one caller wants: an exact time, or the first one of a part of a day, with somebody by name."""

    number: int
    part: Part
    salon: Salon
    person: str
    day: date
    hour: int

    @property
    def start(self) -> datetime:
        return datetime.combine(self.day, datetime.min.time(), BERLIN).replace(hour=self.hour)

    def question(self) -> dict[str, str]:
        exact = f"am {self.day:%d.%m.%Y} um {self.hour} Uhr"
        window = f"am {self.day:%d.%m.%Y} {_PARTS[self.hour > 12]}"
        when = window if self.part.endswith("window") else exact
        return {"service": SERVICE, "when": when, "staff": self.person.split()[0]}


@dataclass(frozen=True)
class Named:
    """A time that a caller was told is free. Moments are unix seconds: when they asked, and when they heard it."""

    script: Script
    answer: str
    staff: str
    during: Period
    asked: float
    heard: float


@dataclass
class Heard:
    """What the callers heard. `lost` counts answers that somebody was faster, `helped` those of them with alternatives.

    Nobody hears in their call of what was promised and refused at Cal.com later; that is in review (`Proof.refused`)."""

    named: list[Named] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    helped: Counter[str] = field(default_factory=Counter)
    most_at_once: int = 0

    def lost_at(self, operation: str) -> tuple[int, int]:
        """Count who heard at "check" or "book" that somebody was faster, and how many of them got alternatives."""
        ends = [end for end in self.lost if end.split()[0] == operation]
        return sum(self.lost[end] for end in ends), sum(self.helped[end] for end in ends)


def scripts(salons: list[Salon], seed: int) -> Iterator[Script]:
    """Make the callers' wishes: each in a day of a person that no others but their rivals want anything of."""
    dice = random.Random(seed)
    first = datetime.now(BERLIN).date() + timedelta(days=1)
    cells = [
        (salon, person, first + timedelta(days=day), hour)
        for salon in salons
        for person in salon.people
        for day in range(_DAYS)
        for hour in (9, 14)
    ]
    dice.shuffle(cells)
    numbers = iter(range(1, 1_000_000))
    free = cycle(cells)
    for number, part in zip(numbers, _shuffled_turns(dice), strict=False):
        salon, person, day, hour = next(free)
        script = Script(number, part, salon, person, day, hour + dice.randrange(0, 3))
        yield script
        if part.startswith("pair"):
            yield Script(next(numbers), part, salon, person, day, script.hour)


def _shuffled_turns(dice: random.Random) -> Iterator[Part]:
    while True:
        turn = list(_TURN)
        dice.shuffle(turn)
        yield from turn


async def play(stage: Stage, *, lanes: int, seconds: float, seed: int) -> Heard:
    """Keep `lanes` calls going; no new one begins after `seconds`, those that have begun are played to their end."""
    heard = Heard()
    wishes = scripts(stage.salons, seed)
    until = time.monotonic() + seconds
    going = 0

    async def lane(number: int) -> None:
        nonlocal going
        dice = random.Random(seed * 1000 + number)
        line = stage.line()
        await asyncio.sleep(dice.uniform(0, 8))
        while time.monotonic() < until:
            going += 1
            heard.most_at_once = max(heard.most_at_once, going)
            await _Caller(stage, heard, line, next(wishes), dice).call()
            going -= 1
        line.close()

    await asyncio.gather(*map(lane, range(lanes)))
    return heard


class _Caller:
    """One call, from the greeting to hanging up."""

    def __init__(self, stage: Stage, heard: Heard, line: Line, script: Script, dice: random.Random) -> None:
        self._stage = stage
        self._heard = heard
        self._line = line
        self._script = script
        self._dice = dice

    async def call(self) -> None:
        script = self._script
        await self._line.post(
            "started", "/api/retell/webhook", event(script.salon.number, script.number, "call_started")
        )
        await self._tool("initialize", "initialize_call", {})
        if script.part == "web_before":
            await self._web_books(script.person, script.start)
            await asyncio.sleep(_WEB_LEAD)
            self._line.close()
        answer = await self._tool("check", "check_availability", script.question())
        self._heard.ends[f"{script.part} {await self._decide(answer)}"] += 1
        ended = event(script.salon.number, script.number, "call_ended")
        await self._line.post("ended", "/api/retell/webhook", ended)

    async def _decide(self, answer: Body) -> str:
        """Think, book what is held or the first offer, and take the first alternative where somebody was faster."""
        for _ in range(3):
            chosen = _choice(answer)
            if chosen is None:
                return str(answer["status"])
            await self._think(answer)
            answer = await self._tool("book", "book_appointment", {"name": "Sabine Müller"} | chosen)
            if answer["status"] == "booked":
                return "booked"
        return str(answer["status"])

    async def _think(self, answer: Body) -> None:
        # The server hangs up idle connections, as it does with those of the voice platform.
        self._line.close()
        pause = self._dice.uniform(*THINKING)
        if self._script.part == "web_during" and answer["status"] == "held":
            await asyncio.sleep(pause / 2)
            await self._web_books(answer["data"]["staff"], datetime.fromisoformat(answer["data"]["start"]))
            pause /= 2
        await asyncio.sleep(pause)

    async def _web_books(self, person: str, start: datetime) -> None:
        """Somebody books the same time on the salon's page at Cal.com."""
        kind = self._stage.kind(self._script.salon, person, SLUG)
        await self._stage.sim.people.book(kind.id, start)

    async def _tool(self, operation: str, tool: str, args: dict[str, Any]) -> Body:
        script, asked = self._script, time.time()
        said = envelope(script.salon.number, script.number, tool, args)
        said["call"]["transcript_with_tool_calls"][-1]["tool_call_id"] += f"_{asked}"
        answer = await self._line.post(operation, TOOLS, said)
        self._note(operation, answer, asked)
        return answer

    def _note(self, operation: str, answer: Body, asked: float) -> None:
        heard, status = self._heard, answer["status"]
        data = answer["data"]
        offers = data.get("offers", [])
        for each in [data] if status == "held" else offers:
            during = Period(datetime.fromisoformat(each["start"]), datetime.fromisoformat(each["end"]))
            heard.named.append(Named(self._script, status, each["staff"], during, asked, time.time()))
        if operation in ("check", "book") and status in ("not_free", "conflict", "expired"):
            heard.lost[f"{operation} {status}"] += 1
            heard.helped[f"{operation} {status}"] += bool(offers)


def _choice(answer: Body) -> dict[str, str] | None:
    if answer["status"] == "held":
        return {"hold": answer["data"]["hold"]["token"]}
    offers = answer["data"].get("offers") or []
    return {"offer": offers[0]["token"]} if offers else None
