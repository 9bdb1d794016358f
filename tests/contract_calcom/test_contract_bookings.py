"""The contract with Cal.com: bookings are made, found, moved and cancelled as our client believes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contract_calcom.account import MINUTES, REASON, ContractAccount, eventually, refused
from zusage.app.mirror.ours import is_ours
from zusage.app.mirror.ports import Attendee, CalendarBooking, CalendarError

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOBODYS = 2_000_000_000
BOOKINGS = "2024-08-13"


async def test_a_booking_is_ours_and_is_found_again_with_its_metadata(account: ContractAccount) -> None:
    wanted = account.wanted(account.hour())
    booked = await account.book(wanted)
    read = await account.get(booked.uid)

    async def listed() -> bool:
        return booked.uid in {each.uid for each in await account.listed(wanted)}

    await eventually(listed, "the booking is among those of its e-mail address")
    await account.cancel(booked.uid)
    assert is_ours(booked, account.expected(wanted))
    assert is_ours(read, account.expected(wanted))
    assert dict(read.metadata) == dict(wanted.metadata)
    assert [(each.email, each.phone) for each in read.attendees] == [
        (wanted.attendee.email, wanted.attendee.phone)
    ]
    assert read.created_at is not None
    assert abs(datetime.now(UTC) - read.created_at) < timedelta(minutes=5)


async def test_the_same_booking_again_is_refused_and_may_be_ours(account: ContractAccount) -> None:
    wanted = account.wanted(account.hour())
    booked = await account.book(wanted)
    again = await refused(account.book(wanted))
    stranger = await refused(account.book(account.wanted(wanted.start)))
    overlapping = await refused(account.book(account.wanted(wanted.start + timedelta(minutes=15))))
    standing = await account.listed(wanted)
    await account.cancel(booked.uid)
    for error in (again, stranger, overlapping):
        assert (error.kind, error.maybe_ours) == ("taken", True)
        assert error.status in (400, 409)
    assert {each.uid for each in standing} <= {booked.uid}


async def test_of_two_at_once_for_one_time_one_is_booked(account: ContractAccount) -> None:
    start = account.hour()
    outcomes = await asyncio.gather(
        account.book(account.wanted(start)), account.book(account.wanted(start)), return_exceptions=True
    )
    booked = [each for each in outcomes if isinstance(each, CalendarBooking)]
    lost = [each for each in outcomes if isinstance(each, CalendarError)]
    for each in booked:
        await account.cancel(each.uid)
    assert (len(booked), len(lost)) == (1, 1)
    assert (lost[0].kind, lost[0].maybe_ours) == ("taken", True)


async def test_a_start_beside_the_grid_is_booked_to_the_minute(account: ContractAccount) -> None:
    wanted = account.wanted(account.hour() + timedelta(minutes=7))
    booked = await account.book(wanted)
    await account.cancel(booked.uid)
    assert (booked.start, booked.end) == (wanted.start, wanted.start + timedelta(minutes=MINUTES))


async def test_what_cannot_be_booked_is_told_apart(account: ContractAccount) -> None:
    wanted = account.wanted(account.hour())
    past = await refused(account.book(replace(wanted, start=datetime.now(UTC) - timedelta(days=2))))
    nobody = Attendee("Zusage Vertragsprobe", "Europe/Berlin", None, "+4930901820")
    no_mail = await refused(account.book(replace(wanted, attendee=nobody)))
    bad_phone = replace(wanted.attendee, phone="+15555550100")
    wrong_number = await refused(account.book(replace(wanted, attendee=bad_phone)))
    wrong_length = await refused(account.book(replace(wanted, length_min=45)))
    no_kind = await refused(account.book(replace(wanted, event_type_id=NOBODYS)))
    kinds = [each.kind for each in (past, no_mail, wrong_number, wrong_length, no_kind)]
    assert kinds == ["out_of_bounds", "invalid", "invalid", "invalid", "gone"]
    assert [each.maybe_ours for each in (no_mail, wrong_number, wrong_length)] == [False, False, False]


async def test_a_field_that_is_not_known_is_refused(account: ContractAccount) -> None:
    start = account.hour().isoformat().replace("+00:00", "Z")
    attendee = {"name": "Probe", "email": "c@example.org", "timeZone": "Europe/Berlin"}
    body = {"eventTypeId": account.kind.event_type_id, "start": start, "attendee": attendee, "colour": "red"}
    answer = await account.target.send("POST", "/v2/bookings", BOOKINGS, json=body)
    assert answer.status_code == 400
    assert "colour" in answer.text


async def test_a_moved_booking_has_a_new_uid_and_the_old_one_names_it(account: ContractAccount) -> None:
    wanted, later = account.wanted(account.hour()), account.hour()
    booked = await account.book(wanted)
    moved = await account.move(booked.uid, later)
    old = await account.get(booked.uid)
    read = await account.get(moved.uid)
    again = await refused(account.move(booked.uid, later))
    cancelled = await account.cancel(moved.uid)
    assert moved.uid != booked.uid
    assert (moved.moved_from, is_ours(moved, account.expected(wanted, later))) == (booked.uid, True)
    assert (old.status, old.moved_to) == ("cancelled", moved.uid)
    assert dict(read.metadata) == dict(wanted.metadata)
    assert (again.kind, again.hint, again.successor) == ("gone", "already_moved", moved.uid)
    assert cancelled.status == "cancelled"


async def test_a_move_to_a_taken_time_is_refused_and_changes_nothing(account: ContractAccount) -> None:
    mine, theirs = account.wanted(account.hour()), account.wanted(account.hour())
    booked, other = await account.book(mine), await account.book(theirs)
    error = await refused(account.move(booked.uid, theirs.start))
    still = await account.get(booked.uid)
    for each in (booked, other):
        await account.cancel(each.uid)
    assert error.kind == "taken"
    assert is_ours(still, account.expected(mine))


async def test_a_cancellation_needs_a_reason_and_is_done_once(account: ContractAccount) -> None:
    """The refusals show both shapes of errors: a plain one of the older core, a nested one of the framework."""
    booked = await account.book(account.wanted(account.hour()))
    without = await account.target.send("POST", f"/v2/bookings/{booked.uid}/cancel", BOOKINGS, json={})
    done = await account.cancel(booked.uid)
    twice = await refused(account.cancel(booked.uid))
    move = await refused(account.move(booked.uid, account.hour()))
    read = await account.get(booked.uid)
    nobody = await account.target.send("GET", "/v2/bookings/nobody-has-this-uid", BOOKINGS)
    assert without.status_code == 400
    assert "reason is required" in without.json()["message"]
    assert (done.status, read.status, read.cancelled_because) == ("cancelled", "cancelled", REASON)
    assert (twice.kind, twice.hint) == ("gone", "already_cancelled")
    assert (move.kind, move.hint) == ("gone", "already_cancelled")
    assert nobody.status_code == 404
    assert nobody.json()["status"] == "error"
    assert "nobody-has-this-uid" in nobody.json()["error"]["message"]
