"""When hosts are free: working hours without bookings, their buffers, and their connected calendars."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from zusage.sandbox.calcom._hours import without, working_periods
from zusage.sandbox.calcom._model import EventType, Period, Schedule
from zusage.sandbox.calcom._world import World


def free_periods(
    world: World, kind: EventType, user_id: int, within: Period, *, ignore: str | None
) -> list[Period]:
    """Give where a host could begin and end an event of this type; `ignore` is the uid of a booking being moved."""
    hours = working_periods(schedule_of(world, kind, user_id), within)
    return without(hours, busy_periods(world, kind, user_id, within, ignore=ignore))


def is_free(
    world: World, kind: EventType, user_id: int, period: Period, *, ignore: str | None = None
) -> bool:
    free = free_periods(world, kind, user_id, period, ignore=ignore)
    return any(each.covers(period) for each in free)


def busy_periods(
    world: World, kind: EventType, user_id: int, within: Period, *, ignore: str | None = None
) -> Iterator[Period]:
    """Give the times no event of this type may touch: bookings of any type widened by both types' buffers."""
    for booking in world.near(user_id, within):
        other = world.event_types.get(booking.event_type_id)
        if booking.uid == ignore or not _blocks(booking.status, other):
            continue
        before, after = (other.before_buffer, other.after_buffer) if other else (0, 0)
        yield booking.period.widened(before + kind.after_buffer, after + kind.before_buffer)
    for busy in world.users[user_id].busy:
        yield busy.widened(kind.after_buffer, kind.before_buffer)


def in_bounds(kind: EventType, start: datetime, now: datetime) -> bool:
    """Whether a start is neither too soon nor too far ahead."""
    if start < now + timedelta(minutes=kind.minimum_notice):
        return False
    return kind.horizon_days is None or start <= now + timedelta(days=kind.horizon_days)


def schedule_of(world: World, kind: EventType, user_id: int) -> Schedule:
    """Give the hours that count: the event type's own, else its host's."""
    own = kind.schedule_id if kind.owner_id is not None else None
    return world.schedules[own or world.users[user_id].schedule_id]


def _blocks(status: str, kind: EventType | None) -> bool:
    return status == "accepted" or (status == "pending" and kind is not None and kind.pending_blocks)
