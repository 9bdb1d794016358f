"""Take note of what the platform tells about a call."""

from __future__ import annotations

from zusage.app.calls.ports import CallRef, CallRegister

EVENTS = ("call_started", "call_ended")


async def record_call_event(
    call: CallRef, event: str, *, register: CallRegister, reason: str | None = None
) -> None:
    """Upsert the call and note its start or end; any other event is only a sign of life.

    Repeats and any order are harmless. The end closes the call: its hold falls to 30 s and may still be confirmed,
    new holds are refused."""
    await register.record(call, event if event in EVENTS else "seen", reason)
