"""`zusage alerts` and `zusage reviews` as a person meets them: exit codes, JSON, dry runs, masked numbers."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.alert_listener import listening
from support.database import DatabaseUrls
from support.mirrored import Mirrored, mirrored
from support.zusage_command import Zusage, zusage_on
from zusage.adapters.notify.apprise_services import AppriseServices
from zusage.adapters.postgres.alerts import PostgresAlerts
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.mirror_health import PostgresMirrorHealth
from zusage.adapters.postgres.verify import PostgresEvidence
from zusage.app.alerts.raise_alerts import raise_alerts
from zusage.app.mirror.circuits import CircuitView
from zusage.app.operations.verify_ledger import verify_ledger
from zusage.sandbox.calcom import Fault


class ClosedBreakers:
    async def read(self, _company_id: object) -> tuple[CircuitView, ...]:
        return ()


@pytest.fixture
async def salon(app_db: Database, jobs_db: Database) -> AsyncIterator[Mirrored]:
    async with mirrored(app_db, jobs_db) as made:
        made.sim.add_fault(
            Fault("error_before_commit", op="bookings.create", status=400, message="that is in the past")
        )
        appointment = await made.book()
        await made.bring(appointment)
        yield made


@pytest.fixture
def zusage(database: DatabaseUrls, tmp_path: Path) -> Zusage:
    return zusage_on(database, tmp_path)


async def test_a_test_message_arrives_or_the_reason_is_said(database: DatabaseUrls, tmp_path: Path) -> None:
    async with listening() as service:
        run = zusage_on(database, tmp_path, ZUSAGE_ALERT_URLS=service.url)
        code, out = await run("alerts", "test")
        assert (code, service.messages[0]["title"]) == (0, "Zusage: a test")
        assert "delivered" in out
        service.status = 500
        code, out = await run("alerts", "test", "--json")
    (told,) = json.loads(out)
    assert (code, told["delivered"]) == (1, False)
    assert told["failure"]
    assert "s3cr3tpass" not in out


async def test_whoever_names_nobody_is_told_how(
    zusage: Zusage, database: DatabaseUrls, tmp_path: Path
) -> None:
    code, out = await zusage("alerts", "test")
    assert code == 2
    assert "ZUSAGE_ALERT_URLS" in out
    code, out = await zusage_on(database, tmp_path, ZUSAGE_ALERT_URLS="just words")("alerts", "test")
    assert code == 2
    assert "no URL" in out
    assert "just words" not in out


async def test_alerts_are_listed(salon: Mirrored, zusage: Zusage, jobs_db: Database) -> None:
    await raise_alerts(salon.shop.company_id, PostgresAlerts(jobs_db), ClosedBreakers())
    code, out = await zusage("alerts", "list", "--company", salon.shop.company_id.hex, "--json")
    assert code == 0
    assert [alert["subject"].split()[0] for alert in json.loads(out)] == ["health", "review"]
    code, out = await zusage("alerts", "list")
    assert "Review item" in out
    assert "ZUSAGE_ALERT_URLS names nobody to tell" in out
    code, out = await zusage("alerts", "list", "--company", "nobody")
    assert code == 2
    assert "zusage company list" in out


async def test_a_review_says_whom_to_call_and_masks_the_number_unless_asked(
    salon: Mirrored, zusage: Zusage
) -> None:
    company = salon.shop.company_id.hex
    code, out = await zusage("reviews", "list", "--company", company)
    assert code == 1
    assert "call back: Sabine Müller, +49 30 ••••111 (verified)" in out
    assert "+493023125111" not in out
    # What people cancelled in Cal.com meanwhile stays cancelled: the retry is of this appointment alone.
    assert re.search(rf"zusage mirror retry --appointment [0-9a-f-]{{36}} --company {company} --apply", out)
    assert "mirror retry --company" not in out
    code, out = await zusage("reviews", "list", "--full", "--json")
    (item,) = json.loads(out)
    assert (code, item["phone"], item["attendee"], item["callback"]) == (
        1,
        "+493023125111",
        "Sabine Müller",
        True,
    )
    assert item["detail"]["failure"] == "out_of_bounds"


async def test_a_person_closes_an_item_with_a_note(salon: Mirrored, zusage: Zusage, app_db: Database) -> None:
    company = salon.shop.company_id.hex
    _, out = await zusage("reviews", "list", "--json")
    review_id = str(json.loads(out)[0]["review_id"])
    close = ("reviews", "resolve", review_id, "--company", company, "--note", "called, comes on foot")
    code, out = await zusage(*close)
    assert (code, "with --apply" in out) == (0, True)
    assert (await zusage("reviews", "list"))[0] == 1
    assert (await zusage(*close, "--apply"))[0] == 0
    assert (await zusage("reviews", "list"))[0] == 0
    code, out = await zusage(*close, "--apply")
    assert code == 2
    assert "no open review item" in out
    assert (await zusage("reviews", "resolve", review_id, "--company", company, "--note", " "))[0] == 2
    _, out = await zusage("reviews", "list", "--all")
    assert "called, comes on foot" in out
    figures = await PostgresMirrorHealth(app_db).figures(salon.shop.company_id)
    assert (figures.reviews, figures.failing_day) == (0, 0)
    assert (await verify_ledger(evidence=PostgresEvidence(app_db))).findings == ()


def test_services_are_told_apart_without_their_secrets() -> None:
    services = AppriseServices(["json://user:secretword@host/a", "json://user:secretword@host/b"]).services
    assert len(set(services)) == 2
    assert "secretword" not in str(services)


async def test_a_cancelled_appointment_that_cal_com_keeps_needs_no_callback(
    app_db: Database, jobs_db: Database, zusage: Zusage
) -> None:
    async with mirrored(app_db, jobs_db) as made:
        appointment = await made.book()
        await made.bring(appointment)
        made.sim.add_fault(
            Fault("error_before_commit", op="bookings.cancel", status=400, message="has already ended")
        )
        await made.cancel(appointment)
        await made.bring(appointment)
        _, out = await zusage("reviews", "list", "--json")
    (item,) = json.loads(out)
    assert (item["kind"], item["cancelled"], item["callback"]) == ("mirror_refused", True, False)
    assert "did not let it go: cancel it in Cal.com" in item["action"]


@pytest.mark.parametrize(
    ("refusal", "advice"),
    [
        (
            (401, "bad key"),
            "Cal.com refuses the key: give it a new one (`zusage calcom connect {company}`); what waits",
        ),
        (
            (404, "Event type with id 7 not found"),
            "The event type is not in Cal.com any more: make it again there, or say",
        ),
    ],
)
async def test_what_is_mended_at_the_desk_needs_no_callback(
    app_db: Database, jobs_db: Database, zusage: Zusage, refusal: tuple[int, str], advice: str
) -> None:
    status, message = refusal
    async with mirrored(app_db, jobs_db) as made:
        made.sim.add_fault(Fault("error_before_commit", op="bookings.create", status=status, message=message))
        await made.bring(await made.book())
        company = made.shop.company_id.hex
        told = advice.format(company=company)
        _, out = await zusage("reviews", "list", "--json")
        (item,) = json.loads(out)
        assert (item["kind"], item["callback"], item["action"].startswith(told)) == (
            "mirror_refused",
            False,
            True,
        )
        await raise_alerts(made.shop.company_id, PostgresAlerts(jobs_db), ClosedBreakers())
        code, out = await zusage("alerts", "list", "--company", company)
        assert (code, told in out) == (0, True)


async def test_the_doctor_says_whether_anybody_is_told(database: DatabaseUrls, tmp_path: Path) -> None:
    for urls, level in (("", "warn"), ("json://127.0.0.1:9/a,json://127.0.0.1:9/b", "ok")):
        _, out = await zusage_on(database, tmp_path, ZUSAGE_ALERT_URLS=urls)("doctor", "--json")
        (check,) = [each for each in json.loads(out) if each["name"] == "alerts"]
        assert check["level"] == level, check
