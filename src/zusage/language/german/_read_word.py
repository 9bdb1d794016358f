"""Words that join, limit or refuse, and words that look like a day but are none ("Frau Freitag", "Guten Morgen")."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from zusage.language.german._counts import counts_something
from zusage.language.german._items import Found, Moment, Tokens, Word
from zusage.language.german._kinds import Kinds, TokenKind, WordKind
from zusage.language.german._names_known import FAMILY, GIVEN
from zusage.language.german._quantity import Quantity
from zusage.language.german._read_counted import ago
from zusage.language.german._read_day import named_weekday, next_workday
from zusage.language.german._read_part import part_of_day

NAMED_LIKE_TIME: Kinds = frozenset({"day", "days", "month_name", "season", "feast", "tomorrow"})
_DAYLIKE = re.compile(
    r"(?!(?:.*mittag|alltag|.*vertrag|.*auftrag|.*betrag|.*antrag|.*eintrag|.*nachtrag|.*ertrag)s?$)\w{3,}tage?s?$|\w{3,}days?$"
)
_WEEKLIKE = re.compile(r"\w+wochen?|woechentlich|\w*ferien|monatlich\w*|monats\w+|jahres\w+|quartals\w+")


def short_day(tokens: Tokens, at: int) -> Found:
    """ "Mo", "Di." and the like, where nothing else can be meant by it."""
    behind = tokens.skip(at + 1, "stop", "comma")
    kind = tokens.kind(behind)
    dated_behind = kind in {"date", "dotted", "slashed", "ord"} or (
        tokens[behind].text == "den" and tokens.kind(behind + 1) in {"date", "ord", "num"}
    )
    if dated_behind or _beside_day(tokens, at, behind, "dash"):
        return named_weekday(tokens, at)
    alone = (at == 0 and kind == "end") or tokens[at - 1].text in {"am", "on"} or kind == "part"
    alone = alone or tokens.kind(at - 1) in {"which", "unit_week"} or kind == "which"
    alone = alone or (tokens[at].text in tokens.capitals and tokens[at].text != "so")
    alone = alone or (kind == "end" and tokens.kind(at - 1) == "num")
    alone = alone or _beside_day(tokens, at, at + 1, "until", "or", "and", "comma", "slash")
    timed = kind in {"at", "clock", "bound", "about", "until", "between", "num", "half", "quarter"}
    after_time = (
        tokens.kind(at - 1) in {"uhr", "clock", "half_of_day"} or tokens.kind(at - 2) == "week_number"
    )
    # "so" is Sunday only where it cannot be the little word, and "sun" is no star.
    if tokens[at].text in {"so", "sun", "sat", "mon"}:
        listed = _beside_day(tokens, at, at + 1, "until", "or", "and", "comma", "slash")
        ends = listed or (tokens.kind(at - 1) in {"until", "dash"} and timed)
        return (
            named_weekday(tokens, at)
            if (alone and at == 0) or ends or (timed and tokens[at].text != "so")
            else None
        )
    return named_weekday(tokens, at) if alone or timed or after_time else (Word("daylike"), at + 1)


def _beside_day(tokens: Tokens, at: int, behind: int, *joints: TokenKind) -> bool:
    """Whether such a word joins the short day at a place to another day, before or behind it."""
    days = {"short_day", "day"}
    joined_behind = tokens.kind(behind) in joints and tokens.kind(behind + 1) in days
    return joined_behind or (tokens.kind(at - 1) in joints and tokens.kind(at - 2) in days)


def given_name(tokens: Tokens, at: int) -> bool:
    """Whether a day or month is somebody's family name: a given name stands before it, and nobody's "bei"."""
    before = tokens[at - 1]
    if before.kind != "word" or before.text not in GIVEN or tokens.kind(at - 2) == "from":
        return False
    return tokens[at - 2].text not in {"bei", "mit", "zu", "zur", "von"}


def staff_name(tokens: Tokens, at: int) -> bool:
    """ "bei August": no month is ever said like that."""
    return tokens.kind(at) == "month_name" and tokens[at - 1].text == "bei"


def company_name(tokens: Tokens, at: int) -> bool:
    """ "August Müller", "Montag GmbH"."""
    after = tokens[at + 1]
    if after.text in {"gmbh", "ug", "kg", "ag"}:
        return True
    month = tokens[at].text in {"mai", "april", "august", "juni", "may", "june"} and tokens.kind(
        at - 1
    ) not in {"num", "ord", "glue", "in", "bound", "edge", "which"}
    return (
        month
        and after.kind == "word"
        and (after.text in FAMILY | tokens.capitals or after.text.startswith("o'"))
    )


def titled_name(tokens: Tokens, at: int) -> Found:
    """ "Frau Freitag" is nobody's Friday, but for "meine Frau Freitag"."""
    name_at = tokens.skip(at + 1, "title")
    own = tokens[at].text == "frau" and tokens[at - 1].text in {
        "meine",
        "ihre",
        "seine",
        "deine",
        "eine",
        "unsere",
    }
    if own or tokens.kind(name_at) not in NAMED_LIKE_TIME | {"part"}:
        return None
    return Word("daylike"), name_at + 1


def called_name(tokens: Tokens, at: int) -> Found:
    """ "mein Name ist Petra Sonntag": up to three words of a name."""
    behind = at + 1
    while behind < at + 4 and tokens.kind(behind) in {"word", *NAMED_LIKE_TIME}:
        behind += 1
    named = any(tokens.kind(place) in NAMED_LIKE_TIME for place in range(at + 1, behind))
    return (Word("daylike"), behind) if named else None


def greeting(tokens: Tokens, at: int) -> Found:
    greeted = tokens.kind(at + 1) in {"unit_day", "tomorrow", "part", "weekend", "feast"}
    return (Word("comma"), at + 2) if greeted else None


_DAY_ROOTS = frozenset({"dienst", "diens", "dins", "donners", "donnerst", "sams", "samst", "sonn", "mitt"})


def unknown_word(tokens: Tokens, at: int) -> Found:
    text = tokens[at].text
    if text in _DAY_ROOTS and tokens[at - 1].text in {"am", "naechsten", "kommenden", "diesen"}:
        return Word("daylike"), at + 1
    if text == "an" or len(text) < 6:
        return None
    if _WEEKLIKE.fullmatch(text):
        return Word("junk"), at + 1
    return (Word("daylike"), at + 1) if _DAYLIKE.fullmatch(text) else None


def glue_word(tokens: Tokens, at: int) -> Found:
    text = tokens[at].text
    if (
        text in {"zum", "auf"}
        and tokens.kind(at - 1) != "until"
        and any(tokens[place].text in {"vom", "von"} for place in range(max(at - 4, 0), at))
    ):
        moves = "move" in tokens.kinds
        return Word("onto" if moves else "until"), at + 1
    word = _GLUE_WORDS.get(text)
    return (Word(word), at + 1) if word else None


_GLUE_WORDS: Mapping[str, WordKind] = {"an": "onwards", "vom": "from", "auf": "onto"}


def read_workday(tokens: Tokens, at: int) -> Found:
    return (Word("junk"), at + 1) if tokens[at].text != "werktag" else (next_workday(tokens.talk), at + 1)


def refusal(tokens: Tokens, at: int) -> Found:
    if tokens[at].value == "neither":
        said = any(tokens[place].text == "weder" for place in range(max(at - _LONGEST_CLAUSE, 0), at))
        return (Word("and"), at + 1) if said else None
    how = tokens[at].value
    if how == "either" and tokens[at - 1].text in {"nur", "aber", "bloss"} and _time_follows(tokens, at):
        return Word("no", "without"), at + 1
    if how == "also":
        return (Word("no", how), at + 1) if _refuses(tokens, at) else None
    if how != "either" or _refuses(tokens, at):
        return Word("no", how), at + 1
    return None


_VERDICT_TEXT = """
nicht mehr geht gehts geht's ginge passt passts passt's klappt klappts klappt's kann koennen koennte schaffe schaff schaffen ich wir
mir uns es das dies da aber auch leider bei ja so gut also dann halt eben schon wohl sicher wahrnehmen einhalten halten schaffen lieber denn weil ist waere sind komme
kommen haben hab habe zeit an am der die den tag tage leider keinesfalls gar eigentlich bitte nur ueberhaupt gehen passen und
"""
_VERDICT = frozenset(_VERDICT_TEXT.split())
_NO_VERDICT = frozenset(
    {"sonst", "anders", "ansonsten", "wenn", "weil", "falls", "hoffentlich", "dass", "dauert", "zu"}
)
_GOOD = frozenset({"gut", "moeglich", "so", "guenstig", "passend", "recht"})
_PAUSES: Kinds = frozenset({"comma", "stop", "end", "fix", "or", "hesitation"})
_SILENT_KINDS: Kinds = frozenset(
    {"word", "glue", "no", "time_word", "and", "in", "title", "later", "earlier", "empty"}
)


def _time_follows(tokens: Tokens, at: int) -> bool:
    behind = at + 1
    while tokens[behind].text in _BEFORE_TIME:
        behind += 1
    return tokens.kind(behind) not in _SILENT_KINDS | _PAUSES


_ASKING_TEXT = "koennte koennten kann koennen haetten haette haben habt wuerden wollen darf duerfte"
_ASKING = frozenset(_ASKING_TEXT.split())
"""Verbs that ask with the person behind them: "kann ich nicht am Dienstag" asks, "kann nicht am Dienstag" refuses."""
_ASKING_ALONE = frozenset({"ist", "warum", "wieso", "gibt", "gibts", "gaebe", "waere"})
_ASKED = frozenset({"geht", "ginge", "passt", "klappt"})
_PERSONS = frozenset({"ich", "wir", "man", "sie", "du", "ihr", "es", "da", "s"})


def _is_request(tokens: Tokens, at: int) -> bool:
    """ "Könnte ich nicht am Dienstag kommen?": a clause that begins with its verb asks politely."""
    first = _clause_begin(tokens, at)
    text = tokens[first].text
    if text in _ASKING_ALONE:
        return True
    if text in _ASKING:
        return tokens[first + 1].text in _PERSONS
    if text not in _ASKED:
        return False
    ends = (tokens[place] for place in range(at, at + _LONGEST_CLAUSE) if tokens.kind(place) in _PAUSES)
    return next(ends, tokens[at]).text == "?"


def _clause_begin(tokens: Tokens, at: int) -> int:
    first = at
    while tokens.kind(first - 1) not in _PAUSES and first > max(at - _LONGEST_CLAUSE, 0):
        first -= 1
    while tokens[first].text in {"und", "ja", "hallo", "also", "dann", "na", "denn", "hm"} and first < at:
        first += 1
    return first


_LONGEST_CLAUSE = 20
"""Tokens: how far back a word looks in its clause."""
_BEFORE_TIME = frozenset(
    {
        "an",
        "so",
        "am",
        "um",
        "im",
        "in",
        "der",
        "den",
        "dem",
        "bei",
        "gerade",
        "mehr",
        "nur",
        "on",
        "at",
        "do",
        "make",
        "it",
    }
)


def _refuses(tokens: Tokens, at: int) -> bool:
    """Whether a "nicht" speaks of a time: of the one that follows, of one in its clause, or it is a bare verdict
    ("das geht nicht") on the clause before. "Sonst geht's nicht" and "nicht vergessen" are none."""
    if _time_follows(tokens, at):
        return not _is_request(tokens, at)
    after = tokens[at + 1]
    ended = after.kind in _PAUSES or after.text in _VERDICT or tokens[at - 1].text in _VERDICT & _SUBJECTS
    if after.text in _GOOD and tokens[at - 1].text not in {"ist", "waere", "passt", "geht", "klappt", "sind"}:
        return False
    return ended and _clause_allows(tokens, at)


_SUBJECTS = frozenset({"geht", "gehts", "geht's", "passt", "klappt", "ginge", "kann"})


def _clause_allows(tokens: Tokens, at: int) -> bool:
    first = _clause_begin(tokens, at)
    before = [tokens[place] for place in range(first, at)]
    if any(token.text in _NO_VERDICT for token in before) or tokens.kind(first - 1) == "or":
        return False
    if any(token.kind not in _SILENT_KINDS for token in before):
        return True
    only_later = any(token.kind in {"later", "earlier"} for token in before)
    return not only_later and all(token.text in _VERDICT for token in before)


def slash(tokens: Tokens, at: int) -> Found:
    """Between two dates with their years it is a stretch (ISO 8601), else a choice."""
    behind = tokens[at + 1]
    whole = behind.kind == "date" and isinstance(behind.value, tuple) and behind.value[0] is not None
    return Word("until" if whole and tokens.kind(at - 1) in {"date", "clock"} else "or"), at + 1


def choice(tokens: Tokens, at: int) -> Found:
    """ "oder später" makes an open end of what stands before."""
    if tokens.kind(at + 1) in {"later", "earlier"} and tokens.kind(at + 2) != "part":
        return Word("or_later" if tokens.kind(at + 1) == "later" else "or_earlier"), at + 2
    return Word("or"), at + 1


def every(tokens: Tokens, at: int) -> Found:
    kind = _REPEATED.get(tokens.kind(at + 1))
    return (Word(kind), at + 2) if kind else None


_REPEATED: Mapping[TokenKind, WordKind] = {"unit_day": "every_day", "unit_week": "weekly"}


def bound(tokens: Tokens, at: int) -> Found:
    text, behind = tokens[at].text, tokens.skip(at + 1, "glue")
    if (
        text in {"vor", "nach"}
        and tokens[at + 1].text == "mittag"
        and tokens.kind(at + 2) in {"at", "clock", "num"}
    ):
        return part_of_day(tokens.talk, "forenoon" if text == "vor" else "afternoon"), at + 2
    if tokens.kind(behind) in {"num", "decimal", "dotted"} and counts_something(tokens, behind):
        return Word("number"), behind + 1
    quantity = Quantity.read(tokens, behind) if text in {"vor", "nach"} else None
    if quantity and not quantity.vague:
        return (ago(tokens.talk, quantity), quantity.end) if text == "vor" else None
    return Word("bound", tokens[at].value), tokens.skip(at + 1, "at", "about")


def bound_now(tokens: Tokens, at: int) -> Found:
    return Moment(tokens.talk.now, "open_end"), at + 1


def mark(kind: WordKind) -> Callable[[Tokens, int], Found]:
    return lambda tokens, at: (Word(kind, tokens[at].value), at + 1)
