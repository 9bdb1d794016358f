"""What the worker does once a night."""

from __future__ import annotations

import structlog
from procrastinate import App

from zusage.app.operations.sweep_claims import ClaimArchive, sweep_claims
from zusage.inbound.worker.jobs import BACKGROUND

log = structlog.get_logger()


def add_nightly(app: App, store: ClaimArchive) -> None:
    """Add the nightly tasks; one that was missed is made up for by the next night's."""

    @app.periodic(cron="23 1 * * *")
    @app.task(name="sweep_claims", queue=BACKGROUND)
    async def sweep(timestamp: int) -> None:
        log.debug("night", timestamp=timestamp)
        log.info("claims_swept", count=await sweep_claims(store))
