"""How long a hold lives and what may become of it (D2). The database does it; these rules say when and what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

HoldState = Literal["held", "converted", "released", "replaced", "expired"]

TRANSITIONS: Mapping[HoldState, frozenset[HoldState]] = MappingProxyType(
    {
        "held": frozenset({"converted", "released", "replaced", "expired"}),
        "converted": frozenset(),
        "released": frozenset(),
        "replaced": frozenset(),
        "expired": frozenset(),
    }
)
"""What a hold may become. All but `held` are final: to take the same plan again makes a new hold."""

CLOSED_CALL_SECONDS = 30
HOLD_CAP_SECONDS = 600


def may_become(current: HoldState, wanted: HoldState) -> bool:
    """Say whether a hold may go from one state to another; staying is no transition."""
    return wanted in TRANSITIONS[current]


def hold_deadline(
    now: datetime,
    *,
    hold_seconds: int,
    created_at: datetime,
    call_running: bool,
    cap_seconds: int = HOLD_CAP_SECONDS,
) -> datetime:
    """Return when a hold expires, at its creation and at every signed event of its call; never past the cap.

    While webhooks say that the call runs (started, not ended) it lives to the cap, counted from its creation. Else
    each event gives it `hold_seconds` more."""
    cap = created_at + timedelta(seconds=cap_seconds)
    return cap if call_running else min(now + timedelta(seconds=hold_seconds), cap)


def closed_deadline(now: datetime, expires_at: datetime) -> datetime:
    """Return when a hold expires after its call ended: in 30 s at most, so that a last "ja" still counts (hole 14)."""
    return min(expires_at, now + timedelta(seconds=CLOSED_CALL_SECONDS))


def seconds_left(now: datetime, expires_at: datetime) -> int:
    """Return the whole seconds a hold still has; 0 once it has expired, never less."""
    return max((expires_at - now) // timedelta(seconds=1), 0)
