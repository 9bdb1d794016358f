"""Texts of a company's own: what is refused when its file is loaded, and what is said."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zusage.language.german import Speech, check_override
from zusage.language.german.speak import Here
from zusage.language.german.texts import TEXTS
from zusage.language.settings import SpeechSettings

BERLIN = ZoneInfo("Europe/Berlin")
HERE = Here(datetime(2026, 11, 24, 10, tzinfo=BERLIN), "Europe/Berlin")
FRIDAY = datetime(2026, 11, 27, 14, 30, tzinfo=BERLIN)


@pytest.mark.parametrize("key", sorted(key for key, text in TEXTS.items() if not text.fixed))
def test_every_text_of_the_catalogue_passes_its_own_check(key: str) -> None:
    text = TEXTS[key]
    assert check_override(key, text.formal) == []
    assert check_override(key, text.template("du"), "du") == []


@pytest.mark.parametrize(
    ("key", "template", "finding"),
    [
        ("booking.boked", "Gebucht.", 'is no text of the agent; did you mean "booking.booked"?'),
        ("völlig anders", "Gebucht.", '"völlig anders" is no text of the agent'),
        ("system.error", "Oh weh.", "cannot be changed"),
        ("time.other", "  ", "is empty"),
        ("time.other", "Wann" + " wann" * 80 + "?", "use 300 at most"),
        ("time.other", "Wann\nsonst?", "must be one line"),
        ("time.other", "Wann\tsonst?", "must be one line"),
        ("time.other", "Wann\u2028sonst?", "must be one line"),
        ("time.other", "Wann\u200bsonst?", "must be one line"),
        ("time.other", "Wann {sonst?", "brace that belongs to no field"),
        ("time.other", "Wann }sonst?", "brace that belongs to no field"),
        ("time.closed", "{when.__class__} zu, {when}.", "brace that belongs to no field"),
        ("time.closed", "{0} {when} zu.", "brace that belongs to no field"),
        ("time.closed", "{{when}} zu.", "brace that belongs to no field"),
        ("time.closed", "Zu ist{when}.", "needs a blank between"),
        ("hold.held", "{service}{when} geht.", "needs a blank between"),
        ("time.closed", "{wann} zu.", "has no field {wann}; possible are {when}"),
        ("time.other", "{when}?", "has no field {when}; this text has none"),
        ("time.closed", "{when} und {when} zu.", "says {when} twice"),
        ("booking.booked", "Alles gebucht, danke.", "must contain {service}, {when}"),
        ("hold.held", "{service} geht. Eintragen?", "must contain {when}"),
        ("offers.free_one", "Da ginge etwas.", "must contain {offers}"),
        ("time.other", "Wann & wo?", "voice reads wrongly (&)"),
        ("time.other", "Wann – wo?", "voice reads wrongly (–)"),
        ("time.other", "Когда?", "voice reads wrongly"),
        ("time.other", "Wann 🎉?", "voice reads wrongly (🎉)"),
        ("time.other", "Wann <break/> wo?", "voice reads wrongly (< / >)"),
        ("time.other", "Passt 14:30?", 'number or time that a voice reads wrongly ("14:30")'),
        ("time.other", "Passt der 24.12.?", "number or time that a voice reads wrongly"),
        ("time.other", "Oder unter 0421555666?", "number or time that a voice reads wrongly"),
        ("time.other", "Wann ca. passt es?", 'abbreviation or a missing blank or capital letter ("ca.")'),
        ("time.other", "Wann passt es z.B. morgen?", "abbreviation"),
        ("time.other", "Geht Mo. oder Di.?", "abbreviation"),
        ("time.other", "Gut.Wann passt es?", "abbreviation or a missing blank"),
        ("time.other", "wann passt es?", "must begin with a capital letter"),
        ("time.other", "Wann passt es", "must end with"),
        ("part.price", "Das macht {price}.", "part of a sentence"),
        ("hold.held", "{service} ist {when} gebucht.", 'says "gebucht", which only'),
        ("hold.replaced", "Eingetragen ist {when}.", 'says "Eingetragen", which only'),
        (
            "hold.held",
            "{service} {when} notiert, alles klar, der Termin steht. Passt das?",
            'says "notiert", which only',
        ),
        ("hold.held", "{service} {when}: alles klar, der Termin steht. Passt das?", "which only"),
        ("hold.held", "{service} {when}, das ist sicher. Passt das?", 'says "sicher", which only'),
        ("hold.released", "Ihr Termin ist storniert.", 'says "storniert": the agent cancels no appointment'),
        ("hold.released", "In Ordnung, abgesagt.", 'says "abgesagt": the agent cancels no appointment'),
        ("offers.free_two", "{offers} ist für Sie gesichert.", 'says "gesichert", which only'),
        ("service.which", "Gut, {services} ist gebongt.", 'says "gebongt", which only'),
        ("time.other", "Das ist jetzt fest eingebucht, oder?", 'says "eingebucht", which only'),
        ("time.other", "Das ist jetzt ganz fest, oder?", 'says "fest", which only'),
        (
            "booking.booked",
            "{service}, {when}: gebucht. Der alte Termin ist storniert.",
            "cancels no appointment",
        ),
        ("time.other", "Hier ist die Haar GmbH. Wann sonst?", 'abbreviation ("GmbH")'),
        ("time.other", "Morgen bzw übermorgen?", 'abbreviation ("bzw")'),
        ("time.other", "Wann sonst, d h an welchem Tag?", 'abbreviation ("d")'),
        ("time.other", "Haben Sie eine Nr für uns?", 'abbreviation ("Nr")'),
        ("time.other", "Wann hast du Zeit?", 'says "hast", but this company addresses callers as "Sie"'),
        ("time.other", "Passt es Dir morgen?", 'says "Dir", but this company addresses callers as "Sie"'),
    ],
)
def test_a_text_that_would_be_wrong_on_the_phone_is_refused(key: str, template: str, finding: str) -> None:
    findings = check_override(key, template)
    assert any(finding in found for found in findings), findings


@pytest.mark.parametrize("template", ["Passt Ihnen das?", "Sie wünschen?", "Was ist Ihr Wunsch?"])
def test_a_text_for_du_may_not_say_sie(template: str) -> None:
    assert check_override("time.other", template) == []
    assert 'this company addresses callers as "du"' in check_override("time.other", template, "du")[0]


def test_a_text_in_the_other_address_is_passed_over() -> None:
    texts = {"time.other": "Wann passt es dir sonst?"}
    assert Speech(SpeechSettings("du", texts)).say("time.other") == texts["time.other"]
    assert Speech(SpeechSettings("Sie", texts)).say("time.other") == Speech().say("time.other")


@pytest.mark.parametrize(
    ("key", "template"),
    [
        ("booking.booked", "Prima, {when} ist fest gebucht: {service}. Bis dann!"),
        ("greeting.welcome", "Moin! Hier ist der Salon am Wall. Was darf's sein?"),
        ("time.closed", "{when} haben wir Ruhetag. Wir öffnen um 9 Uhr 30 am 1. Mai."),
        ("hold.held", "{service}? Geht {when}, und {price}. Soll ich das fest machen?"),
        ("part.price", "das macht dann {price}"),
        ("hold.held", "{service}, {when}. Darf ich das fest für Sie machen?"),
        ("hold.released", "Alles klar, die Zeit ist wieder frei. Kann ich sonst etwas für Sie tun?"),
        ("service.needs_consultation", "Vor {service} steht bei uns eine Beratung. Soll ich dafür suchen?"),
        ("time.other", "Hm, da steht Ihnen alles offen. Sind Sie sicher, dass nichts passt?"),
        ("time.other", "Wir schicken eine SMS. Wann sonst?"),
        ("service.unknown", "Das haben wir nicht, alles andere steht auf unserer Seite."),
        ("when.no_time_said", "Wann soll's denn sein, und um wie viel Uhr?"),
    ],
)
def test_good_texts_pass(key: str, template: str) -> None:
    assert check_override(key, template) == []


def test_a_text_of_the_company_is_said_in_place_of_the_common_one() -> None:
    texts = {"booking.booked": "Prima, {when} ist fest gebucht: {service}. Bis dann!"}
    line = Speech(SpeechSettings("du", texts)).booked(HERE, service="Färben", start=FRIDAY, staff="Anna")
    assert line == (
        "Prima, am Freitag, dem 27. November, um 14 Uhr 30 bei Anna ist fest gebucht: Färben. Bis dann!"
    )


def test_a_stored_text_that_no_longer_fits_is_passed_over() -> None:
    texts = {"booking.booked": "Alles {gut}.", "gone.key": "Hallo.", "system.error": "Oh weh."}
    own, common = Speech(SpeechSettings("Sie", texts)), Speech()
    assert own.booked(HERE, service="Färben", start=FRIDAY) == common.booked(
        HERE, service="Färben", start=FRIDAY
    )
    assert own.error() == common.error()


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.text(max_size=120) | st.text("{}when service.,? ", max_size=60))
def test_any_text_is_judged_and_what_passes_can_be_said(key: str, template: str) -> None:
    found = check_override(key, template)
    assert all(found)
    fields = dict.fromkeys(TEXTS[key].fields, "Anna")
    said = Speech(SpeechSettings("Sie", {key: template})).say(key, **fields)
    assert said.isprintable()
    assert "{" not in said
