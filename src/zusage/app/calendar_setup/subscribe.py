"""Have the calendar tell of changes: one subscription, for everybody where the key may, else for its own bookings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from zusage.app.calendar_setup.account import Asking, is_not_for_us
from zusage.app.calendar_setup.ports import CalendarUnusable, SetupCalendar
from zusage.app.mirror.connection import CalendarConnection
from zusage.app.mirror.ports import Account, Terms, Webhook

TRIGGERS = (
    "BOOKING_CREATED",
    "BOOKING_REQUESTED",
    "BOOKING_RESCHEDULED",
    "BOOKING_CANCELLED",
    "BOOKING_REJECTED",
    "BOOKING_NO_SHOW_UPDATED",
)
HOOK_PATH = "/api/calcom/webhook/"
"""Where the door of `inbound.webhooks` stands; the unguessable address of a company follows."""

HookOutcome = Literal["none", "created", "kept"]
HookReach = Literal["nobody", "everybody", "own"]
"""Whose changes are told: everybody's in the organization, or only those of the person whose key it is."""


@dataclass(frozen=True, slots=True)
class _Desk:
    """A place where one subscribes."""

    reach: HookReach
    list: Callable[[Terms], Awaitable[tuple[Webhook, ...]]]
    create: Callable[[str, str, Terms], Awaitable[Webhook]]
    delete: Callable[[str, Terms], Awaitable[None]]


async def subscribe(
    asking: Asking, account: Account, connection: CalendarConnection, public_url: str | None
) -> tuple[HookOutcome, HookReach]:
    """Subscribe at the widest place that the key may; what there is of ours and serves is kept, the rest replaced.

    Subscriptions of others are never touched. Without a public URL nothing is asked for.

    :raises CalendarUnusable: the calendar does not answer, or the key may subscribe nowhere."""
    if public_url is None:
        return "none", "nobody"
    *wider, own = _desks(asking.calendar, account)
    for desk in wider:
        try:
            outcome = await _subscribe_at(desk, asking, connection, public_url)
        except CalendarUnusable as error:
            if not is_not_for_us(error):
                raise
        else:
            # Everything would be told twice.
            await _drop(own, asking, await _ours(own, asking, connection))
            return outcome, desk.reach
    return await _subscribe_at(own, asking, connection, public_url), own.reach


def reach_of(
    connection: CalendarConnection, own: Iterable[Webhook], of_everybody: Iterable[Webhook]
) -> HookReach:
    """Say whose changes are told to us, by the webhooks that are there."""
    if any(_is_ours(each, connection) and each.active for each in of_everybody):
        return "everybody"
    return "own" if any(_is_ours(each, connection) and each.active for each in own) else "nobody"


def _desks(calendar: SetupCalendar, account: Account) -> Iterator[_Desk]:
    number = account.organization_id
    if number is not None:
        yield _Desk(
            "everybody",
            partial(calendar.list_organization_webhooks, number),
            lambda url, secret, terms: calendar.create_organization_webhook(
                number, url, secret, TRIGGERS, terms
            ),
            partial(calendar.delete_organization_webhook, number),
        )
    yield _Desk(
        "own",
        calendar.list_webhooks,
        lambda url, secret, terms: calendar.create_webhook(url, secret, TRIGGERS, terms),
        calendar.delete_webhook,
    )


async def _subscribe_at(
    desk: _Desk, asking: Asking, connection: CalendarConnection, public_url: str
) -> HookOutcome:
    url = f"{public_url}{HOOK_PATH}{connection.hook_address}"
    ours = await _ours(desk, asking, connection)
    if any(_serves(each, url) for each in ours):
        return "kept"
    await _drop(desk, asking, ours)
    await asking(partial(desk.create, url, connection.hook_secret or ""))
    return "created"


async def _ours(desk: _Desk, asking: Asking, connection: CalendarConnection) -> list[Webhook]:
    return [each for each in await asking(desk.list) if _is_ours(each, connection)]


async def _drop(desk: _Desk, asking: Asking, hooks: Iterable[Webhook]) -> None:
    for each in hooks:
        await asking(partial(desk.delete, each.webhook_id))


def _is_ours(hook: Webhook, connection: CalendarConnection) -> bool:
    """Know it by the unguessable end of its address, at whatever host and path it was."""
    return hook.url.endswith(f"/{connection.hook_address}")


def _serves(hook: Webhook, url: str) -> bool:
    return hook.url == url and hook.active and set(TRIGGERS) <= set(hook.triggers)
