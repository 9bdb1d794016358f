from __future__ import annotations

import unicodedata

_TITLES = frozenset({"herr", "herrn", "frau", "fr.", "hr.", "dr.", "dr", "prof.", "prof"})


def normalise_name(name: str) -> str:
    """Build the key that two spellings of one customer's name share; "" when nothing but blanks was said.

    Upper case, Unicode form, repeated blanks and leading titles make no difference; umlauts and word order do."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    words = folded.split()
    while len(words) > 1 and words[0] in _TITLES:
        del words[0]
    return " ".join(words)
