"""`zusage company synonym` and `zusage company misheard` on a database of one's own."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest
from cli_process import Ended, own_servers

from support.database import DatabaseUrls

Run = Callable[[str, Mapping[str, str]], Ended]
Own = Callable[..., Ended]
_HEARD = "SELECT misheard_note(company_id, branch_id, %s, lower(%s), %s, 'none', %s) FROM branch WHERE key = 'wien'"


@pytest.fixture
def own(quick: Run, database: DatabaseUrls, tmp_path: Path) -> Own:
    """Runs commands in this process on a database in which one salon is loaded."""
    settings = own_servers(database)
    source = files("zusage.sandbox.demo").joinpath("salon-kupferkamm.toml")
    (tmp_path / "salon.toml").write_bytes(source.read_bytes())
    assert quick("company load salon.toml", settings).code == 0
    return lambda command: quick(command, settings)


def hear(database: DatabaseUrls, words: str, *, about: str = "service", reason: str = "") -> None:
    with psycopg.connect(database.admin) as connection:
        branches = connection.execute("SELECT key FROM branch").fetchall()
        assert ("wien",) in branches, branches
        connection.execute(_HEARD, (about, words, words, reason))


def test_nothing_was_misheard(own: Own) -> None:
    assert own("company misheard salon-kupferkamm").out == "Nothing was misheard.\n"
    assert own("company misheard salon-kupferkamm --json").out == "[]\n"


def test_from_a_misheard_sentence_to_a_word_that_stays(own: Own, database: DatabaseUrls) -> None:
    services = json.loads(own("company synonym list salon-kupferkamm --json").out)
    key, name = services[0]["key"], services[0]["name"]
    garbled = name[:-1] + "h"
    hear(database, garbled)
    hear(database, garbled)
    hear(database, "[Name] am 31.11.", about="when", reason="no_such_day")

    shown = own("company misheard salon-kupferkamm")
    assert "when: no_such_day │ [Name] am 31.11." in shown.out
    first, second = json.loads(own("company misheard salon-kupferkamm --branch wien --json").out)
    assert (first["said"], first["times"], first["nearest_service"]) == (garbled, 2, key)
    assert (second["about"], second["reason"], second["command"]) == ("when", "no_such_day", None)
    assert first["command"] in shown.out

    command = shlex.split(first["command"])
    assert command == ["zusage", "company", "synonym", "add", "salon-kupferkamm", key, garbled]


def test_a_word_is_added_listed_and_removed(own: Own, database: DatabaseUrls) -> None:
    key = json.loads(own("company synonym list salon-kupferkamm --json").out)[0]["key"]
    hear(database, "Quark")
    added = own(f"company synonym add salon-kupferkamm {key} Quark")
    assert added.code == 0
    assert '"Quark" leads to' in added.out
    assert "no longer listed as misheard" in added.out
    written = next(line for line in added.out.splitlines() if "synonyms = [" in line)
    assert '"Quark"]' in written
    assert "led to" in own(f"company synonym add salon-kupferkamm {key} quark").out

    assert own("company load salon.toml").out == "salon-kupferkamm: unchanged\n"
    assert "Quark (" in own("company synonym list salon-kupferkamm").out
    removed = own(f"company synonym remove salon-kupferkamm {key} Quark")
    assert removed.out.startswith('"Quark" no longer leads to')
    assert "Quark" not in own("company synonym list salon-kupferkamm").out


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("company misheard nobody", 'There is no company "nobody"; there are: salon-kupferkamm.'),
        ("company misheard salon-kupferkamm --branch nowhere", 'has no branch "nowhere"; it has: '),
        ("company synonym list nobody", "There is no company"),
        ("company synonym add salon-kupferkamm nothing Wort", 'There is no service "nothing"'),
        ("company synonym remove salon-kupferkamm nothing Wort", 'There is no service "nothing"'),
    ],
)
def test_what_is_not_there_is_said_with_what_is(own: Own, command: str, says: str) -> None:
    ended = own(command)
    assert (ended.code, "Traceback" in ended.said) == (2, False)
    assert says in ended.err
