"""The minute in which the operator is told what is new."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import structlog
from procrastinate import App

from zusage.app.alerts.ports import AlertStore, Notifier
from zusage.app.alerts.raise_alerts import raise_alerts
from zusage.app.alerts.send_alerts import send_alerts
from zusage.app.errors import LedgerBusy
from zusage.app.mirror.circuits import CircuitBoard
from zusage.inbound.worker.jobs import BACKGROUND, TICK

log = structlog.get_logger()

_PAGE = 500


class TidyAlertStore(AlertStore, Protocol):
    async def tidy(self, company_id: UUID) -> None:
        """Forget what was told long ago and is over."""


@dataclass(frozen=True, slots=True)
class Alerting:
    """What telling the operator needs."""

    store: TidyAlertStore
    breakers: CircuitBoard
    notifier: Notifier


def add_alert_tasks(app: App, alerting: Alerting) -> None:
    """Add the periodic tasks to an application; each runs once in the cluster."""

    @app.periodic(cron="* * * * *")
    @app.task(name="tell_operator", queue=BACKGROUND, priority=TICK)
    async def tell_operator(timestamp: int) -> None:
        log.debug("alerts_looked_for", timestamp=timestamp)
        async for company_id in _companies(alerting.store):
            try:
                await raise_alerts(company_id, alerting.store, alerting.breakers)
                await send_alerts(company_id, alerting.store, alerting.notifier)
            except LedgerBusy as error:
                # The next minute finds the same.
                log.warning("alerts_put_off", company_id=str(company_id), reason=str(error))

    @app.periodic(cron="41 * * * *")
    @app.task(name="tidy_alerts", queue=BACKGROUND)
    async def tidy_alerts(timestamp: int) -> None:
        log.debug("alerts_tidied", timestamp=timestamp)
        async for company_id in _companies(alerting.store):
            await alerting.store.tidy(company_id)


async def _companies(store: AlertStore) -> AsyncIterator[UUID]:
    last: UUID | None = None
    while page := await store.companies(last, _PAGE):
        for company_id in page:
            yield company_id
        last = page[-1]
