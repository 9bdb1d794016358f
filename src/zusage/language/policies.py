"""Where speakers differ: what a company has decided that such words mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from zusage.core.scheduling.masters import Span


@dataclass(frozen=True, slots=True)
class Policies:
    """Readings of words that Germans use in two ways. Spans are minutes of the local day, the end exclusive.

    `next_weekday`: "nächsten Freitag" is the next such day, or the one of the following week. `weekend` begins on
    Saturday, or on Friday at 18:00. `eight_days`: "in acht Tagen" is a week, or eight days. `next_days`: "in den
    nächsten drei Tagen" begins tomorrow, or now. `bare_hour`: "um drei" is the time at which a shop is open, or 03:00
    as it stands. `past`: what has passed is asked about, or read as said. `after_work` is the minute of "Feierabend".
    `morning` ("früh", "morgens") to `night` are the parts of a day."""

    next_weekday: Literal["next", "following_week"] = "next"
    weekend: Literal["sat_sun", "fri_sun"] = "sat_sun"
    eight_days: Literal["week", "days"] = "week"
    next_days: Literal["tomorrow", "now"] = "tomorrow"
    bare_hour: Literal["shop", "literal"] = "shop"
    past: Literal["ask", "read"] = "ask"
    after_work: int = 17 * 60
    morning: Span = Span(6 * 60, 10 * 60)
    forenoon: Span = Span(9 * 60, 12 * 60)
    noon: Span = Span(11 * 60, 14 * 60)
    afternoon: Span = Span(13 * 60, 18 * 60)
    evening: Span = Span(17 * 60, 21 * 60)
    night: Span = Span(0, 5 * 60)


DEFAULTS = Policies()
