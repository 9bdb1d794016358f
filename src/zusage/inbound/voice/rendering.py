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
    """A stored answer as it is true at `now` (the database's clock): a hold has fewer seconds left, and what was read of
    a calendar for it is older by as many."""
    data = body["data"]
    if "hold" not in data:
        return body
    left = max(0, int((datetime.fromisoformat(data["hold"]["expires_at"]) - now).total_seconds()))
    changed = {"hold": {**data["hold"], "seconds_left": left}}
    sure = data.get("certainty", {})
    if "age_seconds" in sure:
        passed = data["hold"]["seconds_left"] - left
        changed["certainty"] = {**sure, "age_seconds": sure["age_seconds"] + max(0, passed)}
    return {**body, "data": {**data, **changed}}


def _alternative(offer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "time": offer["start"],
        "spoken": offer["spoken"],
        "available": True,
        "token": offer["token"],
        "n": offer["n"],
    }
