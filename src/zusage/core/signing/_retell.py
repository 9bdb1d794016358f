from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable

_HEADER = re.compile(r"v=([0-9]{1,16}),d=([0-9a-f]{64})")
_LONGEST = len("v=,d=") + 16 + 64


def sign_retell(body: bytes, key: str, unix_ms: int) -> str:
    """Build the value of Retell's signature header for a raw body, as of `unix_ms` (milliseconds since 1970)."""
    stamp = str(unix_ms)
    return f"v={stamp},d={_digest(body, stamp, key)}"


def verify_retell(
    body: bytes, header: str | None, keys: Iterable[str], now_ms: int, tolerance_ms: int = 300_000
) -> bool:
    """Say whether the header signs exactly this raw body with one of the keys, within the tolerance around now.

    Every key is tried, so the time taken does not tell which one fits. A missing, malformed or overlong header and a
    blank key never fit."""
    signed = _parse(header)
    if signed is None:
        return False
    stamp, digest = signed
    fits = False
    for key in keys:
        fits |= hmac.compare_digest(_digest(body, stamp, key), digest) and bool(key.strip())
    return fits and abs(now_ms - int(stamp)) <= tolerance_ms


def _parse(header: str | None) -> tuple[str, str] | None:
    if header is None or len(header) > _LONGEST:
        return None
    match = _HEADER.fullmatch(header)
    return (match[1], match[2]) if match else None


def _digest(body: bytes, stamp: str, key: str) -> str:
    mac = hmac.new(key.encode(), body, hashlib.sha256)
    mac.update(stamp.encode())
    return mac.hexdigest()
