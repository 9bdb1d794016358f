"""get_alternatives: other free times near a wish; nothing is held, each has an identity to be chosen by."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from zusage.app.availability.find_offers import OffersFound, find_offers
from zusage.app.availability.offers import MOST_OFFERS
from zusage.app.calls.ports import Answer
from zusage.core.scheduling import closing_note, day_bounds, opening_spans
from zusage.core.scheduling.wish import Wish
from zusage.inbound.voice.talk import NamedOffers, Talk, name_offers
from zusage.inbound.voice.toolcall import Status, ToolResult
from zusage.inbound.voice.understanding import Understood, understand


async def get_alternatives(talk: Talk) -> Answer | ToolResult:
    understood = understand(talk)
    if isinstance(understood, ToolResult):
        return understood
    return await offer_window(talk, understood, closed="offers")


async def offer_window(talk: Talk, understood: Understood, *, closed: Status) -> Answer:
    """Offer at most three times inside the wished window, else the nearest ones; never the wished exact time itself.

    `closed` is the status where all of the wished day is closed: that is a refusal of a wish, but none of a question
    for other times."""
    wish, service = understood.wish, understood.service

    def conclude(found: OffersFound) -> Answer:
        return _offers(talk, understood, found, closed).after(understood.note).stored()

    return await find_offers(
        talk.search(service, wish, understood.further),
        run=talk.run,
        open_unit=talk.open_unit,
        conclude=conclude,
        refused=(wish.exact,) if wish.exact else (),
    )


def _offers(talk: Talk, understood: Understood, found: OffersFound, closed: Status) -> ToolResult:
    service, asked = understood.service, understood.staff_asked
    wanted = min(MOST_OFFERS, talk.args.max_alternatives or MOST_OFFERS)
    offers = name_offers(talk, service, found.options[:wanted], found.view, staff_asked=asked)
    staff = talk.staff_name(understood.wish.staff_id) if understood.wish.staff_id else ""
    data: dict[str, Any] = {"kept_wish": found.kind == "within", "offers": offers.data}
    if found.kind == "around" and (day := _closed_day(talk, understood.wish)) is not None:
        status: Status = closed if offers.stored else "closed"
        say = _closed(talk, day, offers)
        return _hedged(
            talk, ToolResult(status, say, data | {"reason": "closed"}, offers=offers.stored), offers
        )
    if found.unseen:
        say = talk.speech.unseen(talk.here, offers=offers.spoken)
        return ToolResult("not_free", say, data | {"reason": "unseen"}, offers=offers.stored)
    if not offers.stored:
        return ToolResult("not_free", talk.speech.offers_none(service=service.name, staff=staff), data)
    if found.kind == "around":
        say = talk.speech.offers_around(talk.here, offers=offers.spoken, service=service.name, staff=staff)
    else:
        say = talk.speech.offers(talk.here, offers=offers.spoken, service=service.name)
    return _hedged(talk, ToolResult("offers", say, data, offers=offers.stored), offers)


def _hedged(talk: Talk, result: ToolResult, offers: NamedOffers) -> ToolResult:
    """Say first that the calendar could not be asked, if so."""
    return result.after(talk.speech.unsure()) if offers.unsure else result


def _closed_day(talk: Talk, wish: Wish) -> date | None:
    """The one local day that was asked for, if the branch is closed all of it: to be said, not passed over."""
    first = talk.here.local(wish.window.start).date()
    last = talk.here.local(wish.window.end - timedelta(microseconds=1)).date()
    return first if first == last and not opening_spans(talk.book.branch, first) else None


def _closed(talk: Talk, day: date, offers: NamedOffers) -> str:
    start = day_bounds(talk.book.branch.zone, day).start
    note = closing_note(talk.book.branch, day)
    return talk.speech.closed(talk.here, start=start, offers=offers.spoken, note=note, whole_day=True)
