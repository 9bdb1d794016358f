"""The state page: calendar, faults, and the last requests at one look."""

from __future__ import annotations

from datetime import timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

from jinja2 import Environment

from zusage.sandbox.calcom._journal import masked
from zusage.sandbox.calcom._model import Json
from zusage.sandbox.calcom._state import State

_TEMPLATE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    files("zusage.sandbox.calcom").joinpath("page.html").read_text(encoding="utf-8")
)
_LAST, _MOST = 40, 200


def state_page(state: State) -> str:
    """Write the page as of now."""
    return _TEMPLATE.render(
        now=state.clock.now(),
        frozen=state.clock.frozen,
        outage=state.outage,
        rate=state.rate.per_minute,
        blocked={masked(who): left for who, left in state.rate.blocked(state.clock.now()).items()},
        keys=[(each.account, each.token) for each in state.world.keys.values()],
        days=_calendar(state),
        reservations=[each for each in state.world.reservations.values() if each.until > state.clock.now()],
        faults=state.faults.dump(),
        requests=list(state.journal.requests)[-_LAST:][::-1],
        deliveries=list(state.journal.deliveries)[-_LAST:][::-1],
    )


def _calendar(state: State) -> dict[str, list[Json]]:
    """Give the next bookings by day and start, in their hosts' zones; cancelled ones too, and those of yesterday."""
    world, now = state.world, state.clock.now()
    days: dict[str, list[Json]] = {}
    coming = [each for each in world.bookings.values() if each.period.start >= now - timedelta(days=1)]
    for booking in sorted(coming, key=lambda each: (each.period.start, each.id))[:_MOST]:
        host = world.users[booking.host_id]
        zone = ZoneInfo(host.time_zone)
        start, end = booking.period.start.astimezone(zone), booking.period.end.astimezone(zone)
        line = {"booking": booking, "host": host.name, "from": f"{start:%H:%M}", "to": f"{end:%H:%M}"}
        days.setdefault(f"{start:%a %d.%m.%Y}", []).append(line)
    return days
