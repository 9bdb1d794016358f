"""The client against the simulator: whole stories, and faults whose truth the simulator knows."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from calcom_server import COMPANY, Kit, client_kit

from zusage.adapters.calcom.calendar import CalcomCalendar
from zusage.adapters.calcom.pool import PoolSettings
from zusage.app.mirror.ours import Expected, differences, is_ours
from zusage.app.mirror.ports import (
    Attendee,
    BookingsWanted,
    BookingWanted,
    CalendarAccess,
    CalendarError,
    EventType,
    EventTypeWanted,
    SlotsWanted,
    Terms,
)
from zusage.core.values import Period
from zusage.sandbox.calcom import DEMO_KEY, Fault, Simulator, running_simulator

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DAY = Period(datetime(2026, 11, 23, 23, tzinfo=UTC), datetime(2026, 11, 24, 23, tzinfo=UTC))
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SOON = Terms(within=5.0, priority="live")


class Salon:
    """The demo salon, its simulator, and our calendar there."""

    def __init__(self, simulator: Simulator, kit: Kit, calendar: CalcomCalendar, cut: EventType) -> None:
        self.simulator = simulator
        self.kit = kit
        self.calendar = calendar
        self.cut = cut

    def wanted(self, intent: str = "i1", start: datetime = START) -> BookingWanted:
        attendee = Attendee("Ana Roth", "Europe/Berlin", f"{intent}@callers.example.org", "+4930901820")
        return BookingWanted(self.cut.event_type_id, start, attendee, {"intent": intent})

    def expected(self, intent: str = "i1", start: datetime = START) -> Expected:
        return Expected(intent, start, start + timedelta(minutes=self.cut.length_min), self.cut.host_ids[0])

    async def refused(self, wanted: BookingWanted, terms: Terms = SOON) -> CalendarError:
        with pytest.raises(CalendarError) as caught:
            await self.calendar.create_booking(wanted, terms)
        return caught.value

    async def standing(self, intent: str = "i1") -> int:
        page = await self.calendar.list_bookings(
            BookingsWanted(attendee_email=f"{intent}@callers.example.org"), SOON
        )
        return sum(each.alive for each in page.bookings)


@asynccontextmanager
async def open_salon(*, tls: bool = False) -> AsyncIterator[Salon]:
    async with running_simulator(tls=tls, now=NOW, rate_per_minute=None) as simulator:
        trusted = ssl.create_default_context(cafile=simulator.authority) if tls else None
        settings = PoolSettings(full_limit=1.0, tls=trusted, trust_env=False)
        async with client_kit(settings) as kit:
            access = CalendarAccess(COMPANY, simulator.base_url, DEMO_KEY, 60_000)
            calendar = kit.client.of(access)
            me = await calendar.me(SOON)
            kinds = await calendar.list_event_types(me.username, SOON)
            cut = next(kind for kind in kinds if kind.slug == "herrenschnitt")
            yield Salon(simulator, kit, calendar, cut)


@pytest.fixture
async def salon() -> AsyncIterator[Salon]:
    async with open_salon() as opened:
        yield opened


@pytest.mark.parametrize("tls", [False, True])
async def test_a_booking_is_made_moved_found_and_cancelled(*, tls: bool) -> None:
    async with open_salon(tls=tls) as salon:
        calendar = salon.calendar
        free = await calendar.free_slots(SlotsWanted(salon.cut.event_type_id, DAY, "Europe/Berlin"), SOON)
        assert START in {slot.start for slot in free}
        booked = await calendar.create_booking(salon.wanted(), SOON)
        assert is_ours(booked, salon.expected())
        later = START + timedelta(hours=2)
        moved = await calendar.reschedule_booking(booked.uid, later, "Anruf", SOON)
        assert (moved.moved_from, is_ours(moved, salon.expected(start=later))) == (booked.uid, True)
        old = await calendar.get_booking(booked.uid, SOON)
        assert (old.status, old.moved_to) == ("cancelled", moved.uid)
        with pytest.raises(CalendarError) as again:
            await calendar.reschedule_booking(booked.uid, later, "Anruf", SOON)
        assert (again.value.kind, again.value.hint) == ("gone", "already_moved")
        assert again.value.successor == moved.uid
        assert (await calendar.cancel_booking(moved.uid, "Anruf", SOON)).status == "cancelled"
        with pytest.raises(CalendarError) as twice:
            await calendar.cancel_booking(moved.uid, "Anruf", SOON)
        assert (twice.value.kind, twice.value.hint) == ("gone", "already_cancelled")


async def test_a_second_identical_booking_may_be_ours(salon: Salon) -> None:
    await salon.calendar.create_booking(salon.wanted(), SOON)
    error = await salon.refused(salon.wanted())
    assert (error.kind, error.maybe_ours) == ("taken", True)


async def test_refusals_are_told_apart(salon: Salon) -> None:
    past = await salon.refused(salon.wanted(start=NOW - timedelta(days=1)))
    nobody = replace(salon.wanted(), attendee=Attendee("Ana", "Europe/Berlin"))
    unknown_kind = replace(salon.wanted(), event_type_id=999_999)
    assert (past.kind, (await salon.refused(nobody)).kind) == ("out_of_bounds", "invalid")
    assert (await salon.refused(unknown_kind)).kind == "gone"
    stranger = CalendarAccess(COMPANY, salon.simulator.base_url, "cal_live_wrong")
    with pytest.raises(CalendarError) as caught:
        await salon.kit.client.of(stranger).me(SOON)
    assert caught.value.kind == "auth"


@pytest.mark.parametrize(
    ("fault", "kind", "bookings"),
    [
        (Fault("timeout_before_commit", op="bookings.create"), "unknown", 0),
        (Fault("timeout_after_commit", op="bookings.create"), "unknown", 1),
        (Fault("drop_before_commit", op="bookings.create"), "unknown", 0),
        (Fault("drop_after_commit", op="bookings.create"), "unknown", 1),
        (Fault("error_before_commit", op="bookings.create"), "unknown", 0),
        (Fault("error_after_commit", op="bookings.create"), "unknown", 1),
        (Fault("refused_but_created", op="bookings.create"), "taken", 1),
        (Fault("rate_limited", op="bookings.create"), "limit", 0),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else None,
)
async def test_no_fault_is_taken_for_more_than_is_known(
    salon: Salon, fault: Fault, kind: str, bookings: int
) -> None:
    """Whether it was booked is known to the simulator alone: the client says "unknown", or that it may be ours."""
    salon.simulator.add_fault(fault)
    error = await salon.refused(salon.wanted(), Terms(within=0.4))
    assert error.kind == kind
    assert error.maybe_ours == (kind == "taken")
    await asyncio.sleep(0.05)
    salon.simulator.faults.clear()
    salon.kit.clock.now += 61
    salon.simulator.clock.advance(61)
    assert await salon.standing() == bookings


@pytest.mark.parametrize(
    ("fault", "differs"),
    [
        (Fault("other_start", op="bookings.create"), {"start", "end"}),
        (Fault("others_booking", op="bookings.create"), {"intent"}),
    ],
    ids=["other_start", "others_booking"],
)
async def test_a_201_that_is_not_ours_is_seen(salon: Salon, fault: Fault, differs: set[str]) -> None:
    await salon.calendar.create_booking(salon.wanted("first", START + timedelta(hours=1)), SOON)
    salon.simulator.add_fault(fault)
    answered = await salon.calendar.create_booking(salon.wanted(), SOON)
    assert differs <= set(differences(answered, salon.expected()))


async def test_an_outage_is_not_sent_opens_the_breaker_and_ends_with_a_probe(salon: Salon) -> None:
    await salon.simulator.outage("refuse")
    kinds = [(await salon.refused(salon.wanted())).kind for _ in range(6)]
    assert kinds[-1] == "not_sent"
    assert (await salon.kit.circuits.read(COMPANY))[1].phase == "open"
    await salon.simulator.outage(None)
    assert (await salon.refused(salon.wanted())).kind == "not_sent"
    salon.kit.clock.now += 61
    assert is_ours(await salon.calendar.create_booking(salon.wanted(), SOON), salon.expected())


async def test_an_account_is_read_whole(salon: Salon) -> None:
    calendar = salon.calendar
    me = await calendar.me(SOON)
    assert me.zone == "Europe/Berlin"
    made = await calendar.create_event_type(EventTypeWanted("Frei", "frei-neu", 15, slot_interval=5), SOON)
    assert (await calendar.get_event_type(made.event_type_id, SOON)).slot_interval == 5
    assert any(each.is_default for each in await calendar.list_schedules(SOON))
    hook = await calendar.create_webhook("http://127.0.0.1:9/h", "s3cret", ["BOOKING_CREATED"], SOON)
    with pytest.raises(CalendarError) as caught:
        await calendar.create_webhook("http://127.0.0.1:9/h", "s3cret", ["BOOKING_CREATED"], SOON)
    assert caught.value.hint == "already_exists"
    assert [each.webhook_id for each in await calendar.list_webhooks(SOON)] == [hook.webhook_id]
    await calendar.delete_webhook(hook.webhook_id, SOON)
    assert await calendar.list_webhooks(SOON) == ()


async def test_a_reservation_hides_a_slot_and_is_given_back_twice(salon: Salon) -> None:
    calendar, kind = salon.calendar, salon.cut.event_type_id
    held = await calendar.reserve_slot(kind, START, 15, SOON)
    assert held.during.start == START
    with pytest.raises(CalendarError) as caught:
        await calendar.reserve_slot(kind, START, 15, SOON)
    assert caught.value.kind == "taken"
    await calendar.drop_reservation(held.uid, SOON)
    await calendar.drop_reservation(held.uid, SOON)
    assert (await calendar.reserve_slot(kind, START, 15, SOON)).uid != held.uid
