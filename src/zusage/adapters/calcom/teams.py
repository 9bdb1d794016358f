"""The teams and the organization of an account: who works there, when, what can be booked with them, who is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from zusage.adapters.calcom import decoding, encoding
from zusage.adapters.calcom.calendar import Asked, Asks, CalcomCalendar
from zusage.adapters.calcom.routes import Route
from zusage.app.calendar_setup.ports import Member, Team
from zusage.app.mirror.ports import CalendarAccess, EventType, EventTypeWanted, Schedule, Terms, Webhook

_Value = TypeVar("_Value")

LIST_TEAMS = Route("list_teams", "GET", "/v2/teams", None)
LIST_MEMBERS = Route("list_team_members", "GET", "/v2/teams/{id}/memberships", None)
LIST_TEAM_SCHEDULES = Route("list_team_schedules", "GET", "/v2/teams/{id}/schedules", None)
CREATE_TEAM_EVENT_TYPE = Route("create_team_event_type", "POST", "/v2/teams/{id}/event-types", None)
LIST_ORGANIZATION_WEBHOOKS = Route(
    "list_organization_webhooks", "GET", "/v2/organizations/{id}/webhooks", None
)
# The same name as for one's own webhooks: that there is one already means the same.
CREATE_ORGANIZATION_WEBHOOK = Route("create_webhook", "POST", "/v2/organizations/{id}/webhooks", None)
DELETE_ORGANIZATION_WEBHOOK = Route(
    "delete_organization_webhook", "DELETE", "/v2/organizations/{id}/webhooks/{hook}", None
)


class CalcomAccount(CalcomCalendar):
    """Implements `app.calendar_setup.ports.SetupCalendar`."""

    def __init__(self, client: Asks, access: CalendarAccess) -> None:
        super().__init__(client, access)
        self._asks, self._of = client, access

    async def list_teams(self, terms: Terms) -> tuple[Team, ...]:
        return await self._get(Asked(LIST_TEAMS), _teams, terms)

    async def list_members(self, team_id: int, terms: Terms) -> tuple[Member, ...]:
        return await self._get(Asked(LIST_MEMBERS, {"id": str(team_id)}), _members, terms)

    async def list_team_schedules(self, team_id: int, terms: Terms) -> tuple[Schedule, ...]:
        asked = Asked(LIST_TEAM_SCHEDULES, {"id": str(team_id)})
        return await self._get(asked, decoding.schedules, terms)

    async def create_team_event_type(
        self, team_id: int, host_id: int, wanted: EventTypeWanted, terms: Terms
    ) -> EventType:
        with_host = {"schedulingType": "collective", "hosts": [{"userId": host_id}]}
        body = encoding.event_type_body(wanted) | with_host
        asked = Asked(CREATE_TEAM_EVENT_TYPE, {"id": str(team_id)}, body=body)
        return await self._get(asked, decoding.event_type, terms)

    async def list_organization_webhooks(self, organization_id: int, terms: Terms) -> tuple[Webhook, ...]:
        asked = Asked(LIST_ORGANIZATION_WEBHOOKS, {"id": str(organization_id)})
        return await self._get(asked, decoding.webhooks, terms)

    async def create_organization_webhook(
        self, organization_id: int, url: str, secret: str, triggers: Sequence[str], terms: Terms
    ) -> Webhook:
        body = encoding.webhook_body(url, secret, triggers)
        asked = Asked(CREATE_ORGANIZATION_WEBHOOK, {"id": str(organization_id)}, body=body)
        return await self._get(asked, decoding.webhook, terms)

    async def delete_organization_webhook(self, organization_id: int, webhook_id: str, terms: Terms) -> None:
        asked = Asked(DELETE_ORGANIZATION_WEBHOOK, {"id": str(organization_id), "hook": webhook_id})
        await self._asks.ask(self._of, asked, _done, terms)

    async def _get(self, asked: Asked, decode: Callable[[Any], _Value], terms: Terms) -> _Value:
        return await self._asks.ask(self._of, asked, lambda said: decode(said["data"]), terms)


class CalcomAccounts:
    """Implements `app.calendar_setup.ports.SetupCalendars` on the client of this process."""

    def __init__(self, client: Asks) -> None:
        self._client = client

    def of(self, access: CalendarAccess) -> CalcomAccount:
        """Open a company's account; costs nothing and connects nothing."""
        return CalcomAccount(self._client, access)


def _done(_said: object) -> None:
    """Nothing of the answer is needed."""


def _teams(data: Any) -> tuple[Team, ...]:  # noqa: ANN401 - any JSON
    return tuple(Team(int(each["id"]), str(each["name"])) for each in data if not each.get("isOrganization"))


def _members(data: Any) -> tuple[Member, ...]:  # noqa: ANN401 - any JSON
    """Read who has accepted; who has not cannot be booked yet."""
    return tuple(
        Member(
            user_id=int(each["userId"]),
            name=str(each["user"].get("name") or ""),
            username=str(each["user"].get("username") or ""),
            email=str(each["user"].get("email") or ""),
        )
        for each in data
        if each.get("accepted", True)
    )
