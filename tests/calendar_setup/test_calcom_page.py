"""docs/calcom.md names every finding of the code, with its level, and no other."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from zusage.app.calendar_setup import check_calendar, findings

_PAGE = Path(__file__).parents[2] / "docs" / "calcom.md"
_ROW = re.compile(r"^\| ((?:`\w+`(?:, )?)+) \| (error|warning) \|", re.MULTILINE)
_IN_CODE = (
    re.compile(r"_(error|warning)\(\s*\"(\w+)\""),
    re.compile(r"\"(error|warning)\",\n\s*\"(\w+)\""),
)


def test_page_and_code_name_the_same_findings() -> None:
    written = {
        (level, code.strip("` "))
        for codes, level in _ROW.findall(_PAGE.read_text(encoding="utf-8"))
        for code in codes.split(",")
    }
    source = "".join(inspect.getsource(each) for each in (check_calendar, findings))
    known = {found for pattern in _IN_CODE for found in pattern.findall(source)}
    assert written == known
    assert len(known) > 20
