"""What follows a booking or a cancellation may fail in any way; what was said of it stays true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import pytest

from support.mirrored import Mirrored
from zusage.adapters.crypto import SecretBox
from zusage.adapters.postgres.alerts import PostgresAlerts
from zusage.adapters.postgres.courtesies import PostgresCourtesies
from zusage.adapters.postgres.database import Database
from zusage.adapters.process_free_days import ProcessFreeDays
from zusage.app.alerts.ports import NotDelivered
from zusage.app.alerts.raise_alerts import raise_alerts
from zusage.app.alerts.send_alerts import send_alerts
from zusage.app.errors import LedgerBusy
from zusage.app.free_times.after_change import AfterChange
from zusage.app.free_times.fill import Filler
from zusage.app.free_times.ports import CompanyHosts
from zusage.app.mirror.bring_over import bring_over
from zusage.app.mirror.circuits import CircuitView
from zusage.app.mirror.confirm_inline import InlineConfirmer
from zusage.sandbox.calcom import Fault

STANDS, GONE = [("present", "present")], [("absent", "absent")]


class BrokenListenerError(Exception):
    """A listener that nobody foresaw to fail."""


async def fail_when_recorded(place: str) -> None:
    if place == "recorded":
        raise BrokenListenerError


class BusyHosts:
    """A database that is too busy just when the free times shall be read anew."""

    async def hosts(self, company_id: UUID, version: int | None = None) -> CompanyHosts | None:
        raise LedgerBusy("busy")

    async def companies(self) -> Sequence[tuple[UUID, str]]:
        raise LedgerBusy("busy")


class DeafService:
    services = ("deaf",)

    async def send(self, _service: str, _title: str, _body: str) -> None:
        raise NotDelivered("nobody there")


class NoBreakers:
    async def read(self, _company_id: UUID) -> tuple[CircuitView, ...]:
        return ()


async def test_incident_27_a_listener_that_fails_makes_no_refusal_of_a_booking(salon: Mirrored) -> None:
    """Once a mail that could not be sent made an error of what was done; the agent said so, and it was untrue."""
    appointment = await salon.book()
    confirm = InlineConfirmer(replace(salon.mirroring, reach=fail_when_recorded))
    assert await confirm(salon.shop.company_id, appointment, 5.0) == "pending"
    await confirm.close()
    assert await salon.known(appointment) == STANDS


async def test_incident_27_control_in_one_block_with_its_listener_a_booking_seems_to_fail(
    salon: Mirrored,
) -> None:
    appointment = await salon.book()
    with pytest.raises(BrokenListenerError):
        await bring_over(
            salon.shop.company_id, appointment, replace(salon.mirroring, reach=fail_when_recorded)
        )
    assert await salon.known(appointment) == STANDS


async def test_incident_27_free_times_that_cannot_be_read_anew_undo_no_cancellation(salon: Mirrored) -> None:
    appointment = await salon.book()
    await salon.bring(appointment)
    await salon.cancel(appointment)
    database = salon.shop.database
    filler = Filler(
        ProcessFreeDays(lambda: 0.0),
        salon.client,
        PostgresCourtesies(database, SecretBox([salon.key])),
        lambda: 0.0,
    )
    mirroring = replace(salon.mirroring, changed=AfterChange(BusyHosts(), filler))
    assert (await bring_over(salon.shop.company_id, appointment, mirroring)).settled
    await filler.close()
    assert await salon.known(appointment) == GONE


async def test_incident_27_a_cancellation_stands_though_cal_com_refuses_and_nobody_takes_the_alert(
    salon: Mirrored, jobs_db: Database
) -> None:
    appointment = await salon.book()
    await salon.bring(appointment)
    salon.sim.add_fault(Fault("error_before_commit", op="bookings.cancel", status=401, message="bad key"))
    await salon.cancel(appointment)
    await salon.bring(appointment)
    assert await salon.reviews() == ["mirror_refused"]
    alerts = PostgresAlerts(jobs_db)
    assert await raise_alerts(salon.shop.company_id, alerts, NoBreakers()) == 2
    assert await send_alerts(salon.shop.company_id, alerts, DeafService()) == 0
    assert await salon.shop.rows("SELECT status FROM appointment") == [("cancelled",)]
    await salon.book()  # the time is free for the next caller
    assert await salon.shop.rows("SELECT count(*) FROM appointment WHERE status = 'booked'") == [(1,)]
