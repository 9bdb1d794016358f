"""docs/settings.md and the code name the same settings with the same defaults."""

from __future__ import annotations

import re
from pathlib import Path

from zusage.boot.settings import Settings

_PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
_ROW = re.compile(r"^\| `(ZUSAGE_\w+)` \| ([^|]+) \|", re.MULTILINE)
_IN_WORDS = {"ZUSAGE_SECRET_KEYS"}


def test_page_and_code_name_the_same_settings_and_defaults() -> None:
    written = {
        name: default.strip().strip("`") for name, default in _ROW.findall(_PAGE.read_text(encoding="utf-8"))
    }
    known = {f"ZUSAGE_{name.upper()}": field.default for name, field in Settings.model_fields.items()}
    assert written.keys() == known.keys()
    for name in written.keys() - _IN_WORDS:
        assert written[name] == _as_written(known[name]), name


def _as_written(default: object) -> str:
    if default is None or default == ():
        return "none"
    return (
        str(default).lower()
        if isinstance(default, bool)
        else f"{default:g}"
        if isinstance(default, float)
        else str(default)
    )
