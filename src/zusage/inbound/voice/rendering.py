"""The body every tool answers, with the fields of earlier agents beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from zusage.inbound.voice.toolcall import SUCCESS


def render(body: Mapping[str, Any], *, build: str) -> dict[str, Any]:
    """Bring a stored answer to the voice contract.

    `available`, `message`, `reservation_token`, `alternatives`, `booked` and `appointment_id` serve agents that were
    built for the earlier system; `docs/voice-contract.md` lists all fields."""
    status, data = body["status"], body["data"]
    hold = data.get("hold") or {}
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


def replayed(body: Mapping[str, Any], *, now: datetime) -> Mapping[str, Any]:
    """A stored answer as it is true at `now` (the database's clock): the seconds that a hold has left are fewer."""
    data = body["data"]
    if "hold" not in data:
        return body
    left = (datetime.fromisoformat(data["hold"]["expires_at"]) - now).total_seconds()
    hold = {**data["hold"], "seconds_left": max(0, int(left))}
    return {**body, "data": {**data, "hold": hold}}


def _alternative(offer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "time": offer["start"],
        "spoken": offer["spoken"],
        "available": True,
        "token": offer["token"],
        "n": offer["n"],
    }
