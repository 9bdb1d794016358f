"""The admin door `/_sim/…`: script faults, set the clock, play people, read what happened. For this machine only."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from zusage.sandbox.calcom._accounts import demo_world, world_from
from zusage.sandbox.calcom._door import Reply, Request
from zusage.sandbox.calcom._faults import fault_from
from zusage.sandbox.calcom._latency import Latency
from zusage.sandbox.calcom._model import Json, iso
from zusage.sandbox.calcom._page import state_page
from zusage.sandbox.calcom._people import People
from zusage.sandbox.calcom._problems import RefusalError
from zusage.sandbox.calcom._render import booking_json, event_type_json
from zusage.sandbox.calcom._state import State

_Outage = Callable[[Any, float | None], Awaitable[None]]
_Deed = Callable[[Request, Any], Awaitable[object]]


class Admin:
    """Answers JSON to JSON; what cannot be done is 400 with a sentence, what is not there 404."""

    def __init__(self, state: State, people: People, outage: _Outage) -> None:
        self._state = state
        self._people = people
        self._outage = outage
        self._deeds: dict[tuple[str, str], _Deed] = {
            ("GET", "state"): self._show_state,
            ("GET", "requests"): self._show_requests,
            ("GET", "deliveries"): self._show_deliveries,
            ("GET", "bookings"): self._show_bookings,
            ("GET", "event-types"): self._show_event_types,
            ("GET", "faults"): self._show_faults,
            ("POST", "faults"): self._add_faults,
            ("DELETE", "faults"): self._drop_faults,
            ("POST", "clock"): self._set_clock,
            ("POST", "settings"): self._change_settings,
            ("POST", "outage"): self._start_outage,
            ("POST", "people"): self._play_people,
            ("POST", "settle"): self._settle,
            ("POST", "reset"): self._reset,
            ("PUT", "world"): self._set_world,
        }

    async def answer(self, request: Request) -> Reply:
        name = request.path.removeprefix("/_sim").strip("/")
        if not name and request.method == "GET":
            page = state_page(self._state)
            return Reply(200, page.encode(), {"content-type": "text/html; charset=utf-8"})
        deed = self._deeds.get((request.method, name.split("/")[0]))
        if deed is None:
            return _json(404, {"error": f"there is no {request.method} /_sim/{name}"})
        try:
            given = json.loads(request.content) if request.content else {}
            return _json(200, await deed(request, given))
        except KeyError as error:
            return _json(404, {"error": f"there is no {error}"})
        except (ValueError, TypeError, RefusalError) as error:
            return _json(400, {"error": str(error)})

    async def _show_state(self, _request: Request, _given: Json) -> Json:
        state = self._state
        return {
            "now": iso(state.clock.now()),
            "frozen": state.clock.frozen,
            "outage": state.outage,
            "bookings": len(state.world.bookings),
            "live": sum(each.live for each in state.world.bookings.values()),
            "reservations": len(state.world.reservations),
            "webhooks": len(state.world.webhooks),
            "requests": len(state.journal.requests),
            "keys": {each.account: each.token for each in state.world.keys.values() if each.admin},
            "rate_per_minute": state.rate.per_minute,
        }

    async def _show_requests(self, request: Request, _given: Json) -> list[Json]:
        since, op = int(request.query.get("since", 0)), request.query.get("op")
        found = self._state.journal.since(since)
        return [each.dump() for each in found if op in (None, each.op)]

    async def _show_deliveries(self, _request: Request, _given: Json) -> list[Json]:
        return [each.dump() for each in self._state.journal.deliveries]

    async def _show_bookings(self, request: Request, _given: Json) -> list[Json]:
        world, account = self._state.world, request.query.get("account")
        found = [each for each in world.bookings.values() if account in (None, each.account)]
        return [booking_json(world, each) for each in found]

    async def _show_event_types(self, _request: Request, _given: Json) -> list[Json]:
        world = self._state.world
        return [
            {"account": each.account} | event_type_json(world, each) for each in world.event_types.values()
        ]

    async def _show_faults(self, _request: Request, _given: Json) -> list[Json]:
        return self._state.faults.dump()

    async def _add_faults(self, _request: Request, given: Json | list[Json]) -> Json:
        faults = [fault_from(each) for each in (given if isinstance(given, list) else [given])]
        return {"ids": [self._state.faults.add(each) for each in faults]}

    async def _drop_faults(self, request: Request, _given: Json) -> Json:
        number = request.path.rstrip("/").rpartition("/")[2]
        if number == "faults":
            self._state.faults.clear()
        elif not self._state.faults.remove(int(number)):
            raise KeyError(f"fault {number}")
        return {}

    async def _set_clock(self, _request: Request, given: Json) -> Json:
        clock = self._state.clock
        if "now" in given:
            moment = datetime.fromisoformat(given["now"])
            if moment.tzinfo is None:
                raise ValueError("now needs an offset")
            clock.set(moment, frozen=given.get("frozen", True))
        if "advance_s" in given:
            clock.advance(given["advance_s"])
        return {"now": iso(clock.now()), "frozen": clock.frozen}

    async def _change_settings(self, _request: Request, given: Json) -> Json:
        state = self._state
        for name, value in given.items():
            if name == "latency":
                state.latency.update({op: Latency.of(each) for op, each in value.items()})
            elif name in ("rate_per_minute", "block_s"):
                setattr(state.rate, name.removeprefix("rate_"), value)
            elif name == "slots_cache_s":
                state.slots.seconds = value
            elif name == "replica_lag_s":
                state.replica_lag_s = value
            elif name == "hooks_inline":
                state.hooks.inline = value
            else:
                raise ValueError(f"there is no setting {name}")
        return {}

    async def _start_outage(self, _request: Request, given: Json) -> Json:
        mode = given.get("mode")
        if mode not in (None, "refuse", "hang", "error"):
            raise ValueError("mode is refuse, hang, error or null")
        await self._outage(mode, given.get("seconds"))
        return {}

    async def _play_people(self, _request: Request, given: Json) -> Json:
        rest = {name: value for name, value in given.items() if name != "do"}
        return await self._people.do(given.get("do", ""), rest)

    async def _settle(self, _request: Request, _given: Json) -> Json:
        await self._state.hooks.settle()
        return {}

    async def _reset(self, _request: Request, _given: Json) -> Json:
        """Forget faults, counts and what happened; the world stays."""
        self._state.faults.clear()
        self._state.rate.reset()
        self._state.journal.clear()
        self._state.slots.answers.clear()
        return {}

    async def _set_world(self, _request: Request, given: Json) -> Json:
        """Begin with another world; an empty object is the demo salon."""
        world = world_from(given, self._state.seed) if given else demo_world(self._state.seed)
        self._state.world = world
        self._state.slots.answers.clear()
        return {each.account: each.token for each in world.keys.values() if each.admin}


def _json(status: int, body: object) -> Reply:
    content = json.dumps(body, ensure_ascii=False).encode()
    return Reply(status, content, {"content-type": "application/json; charset=utf-8"})
