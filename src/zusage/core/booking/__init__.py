"""Pure decisions about holds."""

from zusage.core.booking._holds import (
    CLOSED_CALL_SECONDS,
    HOLD_CAP_SECONDS,
    TRANSITIONS,
    HoldState,
    closed_deadline,
    hold_deadline,
    may_become,
    seconds_left,
)

__all__ = [
    "CLOSED_CALL_SECONDS",
    "HOLD_CAP_SECONDS",
    "TRANSITIONS",
    "HoldState",
    "closed_deadline",
    "hold_deadline",
    "may_become",
    "seconds_left",
]
