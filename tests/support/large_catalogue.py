"""A catalogue of as many services as the largest companies have, for checks of speed."""

from __future__ import annotations

from itertools import islice, product

from bench.service_set import catalogues

from zusage.language.reading import ServiceEntry

_TREATMENTS = {
    "Nägel": "Maniküre Pediküre Gelmodellage Nageldesign Shellac Fußpflege",
    "Gesicht": "Gesichtsbehandlung Wimpernverlängerung Mikrodermabrasion Hydrafacial Permanent-Make-up Fruchtsäurepeeling",
    "Körper": "Lomi-Lomi Aromaölmassage Thaimassage Fußreflexzonenmassage Kräuterstempelbehandlung Salzpeeling",
    "Zähne": "Zahnreinigung Bleaching Kontrolluntersuchung Wurzelbehandlung Prothesenanpassung Fissurenversiegelung",
    "Heilkunde": "Osteopathie Akupunktur Eigenbluttherapie Chiropraktik Ernährungsberatung Schröpfen",
    "Haarentfernung": "Waxing Sugaring Laserbehandlung Fadentechnik Nadelepilation Bikinizone",
}
_DETAILS = ("Erstbesuch", "Folgetermin", "30 Minuten", "60 Minuten", "Premium", "für Paare", "Auffrischung")


def large_catalogue(size: int = 300) -> tuple[ServiceEntry, ...]:
    """So many services, always the same: the three catalogues of the tests first, then treatments in variants.

    :raises ValueError: there are not that many."""
    known = [entry for entries in catalogues().values() for entry in entries]
    treatments = ((kind, name) for kind, names in _TREATMENTS.items() for name in names.split())
    made = (
        ServiceEntry(f"{name} {detail}", f"{name} {detail}", kind)
        for detail, (kind, name) in product(_DETAILS, list(treatments))
    )
    entries = tuple(islice((*known, *made), size))
    if len(entries) < size:
        raise ValueError(f"only {len(entries)} services can be made")
    return entries
