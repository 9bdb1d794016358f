"""When a service can happen: hours, holidays, segments, chairs, policies; pure, in UTC instants."""

from zusage.core.scheduling._check import check_start
from zusage.core.scheduling._clock import day_bounds
from zusage.core.scheduling._hours import closing_note, holiday_name, opening_spans
from zusage.core.scheduling._limits import busy_window, search_window
from zusage.core.scheduling._offers import rank_offers
from zusage.core.scheduling._options import find_options
from zusage.core.scheduling._plans import candidate_plans, make_plan

__all__ = [
    "busy_window",
    "candidate_plans",
    "check_start",
    "closing_note",
    "day_bounds",
    "find_options",
    "holiday_name",
    "make_plan",
    "opening_spans",
    "rank_offers",
    "search_window",
]
