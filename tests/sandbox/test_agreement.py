"""The comparison finds each kind of difference, and none where there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from zusage.sandbox.agreement import Booked, Heard, LedgerPart, Standing, compare, standing_of

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PARTS = (LedgerPart(0, NOON, NOON + HOUR, "Anna"), LedgerPart(2, NOON + 2 * HOUR, NOON + 3 * HOUR, "Anna"))
PERM = Booked("a-1", "Renate Winter", live=True, parts=PARTS, call="call_1")
CUT = Booked("a-2", "Hans Herbst", live=True, parts=(LedgerPart(0, NOON, NOON + HOUR, "Ben"),), call="call_2")
LEDGER = (PERM, CUT)
THERE = tuple(
    Standing(f"uid-{each.appointment_id}-{part.ordinal}", part.start, part.end, part.host, each.guest,
             each.appointment_id, part.ordinal)
    for each in LEDGER
    for part in each.parts
)  # fmt: skip
HEARD = (Heard("Renate Winter", "call_1", "booked", "a-1"), Heard("Hans Herbst", "call_2", "booked", "a-2"))
VISITOR = Standing("uid-web", NOON + 5 * HOUR, NOON + 6 * HOUR, "Anna", "Web Visitor")


def kinds(
    ledger: tuple[Booked, ...] = LEDGER,
    there: tuple[Standing, ...] = THERE,
    heard: tuple[Heard, ...] = HEARD,
) -> list[str]:
    return [each.kind for each in compare(ledger, there, heard).differences]


def test_what_agrees_is_counted_and_nothing_differs() -> None:
    agreement = compare(LEDGER, (*THERE, VISITOR), HEARD)
    assert agreement.ok
    assert (agreement.said, agreement.appointments, agreement.promised) == (2, 2, 3)
    assert (agreement.standing, agreement.foreign) == (3, 1)


def test_one_of_several_parts_is_missing_there() -> None:
    assert kinds(there=THERE[1:]) == ["missing_there"]


def test_what_nobody_wants_stands_there() -> None:
    cancelled = replace(CUT, live=False)
    heard = (HEARD[0], replace(HEARD[1], said="cancelled"))
    assert kinds(ledger=(PERM, cancelled), heard=heard) == ["unwanted_there"]
    unknown = replace(THERE[2], uid="uid-x", appointment_id="a-9", host="Clara")
    assert kinds(there=(*THERE, unknown)) == ["unwanted_there"]
    another_part = replace(THERE[2], uid="uid-x", ordinal=7, host="Clara")
    assert kinds(there=(*THERE, another_part)) == ["unwanted_there"]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"start": NOON + timedelta(minutes=30), "end": NOON + HOUR + timedelta(minutes=30)}, "other_time"),
        ({"end": NOON + timedelta(minutes=45)}, "other_time"),
        ({"host": "Clara"}, "other_host"),
        ({"guest": "Somebody Else"}, "other_guest"),
    ],
)
def test_a_booking_that_is_not_as_it_was_promised(change: dict[str, object], kind: str) -> None:
    assert kinds(there=(*THERE[:2], replace(THERE[2], **change))) == [kind]  # type: ignore[arg-type]


def test_somebody_is_promised_twice() -> None:
    half_past = NOON + timedelta(minutes=30)
    third = Booked("a-3", "Lea Lenz", live=True, parts=(LedgerPart(0, half_past, half_past + HOUR, "Ben"),))
    found = compare((*LEDGER, third), THERE).differences
    assert [each.kind for each in found] == ["missing_there", "double_here"]
    # What begins when the other is over is no double, nor is what was cancelled.
    after = replace(third, parts=(LedgerPart(0, NOON + HOUR, NOON + 2 * HOUR, "Ben"),), in_review=True)
    assert compare((*LEDGER, after), THERE).ok
    dead = replace(third, live=False)
    assert compare((*LEDGER, dead), THERE).ok


def test_a_long_promise_is_seen_behind_a_short_one() -> None:
    quarter = timedelta(minutes=15)
    day = LedgerPart(0, NOON, NOON + 8 * HOUR, "Clara")
    short = LedgerPart(0, NOON + HOUR, NOON + HOUR + quarter, "Clara")
    late = LedgerPart(0, NOON + 7 * HOUR, NOON + 9 * HOUR, "Clara")
    ledger = tuple(
        Booked(f"a-{n}", "X", live=True, parts=(part,), in_review=True)
        for n, part in enumerate((day, short, late))
    )
    assert kinds(ledger, (), ()) == ["double_here", "double_here"]


def test_somebody_is_booked_twice_by_whomever() -> None:
    visitor = replace(VISITOR, start=NOON + timedelta(minutes=59))
    assert kinds(there=(*THERE, visitor)) == ["double_there", "double_there"]
    looked_at = replace(PERM, in_review=True)
    assert kinds(ledger=(looked_at, CUT), there=(*THERE, visitor)) == ["double_there", "double_there"]
    assert kinds(there=(*THERE, VISITOR, replace(VISITOR, uid="uid-other"))) == [], "theirs alone"
    twice = replace(THERE[2], uid="uid-again")
    assert kinds(there=(*THERE, twice)) == ["double_there", "double_there"]
    elsewhere = replace(twice, start=NOON + 6 * HOUR, end=NOON + 7 * HOUR)
    assert kinds(there=(*THERE, elsewhere)) == ["double_there"]


def test_what_was_said_came_true_or_is_named() -> None:
    assert kinds(ledger=(PERM,), there=THERE[:2]) == ["said_but_not_booked"]
    lost = replace(CUT, live=False)
    assert kinds(ledger=(PERM, lost), there=THERE[:2]) == ["said_but_not_booked"]
    refused = (HEARD[0], Heard("Hans Herbst", "call_2", "refused"))
    assert kinds(heard=refused) == ["refused_but_booked"]
    still_there = (*HEARD, replace(HEARD[1], said="cancelled"))
    assert kinds(heard=still_there) == ["refused_but_booked"]
    gone = replace(CUT, live=False)
    assert kinds(ledger=(PERM, gone), there=THERE[:2], heard=still_there) == []


def test_what_people_cancelled_in_the_calendar_is_nobodys_broken_promise() -> None:
    gone = replace(CUT, live=False)
    assert compare((PERM, gone), THERE[:2], HEARD, withdrawn={"a-2"}).ok
    assert not compare((PERM, gone), THERE[:2], HEARD, withdrawn={"a-1"}).ok


def test_what_a_person_looks_at_is_told_apart() -> None:
    looked_at = replace(CUT, in_review=True)
    agreement = compare((PERM, looked_at), THERE[:2], HEARD)
    assert agreement.ok
    assert [(each.kind, each.about) for each in agreement.reviewed] == [("missing_there", "a-2")]


def test_a_review_excuses_a_promise_that_stands_elsewhere_there() -> None:
    elsewhere = replace(THERE[2], start=NOON + 6 * HOUR, end=NOON + 7 * HOUR, host="Clara")
    there = (*THERE[:2], elsewhere)
    assert kinds(there=there) == ["other_time", "other_host"]
    agreement = compare((PERM, replace(CUT, in_review=True)), there, HEARD)
    assert agreement.ok
    assert [each.kind for each in agreement.reviewed] == ["other_time", "other_host"]


def test_a_review_excuses_neither_an_orphan_nor_a_sentence_nor_another_guest() -> None:
    gone = replace(CUT, live=False, in_review=True)
    assert kinds(ledger=(PERM, gone)) == ["unwanted_there", "said_but_not_booked"]
    assert compare((PERM, gone), THERE, HEARD).reviewed == ()
    looked_at = replace(CUT, in_review=True)
    still_there = (*HEARD, replace(HEARD[1], said="cancelled"))
    assert kinds(ledger=(PERM, looked_at), heard=still_there) == ["refused_but_booked"]
    somebody = (*THERE[:2], replace(THERE[2], guest="Somebody Else"))
    assert kinds(ledger=(PERM, looked_at), there=somebody) == ["other_guest"]


def test_a_booking_as_the_calendar_writes_it() -> None:
    written = {
        "uid": "uid-1",
        "status": "accepted",
        "start": "2026-11-25T12:00:00.000Z",
        "end": "2026-11-25T13:00:00.000Z",
        "hosts": [{"name": "Anna", "timeZone": "Europe/Berlin"}],
        "attendees": [{"name": "Renate Winter"}],
        "metadata": {"appointment": "a-1", "phase": "2", "intent": "i"},
    }
    read = standing_of(written)
    assert read == Standing("uid-1", NOON, NOON + HOUR, "Anna", "Renate Winter", "a-1", 2)
    assert read.start.isoformat() == "2026-11-25T13:00:00+01:00"
    assert standing_of(written | {"status": "cancelled"}) is None
    foreign = standing_of(written | {"metadata": None})
    assert foreign is not None
    assert (foreign.appointment_id, foreign.ordinal) == (None, None)
