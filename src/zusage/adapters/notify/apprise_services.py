"""Alerts through Apprise: chat, mail, push and webhooks, each by one URL."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import warnings
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Any
from urllib.parse import unquote, urlsplit

from zusage.app.alerts.ports import NotDelivered

_SHORTEST_SECRET = 4
_LONGEST_REASON = 200


class AppriseServices:
    """Implements `app.alerts.ports.Notifier` on Apprise's URLs (`mailtos://…`, `slack://…`, `json://…`).

    Sending takes threads of Apprise's own; nothing else waits for them. Apprise is imported with the first message:
    most processes never send one."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = {_name(url): url for url in urls}

    @property
    def services(self) -> Sequence[str]:
        return tuple(self._urls)

    async def send(self, service: str, title: str, body: str) -> None:
        url = self._urls[service]
        apprise = await asyncio.to_thread(_load)
        messenger = apprise.Apprise()
        if not messenger.add(url):
            raise NotDelivered("this is no URL that Apprise knows; its documentation lists them")
        with apprise.LogCapture(level=apprise.logging.WARNING, fmt="%(message)s") as said:
            done = await messenger.async_notify(
                body=body, title=title, body_format="text", notify_type="warning"
            )
            reason = said.getvalue()
        if not done:
            raise NotDelivered(
                _without_secrets(reason, self._urls.values()) or "the service refused it or was not reached"
            )


@cache
def _load() -> Any:  # noqa: ANN401 - a module
    """Import Apprise with its services, which takes a moment and tells what they use of an older Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        apprise = import_module("apprise")
        apprise.Apprise.instantiate("json://localhost")
    logging.getLogger("apprise").propagate = False  # it names addresses
    return apprise


def _name(url: str) -> str:
    """Name a service by its kind and a hash, so that it can be told from others of its kind."""
    return f"{urlsplit(url).scheme}-{hashlib.sha256(url.encode()).hexdigest()[:8]}"


def _without_secrets(text: str, urls: Iterable[str]) -> str:
    """Take the last line of what Apprise said, without any part of a URL; it may be about one sent to beside this."""
    lines = text.strip().splitlines()
    line = lines[-1] if lines else ""
    parts = {part for url in urls for part in re.split(r"[/:@?&=,#]+", f"{unquote(url)}/{url}")}
    parts -= {urlsplit(url).scheme for url in urls}
    for part in sorted(parts, key=len, reverse=True):
        if len(part) >= _SHORTEST_SECRET:
            line = line.replace(part, "…")
    return line[:_LONGEST_REASON]
