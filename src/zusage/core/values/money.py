"""Amounts of money, never as floats."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Money:
    """A price in the smallest unit (`cents`) of an ISO 4217 `currency`."""

    cents: int
    currency: str = "EUR"
