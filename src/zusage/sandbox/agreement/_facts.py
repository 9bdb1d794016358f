"""What is compared: what was promised, what stands in the calendar, what callers heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

_ALIVE = ("accepted", "pending")

DifferenceKind = Literal[
    "missing_there",
    "unwanted_there",
    "other_time",
    "other_host",
    "other_guest",
    "double_here",
    "double_there",
    "said_but_not_booked",
    "refused_but_booked",
]


@dataclass(frozen=True, slots=True)
class LedgerPart:
    """A phase that keeps somebody busy; `host` is the name of the member of staff.

    Times of whatever zone are compared as instants, and said as they are: give them in the zone of those who read."""

    ordinal: int
    start: datetime
    end: datetime
    host: str


@dataclass(frozen=True, slots=True)
class Booked:
    """An appointment of the ledger. `call` is the voice platform's id of the call that made it, if one did.

    `live`: it is booked and not cancelled. `in_review`: a person has been asked to look at it."""

    appointment_id: str
    guest: str
    live: bool
    parts: Sequence[LedgerPart]
    call: str | None = None
    in_review: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """A booking that stands in the calendar. Without `appointment_id` it is none of ours."""

    uid: str
    start: datetime
    end: datetime
    host: str
    guest: str
    appointment_id: str | None = None
    ordinal: int | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a caller was told in the end: an appointment is booked, or cancelled again, or there is none."""

    caller: str
    call: str
    said: Literal["booked", "cancelled", "refused"]
    appointment_id: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not agree; `about` names the appointment or the bookings, `text` is a sentence."""

    kind: DifferenceKind
    about: str
    text: str


def standing_of(booking: Mapping[str, Any]) -> Standing | None:
    """Read a booking as Cal.com writes it, in its host's zone; None for one that is cancelled or rejected.

    :raises KeyError: it is no booking."""
    if booking["status"] not in _ALIVE:
        return None
    metadata = booking.get("metadata") or {}
    ordinal, host = str(metadata.get("phase", "")), booking["hosts"][0]
    zone = ZoneInfo(host["timeZone"])
    return Standing(
        uid=booking["uid"],
        start=datetime.fromisoformat(booking["start"]).astimezone(zone),
        end=datetime.fromisoformat(booking["end"]).astimezone(zone),
        host=host["name"],
        guest=booking["attendees"][0]["name"],
        appointment_id=metadata.get("appointment"),
        ordinal=int(ordinal) if ordinal.isdigit() else None,
    )
