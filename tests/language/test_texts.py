"""The catalogue of texts: every text of it, in both addresses, with whatever its fields may hold."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

import zusage.inbound.voice
from zusage.core.values import Money
from zusage.language.german import Speech, question, speak
from zusage.language.german.speak import Here, SpokenOffer
from zusage.language.german.texts import TEXTS
from zusage.language.reading import Reason, Unclear, When
from zusage.language.settings import Address, SpeechSettings
from zusage.language.texts import fields_of, fill

BERLIN = ZoneInfo("Europe/Berlin")
HERE = Here(datetime(2026, 11, 24, 10, tzinfo=BERLIN), "Europe/Berlin")
FRIDAY = datetime(2026, 11, 27, 14, 30, tzinfo=BERLIN)
HOSTILE = (
    "An\x00na\r\n <b>x</b>\u202e\u2028 ${jndi} & Söhne",
    "{service} {when} {0.__class__} %s %(x)s",
    "Schnitt 6-12 J. ca. 14:30 *gratis* 100% 5€",
    "., , . - ?!",
    "\u0301\u200b🎉✂️",
    "x" * 5_000,
    "Анна",
    "Frau Müller-Lüdenscheidt",
)
ADDRESSES: tuple[Address, ...] = get_args(Address)
_SIE = re.compile(r"\b(?:Sie|Ihnen|Ihr|Ihre[nmrs]?)\b")
_DU = re.compile(r"\b(?:[Dd]u|[Dd]ir|[Dd]ich|[Dd]ein(?:e[nmrs]?)?)\b")
_SAYS_BOOKED = re.compile(r"\b(?:gebucht|eingetragen|bestätigt|vereinbart|reserviert)\b")
_COLON_BEFORE_A_LIST = re.compile(r"(?:gebucht|geschlossen):")
VOICE = Path(zusage.inbound.voice.__file__).parent


def arguments(name: str, offers: int) -> dict[str, Any]:
    """An argument for every parameter of every sentence; `offers` is also how many people or services there are."""
    several = [name, "Färben", "Ben"][:offers]
    return {
        "here": HERE,
        "start": FRIDAY,
        "earliest": FRIDAY,
        "latest": FRIDAY,
        "offers": [SpokenOffer(FRIDAY + timedelta(minutes=45 * n), name) for n in range(offers)],
        "neighbours": [FRIDAY + timedelta(minutes=15 * n) for n in range(offers)],
        "price": Money(2050),
        "seconds": 120,
        "minutes": 90,
        "wishes": [When(FRIDAY + timedelta(hours=n), None, "instant", "minute") for n in range(3)],
        "unclear": Unclear("past", question("when.past")),
        **dict.fromkeys(("candidates", "choices", "categories", "names", "able"), several),
        **dict.fromkeys(("service", "staff", "name", "note", "company", "customer"), name),
    }


@dataclass(frozen=True)
class Heard(Speech):
    """A speech that remembers which texts it was asked for."""

    keys: set[str] = field(default_factory=set)

    def say(self, key: str, **fields: str) -> str:
        self.keys.add(key)
        return super().say(key, **fields)


METHODS = sorted(
    name
    for name, _ in inspect.getmembers(Speech, inspect.isfunction)
    if not name.startswith("_") and name != "say"
)


def spoken(speech: Speech, method: str) -> Iterator[str]:
    """The sentence with each hostile name, with and without what is optional, for none to three offers."""
    function = getattr(speech, method)
    parameters = inspect.signature(function).parameters.values()
    for name in HOSTILE:
        for offers in range(4):
            given = arguments(name, offers) | {"services": [name, "Färben"] * (1 if offers < 3 else 5)}
            for price, price_from, whole_day in ((2050, True, True), (2050, False, False), (0, False, True)):
                given |= {"price": Money(price), "price_from": price_from, "whole_day": whole_day}
                given["unsure"] = whole_day
                for wanted in (parameters, [p for p in parameters if p.default is p.empty]):
                    yield function(
                        *(given[p.name] for p in wanted if p.kind is p.POSITIONAL_OR_KEYWORD),
                        **{p.name: given[p.name] for p in wanted if p.kind is p.KEYWORD_ONLY},
                    )


def assert_clean(line: str) -> None:
    """One line that a voice reads as it is meant."""
    assert line.isprintable()
    assert line == " ".join(line.split())
    assert line[0].isupper() or not line[0].isalpha()
    assert line[-1] in ".?!"
    assert not re.search(r"[<>{}\[\]$&€%*_#|\\/:;=^~@„“\"()]", _COLON_BEFORE_A_LIST.sub("", line)), line
    assert not re.search(r"\d[.:,-]\d|\bca\.|\bz\.|\bbzw\b|\bMin\b|\bStd\b|\binkl\b", line), line
    assert not re.search(r" [,.?!:]|,[,.?!:]|[.?!] [a-zäöü]", line), line


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", METHODS)
def test_every_sentence_is_one_clean_line_with_two_offers_at_most(method: str, address: Address) -> None:
    for line in spoken(Speech(SpeechSettings(address)), method):
        assert_clean(line)
        assert len(re.findall(r"\bum \d", line)) <= 3
        assert len(re.findall(r"\bum \d", line.rpartition("etwas frei")[0].rpartition(".")[2])) <= 2


@pytest.mark.parametrize("method", METHODS)
def test_incident_59_only_a_booking_says_that_it_is_booked(method: str) -> None:
    line = next(iter(spoken(Speech(), method)))
    assert bool(_SAYS_BOOKED.search(line)) == (method in {"booked", "already_booked"})


def test_every_text_is_said_by_some_sentence_or_asked_by_the_understanding() -> None:
    heard = Heard()
    for method in METHODS:
        assert all(spoken(heard, method))
    asked = {key for key in TEXTS if key.partition(".")[0] in {"when", "name", "filler"}}
    assert set(TEXTS) == heard.keys | asked


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("key", sorted(TEXTS))
def test_every_text_is_clean_whatever_its_fields_hold(key: str, address: Address) -> None:
    text = TEXTS[key]
    for name in HOSTILE:
        value = speak.plain(name) or "Anna"
        full = question(key, address, **dict.fromkeys(text.fields, value))
        bare = question(
            key, address, **{field: value if field in text.needs else "" for field in text.fields}
        )
        for line in (full, bare):
            assert "{" not in line
            assert_clean(f"Das {line}." if text.phrase else line)


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_each_address_has_its_own_words_and_the_same_fields(key: str) -> None:
    text = TEXTS[key]
    assert not _DU.search(text.formal)
    assert bool(_SIE.search(text.formal)) == (text.familiar is not None)
    if text.familiar is not None:
        assert _DU.search(text.familiar) or "sprich" in text.familiar
        assert not _SIE.search(text.familiar)
        assert set(fields_of(text.familiar)) == set(text.fields)
    assert text.needs <= set(text.fields)


def test_keys_can_be_nested_in_a_toml_file() -> None:
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", key) for key in TEXTS)


@pytest.mark.parametrize("reason", get_args(Reason))
def test_every_reason_to_be_unclear_has_its_question(reason: Reason) -> None:
    fields = dict.fromkeys(TEXTS[f"when.{reason}"].fields, "Montag oder Dienstag")
    assert "?" in question(f"when.{reason}", **fields)


def test_a_field_is_never_read_as_a_template() -> None:
    assert fill("Hallo {name}.", {"name": "{name} {x.__class__}"}) == "Hallo {name} {x.__class__}."
    with pytest.raises(KeyError):
        fill("Hallo {name}.", {})


def test_a_value_at_the_begin_of_a_sentence_gets_a_capital() -> None:
    template = "{when} geht es. {when} auch. Es ist {when} frei, {price}."
    said = fill(template, {"when": "heute", "price": ""})
    assert said == "Heute geht es. Heute auch. Es ist heute frei."


GERMAN = re.compile(
    r"\b(?:ich|Sie|Ihnen|der|die|das|den|dem|ist|nicht|und|oder|haben|leider|bitte|wie|was|wann|welche[rns]?|kann|uns|"
    r"Ihr|Termin|Zeit|Moment|gibt|einen?|für|bei|auf|noch)\b"
)


def german_literals(source: str) -> list[str]:
    """String literals with two German words and a blank, but for docstrings, patterns, and what describes a tool."""
    tree = ast.parse(source)
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            skipped |= {node.value}
        if isinstance(node, ast.keyword) and node.arg == "description":
            skipped |= set(ast.walk(node.value))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_words":
            skipped |= {inner for argument in node.args for inner in ast.walk(argument)}
        if isinstance(node, ast.Dict):
            named = zip(node.keys, node.values, strict=True)
            skipped |= {
                value for key, value in named if isinstance(key, ast.Constant) and key.value == "description"
            }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in skipped
        if " " in node.value.strip() and "\\" not in node.value and len(GERMAN.findall(node.value)) >= 2
    ]


def test_no_sentence_is_written_outside_the_catalogue() -> None:
    found = {path.name: german_literals(path.read_text(encoding="utf-8")) for path in VOICE.rglob("*.py")}
    assert len(found) > 15
    assert {name: literals for name, literals in found.items() if literals} == {}


def test_the_search_for_sentences_finds_one() -> None:
    source = (
        'def f(n):\n    """Was ist das für ein Text?"""\n    return f"Das haben wir leider nicht, {n}."\n'
    )
    assert german_literals(source) == ["Das haben wir leider nicht, "]
    assert german_literals('X = Spec(filler="Einen Moment bitte.", description="Was ist das")') == [
        "Einen Moment bitte."
    ]
