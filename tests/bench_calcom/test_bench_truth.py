"""The bench's own counting: what it calls a false "available", and what its callers want."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import islice

import pytest
from bench.calcom_calls import Heard, Named, Script, scripts
from bench.calcom_stage import SALON, Salon, texts
from bench.calcom_told import quantile, slowest
from bench.calcom_truth import KNOWABLE_S, Busy, is_taken
from bench.sentences import BERLIN

from zusage.app.operations.company_file import parse_company_file
from zusage.core.values import Period

TEN = datetime(2027, 1, 12, 10, tzinfo=BERLIN)
HALF = timedelta(minutes=30)
ASKED, HEARD = 1000.0, 1000.2


@pytest.fixture(scope="module")
def salons() -> list[Salon]:
    files = [parse_company_file(text, source=SALON.name) for text in texts(2)]
    return [Salon(n, file, f"cal_live_bench_{n}") for n, file in enumerate(files)]


def named(salon: Salon) -> Named:
    script = Script(7, "own_exact", salon, salon.people[0], date(2027, 1, 12), 10)
    return Named(script, "held", salon.people[0], Period(TEN, TEN + HALF), ASKED, HEARD)


def busy(there: Salon, **changes: object) -> Busy:
    usual: dict[str, object] = {
        "salon": there.file.key,
        "staff": there.people[0],
        "during": Period(TEN, TEN + HALF),
        "since": ASKED - 10,
        "until": float("inf"),
        "call": "call_8",
    }
    return Busy(**(usual | changes))  # type: ignore[arg-type]


def test_a_time_that_somebody_else_had_before_the_question_is_false(salons: list[Salon]) -> None:
    assert is_taken(named(salons[0]), [busy(salons[0])])
    assert is_taken(named(salons[0]), [busy(salons[0], during=Period(TEN + HALF / 2, TEN + 2 * HALF))])


@pytest.mark.parametrize(
    "changes",
    [
        {"call": "call_7"},
        {"since": ASKED + 0.1},
        {"until": ASKED + 0.1},
        {"staff": "Berta Muster"},
        {"salon": "bench-1"},
        {"during": Period(TEN + HALF, TEN + 2 * HALF)},
    ],
    ids=["own", "taken_while_asking", "given_back", "somebody_else", "another_salon", "next_to_it"],
)
def test_nothing_else_is(salons: list[Salon], changes: dict[str, object]) -> None:
    assert not is_taken(named(salons[0]), [busy(salons[0], **changes)])


def test_a_booking_on_the_web_counts_once_it_could_be_known(salons: list[Salon]) -> None:
    fresh = busy(salons[0], call=None, since=ASKED - KNOWABLE_S + 1)
    assert is_taken(named(salons[0]), [fresh])
    assert not is_taken(named(salons[0]), [fresh], grace=KNOWABLE_S)
    assert is_taken(named(salons[0]), [busy(salons[0], call=None)], grace=KNOWABLE_S)


def test_three_in_ten_calls_want_what_somebody_else_wants_too(salons: list[Salon]) -> None:
    calls = list(islice(scripts(salons, seed=3), 200))
    parts = Counter(each.part.split("_")[0] for each in calls)
    assert parts == {"own": 140, "pair": 40, "web": 20}
    assert len({each.number for each in calls}) == 200


def test_rivals_want_the_same_and_others_something_of_their_own(salons: list[Salon]) -> None:
    calls = list(islice(scripts(salons, seed=3), 40))
    wishes = Counter((each.salon.number, each.person, each.day, each.hour, each.part) for each in calls)
    assert {each[4] for each, count in wishes.items() if count == 2} == {"pair_exact", "pair_window"}
    assert all(count == 1 or part.startswith("pair") for (*_, part), count in wishes.items())


def test_the_slowest_tool_is_told_and_not_all_answers_together() -> None:
    waits = {"initialize": [10.0] * 100, "check": [20.0] * 100, "book": [400.0] * 12}
    everything = [wait for each in waits.values() for wait in each]
    assert quantile(everything, 0.9) == 20.0
    assert slowest(waits, waits, 0.9) == 400.0


def test_who_is_too_late_when_booking_counts_apart_from_who_asks_for_a_taken_time() -> None:
    heard = Heard()
    heard.lost.update({"check not_free": 14, "book conflict": 4, "book expired": 3})
    heard.helped.update({"check not_free": 14, "book conflict": 4, "book expired": 2})
    assert heard.lost_at("check") == (14, 14)
    assert heard.lost_at("book") == (7, 6)
    assert Heard().lost_at("book") == (0, 0)
