"""What the body of a booking may hold, and how Cal.com says what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

import phonenumbers

from zusage.sandbox.calcom._model import Attendee, EventType, Json, parse_moment, time_zones
from zusage.sandbox.calcom._problems import nest, unknown_field, wrong_field

HOST_FLAGS = ("allowConflicts", "allowBookingOutOfBounds", "skipBookingLimits")
CREATE_FIELDS = (
    *(
        "start",
        "eventTypeId",
        "eventTypeSlug",
        "username",
        "teamSlug",
        "organizationSlug",
        "attendee",
        "guests",
    ),
    *(
        "bookingFieldsResponses",
        "lengthInMinutes",
        "location",
        "metadata",
        "instant",
        "recurrenceCount",
        "routing",
    ),
    *("emailVerificationCode", "meetingUrl"),
)
_ATTENDEE_FIELDS = ("name", "email", "phoneNumber", "timeZone", "language")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_MAX_KEYS, _MAX_KEY, _MAX_VALUE = 50, 40, 500


def only_known(body: Json, known: Collection[str]) -> None:
    """:raises RefusalError: 400, the body has a field this version does not know."""
    for name in body:
        if name not in known:
            raise unknown_field(name)


def start_of(body: Json) -> datetime:
    """:raises RefusalError: 400, there is no start, or it is no time."""
    try:
        return parse_moment(body["start"])
    except (KeyError, ValueError, TypeError):
        raise wrong_field("start", "must be a valid ISO 8601 date string") from None


def whole_number(body: Json, name: str) -> int:
    """:raises RefusalError: 400, it is missing or no whole number."""
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong_field(name, "must be an integer number")
    return value


def metadata_of(body: Json) -> dict[str, str]:
    """:raises RefusalError: 400, too many or too long keys, or values that are no short strings."""
    given = body.get("metadata")
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise wrong_field("metadata", "must be an object")
    if len(given) > _MAX_KEYS:
        raise nest(400, f"Metadata must have at most {_MAX_KEYS} keys, each key up to {_MAX_KEY} characters.")
    for key, value in given.items():
        if len(key) > _MAX_KEY or not isinstance(value, str) or len(value) > _MAX_VALUE:
            raise nest(
                400,
                f"Metadata must have at most {_MAX_KEYS} keys, each key up to {_MAX_KEY} characters, "
                f"and string values up to {_MAX_VALUE} characters.",
            )
    return dict(given)


def attendee_of(body: Json, kind: EventType) -> Attendee:
    """Read who comes; an ordinary event type wants an e-mail address, one for phones makes one up.

    :raises RefusalError: 400, as Cal.com words it."""
    given = body.get("attendee")
    if not isinstance(given, dict):
        raise wrong_field("attendee", "should not be empty")
    only_known(given, _ATTENDEE_FIELDS)
    name, zone = given.get("name"), given.get("timeZone")
    if not isinstance(name, str) or not name:
        raise nest(400, "attendee property is wrong,name must be a string")
    if zone not in time_zones():
        raise nest(400, "attendee property is wrong,timeZone must be a valid IANA time-zone")
    phone = _phone(given.get("phoneNumber"))
    email = _email(given.get("email"), phone, kind)
    return Attendee(name, email, str(zone), given.get("language") or "en", phone)


def responses_of(body: Json, kind: EventType) -> Json:
    """Read the answers to the event type's own questions.

    :raises RefusalError: 400, a required one is missing, or is none of its options."""
    given = body.get("bookingFieldsResponses") or {}
    if not isinstance(given, dict):
        raise wrong_field("bookingFieldsResponses", "must be an object")
    for asked in kind.booking_fields:
        slug = asked.get("slug") or asked.get("type")
        value = given.get(slug)
        if slug in ("name", "email", "attendeePhoneNumber"):
            continue
        if asked.get("required") and value in (None, ""):
            raise nest(400, f"Missing required booking field response: {slug}")
        if value is not None and asked.get("options") and value not in asked["options"]:
            raise nest(400, f"Invalid option {value!r} for booking field {slug}")
    return dict(given)


def length_of(body: Json, kind: EventType) -> int:
    """:raises RefusalError: 400, a length was named that this event type does not offer."""
    if body.get("lengthInMinutes") is None:
        return kind.length
    wanted = whole_number(body, "lengthInMinutes")
    if not kind.lengths:
        raise nest(
            400,
            "Can't specify 'lengthInMinutes' because event type does not have multiple possible lengths. "
            "Please, remove the 'lengthInMinutes' field from the request.",
        )
    if wanted not in kind.lengths:
        raise nest(400, "Invalid event length")
    return wanted


def location_of(body: Json, kind: EventType) -> str | None:
    """:raises RefusalError: 400, the event type is not held at such a place."""
    given = body.get("location")
    if given is None:
        return kind.locations[0].get("address") if kind.locations else None
    wanted = given.get("type") if isinstance(given, dict) else None
    if wanted not in {each.get("type") for each in kind.locations}:
        raise nest(400, f"Location type {wanted} is not among the locations of the event type")
    return str(given.get("address") or given.get("location") or given.get("phone") or wanted)


def _phone(given: object) -> str | None:
    if given is None:
        return None
    try:
        number = phonenumbers.parse(str(given), None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise nest(400, "Invalid phone number format. Please use international format.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(given: object, phone: str | None, kind: EventType) -> str:
    if given is not None:
        if not isinstance(given, str) or not _EMAIL.fullmatch(given):
            raise nest(400, "Invalid email format")
        return given
    if phone is None:
        raise nest(400, "Attendee must have at least one contact method (email or phone number)")
    if not kind.takes_phone_only():
        raise nest(400, "responses - {email}error_required_field, ", code="BAD_REQUEST")
    return f"{phone.removeprefix('+')}@sms.cal.com"
