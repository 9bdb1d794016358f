"""The table of the fault matrix: nothing is left out unseen, neither points nor faults nor pairs."""

from __future__ import annotations

from typing import get_args

from fault_table import FAULTS, IMPOSSIBLE, PLACES, Cell, all_combined, cells, pairwise, summary

from zusage.app.points import Point
from zusage.sandbox.calcom import Fault

EVERY = cells()
FEW = pairwise(EVERY)


def test_every_point_of_the_code_is_in_the_matrix() -> None:
    used = {stop.at for place in PLACES for stop in place.stops.values()}
    assert used == set(get_args(Point))


def test_every_cell_has_a_name_of_its_own() -> None:
    assert len({cell.name for cell in EVERY}) == len(EVERY)


def test_what_is_left_out_is_left_out_by_a_rule_and_every_rule_is_needed() -> None:
    combined = list(all_combined())
    barred = [cell for cell in combined if any(rule(cell) for rule in IMPOSSIBLE.values())]
    assert len(combined) == len(EVERY) + len(barred)
    assert [name for name, rule in IMPOSSIBLE.items() if not any(rule(cell) for cell in combined)] == []


def test_the_choice_has_every_point_with_every_fault_and_every_operation() -> None:
    assert {cell.place.name for cell in FEW} == {place.name for place in PLACES}
    assert {cell.fault.name for cell in FEW} == {fault.name for fault in FAULTS}
    for few, every in ((_met(FEW), _met(EVERY)), (_done(FEW), _done(EVERY))):
        assert few == every
    assert len(FEW) < len(EVERY) / 4


def _met(chosen: list[Cell]) -> set[tuple[str, str]]:
    return {(cell.point, cell.fault.name) for cell in chosen}


def _done(chosen: list[Cell]) -> set[tuple[str, str, str]]:
    return {(cell.operation, cell.kind, cell.place.name) for cell in chosen}


def test_the_simulator_knows_every_fault_of_the_calendar() -> None:
    calendars = [fault for fault in FAULTS if fault.where == "calendar"]
    assert [Fault(fault.simulated).kind for fault in calendars] == [each.simulated for each in calendars]  # type: ignore[arg-type]


def test_the_summary_counts_what_was_played() -> None:
    cell, other = EVERY[0], EVERY[1]
    node = "tests/faults/test_fault_matrix.py::test_it_comes_to_a_good_end[{}]"
    lines = summary([(node.format(cell.name), True), (node.format(other.name), False), ("elsewhere", True)])
    total = next(line for line in lines if line.startswith("all"))
    assert total.split()[-3:] == ["2", "1", "1"]
    assert len([line for line in lines if line.startswith("left out")]) == len(IMPOSSIBLE)
    assert summary([("tests/other.py::test_it", True)]) == []
