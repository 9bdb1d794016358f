"""What of a Cal.com webhook is kept: the event's name and the uids in it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping

from zusage.app.reconcile.ports import Hint

_UID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_LONGEST_TRIGGER = 60
_UIDS = ("uid", "bookingUid", "rescheduleUid", "rescheduledToUid")


class NotAnEventError(Exception):
    """The body is no JSON object."""


def read_event(body: bytes) -> Hint:
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
    return Hint(hashlib.sha256(body).digest(), name, uids)


def _uids(root: Mapping[str, object]) -> Iterator[str]:
    """Events about a booking name it in their payload; a few, and payload templates, at the root."""
    payload = root.get("payload")
    for place in (payload, root):
        if isinstance(place, dict):
            for name in _UIDS:
                uid = place.get(name)
                if isinstance(uid, str) and _UID.fullmatch(uid):
                    yield uid
