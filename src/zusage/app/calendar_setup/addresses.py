"""Addresses that a person types: of a calendar's server, of this installation, of a mail domain."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from zusage.app.calendar_setup.ports import CalendarSetupError

_HOSTED = {
    f"{sub}{name}": f"https://api.{name}"
    for name in ("cal.com", "cal.eu")
    for sub in ("", "app.", "api.", "www.")
}
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_OF_OTHERS = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "gmx.de",
        "gmx.net",
        "gmx.at",
        "gmx.ch",
        "web.de",
        "t-online.de",
        "freenet.de",
        "outlook.com",
        "outlook.de",
        "hotmail.com",
        "hotmail.de",
        "live.de",
        "yahoo.com",
        "yahoo.de",
        "icloud.com",
        "me.com",
        "aol.com",
        "posteo.de",
        "mailbox.org",
        "proton.me",
        "cal.com",
        "cal.eu",
    ]
)


def calendar_server(said: str) -> str:
    """Read where a Cal.com is: "cal.com", "cal.eu", or the URL of one's own, without `/v2` at the end.

    :raises CalendarSetupError: it is no such address, or the key would travel openly through the internet."""
    hosted = _HOSTED.get(said.strip().casefold().removeprefix("https://").rstrip("/").removesuffix("/v2"))
    if hosted is not None:
        return hosted
    parts = _parts(said)
    if parts is None:
        raise CalendarSetupError(
            f'"{said}" is no address of a Cal.com; write cal.com, cal.eu, or the URL of your own: '
            "https://api.calendar.example"
        )
    if parts.scheme == "http" and not _nearby(parts.hostname or ""):
        raise CalendarSetupError(f'"{said}" would send the key openly through the internet; write https://.')
    return _plain(parts, parts.path.rstrip("/").removesuffix("/v2"))


def public_address(said: str) -> str:
    """Read where this installation is reached from outside.

    :raises CalendarSetupError: it is no such address."""
    parts = _parts(said)
    if parts is None or (parts.scheme == "http" and not _nearby(parts.hostname or "")):
        raise CalendarSetupError(
            f'"{said}" is no address that Cal.com can send to; write https://phone.salon.example.'
        )
    return _plain(parts, parts.path.rstrip("/"))


def mail_domain(said: str) -> str:
    """Read a domain for callers' addresses.

    :raises CalendarSetupError: it is none, or certainly not the company's own."""
    domain = said.strip().casefold().removeprefix("@").rstrip(".")
    if not _DOMAIN.fullmatch(domain):
        raise CalendarSetupError(f'"{said}" is no mail domain; write callers.salon.example.')
    if domain in _OF_OTHERS:
        raise CalendarSetupError(
            f"{domain} belongs to others: Cal.com would write to strangers there. Take a domain of the company."
        )
    return domain


def _parts(said: str) -> SplitResult | None:
    try:
        parts = urlsplit(said.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return None
    extras = parts.query or parts.fragment or parts.username or parts.password
    return parts if usable and not extras else None


def _plain(parts: SplitResult, path: str) -> str:
    return f"{parts.scheme}://{parts.netloc.casefold()}{path}"


def _nearby(host: str) -> bool:
    """Say whether a host is this machine or in a network of one's own."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".internal", ".local"))
    return address.is_private
