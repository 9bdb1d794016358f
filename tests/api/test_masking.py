"""Nothing personal gets out by the page or the logs."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from zusage.boot.logging import configure_logging, mask_personal
from zusage.boot.settings import Settings
from zusage.inbound.api.masking import mask_phone


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+4915112345678", "+49 151 ••••678"),
        ("+493023125100", "+49 30 ••••100"),
        ("+43512123456", "+43 512 ••••456"),
        ("+49110", "+49 ••••"),
        ("nonsense", "••••"),
        (None, "anonymous"),
        ("", "anonymous"),
    ],
)
def test_the_middle_of_a_number_is_hidden(number: str | None, shown: str) -> None:
    assert mask_phone(number) == shown


def test_values_are_masked_by_their_keys() -> None:
    event = {
        "event": "tool_call_failed",
        "call": "call_1",
        "caller": "+4915112345678",
        "name": "Erika",
        "args": {"name": "Erika"},
        "signing_key": "key_x",
        "database_url": "postgresql://u:p@h/d",
        "nested": {"say": "Guten Tag, Frau Sommer", "status": "held"},
        "exception": "UniqueViolation: customer\nDETAIL:  Key (phone)=(+4915112345678) exists.",
    }
    masked = mask_personal(None, "info", dict(event))
    assert masked == {
        "event": "tool_call_failed",
        "call": "call_1",
        "caller": "+49 151 ••••678",
        "name": "•••",
        "args": "•••",
        "signing_key": "•••",
        "database_url": "•••",
        "nested": {"say": "•••", "status": "held"},
        "exception": "UniqueViolation: customer\nDETAIL: •••",
    }


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    target = io.StringIO()
    monkeypatch.setattr("sys.stderr", target)
    configure_logging(Settings(log="json"))
    yield target
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def refuse(row: str) -> None:
    raise ValueError("refused\nDETAIL:  Failing row contains " + row)


def test_logs_of_libraries_are_masked_too(written: io.StringIO) -> None:
    structlog.get_logger().info("call_seen", caller="+4915112345678", company="c1")
    name = "Erika"
    try:
        refuse(name)
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    first, second = (json.loads(line) for line in written.getvalue().splitlines())
    assert (first["event"], first["caller"], first["company"]) == ("call_seen", "+49 151 ••••678", "c1")
    assert (second["event"], second["level"]) == ("Exception in ASGI application", "error")
    assert "ValueError: refused" in second["exception"]
    assert name not in written.getvalue()
