from __future__ import annotations

import math
import random
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Literal

from zusage.sandbox.calcom._model import Json


@dataclass(frozen=True, slots=True)
class Latency:
    """How long answers take: fixed (`ms`), even (`ms` to `high_ms`) or lognormal (median `ms`, `sigma`, cut at `high_ms`)."""

    ms: float = 0.0
    kind: Literal["fixed", "even", "lognormal"] = "fixed"
    high_ms: float = 60_000.0
    sigma: float = 0.5

    @classmethod
    def of(cls, given: Json | float) -> Latency:
        """Read it from JSON: a number of milliseconds, or its fields.

        :raises ValueError: it has other fields or an unknown kind."""
        if not isinstance(given, dict):
            return cls(ms=float(given))
        try:
            latency = cls(**given)
        except TypeError:
            raise ValueError("a latency has kind, ms, high_ms and sigma") from None
        if latency.kind not in ("fixed", "even", "lognormal"):
            raise ValueError(f"no latency is called {latency.kind!r}")
        return latency

    def seconds(self, seed: str) -> float:
        """Draw one, the same for the same seed."""
        if self.kind == "fixed":
            return self.ms / 1000
        drawn = random.Random(seed).random()  # noqa: S311 - a die
        if self.kind == "even":
            return (self.ms + drawn * (self.high_ms - self.ms)) / 1000
        usual = NormalDist().inv_cdf(min(max(drawn, 1e-9), 1 - 1e-9))
        return min(self.ms * math.exp(self.sigma * usual), self.high_ms) / 1000

    def dump(self) -> Json:
        return asdict(self)
