"""What of a Cal.com webhook is kept: the event's name and the uids in it. And what it is about, which is not kept."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from zusage.app.free_times.forget_told import Told
from zusage.app.mirror.ours import INTENT
from zusage.app.reconcile.ports import Hint
from zusage.core.values import Period

_UID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_LONGEST_TRIGGER = 60
_CREATED = "BOOKING_CREATED"
_TIMES = (("startTime", "endTime"), ("rescheduleStartTime", "rescheduleEndTime"))
_LONGEST_BOOKING = timedelta(days=7)
_UIDS = ("uid", "bookingUid", "rescheduleUid", "rescheduledToUid")


class NotAnEventError(Exception):
    """The body is no JSON object."""


@dataclass(frozen=True, slots=True)
class Event:
    """A webhook: what is stored of it, and whose time it is about, None where it tells nothing new of that."""

    hint: Hint
    told: Told | None


def read_event(body: bytes) -> Event:
    """Read a webhook's raw body. What is unknown or odd in it is left out; a body without a booking has no uids.

    :raises NotAnEventError: it is no JSON object."""
    try:
        root: object = json.loads(body)
    except (ValueError, RecursionError):
        raise NotAnEventError from None
    if not isinstance(root, dict):
        raise NotAnEventError
    trigger = root.get("triggerEvent")
    name = trigger[:_LONGEST_TRIGGER] if isinstance(trigger, str) and trigger.isprintable() else ""
    uids = tuple(dict.fromkeys(_uids(root)))
    return Event(Hint(hashlib.sha256(body).digest(), name, uids), _told(name, root.get("payload")))


def _told(trigger: str, payload: object) -> Told | None:
    """What we create ourselves changes no free time that we do not know: the ledger has it."""
    if not isinstance(payload, dict) or (trigger == _CREATED and INTENT in _part(payload, "metadata")):
        return None
    host = _part(payload, "organizer").get("id")
    periods = [period for names in _TIMES if (period := _period(payload, *names)) is not None]
    return Told(host, periods) if type(host) is int and periods else None


def _part(payload: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = payload.get(name)
    return part if isinstance(part, dict) else {}


def _period(payload: Mapping[str, object], start: str, end: str) -> Period | None:
    try:
        period = Period(*(datetime.fromisoformat(str(payload.get(name))) for name in (start, end)))
    except (ValueError, TypeError):
        return None
    return period if period.length <= _LONGEST_BOOKING else None


def _uids(root: Mapping[str, object]) -> Iterator[str]:
    """Events about a booking name it in their payload; a few, and payload templates, at the root."""
    payload = root.get("payload")
    for place in (payload, root):
        if isinstance(place, dict):
            for name in _UIDS:
                uid = place.get(name)
                if isinstance(uid, str) and _UID.fullmatch(uid):
                    yield uid
