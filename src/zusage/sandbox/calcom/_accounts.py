"""Making accounts: a salon with its people, hours and event types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zusage.sandbox.calcom._model import ApiKey, EventType, Json, Schedule, Scheduling, Team, User
from zusage.sandbox.calcom._world import World

USUAL_HOURS: tuple[Json, ...] = (
    {"days": ["Tuesday", "Wednesday", "Thursday", "Friday"], "startTime": "09:00", "endTime": "18:00"},
    {"days": ["Saturday"], "startTime": "09:00", "endTime": "14:00"},
)
DEMO_KEY = "cal_live_simulator"


@dataclass(frozen=True, slots=True)
class Account:
    """One customer of Cal.com: a team in an organization, its people by username, and a key that sees all of it."""

    world: World
    name: str
    key: str
    team: Team
    people: dict[str, User]

    def event_type(self, username: str, slug: str, length: int, **more: Any) -> EventType:  # noqa: ANN401 - fields of EventType
        """Add a personal event type; `more` are fields of EventType."""
        return self._add(slug, length, owner_id=self.people[username].id, **more)

    def team_event_type(
        self,
        scheduling: Scheduling,
        usernames: Sequence[str],
        slug: str,
        length: int,
        **more: Any,  # noqa: ANN401 - fields of EventType
    ) -> EventType:
        """Add one that a team takes in turn (roundRobin) or together (collective)."""
        hosts = [self.people[each].id for each in usernames]
        return self._add(slug, length, team_id=self.team.id, scheduling=scheduling, host_ids=hosts, **more)

    def managed(
        self,
        usernames: Sequence[str],
        slug: str,
        length: int,
        **more: Any,  # noqa: ANN401 - fields of EventType
    ) -> tuple[EventType, list[EventType]]:
        """Add a managed event type: its parent, which nobody can book, and one child per person."""
        parent = self.team_event_type("managed", usernames, slug, length, **more)
        children = [self.event_type(each, slug, length, parent_id=parent.id, **more) for each in usernames]
        return parent, children

    def person(self, username: str, *, name: str, time_zone: str, hours: Sequence[Json]) -> User:
        """Add somebody with working hours of their own; the first one runs the team, and the key is theirs."""
        user = _person(self.world, self.name, username, name, time_zone)
        schedule = Schedule(
            self.world.next_id(), user.id, "Arbeitszeit", time_zone, [dict(each) for each in hours]
        )
        user.schedule_id = schedule.id
        self.people[username] = self.world.users[user.id] = user
        self.world.schedules[schedule.id] = schedule
        self.world.keys.setdefault(self.key, ApiKey(self.key, self.name, user.id))
        return user

    def key_of(self, username: str, token: str) -> ApiKey:
        """Add a key that sees one person's own bookings only."""
        key = ApiKey(token, self.name, self.people[username].id, admin=False)
        self.world.keys[token] = key
        return key

    def _add(self, slug: str, length: int, **more: Any) -> EventType:  # noqa: ANN401 - fields of EventType
        title = more.pop("title", slug.replace("-", " ").title())
        kind = EventType(
            id=self.world.next_id(), account=self.name, slug=slug, title=title, length=length, **more
        )
        self.world.event_types[kind.id] = kind
        return kind


def add_account(
    world: World,
    name: str,
    *,
    key: str,
    people: Sequence[str] = ("anna", "ben", "clara"),
    time_zone: str = "Europe/Berlin",
    hours: Sequence[Json] = USUAL_HOURS,
) -> Account:
    """Add a customer; the key belongs to the first of the people, who runs the team."""
    team = Team(world.next_id(), name, world.next_id(), name.title())
    world.teams[team.id] = team
    account = Account(world, name, key, team, {})
    for each in people:
        account.person(each, name=each.title(), time_zone=time_zone, hours=hours)
    return account


def demo_world(seed: int) -> World:
    """Make a salon with three people: four personal event types each, a managed one, one taken in turn."""
    world = World(seed=seed)
    salon = add_account(world, "salon", key=DEMO_KEY)
    for person in salon.people:
        for slug, length in (("herrenschnitt", 30), ("damenschnitt", 60), ("farbe", 45), ("foehnen", 30)):
            salon.event_type(person, slug, length, slot_interval=15)
        salon.event_type(person, "frei", 5, slot_interval=5, hidden=True)
    salon.managed(list(salon.people), "beratung", 15)
    salon.team_event_type("roundRobin", list(salon.people), "waschen", 15)
    return world


def world_from(given: Json, seed: int) -> World:
    """Make a world of JSON: `{"accounts": [{"name", "key", "people", "time_zone", "hours", "event_types"}]}`.

    An event type names `slug`, `length`, and `owner` (a username), or `scheduling` and `hosts`; other fields as in
    EventType. :raises ValueError: it cannot be read."""
    world = World(seed=seed)
    try:
        for each in given["accounts"]:
            kinds = each.get("event_types", [])
            account = add_account(
                world, **{name: value for name, value in each.items() if name != "event_types"}
            )
            for kind in kinds:
                _add_kind(account, dict(kind))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"the world cannot be read: {error}") from error
    return world


def _add_kind(account: Account, given: Json) -> None:
    scheduling, owner = given.pop("scheduling", None), given.pop("owner", None)
    hosts = given.pop("hosts", [])
    if scheduling == "managed":
        account.managed(hosts, **given)
    elif scheduling is not None:
        account.team_event_type(scheduling, hosts, **given)
    else:
        account.event_type(owner, **given)


def _person(world: World, account: str, username: str, name: str, time_zone: str) -> User:
    return User(
        id=world.next_id(),
        account=account,
        name=name,
        username=username,
        email=f"{username}@{account}.example",
        time_zone=time_zone,
    )
