"""Identifiers that sort by the time they were made."""

from __future__ import annotations

from uuid import UUID

_MAX_MS = (1 << 48) - 1


def uuid7(unix_ms: int, entropy: bytes) -> UUID:
    """Build a version 7 UUID (RFC 9562) from a time in milliseconds and 10 random bytes.

    Made here, not by the database: `uuidv7()` exists only from PostgreSQL 18, in Python only from 3.14.

    :raises ValueError: the time does not fit 48 bits or fewer than 10 bytes came."""
    if not 0 <= unix_ms <= _MAX_MS or len(entropy) < 10:  # noqa: PLR2004
        raise ValueError("uuid7 needs a time of 48 bits and 10 random bytes")
    rand = int.from_bytes(entropy[:10], "big")
    value = unix_ms << 80 | 0x7 << 76 | ((rand >> 62) & 0xFFF) << 64 | 0b10 << 62 | (rand & ((1 << 62) - 1))
    return UUID(int=value)
