"""Everything the agent says in German, as data: key -> text, for `Sie` and for `du`.

What is said of days, times, prices and people comes from `speak` and is put into the fields. `docs/texts.md` lists all
keys for owners; a test keeps that list true."""

from __future__ import annotations

from zusage.language.settings import Address
from zusage.language.texts import Catalogue, Text, fill


def _text(formal: str, familiar: str | None = None, *, needs: str = "") -> Text:
    return Text(formal, familiar, frozenset(needs.split()))


def _phrase(formal: str, *, needs: str = "") -> Text:
    return Text(formal, needs=frozenset(needs.split()), phrase=True)


def _fixed(formal: str) -> Text:
    """Said where the company is not known (yet): it must be right for both addresses."""
    return Text(formal, fixed=True)


_GREETING: Catalogue = {
    "greeting.welcome": _text(
        "Guten Tag und willkommen bei {company}. Was kann ich für Sie tun?",
        "Hallo und willkommen bei {company}. Was kann ich für dich tun?",
    ),
    "greeting.welcome_known": _text(
        "Guten Tag, {customer}, willkommen bei {company}. Was kann ich für Sie tun?",
        "Hallo, {customer}, willkommen bei {company}. Was kann ich für dich tun?",
    ),
}

_HOLD: Catalogue = {
    "hold.held": _text(
        "Für {service} passt es {when}, {price}. Ich halte Ihnen die Zeit {duration} lang frei. "
        "Soll ich den Termin fest für Sie eintragen?",
        "Für {service} passt es {when}, {price}. Ich halte dir die Zeit {duration} lang frei. "
        "Soll ich den Termin fest für dich eintragen?",
        needs="service when",
    ),
    "hold.held_unsure": _text(
        "Für {service} sieht es {when} gut aus, {price}. Der Kalender antwortet gerade nicht, aber ich halte Ihnen "
        "die Zeit {duration} lang frei. Soll ich den Termin für Sie eintragen?",
        "Für {service} sieht es {when} gut aus, {price}. Der Kalender antwortet gerade nicht, aber ich halte dir "
        "die Zeit {duration} lang frei. Soll ich den Termin für dich eintragen?",
        needs="service when",
    ),
    "hold.replaced": _text(
        "Ich halte Ihnen gerade eine andere Zeit frei, nämlich {when}. Soll ich diese eintragen?",
        "Ich halte dir gerade eine andere Zeit frei, nämlich {when}. Soll ich diese eintragen?",
        needs="when",
    ),
    "hold.expired": _text(
        "Es tut mir leid, die Zeit {when} wurde inzwischen anderweitig vergeben.", needs="when"
    ),
    "hold.conflict": _text("Es tut mir leid, diese Zeit ist gerade vergeben worden."),
    "hold.released": _text(
        "In Ordnung, ich habe die Zeit wieder freigegeben. Kann ich sonst etwas für Sie tun?",
        "In Ordnung, ich habe die Zeit wieder freigegeben. Kann ich sonst etwas für dich tun?",
    ),
    "hold.nothing": _text(
        "Im Moment halte ich keine Zeit für Sie frei. Welchen Tag und welche Uhrzeit wünschen Sie?",
        "Im Moment halte ich keine Zeit für dich frei. Welchen Tag und welche Uhrzeit wünschst du dir?",
    ),
    "hold.call_over": _text(
        "Dieses Gespräch ist schon beendet, deshalb kann ich keine Zeit mehr freihalten."
    ),
}

_BOOKING: Catalogue = {
    "booking.booked": _text(
        "Ihr Termin für {service} ist {on_name} gebucht: {when}, {price}. Wir freuen uns auf Sie.",
        "Dein Termin für {service} ist {on_name} gebucht: {when}, {price}. Wir freuen uns auf dich.",
        needs="service when",
    ),
    "booking.already_booked": _text(
        "Dieser Termin ist bereits für Sie gebucht: {service}, {when}.",
        "Dieser Termin ist bereits für dich gebucht: {service}, {when}.",
        needs="service when",
    ),
}

_TIME: Catalogue = {
    "time.not_free": _text(
        "{when} habe ich {with_staff} leider nichts {for_service} frei.",
        needs="when",
    ),
    "time.nothing_near": _text(
        "Auch in der Nähe habe ich nichts gefunden. Welcher andere Tag würde Ihnen passen?",
        "Auch in der Nähe habe ich nichts gefunden. Welcher andere Tag würde dir passen?",
    ),
    "time.window_full": _text("In dieser Zeit habe ich {with_staff} {for_service} leider nichts frei."),
    "time.other_window": _text(
        "Welcher andere Tag oder welche andere Uhrzeit würde Ihnen passen?",
        "Welcher andere Tag oder welche andere Uhrzeit würde dir passen?",
    ),
    "time.other": _text("Welche andere Zeit passt Ihnen?", "Welche andere Zeit passt dir?"),
    "time.too_soon": _text(
        "So kurzfristig geht es leider nicht. Frühestens {when} ist eine Buchung möglich. "
        "Wann danach passt es Ihnen?",
        "So kurzfristig geht es leider nicht. Frühestens {when} ist eine Buchung möglich. "
        "Wann danach passt es dir?",
        needs="when",
    ),
    "time.too_far": _text(
        "So weit im Voraus kann ich noch nichts vergeben. Möglich ist es bis {day}. "
        "Welcher Tag davor passt Ihnen?",
        "So weit im Voraus kann ich noch nichts vergeben. Möglich ist es bis {day}. "
        "Welcher Tag davor passt dir?",
        needs="day",
    ),
    "time.closed": _text("{when} haben wir leider geschlossen.", needs="when"),
    "time.closed_because": _text("{when} haben wir leider geschlossen: {reason}.", needs="when"),
    "time.too_late": _text(
        "{when} reicht die Zeit bis zum Schließen {for_service} leider nicht mehr.", needs="when"
    ),
    "time.off_grid": _text("Zu dieser Minute beginnen wir leider nicht."),
    "time.year_corrected": _text("Ich gehe von {day} aus.", needs="day"),
}

_CALENDAR: Catalogue = {
    "calendar.unsure": _text("Der Kalender antwortet gerade nicht, deshalb noch unter Vorbehalt."),
    "calendar.unseen": _text(
        "Ich kann gerade leider nicht in unseren Kalender sehen und deshalb für diese Zeit nichts zusagen."
    ),
    "calendar.unseen_later": _text(
        "Können Sie es bitte in ein paar Minuten noch einmal versuchen?",
        "Kannst du es bitte in ein paar Minuten noch einmal versuchen?",
    ),
}

_OFFERS: Catalogue = {
    "offers.free_one": _text(
        "Für {service} hätte ich {offers} etwas frei. Passt Ihnen das?",
        "Für {service} hätte ich {offers} etwas frei. Passt dir das?",
        needs="offers",
    ),
    "offers.free_two": _text(
        "Für {service} hätte ich {offers} etwas frei. Was passt Ihnen besser?",
        "Für {service} hätte ich {offers} etwas frei. Was passt dir besser?",
        needs="offers",
    ),
    "offers.instead_one": _text(
        "Ich könnte Ihnen {offers} anbieten. Passt Ihnen das?",
        "Ich könnte dir {offers} anbieten. Passt dir das?",
        needs="offers",
    ),
    "offers.instead_two": _text(
        "Ich könnte Ihnen {offers} anbieten. Was passt Ihnen besser?",
        "Ich könnte dir {offers} anbieten. Was passt dir besser?",
        needs="offers",
    ),
    "offers.which": _text(
        "Welchen Vorschlag meinen Sie, {offers}?", "Welchen Vorschlag meinst du, {offers}?", needs="offers"
    ),
}

_SERVICE: Catalogue = {
    "service.ask": _text("Was darf es denn sein?"),
    "service.which": _text("Meinen Sie {services}?", "Meinst du {services}?", needs="services"),
    "service.several": _text(
        "{services} trage ich nacheinander ein. Womit darf ich anfangen?",
        needs="services",
    ),
    "service.have": _text("Wir haben {services}.", needs="services"),
    "service.have_for_example": _text("Wir haben zum Beispiel {services}.", needs="services"),
    "service.which_category": _text("Was davon interessiert Sie?", "Was davon interessiert dich?"),
    "service.unknown": _text("Das bieten wir leider nicht an."),
    "service.info": _text("Für {service} brauchen wir {duration}, {price}.", needs="service"),
    "service.nobody": _text(
        "{service} kann ich im Moment leider nicht vergeben. Darf es etwas anderes sein?", needs="service"
    ),
    "service.needs_consultation": _text(
        "Vor {service} steht bei uns immer eine Beratung. Soll ich Ihnen dafür einen Termin suchen?",
        "Vor {service} steht bei uns immer eine Beratung. Soll ich dir dafür einen Termin suchen?",
        needs="service",
    ),
    "service.needs_main_service": _text(
        "{service} gibt es bei uns nur zusammen mit einer anderen Leistung. Welche darf es dazu sein?",
        needs="service",
    ),
    "service.not_by_phone": _text(
        "{service} kann ich am Telefon leider nicht vergeben. Bitte sprechen Sie dafür unser Team vor Ort an. "
        "Kann ich sonst etwas für Sie tun?",
        "{service} kann ich am Telefon leider nicht vergeben. Bitte sprich dafür unser Team vor Ort an. "
        "Kann ich sonst etwas für dich tun?",
        needs="service",
    ),
}

_STAFF: Catalogue = {
    "staff.ask": _text(
        "Zu wem möchten Sie gerne, oder ist Ihnen das egal?",
        "Zu wem möchtest du gerne, oder ist dir das egal?",
    ),
    "staff.which": _text("Meinen Sie {names}?", "Meinst du {names}?", needs="names"),
    "staff.unknown": _text("Diesen Namen kenne ich bei uns leider nicht."),
    "staff.team_one": _text("Bei uns arbeitet {names}.", needs="names"),
    "staff.team": _text("Bei uns arbeiten {names}.", needs="names"),
    "staff.cannot": _text("{staff} macht {service} leider nicht.", needs="staff service"),
    "staff.able_one": _text("Das macht bei uns {names}. Wäre das in Ordnung?", needs="names"),
    "staff.able": _text("Das machen bei uns {names}. Wäre das in Ordnung?", needs="names"),
    "staff.nobody_able": _text("Möchten Sie etwas anderes buchen?", "Möchtest du etwas anderes buchen?"),
}

_NAME: Catalogue = {
    "name.ask": _text("Auf welchen Namen darf ich den Termin eintragen?"),
    "name.repeat": _text(
        "Den Namen habe ich leider nicht verstanden. Können Sie ihn bitte noch einmal sagen?",
        "Den Namen habe ich leider nicht verstanden. Kannst du ihn bitte noch einmal sagen?",
    ),
    "name.spell": _text(
        "Können Sie mir den Nachnamen bitte buchstabieren?",
        "Kannst du mir den Nachnamen bitte buchstabieren?",
    ),
}

_WHEN: Catalogue = {
    "when.no_time_said": _text(
        "Wann möchten Sie gerne kommen, an welchem Tag und um wie viel Uhr?",
        "Wann möchtest du gerne kommen, an welchem Tag und um wie viel Uhr?",
    ),
    "when.no_such_day": _text(
        "Diesen Tag gibt es leider nicht. Welches Datum meinen Sie?",
        "Diesen Tag gibt es leider nicht. Welches Datum meinst du?",
    ),
    "when.no_such_week": _text(
        "Diese Kalenderwoche gibt es nicht. Welche Woche meinen Sie?",
        "Diese Kalenderwoche gibt es nicht. Welche Woche meinst du?",
    ),
    "when.no_such_time": _text(
        "Diese Uhrzeit gibt es leider nicht. Um wie viel Uhr möchten Sie kommen?",
        "Diese Uhrzeit gibt es leider nicht. Um wie viel Uhr möchtest du kommen?",
    ),
    "when.weekday_mismatch": _text("Meinen Sie {days}?", "Meinst du {days}?", needs="days"),
    "when.past": _text(
        "Diese Zeit ist leider schon vorbei. Wann möchten Sie gerne kommen?",
        "Diese Zeit ist leider schon vorbei. Wann möchtest du gerne kommen?",
    ),
    "when.too_far": _text(
        "So weit im Voraus kann ich nicht planen. Welchen Tag meinen Sie?",
        "So weit im Voraus kann ich nicht planen. Welchen Tag meinst du?",
    ),
    "when.dst_gap": _text(
        "Diese Uhrzeit gibt es an dem Tag wegen der Zeitumstellung nicht. Welche andere Uhrzeit passt Ihnen?",
        "Diese Uhrzeit gibt es an dem Tag wegen der Zeitumstellung nicht. Welche andere Uhrzeit passt dir?",
    ),
    "when.dst_twice": _text(
        "Diese Uhrzeit gibt es an dem Tag wegen der Zeitumstellung zweimal. Welche andere Uhrzeit passt Ihnen?",
        "Diese Uhrzeit gibt es an dem Tag wegen der Zeitumstellung zweimal. Welche andere Uhrzeit passt dir?",
    ),
    "when.no_anchor": _text(
        "Auf welchen Termin beziehen Sie sich, an welchem Tag und um wie viel Uhr?",
        "Auf welchen Termin beziehst du dich, an welchem Tag und um wie viel Uhr?",
    ),
    "when.ambiguous": _text(
        "Welchen Tag und welche Uhrzeit meinen Sie genau?", "Welchen Tag und welche Uhrzeit meinst du genau?"
    ),
    "when.which_day": _text(
        "An welchem Tag möchten Sie kommen, und um wie viel Uhr?",
        "An welchem Tag möchtest du kommen, und um wie viel Uhr?",
    ),
    "when.which_day_exactly": _text(
        "An welchem Tag genau möchten Sie kommen?", "An welchem Tag genau möchtest du kommen?"
    ),
    "when.which_date": _text("Welches Datum meinen Sie genau?", "Welches Datum meinst du genau?"),
    "when.which_day_and_month": _text(
        "Welchen Tag und welchen Monat meinen Sie?", "Welchen Tag und welchen Monat meinst du?"
    ),
    "when.between": _text("Was ist Ihnen lieber, {times}?", "Was ist dir lieber, {times}?", needs="times"),
}

_PART: Catalogue = {
    "part.price": _phrase("das kostet {price}", needs="price"),
    "part.price_from": _phrase("das kostet ab {price}", needs="price"),
    "part.price_nothing": _phrase("das ist kostenlos"),
    "part.for_service": _phrase("für {service}", needs="service"),
    "part.on_name": _phrase("auf den Namen {name}", needs="name"),
    "part.a_moment": _phrase("einen Moment"),
    "part.this_service": _phrase("diese Leistung"),
    "part.this_person": _phrase("diese Person"),
    "part.us": _phrase("uns"),
}

_SYSTEM: Catalogue = {
    "system.error": _fixed(
        "Es tut mir leid, das hat gerade nicht geklappt. Bitte gleich noch einmal versuchen."
    ),
    "system.busy": _fixed("Einen kleinen Moment bitte, ich bin noch dabei. Bitte gleich noch einmal fragen."),
    "system.not_understood": _fixed("Das habe ich leider nicht verstanden. Wie war das bitte?"),
    "system.unknown_number": _fixed("Es tut mir leid, unter dieser Nummer kann ich keine Termine vergeben."),
    "filler.checking": _fixed("Einen Moment, ich schaue nach."),
    "filler.searching": _fixed("Einen Moment, ich suche."),
    "filler.booking": _fixed("Einen Moment bitte."),
}

TEXTS: Catalogue = {
    **_GREETING,
    **_HOLD,
    **_BOOKING,
    **_TIME,
    **_CALENDAR,
    **_OFFERS,
    **_SERVICE,
    **_STAFF,
    **_NAME,
    **_WHEN,
    **_PART,
    **_SYSTEM,
}
"""The whole catalogue. Every key is "group.name" and no key begins another, so that a TOML file may nest them."""


def question(key: str, address: Address = "Sie", /, **fields: str) -> str:
    """Say a text of the catalogue as it stands there, with no text of a company's own.

    :raises KeyError: the key is not in the catalogue, or a field of the text is missing."""
    text = TEXTS[key]
    return fill(text.template(address), fields, phrase=text.phrase)
