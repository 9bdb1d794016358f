"""What is said back of a wish is understood as that wish."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from zusage.language.german import speak, understand_when
from zusage.language.german.speak import Here
from zusage.language.reading import When

ZONE = "Europe/Berlin"
NOW = datetime(2026, 11, 18, 10, tzinfo=ZoneInfo(ZONE))


@pytest.mark.parametrize(
    "text",
    [
        "morgen um halb drei",
        "am Freitag ab 15 Uhr",
        "ab Freitag 15 Uhr",
        "Freitag bis 12 Uhr",
        "bis Freitag 12 Uhr",
        "bis Freitag",
        "ab Montag",
        "ab morgen",
        "nächste Woche",
        "Montag bis Mittwoch",
        "heute bis Freitag",
        "morgen vormittag",
        "nächste Woche vormittags",
        "Freitag zwischen neun und elf",
        "Freitag gegen drei",
        "so bald wie möglich",
        "im Dezember",
        "nach 15 Uhr",
        "ab Montag nachmittags",
        "bis 12 Uhr",
    ],
)
def test_a_wish_that_is_said_back_is_the_same_wish(text: str) -> None:
    meant = understand_when(text, now=NOW, zone=ZONE)
    assert isinstance(meant, When)
    spoken = speak.wish(meant, Here(NOW, ZONE))
    heard = understand_when(spoken, now=NOW, zone=ZONE)
    assert isinstance(heard, When), spoken
    assert (heard.start, heard.end, heard.kind, heard.daily) == (
        meant.start,
        meant.end,
        meant.kind,
        meant.daily,
    ), spoken
