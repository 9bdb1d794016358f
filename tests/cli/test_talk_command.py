"""`zusage talk`: whole calls, typed into a pipe, answered by the real voice door."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from cli_process import Ended, Zusage

from support.servers import memory_disk, reachable_folder

# Always open, so that a call of any day finds times; its holds last two seconds and are booked all the same.
_PROBE = ("--branch", "probe")


@pytest.fixture(scope="module")
def clone() -> Iterator[Zusage]:
    """A folder in which nothing was ever started."""
    with reachable_folder(memory_disk()) as folder:
        home = folder / "Übung"
        home.mkdir(mode=0o755)
        yield Zusage(home, {"ZUSAGE_PORT": "0"})


def _talk(clone: Zusage, text: str, *args: str) -> Ended:
    done = subprocess.run(
        [sys.executable, "-m", "zusage", "talk", *args],
        input=text.encode("utf-8", "surrogateescape"),
        capture_output=True,
        cwd=clone.folder,
        env=clone.environment(),
        timeout=90,
        check=False,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def _events(ended: Ended) -> list[Mapping[str, Any]]:
    assert ended.code == 0, ended.said
    return [json.loads(line) for line in ended.out.splitlines()]


def _statuses(events: list[Mapping[str, Any]]) -> list[str]:
    return [event["status"] for event in events if event["event"] == "answered"]


def _call(clone: Zusage, number: str, *sentences: str) -> list[Mapping[str, Any]]:
    text = "".join(f"{sentence}\n" for sentence in sentences)
    return _events(_talk(clone, text, *_PROBE, "--from", number, "--json"))


def test_a_whole_booking_with_a_choice_a_change_of_mind_and_a_cancellation(clone: Zusage) -> None:
    events = _call(
        clone,
        "+491713920031",
        "Guten Tag, ich hätte gern einen Termin.",
        "Einen Damenschnitt.",
        "Übermorgen am Vormittag.",
        "Den zweiten bitte.",
        "Doch lieber übermorgen um elf Uhr.",
        "Ja, das passt.",
        "mir nicht",
        "Erika Sommer",
        "Kann ich den Termin noch verschieben?",
        "Dann noch ein Herrenschnitt am selben Tag um 13 Uhr.",
        "Nein, doch nicht.",
        "Danke, auf Wiederhören!",
        "Das hört niemand mehr.",
    )
    assert _statuses(events) == [
        "ok",
        "ask_service",
        "ask_when",
        "offers",
        "held",
        "held",
        "ask_name",
        "ask_name",
        "booked",
        "held",
        "released",
    ]
    booked = next(event for event in events if event.get("status") == "booked")["data"]["appointment"]
    assert (booked["service"], booked["name"], booked["start"][11:16]) == (
        "Damenschnitt",
        "Erika Sommer",
        "11:00",
    )
    said = [event["text"] for event in events if event["event"] == "said"]
    assert any("noch nicht verschieben" in text for text in said)
    assert events[-1]["event"] == "call_ended"
    assert "Das hört niemand mehr." not in said


def test_each_kind_of_question_comes_back(clone: Zusage) -> None:
    events = _call(
        clone,
        "anonymous",
        "Einen Pony schneiden und einen Termin, bitte, am 31.11.",
        "Übermorgen um zehn bei Xaver",
        "bei Mia",
        "Nein",
        "Eine Balayage, bitte.",
    )
    assert _statuses(events) == [
        "ok",
        "ask_when",
        "unknown_staff",
        "held",
        "released",
        "needs_consultation",
    ]


def test_people_read_a_transcript_that_ends_with_its_input(clone: Zusage) -> None:
    ended = _talk(clone, "Was kostet ein Termin bei Ihnen?\n\n\udcff\n", *_PROBE)
    assert ended.code == 0, ended.said
    assert "caller  „Was kostet ein Termin bei Ihnen?“" in ended.out
    assert "get_available_services(" in ended.out
    assert "call_ended" in ended.out.splitlines()[-1]
    assert "Traceback" not in ended.said


def test_it_rings_what_serves_already(clone: Zusage) -> None:
    with clone.running("demo", "--port", "0") as demo:
        for args in ((), ("--base-url", demo.url)):
            ended = _talk(clone, "Auf Wiederhören\n", *_PROBE, *args)
            assert ended.code == 0, ended.said
            assert "serves at" not in ended.err, "nothing of its own was started"


@pytest.mark.parametrize(
    ("args", "code", "part"),
    [
        (["--company", "nobody"], 2, 'no company "nobody"'),
        (["--branch", "nowhere"], 2, 'no branch "nowhere"'),
        (["--company", "nosuch.toml"], 2, "nosuch.toml: No such file"),
        (["--base-url", "x"], 2, "not a base URL"),
        (["--base-url", "http://127.0.0.1:1"], 2, "Nothing answers"),
    ],
)
def test_what_cannot_be_rung_is_said_in_a_sentence(
    tmp_path: Path, args: list[str], code: int, part: str
) -> None:
    ended = _talk(Zusage(tmp_path), "Hallo\n", *args)
    assert (ended.code, part in ended.err) == (code, True), ended.said
    assert "Traceback" not in ended.err
    assert not (tmp_path / ".zusage").exists()
