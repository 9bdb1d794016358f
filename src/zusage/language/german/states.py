"""The federal states of Germany, whose public holidays differ."""

from __future__ import annotations

GERMANY = "DE"
STATES = ("BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH")
"""By the codes of ISO 3166-2, without the country."""


def state_of(country: str, region: str | None) -> str | None:
    """The region of a branch as `understand_when` takes it; None abroad: Bern is no Berlin, though both are "BE"."""
    return region if country == GERMANY else None
