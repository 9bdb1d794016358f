"""The teams of an account: who works there, when, and what can be booked with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from zusage.adapters.calcom import decoding, encoding
from zusage.adapters.calcom.calendar import Asked, Asks, CalcomCalendar
from zusage.adapters.calcom.routes import Route
from zusage.app.calendar_setup.ports import Member, Team
from zusage.app.mirror.ports import CalendarAccess, EventType, EventTypeWanted, Schedule, Terms

_Value = TypeVar("_Value")

LIST_TEAMS = Route("list_teams", "GET", "/v2/teams", None)
LIST_MEMBERS = Route("list_team_members", "GET", "/v2/teams/{id}/memberships", None)
LIST_TEAM_SCHEDULES = Route("list_team_schedules", "GET", "/v2/teams/{id}/schedules", None)
CREATE_TEAM_EVENT_TYPE = Route("create_team_event_type", "POST", "/v2/teams/{id}/event-types", None)


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

    async def _get(self, asked: Asked, decode: Callable[[Any], _Value], terms: Terms) -> _Value:
        return await self._asks.ask(self._of, asked, lambda said: decode(said["data"]), terms)


class CalcomAccounts:
    """Implements `app.calendar_setup.ports.SetupCalendars` on the client of this process."""

    def __init__(self, client: Asks) -> None:
        self._client = client

    def of(self, access: CalendarAccess) -> CalcomAccount:
        """Open a company's account; costs nothing and connects nothing."""
        return CalcomAccount(self._client, access)


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
