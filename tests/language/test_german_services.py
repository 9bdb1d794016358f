from __future__ import annotations

import tomllib
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zusage.language.german import understand_service
from zusage.language.reading import ServiceEntry

SALON = tuple(
    ServiceEntry(key, name, category, synonyms)
    for key, name, category, synonyms in (
        ("herren", "Herrenschnitt", "Schnitt", ("Männerhaarschnitt",)),
        ("damen", "Damenschnitt", "Schnitt", ("Frauenhaarschnitt",)),
        ("kinder", "Kinderhaarschnitt", "Schnitt", ()),
        ("pony", "Pony schneiden", "Schnitt", ()),
        ("spitzen", "Spitzen schneiden", "Schnitt", ()),
        ("faerben", "Färben", "Farbe", ()),
        ("ansatz", "Ansatzfärbung", "Farbe", ()),
        ("ausgleich", "Ansatz + Längenausgleich", "Farbe", ()),
        ("straehnen", "Strähnen", "Farbe", ("Highlights",)),
        ("balayage", "Balayage/Ombré", "Farbe", ()),
        ("blond", "Komplette Blondierung", "Farbe", ()),
        ("gloss", "Gloss", "Farbe", ()),
        ("bart", "Bart trimmen", "Bart", ()),
        ("rasur", "Nassrasur", "Bart", ()),
        ("welle", "Dauerwelle", "Form", ()),
        ("glaetten", "Haare glätten", "Form", ()),
        ("waschen", "Waschen & Föhnen", "Styling", ()),
        ("stecken", "Hochsteckfrisur", "Styling", ()),
        ("keratin", "Keratin-Behandlung", "Pflege", ()),
        ("olaplex", "Olaplex Treatment", "Pflege", ()),
        ("beratung", "Beratung", "Sonstiges", ()),
    )
)

MEANT = (
    ("Ich möchte einen Damenschnitt", "damen"),
    ("Ich brauche einen Herrenschnitt", "herren"),
    ("Ich möchte meine Haare färben", "faerben"),
    ("Herrenhaarschnitt", "herren"),
    ("Herren Haarschnitt", "herren"),
    ("Herren haar schnitt", "herren"),
    ("Haarschnitt Herren", "herren"),
    ("Männerschnitt", "herren"),
    ("Männerhaarschnitt bitte", "herren"),
    ("Herenschnit", "herren"),
    ("herrenschnidt", "herren"),
    ("Haare schneiden für meinen Mann", "herren"),
    ("einmal Haare schneiden für einen Herrn", "herren"),
    ("Damenhaarschnitt", "damen"),
    ("Damen Haarschnitt", "damen"),
    ("Frauenhaarschnitt", "damen"),
    ("Haare schneiden Damen", "damen"),
    ("tamenschnitt", "damen"),
    ("Kinder Haarschnitt", "kinder"),
    ("Kinderschnitt", "kinder"),
    ("Haarschnitt für mein Kind", "kinder"),
    ("Färben", "faerben"),
    ("Haare faerben", "faerben"),
    ("Haare farben", "faerben"),
    ("ich will mir die Haare färben lassen", "faerben"),
    ("Ansatz färben", "ansatz"),
    ("Ansatzfaerbung", "ansatz"),
    ("Ansatz Längenausgleich", "ausgleich"),
    ("Ansatz-Längenausgleich", "ausgleich"),
    ("Strähnchen", "straehnen"),
    ("Straehnchen", "straehnen"),
    ("Highlights", "straehnen"),
    ("Balayage", "balayage"),
    ("Balla yasch", "balayage"),
    ("Ballayage", "balayage"),
    ("Ombre", "balayage"),
    ("Dauerwelle", "welle"),
    ("Dauer Welle", "welle"),
    ("eine Dauerwele", "welle"),
    ("Bart trimmen", "bart"),
    ("Bart stutzen bitte", "bart"),
    ("den Bart getrimmt bekommen", "bart"),
    ("waschen und föhnen", "waschen"),
    ("Waschen, Föhnen", "waschen"),
    ("Hochstecken", "stecken"),
    ("Hochsteck Frisur", "stecken"),
    ("Keratin", "keratin"),
    ("Olaplex", "olaplex"),
    ("Pony schneiden", "pony"),
    ("Spitzen schneiden", "spitzen"),
    ("Haare glätten", "glaetten"),
    ("ein Beratungsgespräch", "beratung"),
    ("Beratung", "beratung"),
    ("Gloss", "gloss"),
    ("Blondierung", "blond"),
    ("einmal Pony", "pony"),
    ("Damen", "damen"),
    ("Frauen", "damen"),
    ("morgen um 14 Uhr einen Herrenschnitt bei Anna", "herren"),
)

ASKED: tuple[tuple[str, set[str]], ...] = (
    ("Haarschnitt", {"herren", "damen", "kinder"}),
    ("Haare schneiden", {"herren", "damen", "kinder"}),
    ("Ansatz", {"ansatz", "ausgleich"}),
    ("Ich möchte einen Termin", set()),
    ("Friseurtermin", set()),
    ("was für die Haare", set()),
)

NOTHING = (
    "Ich möchte eine Maniküre",
    "Pediküre",
    "Massage",
    "Anna",
    "bei Petra",
    "eine Pizza Margherita",
    "Schnittblumen",
    "Reifenwechsel",
    "Zahnreinigung",
    "Augenbrauen färben",
    "Wimpern färben",
    "Nasenhaare schneiden",
    "entfärben",
    "Farbe entfernen",
    "Farbe rausziehen",
    "Dauerwelle rausmachen",
    "Strähnen wieder weg",
    "färben möchte ich nicht",
    "nicht Färben",
    "keine Farbe",
    "ohne Föhnen",
    "auf keinen Fall Strähnen",
    "das Gleiche wie letztes Mal",
    "wie immer",
    "einmal komplett",
    "Termin verschieben",
    "morgen um 14 Uhr",
    "Guten Tag",
    "null",
    "{{dienstleistung}}",
    "",
)


NEVER_BOOKED: tuple[tuple[str, set[str]], ...] = (
    ("nicht färben, nur schneiden", {"herren", "damen", "kinder"}),
    ("keine Farbe, nur Haarschnitt", {"herren", "damen", "kinder"}),
    ("Bart färben", {"bart", "faerben"}),
    ("Damenschnitt mit Maniküre", {"damen"}),
    ("Waschen, schneiden, föhnen", {"waschen", "herren", "damen", "kinder"}),
    ("Haare färben und schneiden", {"faerben", "herren", "damen", "kinder"}),
    ("Färben oder Strähnen", {"faerben", "straehnen"}),
    ("Haarschnitt für mich und meinen Mann", {"herren", "damen"}),
    ("Damenschnitt stornieren", set()),
    ("Herrenschnitt absagen", set()),
    ("Damenschnitt verlegen", set()),
    ("ich muss meinen Herrenschnitt umbuchen", set()),
)

SEVERAL = (
    ("Herrenschnitt und Bart trimmen", ["herren", "bart"]),
    ("Damenschnitt und färben", ["damen", "faerben"]),
    ("Damenschnitt mit Strähnen", ["damen", "straehnen"]),
    ("Gloss, Färben und danach Waschen und Föhnen", ["gloss", "faerben", "waschen"]),
    ("Haarschnitt für meinen Mann und meinen Sohn", ["herren", "kinder"]),
    ("Damen- und Herrenschnitt", ["damen", "herren"]),
)

TAKEN_BACK = (
    ("Färben, nein, nur Spitzen schneiden", "spitzen"),
    ("Damenschnitt, ach Quatsch, Herrenschnitt", "herren"),
    ("Haarschnitt für meinen Mann, nein, für meine Frau", "damen"),
    ("nicht Balayage, sondern Strähnen", "straehnen"),
    ("Gloss statt Färben", "gloss"),
    ("Damenschnitt ohne Föhnen", "damen"),
    ("Letztes Mal hatte ich eine Dauerwelle, diesmal bitte Färben", "faerben"),
)


@pytest.mark.parametrize(("text", "keys"), SEVERAL)
def test_several_services_are_all_meant_in_the_order_of_talk(text: str, keys: list[str]) -> None:
    reading = understand_service(text, SALON)
    assert (reading.decision, [match.entry.key for match in reading.matches]) == ("match", keys)


@pytest.mark.parametrize(("text", "key"), TAKEN_BACK)
def test_what_is_refused_or_taken_back_is_not_meant(text: str, key: str) -> None:
    reading = understand_service(text, SALON)
    assert (reading.decision, [match.entry.key for match in reading.matches]) == ("match", [key])


STILL_MEANT = (
    ("Herrenschnitt nicht bei Anna", "herren"),
    ("Herrenschnitt bei Frau Schmidt", "herren"),
    ("Herrenschnitt bei Anna Schmidt", "herren"),
    ("Damenschnitt für meine Mutter", "damen"),
    ("Damenschnitt wie immer", "damen"),
    ("Donerstag Damenschnitt", "damen"),
    ("nur einen Herrenschnitt", "herren"),
    ("Herrenschnitt, kein Problem", "herren"),
)


@pytest.mark.parametrize(("text", "keys"), NEVER_BOOKED)
def test_more_or_less_than_one_service_is_asked_about(text: str, keys: set[str]) -> None:
    reading = understand_service(text, SALON)
    assert (reading.decision, {match.entry.key for match in reading.matches}) == ("ask", keys)


@pytest.mark.parametrize(("text", "key"), STILL_MEANT)
def test_small_talk_and_names_leave_no_doubt(text: str, key: str) -> None:
    reading = understand_service(text, SALON)
    assert (reading.decision, reading.matches[0].entry.key) == ("match", key)


@pytest.mark.parametrize("company", ["friseur-eins", "salon-kupferkamm"])
def test_every_name_and_synonym_of_the_demo_is_itself(company: str) -> None:
    file = resources.files("zusage.sandbox.demo") / f"{company}.toml"
    told = tomllib.loads(file.read_text(encoding="utf-8"))["service"]
    catalogue = [ServiceEntry(s["name"], s["name"], "", tuple(s.get("synonyms", ()))) for s in told]
    for entry in catalogue:
        for name in (entry.name, *entry.synonyms):
            first = understand_service(f"{name} bitte", catalogue).matches[0]
            assert (first.entry, first.confidence) == (entry, 1.0), name


def test_a_name_that_holds_a_refusal_is_itself() -> None:
    dry = [ServiceEntry("dry", "Schneiden ohne Waschen"), ServiceEntry("wash", "Waschen")]
    assert understand_service("Schneiden ohne Waschen", dry).matches[0].entry.key == "dry"


def test_the_table_is_large_enough() -> None:
    assert len(MEANT) + len(ASKED) + len(NOTHING) >= 60


@pytest.mark.parametrize(("text", "key"), MEANT)
def test_finds_the_service_that_is_meant(text: str, key: str) -> None:
    reading = understand_service(text, SALON)
    assert (reading.decision, reading.matches[0].entry.key) == ("match", key)
    assert 0.6 <= reading.matches[0].confidence <= 1.0


@pytest.mark.parametrize(("text", "keys"), ASKED)
def test_asks_between_exactly_the_possible_ones(text: str, keys: set[str]) -> None:
    reading = understand_service(text, SALON)
    assert reading.decision == "ask"
    assert {match.entry.key for match in reading.matches} == keys


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_fits(text: str) -> None:
    reading = understand_service(text, SALON)
    assert (reading.decision, reading.matches) == ("none", ())


def test_the_five_cases() -> None:
    def best(text: str) -> float:
        matches = understand_service(text, SALON).matches
        return matches[0].confidence if matches else 0.0

    assert best("Ich möchte einen Damenschnitt") == 1.0
    assert best("Ich brauche einen Herrenschnitt") == 1.0
    assert best("Ich möchte meine Haare färben") >= 0.9
    assert best("Ich möchte einen Termin") < 0.6
    assert best("Ich möchte eine Maniküre") == 0.0


def test_the_threshold_is_the_callers() -> None:
    assert understand_service("Damen", SALON, threshold=0.5).decision == "match"
    assert understand_service("Damen", SALON, threshold=0.99).decision == "ask"


def test_one_word_for_several_services_is_asked_about() -> None:
    second = [ServiceEntry(n, n) for n in ("Färben Kurzhaar", "Färben Langhaar", "Keratin")]
    reading = understand_service("Haare färben", second)
    assert reading.decision == "ask"
    assert [match.entry.key for match in reading.matches] == ["Färben Kurzhaar", "Färben Langhaar"]
    variants = [ServiceEntry(n, n) for n in ("Herrenschnitt Classic", "Herrenschnitt Premium", "Dauerwelle")]
    assert len(understand_service("Herrenschnitt", variants).matches) == 2
    assert understand_service("Herrenschnitt Premium", variants).decision == "match"


def test_says_which_words_it_read() -> None:
    reading = understand_service("am Montag eine Balla yasch", SALON)
    assert reading.matches[0].matched_text == "balla yasch"


def test_never_offers_a_service_for_other_people() -> None:
    only_women = [ServiceEntry("damen", "Damenschnitt"), ServiceEntry("farbe", "Färben")]
    assert understand_service("Herrenschnitt", only_women).decision == "none"


def test_an_empty_catalogue_matches_nothing() -> None:
    assert understand_service("Herrenschnitt", ()).decision == "none"


def test_the_catalogue_keeps_its_order_for_equals() -> None:
    reading = understand_service("Haarschnitt", SALON)
    assert [match.entry.key for match in reading.matches] == ["herren", "damen", "kinder"]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=120))
def test_no_text_is_an_exception(text: str) -> None:
    reading = understand_service(text, SALON)
    assert all(0.0 <= match.confidence <= 1.0 for match in reading.matches)


def test_only_a_short_prefix_of_a_long_text_is_read() -> None:
    assert understand_service("x" * 100_000 + " Herrenschnitt", SALON).decision == "none"
    assert understand_service("Herrenschnitt " * 10_000, SALON).decision == "match"
