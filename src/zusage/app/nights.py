"""What is done once a night for a branch is done in its own night, and by day where a whole night was missed."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_NIGHT = range(2, 5)
_MISSED = timedelta(hours=36)


def is_due_at_night(zone: str, now: datetime, since: timedelta, *, once: timedelta) -> bool:
    """Say whether something that was due `since` so long is to be done now; ask hourly.

    `once` is longer than a night, so that what was done in this one waits for the next."""
    night = now.astimezone(ZoneInfo(zone)).hour in _NIGHT
    return (night and since >= once) or since >= _MISSED
