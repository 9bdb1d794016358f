"""What there is in a calendar's account, read once and looked at by everything else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from zusage.app.calendar_setup.ports import CalendarUnusable, Member, SetupCalendar, Team
from zusage.app.mirror.ports import Account, CalendarError, EventType, Schedule, Terms, Webhook

_Value = TypeVar("_Value")
Sleep = Callable[[float], Awaitable[None]]

_WITHIN = 20.0
_LONGEST_WAIT = 75.0
_TRIES = 8


@dataclass(frozen=True, slots=True)
class AccountPicture:
    """An account as it stood at one moment. `notes` are sentences about what the key may not see."""

    account: Account
    members: tuple[Member, ...]
    teams: tuple[Team, ...] = ()
    team_of: dict[int, int] = field(default_factory=dict)
    event_types: dict[int, EventType] = field(default_factory=dict)
    schedules: tuple[Schedule, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    organization_webhooks: tuple[Webhook, ...] = ()
    notes: tuple[str, ...] = ()

    def member(self, user_id: int) -> Member | None:
        return next((each for each in self.members if each.user_id == user_id), None)

    def bookable(self, host_id: int) -> list[EventType]:
        """Give the event types that are with this host alone, by id."""
        return [
            kind
            for _, kind in sorted(self.event_types.items())
            if kind.host_ids == (host_id,) and not kind.is_managed_parent
        ]

    def schedule_of(self, kind: EventType, host_id: int) -> Schedule | None:
        """Find the working hours behind an event type: its own, else the host's usual ones."""
        own = [each for each in self.schedules if each.schedule_id == kind.schedule_id]
        usual = [each for each in self.schedules if each.owner_id == host_id and each.is_default]
        return next(iter(own or usual), None)


class Asking:
    """Asks an account with the patience of somebody at a keyboard: a used-up rate is waited for.

    :raises CalendarUnusable: from any call, when the key is wrong or nobody answers."""

    def __init__(self, calendar: SetupCalendar, sleep: Sleep = asyncio.sleep) -> None:
        self.calendar = calendar
        self._sleep = sleep

    async def __call__(self, ask: Callable[[Terms], Awaitable[_Value]]) -> _Value:
        for _ in range(_TRIES):
            try:
                return await ask(Terms(_WITHIN))
            except CalendarError as error:
                if error.kind != "limit":
                    raise _explained(error) from error
                await self._sleep(min(error.retry_after or 1.0, _LONGEST_WAIT))
        raise CalendarUnusable(
            "Cal.com takes no more requests of this key for now; try again in some minutes."
        )

    async def optional(
        self, ask: Callable[[Terms], Awaitable[Sequence[_Value]]], note: str, notes: list[str]
    ) -> Sequence[_Value]:
        """Ask for what the key need not be allowed to see; `note` is kept where it is not."""
        try:
            return await self(ask)
        except CalendarUnusable as error:
            if not is_not_for_us(error):
                raise
            notes.append(note)
            return ()


def is_not_for_us(error: CalendarUnusable) -> bool:
    """Say whether the calendar answers, but not this question, or not to this key."""
    cause = error.__cause__
    return isinstance(cause, CalendarError) and cause.kind in ("auth", "gone", "invalid")


async def read_account(asking: Asking) -> AccountPicture:
    """Read everything that mapping and checking look at: five requests, three a team, one a person.

    :raises CalendarUnusable: the key is wrong, or the calendar does not answer."""
    calendar = asking.calendar
    account = await asking(calendar.me)
    notes: list[str] = []
    teams = await asking.optional(calendar.list_teams, "The teams of this account cannot be read.", notes)
    reading = _Reading(asking, notes)
    reading.add_member(Member(account.user_id, account.username, account.username, account.email))
    for team in teams:
        await reading.add_team(team)
    for member in list(reading.members.values()):
        await reading.add_event_types(member)
    reading.schedules += await asking(calendar.list_schedules)
    return AccountPicture(
        account=account,
        members=tuple(reading.members.values()),
        teams=tuple(teams),
        team_of=reading.team_of,
        event_types=reading.event_types,
        schedules=tuple({each.schedule_id: each for each in reversed(reading.schedules)}.values()),
        webhooks=tuple(await asking(calendar.list_webhooks)),
        organization_webhooks=tuple(await _organization_webhooks(asking, account)),
        notes=tuple(notes),
    )


async def _organization_webhooks(asking: Asking, account: Account) -> Sequence[Webhook]:
    number = account.organization_id
    if number is None:
        return ()
    # Few keys may see them, and nothing is amiss where one may not.
    unsaid: list[str] = []
    return await asking.optional(
        lambda terms: asking.calendar.list_organization_webhooks(number, terms), "", unsaid
    )


class _Reading:
    def __init__(self, asking: Asking, notes: list[str]) -> None:
        self._asking = asking
        self._notes = notes
        self.members: dict[int, Member] = {}
        self.team_of: dict[int, int] = {}
        self.event_types: dict[int, EventType] = {}
        self.schedules: list[Schedule] = []

    def add_member(self, member: Member) -> None:
        self.members[member.user_id] = member

    async def add_team(self, team: Team) -> None:
        calendar, asking = self._asking.calendar, self._asking
        people = await asking.optional(
            lambda terms: calendar.list_members(team.team_id, terms),
            f'This key may not see who is in the team "{team.name}"; take the key of someone who runs it.',
            self._notes,
        )
        for member in people:
            self.add_member(member)
            self.team_of.setdefault(member.user_id, team.team_id)
        kinds = await asking.optional(
            lambda terms: calendar.list_team_event_types(team.team_id, terms),
            f'This key may not see the event types of the team "{team.name}".',
            self._notes,
        )
        self.event_types |= {kind.event_type_id: kind for kind in kinds}
        self.schedules += await asking.optional(
            lambda terms: calendar.list_team_schedules(team.team_id, terms),
            f'This key may not see the working hours of the team "{team.name}"; their time zones were not checked.',
            self._notes,
        )

    async def add_event_types(self, member: Member) -> None:
        """Add a person's own; what the team's list said of one stays, for only that names its parent."""
        if not member.username:
            return
        kinds = await self._asking.optional(
            lambda terms: self._asking.calendar.list_event_types(member.username, terms),
            f"The event types of {member.name} cannot be read.",
            self._notes,
        )
        for kind in kinds:
            self.event_types.setdefault(kind.event_type_id, kind)


def _explained(error: CalendarError) -> CalendarUnusable:
    if error.kind == "auth":
        return CalendarUnusable(
            "Cal.com refuses this API key: it is wrong, has expired, or may not do this. "
            f"Make a new one at Cal.com under Settings, API keys. ({error})"
        )
    if error.kind in ("not_sent", "unknown"):
        return CalendarUnusable(
            f"Cal.com cannot be asked now: {error} Look whether the address is right and reachable from here."
        )
    return CalendarUnusable(f"{error} Look whether this is the address of a Cal.com with its API v2.")
