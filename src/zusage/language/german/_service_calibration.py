"""From how well a service fits to how often it is what was meant: fitted by `python -m bench.calibration`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

_TABLE: tuple[tuple[float, float], ...] = (
    (0.0, 0.0),
    (0.085, 0.132),
    (0.135, 0.183),
    (0.225, 0.25),
    (0.466, 0.452),
    (0.74, 0.982),
    (0.855, 0.991),
    (0.979, 0.999),
    (1.0, 1.0),
)


def calibrated(score: float) -> float:
    """The share of readings of such a score that are right, in [0, 1]."""
    return between(_TABLE, score)


def between(table: Sequence[tuple[float, float]], score: float) -> float:
    """The value of a table at a score: on a straight line between its points, level beyond them."""
    at = bisect_right(table, (score, 2.0))
    if at == 0 or at == len(table):
        return table[min(at, len(table) - 1)][1]
    (low, bottom), (high, top) = table[at - 1], table[at]
    return round(bottom + (top - bottom) * (score - low) / (high - low), 3)
