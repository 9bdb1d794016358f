"""The command line, `zusage`: one module a group of commands."""

from __future__ import annotations

from zusage.boot.cli._app import main

__all__ = ["main"]
