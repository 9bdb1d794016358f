"""What an answer of Cal.com means. There is no machine code in it: status and words decide, first rule first.

`calcom.md` beside this module shows the rules as a table, with where each was found."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from zusage.adapters.calcom.routes import Route
from zusage.app.mirror.ports import CalendarError, Failure, Hint

_CREATE = ("create_booking",)
_CANCEL = ("cancel_booking",)
_MOVE = ("reschedule_booking",)
_BOOKING = (*_CREATE, *_CANCEL, *_MOVE)
_RESERVE = ("reserve_slot",)
_NEWER_UID = re.compile(r"to booking with uid=([\w-]+)")
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table. `statuses` is a half-open range; `words` (lower case) must occur, "" always does.

    No `routes`: all of them. `source` is the section of the facts about Cal.com."""

    statuses: range
    words: str
    routes: tuple[str, ...]
    kind: Failure
    source: str
    hint: Hint = ""
    maybe_ours: bool = False

    def fits(self, route: str, status: int, text: str) -> bool:
        return status in self.statuses and self.words in text and (not self.routes or route in self.routes)


def _exactly(status: int) -> range:
    return range(status, status + 1)


_400, _403, _404, _409, _422 = (_exactly(status) for status in (400, 403, 404, 409, 422))
_REFUSED, _BROKEN = range(400, 500), range(500, 600)

RULES: tuple[Rule, ...] = (
    Rule(_BROKEN, "", (), "unknown", "§4, 5xx is never a no"),
    Rule(_exactly(408), "", (), "unknown", "a proxy gave up waiting; as 5xx"),
    Rule(_exactly(429), "", (), "limit", "§3 Limits"),
    Rule(_exactly(401), "", (), "auth", "§3 bad or expired key; §2.2"),
    Rule(_404, "cannot get ", (), "invalid", "§1 version header"),
    Rule(_404, "cannot post ", (), "invalid", "§1 version header"),
    Rule(_404, "cannot delete ", (), "invalid", "§1 version header"),
    # Creating
    Rule(_409, "booking_conflict_error", _CREATE, "taken", "§3, §4", maybe_ours=True),
    Rule(_409, "already_signed_up", _CREATE, "taken", "§3, §5 seats", maybe_ours=True),
    Rule(_409, "", (*_CREATE, *_MOVE), "taken", "§3 409", maybe_ours=True),
    Rule(_400, "already has booking at this time", _CREATE, "taken", "§3, §5, §7", maybe_ours=True),
    Rule(_400, "already has booking at this time", _MOVE, "taken", "§3"),
    Rule(_REFUSED, "hosts_unavailable_for_booking", _CREATE, "taken", "§3 collective", maybe_ours=True),
    Rule(_400, "in the past", _BOOKING, "out_of_bounds", "§3"),
    Rule(_400, "can't be booked at the", _BOOKING, "out_of_bounds", "§3"),
    Rule(_403, "booking_limit_reached", _BOOKING, "out_of_bounds", "§3", maybe_ours=True),
    Rule(_403, "duration_limit_reached", _BOOKING, "out_of_bounds", "§3", maybe_ours=True),
    Rule(_400, "maximum number of active bookings", _CREATE, "out_of_bounds", "§3, §5", maybe_ours=True),
    # Cancelling and moving
    Rule(_400, "because it has been cancelled and rescheduled", _MOVE, "gone", "§2.4, §5", "already_moved"),
    Rule(_400, "has been cancelled", (*_CANCEL, *_MOVE), "gone", "§2.4, §5", "already_cancelled"),
    Rule(_400, "has been rejected", (*_CANCEL, *_MOVE), "gone", "§2.4", "already_cancelled"),
    Rule(_400, "already ended", _CANCEL, "out_of_bounds", "§2.4"),
    Rule(_403, "", _MOVE, "out_of_bounds", "§2.4 minimum reschedule notice"),
    # Reserving, subscribing
    Rule(_422, "", _RESERVE, "taken", "§2.2"),
    Rule(_409, "", ("create_webhook",), "invalid", "§2.6 [t]", "already_exists"),
    # What a booking lacks, said in words we know: surely nothing was created.
    Rule(_400, "invalid event length", _CREATE, "invalid", "§3"),
    Rule(_400, "can't specify 'lengthinminutes'", _CREATE, "invalid", "§3"),
    Rule(_400, "error_required_field", _CREATE, "invalid", "§3"),
    Rule(_400, "contact method", _CREATE, "invalid", "§3"),
    Rule(_400, "missing required booking field", _CREATE, "invalid", "§2.3"),
    Rule(_400, "missing attendee phone number", _CREATE, "invalid", "§3"),
    Rule(_400, "invalid phone number format", _CREATE, "invalid", "§3"),
    Rule(_400, "invalid email format", _CREATE, "invalid", "§3"),
    Rule(_400, "verification", _CREATE, "invalid", "§3"),
    Rule(_400, "should not exist", _CREATE, "invalid", "§1 unknown body fields"),
    Rule(_422, "", _CREATE, "invalid", "§3 no hosts, managed parent"),
    # The rest
    Rule(_403, "", (), "auth", "§3, §2.2"),
    Rule(_404, "", (), "gone", "§2.4, §3"),
    Rule(range(410, 411), "", (), "gone", "HTTP"),
    Rule(_REFUSED, "", _CREATE, "invalid", "§7 a 400 may be ours", maybe_ours=True),
    Rule(range(300, 500), "", (), "invalid", "§3; a redirect: the base URL is wrong"),
)


def classify(route: Route, status: int, body: bytes, headers: Mapping[str, str]) -> CalendarError:
    """Say what an answer that is no success means; both shapes of Cal.com's errors are read, and any other text.

    A refusal in neither shape comes from something before Cal.com, and says nothing about what was asked: unknown."""
    message = error_message(body)
    text = message.lower()
    rule = (
        None
        if _is_foreign(status, body)
        else next((r for r in RULES if r.fits(route.name, status, text)), None)
    )
    newer = _NEWER_UID.search(message) if rule and rule.hint == "already_moved" else None
    return CalendarError(
        rule.kind if rule else "unknown",
        f"Cal.com answered {route.name} with {status}: {message[:_LONGEST]}",
        status=status,
        hint=rule.hint if rule else "",
        maybe_ours=rule.maybe_ours if rule else False,
        successor=newer[1] if newer else None,
        retry_after=block_seconds(headers) if status == TOO_MANY else None,
    )


def is_breakdown(status: int, body: bytes) -> bool:
    """Say whether the server is broken, or hidden behind something that answers in its place.

    Refusals that come as 500 (§3 collective, round robin) are no breakdown."""
    return (status in _BROKEN and b"unavailable_for_booking" not in body) or _is_foreign(status, body)


TOO_MANY = 429


def _is_foreign(status: int, body: bytes) -> bool:
    """Say whether a refusal has neither of Cal.com's shapes: a firewall's page, or a proxy's while Cal.com is away."""
    if status not in _REFUSED or status == TOO_MANY:
        return False
    try:
        said = json.loads(body)
    except ValueError:
        return True
    return not (isinstance(said, dict) and ("error" in said or "message" in said))


_BLOCK_SECONDS, _LONGEST_BLOCK = 60.0, 600.0
_RESET = re.compile(r"(x-ratelimit-reset.*|retry-after)", re.IGNORECASE)


def block_seconds(headers: Mapping[str, str]) -> float:
    """How long a key is blocked after a 429: a minute, or longer if a header says so (seconds left, no instant)."""
    said = [value for name, value in headers.items() if _RESET.fullmatch(name)]
    seconds = [float(value) for value in said if value.isdecimal()]
    return min(max([_BLOCK_SECONDS, *seconds]), _LONGEST_BLOCK)


def error_message(body: bytes) -> str:
    """Take the sentence out of an error: `{"error": {"message"}}`, `{"message"}`, or what there is."""
    try:
        said = json.loads(body)
    except ValueError:
        return body.decode(errors="replace").strip()
    parts = _sentences(said)
    return " ".join(dict.fromkeys(parts)) or body.decode(errors="replace")


def _sentences(said: object) -> list[str]:
    if isinstance(said, str):
        return [said]
    if isinstance(said, list):
        return [text for part in said for text in _sentences(part)]
    if isinstance(said, dict):
        return [
            text for key in ("error", "message", "details") if key in said for text in _sentences(said[key])
        ]
    return []
