"""The client over real sockets: what it sends, what it makes of answers, and what a lost answer means."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from calcom_answers import END, SOON, START, WANTED, booking, core_error, framework_error
from calcom_server import COMPANY, OTHER, FakeCalcom, Kit, Received, Reply, Seconds, client_kit, serving
from throwaway_tls import contexts

from zusage.adapters.calcom.client import CalcomClient
from zusage.adapters.calcom.pool import PoolSettings
from zusage.adapters.calcom.shared import Admission, LocalBucket
from zusage.app.mirror.ports import (
    BookingsWanted,
    CalendarAccess,
    CalendarError,
    Priority,
    SlotsWanted,
    Terms,
)
from zusage.core.values import Period


@pytest.fixture
async def fake() -> AsyncIterator[FakeCalcom]:
    async with serving(FakeCalcom()) as served:
        yield served


@pytest.fixture
async def kit() -> AsyncIterator[Kit]:
    async with client_kit() as made:
        yield made


async def failing(kit: Kit, fake: FakeCalcom, terms: Terms = SOON) -> CalendarError:
    with pytest.raises(CalendarError) as caught:
        await kit.client.of(fake.access()).create_booking(WANTED, terms)
    return caught.value


async def test_a_booking_is_sent_with_its_version_and_read_back(kit: Kit, fake: FakeCalcom) -> None:
    fake.replies = [Reply(201, booking())]
    booked = await kit.client.of(fake.access()).create_booking(WANTED, SOON)
    assert (booked.uid, booked.start, booked.end, booked.host_ids) == ("mQ2xk7c9TtZ", START, END, (12,))
    assert booked.metadata == {"intent": "8b1d"}
    sent = fake.asked[0]
    assert (sent.method, sent.path) == ("POST", "/v2/bookings")
    assert sent.headers["cal-api-version"] == "2024-08-13"
    assert sent.headers["authorization"] == "Bearer cal_test_1"
    assert sent.body["start"] == "2026-03-02T09:00:00.000Z"
    assert sent.body["attendee"]["phoneNumber"] == "+4930901820"


async def test_an_address_may_come_with_v2_and_a_slash(kit: Kit, fake: FakeCalcom) -> None:
    fake.replies = [Reply(200, booking())]
    access = CalendarAccess(COMPANY, fake.base_url + "/v2/", "cal_x")
    assert (await kit.client.of(access).get_booking("a/b", SOON)).status == "accepted"
    assert fake.asked[0].path == "/v2/bookings/a%2Fb"


@pytest.mark.parametrize("shape", [framework_error, core_error])
async def test_both_shapes_of_errors_are_read(kit: Kit, fake: FakeCalcom, shape: object) -> None:
    assert callable(shape)
    text = "User either already has booking at this time or is not available"
    fake.replies = [Reply(400, raw=shape(400, text))]
    error = await failing(kit, fake)
    assert (error.kind, error.maybe_ours, error.status) == ("taken", True, 400)
    assert text in str(error)
    assert "cal_test_1" not in str(error)


async def test_500_after_sending_is_unknown(kit: Kit, fake: FakeCalcom) -> None:
    fake.replies = [Reply(500, raw=core_error(500, "Internal server error"))]
    assert (await failing(kit, fake)).kind == "unknown"


async def test_a_connection_lost_after_sending_is_unknown(kit: Kit, fake: FakeCalcom) -> None:
    fake.replies = [Reply(drop=True)]
    assert (await failing(kit, fake)).kind == "unknown"
    assert len(fake.asked) == 1


async def test_an_answer_nobody_can_read_is_unknown(kit: Kit, fake: FakeCalcom) -> None:
    for reply in (
        Reply(201, raw=b"<html>"),
        Reply(201, {"uid": "x"}),
        Reply(201, [booking()]),
        Reply(200, raw=[]),
    ):
        fake.replies = [reply]
        assert (await failing(kit, fake)).kind == "unknown"


async def test_refused_connections_are_not_sent(kit: Kit) -> None:
    async with serving(FakeCalcom()) as gone:
        pass
    error = await failing(kit, gone)
    assert (error.kind, error.status) == ("not_sent", 0)


async def test_an_address_that_is_none_is_invalid(kit: Kit) -> None:
    assert (await failing(kit, FakeCalcom(base_url="ftp://cal.example"))).kind == "invalid"


async def test_hole_34_the_deadline_ends_the_waiting_and_not_the_request(kit: Kit, fake: FakeCalcom) -> None:
    late, done = asyncio.Event(), asyncio.Event()

    async def slow(_got: Received) -> Reply:
        await late.wait()
        done.set()
        return Reply(201, booking())

    async def breaker() -> tuple[str, int]:
        view = (await kit.circuits.read(COMPANY))[1]
        return view.phase, view.failures

    fake.script = slow
    began = time.monotonic()
    error = await failing(kit, fake, Terms(within=0.1))
    assert error.kind == "unknown"
    assert time.monotonic() - began < 0.25
    # Before it is answered: an answer would wipe out what was counted.
    assert await breaker() == ("closed", 0), "a caller's impatience is no failure"
    late.set()
    await asyncio.wait_for(done.wait(), 1)
    assert await breaker() == ("closed", 0)


class StuckBucket(LocalBucket):
    """Admits nobody until `freed` is set."""

    def __init__(self) -> None:
        super().__init__(Seconds(), share=1)
        self.freed = asyncio.Event()

    async def take(self, key: str, per_minute: int, priority: Priority) -> Admission:
        await self.freed.wait()
        return await super().take(key, per_minute, priority)


async def test_what_had_not_left_at_the_deadline_never_leaves(kit: Kit, fake: FakeCalcom) -> None:
    bucket = StuckBucket()
    client = CalcomClient(kit.pool, kit.circuits, bucket)
    fake.replies = [Reply(201, booking())]
    with pytest.raises(CalendarError) as caught:
        await client.of(fake.access()).create_booking(WANTED, Terms(within=0.05))
    assert caught.value.kind == "not_sent"
    bucket.freed.set()
    await asyncio.sleep(0.1)
    assert fake.received == []


async def test_a_cancelled_caller_leaves_the_request_running(kit: Kit, fake: FakeCalcom) -> None:
    came, finished = asyncio.Event(), asyncio.Event()

    async def slow(_got: Received) -> Reply:
        came.set()
        await asyncio.sleep(0.1)
        finished.set()
        return Reply(201, booking())

    fake.script = slow
    caller = asyncio.create_task(kit.client.of(fake.access()).create_booking(WANTED, SOON))
    await asyncio.wait_for(came.wait(), 1)
    caller.cancel()
    await asyncio.wait_for(finished.wait(), 1)
    assert caller.cancelled() or caller.cancelling()


async def test_reads_are_asked_again_after_an_idle_connection_was_closed(kit: Kit, fake: FakeCalcom) -> None:
    fake.replies = [Reply(drop=True), Reply(200, booking())]
    assert (await kit.client.of(fake.access()).get_booking("u", SOON)).uid == "mQ2xk7c9TtZ"
    assert len(fake.asked) == 2


async def test_429_blocks_the_key_for_all_and_for_a_minute(kit: Kit, fake: FakeCalcom) -> None:
    fake.replies = [Reply(429, raw=framework_error(429, "CustomThrottlerGuard - Too many requests."))]
    error = await failing(kit, fake)
    assert (error.kind, error.retry_after) == ("limit", 60.0)
    fake.replies = [Reply(201, booking())]
    kit.clock.now += 59
    waiting = await failing(kit, fake)
    assert (waiting.kind, waiting.status) == ("limit", 0)
    assert waiting.retry_after == pytest.approx(1.0)
    other = kit.client.of(fake.access(OTHER, "cal_other"))
    assert (await other.create_booking(WANTED, SOON)).uid == "mQ2xk7c9TtZ"
    kit.clock.now += 2
    assert (await kit.client.of(fake.access()).create_booking(WANTED, SOON)).uid == "mQ2xk7c9TtZ"


async def test_five_failures_open_the_breaker_of_this_company_alone(kit: Kit, fake: FakeCalcom) -> None:
    fake.replies = [Reply(502, raw=b"bad gateway")]
    assert [(await failing(kit, fake)).kind for _ in range(6)] == ["unknown"] * 5 + ["not_sent"]
    assert len(fake.asked) == 5
    reads, writes = await kit.circuits.read(COMPANY)
    assert (reads.phase, writes.phase, writes.reason) == ("closed", "open", "HTTP 502")
    fake.replies = [Reply(201, booking())]
    assert (await kit.client.of(fake.access(OTHER, "cal_2")).create_booking(WANTED, SOON)).uid


async def test_a_probe_asks_who_we_are_and_then_the_booking_goes(kit: Kit, fake: FakeCalcom) -> None:
    fake.replies = [Reply(502)]
    for _ in range(5):
        await failing(kit, fake)
    kit.clock.now += 61
    fake.received.clear()
    fake.replies = [Reply(503), Reply(201, booking())]
    assert (await failing(kit, fake)).kind == "not_sent"
    assert [each.path for each in fake.asked] == ["/v2/me"]
    kit.clock.now += 61
    booked = await kit.client.of(fake.access()).create_booking(WANTED, SOON)
    assert booked.uid == "mQ2xk7c9TtZ"
    assert [each.path for each in fake.asked] == ["/v2/me"] * 3 + ["/v2/bookings"]


async def test_hole_34_refusals_and_broken_keys_leave_the_breaker_closed(kit: Kit, fake: FakeCalcom) -> None:
    fake.replies = [
        Reply(401, raw=framework_error(401, "ApiAuthStrategy - api key - Your api key is not valid"))
    ]
    assert [(await failing(kit, fake)).kind for _ in range(7)] == ["auth"] * 7
    fake.replies = [Reply(500, raw=core_error(500, "fixed_hosts_unavailable_for_booking"))]
    assert [(await failing(kit, fake)).kind for _ in range(7)] == ["unknown"] * 7
    assert (await kit.circuits.read(COMPANY))[1].failures == 0


async def test_slots_outside_the_asked_period_are_left_out(kit: Kit, fake: FakeCalcom) -> None:
    fake.replies = [
        Reply(
            200,
            {
                "2026-03-02": [
                    {"start": "2026-03-02T10:00:00.000+01:00", "end": "2026-03-02T10:30:00.000+01:00"},
                    {"start": "2026-03-02T09:00:00.000+01:00", "end": "2026-03-02T09:30:00.000+01:00"},
                ],
                "2026-03-03": [
                    {"start": "2026-03-03T00:00:00.000+01:00", "end": "2026-03-03T00:30:00.000+01:00"}
                ],
            },
        )
    ]
    day = Period(datetime(2026, 3, 1, 23, tzinfo=UTC), datetime(2026, 3, 2, 23, tzinfo=UTC))
    free = await kit.client.of(fake.access()).free_slots(SlotsWanted(77, day, "Europe/Berlin"), SOON)
    assert [slot.start.hour for slot in free] == [8, 9]
    assert dict(fake.asked[0].query)["end"] == "2026-03-02T23:00:00.000Z"


async def test_a_page_of_bookings_names_the_next_and_counts_what_is_unreadable(
    kit: Kit, fake: FakeCalcom
) -> None:
    rows = [booking(), booking(status=None), booking(uid="b", metadata={})]
    fake.replies = [Reply(200, rows, more={"pagination": {"hasNextPage": True}})]
    wanted = BookingsWanted(starts_from=START, ends_by=END, take=3, skip=3)
    page = await kit.client.of(fake.access()).list_bookings(wanted, SOON)
    assert ([each.uid for each in page.bookings], page.next_skip, page.unreadable) == (
        ["mQ2xk7c9TtZ", "b"],
        6,
        1,
    )


async def test_a_status_that_is_not_known_takes_its_time(kit: Kit, fake: FakeCalcom) -> None:
    fake.replies = [Reply(200, booking(status=each)) for each in ("awaiting_host", "rejected")]
    calendar = kit.client.of(fake.access())
    assert [(await calendar.get_booking("u", SOON)).status for _ in range(2)] == ["pending", "rejected"]


async def test_a_second_move_names_the_newer_booking(kit: Kit, fake: FakeCalcom) -> None:
    text = (
        "Can't reschedule booking with uid=old1 because it has been cancelled and rescheduled already "
        "to booking with uid=new2. You probably want to reschedule new2 instead."
    )
    fake.replies = [Reply(400, raw=framework_error(400, text))]
    with pytest.raises(CalendarError) as caught:
        await kit.client.of(fake.access()).reschedule_booking("old1", START, "Anruf", SOON)
    error = caught.value
    assert (error.kind, error.hint, error.successor) == ("gone", "already_moved", "new2")


async def test_no_company_is_told_the_cookies_of_another(kit: Kit, fake: FakeCalcom) -> None:
    fake.replies = [Reply(200, booking(), headers={"set-cookie": "session=a; Path=/"})]
    for access in (fake.access(), fake.access(OTHER, "cal_2")):
        await kit.client.of(access).get_booking("u", SOON)
    assert all("cookie" not in each.headers for each in fake.asked)


async def test_a_cancellation_always_has_a_reason(kit: Kit, fake: FakeCalcom) -> None:
    with pytest.raises(ValueError, match="reason"):
        await kit.client.of(fake.access()).cancel_booking("u", " ", SOON)
    assert fake.received == []


async def test_hole_07_one_slow_request_leaves_its_siblings_alone(tmp_path: Path) -> None:
    """Four creates share one HTTP/2 connection; the waiting for one ends early, the other three are answered."""
    server_tls, client_tls = contexts(tmp_path)

    async def slow_third(got: Received) -> Reply:
        await asyncio.sleep(0.8 if got.body["metadata"]["intent"] == "2" else 0.3)
        return Reply(201, booking(metadata=got.body["metadata"]))

    settings = PoolSettings(full_limit=3.0, streams=4, tls=client_tls, trust_env=False)
    async with serving(FakeCalcom(script=slow_third), server_tls) as fake, client_kit(settings) as kit:
        calendar = kit.client.of(fake.access())

        async def book(intent: int) -> str:
            wanted = type(WANTED)(77, START, WANTED.attendee, {"intent": str(intent)})
            terms = Terms(within=0.1 if intent == 2 else 3.0)
            return (await calendar.create_booking(wanted, terms)).metadata["intent"]

        outcomes = await asyncio.gather(*(book(number) for number in range(4)), return_exceptions=True)
        assert isinstance(outcomes[2], CalendarError)
        assert outcomes[2].kind == "unknown"
        assert [outcomes[0], outcomes[1], outcomes[3]] == ["0", "1", "3"]
        assert fake.connections == 1
        assert await book(4) == "4"  # the connection is as good as before
        assert fake.connections == 1


@pytest.mark.parametrize(("streams", "stalls"), [(2, False), (100, True)])
async def test_hole_07_a_hanging_company_does_not_slow_another(
    tmp_path: Path, streams: int, *, stalls: bool
) -> None:
    """The control shares one connection among all: should it no longer stall, the limit may be lifted."""
    server_tls, client_tls = contexts(tmp_path)

    async def hang_one(got: Received) -> Reply:
        if got.headers["authorization"] == "Bearer cal_hangs":
            await asyncio.sleep(30)
        return Reply(200, booking())

    settings = PoolSettings(full_limit=1.5, streams=streams, tls=client_tls, trust_env=False)
    async with serving(FakeCalcom(script=hang_one), server_tls) as fake, client_kit(settings) as kit:
        hanging = kit.client.of(fake.access(OTHER, "cal_hangs"))
        healthy = kit.client.of(fake.access())
        await healthy.get_booking("u", SOON)
        stuck = [asyncio.create_task(hanging.get_booking("u", Terms(0.2))) for _ in range(4)]
        began = time.monotonic()
        for _ in range(5):
            await healthy.get_booking("u", SOON)
        assert (time.monotonic() - began > 1.0) == stalls
        lost = await asyncio.gather(*stuck, return_exceptions=True)
        assert all(isinstance(each, CalendarError) and each.kind == "unknown" for each in lost)
