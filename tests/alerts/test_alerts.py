"""The operator is told what is new: once, again until it arrives, without a name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import pytest

from support.alert_listener import Listener, listening
from support.database import Clock
from support.mirrored import Mirrored, mirrored, open_start
from zusage.adapters.notify.apprise_services import AppriseServices
from zusage.adapters.postgres.alerts import AlertSight, PostgresAlerts
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.reviews import PostgresReviews
from zusage.app.alerts.ports import NotDelivered
from zusage.app.alerts.raise_alerts import raise_alerts
from zusage.app.alerts.send_alerts import send_alerts
from zusage.app.mirror.cancel_orphans import cancel_orphans
from zusage.app.mirror.circuits import CircuitView
from zusage.sandbox.calcom import Fault


class Breakers:
    """Breakers as a test sets them."""

    def __init__(self) -> None:
        self.views: tuple[CircuitView, ...] = (CircuitView("writes", "closed", 0, None, ""),)

    async def read(self, _company_id: UUID) -> tuple[CircuitView, ...]:
        return self.views


@pytest.fixture
async def salon(app_db: Database, jobs_db: Database) -> AsyncIterator[Mirrored]:
    async with mirrored(app_db, jobs_db) as made:
        yield made


@pytest.fixture
async def service() -> AsyncIterator[Listener]:
    async with listening() as listener:
        yield listener


@pytest.fixture
def store(jobs_db: Database) -> PostgresAlerts:
    return PostgresAlerts(jobs_db)


async def minute(
    salon: Mirrored, store: PostgresAlerts, *services: str, breakers: Breakers | None = None
) -> tuple[int, int]:
    """What a minute of the worker does: says how much is new, and how much everybody has."""
    company = salon.shop.company_id
    assert company in await store.companies(None, 10)
    raised = await raise_alerts(company, store, breakers or Breakers())
    return raised, await send_alerts(company, store, AppriseServices(services))


async def listed(salon: Mirrored, store: PostgresAlerts) -> Sequence[AlertSight]:
    return await store.list(salon.shop.company_id, sent_too=True, limit=100)


async def refuse_a_booking(salon: Mirrored) -> UUID:
    salon.sim.add_fault(
        Fault("error_before_commit", op="bookings.create", status=400, message="that is in the past")
    )
    appointment = await salon.book()
    await salon.bring(appointment)
    assert await salon.reviews() == ["mirror_refused"]
    return appointment


async def test_a_promise_that_the_calendar_refused_is_told_once_and_without_a_name(
    salon: Mirrored, store: PostgresAlerts, service: Listener
) -> None:
    assert await minute(salon, store, service.url) == (0, 0)
    appointment = await refuse_a_booking(salon)
    # The item, and that the health is critical by it: in one message.
    assert await minute(salon, store, service.url) == (2, 2)
    assert await minute(salon, store, service.url) == (0, 0)
    (message,) = service.messages
    assert message["title"] == f"Zusage: 2 things to know about {salon.shop.company_id.hex}"
    first, second = str(message["message"]).splitlines()
    assert first.startswith("Review item ")
    assert str(appointment) in first
    assert "(Europe/Berlin)" in first
    assert "call the customer back" in first
    assert f"retry --appointment {appointment} --company {salon.shop.company_id.hex} --apply" in first
    assert "is critical since" in second
    told = str(message)
    assert not any(private in told for private in ("Sabine", "Müller", "23125111"))


async def test_who_must_be_called_back_stands_with_the_item(salon: Mirrored, app_db: Database) -> None:
    appointment = await refuse_a_booking(salon)
    reviews = PostgresReviews(app_db)
    (item,) = await reviews.reviews(salon.shop.company_id)
    assert (item.kind, item.appointment_id) == ("mirror_refused", appointment)
    assert (item.attendee, item.phone) == ("Sabine Müller", "+493023125111")
    assert item.start is not None
    assert (item.start.hour, item.zone) == (10, "Europe/Berlin")
    assert "Sabine" not in repr(item)


async def test_what_no_service_takes_is_sent_again_with_growing_pauses_and_no_second_time_to_others(
    salon: Mirrored, store: PostgresAlerts, service: Listener, clock: Clock
) -> None:
    await refuse_a_booking(salon)
    async with listening() as broken:
        broken.status = 500
        urls = (service.url, broken.url)
        assert await minute(salon, store, *urls) == (2, 0)
        assert await minute(salon, store, *urls) == (0, 0)
        assert (len(service.messages), broken.asked) == (1, 1)
        clock.advance(61)
        assert await minute(salon, store, *urls) == (0, 0)
        clock.advance(61)
        assert await minute(salon, store, *urls) == (0, 0)
        assert broken.asked == 2
        broken.status = 200
        clock.advance(60)
        assert await minute(salon, store, *urls) == (0, 2)
        assert (len(service.messages), len(broken.messages)) == (1, 1)


async def test_after_three_days_it_is_given_up_and_shown(
    salon: Mirrored, store: PostgresAlerts, service: Listener, clock: Clock
) -> None:
    await refuse_a_booking(salon)
    service.status = 500
    await minute(salon, store, service.url)
    clock.advance(3 * 86_400)
    await minute(salon, store, service.url)
    given_up = [alert for alert in await listed(salon, store) if alert.next_at is None]
    assert [alert.sent_at for alert in given_up] == [None, None]
    assert given_up[0].attempts == 2
    assert given_up[0].failure.startswith("json-")
    assert "s3cr3tpass" not in str(given_up)


async def test_two_workers_at_once_tell_it_once(
    salon: Mirrored, store: PostgresAlerts, service: Listener
) -> None:
    await refuse_a_booking(salon)
    company, services = salon.shop.company_id, AppriseServices([service.url])
    await asyncio.gather(*(raise_alerts(company, store, Breakers()) for _ in range(5)))
    await asyncio.gather(*(send_alerts(company, store, services) for _ in range(5)))
    assert len(await listed(salon, store)) == 2
    assert len(service.messages) == 1


async def test_control_without_the_lease_two_workers_tell_it_twice(
    salon: Mirrored, store: PostgresAlerts, service: Listener
) -> None:
    await refuse_a_booking(salon)
    company, services = salon.shop.company_id, AppriseServices([service.url])
    await raise_alerts(company, store, Breakers())

    async def without_a_lease() -> None:
        async with store.unit(company) as unit:
            taken = await unit.take(100, 0.0)
            await unit.commit()
        await services.send(services.services[0], "control", taken.alerts[0].text)

    await asyncio.gather(without_a_lease(), without_a_lease())
    assert len(service.messages) == 2


async def test_a_worker_that_dies_between_sending_and_storing_loses_nothing(
    salon: Mirrored, store: PostgresAlerts, service: Listener, clock: Clock
) -> None:
    await refuse_a_booking(salon)
    company = salon.shop.company_id
    await raise_alerts(company, store, Breakers())
    async with store.unit(company) as unit:
        assert len((await unit.take(100, 180.0)).alerts) == 2
        await unit.commit()
    assert await send_alerts(company, store, AppriseServices([service.url])) == 0
    clock.advance(181)
    assert await send_alerts(company, store, AppriseServices([service.url])) == 2
    assert len(service.messages) == 1


async def test_without_a_service_alerts_wait(
    salon: Mirrored, store: PostgresAlerts, service: Listener
) -> None:
    await refuse_a_booking(salon)
    assert await minute(salon, store) == (2, 0)
    assert await minute(salon, store, service.url) == (0, 2)


async def test_an_orphan_that_rests_a_breaker_that_stays_open_and_observing_only_are_told(
    salon: Mirrored, store: PostgresAlerts, service: Listener, clock: Clock
) -> None:
    appointment = await salon.book()
    await salon.bring(appointment)
    await salon.shop.do(
        "INSERT INTO orphan (company_id, uid, appointment_id, ordinal, why, found_at)"
        " VALUES (%s, 'uid-1', %s, 0, 'duplicate', zusage_now())",
        salon.shop.company_id,
        appointment,
    )
    await salon.shop.do(
        "UPDATE calendar_connection SET observe_only = true WHERE company_id = %s", salon.shop.company_id
    )
    breakers = Breakers()
    breakers.views = (CircuitView("writes", "half_open", 5, None, "TimeoutError"),)
    assert (await minute(salon, store, service.url, breakers=breakers))[0] == 3
    clock.advance(601)
    assert (await minute(salon, store, service.url, breakers=breakers))[0] == 1
    told = "\n".join(str(message["message"]) for message in service.messages)
    assert f"zusage orphans resolve uid-1 --company {salon.shop.company_id.hex} --apply" in told
    assert "only observes the calendar" in told
    assert "has not answered (writes)" in told
    assert "(TimeoutError)" in told


async def test_an_orphan_is_told_of_once_after_the_first_attempt_that_failed(
    salon: Mirrored, store: PostgresAlerts, service: Listener, clock: Clock
) -> None:
    """Not only when nobody tries any more, which is a day later; and not before anybody has tried."""
    appointment = await salon.book()
    await salon.bring(appointment)
    (there,) = salon.there
    await salon.shop.do(
        "INSERT INTO orphan (company_id, uid, appointment_id, ordinal, why, found_at, next_at)"
        " VALUES (%s, %s, %s, 0, 'duplicate', zusage_now(), zusage_now())",
        *(salon.shop.company_id, there.uid, appointment),
    )
    assert await minute(salon, store, service.url) == (0, 0)
    salon.sim.add_fault(Fault("error_before_commit", op="bookings.cancel", times=2))
    for told in (1, 0):
        assert await cancel_orphans(salon.shop.company_id, salon.mirroring) == 0
        assert (await minute(salon, store, service.url))[0] == told
        clock.advance(60)
    (message,) = service.messages
    assert f"Booking {there.uid}" in str(message["message"])
    assert "is tried again for a day" in str(message["message"])
    assert await cancel_orphans(salon.shop.company_id, salon.mirroring) == 1
    assert (await minute(salon, store, service.url))[0] == 0
    assert salon.there == []


async def test_an_orphan_that_was_tried_again_in_vain_is_told_again(
    salon: Mirrored, store: PostgresAlerts, service: Listener, clock: Clock
) -> None:
    appointment = await salon.book()
    await salon.bring(appointment)
    insert = (
        "INSERT INTO orphan (company_id, uid, appointment_id, ordinal, why, found_at)"
        " VALUES (%s, 'uid-1', %s, 0, 'duplicate', zusage_now())"
    )
    await salon.shop.do(insert, salon.shop.company_id, appointment)
    await minute(salon, store, service.url)
    clock.advance(10)
    await salon.shop.do(
        "UPDATE orphan SET found_at = zusage_now() WHERE company_id = %s", salon.shop.company_id
    )
    assert (await minute(salon, store, service.url))[0] == 1


async def test_old_alerts_go_but_those_of_open_items_stay(
    salon: Mirrored, store: PostgresAlerts, service: Listener, clock: Clock, app_db: Database
) -> None:
    await refuse_a_booking(salon)
    await minute(salon, store, service.url)
    clock.advance(91 * 86_400)
    await store.tidy(salon.shop.company_id)
    (kept,) = await listed(salon, store)
    assert kept.subject.startswith("review ")
    (item,) = await PostgresReviews(app_db).reviews(salon.shop.company_id)
    assert (
        await PostgresReviews(app_db).resolve(salon.shop.company_id, item.review_id, "called") == "resolved"
    )
    await store.tidy(salon.shop.company_id)
    assert await listed(salon, store) == []


async def test_a_service_that_refuses_says_why_without_its_secrets(service: Listener) -> None:
    service.status = 403
    services = AppriseServices([service.url, "nosuchservice://tokentoken"])
    known, unknown = services.services
    with pytest.raises(NotDelivered) as refused:
        await services.send(known, "title", "body")
    assert "s3cr3tpass" not in str(refused.value)
    assert known.startswith("json-")
    with pytest.raises(NotDelivered, match="no URL that Apprise knows"):
        await services.send(unknown, "title", "body")


async def test_incident_34_mirrors_that_pile_up_are_told_with_rate_and_age(
    salon: Mirrored, store: PostgresAlerts, service: Listener, clock: Clock
) -> None:
    """Once 23 had failed before anybody noticed. Here nothing fails: the worker is simply not running."""
    for hour in range(9, 15):
        for person in (0, 1):
            await salon.book(salon.shop.plan(person, start=open_start(hour)))
    assert await minute(salon, store, service.url) == (0, 0)
    clock.advance(3601)
    assert await minute(salon, store, service.url) == (0, 0)
    clock.advance(600)
    assert await minute(salon, store, service.url) == (1, 1)
    assert "is degraded since" in str(service.messages[0]["message"])
    assert "12 late by an hour (the oldest 70 min), 100% success" in str(service.messages[0]["message"])


async def test_incident_34_control_a_backlog_that_is_worked_off_is_no_news(
    salon: Mirrored, store: PostgresAlerts, service: Listener, clock: Clock
) -> None:
    booked = [await salon.book(salon.shop.plan(start=open_start(hour))) for hour in range(9, 15)]
    for appointment in booked:
        await salon.bring(appointment)
    clock.advance(4201)
    assert await minute(salon, store, service.url) == (0, 0)
