"""What the rehearsing agent decides after a sentence, and what it learns from an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zusage.inbound.voice.retell.definitions import tool_definitions
from zusage.sandbox.demo import load_demo_companies
from zusage.sandbox.talk import shop_of
from zusage.sandbox.talk._dialogue import Call, Move, Say, State, decide, learn
from zusage.sandbox.talk._listening import listen
from zusage.sandbox.talk._texts import BOOKED_STAYS, NOT_UNDERSTOOD, WHICH

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
COMPANY = load_demo_companies()[0]
SHOP = shop_of(COMPANY, COMPANY.branches[0])
OFFERS: tuple[dict[str, Any], ...] = (
    {"n": 1, "start": "2026-11-20T13:00:00+01:00"},
    {"n": 2, "start": "2026-11-20T15:00:00+01:00"},
    {"n": 3, "start": "2026-11-21T10:00:00+01:00"},
)
_STILL_HELD = "Frei gehalten ist die Zeit am Freitag um 15 Uhr. Soll sie so eingetragen werden, ja oder nein?"
OPEN = State()
OFFERED = State("offers", service="Damenschnitt", when="am freitag", offers=OFFERS)
HELD = State(
    "held",
    service="Damenschnitt",
    when="freitag um drei",
    hold="tok",
    start=datetime.fromisoformat(OFFERS[1]["start"]),
)


def after(state: State, text: str) -> Move:
    return decide(state, listen(text, SHOP, now=NOW, anchor=state.anchor))


def called(state: State, text: str) -> tuple[str, dict[str, Any]]:
    move = after(state, text)
    assert isinstance(move, Call), move
    return move.tool, dict(move.args)


def said(state: State, text: str) -> str:
    move = after(state, text)
    assert isinstance(move, Say), move
    return move.text


def test_the_shop_is_the_branch_that_is_rung() -> None:
    passau = load_demo_companies()[1]
    there = shop_of(passau, passau.branches[1])
    assert "Keratin-Behandlung" not in {entry.name for entry in there.services}
    assert there.staff == ("Korbinian Auer", "Magdalena Lang")


def test_service_time_and_staff_are_taken_from_one_sentence() -> None:
    tool, args = called(OPEN, "Guten Tag, ich hätte gern einen Damenschnitt am Freitag um drei bei Jonas.")
    assert tool == "check_availability"
    assert ("Damenschnitt" in args["service"], args["staff"]) == (True, "Jonas Keller")
    assert "freitag" in args["when"].lower()


def test_a_bare_wish_calls_the_tool_which_then_asks() -> None:
    assert called(OPEN, "Ich möchte einen Termin.") == ("check_availability", {})
    assert called(State("when", service="Damenschnitt"), "Weiß noch jemand anders.") == (
        "check_availability",
        {"service": "Damenschnitt", "when": "Weiß noch jemand anders."},
    )


def test_what_fits_no_service_is_left_to_the_tool_once_it_has_asked() -> None:
    assert called(State("service"), "Einmal Pediküre") == (
        "check_availability",
        {"service": "Einmal Pediküre"},
    )
    assert said(OPEN, "Blablabla") == NOT_UNDERSTOOD


def test_a_question_between_services_is_answered_by_what_tells_them_apart() -> None:
    asked = State("service", choices=("Schnitt Classic", "Schnitt Premium", "Schnitt mit Bart"))
    assert called(asked, "Premium bitte")[1] == {"service": "Schnitt Premium"}
    assert called(asked, "mit dem Bart")[1] == {"service": "Schnitt mit Bart"}
    assert called(asked, "Einen davon.")[1] == {"service": "Einen davon."}
    categories = State("service", choices=("Schnitt", "Bart"))
    assert called(categories, "Bart trimmen")[1] == {"service": "Bart trimmen"}


def test_nothing_is_lost_that_was_said_before_a_question() -> None:
    tool, args = called(State("when", service="Damenschnitt", staff="Jonas Keller"), "am Freitag")
    assert tool == "check_availability"
    assert (args["service"], args["staff"]) == ("Damenschnitt", "Jonas Keller")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("das erste", 1),
        ("Den zweiten bitte.", 2),
        ("Vorschlag drei", 3),
        ("den um drei", 2),
        ("um 13 Uhr passt", 1),
        ("lieber am Samstag", 3),
        ("den früheren", 1),
        ("dann den späteren", 2),
        ("nein, lieber um fünfzehn Uhr", 2),
    ],
)
def test_an_offer_is_chosen_by_its_number_its_time_or_by_comparison(text: str, number: int) -> None:
    assert called(OFFERED, text) == ("check_availability", {"offer": number})


def test_an_unclear_choice_is_asked_about() -> None:
    assert said(OFFERED, "Ja, gern.") == WHICH
    assert called(State("offers", offers=OFFERS[:1]), "Ja, gern.") == ("check_availability", {"offer": 1})


def test_none_of_the_offers_leads_to_another_time() -> None:
    tool, args = called(OFFERED, "Am Dienstag um neun wäre besser.")
    assert (tool, args["service"]) == ("check_availability", "Damenschnitt")
    assert "dienstag" in args["when"].lower()
    assert called(OFFERED, "Nein, leider nicht.") == ("check_availability", {"service": "Damenschnitt"})
    assert called(OFFERED, "Haben Sie noch andere Zeiten?")[0] == "get_alternatives"


@pytest.mark.parametrize(
    "text", ["Ja, das passt.", "Ja gern, Freitag um drei ist gut.", "Ja bitte eintragen", "Ja, warum nicht."]
)
def test_a_yes_books_what_is_held(text: str) -> None:
    assert called(HELD, text) == ("book_appointment", {"hold": "tok"})


def test_a_yes_with_a_name_books_for_that_name() -> None:
    assert called(HELD, "Ja, auf den Namen Erika Sommer.") == (
        "book_appointment",
        {"name": "Erika Sommer", "hold": "tok"},
    )
    assert called(HELD, "Ja, das passt. Mein Name ist Erika Sommer.")[1]["name"] == "Erika Sommer"


def test_another_time_or_service_or_person_is_checked_before_anything_is_booked() -> None:
    for text in (
        "Ja, aber lieber um vier.",
        "Doch lieber am Samstag um zehn.",
        "Können wir auf Samstag verlegen?",
    ):
        assert called(HELD, text)[0] == "check_availability"
    assert called(HELD, "Ja, aber lieber bei Jonas.")[1]["staff"] == "Jonas Keller"
    assert "Herrenschnitt" in called(HELD, "Lieber einen Herrenschnitt")[1]["service"]
    for text in ("Hm, ja, aber.", "Ja, nein.", "Moment mal."):
        assert said(HELD, text) == _STILL_HELD


def test_a_yes_after_a_question_about_another_time_books_nothing_unasked() -> None:
    asked = learn(HELD, {"status": "ask_when", "data": {"reason": "no_anchor", "readings": []}})
    move = after(asked, "Genau, auf den Namen Erika Sommer.")
    assert isinstance(move, Say)
    assert (move.text, move.state and move.state.stage) == (_STILL_HELD, "held")
    assert move.state is not None
    assert called(move.state, "Ja.")[1] == {"name": "Erika Sommer", "hold": "tok"}


@pytest.mark.parametrize("text", ["Nein, doch nicht.", "Bitte stornieren Sie das wieder.", "Nein danke."])
def test_a_no_gives_the_held_time_back(text: str) -> None:
    assert called(HELD, text) == ("release_hold", {"hold": "tok"})


@pytest.mark.parametrize(
    "text",
    [
        "Könnte ich nicht am Dienstag um zehn kommen?",
        "Ja gern, aber könnte ich nicht am Dienstag um zehn kommen?",
        "Haben Sie nicht auch am Samstag was?",
        "Könnte ich nicht etwas später kommen?",
        "Nein, nicht um drei, um vier.",
        "Nein, Freitag geht nicht.",
        "Lieber doch nicht am Freitag.",
        "Ja, aber nicht am Freitag.",
    ],
)
def test_a_sentence_that_names_another_time_asks_for_it_and_gives_nothing_back(text: str) -> None:
    for stage in ("held", "name", "open"):
        tool, args = called(replace(HELD, stage=stage), text)
        assert (tool, bool(args["when"])) == ("check_availability", True), stage


@pytest.mark.parametrize(
    "text",
    [
        "Stornieren Sie den Termin am Dienstag um zehn.",
        "Bitte nicht stornieren!",
        "Nein, nicht absagen.",
        "Das weiß ich nicht.",
        "Ich bin mir nicht sicher.",
        "Kann ich nicht?",
        "Nein, um drei ist gut.",
        "Könnte ich nicht am Freitag um drei kommen?",
    ],
)
def test_what_is_held_stays_where_it_is_not_clearly_given_back(text: str) -> None:
    assert said(HELD, text) == _STILL_HELD


def test_no_offer_is_chosen_by_refusing_others_or_by_cancelling() -> None:
    assert called(OFFERED, "Nein, Freitag geht nicht.")[1]["when"] == "Nein, Freitag geht nicht."
    assert called(OFFERED, "Stornieren Sie den Termin am Freitag um drei.")[0] == "release_hold"
    assert said(OFFERED, "Bitte nicht absagen!") == NOT_UNDERSTOOD


def test_the_earlier_of_two_offers_is_earlier_whichever_was_named_first() -> None:
    turned = State("offers", service="Damenschnitt", offers=(OFFERS[1], OFFERS[0]))
    assert called(turned, "den früheren") == ("check_availability", {"offer": 1})
    assert called(turned, "den späteren") == ("check_availability", {"offer": 2})


def test_incident_58_each_intent_reaches_its_tool() -> None:
    reached = {
        called(OPEN, "Ich hätte gern einen Termin.")[0],
        called(OPEN, "Was kostet ein Damenschnitt?")[0],
        called(OFFERED, "Haben Sie noch andere Zeiten?")[0],
        called(HELD, "Ja, bitte eintragen.")[0],
        called(HELD, "Nein, doch nicht.")[0],
    }
    defined = {str(each["name"]) for each in tool_definitions("https://voice.example.com")}
    # The first one is called when the receiver is lifted.
    assert reached == defined - {"initialize_call"}


def test_moving_what_is_held_asks_for_the_new_time() -> None:
    assert called(HELD, "Den müssten wir verschieben.") == ("check_availability", {"service": "Damenschnitt"})


def test_what_is_booked_is_never_said_to_be_moved_or_cancelled() -> None:
    booked = State("booked", name="Erika Sommer")
    assert said(booked, "Ich möchte den Termin absagen.") == BOOKED_STAYS
    assert said(booked, "Können wir ihn verschieben?") == BOOKED_STAYS
    assert "Herrenschnitt" in called(booked, "Und noch ein Herrenschnitt morgen um zehn.")[1]["service"]


def test_the_name_that_was_asked_for_goes_to_the_tool_as_it_was_said() -> None:
    state = State("name", service="Damenschnitt", hold="tok")
    assert called(state, "Erika Sommer") == ("book_appointment", {"name": "Erika Sommer", "hold": "tok"})
    assert called(state, "mir nicht")[1]["name"] == "mir nicht"


def test_a_consultation_is_looked_for_when_it_is_wished() -> None:
    state = State("consultation", service="Balayage", when="am freitag")
    assert called(state, "Ja, gern.") == ("check_availability", {"service": "Beratung", "when": "am freitag"})


def test_prices_come_from_the_tool() -> None:
    tool = "get_available_services"
    assert called(OPEN, "Was kostet das bei Ihnen?") == (tool, {})
    for state in (OFFERED, HELD):
        assert called(state, "Was kostet das?") == (tool, {"category": "Damenschnitt"})


def test_goodbye_ends_the_call_but_not_before_a_yes_is_booked() -> None:
    move = after(OFFERED, "Danke, auf Wiederhören!")
    assert isinstance(move, Say)
    assert move.over
    assert called(HELD, "Ja, bitte eintragen, auf Wiederhören!")[0] == "book_appointment"


def test_answers_change_what_stands() -> None:
    held = learn(
        OFFERED,
        {"status": "held", "data": {"hold": {"token": "t2"}, "start": "2026-11-20T15:00:00+01:00"}},
    )
    assert (held.stage, held.hold, held.offers) == ("held", "t2", ())
    assert held.anchor == datetime.fromisoformat("2026-11-20T15:00:00+01:00")
    refused = learn(held, {"status": "not_free", "data": {"offers": list(OFFERS)}})
    assert (refused.stage, len(refused.offers)) == ("offers", 3)
    assert learn(held, {"status": "released", "data": {}}).stage == "open"
    assert learn(held, {"status": "booked", "data": {"appointment": {}}}) == State("booked")
    assert learn(OPEN, {"status": "unknown_service", "data": {}}).stage == "service"
    assert learn(HELD, {}).stage == "held", "no answer changes nothing"


_PIECES = st.sampled_from(
    [
        "ja",
        "nein",
        "den zweiten",
        "um drei",
        "Freitag",
        "Färben",
        "bei Anna",
        "doch nicht",
        "verschieben",
        "(",
        "\\",
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([OPEN, OFFERED, HELD, State("name"), State("consultation"), State("booked")]),
    st.lists(st.one_of(_PIECES, st.text(max_size=12)), max_size=6).map(" ".join),
)
def test_whatever_is_said_there_is_one_next_step(state: State, text: str) -> None:
    move = after(state, text)
    assert isinstance(move, Say) or move.tool in {
        "check_availability",
        "get_alternatives",
        "get_available_services",
        "book_appointment",
        "release_hold",
    }
