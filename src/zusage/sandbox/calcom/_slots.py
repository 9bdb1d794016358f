"""`GET /v2/slots`: what can be booked, as it was up to two seconds ago."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from zusage.sandbox.calcom._call import Answer, Call
from zusage.sandbox.calcom._free import free_periods, in_bounds
from zusage.sandbox.calcom._model import EventType, Json, Period, parse_moment, time_zones
from zusage.sandbox.calcom._problems import nest, wrong_field
from zusage.sandbox.calcom._world import World

_KEPT = 2_000
_GRIDS = (60, 30, 20, 15, 10, 5)


@dataclass(frozen=True, slots=True)
class _Asked:
    kind: EventType
    within: Period
    minutes: int
    zone: ZoneInfo
    ranges: bool
    ignore: str | None


async def list_slots(call: Call) -> Answer:
    """Give the free starts of an event type by day, in the zone asked for.

    :raises RefusalError: 404 no such event type; 400 for what cannot be read."""
    kept = call.state.slots
    name = json.dumps(call.query, sort_keys=True)
    known = kept.answers.get(name)
    if known is not None and call.now - known[0] < timedelta(seconds=kept.seconds):
        return Answer(200, known[1])
    body: Json = {"status": "success", "data": _by_day(call, _asked(call))}
    if len(kept.answers) >= _KEPT:
        kept.answers.clear()
    kept.answers[name] = (call.now, body)
    return Answer(200, body)


def _by_day(call: Call, asked: _Asked) -> Json:
    days: dict[str, list[Json]] = {}
    for start in _starts(call.world, asked, call.now):
        local = start.astimezone(asked.zone)
        slot = {"start": _write(local)}
        if asked.ranges:
            slot["end"] = _write((start + timedelta(minutes=asked.minutes)).astimezone(asked.zone))
        days.setdefault(local.date().isoformat(), []).append(slot)
    return days


def _starts(world: World, asked: _Asked, now: datetime) -> list[datetime]:
    if asked.kind.scheduling == "managed":
        return []
    by_host = [set(_of_host(world, asked, host)) for host in asked.kind.hosts()]
    if not by_host:
        return []
    joint = set.intersection(*by_host) if asked.kind.scheduling == "collective" else set.union(*by_host)
    held = [
        each.period
        for each in world.reservations.values()
        if each.until > now and _hides(each.user_id, asked.kind)
    ]
    length = timedelta(minutes=asked.minutes)
    return sorted(
        start
        for start in joint
        if in_bounds(asked.kind, start, now)
        and start >= now
        and not any(each.overlaps(Period(start, start + length)) for each in held)
    )


def _hides(user_id: int, kind: EventType) -> bool:
    # A hold on a team's event stands under its first host, and hides the time for the whole team.
    return user_id in kind.hosts()


def _of_host(world: World, asked: _Asked, host: int) -> Iterator[datetime]:
    kind, length = asked.kind, timedelta(minutes=asked.minutes)
    step = kind.slot_interval or asked.minutes
    wide = asked.within.widened(24 * 60, 24 * 60)
    for free in free_periods(world, kind, host, wide, ignore=asked.ignore):
        start = _aligned(free.start, step)
        while start + length <= free.end and start <= asked.within.end:
            if start >= asked.within.start:
                yield start
            start += timedelta(minutes=step)


def _aligned(start: datetime, step: int) -> datetime:
    """Go up to the next minute of the grid: the coarsest of the usual ones that the step fits."""
    grid = next((each for each in _GRIDS if step % each == 0), 1)
    hour = start.replace(minute=0, second=0, microsecond=0)
    past = (start - hour).total_seconds() / 60
    return hour + timedelta(minutes=-(-past // grid) * grid)


def _asked(call: Call) -> _Asked:
    query = call.query
    kind = _event_type(call)
    zone = query.get("timeZone", "UTC")
    if zone not in time_zones():
        raise wrong_field("timeZone", "must be a valid IANA time-zone")
    within = Period(_moment(query, "start"), _end(query))
    if within.end <= within.start:
        raise nest(400, "Invalid time range given - check the 'start' and 'end' query parameters.")
    minutes = _minutes(query, kind)
    ranges = query.get("format") == "range"
    return _Asked(kind, within, minutes, ZoneInfo(zone), ranges, query.get("bookingUidToReschedule"))


def _event_type(call: Call) -> EventType:
    number, slug, username = (call.query.get(each) for each in ("eventTypeId", "eventTypeSlug", "username"))
    if number is not None and number.isdigit():
        kind = call.world.event_types.get(int(number))
    else:
        owners = {each.id for each in call.world.users.values() if each.username == username}
        kinds = call.world.event_types.values()
        kind = next((each for each in kinds if each.slug == slug and each.owner_id in owners), None)
    if kind is None:
        raise nest(404, "Event Type not found")
    return kind


def _minutes(query: dict[str, str], kind: EventType) -> int:
    text = query.get("duration")
    if text is None or not kind.lengths:
        return kind.length
    if not text.isdigit() or int(text) not in kind.lengths:
        raise nest(400, "Invalid event length")
    return int(text)


def _moment(query: dict[str, str], name: str) -> datetime:
    try:
        return parse_moment(query[name])
    except (KeyError, ValueError):
        raise wrong_field(name, "must be a valid ISO 8601 date string") from None


def _end(query: dict[str, str]) -> datetime:
    """Read the end; midnight sharp is widened to the end of that day."""
    end = _moment(query, "end")
    return datetime.combine(end.date(), time(23, 59, 59), UTC) if end.time() == time(0) else end


def _write(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
