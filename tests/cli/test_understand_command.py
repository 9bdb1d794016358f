"""`zusage understand`: the interface through which the understanding is measured."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from cli_process import Ended, Zusage

from zusage.boot.cli import main
from zusage.boot.cli._lines import answer_lines
from zusage.language.policy_words import list_policies, read_policies
from zusage.sandbox.demo import demo_company_text

Ask = Callable[..., Ended]
_NOW = ("--now", "2026-11-18T10:00")
_PAGE = Path(__file__).parents[2] / "docs" / "understand.md"
_SALON = """
[[service]]
name = "Balayage"
category = "Farbe"
synonyms = ["Farbverlauf"]

[[service]]
name = "Herrenschnitt"
"""


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Ask]:
    """Runs `zusage understand …` in this process; `lines` are its standard input."""
    handler = signal.getsignal(signal.SIGTERM)

    def run(*args: str, lines: bytes = b"") -> Ended:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
        try:
            code: object = main(["understand", *args])
        except SystemExit as ended:
            code = ended.code
        said = capsys.readouterr()
        assert isinstance(code, int)
        return Ended(code, said.out, said.err)

    yield run
    signal.signal(signal.SIGTERM, handler)


def _lines(*asked: object) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in asked)


def _answers(ended: Ended) -> list[dict[str, Any]]:
    assert ended.code == 0, ended.said
    return [json.loads(line) for line in ended.out.splitlines()]


def test_a_time_is_answered_in_the_documented_shape(ask: Ask) -> None:
    [answer] = _answers(ask("when", "morgen um halb drei", *_NOW, "--json"))
    wish: dict[str, Any] = {
        "from": "2026-11-19T14:30:00+01:00",
        "to": None,
        "kind": "instant",
        "grain": "minute",
        "daily": None,
        "limit": None,
        "exclude": [],
        "duration_min": None,
        "weekly": False,
        "approximate": False,
        "soonest": False,
    }
    assert answer.items() >= (wish | {"status": "ok", "reason": None, "question": None}).items()
    assert "afternoon" in answer["assumed"]
    [first] = answer["wishes"]
    assert first.items() >= wish.items()
    assert {"wishes", "alternatives"}.isdisjoint(first)
    assert [other["from"] for other in answer["alternatives"]] == ["2026-11-19T02:30:00+01:00"]


def test_wishes_come_in_the_order_of_talk_and_a_part_of_day_narrows_each(ask: Ask) -> None:
    [answer] = _answers(ask("when", "Dienstag oder Montag vormittag", *_NOW, "--json"))
    assert [wish["from"][:10] for wish in answer["wishes"]] == ["2026-11-24", "2026-11-23"]
    assert answer["wishes"][1]["daily"] == {"from": "09:00", "to": "12:00"}
    assert (answer["from"], answer["kind"]) == (answer["wishes"][0]["from"], "interval")


def test_what_is_unclear_carries_its_reason_and_the_question_and_no_time(ask: Ask) -> None:
    [answer] = _answers(ask("when", "am 31.11.", *_NOW, "--json"))
    assert (answer["status"], answer["reason"]) == ("unclear", "no_such_day")
    assert answer["question"].endswith("?")
    assert (answer["wishes"], answer["from"], answer["kind"]) == ([], None, None)


def test_people_read_it_in_german(ask: Ask) -> None:
    exact = ask("when", "morgen um halb drei", *_NOW)
    assert "Donnerstag, 19. November 2026, 14:30 Uhr" in exact.out
    assert "perhaps   Donnerstag, 19. November 2026, 02:30 Uhr" in exact.out
    assert "den ganzen Tag" in ask("when", "morgen", *_NOW).out
    assert "unclear   past" in ask("when", "gestern", *_NOW).out


def test_now_is_wall_clock_time_of_the_zone_unless_it_says_otherwise(ask: Ask) -> None:
    local = ask("when", "heute", "--now", "2026-11-18T23:30", "--zone", "Europe/Vienna", "--json")
    foreign = ask("when", "heute", "--now", "2026-11-18T23:30Z", "--zone", "Europe/Vienna", "--json")
    assert [_answers(each)[0]["from"][:10] for each in (local, foreign)] == ["2026-11-18", "2026-11-19"]


@pytest.mark.parametrize(
    ("args", "part"),
    [
        (["when", "morgen", "--zone", "Europe/Nowhere"], 'no time zone "Europe/Nowhere"'),
        (["when", "morgen", "--zone", "/etc/passwd"], "no time zone"),
        (["when", "morgen", "--now", "soon"], 'now "soon" is no ISO time'),
        (
            ["when", "morgen", "--now", "0001-01-01T00:00"],
            "is too far away; give a time of the years 1900 to 2299",
        ),
        (["when", "morgen", "--now", "9999-12-31"], 'now "9999-12-31" is too far away'),
        (["when", "morgen", "--anchor", "x"], 'anchor "x" is no ISO time'),
        (["when", "morgen", "--region", "Bayern"], 'region "Bayern" is no code'),
        (["when", "morgen", "--region", "XX"], "write one of BB, BE, BW, BY, HB, HE, HH, MV, NI, NW, RP, SH"),
        (["when", "morgen", "--region", "NRW"], 'region "NRW" is no code of a federal state'),
        (["when", "morgen", "--region", "AT-9"], 'region "AT-9" is no code of a federal state'),
        (["when", "morgen", "--policy", "weekend=late"], "give sat_sun or fri_sun"),
        (["when", "morgen", "--policy", "weekday=late"], "there are: next_weekday, weekend"),
        (["when", "morgen", "--policy", "evening=21:00-17:00"], "the end must be later than the begin"),
        (["when", "morgen", "--policy", "weekend"], "has no value"),
        (["when"], "--stdin"),
        (["when", "morgen", "--stdin"], "leave TEXT out"),
        (["service", "Schnitt"], "--catalogue FILE"),
        (["service", "Schnitt", "--catalogue", "nosuch.toml"], "nosuch.toml: No such file"),
        (["service", "Schnitt", "--catalogue", "a.toml", "--company", "b"], "not both"),
        (["service"], "--stdin"),
    ],
)
def test_wrong_usage_is_a_sentence(ask: Ask, args: Sequence[str], part: str) -> None:
    ended = ask(*args)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("zusage: ")
    assert part in ended.err


def test_every_line_gets_one_answer_in_order_whatever_it_is(ask: Ask) -> None:
    good = {"text": "morgen", "now": "2026-11-18T10:00", "zone": "Europe/Berlin", "region": "BE"}
    lines = [
        json.dumps(good).encode(),
        b"nonsense",
        b"[1]",
        b"",
        b'{"now": "2026-11-18T10:00"}',
        b'{"text": 1}',
        b'\xff{"text": "morgen"}',
        b"[" * 100_000,
        json.dumps(good | {"zone": "x"}).encode(),
        json.dumps(good | {"zone": 3}).encode(),
        json.dumps(good | {"region": "NRW"}).encode(),
        json.dumps(good | {"policy": {"weekend": "x"}}).encode(),
        json.dumps(good | {"policy": 1}).encode(),
        json.dumps(good | {"week": {"someday": []}}).encode(),
        json.dumps(good | {"week": [["9-8"], [], [], [], [], [], []]}).encode(),
        json.dumps(good | {"text": "\ud800 morgen", "anchor": None, "policy": "weekend=fri_sun"}).encode(),
    ]
    answers = _answers(ask("when", "--stdin", lines=b"\n".join(lines)))
    assert [answer["status"] for answer in answers] == ["ok", *["error"] * 14, "ok"]
    assert all(answer["error"].endswith(".") for answer in answers[1:-1])
    assert answers[0]["from"] == answers[-1]["from"] == "2026-11-19T00:00:00+01:00"


def test_a_question_that_fails_by_our_fault_takes_no_other_along() -> None:
    def answer(line: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"tenth": 10 / line["n"]}

    target = io.BytesIO()
    assert not answer_lines(io.BytesIO(_lines({"n": 1}, {"n": 0}, {"n": 5})), target, answer)
    first, failed, last = (json.loads(line) for line in target.getvalue().splitlines())
    assert (first, failed["status"], last) == ({"tenth": 10.0}, "error", {"tenth": 2.0})
    assert "ZeroDivisionError" in failed["error"]


def test_a_huge_line_is_refused_at_once_and_takes_no_other_along() -> None:
    def answer(line: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"length": len(line["text"])}

    lines = b"\n".join(json.dumps({"text": "x" * length}).encode() for length in (1_000_000, 40_000_000, 3))
    target, began = io.BytesIO(), time.perf_counter()
    assert answer_lines(io.BytesIO(lines), target, answer)
    assert time.perf_counter() - began < 3
    long, huge, short = (json.loads(line) for line in target.getvalue().splitlines())
    assert (long, short) == ({"length": 1_000_000}, {"length": 3})
    assert huge == {"status": "error", "error": "the line is longer than 1 MiB; write one question a line."}


def test_a_state_may_be_written_with_its_country(ask: Ask) -> None:
    asked = [
        ask("when", "nächster Feiertag", *_NOW, "--region", code, "--json") for code in ("by", "DE-BY", "BE")
    ]
    days = [_answers(each)[0]["from"][:10] for each in asked]
    assert days == ["2026-12-25"] * 3


def test_what_is_refused_and_how_long_it_takes_stands_at_every_wish(ask: Ask) -> None:
    text = "Montag oder Dienstag, nur nicht vor zehn, für zwei Stunden"
    refusing = "nächste Woche oder übernächste Woche, nur nicht freitags, für zwei Stunden"
    both = _answers(ask("when", "--stdin", *_NOW, lines=_lines({"text": text}, {"text": refusing})))
    assert [wish["duration_min"] for answer in both for wish in answer["wishes"]] == [120] * 4
    assert [len(wish["exclude"]) for wish in both[1]["wishes"]] == [1, 1]
    unclear = _answers(ask("when", "gestern", *_NOW, "--json"))[0]
    assert (unclear["exclude"], unclear["wishes"]) == ([], [])


def test_options_are_the_defaults_of_the_lines(ask: Ask) -> None:
    asked = _lines({"text": "heute"}, {"text": "heute", "now": "2026-12-24T10:00"})
    answers = _answers(ask("when", "--stdin", *_NOW, "--zone", "Europe/Zurich", lines=asked))
    assert [answer["from"][:10] for answer in answers] == ["2026-11-18", "2026-12-24"]


def test_opening_hours_of_a_line_break_ties(ask: Ask) -> None:
    early = {"text": "morgen um sechs", "now": "2026-11-18T10:00", "week": {"thursday": ["06:00-11:00"]}}
    late = early | {"week": [[], [], [], ["12:00-19:00"], [], [], []]}
    answers = _answers(ask("when", "--stdin", lines=_lines(early, late)))
    assert [answer["from"][11:16] for answer in answers] == ["06:00", "18:00"]


def test_a_partner_that_writes_one_line_and_waits_has_its_answer() -> None:
    command = [sys.executable, "-m", "zusage", "understand", "when", "--stdin", *_NOW]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": ""}
    ) as partner:
        assert partner.stdin is not None
        assert partner.stdout is not None
        for day in ("morgen", "übermorgen"):
            partner.stdin.write(_lines({"text": day}))
            partner.stdin.flush()
            assert json.loads(partner.stdout.readline())["status"] == "ok"
        partner.stdin.close()
        assert partner.wait(timeout=30) == 0


def test_a_closed_input_is_an_empty_one() -> None:
    command = f'"{sys.executable}" -m zusage understand when --stdin <&-'
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_it_starts_without_what_serves() -> None:
    heavy = ("psycopg", "starlette", "uvicorn", "pydantic_settings", "sqlalchemy", "httpx2", "procrastinate")
    code = (
        "import sys; from zusage.boot.cli import main\n"
        "try: main(['understand', 'when', 'morgen', '--json'])\n"
        "except SystemExit: pass\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    whole = subprocess.run(
        [sys.executable, "-c", "import sys, zusage.boot.cli._app; print('psycopg' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert whole.stdout == "True\n"


def test_a_service_is_found_in_a_plain_file_and_in_a_company_file(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "salon.toml").write_text(_SALON, encoding="utf-8")
    (tmp_path / "company.toml").write_text(demo_company_text("friseur-eins"), encoding="utf-8")
    for name in ("salon.toml", "company.toml"):
        [answer] = _answers(
            ask("service", "eine Balayage bitte", "--catalogue", str(tmp_path / name), "--json")
        )
        assert answer["decision"] == "match"
        assert answer["matches"][0]["service"] == "Balayage"
        assert 0.6 <= answer["matches"][0]["confidence"] <= 1
        assert answer["matches"][0].keys() == {"service", "confidence", "matched_text"}
        assert "question" in answer
    shown = ask("service", "eine Balayage bitte", "--catalogue", str(tmp_path / "salon.toml"))
    assert shown.out.startswith("match")
    assert "Balayage" in shown.out


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("service = 3", '"catalogue" must be a list'),
        ("x = ", "is no TOML"),
        ("", "holds from 1 to"),
        ("[[service]]\nkey = 'x'", "service 1 of the catalogue needs"),
        ("[[service]]\nname = 'x'\nsynonyms = [3]", '"synonyms" of service 1'),
    ],
)
def test_a_catalogue_that_cannot_be_used_is_refused_with_its_name(
    ask: Ask, tmp_path: Path, text: str, part: str
) -> None:
    (tmp_path / "salon.toml").write_text(text, encoding="utf-8")
    ended = ask("service", "Schnitt", "--catalogue", str(tmp_path / "salon.toml"))
    assert ended.code == 2
    assert "salon.toml" in ended.err
    assert part in ended.err


def test_a_line_may_bring_a_catalogue_or_keep_the_last_one(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "salon.toml").write_text(_SALON, encoding="utf-8")
    nails = [{"name": "Maniküre", "synonyms": ["Nägel machen"]}, {"name": "Pediküre"}]
    lines = _lines(
        {"text": "Balayage"},
        {"text": "Maniküre", "catalogue": nails},
        {"text": "Pediküre"},
        {"text": "Pediküre", "catalogue": []},
        {"text": "Pediküre", "catalogue": nails, "threshold": 2},
        {"text": "Pediküre", "catalogue": "salon"},
    )
    answers = _answers(ask("service", "--stdin", "--catalogue", str(tmp_path / "salon.toml"), lines=lines))
    found = [answer["matches"][0]["service"] for answer in answers[:3]]
    assert found == ["Balayage", "Maniküre", "Pediküre"]
    assert [answer.get("status") for answer in answers[3:]] == ["error"] * 3
    [without] = _answers(ask("service", "--stdin", lines=_lines({"text": "Balayage"})))
    assert "--catalogue FILE" in without["error"]


def test_a_loaded_company_is_a_catalogue_too(own: Zusage, tmp_path: Path) -> None:
    (tmp_path / "salon.toml").write_text(demo_company_text("salon-kupferkamm"), encoding="utf-8")
    assert own.run("company", "load", "salon.toml").code == 0
    found = own.run("understand", "service", "Kinderhaarschnitt", "--company", "salon-kupferkamm", "--json")
    assert _answers(found)[0]["matches"][0]["service"] == "Kinderhaarschnitt"
    unknown = own.run("understand", "service", "x", "--company", "nobody")
    assert (unknown.code, 'no company "nobody"; there are: salon-kupferkamm' in unknown.err) == (2, True)
    branch = own.run("understand", "service", "x", "--company", "salon-kupferkamm", "--branch", "rom")
    assert (branch.code, "it has: wien, passau" in branch.err or "it has: passau, wien" in branch.err) == (
        2,
        True,
    )


def test_a_name_is_read_or_asked_for(ask: Ask) -> None:
    [found] = _answers(ask("name", "mein Name ist Müller, Vorname Sabine", "--json"))
    assert (found["status"], found["full"], found["family"]) == ("ok", "Sabine Müller", "Müller")
    [nobody] = _answers(ask("name", "--stdin", lines=_lines({"text": "guten Tag"})))
    assert (nobody["status"], nobody["full"]) == ("unclear", None)
    assert nobody["question"].endswith("?")
    assert nobody.keys() == found.keys()
    assert ask("name", "Sabine Müller").out.startswith("ok        Sabine Müller")


def test_an_anchor_and_policies_reach_the_reading(ask: Ask) -> None:
    [later] = _answers(ask("when", "eine Stunde später", *_NOW, "--anchor", "2026-11-20T15:00", "--json"))
    assert later["from"] == "2026-11-20T16:00:00+01:00"
    asked = {"text": "am Wochenende", "now": "2026-11-18T10:00"}
    usual, other = _answers(
        ask("when", "--stdin", lines=_lines(asked, asked | {"policy": {"weekend": "fri_sun"}}))
    )
    assert [usual["from"], other["from"]] == ["2026-11-21T00:00:00+01:00", "2026-11-20T18:00:00+01:00"]
    listed = _answers(
        ask("when", "nächsten Freitag", *_NOW, "--policy", "next_weekday=following_week", "--json")
    )
    assert listed[0]["from"] == "2026-11-27T00:00:00+01:00"


def test_policies_are_listed_with_meaning_default_and_options(ask: Ask) -> None:
    listed = list_policies()
    shown = json.loads(ask("policies", "--json").out)
    assert [each["name"] for each in shown] == [each.name for each in listed]
    assert all(each["meaning"] and each["options"] for each in shown)
    text = ask("policies").out
    assert all(f"{each.name}={each.default}" in text for each in listed)


def test_the_page_names_every_policy_and_every_key_of_the_answers(ask: Ask) -> None:
    page = _PAGE.read_text(encoding="utf-8")
    rows = [f"| `{each.name}` | `{each.default}` |" for each in list_policies()]
    assert [row for row in rows if row not in page] == []
    [time] = _answers(ask("when", "morgen", *_NOW, "--json"))
    assert [key for key in time if f"`{key}`" not in page] == []
    [name] = _answers(ask("name", "Sabine Müller", "--json"))
    assert [key for key in name if f'"{key}"' not in page] == []


def test_every_default_is_written_as_it_is_read() -> None:
    defaults = {each.name: each.default for each in list_policies()}
    assert read_policies(defaults) == read_policies({})
    changed = read_policies({"after_work": "18", "evening": "18:30-24:00", "next_days": "now"})
    assert (changed.after_work, changed.evening.opens, changed.evening.closes) == (1080, 1110, 1440)
    assert changed.next_days == "now"
