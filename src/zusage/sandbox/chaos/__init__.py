"""A bad minute, rehearsed: callers who book while a script of faults breaks what they talk to."""

from zusage.sandbox.chaos._callers import CallerWish, make_callers
from zusage.sandbox.chaos._line import CallEnded, HungUp, Outcome, PartyLine, place_call
from zusage.sandbox.chaos._script import Deed, DeedKind, Part, write_script

__all__ = [
    "CallEnded",
    "CallerWish",
    "Deed",
    "DeedKind",
    "HungUp",
    "Outcome",
    "Part",
    "PartyLine",
    "make_callers",
    "place_call",
    "write_script",
]
