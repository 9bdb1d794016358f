"""get_available_services: what the branch offers, with prices and durations from the catalogue and nowhere else."""

from __future__ import annotations

import json
from typing import Any

from zusage.core.scheduling.masters import Service
from zusage.inbound.voice.talk import Talk
from zusage.inbound.voice.toolcall import ToolResult

_ROOM = 12_000


async def get_available_services(talk: Talk) -> ToolResult:
    offered = talk.book.services
    wanted = (talk.args.category or talk.args.service or "").casefold()
    chosen = [s for s in offered if wanted and wanted in {s.category.casefold(), s.name.casefold(), s.key}]
    listed = chosen or list(offered)
    categories = list(dict.fromkeys(s.category for s in listed if s.category))
    entries = _fitting([_entry(service) for service in listed])
    data = {"services": entries, "categories": categories, "complete": len(entries) == len(listed)}
    if len(listed) == 1:
        only = listed[0]
        say = talk.speech.service_info(
            only.name, minutes=only.minutes, price=only.price, price_from=only.price_from
        )
        return ToolResult("services", say, data)
    named = [service.name for service in listed if not service.add_on] or [s.name for s in listed]
    return ToolResult(
        "services", talk.speech.services_list(named, categories=[] if chosen else categories), data
    )


def _fitting(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As many as the platform's cap on an answer (15,000 characters) leaves room for; a category asks for the rest."""
    room = _ROOM
    for count, entry in enumerate(entries):
        room -= len(json.dumps(entry, ensure_ascii=False)) + 2
        if room < 0:
            return entries[:count]
    return entries


def _entry(service: Service) -> dict[str, Any]:
    return {
        "name": service.name,
        "category": service.category,
        "minutes": service.minutes,
        "price_cents": service.price.cents,
        "currency": service.price.currency,
        "price_from": service.price_from,
        "description": service.description,
        "add_on": service.add_on,
        "needs_consultation": service.needs_consultation,
        "bookable_by_phone": service.bookable_by_phone,
    }
