"""What Cal.com says, as the tests let it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from zusage.app.mirror.ports import Attendee, BookingWanted, Terms

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
END = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SOON = Terms(within=5.0, priority="live")
WANTED = BookingWanted(
    event_type_id=77,
    start=START,
    attendee=Attendee("Ana Roth", "Europe/Berlin", "c-4f1a@callers.example.org", "+4930901820"),
    metadata={"intent": "8b1d"},
)


def booking(**changes: Any) -> dict[str, Any]:
    return {
        "id": 9001,
        "uid": "mQ2xk7c9TtZ",
        "title": "Schnitt",
        "status": "accepted",
        "hosts": [{"id": 12, "name": "Eva", "email": "eva@salon.example", "timeZone": "Europe/Berlin"}],
        "start": "2026-03-02T09:00:00.000Z",
        "end": "2026-03-02T09:30:00.000Z",
        "duration": 30,
        "eventTypeId": 77,
        "attendees": [
            {
                "name": "Ana Roth",
                "email": "c-4f1a@callers.example.org",
                "timeZone": "Europe/Berlin",
                "language": "de",
                "absent": False,
                "phoneNumber": "+4930901820",
            }
        ],
        "absentHost": False,
        "createdAt": "2026-02-20T12:00:00.000Z",
        "updatedAt": None,
        "metadata": {"intent": "8b1d"},
    } | changes


def framework_error(status: int, message: str) -> dict[str, Any]:
    """The shape of exceptions of Cal.com's framework."""
    details = {"message": message, "error": "x", "statusCode": status}
    return {
        "status": "error",
        "timestamp": "2026-02-20T12:00:00.000Z",
        "path": "/v2/bookings",
        "error": {"code": "SomeException", "message": message, "details": details},
    }


def core_error(status: int, message: str) -> dict[str, Any]:
    """The shape of errors of Cal.com's older core."""
    return {"statusCode": status, "message": message}
