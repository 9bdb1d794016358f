"""The web application: every way in, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from zusage.adapters.postgres.overview import PostgresOverview
from zusage.boot.build import build_id
from zusage.boot.wiring import Parts, running
from zusage.inbound.api.health import HealthDoor
from zusage.inbound.api.metrics import MetricsDoor
from zusage.inbound.api.page import PageDoor


def create_app(parts: Parts) -> Starlette:
    """Build the application; its lifespan connects the parts and runs the worker."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with running(parts):
            yield

    return Starlette(
        routes=_routes(parts),
        exception_handlers={HTTPException: _refused, Exception: _failed},
        lifespan=lifespan,
    )


def _routes(parts: Parts) -> list[BaseRoute]:
    settings = parts.settings
    watch = PostgresOverview(parts.app)
    health = HealthDoor(watch, parts.counter, settings.worker, build_id())
    page = PageDoor(watch, parts.counter, settings.worker, build_id())
    return [
        *parts.retell.routes(),
        *parts.hooks.routes(),
        *health.routes(),
        *MetricsDoor(parts.free_times.filler.totals).routes(),
        *(page.routes() if settings.page else []),
    ]


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, status_code=error.status_code, headers=error.headers)


async def _failed(_request: Request, _error: Exception) -> Response:
    # The server logs the error; whoever asked learns nothing of it.
    return JSONResponse({"error": "internal error"}, status_code=500)
