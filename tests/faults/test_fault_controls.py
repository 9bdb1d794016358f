"""Controls: with a protection switched off, the matrix finds out; with it on, the same cell is fine."""

from __future__ import annotations

import pytest
from fault_careless import Carelessness
from fault_cell import run_cell
from fault_process import Stop
from fault_shift import Ground, Weakness
from fault_table import FAULTS, Cell, Place, cells

BY_NAME = {cell.name: cell for cell in cells()}


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Ground:
    """What the cell is played on: servers that may be killed only where they are."""
    cell = BY_NAME[request.node.callspec.params["name"]]
    ground: Ground = request.getfixturevalue("mortal_ground" if cell.fault.where == "server" else "ground")
    return ground


@pytest.mark.parametrize(
    ("name", "weakness", "found"),
    [
        ("book-simple-POST_sent-timeout_after_commit", Weakness("sends_again_blindly", compares=False), "restless"),
        ("book-compound-POST_sent-500_after_commit", Weakness("sends_again_blindly", compares=False), "restless"),
        ("book-simple-before_POST-refused", Weakness("asks_nobody_to_look"), "missing there"),
        ("book-compound-one_of_four_confirmed-refused", Weakness("asks_nobody_to_look"), "missing there"),
        ("book-simple-after_local_commit-killed", Weakness(recovers=False), "missing there"),
        ("book-compound-one_of_four_confirmed-killed", Weakness(recovers=False), "missing there"),
        ("book-compound-after_compensation-nothing", Weakness("only_says_it_cancels"), "orphan there"),
        ("book-simple-after_local_commit-postgres_restart", Weakness(recovers=False), "missing there"),
        ("cancel-simple-after_local_commit-postgres_restart", Weakness(recovers=False), "untrue"),
        ("reschedule-simple-before_POST-killed", Weakness(recovers=False), "missing there"),
        ("reschedule-compound-reschedule_between_new_and_old-nothing", Weakness("only_says_it_cancels"), "orphan there"),
        ("cancel-simple-before_POST-killed", Weakness(recovers=False), "untrue"),
        ("cancel-compound-POST_sent-nothing", Weakness("only_says_it_cancels"), "untrue"),
        ("cancel-simple-after_local_commit-nothing", Weakness("only_says_it_cancels"), "orphan there"),
    ],
)  # fmt: skip
async def test_control_a_protection_that_is_gone_is_missed(
    name: str, weakness: Weakness, found: str, stage: Ground
) -> None:
    told = await run_cell(BY_NAME[name], stage, weakness)
    assert any(line.startswith(found) for line in told), told


@pytest.mark.parametrize(
    "name",
    ["book-simple-POST_sent-timeout_after_commit", "book-simple-before_POST-refused"],
)
async def test_with_its_protections_the_same_cell_is_fine(name: str, ground: Ground) -> None:
    assert await run_cell(BY_NAME[name], ground, Weakness()) == []


# Somebody books on the web what the caller has held already, and the request of the job goes out after that.
WEB_FIRST = Cell(
    "book", "simple", Place("web booker first", {"book": Stop("before_post")}, scene="web_booker"), FAULTS[0]
)


@pytest.mark.parametrize(("how", "doubled"), [("", False), ("books_over_others", True)])
async def test_control_who_books_over_others_is_found_out(
    how: Carelessness, doubled: bool, ground: Ground
) -> None:
    told = await run_cell(WEB_FIRST, ground, Weakness(how))
    assert any(line.startswith("double booking there") for line in told) == doubled, told
    assert doubled or told == []
