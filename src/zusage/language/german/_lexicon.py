"""Words about time, folded, and what each of them can be: the kind of token it makes and its value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from zusage.language.german import speak
from zusage.language.german._text import fold

WEEKDAYS = tuple(fold(day) for day in speak.WEEKDAYS)
MONTHS = tuple(fold(month) for month in speak.MONTHS)
"""As they are said, folded."""

Meaning = tuple[str, object]

_ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT_DAYS = ("mo", "di", "mi", "do", "fr", "sa", "so")
_OTHER_MONTHS = (
    "jan jaenner january",
    "feb febr feber february",
    "marz mrz mar march",
    "apr",
    "may",
    "jun juno june",
    "jul julei july",
    "aug",
    "sep sept",
    "okt oct october",
    "nov",
    "dez dec december",
)
_ENDINGS = ("", "e", "en", "er", "em", "es")


def _inflected(stems: str) -> Iterator[str]:
    return (stem + ending for stem in stems.split() for ending in _ENDINGS)


def _table() -> Iterator[tuple[str, Meaning]]:
    """Every word with its meaning; of two meanings the first counts."""
    yield from _calendar_words()
    yield from _compounds()
    for value, words in enumerate(_DIALECT_HOURS):
        for word in words.split():
            yield word, ("hour_word" if word.endswith("i") else "num", str(value))
    for word in _inflected("nullt"):
        yield word, ("ord", "0")
    for kind, words in _KINDS.items():
        for entry in words.split():
            word, _, value_text = entry.partition("=")
            yield word, (kind, value_text or None)
    for kind, forms_of in (("part", _PARTS), ("feast", FEASTS)):
        for key, forms in forms_of.items():
            yield from ((word, (kind, key)) for word in forms.split())
    for key, stems in _WHICH.items():
        yield from ((word, ("which", key)) for word in _inflected(stems))


def _calendar_words() -> Iterator[tuple[str, Meaning]]:
    for index, (german, english) in enumerate(zip(WEEKDAYS, _ENGLISH_DAYS, strict=True)):
        yield from ((word, ("day", index)) for word in (german, english, english[:3]))
        yield from ((word, ("days", index)) for word in (german + "s", english + "s"))
        yield _SHORT_DAYS[index], ("short_day", index)
    yield from (
        ("sonnabend", ("day", 5)),
        ("sonnabends", ("days", 5)),
        ("tues", ("day", 1)),
        ("thurs", ("day", 3)),
    )
    for index, german in enumerate(MONTHS):
        words = (german, german + "s", *_OTHER_MONTHS[index].split())
        yield from ((word, ("month_name", index + 1)) for word in words)


def _compounds() -> Iterator[tuple[str, Meaning]]:
    """ "Dezemberwoche", "Januarhälfte", "Monatsende"."""
    for index, german in enumerate(MONTHS):
        yield german + "woche", ("week_of_month", index + 1)
        yield from ((german + half, ("half_word", str(index + 1))) for half in ("haelfte", "halfte"))
    for stem, unit in (("wochen", "week"), ("monats", "month"), ("jahres", "year")):
        yield from ((stem + half, ("half_word", unit)) for half in ("haelfte", "halfte"))
        for word, which in (("anfang", "begin"), ("beginn", "begin"), ("mitte", "middle"), ("ende", "end")):
            if stem + word != "wochenende":
                yield stem + word, ("edge", f"{which}_{unit}")


_DIALECT_HOURS = (
    *(
        "",
        "",
        "zwoe two",
        "dreie drue three",
        "viere vieri four",
        "fuenfe funfe foifi five",
        "sechse sechsi six",
    ),
    *(
        "siebene siebne siebni seven",
        "achti eight",
        "neune nueni nine",
        "zehne zehni ten",
        "elfe elfi eleven",
    ),
    "zwoelfe zwoelfi twelve",
)
_WHICH = {
    "this": "dies jetzig laufend aktuell hiesig this",
    "next": "naechst nachst next",
    "coming": "kommend folgend darauffolgend coming following",
    "after_next": "uebernaechst ubernaechst ubernachst uebernachst",
    "last": "letzt vergangen vorig vorangegangen last past",
    "before_last": "vorletzt",
}
_PARTS = {
    "morning": "morgens morgends frueh fruh fruehmorgens fruehs fruehe fruhe fruehstens morning",
    "forenoon": "vormittag vormittags vormittage vormitag vormiddag",
    "noon": "mittag mittags mittagszeit mittagspause mitag",
    "afternoon": "nachmittag nachmittags nachmittage namittag nachmitag nachmiddag afternoon",
    "evening": "abend abends abendstunden abende evening tonight",
    "night": "nacht nachts night",
    "after_work": "feierabend",
    "day": "tagsueber tagsuber",
}
FEASTS = {
    "new_year": "neujahr neujahrstag neujahrsmorgen",
    "epiphany": "dreikoenig dreikoenigstag epiphanias epiphanie dreikonig",
    "valentine": "valentinstag valentine",
    "womens_day": "frauentag weltfrauentag",
    "fat_thursday": "weiberfastnacht altweiber altweiberfastnacht weiberfasching",
    "carnival_sunday": "tulpensonntag fastnachtssonntag faschingssonntag karnevalssonntag",
    "rose_monday": "rosenmontag",
    "shrove_tuesday": "faschingsdienstag fastnachtsdienstag fastnacht veilchendienstag karnevalsdienstag",
    "ash_wednesday": "aschermittwoch",
    "palm_sunday": "palmsonntag",
    "maundy_thursday": "gruendonnerstag grundonnerstag",
    "good_friday": "karfreitag charfreitag",
    "holy_saturday": "karsamstag ostersamstag",
    "easter": "ostern ostersonntag easter",
    "easter_monday": "ostermontag",
    "labour_day": "maifeiertag",
    "mothers_day": "muttertag",
    "ascension": "himmelfahrt vatertag himmelfahrtstag maennertag herrentag",
    "whit_saturday": "pfingstsamstag",
    "easter_tuesday": "osterdienstag",
    "whit_sunday": "pfingsten pfingstsonntag",
    "whit_monday": "pfingstmontag",
    "corpus_christi": "fronleichnam fronleichnahm",
    "assumption": "",
    "childrens_day": "weltkindertag",
    "unity_day": "nationalfeiertag einheitstag",
    "thanksgiving": "erntedank erntedankfest erntedanktag",
    "reformation": "reformationstag reformationsfest",
    "halloween": "halloween",
    "all_saints": "allerheiligen",
    "all_souls": "allerseelen",
    "st_martin": "martinstag",
    "mourning_day": "volkstrauertag",
    "repentance_day": "",
    "dead_sunday": "totensonntag ewigkeitssonntag",
    "nicholas": "nikolaus nikolaustag",
    "christmas_eve": "heiligabend weihnachtsabend",
    "christmas": "weihnachten christmas weihnacht xmas",
    "boxing_day": "stephanstag stefanitag",
    "new_years_eve": "silvester sylvester silvesterabend",
    "advent_1": "",
    "advent_2": "",
    "advent_3": "",
    "advent_4": "",
}
"""Feast days by key; those that take several words stand in `_tokens`."""

_KINDS = {
    "near": "heute=0 today=0 hoite=0 heut=0 heude=0 haide=0 hait=0 uebermorgen=2 ubermorgen=2 ueberuebermorgen=3 gestern=-1 "
    "yesterday=-1 gestan=-1 vorgestern=-2 vorvorgestern=-3",
    "tomorrow": "morgen morgn morjen tomorrow moagen moagn",
    "now": "jetzt now",
    "uhr": "uhr h o'clock oclock ur uhrzeit=no",
    "half_of_day": "pm=pm a_m=am vm=am nm=pm",
    "half": "halb",
    "half_a": "halbe halben halber halbes",
    "quarter": "viertel fiertel",
    "three_quarters": "dreiviertel 3viertel",
    "one_and_a_half": "anderthalb=1.5 eineinhalb=1.5 einundeinhalb=1.5 zweieinhalb=2.5 dreieinhalb=3.5",
    "a": "ein eine einen einer einem eines ne nen a",
    "midnight": "mitternacht midnight",
    "midday": "noon",
    "shortly": "kurz",
    "unit_minute": "minuten minute min minutes mins",
    "unit_hour": "stunden stunde std hour hours stuendchen",
    "unit_day": "tagen tag tage tages day days",
    "unit_week": "wochen woche week weeks wochn",
    "unit_month": "monat monaten monate monats month months",
    "unit_year": "jahr jahre jahren jahres year years",
    "quarter_year": "quartal quartals quartale vierteljahr vierteljahres",
    "half_year": "halbjahr halbjahres halbjahrs",
    "weekend": "wochenende wochenend weekend wochenendes wochenenden",
    "workday": "werktag werktages arbeitstag werktage",
    "workdays": "werktags wochentags",
    "holiday": "feiertag feiertags",
    "daylike": "feiertage feiertagen",
    "advent_weekend": "adventswochenende adventwochenende",
    "edge": "anfang=begin beginn=begin start=begin anfangs=begin mitte=middle mitten=middle ende=end",
    "season": "fruehling=3 fruehjahr=3 fruhling=3 sommer=6 herbst=9 winter=12",
    "week_number": "kw kalenderwoche kalenderwochen",
    "half_word": "haelfte halfte",
    "quarter_letter": "q",
    "bound": "ab=from fruehestens=from fruhestens=from seit=from from=from vor=before before=before nach=after "
    "after=after spaetestens=until spatestens=until until=until till=until",
    "until": "bis",
    "at": "um at ummer punkt schlag",
    "about": "gegen=yes circa=yes ca=yes etwa=yes ungefaehr=yes rund=yes zirka=yes about=yes around=yes ungefahr=yes",
    "glue": "am an den dem der die das im zum zur vom beim des auf on the of bei aufn",
    "in": "in ueber within",
    "within": "binnen innerhalb",
    "from": "von",
    "for": "fuer for dauert dauer dauern",
    "long": "lang dauernd",
    "between": "zwischen between",
    "and": "und and sowie",
    "or": "oder or bzw beziehungsweise ansonsten sonst notfalls andernfalls alternativ ersatzweise entweder",
    "later": "spaeter danach darauf drauf spater later nachher",
    "earlier": "frueher vorher davor zuvor eher fruher earlier",
    "late": "spaeten spaetem spaete spaten spaet spat",
    "early": "fruehen fruehem fruhen",
    "late_part": "spaetnachmittag=afternoon spaetnachmittags=afternoon spaetabends=evening spaetabend=evening",
    "same": "gleichen selben gleiche selbe gleicher selber demselben denselben dieselbe derselben same",
    "time_word": "zeit uhrzeit termin",
    "every": "jeden jeder jedes jede every immer",
    "fix": "nein nee noe quatsch falsch sondern stattdessen vielmehr lieber aber gesagt ausgemacht vereinbart "
    "korrektur korrigiere bloedsinn doch=weak",
    "no": "nicht=either nie=either niemals=either nimmer=either weder=either noch=neither keinesfalls=either schlecht=behind "
    "unguenstig=behind unmoeglich=behind verhindert=behind verreist=behind ausgebucht=behind ungern=behind "
    "blockiert=behind statt=instead anstatt=instead anstelle=instead ausser=without ohne=without kein=without "
    "keine=without keinen=without keinem=without keiner=without not=either no=either",
    "hesitation": "aeh aehm oeh hm",
    "available": "available",
    "move": "verschieben verlegen umbuchen umlegen schieben verschiebe verlege verschoben verlegt aendern",
    "soon": "schnellstmoeglich baldmoeglichst asap sofort jederzeit anytime zeitnah schnellstens ehestmoeglich fruehestmoeglich "
    "naechstmoeglich naechstmoegliche naechstmoeglichen naechstmoeglicher schnellstmoeglichen schnellstmoegliche "
    "fruehestmoegliche fruehestmoeglichen umgehend ehemoeglichst",
    "title": "frau herr herrn familie fraeulein mrs mr doktor dr",
    "own": "meine ihre seine deine eine unsere",
    "called": "heisse heiss",
    "greeting": "guten schoenen gute schoene good gutn schoen schoenes frohe frohes froehliche gesegnete",
    "empty": "null",
}

Phrase = tuple[tuple[str, ...], Meaning]


def _phrases() -> Iterator[Phrase]:
    for pattern, kind, value in _PHRASES:
        slots = [tuple(slot.split("|")) for slot in pattern.split(" ")]
        for words in product(*slots):
            yield tuple(word for word in words if word), (kind, value)


# "a|b c|" : one of a, b; then c or nothing.
_PHRASES: tuple[tuple[str, str, str | None], ...] = (
    ("ueber|uber morgen", "near", "2"),
    ("vor gestern", "near", "-1"),
    ("the| day after tomorrow", "near", "2"),
    ("vorgestern", "near", "-2"),
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
    ("ein|eine|einer viertel stunde", "quarter_hour", "15"),
    ("viertelstunde", "quarter_hour", "15"),
    ("dreiviertelstunde", "quarter_hour", "45"),
    ("drei|3 viertel stunde", "quarter_hour", "45"),
    ("dreiviertel stunde", "quarter_hour", "45"),
    ("halbstunde", "quarter_hour", "30"),
    ("ein und ein halb|halbe", "one_and_a_half", "1.5"),
    ("ein paar|einigen|mehreren|wenigen", "some", None),
    ("einigen|mehreren|wenigen|paar", "some", None),
    ("zwischen den jahren", "feast", "between_years"),
    ("zwischen weihnachten und neujahr|silvester", "feast", "between_years"),
    ("heiliger|heiligen|heilig|heilger abend", "feast", "christmas_eve"),
    ("heilige|heiligen drei|3 koenige|koenigen", "feast", "epiphany"),
    ("tag der deutschen| einheit", "feast", "unity_day"),
    ("tag der arbeit", "feast", "labour_day"),
    ("christi himmelfahrt", "feast", "ascension"),
    ("mariae|maria|mariä himmelfahrt", "feast", "assumption"),
    ("buss|bus und bettag", "feast", "repentance_day"),
    ("buss|bus - und bettag", "feast", "repentance_day"),
    ("sankt|st martin", "feast", "st_martin"),
    ("ersten|erster|1. weihnachtstag|weihnachtsfeiertag|christtag", "feast", "christmas"),
    ("zweiten|zweiter|2. weihnachtstag|weihnachtsfeiertag|christtag", "feast", "boxing_day"),
    ("ersten|erster|1. advent|adventssonntag", "feast", "advent_1"),
    ("zweiten|zweiter|2. advent|adventssonntag", "feast", "advent_2"),
    ("dritten|dritter|3. advent|adventssonntag", "feast", "advent_3"),
    ("vierten|vierter|4. advent|adventssonntag", "feast", "advent_4"),
    ("rosen montag", "feast", "rose_monday"),
    ("oster montag", "feast", "easter_monday"),
    ("oster sonntag", "feast", "easter"),
    ("pfingst montag", "feast", "whit_monday"),
    ("pfingst sonntag", "feast", "whit_sunday"),
    ("kar freitag", "feast", "good_friday"),
    ("gruen donnerstag", "feast", "maundy_thursday"),
    ("fron leichnam", "feast", "corpus_christi"),
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
    ("wenn|falls nicht dann|", "or", None),
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
    ("nicht wahr|nur|auch|doch|vielleicht|schlimm|schlecht|wichtig|genau|sicher|mehr", "word", None),
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
    ("nicht frueher als", "bound", "from"),
    ("nicht spaeter als", "bound", "until"),
    ("nicht nach", "bound", "until"),
    ("erst ab|nach", "bound", "from"),
    ("bis spaetestens|maximal|hoechstens", "bound", "until"),
    ("spaetestens bis|um|am", "bound", "until"),
    ("fruehestens um|ab|am", "bound", "from"),
    ("von|ab jetzt an|", "bound_now", None),
    ("name ist", "called", None),
    ("mein name ist|waere|lautet|war", "called", None),
    ("mein name", "my_name", None),
    ("schoenes|gutes|frohes|gesundes neues jahr", "word", None),
    ("meine ich", "word", None),
    ("wochen|wochn ende", "weekend", None),
    ("neuen|neues|neue jahr|jahres", "next_year", None),
    ("egal welcher|welchen|welches tag|tage", "any_time", None),
    ("egal an welchem tag", "any_time", None),
    ("tag ist| mir| egal", "any_time", None),
    ("morgen zusammen|alle|allerseits", "word", None),
    ("heute in", "near_in", None),
    ("schoenen guten", "greeting", None),
)


def _values(table: Iterable[tuple[str, Meaning]]) -> dict[str, Meaning]:
    known: dict[str, Meaning] = {}
    for word, (kind, value) in table:
        known.setdefault(word, (kind, int(str(value)) if _is_number(value) else value))
    return known


def _is_number(value: object) -> bool:
    return isinstance(value, str) and value.lstrip("-").isdigit()


WORDS: dict[str, Meaning] = _values(_table())
PHRASES: dict[str, list[Phrase]] = {}
"""By their first word, the longest first."""
for _words, _meaning in _phrases():
    _value = _meaning[1]
    meaning: Meaning = (_meaning[0], int(str(_value)) if _is_number(_value) else _value)
    PHRASES.setdefault(_words[0], []).append((_words, meaning))
for _entries in PHRASES.values():
    _entries.sort(key=lambda entry: -len(entry[0]))
