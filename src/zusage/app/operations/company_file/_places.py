"""Zones, holiday regions and phone numbers, each checked against the library that knows them."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

import holidays
import phonenumbers

from zusage.app.operations.company_file._report import did_you_mean
from zusage.app.operations.company_file._table import Table

_FALLBACK_ZONE = "Europe/Berlin"


def read_zone(table: Table) -> str:
    zone = table.text("zone", _FALLBACK_ZONE)
    known = available_timezones()
    if zone in known:
        return zone
    table.problem("zone", f'"{zone}" is no time zone, as Europe/Berlin is one{did_you_mean(zone, known)}')
    return _FALLBACK_ZONE


def zone_of(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def read_region(table: Table) -> tuple[str, str | None]:
    """Read the country and the part of it whose public holidays count."""
    country = table.text("country", "DE")
    regions = holidays.list_supported_countries(include_aliases=False).get(country)
    if regions is None:
        table.problem(
            "country", f'holidays of "{country}" are not known; use a two-letter code as DE, AT or CH'
        )
    if not table.has("region"):
        return country, None
    region = table.text("region", "-")
    if regions is not None and region not in regions:
        table.problem(
            "region", f'"{region}" is no region of {country}; {_region_hint(country, region, regions)}'
        )
    return country, region


def _region_hint(country: str, region: str, regions: list[str]) -> str:
    aliases = holidays.country_holidays(country).get_subdivision_aliases()
    code = next(
        (c for c, names in aliases.items() if region.casefold() in (n.casefold() for n in names)), None
    )
    return f'write "{code}"' if code else f"use one of {', '.join(sorted(regions))}"


def read_phone_numbers(table: Table, country: str) -> tuple[str, ...]:
    numbers = []
    for position, text in enumerate(table.texts("phone_numbers")):
        number = _e164(text, None)
        if number is None:
            national = _e164(text, country)
            hint = f"write {national}" if national else "write it as +4930..., with the country in front"
            table.report.problem(table.at("phone_numbers", position), f'"{text}" is no phone number; {hint}')
        else:
            numbers.append(number)
    return tuple(numbers)


def _e164(text: str, country: str | None) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
