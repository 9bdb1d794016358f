"""From how well a service fits to how often it is what was meant: fitted by `python -m bench.calibration`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

Table = tuple[tuple[float, float], ...]

TABLE: Table = (
    (0.0, 0.0),
    (0.085, 0.132),
    (0.135, 0.179),
    (0.225, 0.25),
    (0.424, 0.5),
    (0.779, 0.75),
    (0.869, 0.996),
    (0.979, 0.999),
    (1.0, 1.0),
)

PARTLY: Table = (
    (0.0, 0.0),
    (0.64, 0.45),
    (0.777, 0.967),
    (1.0, 1.0),
)
"""Where one service was settled on for a part of its name."""


def calibrated(score: float, *, partly: bool) -> float:
    """The share of readings of such a score that are right, in [0, 1].

    :param partly: it is settled that this service is meant, though only part of its name was said."""
    return between(PARTLY if partly else TABLE, score)


def between(table: Sequence[tuple[float, float]], score: float) -> float:
    """The value of a table at a score: on a straight line between its points, level beyond them."""
    at = bisect_right(table, (score, 2.0))
    if at == 0 or at == len(table):
        return table[min(at, len(table) - 1)][1]
    (low, bottom), (high, top) = table[at - 1], table[at]
    return round(bottom + (top - bottom) * (score - low) / (high - low), 3)
