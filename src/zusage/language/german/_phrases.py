"""Words about time that only mean something together, and what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from zusage.language.german._kinds import TokenKind
from zusage.language.german._lexicon import Meaning

Phrase = tuple[tuple[str, ...], Meaning]


def _phrases() -> Iterator[Phrase]:
    for pattern, kind, value in _PHRASES:
        slots = [tuple(slot.split("|")) for slot in pattern.split(" ")]
        for words in product(*slots):
            yield tuple(word for word in words if word), (kind, value)


# "a|b c|" : one of a, b; then c or nothing.
_PHRASES: tuple[tuple[str, TokenKind, str | float | None], ...] = (
    ("ueber morgen", "near", 2),
    ("vor gestern", "near", -1),
    ("the| day after tomorrow", "near", 2),
    ("heutigen tag", "near", 0),
    ("morgigen tag", "near", 1),
    ("gestrigen tag", "near", -1),
    ("zwei einhalb", "one_and_a_half", 2.5),
    ("drei einhalb", "one_and_a_half", 3.5),
    ("p m", "half_of_day", "pm"),
    ("a m", "half_of_day", "am"),
    ("christmas eve", "feast", "christmas_eve"),
    ("new year's eve", "feast", "new_years_eve"),
    ("new year's day", "feast", "new_year"),
    ("anything|any but|except", "no", "without"),
    ("any day|time but|except", "no", "without"),
    ("not before", "bound", "from"),
    ("not after", "bound", "until"),
    ("no|not later than", "bound", "until"),
    ("no|not earlier than", "bound", "from"),
    ("spaeter als", "bound", "from"),
    ("frueher als", "bound", "until"),
    ("erst nach", "bound", "after"),
    ("nicht einfach|noch|mal|irgendwie|zufaellig|eventuell|schon|gerade|etwa", "word", None),
    ("noch nie|niemals", "word", None),
    ("nichts|nix", "nothing", None),
    ("so schnell|bald wie's irgend geht", "soon", None),
    ("hauptsache bald|schnell|zeitnah", "soon", None),
    ("fruehester|frueheste|fruehesten|schnellster|schnellste|schnellsten termin", "soon", None),
    ("earliest possible|available", "soon", None),
    ("hier ist|spricht", "called", None),
    ("so bald|balt|schnell|frueh|rasch|zeitnah wie|als moeglich|moglich|moegliche|moeglichst", "soon", None),
    ("moeglichst|moglichst bald|schnell|frueh|zeitnah|rasch", "soon", None),
    ("so schnell|bald wie's geht", "soon", None),
    ("so schnell|bald wie es geht", "soon", None),
    ("ganz| egal wann", "soon", None),
    ("wann auch| immer", "soon", None),
    ("zeitlich egal", "soon", None),
    ("am schnellsten|fruehesten|ehesten", "soon", None),
    ("jetzt gleich|sofort", "soon", None),
    ("gleich jetzt", "soon", None),
    ("as soon as possible", "soon", None),
    ("uhrzeit|zeit ist| mir| egal", "any_time", None),
    ("den|der ganzen|ganze tag", "any_time", None),
    ("egal welche|welcher uhrzeit", "any_time", None),
    ("drei|3 viertel", "three_quarters", None),
    ("ein|eine|einer viertel stunde", "quarter_hour", 15),
    ("viertelstunde", "quarter_hour", 15),
    ("dreiviertelstunde", "quarter_hour", 45),
    ("drei|3 viertel stunde", "quarter_hour", 45),
    ("dreiviertel stunde", "quarter_hour", 45),
    ("halbstunde", "quarter_hour", 30),
    ("ein und ein halb|halbe", "one_and_a_half", 1.5),
    ("ein paar|einigen|mehreren|wenigen", "some", None),
    ("einigen|mehreren|wenigen|paar", "some", None),
    ("zwischen den jahren", "feast", "between_years"),
    ("zwischen weihnachten und neujahr|silvester", "feast", "between_years"),
    ("heiliger|heiligen|heilger abend", "feast", "christmas_eve"),
    ("heilige|heiligen drei|3 koenige|koenigen", "feast", "epiphany"),
    ("tag der deutschen| einheit", "feast", "unity_day"),
    ("tag der arbeit", "feast", "labour_day"),
    ("christi himmelfahrt", "feast", "ascension"),
    ("mariae|maria himmelfahrt", "feast", "assumption"),
    ("buss|bus und bettag", "feast", "repentance_day"),
    ("buss|bus - und bettag", "feast", "repentance_day"),
    ("sankt|st martin", "feast", "st_martin"),
    ("ersten|erster|1. weihnachtstag|weihnachtsfeiertag|christtag", "feast", "christmas"),
    ("zweiten|zweiter|2. weihnachtstag|weihnachtsfeiertag|christtag", "feast", "boxing_day"),
    ("ersten|erster|1. advent|adventssonntag", "feast", "advent_1"),
    ("zweiten|zweiter|2. advent|adventssonntag", "feast", "advent_2"),
    ("dritten|dritter|3. advent|adventssonntag", "feast", "advent_3"),
    ("vierten|vierter|4. advent|adventssonntag", "feast", "advent_4"),
    ("ersten|erster|1. osterfeiertag|ostertag", "feast", "easter"),
    ("zweiten|zweiter|2. osterfeiertag|ostertag", "feast", "easter_monday"),
    ("ersten|erster|1. pfingstfeiertag|pfingsttag", "feast", "whit_sunday"),
    ("zweiten|zweiter|2. pfingstfeiertag|pfingsttag", "feast", "whit_monday"),
    ("auch nicht", "no", "also"),
    ("alles recht", "whatever", None),
    ("pfingst montag", "feast", "whit_monday"),
    ("pfingst sonntag", "feast", "whit_sunday"),
    ("unter|waehrend der woche", "workdays", None),
    ("unter|waehrend der arbeitswoche", "workdays", None),
    ("in der frueh|fruehe|fruh", "part", "morning"),
    ("in aller fruehe|herrgottsfruehe", "part", "morning"),
    ("am morgen", "part", "morning"),
    ("in|on the morning", "part", "morning"),
    ("zu mittag", "part", "noon"),
    ("nach der arbeit", "part_after_work", None),
    ("nach feierabend|arbeitsschluss|dienstschluss|buero", "part_after_work", None),
    ("nach meinem feierabend", "part_after_work", None),
    ("vor der arbeit", "part", "morning"),
    ("nach|bis|um schulschluss", "junk", None),
    ("sondern auch", "or", None),
    ("wenn|falls das|es| nicht geht|klappt|passt|moeglich|", "or", None),
    ("wenn|falls nicht dann", "or", None),
    ("zur not", "or", None),
    ("oder so", "word", None),
    ("oder doch lieber|", "fix", None),
    ("doch lieber|besser", "fix", None),
    ("ich meine|meinte", "fix", None),
    ("stimmt nicht", "fix", None),
    ("besser|genauer gesagt", "fix", None),
    ("beziehungsweise besser", "fix", None),
    ("lieber|besser|eher als", "no", "instead"),
    ("bis auf", "no", "without"),
    ("auf gar| keinen fall", "no", "either"),
    ("zu frueh|spaet|kurzfristig|bald|knapp|weit", "no", "behind"),
    ("keine zeit", "no", "behind"),
    ("im urlaub", "no", "behind"),
    ("faellt aus|weg|flach", "no", "behind"),
    ("nicht wahr|nur|auch|doch|vielleicht|schlimm|schlecht|wichtig|genau|sicher", "word", None),
    ("nicht mehr vor", "bound", "from"),
    ("nicht mehr nach", "bound", "until"),
    ("warum|wieso nicht", "word", None),
    ("weiss noch| nicht genau|", "word", None),
    ("weiss ich|ja noch| nicht genau|", "word", None),
    ("nicht zu|so|ganz|allzu frueh|spaet|lang|lange|bald", "word", None),
    ("nicht ganz|so|allzu so|zu frueh|spaet|lang|lange", "word", None),
    ("noch nicht", "word", None),
    ("kein|keine|keinen problem|thema|ahnung|praeferenz|sorge|frage|stress|eile", "word", None),
    ("nicht vor", "bound", "from"),
    ("nicht frueher|fruher als", "bound", "from"),
    ("nicht spaeter|spater als", "bound", "until"),
    ("nicht nach", "bound", "until"),
    ("erst ab", "bound", "from"),
    ("bis spaetestens|maximal|hoechstens", "bound", "until"),
    ("spaetestens bis|um|am", "bound", "until"),
    ("fruehestens um|ab|am", "bound", "from"),
    ("von|ab jetzt an|", "bound_now", None),
    ("name ist", "called", None),
    ("mein name ist|waere|lautet|war", "called", None),
    ("k w", "week_number", None),
    ("ka we", "week_number", None),
    ("mein name", "my_name", None),
    ("schoenes|gutes|frohes|gesundes neues jahr", "word", None),
    ("meine ich", "word", None),
    ("wochen|wochn ende", "weekend", None),
    ("neuen|neues|neue jahr|jahres", "next_year", None),
    ("egal welcher|welchen|welches tag|tage", "any_time", None),
    ("egal an welchem tag", "any_time", None),
    ("anderen|andere|uebrigen tagen|tage", "word", None),
    ("tag ist| mir| egal", "any_time", None),
    ("morgen zusammen|alle|allerseits", "word", None),
    ("heute in", "near_in", None),
    ("schoenen guten", "greeting", None),
)


def _by_first_word(phrases: Iterable[Phrase]) -> dict[str, list[Phrase]]:
    """:raises ValueError: the same words stand in the table twice."""
    known: dict[tuple[str, ...], Meaning] = {}
    for words, meaning in phrases:
        if words in known:
            raise ValueError(f"{' '.join(words)!r} stands there twice")
        known[words] = meaning
    table: dict[str, list[Phrase]] = {}
    for words in sorted(known, key=len, reverse=True):
        table.setdefault(words[0], []).append((words, known[words]))
    return table


PHRASES = _by_first_word(_phrases())
"""By their first word, the longest first."""
