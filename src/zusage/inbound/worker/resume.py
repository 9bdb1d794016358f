"""A job that the end of its worker cut off is not over: another worker runs it again."""

from __future__ import annotations

import asyncio

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from zusage.app.mirror.rules import LEASE_SECONDS


class Resume(BaseRetryStrategy):
    """Lets a job wait that was cut off until the lease of what it did is over; one that failed stays failed."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        del job
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_in={"seconds": int(LEASE_SECONDS) + 1})
        return None
