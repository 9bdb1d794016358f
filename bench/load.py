"""The load generator: callers on raw sockets in a process of its own, so that it never slows what it measures.

`python -m bench.load` reads one `Order` as JSON from standard input and writes one JSON object: per operation the
latencies in milliseconds, the statuses that were answered, and the processor time the generator itself needed."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import uvloop

from bench.sentences import KEY, envelope, event, slot
from zusage.core.signing import sign_retell

Body = dict[str, Any]
TOOLS = "/api/retell/function-call"
_ANSWER_LIMIT = 20.0
# A bound on what one run may ask, whatever the clock does.
_MOST = 100_000


@dataclass(frozen=True)
class Order:
    """What to play, by how many callers, for how long. With `rate` calls begin at fixed times instead (open loop).

    `first` is the number of the first call; every number is a customer of its own who wants a time of their own."""

    scene: str
    base_url: str
    callers: int
    seconds: float
    first: int
    companies: int
    rate: float = 0.0
    hot: bool = False


class Line:
    """One connection, kept for many calls, and the book in which waits are written down; `last` are the newest ones."""

    def __init__(self, base_url: str, waits: dict[str, list[float]], statuses: Counter[str]) -> None:
        address = urlsplit(base_url)
        self._host, self._port = address.hostname or "", address.port or 80
        self._waits, self._statuses = waits, statuses
        self.last: dict[str, float] = {}
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, operation: str, path: str, body: Body, since: float | None = None) -> Body:
        """Send a signed request and write down the wait, from `since` where the caller began to wait before."""
        data = json.dumps(body).encode()
        begun = time.perf_counter() if since is None else since
        status, answer = await asyncio.wait_for(self._exchange(path, data), _ANSWER_LIMIT)
        self.note(operation, begun)
        told: Body = json.loads(answer) if answer else {}
        self._statuses[f"{operation} {told.get('status', status)}"] += 1
        return told

    def note(self, operation: str, begun: float) -> None:
        self.last[operation] = (time.perf_counter() - begun) * 1000
        self._waits[operation].append(self.last[operation])

    async def _exchange(self, path: str, data: bytes) -> tuple[int, bytes]:
        if self._writer is None or self._reader is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        signature = sign_retell(data, KEY, time.time_ns() // 1_000_000)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
            f"X-Retell-Signature: {signature}\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        self._writer.write(head.encode() + data)
        return await read_answer(self._reader)

    def close(self) -> None:
        """Hang up; the next request connects anew."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Read the status and the body of one answer, which says how long it is."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ),
        0,
    )
    return status, await reader.readexactly(length)


Scene = Callable[[Line, Order, int, float | None], Awaitable[None]]


async def _plain(line: Line, order: Order, number: int, since: float | None) -> None:
    """One request to the bench's own server: nothing, the floor, or a bare hold."""
    await line.post(order.scene, f"/{order.scene}", envelope(0, number, order.scene, {"n": number}), since)


async def _check(line: Line, order: Order, number: int, since: float | None) -> Body:
    wanted = slot(number, order.companies, hot=order.hot)
    said = envelope(wanted.company, number, "check_availability", wanted.arguments())
    return await line.post("check", TOOLS, said, since)


async def _hold(line: Line, order: Order, number: int, since: float | None) -> None:
    await _check(line, order, number, since)


async def _book(line: Line, order: Order, number: int, held: Body, since: float | None = None) -> None:
    if held["status"] != "held":
        return
    said = {"name": "Sabine Müller", "hold": held["data"]["hold"]["token"]}
    company = slot(number, order.companies, hot=order.hot).company
    await line.post("book", TOOLS, envelope(company, number, "book_appointment", said), since)


async def _pair(line: Line, order: Order, number: int, since: float | None) -> None:
    begun = time.perf_counter()
    await _book(line, order, number, await _check(line, order, number, since))
    line.note("pair", begun)


async def _call(line: Line, order: Order, number: int, since: float | None) -> None:
    begun = time.perf_counter()
    company = slot(number, order.companies, hot=order.hot).company
    await line.post("initialize", TOOLS, envelope(company, number, "initialize_call", {}), since)
    await _book(line, order, number, await _check(line, order, number, None))
    await line.post("ended", "/api/retell/webhook", event(company, number, "call_ended"))
    line.note("call", begun)


SCENES: dict[str, Scene] = {
    "null": _plain,
    "floor": _plain,
    "bare": _plain,
    "check": _hold,
    "pair": _pair,
    "call": _call,
}


async def play(order: Order) -> dict[str, Any]:
    waits: dict[str, list[float]] = defaultdict(list)
    statuses: Counter[str] = Counter()
    numbers = iter(range(order.first, order.first + _MOST))
    lines = [Line(order.base_url, waits, statuses) for _ in range(order.callers)]
    cpu, begun = time.process_time(), time.perf_counter()
    took = await (_open_loop if order.rate else _closed_loop)(order, lines, numbers)
    spent = (time.process_time() - cpu) / (time.perf_counter() - begun)
    for line in lines:
        line.close()
    return {
        "waits": waits,
        "statuses": statuses,
        "seconds": took,
        "generator_cpu": spent,
        "next": next(numbers),
    }


async def _closed_loop(order: Order, lines: list[Line], numbers: Iterator[int]) -> float:
    """Every caller calls again as soon as they are through; gives the seconds it took."""
    begun = time.perf_counter()

    async def caller(line: Line) -> None:
        while time.perf_counter() - begun < order.seconds:
            await SCENES[order.scene](line, order, next(numbers), None)

    await asyncio.gather(*map(caller, lines))
    return time.perf_counter() - begun


Step = Callable[[Line, float], Awaitable[object]]


async def _open_loop(order: Order, lines: list[Line], numbers: Iterator[int]) -> float:
    """Calls begin at fixed times, however long the earlier ones take; a wait counts from when it should have begun.

    Gives the seconds it took; for `book` without those in which the holds were made."""
    chosen = list(itertools.islice(numbers, round(order.rate * order.seconds)))
    if order.scene == "book":
        return await _at_rate(
            order, lines, (_booking(order, *held) for held in await _holds(order, lines, chosen))
        )
    return await _at_rate(order, lines, (_question(order, number) for number in chosen))


def _question(order: Order, number: int) -> Step:
    return lambda line, due: SCENES[order.scene](line, order, number, due)


def _booking(order: Order, number: int, held: Body) -> Step:
    return lambda line, due: _book(line, order, number, held, due)


async def _holds(order: Order, lines: list[Line], chosen: Iterable[int]) -> list[tuple[int, Body]]:
    """Make the holds that are booked then, unhurried."""
    waiting = iter(chosen)

    async def caller(line: Line) -> list[tuple[int, Body]]:
        return [(number, await _check(line, order, number, None)) for number in waiting]

    return list(itertools.chain(*await asyncio.gather(*map(caller, lines[:4]))))


async def _at_rate(order: Order, lines: list[Line], steps: Iterable[Step]) -> float:
    free: asyncio.Queue[Line] = asyncio.Queue()
    for line in lines:
        free.put_nowait(line)

    async def one(step: Step, due: float) -> None:
        line = await free.get()
        await step(line, due)
        free.put_nowait(line)

    begun = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for turn, step in enumerate(steps):
            due = begun + turn / order.rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(one(step, due))
    return time.perf_counter() - begun


def main() -> None:
    order = Order(**json.load(sys.stdin))
    json.dump(uvloop.run(play(order)), sys.stdout)


if __name__ == "__main__":
    main()
