"""Event types, personal ones and those of teams, with the children of managed ones."""

from __future__ import annotations

from dataclasses import replace

from zusage.sandbox.calcom._call import Answer, Call, success
from zusage.sandbox.calcom._model import EventType, Json
from zusage.sandbox.calcom._problems import nest, wrong_field
from zusage.sandbox.calcom._render import event_type_json

_PLAIN = {
    "title": "title",
    "slug": "slug",
    "description": "description",
    "lengthInMinutes": "length",
    "lengthInMinutesOptions": "lengths",
    "slotInterval": "slot_interval",
    "minimumBookingNotice": "minimum_notice",
    "beforeEventBuffer": "before_buffer",
    "afterEventBuffer": "after_buffer",
    "scheduleId": "schedule_id",
    "bookingFields": "booking_fields",
    "hidden": "hidden",
    "bookingRequiresAuthentication": "login_required",
    "locations": "locations",
}
_SCHEDULING = {
    "managed": "managed",
    "MANAGED": "managed",
    "roundRobin": "roundRobin",
    "collective": "collective",
}


async def list_event_types(call: Call) -> Answer:
    """Give a user's event types: one's own with a key, else those of `username` that are not hidden."""
    username = call.query.get("username")
    user_id = next((each.id for each in call.world.users.values() if each.username == username), None)
    if username is None:
        user_id = call.caller.user_id
    own = call.key is not None and call.key.user_id == user_id
    slug = call.query.get("eventSlug")
    found = [
        each
        for each in call.world.event_types.values()
        if each.owner_id == user_id and slug in (None, each.slug) and (own or not each.hidden)
    ]
    return success([event_type_json(call.world, each) for each in found])


async def list_event_types_of_old(call: Call) -> Answer:
    """Answer in the shape of 2024-04-15, which who forgets the version header gets."""
    mine = [each for each in call.world.event_types.values() if each.owner_id == call.caller.user_id]
    kinds = [event_type_json(call.world, each) for each in mine]
    return success({"eventTypeGroups": [{"eventTypes": kinds}], "profiles": []})


async def get_event_type(call: Call) -> Answer:
    return success(event_type_json(call.world, _mine(call)))


async def create_event_type(call: Call) -> Answer:
    """:raises RefusalError: 400, a field is missing or the slug is taken."""
    kind = EventType(
        id=call.world.next_id(),
        account=call.caller.account,
        slug="",
        title="",
        length=0,
        owner_id=call.caller.user_id,
    )
    _fill(kind, call.body)
    _check_slug(call, kind)
    call.world.event_types[kind.id] = kind
    return success(event_type_json(call.world, kind), 201)


async def change_event_type(call: Call) -> Answer:
    kind = _mine(call)
    _fill(kind, {"title": kind.title, "slug": kind.slug, "lengthInMinutes": kind.length} | call.body)
    _check_slug(call, kind)
    return success(event_type_json(call.world, kind))


async def delete_event_type(call: Call) -> Answer:
    kind = _mine(call)
    del call.world.event_types[kind.id]
    shown = {"id": kind.id, "lengthInMinutes": kind.length, "title": kind.title, "slug": kind.slug}
    return success(shown)


async def list_team_event_types(call: Call) -> Answer:
    """Give a team's event types with their hosts; children of managed ones are among them."""
    team = int(call.params["team"])
    _check_team(call, team)
    kinds = call.world.event_types
    parents = {each.id for each in kinds.values() if each.team_id == team}
    found = [each for each in kinds.values() if each.team_id == team or each.parent_id in parents]
    return success([event_type_json(call.world, each) for each in found])


async def get_team_event_type(call: Call) -> Answer:
    _check_team(call, int(call.params["team"]))
    return success(event_type_json(call.world, _mine(call)))


async def create_team_event_type(call: Call) -> Answer:
    """Create for a team; a managed one gets a personal child per host, which is what can be booked."""
    team = int(call.params["team"])
    _check_team(call, team)
    kind = EventType(
        id=call.world.next_id(), account=call.caller.account, slug="", title="", length=0, team_id=team
    )
    _fill(kind, call.body)
    scheduling = _SCHEDULING.get(call.body.get("schedulingType", ""))
    if scheduling is None:
        raise wrong_field("schedulingType", "must be one of collective, roundRobin, managed")
    kind.scheduling = scheduling  # type: ignore[assignment]
    kind.host_ids = [int(each["userId"]) for each in call.body.get("hosts", [])]
    call.world.event_types[kind.id] = kind
    if scheduling != "managed":
        return success(event_type_json(call.world, kind), 201)
    made = [kind, *(_child(call, kind, host) for host in kind.host_ids)]
    return success([event_type_json(call.world, each) for each in made], 201)


def _child(call: Call, parent: EventType, host: int) -> EventType:
    """Give a host the personal copy of a managed event type."""
    child = replace(
        parent,
        id=call.world.next_id(),
        owner_id=host,
        team_id=None,
        scheduling=None,
        host_ids=[],
        parent_id=parent.id,
    )
    call.world.event_types[child.id] = child
    return child


def _mine(call: Call) -> EventType:
    text = call.params["id"]
    kind = call.world.event_types.get(int(text)) if text.isdigit() else None
    if kind is None or not call.owns(kind):
        raise nest(404, f"Event type with id {text} not found")
    return kind


def _fill(kind: EventType, body: Json) -> None:
    for name in ("title", "slug", "lengthInMinutes"):
        if body.get(name) in (None, "", 0):
            raise wrong_field(name, "should not be empty")
    for name, attribute in _PLAIN.items():
        if name in body:
            setattr(kind, attribute, body[name])
    policy = body.get("confirmationPolicy")
    if policy is not None:
        kind.confirmation = not policy.get("disabled") and policy.get("type") is not None
        kind.pending_blocks = bool(policy.get("blockUnconfirmedBookingsInBooker"))
    window = body.get("bookingWindow")
    if isinstance(window, dict):
        kind.horizon_days = None if window.get("disabled") else window.get("value")


def _check_slug(call: Call, kind: EventType) -> None:
    for each in call.world.event_types.values():
        if each.id != kind.id and each.owner_id == kind.owner_id is not None and each.slug == kind.slug:
            raise nest(400, "User already has an event type with this slug.")


def _check_team(call: Call, number: int) -> None:
    team = call.world.teams.get(number)
    if team is None or team.account != call.caller.account:
        raise nest(404, f"Team with id {number} not found")
