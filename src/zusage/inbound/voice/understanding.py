"""From cleaned arguments to values of the branch: which service, whom, when. What is not clear is asked, never guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from zusage.app.calls.ports import StoredOffer
from zusage.core.scheduling.masters import Service, Staff
from zusage.core.scheduling.wish import Wish
from zusage.core.values import Money
from zusage.inbound.voice.misheard import misheard_service, misheard_time
from zusage.inbound.voice.talk import Talk
from zusage.inbound.voice.toolcall import ToolResult
from zusage.inbound.voice.wishing import wishes_of
from zusage.language.german import (
    excludes_staff,
    is_anyone,
    person_beside,
    speak,
    understand_service,
    understand_staff,
    understand_when,
)
from zusage.language.german.states import state_of
from zusage.language.reading import Unclear, When

_ORDINAL = re.compile(r"\b(erste|zweite|dritte|[1-9])")
_FEW = 8
_LONGEST_DAY = timedelta(hours=25)


@dataclass(frozen=True, slots=True)
class Understood:
    """A service and a time somebody wants. `note` is a sentence to say first (a corrected year, say); `price` is what
    was offered, where it was: it holds whatever the catalogue has become since. `further` are other wishes that were
    named as well; `said` is what was read."""

    service: Service
    wish: Wish
    staff_asked: bool
    note: str = ""
    price: Money | None = None
    further: tuple[Wish, ...] = ()
    said: When | None = None


def understand(talk: Talk) -> Understood | ToolResult:
    """Read service, staff and time from the arguments, or return the question that is open; in this order."""
    service = find_service(talk)
    if isinstance(service, ToolResult):
        return service
    staff = find_staff(talk, service)
    if isinstance(staff, ToolResult):
        return staff
    said = find_when(talk)
    if isinstance(said, ToolResult):
        return said
    wish, *further = wishes_of(talk, said, staff)
    corrected = "year" in said.assumed and _begins_on_a_day(said)
    note = talk.speech.year_corrected(talk.here, start=said.start) if corrected else ""
    return Understood(service, wish, staff is not None, note, further=tuple(further), said=said)


def _begins_on_a_day(said: When) -> bool:
    """Whether one day was named, not a month or week: of "im Mai" nobody meant the first."""
    one_day = said.end is None or said.end - said.start <= _LONGEST_DAY
    return said.kind != "open_start" and said.grain in {"minute", "hour", "part_of_day", "day"} and one_day


def find_service(talk: Talk) -> Service | ToolResult:
    """Find the service that was said, or the one this call is already about when none was said; never a default."""
    offered = talk.book.services
    text = talk.args.service
    if text is None:
        known = _service_of_call(talk)
        return known if known is not None else _ask_service(talk)
    exact = next((s for s in offered if text.casefold() in {s.key.casefold(), str(s.id)}), None)
    if exact is not None:
        return _bookable(talk, exact)
    reading = understand_service(text, talk.book.catalogue, threshold=talk.book.threshold)
    by_id = {str(s.id): s for s in offered}
    candidates = [by_id[match.entry.key] for match in reading.matches]
    if reading.decision == "match" and len(candidates) == 1:
        return _bookable(talk, candidates[0])
    if reading.decision == "match":
        names = [service.name for service in candidates]
        return ToolResult("ask_service", talk.speech.several_services(names), {"choices": names})
    if reading.decision == "ask":
        return replace(_ask_service(talk, candidates), misheard=misheard_service(talk, text, "ask"))
    return _not_named(talk, text, unknown=reading.unknown)


def _not_named(talk: Talk, text: str, *, unknown: bool) -> ToolResult:
    """What is not here is said to be so; a greeting, a time or a story is only asked back."""
    misheard = misheard_service(talk, text, "none")
    if not unknown:
        return replace(_ask_service(talk), misheard=misheard)
    say = talk.speech.unknown_service(_choices(talk))
    return ToolResult("unknown_service", say, {"choices": _choices(talk)}, misheard=misheard)


def _service_of_call(talk: Talk) -> Service | None:
    hold = talk.run.hold
    if hold is not None and hold.status == "held":
        return talk.book.service(hold.service_id)
    if talk.run.offers:
        return talk.book.service(talk.run.offers[0].service_id)
    return None


def _ask_service(talk: Talk, candidates: list[Service] | None = None) -> ToolResult:
    if not candidates:
        choices = _choices(talk)
        return ToolResult("ask_service", talk.speech.ask_service_open(choices), {"choices": choices})
    names = [service.name for service in candidates]
    categories = list(dict.fromkeys(service.category for service in candidates if service.category))
    say = talk.speech.ask_service(names, categories=categories)
    return ToolResult("ask_service", say, {"choices": names})


def _choices(talk: Talk) -> list[str]:
    """The services when they are few, else their categories, in the order of the catalogue."""
    services = [s for s in talk.book.services if not s.add_on]
    if len(services) <= _FEW:
        return [service.name for service in services]
    return list(dict.fromkeys(service.category or service.name for service in services))


def _bookable(talk: Talk, service: Service) -> Service | ToolResult:
    if service.needs_consultation:
        data = {"service": service.name}
        return ToolResult("needs_consultation", talk.speech.needs_consultation(service.name), data)
    if not service.bookable_by_phone:
        return ToolResult("not_by_phone", talk.speech.not_by_phone(service.name), {"service": service.name})
    if service.add_on:
        say = talk.speech.needs_main_service(service.name)
        return ToolResult("needs_main_service", say, {"service": service.name})
    return service


def find_staff(talk: Talk, service: Service) -> Staff | ToolResult | None:
    """Find whom the caller wants, None for anyone. Two of that name, or nobody of that name, is a question back."""
    text = talk.args.staff
    if text is None:
        return _staff_beside(talk, service)
    if excludes_staff(text):
        return _ask_whom(talk, service)
    if is_anyone(text):
        return None
    exact = next((m for m in talk.book.staff if text == str(m.id)), None)
    found = [exact] if exact else _named(talk, text)
    if not found:
        names = [member.name for member in talk.book.staff]
        return ToolResult("unknown_staff", talk.speech.unknown_staff(names), {"choices": names})
    return _able(talk, service, found)


def _named(talk: Talk, text: str) -> list[Staff]:
    return [talk.book.staff[i] for i in understand_staff(text, [m.name for m in talk.book.staff])]


def _staff_beside(talk: Talk, service: Service) -> Staff | ToolResult | None:
    """Whom the words about service or time name: "Herrenschnitt bei Anna", "um zehn bei Elif"."""
    for text in (talk.args.service, talk.args.when):
        found = _named(talk, person_beside(text or ""))
        if found:
            return _ask_whom(talk, service) if excludes_staff(text or "") else _able(talk, service, found)
    return None


def _ask_whom(talk: Talk, service: Service) -> ToolResult:
    """Somebody was ruled out: who else it may be is the caller's to say."""
    able = [member.name for member in talk.book.staff if service.id in member.skills]
    return ToolResult("ask_staff", talk.speech.ask_staff(able), {"choices": able})


def _able(talk: Talk, service: Service, found: list[Staff]) -> Staff | ToolResult:
    able = [member for member in found if service.id in member.skills]
    if not able:
        others = [member.name for member in talk.book.staff if service.id in member.skills]
        say = talk.speech.staff_cannot(staff=found[0].name, service=service.name, able=others)
        return ToolResult("staff_cannot", say, {"service": service.name, "choices": others})
    if len(able) > 1:
        names = [member.name for member in able]
        return ToolResult("ask_staff", talk.speech.ask_staff(names), {"choices": names})
    return able[0]


def said_when(talk: Talk) -> str:
    """What was said about the time, in one text; "" when nothing was."""
    args = talk.args
    return " ".join(part for part in (args.when, args.date, args.time, args.window) if part)


def find_when(talk: Talk) -> When | ToolResult:
    """Read the time or times that were said. A time without a day is of the day this call talks about."""
    branch = talk.book.branch
    read = understand_when(
        said_when(talk),
        now=talk.run.now,
        zone=branch.zone,
        region=state_of(branch.country, branch.region),
        week=branch.week,
        on=_day_of_talk(talk),
        anchor=_anchor(talk),
        policies=talk.book.policies,
    )
    if not isinstance(read, When):
        return _not_understood(talk, read)
    return read


def _anchor(talk: Talk) -> datetime | None:
    """From what "eine Stunde später" counts: what is held, else the one time that was offered last."""
    if talk.held_start is not None:
        return talk.held_start
    newest = talk.newest_offers
    return newest[0].start if len(newest) == 1 else None


def _day_of_talk(talk: Talk) -> date | None:
    """The local day of what is held, else of what was offered last if that was one day."""
    if talk.held_start is not None:
        return talk.here.local(talk.held_start).date()
    days = {talk.here.local(offer.start).date() for offer in talk.newest_offers}
    return days.pop() if len(days) == 1 else None


def which_wish(talk: Talk, choices: Sequence[When]) -> ToolResult:
    """Ask which of several times is to be booked."""
    say = talk.speech.ask_between(talk.here, wishes=choices)
    readings = [talk.iso(one.start) for one in choices]
    return ToolResult("ask_when", say, {"reason": "ambiguous", "readings": readings})


def _not_understood(talk: Talk, unclear: Unclear) -> ToolResult:
    say = talk.speech.unclear(unclear, talk.here)
    if unclear.reason == "past":
        return ToolResult("past", say, {"reason": "past"})
    readings = [talk.iso(when.start) for when in unclear.alternatives]
    misheard = misheard_time(talk, said_when(talk), unclear.reason)
    data = {"reason": unclear.reason, "readings": readings}
    return ToolResult("ask_when", say, data, misheard=misheard)


def chosen_offer(talk: Talk) -> StoredOffer | ToolResult | None:
    """The offer of this call that was chosen, by token or by its ordinal in the newest batch; None: none was.

    A number that is none of theirs, two numbers, or an offer that the words beside it contradict is a question back."""
    named, offers = talk.args.offer, talk.run.offers
    if named is None or not offers:
        return None
    chosen = next((offer for offer in offers if offer.token == named), None)
    if chosen is None:
        if talk.args.offer_number is None:
            return None
        numbered = (offer for offer in talk.newest_offers if offer.n == talk.args.offer_number)
        chosen = next(numbered, None)
    if chosen is None or _several_ordinals(named) or _contradicted(talk, chosen):
        return which_offer(talk)
    return chosen


def which_offer(talk: Talk) -> ToolResult:
    """Ask which of the newest offers is meant."""
    newest = talk.newest_offers
    say = talk.speech.which_offer(talk.here, offers=[speak.SpokenOffer(offer.start) for offer in newest])
    readings = [talk.iso(offer.start) for offer in newest]
    return ToolResult("ask_when", say, {"reason": "offer_unclear", "readings": readings})


def _several_ordinals(named: str) -> bool:
    return len(set(_ORDINAL.findall(named.casefold()))) > 1


def _contradicted(talk: Talk, offer: StoredOffer) -> bool:
    service = find_service(talk) if talk.args.service is not None else None
    if isinstance(service, Service) and service.id != offer.service_id:
        return True
    said = find_when(talk) if said_when(talk) else None
    return isinstance(said, When) and not said.fits(offer.start)


def of_offer(talk: Talk, offer: StoredOffer) -> Understood | None:
    """An offer by its identity: date, time and staff are not parsed again (incidents 47, 49).

    None: its service is no longer offered."""
    service = talk.book.service(offer.service_id)
    if service is None:
        return None
    price = Money(offer.price_cents, service.price.currency)
    return Understood(service, talk.wish_at(offer.start, offer.staff_id), staff_asked=False, price=price)
