"""When a service can happen: hours, holidays, segments, chairs, policies; pure, in UTC instants."""

from zusage.core.scheduling._check import check_start
from zusage.core.scheduling._clock import day_bounds
from zusage.core.scheduling._closed import calendar_window, closed_times
from zusage.core.scheduling._hours import closing_note, holiday_name, opening_spans
from zusage.core.scheduling._kept import is_at_work, is_open
from zusage.core.scheduling._limits import busy_window, search_window
from zusage.core.scheduling._mapped import MirroredMinutes, is_mapped, mapped_staff, with_mapped_skills
from zusage.core.scheduling._offers import find_near_offers, find_offers, near_window, rank_offers
from zusage.core.scheduling._options import find_options
from zusage.core.scheduling._plans import candidate_plans, make_plan
from zusage.core.scheduling._shape import minutes_of

__all__ = [
    "MirroredMinutes",
    "busy_window",
    "calendar_window",
    "candidate_plans",
    "check_start",
    "closed_times",
    "closing_note",
    "day_bounds",
    "find_near_offers",
    "find_offers",
    "find_options",
    "holiday_name",
    "is_at_work",
    "is_mapped",
    "is_open",
    "make_plan",
    "mapped_staff",
    "minutes_of",
    "near_window",
    "opening_spans",
    "rank_offers",
    "search_window",
    "with_mapped_skills",
]
