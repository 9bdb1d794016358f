"""What the use cases about connecting a calendar need from outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from zusage.app.errors import ZusageError
from zusage.app.mirror.connection import CalendarStore
from zusage.app.mirror.ports import (
    CalendarAccess,
    CalendarAccount,
    EventType,
    EventTypeWanted,
    Schedule,
    Terms,
    Webhook,
)
from zusage.app.operations.ports import CompanyName
from zusage.core.scheduling.masters import BranchBook


class CalendarSetupError(ZusageError):
    """It cannot be connected or mapped like this; the message is a sentence that says how to mend it."""


class CalendarUnusable(CalendarSetupError):  # noqa: N818
    """The calendar cannot be asked: not connected, a wrong key, or not reachable."""


@dataclass(frozen=True, slots=True)
class Team:
    team_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the calendar's account; `user_id` is what bookings name as the host."""

    user_id: int
    name: str
    username: str = ""
    email: str = ""


class CalendarTeams(Protocol):
    """The teams of an account.

    :raises CalendarError: from any method."""

    async def list_teams(self, terms: Terms) -> tuple[Team, ...]: ...

    async def list_members(self, team_id: int, terms: Terms) -> tuple[Member, ...]: ...

    async def list_team_schedules(self, team_id: int, terms: Terms) -> tuple[Schedule, ...]: ...

    async def create_team_event_type(
        self, team_id: int, host_id: int, wanted: EventTypeWanted, terms: Terms
    ) -> EventType:
        """Create an event type of the team that is with this one host."""


class CalendarOrganization(Protocol):
    """Webhooks for everybody in an organization; only keys of those who run it may.

    :raises CalendarError: from any method."""

    async def list_organization_webhooks(self, organization_id: int, terms: Terms) -> tuple[Webhook, ...]: ...

    async def create_organization_webhook(
        self, organization_id: int, url: str, secret: str, triggers: Sequence[str], terms: Terms
    ) -> Webhook: ...

    async def delete_organization_webhook(
        self, organization_id: int, webhook_id: str, terms: Terms
    ) -> None: ...


class SetupCalendar(CalendarAccount, CalendarTeams, CalendarOrganization, Protocol):
    """All of one account that setting it up needs."""


class SetupCalendars(Protocol):
    def of(self, access: CalendarAccess) -> SetupCalendar:
        """Open a company's account; costs nothing and connects nothing."""


class SetupStore(CalendarStore, Protocol):
    """What is kept of companies and their calendars."""

    async def companies(self) -> Sequence[CompanyName]:
        """List all companies by key."""

    async def books(self, company_id: UUID) -> Sequence[BranchBook]:
        """Read the active branches with everything their staff can do, mapped or not, in the order of their keys."""
