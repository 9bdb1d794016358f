"""Counters of this process as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from zusage.app.free_times.ports import Kind

_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_QUESTIONS = "zusage_free_times_questions_total"
_REQUESTS = "zusage_free_times_requests_total"
_ANSWERED: Mapping[Kind, str] = {"hits": "at_once", "stale": "refreshed_behind", "misses": "waited"}


@dataclass(frozen=True, slots=True)
class MetricsDoor:
    """`/metrics`: counters since this process began, without any company's or caller's name.

    `free_times` counts questions for free times (`hits`, `stale`, `misses`) and requests to calendars (`reads`)."""

    free_times: Mapping[Kind, int]

    def routes(self) -> list[Route]:
        return [Route("/metrics", self.metrics)]

    async def metrics(self, _request: Request) -> Response:
        counts = self.free_times
        lines = [
            f"# HELP {_QUESTIONS} Questions for free times of outside calendars, by how they were answered.",
            f"# TYPE {_QUESTIONS} counter",
            *(f'{_QUESTIONS}{{answered="{said}"}} {counts.get(kind, 0)}' for kind, said in _ANSWERED.items()),
            f"# HELP {_REQUESTS} Requests for free times to outside calendars that were answered.",
            f"# TYPE {_REQUESTS} counter",
            f"{_REQUESTS} {counts.get('reads', 0)}",
        ]
        return PlainTextResponse("\n".join(lines) + "\n", media_type=_TYPE)
