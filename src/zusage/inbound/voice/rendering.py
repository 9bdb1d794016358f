"""The body every tool answers, with the fields of earlier agents beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from zusage.inbound.voice.toolcall import SUCCESS, ToolResult


def render(body: Mapping[str, Any], *, build: str, now: datetime) -> dict[str, Any]:
    """Bring a stored answer to the voice contract; `seconds_left` of a hold is counted anew, since it may be replayed.

    `available`, `message`, `reservation_token`, `alternatives`, `booked` and `appointment_id` serve agents that were
    built for the earlier system; `docs/voice-contract.md` lists all fields."""
    status, data = body["status"], dict(body["data"])
    hold = _hold(data, now)
    appointment = data.get("appointment") or {}
    return {
        "success": status in SUCCESS,
        "status": status,
        "say": body["say"],
        "build": build,
        "data": data,
        "available": status in {"held", "free"},
        "message": body["say"],
        "reservation_token": hold.get("token"),
        "alternatives": [_alternative(offer) for offer in data.get("offers", ())],
        "booked": status in {"booked", "already_booked"},
        "appointment_id": appointment.get("id"),
    }


def render_result(result: ToolResult, *, build: str, now: datetime) -> dict[str, Any]:
    return render(result.stored().body, build=build, now=now)


def _hold(data: dict[str, Any], now: datetime) -> Mapping[str, Any]:
    hold = data.get("hold")
    if not hold:
        return {}
    left = (datetime.fromisoformat(hold["expires_at"]) - now).total_seconds()
    counted = {**hold, "seconds_left": max(0, int(left))}
    data["hold"] = counted
    return counted


def _alternative(offer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "time": offer["start"],
        "spoken": offer["spoken"],
        "available": True,
        "token": offer["token"],
        "n": offer["n"],
    }
