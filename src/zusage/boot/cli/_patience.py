"""Waiting, where a key of Cal.com has asked as often as it may, and saying so."""

from __future__ import annotations

import asyncio

from zusage.boot.cli._frame import progress

_WORTH_A_WORD = 1.0


async def wait_for_rate(seconds: float) -> None:
    """Let so many seconds pass, until the key may ask again."""
    if seconds >= _WORTH_A_WORD:
        progress(f"Cal.com takes no more requests of this key just now; going on in {seconds:.0f} s")
    await asyncio.sleep(seconds)
