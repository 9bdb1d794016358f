"""One company's calendar at Cal.com."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

from zusage.adapters.calcom import decoding, encoding, routes
from zusage.adapters.calcom.routes import Route
from zusage.app.mirror.ports import (
    Account,
    BookingPage,
    BookingsWanted,
    BookingWanted,
    CalendarAccess,
    CalendarBooking,
    EventType,
    EventTypeWanted,
    Reservation,
    Schedule,
    SlotsWanted,
    Terms,
    Webhook,
)
from zusage.core.values import Period

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request before it belongs to an account. `parts` fill the path."""

    route: Route
    parts: Mapping[str, str] = field(default_factory=dict)
    query: encoding.Query = field(default_factory=list)
    body: Mapping[str, Any] | None = None

    @property
    def path(self) -> str:
        return self.route.path.format(**{name: quote(part, safe="") for name, part in self.parts.items()})


class Asks(Protocol):
    async def ask(
        self, access: CalendarAccess, asked: Asked, decode: Callable[[Any], _Value], terms: Terms
    ) -> _Value: ...


class CalcomCalendar:
    """Implements `app.mirror.ports.Calendar`."""

    def __init__(self, client: Asks, access: CalendarAccess) -> None:
        self._client = client
        self._access = access

    async def create_booking(self, wanted: BookingWanted, terms: Terms) -> CalendarBooking:
        asked = Asked(routes.CREATE_BOOKING, body=encoding.booking_body(wanted))
        return await self._ask(asked, decoding.booking, terms)

    async def get_booking(self, uid: str, terms: Terms) -> CalendarBooking:
        return await self._ask(Asked(routes.GET_BOOKING, {"uid": uid}), decoding.booking, terms)

    async def list_bookings(self, wanted: BookingsWanted, terms: Terms) -> BookingPage:
        asked = Asked(routes.LIST_BOOKINGS, query=encoding.bookings_query(wanted))
        return await self._client.ask(
            self._access,
            asked,
            lambda said: decoding.booking_page(said["data"], said["pagination"], skip=wanted.skip),
            terms,
        )

    async def cancel_booking(self, uid: str, reason: str, terms: Terms) -> CalendarBooking:
        """Cancel.

        :raises ValueError: there is no reason; Cal.com demands one of a host."""
        if not reason.strip():
            raise ValueError("a cancellation needs a reason")
        asked = Asked(routes.CANCEL_BOOKING, {"uid": uid}, body={"cancellationReason": reason})
        return await self._ask(asked, decoding.booking, terms)

    async def reschedule_booking(
        self, uid: str, start: datetime, reason: str, terms: Terms
    ) -> CalendarBooking:
        body = {"start": encoding.instant(start), "reschedulingReason": reason}
        return await self._ask(
            Asked(routes.RESCHEDULE_BOOKING, {"uid": uid}, body=body), decoding.booking, terms
        )

    async def free_slots(self, wanted: SlotsWanted, terms: Terms) -> tuple[Period, ...]:
        asked = Asked(routes.FREE_SLOTS, query=encoding.slots_query(wanted))
        return await self._ask(asked, lambda data: decoding.slots(data, wanted.during), terms)

    async def reserve_slot(
        self,
        event_type_id: int,
        start: datetime,
        minutes: int,
        terms: Terms,
        *,
        length_min: int | None = None,
    ) -> Reservation:
        body = encoding.reservation_body(event_type_id, start, minutes, length_min)
        return await self._ask(Asked(routes.RESERVE_SLOT, body=body), decoding.reservation, terms)

    async def drop_reservation(self, uid: str, terms: Terms) -> None:
        await self._client.ask(self._access, Asked(routes.DROP_RESERVATION, {"uid": uid}), _done, terms)

    async def me(self, terms: Terms) -> Account:
        return await self._ask(Asked(routes.ME), decoding.account, terms)

    async def list_event_types(self, username: str, terms: Terms) -> tuple[EventType, ...]:
        asked = Asked(routes.LIST_EVENT_TYPES, query=[("username", username)])
        return await self._ask(asked, decoding.event_types, terms)

    async def list_team_event_types(self, team_id: int, terms: Terms) -> tuple[EventType, ...]:
        asked = Asked(routes.LIST_TEAM_EVENT_TYPES, {"id": str(team_id)})
        return await self._ask(asked, decoding.event_types, terms)

    async def get_event_type(self, event_type_id: int, terms: Terms) -> EventType:
        asked = Asked(routes.GET_EVENT_TYPE, {"id": str(event_type_id)})
        return await self._ask(asked, decoding.event_type, terms)

    async def create_event_type(self, wanted: EventTypeWanted, terms: Terms) -> EventType:
        asked = Asked(routes.CREATE_EVENT_TYPE, body=encoding.event_type_body(wanted))
        return await self._ask(asked, decoding.event_type, terms)

    async def list_schedules(self, terms: Terms) -> tuple[Schedule, ...]:
        return await self._ask(Asked(routes.LIST_SCHEDULES), decoding.schedules, terms)

    async def create_webhook(self, url: str, secret: str, triggers: Sequence[str], terms: Terms) -> Webhook:
        body = encoding.webhook_body(url, secret, triggers)
        return await self._ask(Asked(routes.CREATE_WEBHOOK, body=body), decoding.webhook, terms)

    async def list_webhooks(self, terms: Terms) -> tuple[Webhook, ...]:
        return await self._ask(Asked(routes.LIST_WEBHOOKS), decoding.webhooks, terms)

    async def delete_webhook(self, webhook_id: str, terms: Terms) -> None:
        await self._client.ask(self._access, Asked(routes.DELETE_WEBHOOK, {"id": webhook_id}), _done, terms)

    async def _ask(self, asked: Asked, decode: Callable[[Any], _Value], terms: Terms) -> _Value:
        return await self._client.ask(self._access, asked, lambda said: decode(said["data"]), terms)


def _done(_said: object) -> None:
    """Nothing of the answer is needed."""
