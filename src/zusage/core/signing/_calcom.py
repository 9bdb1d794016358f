from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable

_DIGEST = re.compile(r"[0-9a-f]{64}")
_LONGEST = 64


def sign_calcom(body: bytes, secret: str) -> str:
    """Build the value of Cal.com's signature header for a raw body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def verify_calcom(body: bytes, header: str | None, secrets: Iterable[str]) -> bool:
    """Say whether the header signs exactly this raw body with one of the secrets.

    Every secret is tried, so the time taken does not tell which one fits. A missing or malformed header, the word that
    Cal.com sends for lack of a secret, and a blank secret never fit. Nothing in it tells when it was signed."""
    if header is None or len(header) > _LONGEST or not _DIGEST.fullmatch(header):
        return False
    fits = False
    for secret in secrets:
        fits |= hmac.compare_digest(sign_calcom(body, secret), header) and bool(secret.strip())
    return fits
