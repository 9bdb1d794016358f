"""Every German sentence the agent speaks, one function each. All return one line and name at most two offers.

`here` says when and in which zone is spoken; instants are aware, in any zone. A hold is told as a hold: only
`booked` and `already_booked` say that something is booked. Names of masters may hold anything, they are made safe."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from zusage.core.values import Money
from zusage.language.german import speak
from zusage.language.german.speak import Here, SpokenOffer

_MOST_OFFERS = 2
_MOST_NAMES = 8


def welcome(company: str, *, customer: str = "") -> str:
    name = speak.plain(customer)
    greeting = f"Guten Tag, {name}, willkommen" if name else "Guten Tag und willkommen"
    return f"{greeting} bei {speak.plain(company) or 'uns'}. Was kann ich für Sie tun?"


def held(
    here: Here,
    *,
    service: str,
    start: dt.datetime,
    staff: str = "",
    price: Money | None = None,
    price_from: bool = False,
    seconds: int | None = None,
) -> str:
    """The time is free and kept for this call only; nothing is booked yet. `seconds` is how long it is kept."""
    kept = speak.duration(round(seconds / 60)) if seconds is not None and seconds >= 60 else "einen Moment"
    return _line(
        _free(here, service, start, staff, price, price_from=price_from),
        f"Ich halte Ihnen die Zeit {kept} lang frei.",
        "Soll ich den Termin fest für Sie eintragen?",
    )


def _free(
    here: Here, service: str, start: dt.datetime, staff: str, price: Money | None, *, price_from: bool
) -> str:
    when = f"{speak.moment(start, here)}{speak.with_staff(staff)}"
    return speak.sentence(f"{_service(service)} geht {when}{_cost(price, price_from=price_from)}")


def _cost(price: Money | None, *, price_from: bool = False) -> str:
    if price is None:
        return ""
    if price.cents == 0:
        return ", das ist kostenlos"
    return f", das kostet {'ab ' if price_from else ''}{speak.price(price)}"


def _service(name: str) -> str:
    return speak.plain(name) or "diese Leistung"


def not_free(
    here: Here, *, start: dt.datetime, offers: Sequence[SpokenOffer], staff: str = "", service: str = ""
) -> str:
    """The wished time is taken; speaks the first two offers, or that there is nothing near."""
    if not offers:
        return not_free_nothing(here, start=start, staff=staff, service=service)
    return _line(_taken(here, start, staff, service), _instead(here, offers, said=start))


def not_free_nothing(here: Here, *, start: dt.datetime, staff: str = "", service: str = "") -> str:
    return _line(
        _taken(here, start, staff, service),
        "Auch in der Nähe habe ich nichts gefunden.",
        "Welcher andere Tag würde Ihnen passen?",
    )


def _taken(here: Here, start: dt.datetime, staff: str, service: str) -> str:
    for_service = f" für {speak.plain(service)}" if speak.plain(service) else ""
    return speak.sentence(
        f"{speak.moment(start, here)} habe ich{speak.with_staff(staff)} leider nichts{for_service} frei"
    )


def _instead(here: Here, offers: Sequence[SpokenOffer], *, said: dt.datetime | None = None) -> str:
    said_day = None if said is None else here.local(said).date()
    return _proposal(speak.offers(offers[:_MOST_OFFERS], here, said_day=said_day), count=len(offers))


def _proposal(spoken: str, *, count: int) -> str:
    question = "Was passt Ihnen besser?" if count > 1 else "Passt Ihnen das?"
    return f"Ich könnte Ihnen {spoken} anbieten. {question}"


def offers(here: Here, *, offers: Sequence[SpokenOffer], service: str = "") -> str:
    """Free times in a window that was asked for; nothing is kept. Without offers the same as `offers_none`."""
    if not offers:
        return offers_none(service=service)
    for_service = f"Für {speak.plain(service)}" if speak.plain(service) else "Da"
    question = "Was passt Ihnen besser?" if len(offers) > 1 else "Passt Ihnen das?"
    return f"{for_service} hätte ich {speak.offers(offers[:_MOST_OFFERS], here)} etwas frei. {question}"


def offers_around(here: Here, *, offers: Sequence[SpokenOffer], service: str = "", staff: str = "") -> str:
    """Nothing is free in the window that was asked for, but these times near it are."""
    for_service = f" für {speak.plain(service)}" if speak.plain(service) else ""
    refusal = f"In dieser Zeit habe ich{speak.with_staff(staff)}{for_service} leider nichts frei."
    return _line(refusal, _instead(here, offers)) if offers else offers_none(service=service, staff=staff)


def offers_none(*, service: str = "", staff: str = "") -> str:
    for_service = f" für {speak.plain(service)}" if speak.plain(service) else ""
    return _line(
        f"In dieser Zeit habe ich{speak.with_staff(staff)}{for_service} leider nichts frei.",
        "Welcher andere Tag oder welche andere Uhrzeit würde Ihnen passen?",
    )


def ask_service(candidates: Sequence[str]) -> str:
    """Ask between exactly these services."""
    if not candidates:
        return ask_service_open(())
    return f"Meinen Sie {speak.names(candidates, word='oder')}?"


def ask_service_open(choices: Sequence[str]) -> str:
    """Ask which service; `choices` are services or categories to name (the first eight are)."""
    return _line(_we_have(choices), "Was darf es denn sein?")


def services_list(services: Sequence[str], *, categories: Sequence[str] = ()) -> str:
    """Name the services, or the categories where there are more than eight services."""
    many = len(services) > _MOST_NAMES and bool(categories)
    question = "Was davon interessiert Sie?" if many else "Was darf es denn sein?"
    return _line(_we_have(categories if many else services), question)


def _we_have(choices: Sequence[str]) -> str:
    named = speak.names(choices[:_MOST_NAMES])
    if not named:
        return ""
    example = "zum Beispiel " if len(choices) > _MOST_NAMES else ""
    return f"Wir haben {example}{named}."


def service_info(service: str, *, minutes: int, price: Money, price_from: bool = False) -> str:
    cost = _cost(price, price_from=price_from)
    return f"{_service(service)} dauert {speak.duration(minutes)}{cost}."


def ask_when() -> str:
    return "Wann möchten Sie gerne kommen, an welchem Tag und um wie viel Uhr?"


def ask_between(times: Sequence[str]) -> str:
    """Several times or days were named; `times` are spoken ones, the first two are said."""
    return f"Was ist Ihnen lieber, {speak.join(times[:_MOST_OFFERS], word='oder')}?"


def ask_staff(names: Sequence[str]) -> str:
    """Ask between people whose names were not told apart; without names, for whom the caller wishes."""
    if not names:
        return "Zu wem möchten Sie gerne, oder ist Ihnen das egal?"
    return f"Meinen Sie {speak.names(names, word='oder')}?"


def ask_name() -> str:
    return "Auf welchen Namen darf ich den Termin eintragen?"


def unknown_service(choices: Sequence[str]) -> str:
    """The service is not in the catalogue; `choices` are services or categories to name."""
    return _line("Das bieten wir leider nicht an.", _we_have(choices), "Was darf es denn sein?")


def unknown_staff(names: Sequence[str]) -> str:
    named = speak.names(names[:_MOST_NAMES])
    team = f"Bei uns arbeiten {named}." if len(names) > 1 else f"Bei uns arbeitet {named}." if named else ""
    return _line(
        "Diesen Namen kenne ich bei uns leider nicht.", team, "Zu wem möchten Sie, oder ist Ihnen das egal?"
    )


def staff_cannot(*, staff: str, service: str, able: Sequence[str]) -> str:
    """The wished person does not do the service; `able` are those who do."""
    refusal = f"{speak.plain(staff) or 'Diese Person'} macht {_service(service)} leider nicht."
    if not able:
        return _line(refusal, "Möchten Sie etwas anderes buchen?")
    return _line(refusal, f"Das machen bei uns {speak.names(able[:_MOST_NAMES])}.", "Wäre das in Ordnung?")


def nobody(service: str) -> str:
    """No member of staff does this service at present."""
    return f"{_service(service)} kann ich im Moment leider nicht vergeben. Darf es etwas anderes sein?"


def needs_consultation(service: str) -> str:
    return _line(
        f"Vor {_service(service)} steht bei uns immer eine Beratung.",
        "Soll ich Ihnen dafür einen Termin suchen?",
    )


def needs_main_service(service: str) -> str:
    """An add-on was asked for alone."""
    return f"{_service(service)} gibt es bei uns nur zusammen mit einer anderen Leistung. Welche darf es dazu sein?"


def not_by_phone(service: str) -> str:
    return _line(
        f"{_service(service)} kann ich am Telefon leider nicht vergeben.",
        "Bitte sprechen Sie dafür unser Team im Salon an. Kann ich sonst etwas für Sie tun?",
    )


def too_soon(here: Here, *, earliest: dt.datetime) -> str:
    """`earliest` is the first instant that may be booked, free or not."""
    return _line(
        "So kurzfristig geht es leider nicht.",
        speak.sentence(f"frühestens {speak.moment(earliest, here)} ist eine Buchung möglich"),
        "Wann danach passt es Ihnen?",
    )


def too_far(here: Here, *, latest: dt.datetime) -> str:
    """`latest` is the last instant that may be booked."""
    last = _until(speak.date(here.local(latest).date(), today=here.today))
    return _line(
        "So weit im Voraus kann ich noch nichts vergeben.",
        f"Möglich ist es bis {last}.",
        "Welcher Tag davor passt Ihnen?",
    )


def _until(day: str) -> str:
    return day.replace("am ", "zum ", 1).replace("morgen, zum", "morgen,", 1)


def past() -> str:
    return "Diese Zeit ist leider schon vorbei. Wann möchten Sie gerne kommen?"


def closed(
    here: Here,
    *,
    start: dt.datetime,
    offers: Sequence[SpokenOffer] = (),
    note: str = "",
    whole_day: bool = False,
) -> str:
    """Closed then. `note` names the holiday or reason and means, as `whole_day` does, all of that day."""
    day = speak.date(here.local(start).date(), today=here.today)
    when = day if whole_day or speak.plain(note) else speak.moment(start, here)
    reason = f", es ist {speak.plain(note)}" if speak.plain(note) else ""
    comma = "," if when == day and "," in when else ""
    told = speak.sentence(f"{when}{comma} haben wir leider geschlossen{reason}")
    return _line(told, _instead(here, offers, said=start) if offers else ask_when())


def off_grid(here: Here, *, neighbours: Sequence[dt.datetime]) -> str:
    """The minute does not fit the grid; `neighbours` are the starts before and after (at most two are said)."""
    refusal = "Zu dieser Minute beginnen wir leider nicht."
    if not neighbours:
        return _line(refusal, ask_when())
    return _line(refusal, _instead(here, [SpokenOffer(start) for start in neighbours]))


def which_offer(here: Here, *, offers: Sequence[SpokenOffer]) -> str:
    """Which of these is meant? Says the first two."""
    return f"Welchen Vorschlag meinen Sie, {speak.offers(offers[:_MOST_OFFERS], here)}?"


def expired_and_gone(here: Here, *, start: dt.datetime, offers: Sequence[SpokenOffer]) -> str:
    """The hold ran out and somebody else has the time now."""
    lost = f"Es tut mir leid, die Zeit {speak.moment(start, here)} wurde inzwischen anderweitig vergeben."
    return _line(lost, _instead(here, offers, said=start) if offers else "Welche andere Zeit passt Ihnen?")


def replaced(here: Here, *, start: dt.datetime, staff: str = "") -> str:
    """Another time is kept for this call than the one to be booked; `start` is the kept one."""
    kept = f"{speak.moment(start, here)}{speak.with_staff(staff)}"
    return f"Ich halte Ihnen gerade eine andere Zeit frei, nämlich {kept}. Soll ich diese eintragen?"


def conflict(here: Here, *, offers: Sequence[SpokenOffer]) -> str:
    """Somebody else was faster between question and booking."""
    lost = "Es tut mir leid, diese Zeit ist gerade vergeben worden."
    return _line(lost, _instead(here, offers) if offers else "Welche andere Zeit passt Ihnen?")


def booked(
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
    for_name = f" auf den Namen {speak.plain(name)}" if speak.plain(name) else ""
    told = f"Ihr Termin für {_service(service)} ist{for_name} gebucht: {speak.moment(start, here)}"
    cost = _cost(price, price_from=price_from)
    return _line(f"{told}{speak.with_staff(staff)}{cost}.", "Wir freuen uns auf Sie.")


def already_booked(here: Here, *, service: str, start: dt.datetime, staff: str = "") -> str:
    """The same appointment stands already; nothing was booked again."""
    when = f"{speak.moment(start, here)}{speak.with_staff(staff)}"
    return f"Dieser Termin ist bereits für Sie gebucht: {_service(service)}, {when}."


def released() -> str:
    return "In Ordnung, ich habe die Zeit wieder freigegeben. Kann ich sonst etwas für Sie tun?"


def nothing_held() -> str:
    return "Im Moment halte ich keine Zeit für Sie frei. Welchen Tag und welche Uhrzeit wünschen Sie?"


def busy() -> str:
    return "Einen kleinen Moment bitte, ich bin noch dabei. Fragen Sie mich gleich noch einmal."


def invalid() -> str:
    return "Das habe ich leider nicht verstanden. Können Sie es bitte noch einmal sagen?"


def error() -> str:
    """Something failed on our side: an apology, no times."""
    return "Es tut mir leid, das hat gerade nicht geklappt. Bitte versuchen Sie es gleich noch einmal."


def unknown_number() -> str:
    return "Es tut mir leid, unter dieser Nummer kann ich keine Termine vergeben."


def year_corrected(here: Here, *, start: dt.datetime) -> str:
    """A prefix before another sentence: the year that was sent lay in the past, this day is taken instead."""
    day = _of(speak.date(here.local(start).date(), today=here.today))
    return f"Ich gehe von {day}{',' if ',' in day else ''} aus."


def _of(day: str) -> str:
    return day.replace("am ", "", 1) if day.startswith("am ") else day.replace(", am ", ", ", 1)


def call_over() -> str:
    return "Dieses Gespräch ist schon beendet, deshalb kann ich keine Zeit mehr freihalten."


def _line(*parts: str) -> str:
    return " ".join(part for part in parts if part)
