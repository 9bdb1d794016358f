"""What is left of a text after all readers: words of time among it mean that something was not understood."""

from __future__ import annotations

import re

from zusage.language.german._canon import MONTHS

_COUNTS = re.compile(
    r"(?:\bfuer )?(?<!um )(?<!gegen )\b\d+(?:(?: (?:oder|bis|und|-) |-)\d+)? "
    r"(?:person(?:en)?|leuten?|kindern?|maennern?|frauen|herren|damen|erwachsenen?|mal|euro|prozent|jahre alt|jaehrig\w*)\b"
    r"|\b(?:fuer|dauert|dauer) (?:ca |circa |etwa )?\d+ (?:stunden?|minuten)\b|\b\d+ (?:stunden?|minuten) (?:lang|dauer|zeit)\b"
    r"|\b\d+\. (?:termin|mal|besuch|kunde|kundin|stock|etage|person|wahl|versuch)\b|\b\d{5,}\b"
)
_MARK = re.compile(r"@\d+@")
_ALWAYS = re.compile(
    rf"\d|\b(?:tagen|tages|tags|\w*wochen?|woechentlich|monat\w*|jahr\w*|quartal\w*|wochenende|{'|'.join(MONTHS)})\b"
)
_WITHOUT_DAY = re.compile(
    r"\b(?:(?!(?:vor|nach)?mittag)\w{3,}tag\w{0,3}|\w{3,}days?|mo|di|mi|do(?! (?:you|we|i|they)\b)|fr|sa|(?:letzt|vergangen|vorig|darauf\w+)e\w?)\b"
)


def without_counts(text: str) -> str:
    """A canonical text without numbers that count something else than time."""
    return _COUNTS.sub(" ", text)


def leaves_doubt(rest: str, *, day_said: bool) -> bool:
    """Whether the rest of a canonical text still speaks of a day, so that the reading cannot be trusted."""
    left = _MARK.sub(" ", rest)
    return bool(_ALWAYS.search(left)) or (not day_said and bool(_WITHOUT_DAY.search(left)))
