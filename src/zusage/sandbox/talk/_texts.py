"""What the rehearsing agent says where no tool was called. All else it says comes from the voice door."""

from __future__ import annotations

FAREWELL = "Vielen Dank für den Anruf, auf Wiederhören."
NOT_UNDERSTOOD = "Das habe ich leider nicht verstanden. Um welche Leistung geht es, und wann?"
STILL_HELD = "Frei gehalten ist die Zeit am {day} um {time}. Soll sie so eingetragen werden, ja oder nein?"
WHICH = "Welcher Vorschlag ist gemeint, der erste oder der zweite?"
BOOKED_STAYS = (
    "Ein gebuchter Termin lässt sich hier noch nicht verschieben oder absagen; das übernimmt das Team im Salon. "
    "Eine Zeit, die nur freigehalten ist, gebe ich gern wieder frei."
)
HINTS = (
    "Ich hätte gern einen Damenschnitt, am Freitag nachmittag.",
    "Den ersten bitte.",
    "Doch lieber eine Stunde später.",
    "Ja, auf den Namen Erika Sommer.",
    "Danke, auf Wiederhören.",
)
"""Sentences to begin with."""
