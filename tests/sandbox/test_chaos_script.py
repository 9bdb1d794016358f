"""What goes wrong in the rehearsal, and who calls: decided by a seed, and everything has its turn."""

from __future__ import annotations

from collections import Counter

import pytest

from zusage.sandbox.calcom._faults import fault_from
from zusage.sandbox.chaos import make_callers, write_script

SEEDS = range(40)


def test_the_same_seed_gives_the_same_minute() -> None:
    assert write_script(7, 60) == write_script(7, 60)
    assert write_script(7, 60) != write_script(8, 60)
    assert make_callers(7, 20, 60) == make_callers(7, 20, 60)
    assert make_callers(7, 20, 60) != make_callers(8, 20, 60)


@pytest.mark.parametrize("seconds", [10.0, 60.0, 90.0])
def test_everything_dies_once_in_time_and_in_order(seconds: float) -> None:
    orders = set()
    for seed in SEEDS:
        script = write_script(seed, seconds)
        assert [each.at for each in script] == sorted(each.at for each in script)
        assert script[0].at >= 0
        assert script[-1].at < seconds
        killed = [each.part for each in script if each.kind == "kill"]
        assert sorted(map(str, killed)) == ["postgres", "server 1", "server 2", "valkey", "worker"]
        orders.add(tuple(killed))
    assert len(orders) > 10, "the order is another one with another seed"


def test_the_simulator_knows_every_fault() -> None:
    faults = [fault for deed in write_script(1, 60) if deed.kind == "faults" for fault in deed.what]
    assert len(faults) > 10
    for fault in faults:
        assert fault_from(fault).kind == fault["kind"]


def test_nothing_can_go_wrong_at_cal_com_in_the_minute_after_a_429_so_it_comes_late() -> None:
    for seed in SEEDS:
        (limited,) = (each for each in write_script(seed, 60) if "429" in each.text)
        assert limited.at >= 40


def test_callers_have_names_of_their_own_and_some_want_the_very_same() -> None:
    shares = []
    for seed in SEEDS:
        callers = make_callers(seed, 20, 60)
        assert len({each.name for each in callers}) == 20
        assert all(0 <= each.starts < 60 for each in callers)
        assert [each.number for each in callers].count(None) == 2
        wishes = Counter((each.service, each.day, each.time, each.staff) for each in callers)
        shares.append(wishes.most_common(1)[0][1] / 20)
    assert 0.2 < sum(shares) / len(shares) < 0.45
