"""Words that a company's own text must not say: promises that nothing has kept, shortened words, the other address."""

from __future__ import annotations

import re

from zusage.language.settings import Address

_PROMISES = re.compile(
    r"\b(?:(?:ein|vor|ver)?gebucht|gebongt|eingetragen|best(?:ä|ae)tigt|vereinbart|reserviert|notiert|"
    r"vorgemerkt|vermerkt|gesichert|abgesichert|sichergestellt|festgemacht|festgelegt|fixiert|gefixt|eingeplant|zugesagt|"
    r"abgemacht|ausgemacht|geblockt|blockiert|terminiert|registriert|gespeichert|hinterlegt|gebookt|"
    r"(?:buchung|reservierung)\s+(?:abgeschlossen|erfolgt|erfolgreich)|termin\s+(?:gemacht|erledigt|angenommen)|"
    r"(?:ihr|dein|der|ihren|deinen|den)\s+termin\s+(?:ist|gilt)|geht\s+(?:klar|in\s+ordnung)|steht\s+fest)\b",
    re.IGNORECASE,
)
_STANDS = re.compile(
    r"\b(?:termin|buchung|reservierung|zeit|alles|das|es|er)\b[^.?!]{0,40}\bsteh(?:t|en)\b"
    r"(?!\s+(?:auf|in|im|unter|zur|Ihnen|dir|leider|nicht)\b)|"
    r"\bsteht(?=\s*[.!,?]|\s*$)|\bsteht\b[^.?!]{0,40}\b(?:termin|buchung|reservierung)\b",
    re.IGNORECASE,
)
_FIRM = re.compile(r"\b(?:fest|fix|sicher|verbindlich|garantiert)\b", re.IGNORECASE)
_ASKS = re.compile(r"\s*(?:soll|darf|kann|könn|möcht|woll|will|sind|bist)\w*\b", re.IGNORECASE)
_CANCELS = re.compile(
    r"\b(?:storniert|abgesagt|gecancelt|gecancelled|annulliert|(?:termin|buchung)\b[^.?!]{0,40}\bgelöscht)\b",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"(?<![\w'’])(?:usw|etc|inkl|exkl|evtl|ca|incl|eig|insb|od|tel|GmbH|GbR|e\.?V|AG|KG|UG|OHG|Mo|Di|Mi|Sa|Std|Min|Str|Tel)(?![\w'’])"
)
_LONE_LETTER = re.compile(r"(?<![\w'’])[a-zäöüß](?![\w'’])")
_NO_VOWEL = re.compile(r"(?<![\w'’])(?=\w*[a-zß])[b-df-hj-np-tv-xzßB-DF-HJ-NP-TV-XZ]{2,}(?![\w'’])")
_HUMMED = re.compile(r"h+m+|p+s+t+|b+r+", re.IGNORECASE)
_FORMAL = re.compile(r"\b(?:Sie|Ihnen|Ihr|Ihre[nmrs]?|Ihrerseits)\b")
_FAMILIAR = re.compile(
    r"\b(?:du|dich|dir|dein(?:e[nmrs]?)?|euch|euer|eure[nmrs]?|möchtest|kannst|willst|magst|hast|bist|darfst|sollst|musst|"
    r"wirst|würdest|könntest|hättest|brauchst|meinst|wünschst|weißt)\b",
    re.IGNORECASE,
)


def promise_in(line: str) -> str:
    """The word of a text by which an appointment sounds made, or ""; "fest" may stand in a question like "Soll ich …?"."""
    found = _PROMISES.search(line) or _STANDS.search(line)
    if found is not None:
        return found[0]
    for said in re.findall(r"[^.?!]+[.?!]*", line):
        firm = _FIRM.search(said)
        if firm is not None and not (said.endswith("?") and _ASKS.match(said)):
            return firm[0]
    return ""


def cancelled_in(line: str) -> str:
    """The word by which an appointment sounds cancelled, or "": the agent never cancels one."""
    found = _CANCELS.search(line)
    return found[0] if found else ""


def shortened_in(line: str) -> str:
    """The first shortened word of a text that is written without its dot ("bzw", "d h", "GmbH"), or ""."""
    found = _SHORT.search(line) or _LONE_LETTER.search(line)
    if found is not None:
        return found[0]
    return next((word for word in _NO_VOWEL.findall(line) if not _HUMMED.fullmatch(word)), "")


def other_address_in(line: str, address: Address) -> str:
    """The first word that addresses the caller otherwise than the company does, or ""."""
    found = (_FAMILIAR if address == "Sie" else _FORMAL).search(line)
    return found[0] if found else ""
