"""The fault matrix as data: what is done, where it is interrupted, by what; and which pairs cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Literal

from fault_process import Stop

from zusage.app.points import Point

Operation = Literal["book", "cancel", "reschedule"]
Kind = Literal["simple", "compound"]
Scene = Literal["plain", "web_booker", "slow", "late", "locked", "hooked", "other_host"]
"""What else is going on. web_booker: somebody books the time in the calendar between hold and booking. slow: the
calendar takes longer than the call waits. late: it takes longer than the routine waits, and looks are faster. locked:
somebody holds the rows when the answer is to be recorded. other_host: it goes
to somebody else. hooked: the calendar sends webhooks."""

Beside = Literal["nothing", "late_commit", "job", "caller_again", "webhook"]
"""What happens at the point, besides the fault. late_commit: the request that was given up is carried out. job: the job
begins at the same moment. webhook: it comes before the answer, and is heeded. caller_again: the same caller rings again for the same time."""

Where = Literal["calendar", "process", "server", "none"]


@dataclass(frozen=True)
class Fault:
    """`where`: calendar: it meets the operation's request, and a second worker comes by at the point. process, server:
    what dies at the point, to be started again. `simulated` and `message` are the simulator's."""

    name: str
    where: Where
    simulated: str = ""
    message: str | None = None


@dataclass(frozen=True)
class Place:
    """A point of the matrix: where each operation stands still, and what is going on there."""

    name: str
    stops: Mapping[Operation, Stop]
    inline: bool = False
    kinds: tuple[Kind, ...] = ("simple", "compound")
    scene: Scene = "plain"
    beside: Beside = "nothing"
    met: Mapping[Operation, str] = field(default_factory=lambda: REQUESTS)
    """The calendar's request that a calendar fault meets."""
    passed: Mapping[Operation, int] = field(default_factory=dict)
    """How many such requests go through before: those of the way there, where the way back is meant."""


REQUESTS: Mapping[Operation, str] = {
    "book": "bookings.create",
    "cancel": "bookings.cancel",
    "reschedule": "bookings.reschedule",
}
# A compound one is moved from its end on: two pieces go, the third is refused.
_THERE: Mapping[Operation, int] = {"reschedule": 3}
_TAKES_BACK: Mapping[Operation, str] = {"book": "bookings.cancel", "reschedule": "bookings.reschedule"}
TAKEN = "User either already has booking at this time or is not available"

FAULTS = (
    Fault("nothing", "none"),
    Fault("killed", "process"),
    Fault("timeout_before_commit", "calendar", "timeout_before_commit"),
    Fault("timeout_after_commit", "calendar", "timeout_after_commit"),
    Fault("500_after_commit", "calendar", "error_after_commit"),
    Fault("400_although_created", "calendar", "refused_but_created"),
    Fault("refused", "calendar", "error_before_commit", TAKEN),
    Fault("postgres_restart", "server"),
    Fault("valkey_gone", "server"),
)


_IN_THE_CALL = " in the call"
_ROUTINE: Sequence[tuple[str, Point, Point, Point]] = (
    ("lease taken", "lease_taken", "lease_taken", "lease_taken"),
    ("before POST", "before_post", "before_cancel", "before_move"),
    ("POST sent", "request_sent", "request_sent", "request_sent"),
    ("answer received", "answer_received", "cancel_answered", "move_answered"),
    ("before it is recorded", "before_record", "before_record", "before_record"),
    ("after it is recorded", "recorded", "recorded", "recorded"),
)


_ONE_CONFIRMED: Mapping[Operation, Stop] = {
    "book": Stop("answer_received", behind="before_post"),
    "cancel": Stop("cancel_answered", behind="before_cancel"),
    "reschedule": Stop("move_answered"),
}
_SENT: Mapping[Operation, Stop] = {operation: Stop("request_sent") for operation in REQUESTS}


def _waited_for(stops: Mapping[Operation, Stop]) -> Mapping[Operation, Stop]:
    """Leave out what no call waits for: nobody waits for the calendar while an appointment is cancelled."""
    return {operation: stop for operation, stop in stops.items() if operation != "cancel"}


def _routine(inline: bool) -> Iterator[Place]:
    """The way of a request through the mirror routine, in the job or in the call."""
    where = _IN_THE_CALL if inline else ""
    for name, book, cancel, move in _ROUTINE:
        stops: Mapping[Operation, Stop] = {
            "book": Stop(book),
            "cancel": Stop(cancel),
            "reschedule": Stop(move),
        }
        yield Place(name + where, _waited_for(stops) if inline else stops, inline)


PLACES = (
    Place("after hold", {"book": Stop("held")}),
    Place(
        "after local commit",
        {"book": Stop("booked"), "cancel": Stop("cancelled"), "reschedule": Stop("moved")},
    ),
    *_routine(inline=False),
    *_routine(inline=True),
    Place("answer stored", {"book": Stop("answer_stored"), "reschedule": Stop("answer_stored")}, inline=True),
    Place("one of four confirmed", _ONE_CONFIRMED, kinds=("compound",)),
    Place("one of four confirmed" + _IN_THE_CALL, _waited_for(_ONE_CONFIRMED), True, kinds=("compound",)),
    Place(
        "before compensation",
        {"book": Stop("before_undo"), "reschedule": Stop("before_undo")},
        True,
        scene="web_booker",
        met=_TAKES_BACK,
        passed=_THERE,
    ),
    Place(
        "after compensation",
        {"book": Stop("undone"), "reschedule": Stop("undone")},
        True,
        scene="web_booker",
        met=_TAKES_BACK,
        passed=_THERE,
    ),
    Place(
        "reschedule between new and old",
        {"reschedule": Stop("before_cancel")},
        scene="other_host",
        met={"reschedule": "bookings.cancel"},
    ),
    Place("webhook before answer", _SENT, scene="hooked", beside="webhook"),
    Place("webhook before answer" + _IN_THE_CALL, _waited_for(_SENT), True, scene="hooked", beside="webhook"),
    Place(
        "look-up empty, then late commit",
        {"book": Stop("looked_up"), "reschedule": Stop("looked_up")},
        scene="late",
        beside="late_commit",
    ),
    Place(
        "inline wait over while the POST runs",
        {"book": Stop("wait_over"), "reschedule": Stop("wait_over")},
        True,
        scene="slow",
    ),
    Place(
        "job and call start together",
        {"book": Stop("booked"), "reschedule": Stop("moved")},
        True,
        beside="job",
    ),
    Place(
        "caller calls again during compensation",
        {"book": Stop("before_undo"), "reschedule": Stop("before_undo")},
        True,
        scene="web_booker",
        beside="caller_again",
        met=_TAKES_BACK,
        passed=_THERE,
    ),
    Place(
        "local write refused",
        {"book": Stop("before_record"), "cancel": Stop("before_record"), "reschedule": Stop("before_record")},
        scene="locked",
    ),
    Place(
        "local write refused" + _IN_THE_CALL,
        {"book": Stop("before_record"), "reschedule": Stop("before_record")},
        True,
        scene="locked",
    ),
)


@dataclass(frozen=True)
class Cell:
    operation: Operation
    kind: Kind
    place: Place
    fault: Fault

    @property
    def name(self) -> str:
        return f"{self.operation}-{self.kind}-{self.place.name}-{self.fault.name}".replace(" ", "_")

    @property
    def point(self) -> str:
        """The point, whether the job stands there or the call."""
        return self.place.name.removesuffix(_IN_THE_CALL)

    @property
    def needs_a_person(self) -> bool:
        """Whether the calendar says no, so that somebody may have to decide; all else must come right by itself.

        What it will not cancel once, it is asked to cancel again."""
        refused = self.fault.name == "refused" and self.operation != "cancel"
        return refused or self.place.scene == "web_booker"


def _nothing_to_take_back(cell: Cell) -> bool:
    taken_back = cell.place.scene == "web_booker"
    return taken_back and cell.kind == "simple" and cell.fault.where == "calendar"


def _only_cancels(cell: Cell) -> bool:
    return cell.fault.name == "400_although_created" and cell.place.met[cell.operation] == "bookings.cancel"


def _undone_with_its_answer(cell: Cell) -> bool:
    return cell.place.name == "answer stored" and cell.fault.name == "refused"


def _never_commits(cell: Cell) -> bool:
    return cell.place.scene == "late" and cell.fault.name in ("timeout_before_commit", "refused")


def _not_done(cell: Cell) -> bool:
    return cell.place.scene == "hooked" and cell.fault.name in ("timeout_before_commit", "refused")


IMPOSSIBLE: Mapping[str, Callable[[Cell], bool]] = {
    "what is cancelled is not refused as a time that is taken": _only_cancels,
    "a booking of one piece that was refused leaves nothing to take back": _nothing_to_take_back,
    "what is refused in the call is undone together with its answer": _undone_with_its_answer,
    "what never commits does not commit late": _never_commits,
    "no webhook tells of what was not done": _not_done,
}
"""The pairs that are left out, each by a rule with a name."""


def cells() -> list[Cell]:
    """Everything that can be, in a fixed order."""
    return [cell for cell in all_combined() if not any(rule(cell) for rule in IMPOSSIBLE.values())]


def all_combined() -> Iterator[Cell]:
    """Everything, whether it can be or not."""
    for place, fault in product(PLACES, FAULTS):
        for operation, kind in product(place.stops, place.kinds):
            yield Cell(operation, kind, place, fault)


def pairwise(every: list[Cell]) -> list[Cell]:
    """Choose few cells that hold each possible pair: of point and fault, of each and what is done, and of faults and
    whether they meet the job or the call."""
    wanted = {pair for cell in every for pair in _pairs(cell)}
    chosen = []
    while wanted:
        best = max(every, key=lambda cell: len(wanted & _pairs(cell)))
        chosen.append(best)
        wanted -= _pairs(best)
    return chosen


def _pairs(cell: Cell) -> set[tuple[str, str]]:
    what, fault, call = f"{cell.operation} {cell.kind}", cell.fault.name, f"inline {cell.place.inline}"
    return {(cell.point, fault), (what, cell.place.name), (what, fault), (call, fault)}


_MATRIX = "test_fault_matrix.py::test_it_comes_to_a_good_end["


def summary(results: Iterable[tuple[str, bool]]) -> list[str]:
    """Count cells by point, of ids of tests with whether they passed; and what is left out, by the rule that says why.

    Empty where no cell was played."""
    matrix = ((node.partition(_MATRIX), passed) for node, passed in results)
    ended = {name.removesuffix("]"): passed for (_, found, name), passed in matrix if found}
    played = [cell for cell in cells() if cell.name in ended]
    if not played:
        return []
    lines = [_line("point", "cells", "passed", "violations")]
    for place in PLACES:
        here = [ended[cell.name] for cell in played if cell.place == place]
        lines.append(_line(place.name, len(here), sum(here), len(here) - sum(here)))
    good = sum(ended[cell.name] for cell in played)
    lines.append(_line(f"all ({len(cells())} possible)", len(played), good, len(played) - good))
    for rule, left_out in IMPOSSIBLE.items():
        lines.append(f"left out: {sum(left_out(cell) for cell in all_combined())} because {rule}")
    return lines


def _line(*columns: object) -> str:
    first, *rest = columns
    return f"{first:<44}" + "".join(f"{each:>12}" for each in rest)
