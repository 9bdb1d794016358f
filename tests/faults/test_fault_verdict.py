"""The verdict of the fault matrix finds each thing that must never be: else a green matrix would mean nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from fault_salon import at
from fault_verdict import Claim, Evidence, Heard, Piece, Promise, Standing, violations

ONE, OTHER, ANNA = UUID(int=1), UUID(int=2), UUID(int=3)
CALL = "call_1"
HOUR = timedelta(hours=1)


def piece(start: datetime) -> Piece:
    return Piece(start, start + HOUR, 7)


PIECES = (piece(at(14)), piece(at(16)))
BOOKED = Promise(ONE, CALL, "booked", at(14), PIECES)
REVIEWED = replace(BOOKED, reviewed=True)
GONE = replace(BOOKED, status="cancelled")
GONE_REVIEWED = replace(GONE, reviewed=True)
THERE = (Standing("a", PIECES[0], ONE), Standing("b", PIECES[1], ONE))
WORD = Heard(CALL, "booked", ONE, at(14))
GOOD = Evidence([BOOKED], [Claim(ANNA, at(14), at(15)), Claim(ANNA, at(15), at(16))], THERE, [WORD])


def test_nothing_is_wrong_with_a_promise_that_stands() -> None:
    assert violations(GOOD) == []


@pytest.mark.parametrize(
    "fine",
    [
        Evidence([GONE], [], [], [Heard(CALL, "cancelled", ONE)]),
        Evidence([GONE], [], [], [Heard(CALL, "refused", start=at(14))]),
        Evidence([GONE], [], [], [WORD, Heard(CALL, "cancelled", ONE)]),
        Evidence([REVIEWED], [], [], [WORD]),
        Evidence([REVIEWED], [], [THERE[0], Standing("b", piece(at(17)), ONE)], [WORD]),
        Evidence([REVIEWED], [], THERE, [Heard(CALL, "moved", ONE, at(18), before=(at(14),))]),
        Evidence([BOOKED], [], THERE, [Heard(CALL, "unclear"), Heard(CALL, "silence")]),
        Evidence([BOOKED], [], THERE, [Heard(CALL, "moved", ONE, at(14))]),
        replace(GOOD, there=(*THERE, Standing("w", piece(at(18)), None))),
    ],
)
def test_what_is_true_or_in_review_is_no_violation(fine: Evidence) -> None:
    assert violations(fine) == []


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (replace(GOOD, claims=[Claim(ANNA, at(14), at(16)), Claim(ANNA, at(15), at(17))]), "double booking here"),
        (replace(GOOD, there=(*THERE, Standing("w", piece(at(14, 30)), None))), "double booking there"),
        (replace(GOOD, there=(*THERE, Standing("c", piece(at(18)), ONE))), "orphan there: c"),
        (replace(GOOD, there=(*THERE, Standing("c", piece(at(18)), OTHER))), "orphan there: c"),
        (replace(GOOD, there=(*THERE, Standing("c", replace(PIECES[0], host=8), ONE))), "orphan there: c"),
        (replace(GOOD, there=THERE[:1]), "missing there"),
        (replace(GOOD, there=(THERE[0], Standing("b", piece(at(17)), ONE))), "missing there"),
        (replace(GOOD, promises=[], there=[]), "untrue.*no such appointment"),
        (replace(GOOD, promises=[GONE], there=[]), "untrue.*it is cancelled"),
        (replace(GOOD, heard=[replace(WORD, start=at(10))]), "untrue.*it is at"),
        (replace(GOOD, heard=[Heard(CALL, "cancelled", ONE)]), "untrue.*it is booked"),
        (replace(GOOD, heard=[Heard(CALL, "refused", start=at(14))]), "untrue.*it is booked"),
        (replace(GOOD, heard=[Heard(CALL, "moved", ONE, at(16))]), "untrue.*it is at"),
        (Evidence([GONE], [], THERE, [Heard(CALL, "cancelled", ONE)]), "orphan there: a"),
        (Evidence([GONE], [], THERE, [Heard(CALL, "refused", start=at(14))]), "untrue.*it stands there"),
        (Evidence([GONE_REVIEWED], [], THERE, [Heard(CALL, "cancelled", ONE)]), "orphan there: a"),
        (Evidence([GONE_REVIEWED], [], THERE, [Heard(CALL, "cancelled", ONE)]), "untrue.*still stands there"),
        (Evidence([GONE_REVIEWED], [], THERE, [Heard(CALL, "refused", start=at(14))]), "untrue.*it stands there"),
        (Evidence([GONE_REVIEWED], [], [], [WORD]), "untrue.*it is cancelled"),
        (Evidence([REVIEWED], [], THERE, [Heard(CALL, "cancelled", ONE)]), "untrue.*it is booked"),
        (Evidence([REVIEWED], [], THERE, [replace(WORD, start=at(10))]), "untrue.*it is at"),
        (Evidence([REVIEWED], [], THERE, [Heard(CALL, "moved", ONE, at(18), before=(at(10),))]), "untrue.*it is at"),
        (Evidence([BOOKED], [], THERE, [Heard(CALL, "moved", ONE, at(18), before=(at(14),))]), "untrue.*it is at"),
        (Evidence([REVIEWED], [], [*THERE, Standing("c", piece(at(18)), ONE)], [WORD]), "orphan there: c"),
        (Evidence([REVIEWED], [], [*THERE, Standing("c", PIECES[0], ONE)], [WORD]), "orphan there: c"),
        (Evidence([REVIEWED], [], [*THERE, Standing("c", PIECES[0], ONE)], [WORD]), "double booking there"),
        (replace(GOOD, flaws=["ghosts"]), "flaw of the ledger: ghosts"),
        (replace(GOOD, restless=2), "restless"),
    ],
)  # fmt: skip
def test_each_violation_is_found(bad: Evidence, says: str) -> None:
    found = violations(bad)
    assert any(_fits(says, line) for line in found), found


def _fits(says: str, line: str) -> bool:
    parts = says.split(".*")
    return all(part in line for part in parts)
