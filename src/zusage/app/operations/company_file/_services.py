"""Services: their segments, price and rules."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from typing import Literal, cast
from uuid import UUID

from zusage.app.operations.company_file._records import ServiceRecord, stable_id
from zusage.app.operations.company_file._table import Table
from zusage.core.scheduling.masters import Segment, Service
from zusage.core.values import Money

CURRENCIES = ("EUR", "CHF", "GBP", "USD", "DKK", "SEK", "NOK", "PLN", "CZK")
"""Those with a hundred parts to the whole, which the reading of prices assumes."""

_PRICE = re.compile(r"(\d{1,6})(?:[.,](\d{1,2}))?")
_LONGEST = 12 * 60
_SERVICE_WITHOUT_SEGMENTS = (Segment(1),)


def read_service(
    table: Table, *, company_key: str, currency: str, branch_ids: dict[str, UUID]
) -> ServiceRecord:
    key = table.slug()
    service = Service(
        id=stable_id(company_key, "service", key),
        key=key,
        name=table.text("name"),
        category=table.text("category"),
        segments=_read_segments(table),
        price=Money(_read_cents(table), table.choice("currency", currency, CURRENCIES)),
        synonyms=_read_synonyms(table),
        description=table.text("description", "", longest=1000),
        price_from=table.flag("price_from", default=False),
        buffer_before=table.whole("buffer_before", 0, low=0, high=240),
        buffer_after=table.whole("buffer_after", 0, low=0, high=240),
        min_notice_minutes=table.whole("min_notice_minutes", 0, low=0, high=60 * 24 * 60),
        max_advance_days=table.whole("max_advance_days", 365, low=1, high=730),
        bookable_by_phone=table.flag("bookable_by_phone", default=True),
        add_on=table.flag("add_on", default=False),
        needs_consultation=table.flag("needs_consultation", default=False),
    )
    offered = _read_branches(table, branch_ids)
    table.finish()
    return ServiceRecord(service, offered)


def _read_branches(table: Table, branch_ids: dict[str, UUID]) -> tuple[UUID, ...]:
    keys = table.texts("branches")
    for position, key in enumerate(keys):
        if key not in branch_ids:
            known = ", ".join(branch_ids) or "none"
            table.report.problem(
                table.at("branches", position), f'there is no branch "{key}"; the branches are: {known}'
            )
    return tuple(branch_ids[key] for key in keys if key in branch_ids) or tuple(branch_ids.values())


def _read_synonyms(table: Table) -> tuple[str, ...]:
    synonyms = table.texts("synonyms")
    folded = [synonym.casefold() for synonym in synonyms]
    for position, word in enumerate(folded):
        if word in folded[:position]:
            table.report.problem(
                table.at("synonyms", position), f'"{synonyms[position]}" stands twice; remove one'
            )
    return synonyms


def _read_cents(table: Table) -> int:
    """Read 35, 35.50, "35.50" or "35,50" exactly: the file's decimals never become binary floats."""
    value = table.raw("price")
    if value is None:
        table.problem("price", 'is missing; add price = "35.00" (0 where it costs nothing)')
        return 0
    text = str(value) if isinstance(value, int | Decimal | str) and not isinstance(value, bool) else ""
    if text.startswith("-"):
        table.problem("price", "must not be negative")
        return 0
    match = _PRICE.fullmatch(text.strip())
    if match is None:
        table.problem("price", 'must be an amount with at most two decimals, as price = "35.00"')
        return 0
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def _read_segments(table: Table) -> tuple[Segment, ...]:
    """Read the segments; a plain `minutes` is one active segment, beside segments it is their checked total."""
    tables = table.tables("segments")
    if not tables:
        return _plain(table)
    segments = tuple(_read_segment(part) for part in tables)
    _check_order(tables, segments)
    if table.has("minutes"):
        _check_total(table, sum(segment.minutes for segment in segments))
    return segments


def _plain(table: Table) -> tuple[Segment, ...]:
    if not table.has("minutes"):
        table.problem("minutes", "is missing; add minutes = 45, or segments for a service with gaps")
        return _SERVICE_WITHOUT_SEGMENTS
    needs_chair = table.flag("needs_chair", default=True)
    return (Segment(table.whole("minutes", 1, low=1, high=_LONGEST), needs_chair=needs_chair),)


def _read_segment(table: Table) -> Segment:
    kind = cast("Literal['active', 'gap']", table.choice("kind", "active", ("active", "gap")))
    if not table.has("minutes"):
        table.problem("minutes", "is missing; add minutes = 15")
    segment = Segment(
        minutes=table.whole("minutes", 1, low=1, high=_LONGEST),
        kind=kind,
        needs_chair=table.flag("needs_chair", default=True),
        name=table.text("name", ""),
    )
    table.finish()
    return segment


def _check_order(tables: list[Table], segments: tuple[Segment, ...]) -> None:
    for position, place in ((0, "first"), (-1, "last")):
        if segments[position].kind == "gap":
            tables[position].problem(
                "kind", f"the {place} segment must be active; a gap before or after is a buffer"
            )
    for table, (before, after) in zip(tables[1:], pairwise(segments), strict=True):
        if before.kind == after.kind == "gap":
            table.problem("kind", "two gaps follow each other; write them as one")


def _check_total(table: Table, total: int) -> None:
    said = table.whole("minutes", total, low=1, high=_LONGEST * 2)
    if said != total:
        table.problem(
            "minutes", f"says {said}, but the segments make {total}; correct one, or leave minutes out"
        )
