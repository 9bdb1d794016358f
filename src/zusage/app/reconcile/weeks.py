"""Reading one week of the calendar as a whole."""

from __future__ import annotations

from datetime import datetime, timedelta

from zusage.app.mirror.ports import BookingsWanted, CalendarError
from zusage.app.reconcile.observe_bookings import Seen
from zusage.app.reconcile.reading import Reader, TooManyError
from zusage.core.values import Period

WEEK = timedelta(days=7)
_LONGEST = timedelta(days=1)
_AHEAD, _FARTHEST = timedelta(weeks=4), timedelta(days=400)


def until(now: datetime, last: datetime | None) -> datetime:
    """Say how far ahead is compared: four weeks at least, and as far as something is promised."""
    return min(max(now + _AHEAD, (last or now) + timedelta(days=1)), now + _FARTHEST)


async def read_week(week: Period, reader: Reader) -> Seen:
    """Read every booking that begins in this time, cancelled ones too.

    :raises CalendarError: the calendar does not answer, or has more bookings than one run reads."""
    wanted = BookingsWanted(starts_from=week.start, ends_by=week.end + _LONGEST)
    try:
        return Seen(await reader.listed(wanted), during=week)
    except TooManyError as error:
        raise CalendarError("invalid", f"From {week.start:%d.%m.%Y} on there are {error}.") from error
