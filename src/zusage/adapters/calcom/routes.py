"""The requests of Cal.com's API v2 that we make: path, version header, and which connections they take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from zusage.app.mirror.circuits import Door

CAL_COM, CAL_EU = "https://api.cal.com", "https://api.cal.eu"

_BOOKINGS, _SLOTS, _EVENT_TYPES, _SCHEDULES = "2024-08-13", "2024-09-04", "2024-06-14", "2024-06-11"


def server(base_url: str) -> str:
    """Write a base URL in one way, whether it came with `/v2` and slashes or not."""
    return base_url.rstrip("/").removesuffix("/v2").rstrip("/")


@dataclass(frozen=True, slots=True)
class Route:
    """One operation. `version` is the value of `cal-api-version`, None where Cal.com asks for none.

    The value of another resource would be answered with 404, a missing one with an older form of the answer."""

    name: str
    method: Literal["GET", "POST", "DELETE"]
    path: str
    version: str | None

    @property
    def door(self) -> Door:
        return "reads" if self.method == "GET" else "writes"


CREATE_BOOKING = Route("create_booking", "POST", "/v2/bookings", _BOOKINGS)
GET_BOOKING = Route("get_booking", "GET", "/v2/bookings/{uid}", _BOOKINGS)
LIST_BOOKINGS = Route("list_bookings", "GET", "/v2/bookings", _BOOKINGS)
CANCEL_BOOKING = Route("cancel_booking", "POST", "/v2/bookings/{uid}/cancel", _BOOKINGS)
RESCHEDULE_BOOKING = Route("reschedule_booking", "POST", "/v2/bookings/{uid}/reschedule", _BOOKINGS)
FREE_SLOTS = Route("free_slots", "GET", "/v2/slots", _SLOTS)
RESERVE_SLOT = Route("reserve_slot", "POST", "/v2/slots/reservations", _SLOTS)
DROP_RESERVATION = Route("drop_reservation", "DELETE", "/v2/slots/reservations/{uid}", _SLOTS)
LIST_EVENT_TYPES = Route("list_event_types", "GET", "/v2/event-types", _EVENT_TYPES)
GET_EVENT_TYPE = Route("get_event_type", "GET", "/v2/event-types/{id}", _EVENT_TYPES)
CREATE_EVENT_TYPE = Route("create_event_type", "POST", "/v2/event-types", _EVENT_TYPES)
LIST_TEAM_EVENT_TYPES = Route("list_team_event_types", "GET", "/v2/teams/{id}/event-types", None)
LIST_SCHEDULES = Route("list_schedules", "GET", "/v2/schedules", _SCHEDULES)
CREATE_WEBHOOK = Route("create_webhook", "POST", "/v2/webhooks", None)
LIST_WEBHOOKS = Route("list_webhooks", "GET", "/v2/webhooks", None)
DELETE_WEBHOOK = Route("delete_webhook", "DELETE", "/v2/webhooks/{id}", None)
ME = Route("get_account", "GET", "/v2/me", None)

ALL_ROUTES = (
    CREATE_BOOKING,
    GET_BOOKING,
    LIST_BOOKINGS,
    CANCEL_BOOKING,
    RESCHEDULE_BOOKING,
    FREE_SLOTS,
    RESERVE_SLOT,
    DROP_RESERVATION,
    LIST_EVENT_TYPES,
    GET_EVENT_TYPE,
    CREATE_EVENT_TYPE,
    LIST_TEAM_EVENT_TYPES,
    LIST_SCHEDULES,
    CREATE_WEBHOOK,
    LIST_WEBHOOKS,
    DELETE_WEBHOOK,
    ME,
)
