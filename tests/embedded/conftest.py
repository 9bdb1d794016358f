"""Folders for embedded servers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.servers import reachable_folder, start_test_servers
from zusage.adapters.embedded import running


@pytest.fixture
def folder() -> Iterator[Path]:
    """A new folder for servers that have never run."""
    with reachable_folder() as made:
        yield made


@pytest.fixture(scope="session")
def rested_home() -> Iterator[Path]:
    with reachable_folder() as made:
        start_test_servers(made).stop()
        yield made


@pytest.fixture
def rested(rested_home: Path) -> Iterator[Path]:
    """A folder whose servers have run before and rest; a test leaves it that way."""
    yield rested_home
    assert running(rested_home / "zusage") is None
