"""What the contract does in an account: an event type of its own, bookings far ahead, and nothing left behind."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from contract_calcom.target import Target
from zusage.app.mirror.ours import Expected
from zusage.app.mirror.ports import (
    Account,
    Attendee,
    BookingsWanted,
    BookingWanted,
    CalendarBooking,
    CalendarError,
    EventType,
    EventTypeWanted,
    SlotsWanted,
)
from zusage.core.values import Period

PREFIX = "zusage-contract-"
REASON = "Zusage: check of the interface"
MINUTES, GRID = 30, 15
_HOURS_NEEDED = 12
_ABANDONED_AFTER = 3600.0
_KINDS, _BOOKINGS = "2024-06-14", "2024-08-13"


@dataclass
class ContractAccount:
    """The account of this run. `kind` is its hidden event type; `bookings`, `hooks` and `holds` are to be undone."""

    target: Target
    me: Account
    kind: EventType
    free: list[datetime]
    bookings: list[str] = field(default_factory=list)
    hooks: list[str] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)

    def hour(self) -> datetime:
        """Give the start of a free hour that nobody else in this run has."""
        return self.free.pop(0)

    def wanted(self, start: datetime, intent: str | None = None) -> BookingWanted:
        """A booking of somebody who was never here before."""
        name = intent or secrets.token_hex(6)
        email = f"c-{name}@{self.target.email_domain}"
        attendee = Attendee("Zusage Vertragsprobe", "Europe/Berlin", email, "+4930901820")
        return BookingWanted(
            self.kind.event_type_id, start, attendee, {"intent": name, "company": "contract"}
        )

    def expected(self, wanted: BookingWanted, start: datetime | None = None) -> Expected:
        begins = start or wanted.start
        ends = begins + timedelta(minutes=MINUTES)
        return Expected(wanted.metadata["intent"], begins, ends, self.me.user_id)

    async def book(self, wanted: BookingWanted) -> CalendarBooking:
        booked = await self.target.calendar.create_booking(wanted, self.target.soon)
        self.bookings.append(booked.uid)
        return booked

    async def move(self, uid: str, start: datetime) -> CalendarBooking:
        moved = await self.target.calendar.reschedule_booking(uid, start, REASON, self.target.soon)
        self.bookings.append(moved.uid)
        self.bookings.remove(uid)
        return moved

    async def cancel(self, uid: str) -> CalendarBooking:
        cancelled = await self.target.calendar.cancel_booking(uid, REASON, self.target.soon)
        self.bookings.remove(uid)
        return cancelled

    async def get(self, uid: str) -> CalendarBooking:
        return await self.target.calendar.get_booking(uid, self.target.soon)

    async def slots(self, during: Period) -> tuple[Period, ...]:
        asked = SlotsWanted(self.kind.event_type_id, during, "Europe/Berlin")
        return await self.target.calendar.free_slots(asked, self.target.soon)

    async def listed(self, wanted: BookingWanted) -> tuple[CalendarBooking, ...]:
        """List what stands under somebody's address now."""
        asked = BookingsWanted(
            attendee_email=wanted.attendee.email,
            starts_from=wanted.start - timedelta(days=1),
            ends_by=wanted.start + timedelta(days=30),
        )
        page = await self.target.calendar.list_bookings(asked, self.target.soon)
        return tuple(each for each in page.bookings if each.alive)


async def refused(asking: Awaitable[object]) -> CalendarError:
    """Insist on a refusal, and give it."""
    with pytest.raises(CalendarError) as caught:
        await asking
    return caught.value


async def eventually(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    """Look up to eight times: their lists and slots lag."""
    for _ in range(8):
        if await holds():
            return
        await asyncio.sleep(0.8)
    pytest.fail(f"{what}: not so after eight looks")


@asynccontextmanager
async def opened(target: Target) -> AsyncIterator[ContractAccount]:
    """Make the event type, find free hours, and leave the account as it was in the end, whatever happened."""
    me = await target.calendar.me(target.soon)
    await _sweep_abandoned(target, me)
    slug = f"{PREFIX}{int(time.time())}-{secrets.token_hex(4)}"
    wish = EventTypeWanted("Zusage: Vertragsprobe", slug, MINUTES, slot_interval=GRID, notice_min=0)
    kind = await target.calendar.create_event_type(wish, target.soon)
    account = ContractAccount(target, me, kind, [])
    try:
        account.free = await _free_hours(account)
        yield account
    finally:
        await _leave(account)


async def _free_hours(account: ContractAccount) -> list[datetime]:
    today = datetime.now(UTC).replace(hour=0, minute=30, second=0, microsecond=0)
    during = Period(today + timedelta(days=30), today + timedelta(days=44))
    starts = [slot.start for slot in await account.slots(during)]
    hours: list[datetime] = []
    for start in starts:
        whole = all(start + timedelta(minutes=GRID * step) in starts for step in range(4))
        if whole and (not hours or start >= hours[-1] + timedelta(minutes=90)):
            hours.append(start)
    if len(hours) < _HOURS_NEEDED:
        pytest.fail(
            f"The default working hours of this account leave {len(hours)} hours free between "
            f"{during.start:%Y-%m-%d} and {during.end:%Y-%m-%d}; {_HOURS_NEEDED} are needed."
        )
    return hours


async def _sweep_abandoned(target: Target, me: Account) -> None:
    """Take away what a run left that was killed; a younger one may still be running."""
    before = time.time() - _ABANDONED_AFTER
    for kind in await target.calendar.list_event_types(me.username, target.soon):
        made_at = kind.slug.removeprefix(PREFIX).split("-")[0]
        if kind.slug.startswith(PREFIX) and made_at.isdecimal() and int(made_at) < before:
            await _leave(ContractAccount(target, me, kind, []))


async def _leave(account: ContractAccount) -> None:
    """Undo everything; what cannot be undone is named, for somebody to do it by hand."""
    account.target.pace.cleaning = True
    target, left = account.target, list[str]()
    left += await _found(account)
    for uid in tuple(account.bookings):
        left += await _undone(f"booking {uid}", account.cancel(uid))
    for uid in account.holds:
        left += await _undone(f"reservation {uid}", target.calendar.drop_reservation(uid, target.soon))
    for hook in account.hooks:
        left += await _undone(f"webhook {hook}", target.calendar.delete_webhook(hook, target.soon))
    left += await _deleted(target, account.kind)
    target.pace.cleaning = False
    if left:
        pytest.fail("Could not be taken back, please do so by hand: " + "; ".join(left))


async def _found(account: ContractAccount) -> list[str]:
    """Add what stands under our event type and no test has noted; says what could not be looked up."""
    # Our client never lists the bookings of one event type, so it has no such request.
    asked = {"eventTypeIds": str(account.kind.event_type_id), "status": "upcoming", "take": "100"}
    what = f"bookings of event type {account.kind.event_type_id}"
    try:
        answer = await account.target.send("GET", "/v2/bookings", _BOOKINGS, params=asked)
    except httpx2.RequestError as error:
        return [f"{what} ({type(error).__name__})"]
    if answer.status_code != 200:
        return [f"{what} (HTTP {answer.status_code})"]
    uids = [each["uid"] for each in answer.json()["data"]]
    account.bookings += [uid for uid in uids if uid not in account.bookings]
    return []


async def _deleted(target: Target, kind: EventType) -> list[str]:
    # Our client never deletes an event type, so it has no such request.
    try:
        answer = await target.send("DELETE", f"/v2/event-types/{kind.event_type_id}", _KINDS)
    except httpx2.RequestError as error:
        return [f"event type {kind.slug} ({type(error).__name__})"]
    done = answer.status_code in (200, 204, 404)
    return [] if done else [f"event type {kind.slug} (HTTP {answer.status_code})"]


async def _undone(what: str, undoing: Awaitable[object]) -> list[str]:
    try:
        await undoing
    except CalendarError as error:
        return [] if error.kind == "gone" else [f"{what} ({error})"]
    return []
