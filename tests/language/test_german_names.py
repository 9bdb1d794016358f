"""Names: a labelled set of what callers and models say, the rules one by one, and any text at all."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zusage.language.german import Name, NoName, question, understand_name

DATA = Path(__file__).parents[1] / "data" / "names.jsonl"
CASES = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
SURE_ENOUGH = 0.98


def _full(text: str) -> str | None:
    name = understand_name(text)
    return name.full if isinstance(name, Name) else None


def _is_right(case: dict[str, Any]) -> bool:
    name = understand_name(case["text"])
    if isinstance(name, NoName):
        return case["full"] is None and case.get("reason", name.reason) == name.reason
    return (name.full, name.given, name.family) == (case["full"], case.get("given"), case.get("family"))


def test_the_labelled_names_are_read_as_labelled() -> None:
    wrong = [case["text"] for case in CASES if not _is_right(case)]
    negatives = [case for case in CASES if case["full"] is None]
    assert len(CASES) >= 150
    assert len(negatives) >= 40
    assert len(wrong) <= (1 - SURE_ENOUGH) * len(CASES), wrong


def test_no_labelled_negative_becomes_a_name() -> None:
    assert [case["text"] for case in CASES if case["full"] is None and _full(case["text"])] == []


@pytest.mark.parametrize(
    ("text", "full", "sure"),
    [
        ("mein Name ist Sabine Müller", "Sabine Müller", True),
        ("Koch", "Koch", False),
        ("Xyloph", "Xyloph", False),
        ("Weber", "Weber", True),
        ("M wie Martha, ehm wie Anton, I, E, R", "Maier", False),
        ("B wie Paula, A, U, L", "Paul", False),
    ],
)
def test_what_may_be_something_else_is_not_sure(text: str, full: str, sure: bool) -> None:
    name = understand_name(text)
    assert isinstance(name, Name)
    assert (name.full, name.sure) == (full, sure)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [("Müller", False), ("M Ü L L E R", True), ("Schmidt mit dt", True), ("Anna M. Weber", False)],
)
def test_what_was_spelled_is_marked(text: str, spelled: bool) -> None:
    name = understand_name(text)
    assert isinstance(name, Name)
    assert name.spelled == spelled


@pytest.mark.parametrize(
    ("text", "reason", "key"),
    [
        ("", "nothing_said", "name.ask"),
        ("{{name}}", "nothing_said", "name.ask"),
        ("guten Tag", "no_name", "name.ask"),
        ("das sage ich nicht", "refused", "name.ask"),
        ("M wie Martha, Ü wie Nordpol, L wie Ludwig", "not_understood", "name.repeat"),
        ("M L L R", "not_understood", "name.repeat"),
        ("Schmidt mit d", "spelling", "name.spell"),
    ],
)
def test_what_gives_no_name_gives_the_question_to_ask(text: str, reason: str, key: str) -> None:
    assert understand_name(text) == NoName(reason, question(key), key)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "spelling",
    [
        (
            "Anton Berta Cäsar Dora Emil Friedrich Gustav Heinrich Ida Julius Kaufmann Ludwig Martha Nordpol Otto Paula "
            "Quelle Richard Samuel Theodor Ulrich Viktor Wilhelm Xanthippe Ypsilon Zacharias"
        ),
        (
            "Aachen Berlin Chemnitz Düsseldorf Essen Frankfurt Goslar Hamburg Ingelheim Jena Köln Leipzig München Nürnberg "
            "Offenbach Potsdam Quickborn Rostock Salzwedel Tübingen Unna Völklingen Wuppertal Xanten Ypsilon Zwickau"
        ),
        (
            "Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa Quebec Romeo "
            "Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu"
        ),
        "a be ce de e eff ge ha i jott ka ell emm enn o pe ku err ess te u vau we ix ypsilon zett",
        "A B C D E F G H I J K L M N O P Q R S T U V W X Y Z",
    ],
)
def test_every_alphabet_is_known_to_its_end(spelling: str) -> None:
    assert _full(f"ich buchstabiere: {spelling}") == "Abcdefghijklmnopqrstuvwxyz"


_OLD = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyzäöü",
        [
            "Anton",
            "Berta",
            "Cäsar",
            "Dora",
            "Emil",
            "Friedrich",
            "Gustav",
            "Heinrich",
            "Ida",
            "Julius",
            "Kaufmann",
            "Ludwig",
            "Martha",
            "Nordpol",
            "Otto",
            "Paula",
            "Quelle",
            "Richard",
            "Siegfried",
            "Theodor",
            "Ulrich",
            "Viktor",
            "Wilhelm",
            "Xanthippe",
            "Ypsilon",
            "Zacharias",
            "Ärger",
            "Ökonom",
            "Übermut",
        ],
        strict=True,
    )
)
_SYLLABLES = st.lists(
    st.sampled_from("ba be bi ko lu mü ner sch tel wag möl zi ran quel dör fritz pa ve".split()),  # noqa: SIM905
    min_size=2,
    max_size=5,
).map(lambda parts: "".join(parts) + "en")


@settings(max_examples=150, deadline=None)
@given(_SYLLABLES)
def test_whatever_is_spelled_is_written_letter_for_letter(word: str) -> None:
    expected = word.capitalize()
    assert _full("ich buchstabiere: " + ", ".join(word)) == expected
    assert _full(f"Nachname {' '.join(word)}") == expected
    assert _full(", ".join(f"{letter} wie {_OLD[letter]}" for letter in word)) == expected
    assert _full("ich buchstabiere: " + " ".join(_OLD[letter] for letter in word)) == expected


_TALK = st.sampled_from(
    [
        "mein",
        "name",
        "ist",
        "Müller",
        "Anna",
        ",",
        ".",
        "ich",
        "heiße",
        "buchstabiere",
        "M",
        "wie",
        "Martha",
        "ü",
        "ell",
        "mit",
        "dt",
        "ohne",
        "h",
        "doppel",
        "Herr",
        "Dr.",
        "Vorname",
        "Nachname",
        "nein",
        "sondern",
        "und",
        "von",
        "der",
        "bei",
        "bitte",
        "14",
        "Uhr",
        "{{x}}",
        "-",
        "'",
        "@",
        "null",
        "sage",
        "nicht",
        "Frau",
        "zwei",
        "Emil",
        "Richard",
        "Ludwig",
        "scharfes",
        "s",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_TALK, max_size=40).map(" ".join) | st.text(max_size=600))
def test_any_text_gives_one_printable_name_or_a_question(text: str) -> None:
    name = understand_name(text)
    if isinstance(name, NoName):
        assert name.question.endswith("?")
        return
    assert 0 < len(name.full) <= 150
    assert name.full.isprintable()
    assert name.given or name.family


@pytest.mark.parametrize(
    "part",
    [
        "A",
        "A ",
        "a-",
        "M wie ",
        "mit ",
        "nein ",
        "Müller, ",
        "von ",
        "doppel ",
        "Martha ",
        "mein Name ist ",
        "'",
        "🙂",
        "\u0300",
    ],
)
def test_the_longest_texts_are_read_in_bounded_time(part: str) -> None:
    understand_name("warm")
    begun = time.perf_counter()
    short = understand_name((part * 500)[:500])
    long = understand_name(part * 200_000)
    assert time.perf_counter() - begun < 1
    assert isinstance(short, Name | NoName)
    assert isinstance(long, NoName)


@pytest.mark.parametrize("text", ["bei Anna", "zu Ben", "mit Anna bitte", "beim Cem"])
def test_incident_55_who_shall_serve_is_not_who_books(text: str) -> None:
    assert isinstance(understand_name(text), NoName)


@pytest.mark.parametrize("text", ["bei Anna, mein Name ist Schmidt", "mein Name ist Schmidt, bei Anna bitte"])
def test_incident_55_beside_a_member_of_staff_the_introduced_name_counts(text: str) -> None:
    assert _full(text) == "Schmidt"


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("Karl Theodor von und zu Guttenberg", "Karl Theodor von und zu Guttenberg"),
        ("mein Name ist von und zu Guttenberg", "von und zu Guttenberg"),
        ("karl von und zu weiler", "Karl von und zu Weiler"),
        ("Karl von und", "Karl"),
        ("Anna von der", "Anna"),
        ("Luis de la", "Luis"),
        ("Sophie von zu Hause", "Sophie"),
    ],
)
def test_particles_are_one_chain_and_never_end_a_name(text: str, full: str) -> None:
    assert _full(text) == full


@pytest.mark.parametrize(
    "text",
    [
        "auf meinen Mann",
        "mein Mann",
        "auf den Namen meines Mannes",
        "für unsere Oma",
        "auf deinen Freund",
        "für meinen Sohn",
    ],
)
def test_a_relation_is_nobody_s_name(text: str) -> None:
    assert isinstance(understand_name(text), NoName)


@pytest.mark.parametrize(
    ("text", "full"),
    [("Heinrich Mann", "Heinrich Mann"), ("für meinen Mann Karl Meier", "Karl Meier"), ("auf Mann", "Mann")],
)
def test_a_name_may_be_a_relation_s_word_or_stand_behind_one(text: str, full: str) -> None:
    assert _full(text) == full
