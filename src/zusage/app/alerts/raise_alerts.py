"""Find what the operator must be told of one company, and store it to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from zusage.app.alerts import _lines as lines
from zusage.app.alerts._watching import BREAKER, HEALTH, OBSERVING, observe
from zusage.app.alerts.ports import AlertStore, Condition
from zusage.app.mirror.circuits import CircuitBoard, CircuitView
from zusage.app.mirror.health import judge


async def raise_alerts(company_id: UUID, store: AlertStore, breakers: CircuitBoard) -> int:
    """Store what is new of a company: review items, orphans not cancelled, changes that have lasted; says how many.

    Safe to repeat and to run twice at once: the same is stored once, whoever finds it.

    :raises LedgerBusy: the database is too busy; trying again is safe."""
    circuits = await breakers.read(company_id)
    async with store.unit(company_id) as unit:
        found = await unit.condition()
        watched, changes = observe(found.watched, _states(found, circuits), found.now)
        news = [
            *(lines.review_line(found.company, review) for review in found.reviews),
            *(lines.orphan_line(found.company, orphan) for orphan in found.orphans),
            *(lines.change_line(found, change, circuits) for change in changes),
        ]
        # Most minutes of most companies end here: nothing is new.
        new = await unit.add(news) if news else 0
        if watched != found.watched:
            await unit.watch(watched)
        await unit.commit()
    return new


def _states(found: Condition, circuits: Sequence[CircuitView]) -> dict[str, str]:
    if found.figures is None:
        return {}
    breakers = {BREAKER + each.door: "closed" if each.phase == "closed" else "open" for each in circuits}
    return {HEALTH: judge(found.figures), OBSERVING: "on" if found.observe_only else "off"} | breakers
