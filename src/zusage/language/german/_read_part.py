"""Parts of a day ("vormittags", "am späten Nachmittag"), and the words that are one or a day ("morgen", "später")."""

from __future__ import annotations

from zusage.core.scheduling.masters import Span
from zusage.language.german._items import DAY_END, Found, Moment, Part, Talk, Tokens, Word, half_of
from zusage.language.german._read_day import near_day


def part_of_day(talk: Talk, name: str) -> Part:
    if name == "after_work":
        return Part(Span(talk.policies.after_work, DAY_END), name)
    return Part(Span(9 * 60, 18 * 60) if name == "day" else getattr(talk.policies, name), name)


def read_part(tokens: Tokens, at: int) -> Found:
    if tokens[at].text in {"fruehe", "fruhe", "frueh"} and tokens.kind(at + 1) == "part":
        return shaded_part(tokens, at)
    if at == 0 and tokens.kind(1) == "comma" and tokens[0].text in {"abend", "mittag"}:
        return None
    return part_of_day(tokens.talk, str(tokens[at].value)), at + 1


# "eher nachmittags" is no early afternoon.
_RATHER = frozenset({"eher", "vorher", "davor", "zuvor", "danach", "darauf", "drauf", "nachher"})


def shaded_part(tokens: Tokens, at: int) -> Found:
    """ "am späten Nachmittag", "früher Abend": half of that part."""
    part_at = tokens.skip(at + 1, "glue")
    if tokens[at].text in _RATHER:
        return None
    if tokens.kind(part_at) == "day" and tokens.kind(part_at + 1) == "part":
        return Word("shade", "late" if tokens.kind(at) in {"late", "later"} else "early"), at + 1
    if tokens.kind(part_at) != "part":
        return None
    whole = part_of_day(tokens.talk, str(tokens[part_at].value))
    late = tokens.kind(at) in {"late", "later"}
    return Part(half_of(whole.span, late=late), whole.name), part_at + 1


def late_part(tokens: Tokens, at: int) -> Found:
    part = part_of_day(tokens.talk, str(tokens[at].value))
    return Part(half_of(part.span, late=True), part.name), at + 1


def part_after_work(tokens: Tokens, at: int) -> Found:
    return part_of_day(tokens.talk, "after_work"), at + 1


def read_tomorrow(tokens: Tokens, at: int) -> Found:
    """ "morgen" is the next day, or a part of the day that stands before it."""
    if tokens[at].text == "morgen" and (
        (tokens.kind(at - 1) == "comma" and tokens.kind(at - 2) == "day" and "morgen" in tokens.capitals)
        or tokens.kind(at - 1) in {"day", "days", "near", "tomorrow", "date", "every"}
        or tokens[at - 1].text == "am"
    ):
        return part_of_day(tokens.talk, "morning"), at + 1
    return near_day(tokens, at)


def read_later(tokens: Tokens, at: int) -> Found:
    """ "später", "früher": after or before the offer that is talked about."""
    shaded = shaded_part(tokens, at)
    if shaded:
        return shaded
    later = tokens.kind(at) == "later"
    if tokens.talk.anchor is None:
        after = tokens[at].text in {"danach", "nachher"} and at > 0
        return Word("afterwards" if after else "relative"), at + 1
    return Moment(tokens.talk.anchor, "open_end" if later else "open_start"), at + 1
