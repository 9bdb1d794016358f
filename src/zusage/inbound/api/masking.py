"""What may be shown of a phone number where nobody had to log in."""

from __future__ import annotations

import phonenumbers

_SHOWN = 3


def mask_phone(number: str | None) -> str:
    """Write "+49 151 ••••678" for an E.164 number, "anonymous" for none; the middle cannot be had back."""
    if not number:
        return "anonymous"
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return "••••"
    national = phonenumbers.national_significant_number(parsed)
    area = min(phonenumbers.length_of_national_destination_code(parsed) or _SHOWN, _SHOWN)
    hidden = max(len(national) - area - _SHOWN, 0)
    if hidden < _SHOWN:
        return f"+{parsed.country_code} ••••"
    return f"+{parsed.country_code} {national[:area]} ••••{national[-_SHOWN:]}"
