"""What a user can mend is one sentence and an exit code, never a traceback."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import typer
from cli_process import Ended, Zusage, own_servers

from support.database import DatabaseUrls
from zusage.boot.cli._app import app
from zusage.boot.cli._errors import UsageError
from zusage.sandbox.demo import demo_company_text

Run = Callable[[str, Mapping[str, str]], Ended]
_NOWHERE = "postgresql://zusage_app:secret-word@127.0.0.1:1/zusage_test"
_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@pytest.mark.parametrize(
    ("command", "settings", "expected"),
    [
        ("nosuch", {}, (2, "No such command")),
        ("serve --port 99999", {}, (2, "--port")),
        ("serve", {"ZUSAGE_PORT": "eighty"}, (2, "ZUSAGE_PORT")),
        ("serve", {}, (2, "zusage demo")),
        ("verify", {}, (2, "There is no database")),
        ("company load nosuch.toml", {}, (2, "nosuch.toml: No such file")),
        ("call", {}, (2, "zusage call --list")),
        ("call nosuch", {}, (2, "no such file, nor a scenario")),
        ("call simple --base-url http://127.0.0.1:1", {}, (2, "Nothing answers")),
        ("call simple --company nobody", {}, (2, 'no company "nobody"')),
        ("call simple --base-url notaurl", {}, (2, "--base-url: not a base URL: 'notaurl'")),
        ("call simple --base-url http://", {}, (2, "--base-url: not a base URL")),
        ("call simple", {}, (2, "Nothing serves from .zusage; start `zusage serve`")),
        ("retell tools --base-url ftp://x", {}, (2, "--base-url")),
        (
            "verify",
            {"ZUSAGE_DATABASE_URL": "nonsense-secret-word"},
            (2, "ZUSAGE_DATABASE_URL: is no address"),
        ),
        ("doctor", {"ZUSAGE_JOBS_URL": "postgresql://[secret-word"}, (1, "")),
        ("db upgrade", {"ZUSAGE_MIGRATE_URL": "pq://secret-word"}, (2, "ZUSAGE_MIGRATE_URL: is no address")),
        ("verify", {"ZUSAGE_VALKEY_URL": "nonsense-secret-word"}, (2, "ZUSAGE_VALKEY_URL: is no address")),
        ("demo --once", {"ZUSAGE_DATA_DIR": "/dev/null"}, (2, "ZUSAGE_DATA_DIR: /dev/null is not a folder")),
        ("verify", {"ZUSAGE_DATA_DIR": "/dev/null"}, (2, "ZUSAGE_DATA_DIR: /dev/null is not a folder")),
        ("demo --once", {"ZUSAGE_DATA_DIR": "/dev/null/deeper"}, (2, "Name a folder as data directory")),
        ("db status", {"ZUSAGE_DATABASE_URL": _NOWHERE}, (2, "cannot be reached")),
        ("db upgrade", {"ZUSAGE_DATABASE_URL": _NOWHERE}, (2, "ZUSAGE_MIGRATE_URL")),
        ("db roles --database a;b", {}, (2, "no plain name")),
        (
            "secrets rotate",
            {"ZUSAGE_DATABASE_URL": _NOWHERE, "ZUSAGE_SECRET_KEYS": _KEY},
            (2, "cannot be reached"),
        ),
    ],
)
def test_errors_are_sentences(
    quick: Run, tmp_path: Path, command: str, settings: dict[str, str], expected: tuple[int, str]
) -> None:
    code, part = expected
    ended = quick(command, settings)
    assert ended.code == code, ended.said
    assert part in ended.err
    assert "secret-word" not in ended.said
    assert not (tmp_path / ".zusage").exists(), "a refused command leaves nothing behind"


@pytest.mark.parametrize(
    "command",
    [
        "mirror status",
        "mirror diff",
        "mirror repair",
        "mirror retry",
        "mirror pause",
        "mirror backfill",
        "orphans list",
        "reviews list",
        "alerts list",
        "jobs list",
        "cache status",
        "appointments list",
        "calcom check friseur-eins",
        "company list",
        "verify",
    ],
)
def test_whatever_keeps_a_command_from_finding_out_ends_it_with_2(quick: Run, command: str) -> None:
    """So that 1 always means: it was found out, and somebody has to look at it."""
    away = {
        "ZUSAGE_DATABASE_URL": _NOWHERE,
        "ZUSAGE_JOBS_URL": _NOWHERE,
        "ZUSAGE_VALKEY_URL": "valkey://127.0.0.1:1",
        "ZUSAGE_SECRET_KEYS": _KEY,
    }
    none, unreachable = quick(command, {}), quick(command, away)
    assert (none.code, none.out, "There is no database in" in none.err) == (2, "", True)
    assert (unreachable.code, unreachable.out, "cannot be reached" in unreachable.err) == (2, "", True)
    assert "Traceback" not in none.err + unreachable.err


def test_a_process_says_it_without_a_traceback(bare: Zusage) -> None:
    ended = bare.run("retell", "tools", "--base-url", "ftp://x")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("zusage: --base-url: not a base URL: 'ftp://x'")
    assert "Traceback" not in ended.err


def test_the_traceback_comes_when_asked_for(quick: Run) -> None:
    with pytest.raises(UsageError):
        quick("retell tools --base-url ftp://x", {"ZUSAGE_DEBUG": "1"})


def test_every_mistake_of_a_company_file_is_named_with_its_line(
    quick: Run, database: DatabaseUrls, tmp_path: Path
) -> None:
    (tmp_path / "salon.toml").write_text(
        '[company]\nkey = "salon"\nname = 3\ncolour = "red"\n', encoding="utf-8"
    )
    ended = quick("company load salon.toml", own_servers(database))
    assert ended.code == 1
    assert "salon.toml:3:" in ended.err
    assert "salon.toml:4:" in ended.err
    assert "none" in quick("company show salon", {}).err


def _lines(group: Any, *path: str) -> Iterator[str]:
    """Name a group and everything below it, as it is typed."""
    yield " ".join(path)
    for name, command in getattr(group, "commands", {}).items():
        yield from _lines(command, *path, name)


_COMMAND_LINES = tuple(_lines(typer.main.get_command(app)))


def test_the_command_lines_are_found() -> None:
    assert set(_COMMAND_LINES) > {"", "db", "demo", "demo info", "secrets rotate", "serve", "verify"}


@pytest.mark.parametrize("command", _COMMAND_LINES)
def test_help_carries_an_example(quick: Run, command: str) -> None:
    ended = quick(f"{command} --help", {})
    assert ended.code == 0
    example = " ".join(ended.out.partition("Example: ")[2].split())
    assert f"zusage {command}" in example


def test_files_with_a_byte_order_mark_are_read(quick: Run, database: DatabaseUrls, tmp_path: Path) -> None:
    (tmp_path / "salon.toml").write_text(
        demo_company_text("salon-kupferkamm"), encoding="utf-8-sig", newline="\r\n"
    )
    assert quick("company load salon.toml", own_servers(database)).out == "salon-kupferkamm: created\n"
    scenario = files("zusage.sandbox.scenarios").joinpath("simple.yaml").read_text(encoding="utf-8")
    (tmp_path / "simple.yaml").write_text(scenario, encoding="utf-8-sig")
    assert "Nothing answers" in quick("call simple.yaml --base-url http://127.0.0.1:1", {}).err
