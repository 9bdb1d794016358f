"""Whether the ledger and a calendar agree, seen from outside: from what stands in both, not from what the mirror noted."""

from zusage.sandbox.agreement._compare import Agreement, compare
from zusage.sandbox.agreement._facts import (
    Booked,
    Difference,
    DifferenceKind,
    Heard,
    LedgerPart,
    Standing,
    standing_of,
)

__all__ = [
    "Agreement",
    "Booked",
    "Difference",
    "DifferenceKind",
    "Heard",
    "LedgerPart",
    "Standing",
    "compare",
    "standing_of",
]
