"""What is said when a time is not possible, and what would do instead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zusage.app.booking.outcomes import Refused
from zusage.core.scheduling.masters import Service
from zusage.core.scheduling.wish import Refusal
from zusage.inbound.voice.talk import NamedOffers, Talk, name_offers
from zusage.inbound.voice.toolcall import Status, ToolResult

_STATUS: dict[str, Status] = {
    "past": "past",
    "too_soon": "too_soon",
    "too_far": "too_far",
    "closed": "closed",
    "too_late_for_service": "not_free",
    "off_grid": "not_free",
    "not_free": "not_free",
    "nobody": "not_free",
    "unseen": "not_free",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was not possible. `staff` is the name that was asked for, "" for anyone."""

    service: Service
    start: datetime
    staff: str = ""


def refusal(talk: Talk, wanted: Wanted, refused: Refused, *, lost: Status | None = None) -> ToolResult:
    """Say why this start is not possible and name what would do; never the refused time, never a time not computed.

    `lost` is the status where the time was there a moment ago, and somebody was faster."""
    why, options = refused.refusal, refused.offers
    if why.reason == "off_grid":
        options = tuple(option for option in options if option.start in why.neighbours) or options
    offers = name_offers(talk, wanted.service, options, refused.view, staff_asked=bool(wanted.staff))
    data: dict[str, Any] = {
        "reason": why.reason,
        "requested": talk.iso(wanted.start),
        "offers": offers.data,
    }
    if why.limit is not None:
        data["limit"] = talk.iso(why.limit)
    status = lost if lost and why.reason == "not_free" else _STATUS[why.reason]
    say = _lost(talk, wanted, status, offers) or _when_not(talk, why) or _why(talk, wanted, why, offers)
    result = ToolResult(status, say, data, offers=offers.stored)
    # That it cannot be asked is said in the refusal itself already.
    return result.after(talk.speech.unsure()) if offers.unsure and why.reason != "unseen" else result


def _lost(talk: Talk, wanted: Wanted, status: Status, offers: NamedOffers) -> str | None:
    if status == "expired":
        return talk.speech.expired_and_gone(talk.here, start=wanted.start, offers=offers.spoken)
    if status == "conflict":
        return talk.speech.conflict(talk.here, offers=offers.spoken)
    return None


def _when_not(talk: Talk, why: Refusal) -> str | None:
    match why.reason:
        case "past":
            return talk.speech.past()
        case "too_soon":
            return talk.speech.too_soon(talk.here, earliest=why.limit or talk.here.now)
        case "too_far":
            return talk.speech.too_far(talk.here, latest=why.limit or talk.here.now)
        case _:
            return None


def _why(talk: Talk, wanted: Wanted, why: Refusal, offers: NamedOffers) -> str:
    here = talk.here
    match why.reason:
        case "closed":
            return talk.speech.closed(here, start=wanted.start, offers=offers.spoken, note=why.note)
        case "too_late_for_service":
            return talk.speech.too_late(
                here, start=wanted.start, offers=offers.spoken, service=wanted.service.name
            )
        case "off_grid":
            return talk.speech.off_grid(here, neighbours=[offer.start for offer in offers.spoken])
        case "nobody":
            return talk.speech.nobody(wanted.service.name)
        case "unseen":
            return talk.speech.unseen(here, start=wanted.start, offers=offers.spoken)
        case _:
            return talk.speech.not_free(
                here,
                start=wanted.start,
                offers=offers.spoken,
                staff=wanted.staff,
                service=wanted.service.name,
            )
