"""Which operation a request means: by method, path and the version its header names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from zusage.sandbox.calcom import _account as account
from zusage.sandbox.calcom import _change as change
from zusage.sandbox.calcom import _event_types as kinds
from zusage.sandbox.calcom import _listing as listing
from zusage.sandbox.calcom import _reservations as holds
from zusage.sandbox.calcom import _slots as slots
from zusage.sandbox.calcom import _teams as teams
from zusage.sandbox.calcom import _webhooks as hooks
from zusage.sandbox.calcom._call import Answer, Call
from zusage.sandbox.calcom._create import NEWEST, create_booking
from zusage.sandbox.calcom._problems import no_route, wrong_field

Handler = Callable[[Call], Awaitable[Answer]]

OLDEST = "2024-04-15"
_BOOKINGS = ("2024-08-13", NEWEST)
_SLOTS = ("2024-09-04",)
_KINDS = ("2024-06-14",)
_SCHEDULES = ("2024-06-11", "2024-06-14")
VERSIONS = {OLDEST, *_BOOKINGS, *_SLOTS, *_KINDS, *_SCHEDULES}


@dataclass(frozen=True, slots=True)
class Route:
    """One operation. Without `versions` every version will do; `works` says that it takes its time itself."""

    op: str
    method: str
    path: str
    handler: Handler
    versions: tuple[str, ...] = ()
    public: bool = False
    works: bool = False


async def _create_of_old(_call: Call) -> Answer:
    # The old route wants other fields, `timeZone` at the top among them; nobody books by it.
    raise wrong_field("timeZone", "should not be empty")


_TEAM = "/v2/teams/{team}/event-types"
_ORG_TEAM = "/v2/organizations/{organization}/teams/{team}/event-types"
_ORG_HOOKS = "/v2/organizations/{organization}/webhooks"
_KIND_HOOKS = "/v2/event-types/{event}/webhooks"

ROUTES = (
    Route("slots.list", "GET", "/v2/slots", slots.list_slots, _SLOTS, public=True),
    Route(
        "slots.reserve", "POST", "/v2/slots/reservations", holds.reserve_slot, _SLOTS, public=True, works=True
    ),
    Route(
        "slots.reservation", "GET", "/v2/slots/reservations/{uid}", holds.get_reservation, _SLOTS, public=True
    ),
    Route(
        "slots.change", "PATCH", "/v2/slots/reservations/{uid}", holds.change_reservation, _SLOTS, public=True
    ),
    Route(
        "slots.release", "DELETE", "/v2/slots/reservations/{uid}", holds.drop_reservation, _SLOTS, public=True
    ),
    Route("bookings.create", "POST", "/v2/bookings", create_booking, _BOOKINGS, public=True, works=True),
    Route("bookings.create_old", "POST", "/v2/bookings", _create_of_old, (OLDEST,), public=True),
    Route("bookings.list", "GET", "/v2/bookings", listing.list_bookings, _BOOKINGS),
    Route("bookings.list_old", "GET", "/v2/bookings", listing.list_bookings_of_old, (OLDEST,)),
    Route("bookings.get", "GET", "/v2/bookings/{uid}", listing.get_booking, _BOOKINGS, public=True),
    Route(
        "bookings.cancel",
        "POST",
        "/v2/bookings/{uid}/cancel",
        change.cancel_booking,
        _BOOKINGS,
        public=True,
        works=True,
    ),
    Route(
        "bookings.reschedule",
        "POST",
        "/v2/bookings/{uid}/reschedule",
        change.reschedule_booking,
        _BOOKINGS,
        public=True,
        works=True,
    ),
    Route("bookings.confirm", "POST", "/v2/bookings/{uid}/confirm", change.confirm_booking, _BOOKINGS),
    Route("bookings.decline", "POST", "/v2/bookings/{uid}/decline", change.decline_booking, _BOOKINGS),
    Route("bookings.absent", "POST", "/v2/bookings/{uid}/mark-absent", change.mark_absent, _BOOKINGS),
    Route("event_types.list", "GET", "/v2/event-types", kinds.list_event_types, _KINDS, public=True),
    Route("event_types.list_old", "GET", "/v2/event-types", kinds.list_event_types_of_old, (OLDEST,)),
    Route("event_types.create", "POST", "/v2/event-types", kinds.create_event_type, _KINDS),
    Route("event_types.get", "GET", "/v2/event-types/{id}", kinds.get_event_type, _KINDS),
    Route("event_types.change", "PATCH", "/v2/event-types/{id}", kinds.change_event_type, _KINDS),
    Route("event_types.delete", "DELETE", "/v2/event-types/{id}", kinds.delete_event_type, _KINDS),
    Route("teams.list", "GET", "/v2/teams", teams.list_teams),
    Route("teams.members", "GET", "/v2/teams/{team}/memberships", teams.list_memberships),
    Route("team_event_types.list", "GET", _TEAM, kinds.list_team_event_types),
    Route("team_event_types.create", "POST", _TEAM, kinds.create_team_event_type),
    Route("team_event_types.get", "GET", f"{_TEAM}/{{id}}", kinds.get_team_event_type),
    Route("team_event_types.list", "GET", _ORG_TEAM, kinds.list_team_event_types),
    Route("team_event_types.create", "POST", _ORG_TEAM, kinds.create_team_event_type),
    Route("team_event_types.get", "GET", f"{_ORG_TEAM}/{{id}}", kinds.get_team_event_type),
    Route("schedules.list", "GET", "/v2/schedules", account.list_schedules, _SCHEDULES),
    Route("schedules.create", "POST", "/v2/schedules", account.create_schedule, _SCHEDULES),
    Route("schedules.default", "GET", "/v2/schedules/default", account.get_default_schedule, _SCHEDULES),
    Route("schedules.get", "GET", "/v2/schedules/{id}", account.get_schedule, _SCHEDULES),
    Route("schedules.change", "PATCH", "/v2/schedules/{id}", account.change_schedule, _SCHEDULES),
    Route("schedules.team", "GET", "/v2/teams/{team}/schedules", account.list_team_schedules),
    Route("me.get", "GET", "/v2/me", account.get_me),
    Route("calendars.list", "GET", "/v2/calendars", account.list_calendars),
    Route("calendars.busy", "GET", "/v2/calendars/busy-times", account.list_busy_times),
    *(
        Route(f"webhooks.{name}", method, f"{base}{rest}", handler)
        for base in ("/v2/webhooks", _KIND_HOOKS, _ORG_HOOKS)
        for name, method, rest, handler in (
            ("create", "POST", "", hooks.create_webhook),
            ("list", "GET", "", hooks.list_webhooks),
            ("get", "GET", "/{id}", hooks.get_webhook),
            ("change", "PATCH", "/{id}", hooks.change_webhook),
            ("delete", "DELETE", "/{id}", hooks.delete_webhook),
        )
    ),
)


def _index() -> dict[tuple[str, int], list[tuple[list[str], Route]]]:
    index: dict[tuple[str, int], list[tuple[list[str], Route]]] = {}
    for route in ROUTES:
        parts = route.path.split("/")[1:]
        index.setdefault((route.method, len(parts)), []).append((parts, route))
    return index


_INDEX = _index()


def find_route(method: str, path: str, version: str | None) -> tuple[Route, dict[str, str]]:
    """Find the operation and the parts of its path; a version header that names nothing counts as the oldest.

    :raises RefusalError: 404, no such path, or not in that version."""
    given = path.removeprefix("/api").split("/")[1:]
    wanted = version if version in VERSIONS else OLDEST
    for parts, route in _INDEX.get((method, len(given)), []):
        params = _fit(parts, given)
        if params is not None and (not route.versions or wanted in route.versions):
            return route, params
    raise no_route(method, path)


def _fit(parts: list[str], given: list[str]) -> dict[str, str] | None:
    params: dict[str, str] = {}
    for part, value in zip(parts, given, strict=True):
        if part.startswith("{"):
            params[part[1:-1]] = value
        elif part != value:
            return None
    # Named parts that must be numbers make other paths unknown, not errors.
    numbers = ("team", "event", "organization")
    return params if all(params.get(name, "0").isdigit() for name in numbers) else None
