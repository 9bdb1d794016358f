"""A world as text, so that a simulator can go on where an earlier one ended. What look-ups lag behind is not kept."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from zusage.sandbox.calcom._model import (
    ApiKey,
    Booking,
    EventType,
    Reservation,
    Schedule,
    Team,
    User,
    Webhook,
)
from zusage.sandbox.calcom._world import Counts, World


@dataclass(frozen=True, slots=True)
class _Kept:
    seed: int
    counts: Counts
    users: list[User]
    schedules: list[Schedule]
    teams: list[Team]
    event_types: list[EventType]
    bookings: list[Booking]
    reservations: list[Reservation]
    webhooks: list[Webhook]
    keys: list[ApiKey]


_ADAPTER = TypeAdapter(_Kept)


def dump_world(world: World) -> str:
    """Write a world as JSON; the same world gives the same text. It holds keys and the secrets of webhooks."""
    kept = _Kept(
        seed=world.seed,
        counts=world.counts,
        users=list(world.users.values()),
        schedules=list(world.schedules.values()),
        teams=list(world.teams.values()),
        event_types=list(world.event_types.values()),
        bookings=list(world.bookings.values()),
        reservations=list(world.reservations.values()),
        webhooks=list(world.webhooks.values()),
        keys=list(world.keys.values()),
    )
    return _ADAPTER.dump_json(kept).decode()


def read_world(text: str) -> World:
    """Read what `dump_world` wrote.

    :raises ValueError: it is no such text."""
    try:
        kept = _ADAPTER.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"no kept world ({where or 'the text'}: {first['msg']})") from error
    world = World(
        seed=kept.seed,
        users={each.id: each for each in kept.users},
        schedules={each.id: each for each in kept.schedules},
        teams={each.id: each for each in kept.teams},
        event_types={each.id: each for each in kept.event_types},
        reservations={each.uid: each for each in kept.reservations},
        webhooks={each.id: each for each in kept.webhooks},
        keys={each.token: each for each in kept.keys},
        counts=kept.counts,
    )
    for booking in kept.bookings:
        world.put_back(booking)
    return world
