"""The page at `/`: what this is, whether it runs, the last calls; of a person nothing but a masked number."""

from __future__ import annotations

import base64
import hashlib
import time
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from zusage.app.operations.check_ready import Readiness, check_ready
from zusage.app.operations.ports import Cache, Watch
from zusage.app.operations.show_activity import Activity, show_activity
from zusage.app.operations.watch import MOST, CallSight
from zusage.inbound.api.masking import mask_phone

_TEMPLATES = Environment(
    loader=PackageLoader("zusage.inbound.api"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_KEEP_SECONDS = 3.0
_SHOWN_IN_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class State:
    """One line of the list of parts: its name, a level ("ok", "warn", "bad") and words."""

    name: str
    level: str
    words: str


@dataclass(frozen=True, slots=True)
class CallRow:
    time: str
    place: str
    caller: str
    outcome: str
    level: str
    tools: str


@dataclass(slots=True)
class PageDoor:
    """Renders the page, also while the database is away; one look at the database serves all for three seconds."""

    watch: Watch
    cache: Cache | None
    expects_worker: bool
    build: str
    _kept: tuple[float, str] | None = field(default=None)

    def routes(self) -> list[Route]:
        return [Route("/", self.page)]

    async def page(self, _request: Request) -> Response:
        kept = self._kept
        if kept is None or time.monotonic() > kept[0]:
            html = await self._render()
            self._kept = kept = (time.monotonic() + _KEEP_SECONDS, html)
        return HTMLResponse(kept[1], headers=_HEADERS)

    async def _render(self) -> str:
        seen = await check_ready(watch=self.watch, cache=self.cache, expects_worker=self.expects_worker)
        activity = await show_activity(watch=self.watch) if seen.database else None
        return _TEMPLATES.get_template("page.html").render(
            style=_STYLE,
            build=self.build,
            states=_states(seen),
            counters=_counters(activity),
            calls=[_row(call) for call in activity.calls] if activity else None,
            hidden=activity.total - len(activity.companies) if activity else 0,
        )


def _states(seen: Readiness) -> list[State]:
    return [_database(seen), _worker(seen), _CACHES[seen.cache]]


def _database(seen: Readiness) -> State:
    database = seen.database
    if database is None:
        return State("Database", "bad", "does not answer")
    words = f"PostgreSQL {database.version}, schema {database.schema or 'missing'}"
    if database.schema_behind:
        return State("Database", "bad", f"{words}, behind: run `zusage db upgrade`")
    return State("Database", "ok", f"{words}, up to date")


def _worker(seen: Readiness) -> State:
    silent = seen.database.worker_silent if seen.database else None
    if seen.database is None:
        return State("Worker", "warn", "unknown while the database is away")
    if silent is None:
        return State("Worker", "bad" if seen.worker == "silent" else "warn", "was never seen")
    ago = (
        f"last seen {silent:.0f} s ago"
        if silent < _SHOWN_IN_SECONDS
        else f"last seen {silent / 60:.0f} min ago"
    )
    return State("Worker", "ok" if seen.worker == "seen" else "bad", ago)


_CACHES = {
    "up": State("Cache", "ok", "answers"),
    "down": State("Cache", "warn", "does not answer; rates are counted per process meanwhile"),
    "none": State("Cache", "warn", "none is set; rates are counted per process"),
}


def _counters(activity: Activity | None) -> list[tuple[str, str]]:
    if activity is None:
        return []
    numbers = {
        "calls in 24 hours": activity.calls_day,
        "holds live": activity.holds_live,
        "appointments ahead": activity.appointments_ahead,
    }
    return [
        (f"{number:,}".replace(",", " ") + ("+" if number >= MOST else ""), name)
        for name, number in numbers.items()
    ]


def _row(call: CallSight) -> CallRow:
    outcome, level = _outcome(call)
    last = f" · {call.last_tool} → {call.last_status}" if call.last_tool else ""
    return CallRow(
        time=_clock(call.seen_at, call.zone),
        place=f"{call.company} · {call.branch}" if call.company not in call.branch else call.branch,
        caller=mask_phone(call.caller),
        outcome=outcome,
        level=level,
        tools=f"{call.tool_calls}{last}",
    )


def _outcome(call: CallSight) -> tuple[str, str]:
    if call.booked:
        return ("booked" if call.booked == 1 else f"{call.booked} booked"), "ok"
    return ("running", "warn") if call.running else ("no booking", "plain")


def _clock(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%d.%m. %H:%M:%S")


_STYLE = _TEMPLATES.get_template("style.html").render()
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
