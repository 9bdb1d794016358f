from __future__ import annotations

from collections.abc import Iterable, Mapping

from zusage.core.signing import verify_retell

HEADER = "X-Retell-Signature"
"""The header that carries the signature; look it up without regard to case."""


def is_signed(body: bytes, headers: Mapping[str, str], keys: Iterable[str], now_ms: int) -> bool:
    """Say whether a request's raw body is signed with one of the candidate keys, not over five minutes ago.

    `headers` must ignore case, as a web framework's do; without the header, or without keys, the answer is no."""
    return verify_retell(body, headers.get(HEADER), keys, now_ms)
