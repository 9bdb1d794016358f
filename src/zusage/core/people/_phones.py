from __future__ import annotations

import re
from urllib.parse import unquote

import phonenumbers

_LONGEST = 120
_URI = re.compile(r"(?:sips?|tel):([^@;?>\s]*)", re.IGNORECASE)
_DIALLED = re.compile(r"\+?[0-9 ()/.\-\u2010-\u2015\u00a0\u202f]{4,40}")


def normalise_phone(raw: object, region: str = "DE") -> str | None:
    """Read a phone number as E.164; None for withheld, invented and impossible ones.

    Takes what platforms and models send: national or international spelling, SIP and tel URIs, bare integers.
    A number without a country is read as one of `region`."""
    dialled = _dialled(raw)
    if dialled is None:
        return None
    if dialled.startswith(("+", "0")):
        return _valid(dialled, region)
    # Without plus or zero the country code may already be there: "49151…" parses as a landline in Ostfriesland.
    code = str(phonenumbers.country_code_for_region(region))
    international = _valid(f"+{dialled}", region) if dialled.startswith(code) else None
    return international or _valid(dialled, region)


def _dialled(raw: object) -> str | None:
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        return None
    if isinstance(raw, int):
        return str(raw) if 0 < raw < 10**15 else None
    if len(raw) > _LONGEST:
        return None
    uri = _URI.search(raw)
    return unquote(uri[1] if uri else raw).strip()


def _valid(dialled: str, region: str) -> str | None:
    # Letters would be read as a vanity number: "anonymous" is one, too.
    if not _DIALLED.fullmatch(dialled):
        return None
    try:
        number = phonenumbers.parse(dialled, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
