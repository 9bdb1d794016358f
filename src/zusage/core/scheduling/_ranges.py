"""Arithmetic on sorted, disjoint, half-open ranges of whole minutes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

Range = tuple[int, int]
Ranges = list[Range]


def merge(ranges: Iterable[Range]) -> Ranges:
    """Sort ranges and join those that overlap or touch; empty ones vanish."""
    merged: Ranges = []
    for start, end in sorted(ranges):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def complement(ranges: Sequence[Range], low: int, high: int) -> Ranges:
    """Return what merged `ranges` leave of `[low, high)`."""
    left: Ranges = []
    for start, end in ranges:
        if start >= high:
            break
        if low < start:
            left.append((low, start))
        low = max(low, end)
    if low < high:
        left.append((low, high))
    return left


def intersect(one: Sequence[Range], other: Sequence[Range]) -> Ranges:
    """Return what lies in both merged lists."""
    both: Ranges = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            both.append((start, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return both


def clip(ranges: Sequence[Range], low: int, high: int) -> Ranges:
    """Return what of merged `ranges` lies in `[low, high)`, which must not be empty."""
    first = max(bisect_left(ranges, (low, low)) - 1, 0)
    found = ranges[first : bisect_left(ranges, (high, high))]
    return [(max(a, low), min(b, high)) for a, b in found if b > low]


def starts_that_fit(stretches: Sequence[Range], offset: int, until: int) -> Ranges:
    """Return every start `s` for which `[s + offset, s + until)` lies in one of the merged `stretches`."""
    return [(a - offset, b - until + 1) for a, b in stretches if b - a >= until - offset]


def within(points: Sequence[int], ranges: Sequence[Range]) -> list[int]:
    """Pick the sorted `points` that lie in the merged `ranges`."""
    return [p for a, b in ranges for p in points[bisect_left(points, a) : bisect_left(points, b)]]


def overlap(ranges: Sequence[Range], low: int, high: int) -> int:
    """Count the minutes of `[low, high)` that the merged `ranges` cover."""
    first = max(bisect_left(ranges, (low, low)) - 1, 0)
    total = 0
    for start, end in ranges[first:]:
        if start >= high:
            break
        total += max(min(end, high) - max(start, low), 0)
    return total
