"""PostgreSQL and Valkey without any installation: the programs of two wheels, supervised here.

`EmbeddedServers.start(data_dir)` is the door; docs/decisions/0002-embedded-servers.md says why it is made so."""

from __future__ import annotations

from zusage.adapters.embedded._errors import EmbeddedError
from zusage.adapters.embedded._places import prepare_data_dir
from zusage.adapters.embedded._servers import EmbeddedServers, ServerName, erase, running
from zusage.adapters.embedded._urls import EmbeddedUrls, has_data, passwords_file

__all__ = [
    "EmbeddedError",
    "EmbeddedServers",
    "EmbeddedUrls",
    "ServerName",
    "erase",
    "has_data",
    "passwords_file",
    "prepare_data_dir",
    "running",
]
