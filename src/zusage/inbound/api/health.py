"""Health: whether the process lives, and whether it can answer calls."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from zusage.app.operations.check_ready import Readiness, check_ready
from zusage.app.operations.ports import Cache, Watch

_NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class HealthDoor:
    """`/health/live` answers while the loop runs; `/health/ready` gives 200 or 503 within two seconds."""

    watch: Watch
    cache: Cache | None
    expects_worker: bool
    build: str

    def routes(self) -> list[Route]:
        return [Route("/health/live", self.live), Route("/health/ready", self.ready)]

    async def live(self, _request: Request) -> Response:
        return JSONResponse({"status": "live", "build": self.build}, headers=_NO_STORE)

    async def ready(self, _request: Request) -> Response:
        seen = await check_ready(watch=self.watch, cache=self.cache, expects_worker=self.expects_worker)
        return JSONResponse(
            _body(seen, self.build), status_code=200 if seen.ready else 503, headers=_NO_STORE
        )


def _body(seen: Readiness, build: str) -> dict[str, object]:
    degraded = seen.ready and seen.cache == "down"
    database = seen.database
    schema = ("behind" if database.schema_behind else "up to date") if database else "unknown"
    return {
        "status": "degraded" if degraded else "ready" if seen.ready else "not ready",
        "build": build,
        "database": "up" if database else "down",
        "schema": schema,
        "worker": seen.worker,
        "cache": seen.cache,
    }
