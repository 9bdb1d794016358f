"""Modules that are imported when they are needed, and not before."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def late(module: str, name: str) -> Any:  # noqa: ANN401 - anything a module holds
    """Give what a module holds under that name, importing it now.

    Servers, drivers and the web framework take over a second to import: a command that needs none of them, and is
    started once for every question, must not wait for them."""
    return getattr(import_module(module), name)
