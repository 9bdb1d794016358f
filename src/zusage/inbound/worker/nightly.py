"""What the worker does once a night."""

from __future__ import annotations

from typing import Protocol

import structlog
from procrastinate import App

from zusage.app.operations.due_sweeps import PastClaimsStore, due_sweeps
from zusage.app.operations.sweep_claims import ClaimArchive, sweep_claims
from zusage.inbound.worker.jobs import BACKGROUND

log = structlog.get_logger()


class NightlyStore(ClaimArchive, PastClaimsStore, Protocol):
    """All that the nightly tasks read and write."""


def add_nightly(app: App, store: NightlyStore) -> None:
    """Add the nightly tasks; one that was missed is made up for within the hour, by day too."""

    # Cron counts in UTC and skips what it comes too late for; where it is night is decided then and there (protocols 48).
    @app.periodic(cron="23 * * * *")
    @app.task(name="sweep_claims", queue=BACKGROUND)
    async def sweep(timestamp: int) -> None:
        log.debug("past_claims_looked_for", timestamp=timestamp)
        if companies := await due_sweeps(store):
            log.info("claims_swept", count=await sweep_claims(companies, store=store))
