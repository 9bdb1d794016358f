"""A prepared catalogue, the question that is asked, and the calibrated confidence."""

from __future__ import annotations

import dataclasses

import pytest
from bench.calibration import fit, held_out, samples, tables
from bench.service_set import calibration_error
from hypothesis import given, settings
from hypothesis import strategies as st

from zusage.language.german._service_calibration import PARTLY, TABLE, between, calibrated
from zusage.language.german.services import prepare, understand_service
from zusage.language.reading import ServiceEntry

FEW = (ServiceEntry("a", "Ölwechsel", "Wartung"), ServiceEntry("b", "Reifenwechsel", "Räder"))
MANY = tuple(ServiceEntry(str(n), f"Anwendung Nummer {n}", f"Gruppe {n % 3}") for n in range(1, 12))


def test_a_prepared_catalogue_and_its_entries_answer_alike() -> None:
    ready = prepare(FEW)
    for text in ("Öl wechseln", "Wechsel", "Haarschnitt", ""):
        assert understand_service(text, ready) == understand_service(text, FEW)
        assert understand_service(text, list(FEW)) == understand_service(text, FEW)


def test_a_prepared_catalogue_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(prepare(FEW), "entries", ())  # noqa: B010


def test_a_match_asks_nothing() -> None:
    assert understand_service("Ölwechsel", FEW).question == ""


def test_asks_between_the_candidates() -> None:
    reading = understand_service("Ölwechsel oder Reifenwechsel", FEW)
    assert reading.question == "Meinen Sie Ölwechsel oder Reifenwechsel?"


def test_names_the_services_where_they_are_few() -> None:
    assert "Ölwechsel und Reifenwechsel" in understand_service("Pizza", FEW).question
    assert "leider nicht" not in understand_service("Ich hätte gern einen Termin", FEW).question


def test_names_the_categories_where_there_are_many_services() -> None:
    question = understand_service("Ich möchte einen Termin", MANY).question
    assert "Gruppe 1, Gruppe 2 und Gruppe 0" in question
    assert "Anwendung" not in question


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.lists(st.text(max_size=25), max_size=5))
def test_no_text_and_no_catalogue_is_an_exception(text: str, names: list[str]) -> None:
    catalogue = [ServiceEntry(str(n), name, name[1:], (name[::-1],)) for n, name in enumerate(names)]
    reading = understand_service(text, catalogue)
    assert all(0.0 <= match.confidence <= 1.0 for match in reading.matches)
    assert bool(reading.question) == (reading.decision != "match")


def test_a_word_of_a_category_beside_a_service_says_no_more_of_it() -> None:
    photos = (ServiceEntry("a", "Passfoto", "Ausweis"), ServiceEntry("b", "Familienfoto", "Ausflug"))
    reading = understand_service("ein Passfoto für den Ausweis", photos)
    assert [match.entry.key for match in reading.matches] == ["a"]
    assert reading.decision == "match"


def test_says_whether_something_was_named_that_is_not_here() -> None:
    assert understand_service("Pizza", FEW).unknown
    assert not understand_service("Guten Tag, hier ist Anna", FEW).unknown
    assert not understand_service("Kann mein Sohn draußen warten?", FEW).unknown


@pytest.mark.parametrize("partly", [True, False])
def test_confidence_never_falls_with_the_score(*, partly: bool) -> None:
    told = [calibrated(score / 100, partly=partly) for score in range(101)]
    assert told == sorted(told)
    assert told[0] == 0.0
    assert 0.99 < told[-1] <= 1


def test_the_tables_are_those_that_the_utterances_give() -> None:
    assert tables(samples()) == (TABLE, PARTLY)


def test_a_table_is_level_beyond_its_ends() -> None:
    table = ((0.2, 0.1), (0.6, 0.9))
    assert [between(table, score) for score in (0.0, 0.4, 1.0)] == [0.1, 0.5, 0.9]


def test_pools_what_would_fall() -> None:
    told = [(0.55, True), (0.56, True), (0.75, False), (0.76, True), (1.0, True)]
    heights = [height for _, height in fit(told)]
    assert heights == sorted(heights)


def test_confidence_is_as_often_right_as_it_says_on_what_it_has_not_seen() -> None:
    assert calibration_error(held_out(samples())) < 0.05
