"""Words around names: what introduces one, what may be one, what never is."""

from __future__ import annotations

from zusage.language.german._names_known import FAMILY, GIVEN
from zusage.language.german._text import fold
from zusage.language.german._words import FILLERS, is_known


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


DUMMIES = _set(
    """
    unbekannt unbekannte unbekannter anonym anonymous anonymer kunde kundin kunden customer caller anrufer anruferin gast
    guest kundenname vorname nachname name user nutzer mustermann musterfrau test tester testkunde dummy placeholder
    platzhalter keiner niemand irgendwer jemand person patient patientin client klient na todo doe xxx abc asdf firstname
    lastname fullname unknown undefined null none string leer noname egal geheim privat unwichtig wichtig wurscht falsch namen nutzername benutzer stammkunde stammkundin neukunde
    neukundin
    """
)
ORDERS = _set(
    """
    ignoriere ignore ignorieren anweisung anweisungen instruction instructions system prompt assistant assistent select
    drop table delete script javascript befehl befehle vergiss vergesse forget disregard override execute
    """
)
NEVER = _set(
    """
    kostenlos kostenfrei gratis umsonst gebucht bestaetigt bestaetigung reserviert storniert abgesagt geschlossen urlaub
    termin termine heute passt passend wegen termins buchung alles verschoben ausgebucht feiertag
    rabatt rabatte guenstig haarschnitt herrenschnitt damenschnitt
    """
)
"""No part of a name, wherever they stand."""

TIMES = _set(
    """
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag morgen abend mittag vormittag nachmittag
    morgens abends mittags vormittags nachmittags montags dienstags mittwochs donnerstags freitags samstags sonntags
    januar februar maerz april mai juni juli august september oktober november dezember uebermorgen woche wochenende
    null eins zwei drei vier fuenf sechs sieben acht neun zehn elf zwoelf dreizehn vierzehn fuenfzehn sechzehn siebzehn
    achtzehn neunzehn zwanzig dreissig vierzig fuenfzig halb viertel uhr frueh
    """
)
_SURNAMES_TOO = _set(
    """
    koch koenig sommer winter herbst fruehling fall locke wolf fuchs hahn vogel stern sonne berg bach wald baum stein blum
    rose engel kaiser herzog graf fuerst bischof papst pfarrer mann kind welle kraus spitz freund bauer schneider fischer
    jaeger richter schreiber maler nacht kopf fuss hand hals auge holz feld laden paul mark april mai august schwarz
    braun kraft noch kuhn gast junge busch haase schaefer mohr horn
    """
)
_ADJECTIVES = _set(
    """
    weiss klein kleine lang lange kurz gross grosse alt jung reich arm stark schnell ernst froh lustig sauer suess rot gruen blau
    grau gelb kalt glatt rund fromm lieb krause spaet fein hell dunkel
    """
)
_THINGS = _set(
    """
    gut schoen gern klar super voll recht moment gerade bald ganz frei will zeit wunsch neu warm heiss haar schnitt bart
    blonde blonder doppel umlaut buchstabe buchstaben laut leise laenger kuerzer rueckruf parkplatz oeffnungszeiten auskunft beschwerde reklamation chef chefin preis preise kosten adresse anschrift
    stornieren absagen verschieben umbuchen aendern abmelden anmelden buchen reservieren beratung balayage ombre dauerwelle
    straehnchen straehnen faerben foehnen waschen schneiden legen maniküre manikuere pedikuere massage rasur glaettung
    haarverlaengerung hochsteckfrisur frisur undercut extensions spitzen pony ansatz toenung keratin kosmetik
    friseur friseurin friseursalon salon geschaeft filiale laden telefon nummer telefonnummer handy handynummer email mail
    krank unterwegs sicher unsicher fertig bereit interessiert zufrieden unzufrieden muede spaet verspaetet zurueck allein
    dran schwanger maennlich weiblich blond neugierig stammgast mutter vater tochter sohn schwester bruder oma opa mama papa
    ehemann ehefrau partner partnerin familie maedchen junge herren damen kinder maenner frauen personen leute student
    studentin rentner rentnerin schueler vielleicht spaeter frueher sofort jederzeit nirgends irgendwo wichtig unwichtig
    geheim privat egal wurscht besetzt verbunden falsch verwaehlt entschuldigung verzeihung hilfe problem frage fragen
    antwort wetter regen urlaub arbeit buero auto bahn bus stau zug euro cent minuten minute stunde stunden monat jahr
    bestellung rechnung gutschein geschenk kreditkarte karte bar zahlen bezahlen ausweis geburtstag alter jahre
    kreuzberg filialleiter mitarbeiter mitarbeiterin kollege kollegin chefs mensch mitte abschicken wiederholen
    """
)
KIN = _set(
    """
    tochter sohn mutter vater schwester bruder oma opa mama papa mann kind freund freundin partner partnerin enkel enkelin
    mannes sohnes vaters bruders kindes freundes partners opas enkels neffe neffen nichte onkel tante cousin cousine
    schwager schwaegerin ehemann ehefrau ehemannes verlobter verlobten verlobte kumpel kollegen kollegin nachbar nachbarin
    maenner kinder jungs toechter soehne eltern schwiegermutter schwiegervater grossmutter grossvater
    """
)
POSSESSIVES = frozenset(
    f"{whose}{end}"
    for whose in ("mein", "dein", "sein", "ihr", "unser", "unsr", "euer", "eur")
    for end in ("", "e", "en", "em", "er", "es")
) - {"unsr", "eur"}
"""Before a relation ("auf meinen Mann") they say that it is nobody's name."""
TRAILING = _set("buchen reservieren stornieren absagen verschieben umbuchen aendern")
"""Verbs that end a wish and no name ("auf Lena Petersen buchen")."""
_ALSO_NAMES = frozenset({"april", "mai", "august"})
_WEAK = (TIMES | _THINGS) - _ALSO_NAMES
"""Words that are names only where they are introduced as one, or stand beside one."""

_MORE_TALK = """
genau richtig stimmt doch mir dir nicht nichts weiss ihn welcher welches bestimmt natuerlich klar gerne prima wiedersehen
wiederhoeren verstanden wo woher wohin warum wieso weshalb wer wen wem ob dass damit dazu darum kein keine keinen keiner
keinem bei beim ohne ihres ihrem unter gegen durch seit sowie hinten vorne wuerd moecht haett brauch hab geh gehe gehen
wurde worden sei seid waren hatte hatten sollen soll darf duerfen muss muessen mag moegen sag sage sagen sagte spreche
sprechen spricht verstehe verstehen hoere hoerst rufe rufen anrufen kostet kosten machen mach tut tun nimm nehme steht
stehen schreibt schreiben schreibe schreib geschrieben lautet heisst nennen nenne nennt eintragen trag trage tragen tragt
notieren vermerken danke dankeschoen bitteschoen tschuess ciao tschau bye hello hi hey aha ach oh oha eh ah ehm aehm oeh
mhm jo jep jawohl nee noe ne nix etwas irgendwas irgendwie schon nochmal mal erst erstmal eigentlich sonst ausserdem
that this is am are was not the and please yes ey alter guten gute guter gutes schoenen kennen kennt wissen wollen wollte
gehoert gehts gibts hats wars ists komme kommt kommen bleibt bleibe laeuft soweit hierher dorthin leider gott einzeln
zusammen beide beides jeden jede jedes jeder alle allen meinerseits deren dessen zwar naemlich quasi sozusagen halt
"""
TALK = (FILLERS | POSSESSIVES | _set(_MORE_TALK)) - _WEAK - _SURNAMES_TOO - _ADJECTIVES
"""Words of talk: a name ends where one begins."""

SOFT = POSSESSIVES | _set(
    """
    ist is lautet waere war heisst der die das den dem also aeh aehm ehm hm ja dann bitte einfach nur ein eine und jo naja
    guten tag hallo moin servus gruess gott okay ok genau gern gerne klar natuerlich na gut nun so hi hey gruezi mhm von
    dazu zwar noch mal meinen meinem meiner unsere unseren dankeschoen danke schoenen hello yes ach ah oh nochmal mein meine sie hier es
    """
)
"""Words that may stand between an introduction and the name, or before a name, and change nothing."""

TITLES = {
    "herr": "Herr", "herrn": "Herr", "hr": "Herr", "frau": "Frau", "fr": "Frau", "fraeulein": "Frau",
    "familie": "Familie", "dr": "Dr.", "doktor": "Dr.", "doctor": "Dr.", "prof": "Prof.", "professor": "Prof.",
    "professorin": "Prof.", "doktorin": "Dr.", "mister": "Herr", "mr": "Herr", "mrs": "Frau", "ms": "Frau",
    "med": "", "dent": "", "dipl": "", "ing": "", "mag": "", "magister": "",
}  # fmt: skip
"""A title as it is said -> as it is written; "" where it is dropped."""
COURTESIES = frozenset({"Herr", "Frau", "Familie"})

PARTICLES = _set(
    "von vom van ter ten de der den dem del della di da do dos das du la le les el al zu zum zur ibn bin bint abu af av y"
)
_LEADING = _set("von vom van de del della di du la le el al ter ibn abu")
_AFTER_VON = _set("der den dem und zu de la")


def fold_word(word: str) -> str:
    """A word of a name as the tables have it; unlike `fold` it keeps words that elsewhere mean "no value" ("Na")."""
    return fold(f"{word}.").removesuffix(".")


def is_weak(word: str) -> bool:
    """Whether a word as it is written is, of itself, more likely a time, a service or a thing than a name."""
    folded = fold_word(word)
    if folded in _WEAK or (folded in _ADJECTIVES and word == word.lower()):
        return True
    return len(folded) > 3 and folded not in GIVEN | FAMILY | _SURNAMES_TOO and is_known(folded)


def is_doubtful(word: str) -> bool:
    """Whether a name is an ordinary word as well: alone it is taken, but not surely."""
    folded = fold_word(word)
    return folded in _SURNAMES_TOO or folded in _ADJECTIVES


def is_particle(word: str, *, first: bool, after: str) -> bool:
    """Whether a folded word belongs to the name that goes on behind it ("von", "de", "der" after "von")."""
    if first:
        return word in _LEADING
    return word in _AFTER_VON if after in {"von", "van", "vom", "zu", "de"} else word in PARTICLES


def _phrases() -> dict[tuple[str, ...], tuple[str, str]]:
    table: dict[tuple[str, ...], tuple[str, str]] = {}
    for (kind, value), lines in _PHRASES.items():
        for line in lines.split("|"):
            table[tuple(line.split())] = (kind, value)
    return table


_PHRASES: dict[tuple[str, str], str] = {
    ("intro", "strong"): (
        "mein name ist|mein name lautet|mein name waere|mein name is|mein name war|mein name|mein voller name ist|"
        "mein vollstaendiger name ist|mein ganzer name ist|der name ist|der name lautet|der name waere|name ist|name|"
        "ich heisse|ich heiss|ich heise|heisse|heisse ich|ich nenne mich|namens|auf den namen|auf namen|auf dem namen|"
        "unter dem namen|unter den namen|unter namen|auf meinen namen|den namen|my name is|the name is|hier spricht|"
        "hier spricht der|hier spricht die|hier ist der|hier ist die|am apparat ist|am telefon ist|sie sprechen mit|"
        "mein name der ist|ist mein name|ist der name|am apparat|am telefon|spricht hier|kundenname|name lautet|"
        "wir heissen|unser name ist|er heisst|sie heisst|die heisst|der heisst|tochter heisst|kundin heisst|kunde heisst|kundin ist|kunde ist|sohn heisst|"
        "mein name ist der|mein name ist die|es spricht"
    ),
    ("intro", "weak"): (
        "ich bin|ich bin der|ich bin die|wir sind|wir sind die|ich bins|ich bin es|hier ist|hier|fuer|auf|das ist|das waere|es ist|"
        "this is|i am|i m|das ist der|das ist die|fuer den|fuer die|schreiben sie|da ist|termin fuer|da spricht"
    ),
    ("label", "given"): "vorname|vornamen|rufname|mit vornamen|vorn name|vor name|first name|vornahme",
    ("label", "family"): (
        "nachname|nachnamen|familienname|familiennamen|zuname|hausname|mit nachnamen|nach name|familien name|"
        "last name|surname|geburtsname|nachnahme"
    ),
    ("cue", ""): (
        "buchstabiere|buchstabier|buchstabiert|buchstabieren|ich buchstabiere|ich buchstabiere mal|geschrieben|"
        "schreibt sich|schreibt man|schreibe ich|das schreibt man|man schreibt das|wird geschrieben|buchstabe|"
        "buchstaben|ich buchstabiere das mal|schreibt man mit|schreibt sich mit|geschrieben wird er|schreibt er sich"
    ),
    ("turn", ""): (
        "nein|nee|quatsch|entschuldigung|verzeihung|ich meine|ich meinte|sondern|vielmehr|besser gesagt|falsch|"
        "pardon|korrektur|halt nein|stimmt nicht|stop|stopp|quatsch nein|nein entschuldigung|nein quatsch|sorry"
    ),
    ("refusal", ""): (
        "sage ich nicht|sag ich nicht|nicht sagen|nicht nennen|nicht angeben|keinen namen|kein name|anonym|"
        "geht sie nichts an|tut nichts zur sache|verrate ich nicht|ohne namen|namen nicht|name nicht"
    ),
    ("talk", ""): (
        "weiss ich nicht|weiss ich|weiss nicht|keine ahnung|auf jeden fall|auf keinen fall|auf alle faelle|hier ist es|"
        "auf wiedersehen|auf wiederhoeren|bis morgen|bis dann|bis gleich|bis spaeter|ist egal|mir egal|es ist so|"
        "von zu hause|zu hause|das ist alles|das ist mir|das ist gut|das ist richtig|wie war|wie bitte|hier bin ich|da bin ich"
    ),
    (
        "soft",
        "",
    ): "guten tag|guten morgen|guten abend|gruess gott|schoenen guten tag|schoenen guten morgen|good morning",
    ("role", ""): "bei|beim|zu|zur|zum|mit",
}
PHRASES = _phrases()
"""Folded words -> kind and value of what they do to a name: intro, label, cue, turn, refusal, role."""
LONGEST_PHRASE = max(map(len, PHRASES))
