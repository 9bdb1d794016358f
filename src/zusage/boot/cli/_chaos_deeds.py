"""Carrying out the script: kill this, break that, let people change something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx2

from zusage.boot.cli._chaos_desk import cancel_some, move_some
from zusage.boot.cli._fleet import Fleet
from zusage.boot.cli._simulated import Simulated
from zusage.boot.servers import Servers
from zusage.boot.settings import Settings
from zusage.sandbox.agreement import Heard, Standing
from zusage.sandbox.chaos import Deed
from zusage.sandbox.player import resolve_day

ZONE = "Europe/Berlin"
_DAYS = ("next open day", "+2 open days", "+3 open days")
_TIMES = (time(10), time(11), time(12), time(16))
_LATER = timedelta(days=7)
_BY_PEOPLE, _REFUSED = ("visitor", "cancel_there", "move_there"), 400


@dataclass
class Stage:
    """What the script works on. `withdrawn` collects the appointments that people cancelled in the calendar, `cancelled`
    what callers heard who cancelled here."""

    settings: Settings
    servers: Servers
    fleet: Fleet
    simulated: Simulated
    company_id: UUID
    withdrawn: set[str] = field(default_factory=set)
    cancelled: list[Heard] = field(default_factory=list)


def do_deed(deed: Deed, stage: Stage) -> str:
    """Do it, and say in a few words what came of it, "" if that goes without saying."""
    try:
        return _DOING[deed.kind](deed, stage)
    except httpx2.HTTPStatusError as error:
        if deed.kind not in _BY_PEOPLE:
            raise
        # As on the real page: what people want may be taken by then.
        return (
            f"not possible, {'taken or changed there' if error.response.status_code == _REFUSED else error}"
        )


def end_faults(stage: Stage) -> dict[str, int]:
    """Break nothing on purpose any more; says how often each fault met a request or a webhook call."""
    met: dict[str, int] = {}
    for fault in stage.simulated.ask("GET", "faults"):
        met[fault["kind"]] = met.get(fault["kind"], 0) + fault["fired"]
    stage.simulated.ask("DELETE", "faults")
    stage.simulated.ask("POST", "outage", {"mode": None})
    stage.simulated.ask("POST", "settings", {"latency": {"*": 20}})
    stage.simulated.ask("POST", "settle")
    return {kind: count for kind, count in met.items() if count}


def _kill(deed: Deed, stage: Stage) -> str:
    if deed.part in ("postgres", "valkey"):
        if stage.servers.crash is not None:
            stage.servers.crash(deed.part)
        return ""
    pid = stage.fleet.kill(deed.part or "")
    return f"process {pid}" if pid is not None else "it was just starting again"


def _faults(deed: Deed, stage: Stage) -> str:
    stage.simulated.ask("POST", "faults", deed.what)
    return ""


def _settings(deed: Deed, stage: Stage) -> str:
    stage.simulated.ask("POST", "settings", deed.what)
    return ""


def _outage(deed: Deed, stage: Stage) -> str:
    stage.simulated.ask("POST", "outage", deed.what)
    return ""


def _visitor(deed: Deed, stage: Stage) -> str:
    kinds = [
        each
        for each in stage.simulated.ask("GET", "event-types")
        if not each["hidden"] and each["lengthInMinutes"] <= 60 and each.get("users")  # noqa: PLR2004
    ]
    kind = kinds[int(deed.pick * len(kinds))]
    at = int(deed.pick * 1_000)
    today = datetime.now(ZoneInfo(ZONE)).date()
    day = resolve_day(_DAYS[at % len(_DAYS)], today=today, pick=lambda _count: 0)
    start = datetime.combine(day, _TIMES[at % len(_TIMES)], ZoneInfo(ZONE))
    wish = {"do": "book", "event_type_id": kind["id"], "start": start.isoformat(), "if_free": True}
    stage.simulated.ask("POST", "people", {**wish, "name": "Web Besucher"})
    return f"{kind['title']} with {kind['users'][0]['name']}, {start:%d.%m. %H:%M}"


def _cancel_there(deed: Deed, stage: Stage) -> str:
    chosen = _ours(deed, stage)
    if chosen is None:
        return "there is none yet"
    stage.simulated.ask("POST", "people", {"do": "cancel", "uid": chosen.uid, "reason": "Kundin rief an"})
    stage.withdrawn.add(chosen.appointment_id or "")
    return f"{chosen.guest}, {chosen.start.astimezone(ZoneInfo(ZONE)):%d.%m. %H:%M}"


def _move_there(deed: Deed, stage: Stage) -> str:
    chosen = _ours(deed, stage)
    if chosen is None:
        return "there is none yet"
    start = chosen.start + _LATER
    stage.simulated.ask("POST", "people", {"do": "move", "uid": chosen.uid, "start": start.isoformat()})
    return f"{chosen.guest}, to {start.astimezone(ZoneInfo(ZONE)):%d.%m. %H:%M}"


def _cancel_here(deed: Deed, stage: Stage) -> str:
    done = cancel_some(stage.servers, stage.company_id, deed.pick)
    if done is None:
        return "there is none yet"
    appointment_id, guest = done
    stage.cancelled.append(Heard(guest, "", "cancelled", appointment_id))
    return guest


def _move_here(deed: Deed, stage: Stage) -> str:
    return move_some(stage.servers, stage.company_id, deed.pick) or "there is none yet"


def _ours(deed: Deed, stage: Stage) -> Standing | None:
    """Choose one of our bookings that is the only one of its appointment."""
    standing = stage.simulated.standing()
    ours = [each for each in standing if each.appointment_id and _is_alone(each, standing)]
    ours = [each for each in ours if each.appointment_id not in stage.withdrawn]
    return ours[int(deed.pick * len(ours))] if ours else None


def _is_alone(one: Standing, standing: Sequence[Standing]) -> bool:
    return [each.appointment_id for each in standing].count(one.appointment_id) == 1


_DOING = {
    "kill": _kill,
    "faults": _faults,
    "settings": _settings,
    "outage": _outage,
    "visitor": _visitor,
    "cancel_there": _cancel_there,
    "move_there": _move_there,
    "cancel_here": _cancel_here,
    "move_here": _move_here,
}
