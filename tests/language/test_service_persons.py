"""Whom a service is for, and when somebody who is named is a wish of his own."""

from __future__ import annotations

import time

import pytest
from bench.service_set import catalogues

from zusage.language.german import prepare, understand_service
from zusage.language.reading import ServiceEntry


def named(*names: str) -> tuple[ServiceEntry, ...]:
    return tuple(ServiceEntry(name, name, "") for name in names)


FEW = prepare(named("Damenhaarschnitt", "Herrenhaarschnitt", "Färben"))
BARBER = prepare(named("Herrenhaarschnitt", "Bart trimmen", "Nassrasur", "Kinderhaarschnitt"))
SALON = prepare(catalogues()["salon"])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Damen und dann noch färben", ["Damenhaarschnitt", "Färben"]),
        ("Herren und Färben bitte", ["Herrenhaarschnitt", "Färben"]),
        ("Färben und Damen", ["Färben", "Damenhaarschnitt"]),
        ("Damen und Herren", ["Damenhaarschnitt", "Herrenhaarschnitt"]),
        ("Färben, für Damen", ["Färben"]),
        ("für meine Frau einmal färben", ["Färben"]),
        ("Färben und Schneiden für Damen", ["Färben", "Damenhaarschnitt"]),
    ],
)
def test_somebody_beside_a_service_is_a_wish_or_whom_it_is_for(text: str, wanted: list[str]) -> None:
    reading = understand_service(text, FEW)
    assert (reading.decision, [one.entry.name for one in reading.matches]) == ("match", wanted)


def test_words_beyond_a_service_leave_some_doubt() -> None:
    assert understand_service("Damen färben", FEW).matches[0].confidence < 1
    assert understand_service("Damen, Färben", FEW).decision == "ask"
    assert {one.entry.name for one in understand_service("Damen, Färben", FEW).matches} == {
        "Damenhaarschnitt",
        "Färben",
    }


def test_a_trade_of_persons_takes_both_wishes() -> None:
    reading = understand_service("Herren und Bart", SALON)
    assert [one.entry.name for one in reading.matches] == ["Herrenhaarschnitt", "Bart trimmen"]
    assert understand_service("Waschen, Schneiden, Föhnen, Damen", SALON).decision == "match"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("eine für mich und eine für meinen Mann", {"Herrenhaarschnitt", "Damenhaarschnitt"}),
        ("für meine Frau und mich", {"Damenhaarschnitt", "Herrenhaarschnitt"}),
        ("für mich und meine Frau", {"Damenhaarschnitt", "Herrenhaarschnitt"}),
    ],
)
def test_who_wants_one_as_well_is_asked_which(text: str, asked: set[str]) -> None:
    reading = understand_service(text, FEW)
    assert (reading.decision, {one.entry.name for one in reading.matches}) == ("ask", asked)


def test_the_caller_beside_a_child_is_asked_between_what_there_is_for_both() -> None:
    question = understand_service("für mich und meine Tochter", SALON).question
    assert question == "Meinen Sie Kinderhaarschnitt, Damenhaarschnitt oder Herrenhaarschnitt?"


def test_short_halves_of_a_name_are_known_alone() -> None:
    for text in ("ich würd mich gern nass rasieren lassen", "nass rasieren", "eine Rasur, nass"):
        assert [one.entry.name for one in understand_service(text, BARBER).matches] == ["Nassrasur"], text


def test_a_name_beside_what_the_caller_does_not_know_is_meant() -> None:
    physio = prepare(catalogues()["physio"])
    for rest in ("die Dauer weiß ich gerade nicht", "wie lange weiß ich nicht"):
        found = understand_service(f"manuelle Lymphdrainage, {rest}", physio)
        assert {one.entry.name.split()[0] for one in found.matches} == {"Manuelle"}, found


@pytest.mark.parametrize("piece", ["haarschnitt und ", "färben, ", "mann und frau "])
def test_many_wishes_take_little_longer_than_few(piece: str) -> None:
    def took() -> float:
        begun = time.process_time()
        understand_service(piece * 40, SALON)
        return time.process_time() - begun

    assert min(took() for _ in range(5)) < 0.015
