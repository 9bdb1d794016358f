"""The tools of the voice door: one source for what agents are given and for what the handlers accept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from zusage.language.german import question

Schema = Mapping[str, object]
"""The JSON schema of one parameter."""


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """What a voice agent must know of one tool; platform-neutral.

    `parameters` maps canonical argument names to JSON schemas; one with `const` "{{variable}}" is bound by the
    platform and never written by the model. `variables` maps such variables to paths in the answer. `filler` is
    spoken while the tool runs. A `legacy` tool stays answered for older flows, but new agents are not given it."""

    name: str
    description: str
    parameters: Mapping[str, Schema] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    filler: str | None = None
    timeout_ms: int = 8_000
    legacy: bool = False


def _words(description: str) -> Schema:
    return {"type": "string", "description": description}


_SERVICE = _words("Die gewünschte Leistung in den Worten des Anrufers, z. B. „Haare färben“.")
_WHEN = _words(
    "Der Wunschtermin in den Worten des Anrufers, z. B. „nächsten Dienstag um halb drei“ oder „Freitag nachmittags“. "
    "Nichts ausrechnen, nichts ergänzen. Weglassen, wenn der Anrufer nichts dazu gesagt hat."
)
_STAFF = _words("Bei wem, nur wenn der Anrufer jemanden genannt hat. Weglassen bei „egal“.")
_OFFER: Schema = {
    "type": "integer",
    "minimum": 1,
    "maximum": 3,
    "description": "Die Nummer `n` des Vorschlags, den der Anrufer gewählt hat. Nur bei einer Wahl aus Vorschlägen.",
}
_NAME = _words("Vor- und Nachname des Anrufers, so wie er ihn gesagt hat. Nie erfinden.")
_ATTENDEE = _words("Name der Person, für die der Termin ist, nur wenn das nicht der Anrufer selbst ist.")
_PHONE = _words("Rückrufnummer, nur wenn der Anrufer eine andere als seine eigene genannt hat.")
_NOTES = _words("Was der Anrufer dem Salon sonst ausrichten lässt.")
_HOLD: Schema = {"type": "string", "const": "{{hold_token}}", "description": "Wird automatisch gesetzt."}

_HELD = {"hold_token": "data.hold.token"}
_BOOKED = {"booking_status": "status", "appointment_id": "data.appointment.id"}
_BOOKING = {
    "name": _NAME,
    "hold": _HOLD,
    "offer": _OFFER,
    "service": _SERVICE,
    "when": _WHEN,
    "staff": _STAFF,
    "attendee": _ATTENDEE,
    "phone": _PHONE,
    "notes": _NOTES,
}

CATALOGUE: tuple[ToolSpec, ...] = (
    ToolSpec(
        name="initialize_call",
        description="Einmal zu Beginn jedes Gesprächs aufrufen. Nennt Salon, Datum und Uhrzeit, und wer anruft.",
    ),
    ToolSpec(
        name="get_available_services",
        description="Nennt die Leistungen des Salons mit Dauer und Preis. Preise nie aus dem Gedächtnis nennen.",
        parameters={"category": _words("Nur Leistungen dieser Art, z. B. „Farbe“. Weglassen für alle.")},
    ),
    ToolSpec(
        name="check_availability",
        description=(
            "Prüft eine Wunschzeit und hält sie frei, wenn sie frei ist; sonst kommen Vorschläge. Immer aufrufen, "
            "bevor eine Zeit als frei oder belegt bezeichnet wird, auch wenn der Anrufer einen Vorschlag wählt "
            "(dann mit `offer`). Den Namen braucht es dafür nicht. Was noch fehlt, fragt die Antwort in `say`."
        ),
        parameters={"service": _SERVICE, "when": _WHEN, "staff": _STAFF, "offer": _OFFER},
        variables=_HELD,
        filler=question("filler.checking"),
    ),
    ToolSpec(
        name="get_alternatives",
        description="Sucht andere freie Zeiten, wenn die genannten nicht passen. Hält nichts frei.",
        parameters={
            "service": _SERVICE,
            "when": _WHEN,
            "window": _words("Zeitraum, wenn einer genannt wurde, z. B. „zwischen zehn und zwölf“."),
            "staff": _STAFF,
            "max_alternatives": {
                "type": "integer",
                "minimum": 1,
                "maximum": 3,
                "description": "Wie viele Vorschläge höchstens; üblich sind 3.",
            },
        },
        filler=question("filler.searching"),
    ),
    ToolSpec(
        name="book_appointment",
        description=(
            "Bucht den Termin, nachdem der Anrufer ausdrücklich Ja gesagt hat. Bucht die gehaltene Zeit; `service`, "
            "`when` und `staff` nur angeben, wenn vorher nichts geprüft wurde. Erst wenn `status` „booked“ oder "
            "„already_booked“ ist, ist der Termin gebucht; vorher nie sagen, er sei gebucht."
        ),
        parameters=_BOOKING,
        required=("name", "hold"),
        variables=_BOOKED,
        filler=question("filler.booking"),
    ),
    ToolSpec(
        name="start_booking",
        description="Älterer Name von book_appointment.",
        parameters=_BOOKING,
        required=("name", "hold"),
        variables=_BOOKED,
        filler=question("filler.booking"),
        legacy=True,
    ),
    ToolSpec(
        name="confirm_booking",
        description="Zweiter Schritt älterer Abläufe: nennt die Buchung dieses Anrufs oder bucht, was er hält.",
        parameters={"name": _NAME, "hold": _HOLD},
        required=("hold",),
        variables=_BOOKED,
        legacy=True,
    ),
    ToolSpec(
        name="release_hold",
        description="Gibt die gehaltene Zeit wieder frei, wenn der Anrufer den Termin doch nicht möchte.",
        parameters={"hold": _HOLD},
        required=("hold",),
    ),
)
"""Every tool, in the order a call uses them."""
