"""The door of webhooks: who is let in, what is kept, and how often."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

import pytest

from support.hooked import SECRET, Hooked, address_of, event, hooked
from support.mirrored import connect, mirrored, open_start
from zusage.adapters.postgres.database import Database
from zusage.core.signing import sign_calcom, verify_calcom
from zusage.inbound.webhooks.calcom import HEADER, MAX_BODY


@pytest.fixture
async def door(app_db: Database, jobs_db: Database) -> AsyncIterator[Hooked]:
    async with mirrored(app_db, jobs_db) as salon, hooked(salon, app_db) as made:
        yield made


def test_the_signature_is_plain_hmac_in_lowercase_hex() -> None:
    """RFC 4231's second test vector."""
    body, signed = (
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    )
    assert sign_calcom(body, "Jefe") == signed
    assert verify_calcom(body, signed, ("other", "Jefe"))
    assert not verify_calcom(body, signed.upper(), ("Jefe",))
    assert not verify_calcom(body, f"sha256={signed}", ("Jefe",))
    assert not verify_calcom(body + b" ", signed, ("Jefe",))


def test_no_secret_and_blank_ones_sign_nothing() -> None:
    body = b"{}"
    assert not verify_calcom(body, "no-secret-provided", ("Jefe",))
    assert not verify_calcom(body, None, ("Jefe",))
    assert not verify_calcom(body, sign_calcom(body, "Jefe"), ())
    assert not verify_calcom(body, sign_calcom(body, " "), (" ",))


async def test_a_wrong_signature_and_an_unknown_address_are_told_alike(door: Hooked) -> None:
    body = event("created")
    refused = [
        await door.post(body, secret="another"),
        await door.post(body, address="b" * 43),
        await door.post(body, address="b"),
        await door.post(body, headers={HEADER: "no-secret-provided"}),
        await door.post(body, headers={HEADER: ""}),
    ]
    assert [each.status_code for each in refused] == [401] * 5
    assert len({each.text for each in refused}) == 1
    assert await door.hints() == []


async def test_anothers_secret_does_not_sign_for_us(app_db: Database, jobs_db: Database) -> None:
    theirs = "hook-secret-of-another-salon"
    async with (
        mirrored(app_db, jobs_db) as one,
        mirrored(app_db, jobs_db) as other,
        hooked(one, app_db) as door,
    ):
        other.calendars = one.calendars  # one installation, one key that seals
        await connect(other, api_key="cal_live_other", hook_secret=theirs, hook_address=address_of(other))
        answers = [
            await door.post(event("created"), secret=SECRET),
            await door.post(event("created"), secret=theirs),
            await door.post(event("created"), address=address_of(other), secret=SECRET),
            await door.post(event("created"), address=address_of(other), secret=theirs),
        ]
        hints = await door.hints()
    assert ([each.status_code for each in answers], len(hints)) == ([200, 401, 401, 200], 1)


async def test_what_is_no_json_of_bounded_size_is_refused(door: Hooked) -> None:
    wrong = {
        400: [b"no json", b"[]", b"\xff", b"[" * 100_000],
        413: [b" " * (MAX_BODY + 1)],
    }
    for status, bodies in wrong.items():
        assert [(await door.post(body)).status_code for body in bodies] == [status] * len(bodies)
    other = await door.post(event("created"), headers={"content-type": "text/plain"})
    assert other.status_code == 415
    assert await door.hints() == []


async def test_of_a_webhook_only_the_event_and_the_uids_are_kept(door: Hooked) -> None:
    body = event("rescheduled")
    assert (await door.post(body)).status_code == 200
    (hint,) = await door.hints()
    assert hint["trigger_event"] == "BOOKING_RESCHEDULED"
    assert hint["uids"] == ["nEw2xk7c9TtZ", "mQ2xk7c9TtZ"]
    assert hint["digest"] == f"\\x{hashlib.sha256(body).hexdigest()}"
    for personal in ("Sabine", "+493023125111", "@"):
        assert personal in body.decode()
        assert personal not in str(hint)


async def test_the_same_body_is_stored_once_and_leaves_one_job(door: Hooked, jobs_db: Database) -> None:
    answers = [await door.post(event("cancelled")) for _ in range(3)]
    assert [each.status_code for each in answers] == [200] * 3
    assert len(await door.hints()) == 1
    async with jobs_db.connection() as connection:
        found = await connection.execute(
            "SELECT args ->> 'company_id', scheduled_at > now() FROM jobs.procrastinate_jobs WHERE task_name = 'heed_hints'"
        )
        assert await found.fetchall() == [(str(door.salon.shop.company_id), True)]


@pytest.mark.parametrize(
    ("name", "uids"),
    [
        ("created", ["mQ2xk7c9TtZ"]),
        ("requested", ["mQ2xk7c9TtZ"]),
        ("rescheduled", ["nEw2xk7c9TtZ", "mQ2xk7c9TtZ"]),
        ("cancelled", ["mQ2xk7c9TtZ"]),
        ("rejected", ["mQ2xk7c9TtZ"]),
        ("no_show", ["mQ2xk7c9TtZ"]),
        ("ping", []),
    ],
)
async def test_incident_39_every_shape_that_cal_com_sends_is_understood(
    door: Hooked, name: str, uids: list[str]
) -> None:
    """Names of events have no dots; a shape that was taken for another made all bookings of the web disappear."""
    assert (await door.post(event(name))).status_code == 200
    (hint,) = await door.hints()
    assert hint["uids"] == uids
    assert "." not in hint["trigger_event"]
    assert (hint["next_at"] is not None) == bool(uids)


async def test_odd_values_are_left_out_and_never_break_the_door(door: Hooked) -> None:
    odd: list[dict[str, object]] = [
        {"uid": 7},
        {"uid": "a b"},
        {"uid": "x" * 101},
        {"uid": None},
        {"uid": {}},
    ]
    for payload in odd:
        assert (await door.post(event("created", **payload))).status_code == 200
    assert (await door.post(b'{"triggerEvent": ["x"], "payload": 3}')).status_code == 200
    hints = await door.hints()
    assert [hint["uids"] for hint in hints] == [[]] * 6


async def test_the_calendar_itself_is_understood(door: Hooked) -> None:
    """What the simulator sends when a booking is made, as it sends it: signed, and before the answer."""
    sim = door.salon.sim
    uid = await sim.people.book(door.salon.kind().id, open_start())
    await sim.settle()
    assert [(hint["trigger_event"], hint["uids"]) for hint in await door.hints()] == [
        ("BOOKING_CREATED", [uid])
    ]
    assert [each.status for each in sim.journal.deliveries] == [200]
