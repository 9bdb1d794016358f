"""The two shapes in which Cal.com says no."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from zusage.sandbox.calcom._model import Json, iso

_CODES = {
    400: "BadRequestException",
    401: "UnauthorizedException",
    403: "ForbiddenException",
    404: "NotFoundException",
    409: "ConflictException",
    422: "UnprocessableEntityException",
    429: "ThrottlerException",
}

TAKEN = "User either already has booking at this time or is not available"
TAKEN_BY_TEAM = "One of the hosts either already has booking at this time or is not available"
CONFLICT = "booking_conflict_error"
PAST = "Attempting to book a meeting in the past."
OUT_OF_BOUNDS = (
    'The event type can\'t be booked at the "start" time provided. '
    "This could be because it's too soon (violating the minimum booking notice) or too far in the future "
    "(outside the event's scheduling window)."
)
TOO_MANY = "CustomThrottlerGuard - Too many requests. Please try again later."


class RefusalError(Exception):
    """Cal.com refuses: `nested` in the shape of its framework, else in the short one of its older core."""

    def __init__(self, status: int, message: str, *, nested: bool = True, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.nested = nested
        self.code = code or _CODES.get(status, "InternalServerErrorException")

    def body(self, path: str, now: datetime) -> Json:
        """Build the answer's body in its shape."""
        if not self.nested:
            return {"statusCode": self.status, "message": self.message}
        details = {
            "message": self.message,
            "error": HTTPStatus(self.status).phrase,
            "statusCode": self.status,
        }
        error = {"code": self.code, "message": self.message, "details": details}
        return {"status": "error", "timestamp": iso(now), "path": path, "error": error}


def nest(status: int, message: str, *, code: str | None = None) -> RefusalError:
    return RefusalError(status, message, code=code)


def plain(status: int, message: str) -> RefusalError:
    return RefusalError(status, message, nested=False)


def no_route(method: str, path: str) -> RefusalError:
    """Refuse as for a path that does not exist, or not in that version."""
    return nest(404, f"Cannot {method} {path}")


def unknown_field(name: str) -> RefusalError:
    return nest(400, f"{name} property is wrong,property {name} should not exist ")


def wrong_field(name: str, why: str) -> RefusalError:
    return nest(400, f"{name} property is wrong,{name} {why} ")
