"""What the agent says: sentences of the catalogue, in the address and with the texts of one company.

Every method returns one line and names at most two offers. `here` says when and in which zone is spoken; instants are
aware, in any zone. Only `booked` and `already_booked` say that something is booked. Names may hold anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from zusage.core.values import Money
from zusage.language.german import speak
from zusage.language.german.overrides import holds
from zusage.language.german.people import Name, understand_name
from zusage.language.german.speak import Here, SpokenOffer
from zusage.language.german.texts import TEXTS
from zusage.language.reading import Unclear, When
from zusage.language.settings import SpeechSettings
from zusage.language.texts import fill

_MOST_NAMES = 8
_COMMON = SpeechSettings()


@dataclass(frozen=True, slots=True)
class Speech:
    """The voice of one company. A text of its own that the catalogue would refuse is passed over for the common one."""

    settings: SpeechSettings = _COMMON

    def say(self, key: str, **fields: str) -> str:
        """Say one text of the catalogue; values must be ready to be spoken.

        :raises KeyError: the key is unknown, or one of its fields is not given."""
        text = TEXTS[key]
        own = self.settings.overrides.get(key)
        template = (
            own
            if own is not None and holds(key, own, self.settings.address)
            else text.template(self.settings.address)
        )
        return fill(template, fields, phrase=text.phrase)

    def unclear(self, unclear: Unclear, here: Here) -> str:
        """Ask what is unclear about a time."""
        key = unclear.key or f"when.{unclear.reason}"
        if "days" not in TEXTS[key].fields:
            return self.say(key)
        days = dict.fromkeys(speak.day(here.local(when.start).date()) for when in unclear.alternatives)
        return self.say(key, days=_or(list(days))) if len(days) > 1 else self.say("when.which_date")

    def welcome(self, company: str, *, customer: str = "") -> str:
        """Greet; a customer by name only where the name can be said to them: a family name alone needs its "Frau"."""
        named = speak.plain(customer) if self._may_greet(customer) else ""
        fields = {"company": speak.plain(company) or self.say("part.us"), "customer": named}
        return self.say("greeting.welcome_known" if fields["customer"] else "greeting.welcome", **fields)

    def _may_greet(self, customer: str) -> bool:
        name = understand_name(customer)
        if not isinstance(name, Name):
            return False
        return bool(
            name.title or (name.given and name.family) or (name.given and self.settings.address == "du")
        )

    def held(
        self,
        here: Here,
        *,
        service: str,
        start: dt.datetime,
        staff: str = "",
        price: Money | None = None,
        price_from: bool = False,
        seconds: int | None = None,
        unsure: bool = False,
    ) -> str:
        """The time is free and kept for this call only; nothing is booked yet. `seconds` is how long it is kept.

        `unsure`: free as far as we know ourselves; the shop's calendar could not be asked just now."""
        minutes = round(seconds / 60) if seconds is not None and seconds >= 60 else 0
        return self.say(
            "hold.held_unsure" if unsure else "hold.held",
            service=self._service(service),
            when=_when(here, start, staff),
            price=self._price(price, price_from=price_from),
            duration=speak.duration(minutes) if minutes else self.say("part.a_moment"),
        )

    def not_free(
        self,
        here: Here,
        *,
        start: dt.datetime,
        offers: Sequence[SpokenOffer],
        staff: str = "",
        service: str = "",
    ) -> str:
        """The wished time is taken; says the first two offers, or that there is nothing near."""
        taken = self.say("time.not_free", when=speak.moment(start, here), **self._for(service, staff))
        others = _without_staff(offers, staff)
        return _line(taken, self._instead(here, others, "time.nothing_near", said=start))

    def unseen(
        self, here: Here, *, offers: Sequence[SpokenOffer] = (), start: dt.datetime | None = None
    ) -> str:
        """The shop's calendar cannot be asked, and without it nothing is promised; `start` is the wished time."""
        told = self.say("calendar.unseen")
        return _line(told, self._instead(here, offers, "calendar.unseen_later", said=start))

    def unsure(self) -> str:
        """Said before offers: the shop's calendar could not be asked about them just now."""
        return self.say("calendar.unsure")

    def offers(self, here: Here, *, offers: Sequence[SpokenOffer], service: str = "") -> str:
        """Free times in a window that was asked for; nothing is kept. Without offers the same as `offers_none`."""
        if not offers:
            return self.offers_none(service=service)
        spoken = speak.offers(offers[: speak.MOST_OFFERS], here)
        return self.say(_counted("offers.free", offers), service=self._service(service), offers=spoken)

    def offers_around(
        self, here: Here, *, offers: Sequence[SpokenOffer], service: str = "", staff: str = ""
    ) -> str:
        """Nothing is free in the window that was asked for, but these times near it are."""
        full = self.say("time.window_full", **self._for(service, staff))
        return _line(full, self._instead(here, _without_staff(offers, staff), "time.other_window"))

    def offers_none(self, *, service: str = "", staff: str = "") -> str:
        return _line(self.say("time.window_full", **self._for(service, staff)), self.say("time.other_window"))

    def ask_service(self, candidates: Sequence[str], *, categories: Sequence[str] = ()) -> str:
        """Ask between exactly these services; where there are more than eight, between their `categories`."""
        many = len(candidates) > _MOST_NAMES
        named = speak.names(categories if many and len(categories) > 1 else candidates, word="oder")
        if not named or (many and not 1 < len(categories) <= _MOST_NAMES):
            return self.ask_service_open(candidates)
        return self.say("service.which", services=named)

    def several_services(self, services: Sequence[str]) -> str:
        """Several services were wished at once: each becomes an appointment of its own; ask for the first."""
        return self.say("service.several", services=speak.names(services, word="und"))

    def ask_service_open(self, choices: Sequence[str]) -> str:
        """Ask which service; `choices` are services or categories to name (the first eight are)."""
        return _line(self._we_have(choices), self.say("service.ask"))

    def services_list(self, services: Sequence[str], *, categories: Sequence[str] = ()) -> str:
        """Name the services, or the categories where there are more than eight services."""
        if len(services) > _MOST_NAMES and categories:
            return _line(self._we_have(categories), self.say("service.which_category"))
        return self.ask_service_open(services)

    def service_info(self, service: str, *, minutes: int, price: Money, price_from: bool = False) -> str:
        return self.say(
            "service.info",
            service=self._service(service),
            duration=speak.duration(minutes),
            price=self._price(price, price_from=price_from),
        )

    def unknown_service(self, choices: Sequence[str]) -> str:
        """The service is not in the catalogue; `choices` are services or categories to name."""
        return _line(self.say("service.unknown"), self.ask_service_open(choices))

    def nobody(self, service: str) -> str:
        """No member of staff does this service at present."""
        return self.say("service.nobody", service=self._service(service))

    def needs_consultation(self, service: str) -> str:
        return self.say("service.needs_consultation", service=self._service(service))

    def needs_main_service(self, service: str) -> str:
        """An add-on was asked for alone."""
        return self.say("service.needs_main_service", service=self._service(service))

    def not_by_phone(self, service: str) -> str:
        return self.say("service.not_by_phone", service=self._service(service))

    def ask_staff(self, names: Sequence[str]) -> str:
        """Ask between people whose names were not told apart; without names, for whom the caller wishes."""
        named = speak.names(names, word="oder")
        return self.say("staff.which", names=named) if named else self.say("staff.ask")

    def unknown_staff(self, names: Sequence[str]) -> str:
        named = speak.names(names[:_MOST_NAMES])
        key = "staff.team" if len(names) > 1 else "staff.team_one"
        team = self.say(key, names=named) if named else ""
        return _line(self.say("staff.unknown"), team, self.say("staff.ask"))

    def staff_cannot(self, *, staff: str, service: str, able: Sequence[str]) -> str:
        """The wished person does not do the service; `able` are those who do."""
        person = speak.plain(staff) or self.say("part.this_person")
        refusal = self.say("staff.cannot", staff=person, service=self._service(service))
        named = speak.names(able[:_MOST_NAMES])
        if not named:
            return _line(refusal, self.say("staff.nobody_able"))
        return _line(refusal, self.say("staff.able" if len(able) > 1 else "staff.able_one", names=named))

    def ask_when(self) -> str:
        return self.say("when.no_time_said")

    def ask_between(self, here: Here, *, wishes: Sequence[When]) -> str:
        """Several times or days were named: ask which of the first two."""
        return self.say("when.between", times=_between(wishes[: speak.MOST_OFFERS], here))

    def too_soon(self, here: Here, *, earliest: dt.datetime) -> str:
        """`earliest` is the first instant that may be booked, free or not."""
        return self.say("time.too_soon", when=speak.moment(earliest, here))

    def too_far(self, here: Here, *, latest: dt.datetime) -> str:
        """`latest` is the last instant that may be booked."""
        return self.say(
            "time.too_far", day=speak.date(here.local(latest).date(), today=here.today, before="zum")
        )

    def past(self) -> str:
        return self.say("when.past")

    def closed(
        self,
        here: Here,
        *,
        start: dt.datetime,
        offers: Sequence[SpokenOffer] = (),
        note: str = "",
        whole_day: bool = False,
    ) -> str:
        """Closed then. `note` names the holiday or reason and means, as `whole_day` does, all of that day."""
        reason = speak.plain(note)
        day = _set_off(speak.date(here.local(start).date(), today=here.today))
        when = day if whole_day or reason else speak.moment(start, here)
        told = self.say("time.closed_because" if reason else "time.closed", when=when, reason=reason)
        return _line(told, self._instead(here, offers, "when.no_time_said", said=start))

    def too_late(
        self, here: Here, *, start: dt.datetime, offers: Sequence[SpokenOffer], service: str = ""
    ) -> str:
        """Open then, but not for long enough."""
        when = speak.moment(start, here)
        told = self.say("time.too_late", when=when, for_service=self._for(service, "")["for_service"])
        return _line(told, self._instead(here, offers, "when.no_time_said", said=start))

    def off_grid(self, here: Here, *, neighbours: Sequence[dt.datetime]) -> str:
        """The minute does not fit the grid; `neighbours` are the starts before and after (at most two are said)."""
        offers = [SpokenOffer(start) for start in neighbours]
        return _line(self.say("time.off_grid"), self._instead(here, offers, "when.no_time_said"))

    def which_offer(self, here: Here, *, offers: Sequence[SpokenOffer]) -> str:
        """Which of these is meant? Says the first two."""
        return self.say("offers.which", offers=speak.offers(offers[: speak.MOST_OFFERS], here))

    def expired_and_gone(self, here: Here, *, start: dt.datetime, offers: Sequence[SpokenOffer]) -> str:
        """The hold ran out and somebody else has the time now."""
        lost = self.say("hold.expired", when=speak.moment(start, here))
        return _line(lost, self._instead(here, offers, "time.other", said=start))

    def replaced(self, here: Here, *, start: dt.datetime, staff: str = "") -> str:
        """Another time is kept for this call than the one to be booked; `start` is the kept one."""
        return self.say("hold.replaced", when=_when(here, start, staff))

    def conflict(self, here: Here, *, offers: Sequence[SpokenOffer]) -> str:
        """Somebody else was faster between question and booking."""
        return _line(self.say("hold.conflict"), self._instead(here, offers, "time.other"))

    def booked(
        self,
        here: Here,
        *,
        service: str,
        start: dt.datetime,
        staff: str = "",
        name: str = "",
        price: Money | None = None,
        price_from: bool = False,
    ) -> str:
        """Only after the booking is committed."""
        known = speak.plain(name)
        return self.say(
            "booking.booked",
            service=self._service(service),
            when=_when(here, start, staff),
            on_name=self.say("part.on_name", name=known) if known else "",
            price=self._price(price, price_from=price_from),
        )

    def already_booked(self, here: Here, *, service: str, start: dt.datetime, staff: str = "") -> str:
        """The same appointment stands already; nothing was booked again."""
        when = _when(here, start, staff)
        return self.say("booking.already_booked", service=self._service(service), when=when)

    def released(self) -> str:
        return self.say("hold.released")

    def nothing_held(self) -> str:
        return self.say("hold.nothing")

    def call_over(self) -> str:
        return self.say("hold.call_over")

    def year_corrected(self, here: Here, *, start: dt.datetime) -> str:
        """Said before another sentence: the year that was sent lay in the past, this day is taken instead."""
        day = speak.date(here.local(start).date(), today=here.today, before="")
        return self.say("time.year_corrected", day=_set_off(day))

    def busy(self) -> str:
        return self.say("system.busy")

    def not_understood(self) -> str:
        return self.say("system.not_understood")

    def error(self) -> str:
        """Something failed on our side: an apology, no times."""
        return self.say("system.error")

    def unknown_number(self) -> str:
        return self.say("system.unknown_number")

    def _service(self, name: str) -> str:
        return speak.plain(name) or self.say("part.this_service")

    def _for(self, service: str, staff: str) -> dict[str, str]:
        """What a refusal was asked for; nothing for what was not."""
        named = speak.plain(service)
        return {
            "for_service": self.say("part.for_service", service=named) if named else "",
            "with_staff": speak.with_staff(staff),
        }

    def _price(self, price: Money | None, *, price_from: bool) -> str:
        if price is None:
            return ""
        if price.cents == 0:
            return self.say("part.price_nothing")
        return self.say("part.price_from" if price_from else "part.price", price=speak.price(price))

    def _we_have(self, choices: Sequence[str]) -> str:
        named = speak.names(choices[:_MOST_NAMES])
        key = "service.have_for_example" if len(choices) > _MOST_NAMES else "service.have"
        return self.say(key, services=named) if named else ""

    def _instead(
        self,
        here: Here,
        offers: Sequence[SpokenOffer],
        without: str,
        *,
        said: dt.datetime | None = None,
    ) -> str:
        """Offer other times, the first two; the text `without` where there are none."""
        if not offers:
            return self.say(without)
        said_day = None if said is None else here.local(said).date()
        spoken = speak.offers(offers[: speak.MOST_OFFERS], here, said_day=said_day)
        return self.say(_counted("offers.instead", offers), offers=spoken)


def _without_staff(offers: Sequence[SpokenOffer], staff: str) -> list[SpokenOffer]:
    """The offers without the person that the sentence before has named."""
    return [SpokenOffer(each.start, "" if each.staff == staff else each.staff) for each in offers]


def _counted(key: str, offers: Sequence[SpokenOffer]) -> str:
    return f"{key}_two" if len(offers) > 1 else f"{key}_one"


def _when(here: Here, start: dt.datetime, staff: str) -> str:
    return f"{speak.moment(start, here)}{speak.with_staff(staff)}"


def _set_off(day: str) -> str:
    """A date in apposition is closed by a comma; `fill` drops it before another mark."""
    return f"{day}," if "," in day else day


def _between(wishes: Sequence[When], here: Here) -> str:
    """Moments name a shared day once; anything else is said as it was understood."""
    if all(wish.kind == "instant" and not wish.approximate for wish in wishes):
        return speak.offers([SpokenOffer(wish.start) for wish in wishes], here)
    return _or(list(dict.fromkeys(speak.wish(wish, here) for wish in wishes)))


def _or(items: Sequence[str]) -> str:
    return speak.join(items, word="oder")


def _line(*parts: str) -> str:
    return " ".join(part for part in parts if part)
