"""Words about time, folded, and what each of them can be: the kind of token it makes and its value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from zusage.language.german import speak
from zusage.language.german._kinds import TokenKind
from zusage.language.german._text import fold

WEEKDAYS = tuple(fold(day) for day in speak.WEEKDAYS)
MONTHS = tuple(fold(month) for month in speak.MONTHS)
"""As they are said, folded."""

Meaning = tuple[TokenKind, object]

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
    """Every word with its meaning."""
    yield from _calendar_words()
    yield from _compounds()
    for value, words in enumerate(_DIALECT_HOURS):
        for word in words.split():
            yield word, ("hour_word" if word.endswith("i") else "num", value)
    yield from ((word, ("num", value)) for word, value in _ENGLISH_NUMBERS.items())
    for value, words in enumerate(_ENGLISH_ORDINALS, 1):
        yield words, ("ord", value)
    for word in _inflected("nullt"):
        yield word, ("ord", 0)
    for kind, words in _KINDS.items():
        for entry in words.split():
            word, _, written = entry.partition("=")
            yield word, (kind, _value(written))
    for key, forms in _PARTS.items():
        yield from ((word, ("part", key)) for word in forms.split())
    for key, forms in FEASTS.items():
        yield from ((word, ("feast", key)) for word in forms.split())
    for key, stems in _WHICH.items():
        yield from ((word, ("which", key)) for word in _inflected(stems))


def _calendar_words() -> Iterator[tuple[str, Meaning]]:
    for index, (german, english) in enumerate(zip(WEEKDAYS, _ENGLISH_DAYS, strict=True)):
        yield from ((word, ("day", index)) for word in (german, english))
        yield english[:3], ("short_day", index)
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
        yield from ((german + half, ("half_word", index + 1)) for half in ("haelfte", "halfte"))
    for stem, unit in (("wochen", "week"), ("monats", "month"), ("jahres", "year")):
        yield from ((stem + half, ("half_word", unit)) for half in ("haelfte", "halfte"))
        for word, which in (("anfang", "begin"), ("beginn", "begin"), ("mitte", "middle"), ("ende", "end")):
            if stem + word != "wochenende":
                yield stem + word, ("edge", f"{which}_{unit}")


_ENGLISH_ORDINALS = (
    *(
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
    ),
    *(
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
    ),
)
_ENGLISH_NUMBERS = {
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
}
_DIALECT_HOURS = (
    *(
        "",
        "",
        "zwoe two",
        "dreie drue three",
        "viere vieri four",
        "fuenfe funfe foifi fuefi five",
        "sechse sechsi six",
    ),
    *(
        "siebene siebne siebni sibni seven",
        "achti eight",
        "neune nueni nine",
        "zehne zehni zaehni ten",
        "elfe elfi eleven",
    ),
    "zwoelfe zwoelfi twelve",
)
_WHICH = {
    "this": "dies jetzig laufend aktuell hiesig this",
    "next": "naechst nachst next nae naech",
    "coming": "kom kommend folgend darauffolgend coming following",
    "after_next": "uebern uebernaechst ubernaechst ubernachst uebernachst",
    "last": "letzt vergangen vorig vorangegangen last past",
    "before_last": "vorletzt",
}
_PARTS = {
    "morning": "morgens morgends frueh fruh fruehmorgens fruehs fruehe fruhe fruehstens morning",
    "forenoon": "vorm vm vormittag vormittags vormittage vormitag vormiddag",
    "noon": "mittagessen lunch lunchtime mittag mittags mittagszeit mittagspause mitag",
    "afternoon": "nachm nm nachmittag nachmittags nachmittage namittag nachmitag nachmiddag afternoon",
    "evening": "abd abend abends abendstunden abende evening tonight",
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
"""Feast days by key; those that take several words stand in `_phrases`."""

_KINDS: Mapping[TokenKind, str] = {
    "near": "heutigen=0 heute=0 today=0 hoite=0 heut=0 heude=0 haide=0 hait=0 uebermorgen=2 ubermorgen=2 ueberuebermorgen=3 gestern=-1 "
    "yesterday=-1 gestan=-1 vorgestern=-2 vorvorgestern=-3",
    "tomorrow": "morgen morn morgn morjen tomorrow moagen moagn morgigen tmrw",
    "now": "jetzt now",
    "uhr": "uhr h o'clock oclock ur uhrzeit=no",
    "half_of_day": "pm=pm a_m=am",
    "half": "halb halp haib hoib halbi half",
    "half_a": "halbe halben halber halbes hoiba hoibe halwe halwer halba",
    "quarter": "viertel fiertel quarter virtel",
    "three_quarters": "dreiviertel 3viertel",
    "one_and_a_half": "anderthalb=1.5 eineinhalb=1.5 einundeinhalb=1.5 zweieinhalb=2.5 dreieinhalb=3.5",
    "a": "ein eine einen einer einem eines ne nen a",
    "midnight": "mitternacht midnight",
    "midday": "noon midday",
    "too": "auch",
    "whatever": "egal irgendwann wurscht schnuppe vorschlag vorschlagen",
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
    "edge": "anfang=begin beginn=begin start=begin anfangs=begin mitte=middle mitten=middle ende=end beginning=begin end=end",
    "season": "fruehling=3 fruehjahr=3 fruhling=3 sommer=6 herbst=9 winter=12",
    "week_number": "kw kalenderwoche kalenderwochen",
    "half_word": "haelfte halfte",
    "quarter_letter": "q",
    "bound": "ab=from fruehestens=from fruhestens=from from=from vor=before before=before nach=after "
    "after=after spaetestens=until spatestens=until until=until till=until by=until",
    "since": "seit since",
    "until": "bis",
    "at": "um at ummer punkt schlag",
    "about": "gg=yes gegen=yes circa=yes ca=yes etwa=yes ungefaehr=yes rund=yes zirka=yes about=yes around=yes ungefahr=yes",
    "glue": "am an den dem der die das im zum zur vom beim des auf on the of bei aufn",
    "in": "in ueber within",
    "within": "binnen innerhalb",
    "from": "von",
    "for": "fuer for dauert dauer dauern",
    "long": "lang dauernd",
    "between": "zwischen between zw zwischn",
    "and": "und and sowie u",
    "or": "oder or od o bzw beziehungsweise ansonsten sonst notfalls andernfalls alternativ ersatzweise entweder",
    "later": "spaeter danach darauf drauf spater later nachher",
    "earlier": "frueher vorher davor zuvor eher fruher earlier",
    "late": "spaeten spaetem spaete spaten spaet spat",
    "early": "fruehen fruehem fruhen",
    "late_part": "spaetnachmittag=afternoon spaetnachmittags=afternoon spaetabends=evening spaetabend=evening",
    "same": "gleichen selben gleiche selbe gleicher selber demselben denselben dieselbe derselben same",
    "time_word": "zeit termin",
    "every": "jeden jeder jedes jede every immer",
    "fix": "but nein nee noe quatsch falsch sondern stattdessen vielmehr lieber aber gesagt ausgemacht vereinbart "
    "korrektur korrigiere bloedsinn doch=weak",
    "no": "nicht=either nie=either niemals=either nimmer=either weder=either noch=neither keinesfalls=either schlecht=behind "
    "unguenstig=behind unmoeglich=behind verhindert=behind verreist=behind ausgebucht=behind ungern=behind "
    "blockiert=behind statt=instead anstatt=instead anstelle=instead ausser=without ohne=without kein=without "
    "keine=without keinen=without keinem=without keiner=without not=either can't=either cannot=either doesn't=either don't=either except=without",
    "hesitation": "aeh aehm oeh hm also=also",
    "available": "available",
    "move": "verschieben verlegen umbuchen umlegen schieben verschiebe verlege verschoben verlegt aendern",
    "soon": "any flexible flexibel whenever schnellstmoeglich baldmoeglichst asap sofort jederzeit anytime zeitnah schnellstens ehestmoeglich fruehestmoeglich "
    "naechstmoeglich naechstmoegliche naechstmoeglichen naechstmoeglicher schnellstmoeglichen schnellstmoegliche "
    "fruehestmoegliche fruehestmoeglichen umgehend ehemoeglichst",
    "title": "firma cafe hotel praxis frau herr herrn familie fraeulein mrs mr doktor dr",
    "called": "heisse heiss heisst",
    "greeting": "guten schoenen gute schoene good gutn schoen schoenes frohe frohes froehliche gesegnete",
    "empty": "null",
}


def _value(written: str) -> object:
    """What stands behind the "=" of a word: a number, or a key; None for nothing."""
    if written.lstrip("-").isdigit():
        return int(written)
    return float(written) if "." in written else written or None


def _checked(table: Iterable[tuple[str, Meaning]]) -> dict[str, Meaning]:
    """:raises ValueError: a word has two meanings, of which one would hide the other."""
    known: dict[str, Meaning] = {}
    for word, meaning in table:
        if known.setdefault(word, meaning) != meaning:
            raise ValueError(f"{word!r} means {known[word]} and {meaning}")
    return known


WORDS = _checked(_table())
