"""Paths into an answer, and what may be expected there."""

from __future__ import annotations

from typing import Any

import pytest

from zusage.sandbox.player._expect import Broken, check, wrong_rules

ANSWER: dict[str, Any] = {
    "status": "held",
    "success": True,
    "say": "Der Damenschnitt ist am Dienstag frei.",
    "data": {
        "hold": {"token": "tok_1", "seconds_left": 119},
        "offers": [{"n": 1, "token": "a"}, {"n": 2, "token": "b"}],
        "nothing": None,
        "words": ["eins", "zwei"],
    },
}


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("status", "held"),
        ("success", True),
        ("data.hold.token", "present"),
        ("data.appointment", "absent"),
        ("data.nothing", "absent"),
        ("data.offers.1.token", "b"),
        ("data.offers.-1.n", 2),
        ("data.offers.length", 2),
        ("data.hold.length", 2),
        ("say_contains", ["damenschnitt", "Dienstag"]),
        ("say", {"contains": "frei"}),
        ("say", {"matches": r"^Der .*\.$"}),
        ("status", {"in": ["held", "free"]}),
        ("status", {"not": "booked"}),
        ("data.hold.seconds_left", {"min": 1, "max": 120}),
        ("data.words", {"contains": ["zwei"]}),
        ("data.words", {"equals": ["eins", "zwei"]}),
    ],
)
def test_what_holds_breaks_nothing(path: str, wanted: object) -> None:
    assert check({path: wanted}, ANSWER, line=7) == []


@pytest.mark.parametrize(
    ("path", "wanted", "expected", "actual"),
    [
        ("status", "booked", "equals 'booked'", "'held'"),
        ("success", 1, "equals 1", "True"),
        ("data.hold.seconds_left", {"max": 2}, "max 2", "119"),
        ("data.hold.seconds_left", {"min": 200}, "min 200", "119"),
        ("data.offers.length", 3, "equals 3", "2"),
        ("data.offers.5.token", "present", "present", "nothing"),
        ("data.offers.x", "present", "present", "nothing"),
        ("data.hold.token", "absent", "absent", "'tok_1'"),
        ("status", {"in": ["free"]}, "in ['free']", "'held'"),
        ("status", {"not": "held"}, "not 'held'", "'held'"),
        ("say", {"matches": "Mittwoch"}, "matches 'Mittwoch'", "'Der Damenschnitt ist am Dienstag frei.'"),
        ("say_contains", "Bart", "contains 'Bart'", "'Der Damenschnitt ist am Dienstag frei.'"),
        ("data.words", {"contains": "drei"}, "contains 'drei'", "['eins', 'zwei']"),
        ("status", {"min": 1}, "min 1", "'held'"),
        ("data.hold.seconds_left", {"contains": "1"}, "contains '1'", "119"),
    ],
)
def test_what_does_not_hold_shows_both_sides(path: str, wanted: object, expected: str, actual: str) -> None:
    where = "say" if path == "say_contains" else path
    assert check({path: wanted}, ANSWER, line=7) == [Broken(7, where, expected, actual)]


def test_each_operator_of_a_path_is_checked() -> None:
    broken = check({"data.hold.seconds_left": {"min": 200, "max": 2}}, ANSWER, line=1)
    assert [each.expected for each in broken] == ["min 200", "max 2"]


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"near": 3}, '"near" is no operator'),
        ({"matches": "("}, "regular expression"),
        ({"matches": 3}, "regular expression"),
        ({"in": "held"}, "needs a list"),
        ({"min": "3"}, "needs a number"),
    ],
)
def test_rules_that_cannot_be_checked_are_named(wanted: object, says: str) -> None:
    ((path, message),) = wrong_rules({"status": wanted})
    assert path == "status"
    assert says in message
