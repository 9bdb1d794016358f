"""What `zusage calcom` prints stays readable when very much is wrong."""

from __future__ import annotations

import pytest

from zusage.app.calendar_setup.check_calendar import CalendarReport
from zusage.app.calendar_setup.findings import Finding
from zusage.boot.cli._calcom_pages import print_report


def test_of_very_many_findings_the_first_are_shown_and_the_others_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    gone = [
        Finding("error", "event_type_gone", f"Schnitt {n} with [Ben]", "It is gone.", "zusage calcom map")
        for n in range(45)
    ]
    notice = Finding("warning", "no_webhook", "changes", "Cal.com tells none.", "zusage calcom connect")
    print_report(CalendarReport("salon", "anna (1)", ("mitte",), (*gone, notice), ()))
    said = capsys.readouterr().out
    assert said.count("✗") == 30
    assert "Schnitt 29 with [Ben]" in said
    assert "Schnitt 30" not in said
    assert "… and 16 more (15 × event_type_gone, 1 × no_webhook); --json lists all of them." in said
