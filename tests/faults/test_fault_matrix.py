"""Every point with every fault: after recovery nothing is double, lost or left over, and what was said is true."""

from __future__ import annotations

import pytest
from fault_cell import run_cell
from fault_shift import Ground
from fault_table import Cell, cells, pairwise

EVERY = cells()
FEW = {cell.name for cell in pairwise(EVERY)}


def _parameter(cell: Cell) -> object:
    return pytest.param(cell, id=cell.name, marks=() if cell.name in FEW else pytest.mark.faults)


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Ground:
    """What the cell is played on: servers that may be killed only where they are."""
    cell: Cell = request.node.callspec.params["cell"]
    ground: Ground = request.getfixturevalue("mortal_ground" if cell.fault.where == "server" else "ground")
    return ground


@pytest.mark.parametrize("cell", [_parameter(cell) for cell in EVERY])
async def test_it_comes_to_a_good_end(cell: Cell, stage: Ground) -> None:
    assert await run_cell(cell, stage) == []
