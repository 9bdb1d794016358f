"""Every start at which a service can be offered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from zusage.core.scheduling._clock import DAY_MINUTES, from_minute
from zusage.core.scheduling._limits import bookable_range
from zusage.core.scheduling._ranges import Range
from zusage.core.scheduling._search import Search, split_days
from zusage.core.scheduling.calendar import NOTHING_CLOSED, Closed
from zusage.core.scheduling.masters import BranchBook, Service
from zusage.core.scheduling.plan import Busy, Option
from zusage.core.values import Period

_LOOKED_THROUGH = 14 * DAY_MINUTES


def first_open_start(
    book: BranchBook, service: Service, asked: Range, *, staff_id: UUID | None = None
) -> datetime | None:
    """Find the first start within `asked` that opening and working hours allow, were nothing taken; None: there is none."""
    for low in range(*asked, _LOOKED_THROUGH):
        part = (low, min(low + _LOOKED_THROUGH, asked[1]))
        search = Search(book, service, {}, part, staff_id=staff_id)
        days = map(search.found, split_days(book.branch.zone, *part))
        found = next((starts[0] for starts in days if starts), None)
        if found is not None:
            return from_minute(found[0])
    return None


def find_options(
    book: BranchBook,
    service: Service,
    window: Period,
    busy: Busy,
    *,
    now: datetime,
    staff_id: UUID | None = None,
    ignore_grid: bool = False,
    closed: Closed = NOTHING_CLOSED,
) -> list[Option]:
    """Find every start in `[window.start, window.end)` at which the service can be offered, for each member free then.

    Sorted by start, then by whom to prefer: the fewest busy minutes on that local day, then the order of the book;
    the chairs of an option come tightest fit first. Starts lie on the branch's grid or close a hole of that member;
    with `ignore_grid` every whole minute counts. `busy` should cover `busy_window(…)`. Notice, horizon and past are
    kept, whatever the window says. `closed` is what an outside calendar does not give (`closed_times`).

    :raises ValueError: `now` is naive."""
    asked = bookable_range(book.branch, service, window, now=now)
    if asked is None:
        return []
    search = Search(book, service, busy, asked, staff_id=staff_id, ignore_grid=ignore_grid, closed=closed)
    days = split_days(book.branch.zone, *asked)
    return [search.option(found) for day in days for found in search.found(day)]
