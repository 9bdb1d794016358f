"""Logs: one line an event on standard error, for people or as JSON, with everything personal masked."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

from zusage.boot.settings import Settings
from zusage.inbound.api.masking import mask_phone

_PHONES = frozenset({"phone", "caller", "called", "number", "from_number", "to_number"})
_WORDS = frozenset({"name", "customer", "attendee", "transcript", "args", "arguments", "say", "body", "data"})
_SECRETS = re.compile(r"(key|secret|password|signature|authorization|dsn|url)s?$")
_MASK = "•••"
# The server's DETAIL repeats the refused row, its CONTEXT the values of a statement.
_ROWS = re.compile(r"^(DETAIL|CONTEXT):.*$", re.MULTILINE)


def configure_logging(settings: Settings, *, level: str | None = None) -> None:
    """Send all logs of this process, those of the libraries too, to standard error; repeating replaces.

    :param level: wins over the setting."""
    chain: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_personal,
    ]
    structlog.configure(
        processors=[*chain, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(_level(level or settings.log_level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=chain,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(settings)],
        )
    )
    logging.basicConfig(handlers=[handler], level=_level(level or settings.log_level), force=True)
    for own_ways in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        library = logging.getLogger(own_ways)
        library.handlers.clear()
        library.propagate = True
    for noisy in ("uvicorn.access", "alembic", "httpx2", "procrastinate"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def mask_personal(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask values by their key: phone numbers but for their ends, names, words and secrets whole."""
    for key, value in event.items():
        event[key] = _masked(key, value)
    return event


def _masked(key: str, value: object) -> object:
    if value is None or value == "":
        return value
    if key in _PHONES:
        return mask_phone(str(value))
    if key in _WORDS or _SECRETS.search(key):
        return _MASK
    if key == "exception":
        return _ROWS.sub(r"\1: " + _MASK, str(value))
    if isinstance(value, Mapping):
        return {inner: _masked(str(inner), each) for inner, each in value.items()}
    return value


def _level(name: str) -> int:
    return logging.getLevelNamesMapping()[name.upper()]


def _renderer(settings: Settings) -> Processor:
    if settings.log == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
