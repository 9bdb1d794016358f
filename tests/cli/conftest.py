"""The command line on a database of this test, and on no servers at all."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import structlog
from cli_process import Ended, Zusage, own_servers

from support.database import DatabaseUrls
from zusage.boot.cli import main

Run = Callable[[str, Mapping[str, str]], Ended]


@pytest.fixture(autouse=True, scope="package")
def heeding() -> Iterator[None]:
    """Where tests run in the background Ctrl-C is ignored, and what they start would inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def bare(tmp_path: Path) -> Zusage:
    """Commands on a fresh machine: no settings, no data."""
    return Zusage(tmp_path)


@pytest.fixture
def own(tmp_path: Path, database: DatabaseUrls) -> Zusage:
    """Commands with a migrated database of one's own, without companies."""
    return Zusage(tmp_path, own_servers(database))


@pytest.fixture
def quick(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """Runs commands in this process, on a fresh machine: for what ends before anything is started."""
    root, handler = logging.getLogger(), signal.getsignal(signal.SIGTERM)
    handlers, level = root.handlers[:], root.level
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("ZUSAGE_")]:
        monkeypatch.delenv(name)

    def run(command: str, settings: Mapping[str, str]) -> Ended:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        try:
            code: object = main(command.split())
        except SystemExit as ended:
            code = ended.code
        said = capsys.readouterr()
        assert isinstance(code, int)
        return Ended(code, said.out, said.err)

    yield run
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    signal.signal(signal.SIGTERM, handler)
