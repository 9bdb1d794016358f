"""Words that are no name: fillers that say nothing, the words of the trade; and how a word sounds."""

from __future__ import annotations

from functools import lru_cache

from cologne_phonetics import encode  # type: ignore[import-untyped]

_FILLERS = """
aber alle allem allen aller alles als also am an anbieten angeboten auch auf aus bei beim bekommen bekomme bieten
bin bis bisschen bitte braeuchte brauche brauchen buche buchen buchung da dabei dann darf das dass daten dazu dein
dem den denn der des dich die diese diesen dieser dieses direkt doch dort du duerfte ein eine einem einen einer eines
einfach einmal er es etwas euch euer fest frage fragen frei freie freien friseur friseurtermin fuer ganz gar geben
gebucht geht gerade gern gerne gibt ging gleich gut gute guten haben haette haetten hallo hat hab habe her heute hier
hin hoeren ich ihm ihn ihnen ihr ihre ihrem ihren im in irgendwann ist ja jemand jetzt kann koennen koennte koennten
komme kommen kriegen lassen lieber machen macht mal man mein meine meinem meinen meiner mich mir mit moechte moechten
moin morgen mueste muesste muss nach naechste naechsten naechster nehmen nein nicht noch nochmal nur oder okay ok
person reservieren reservierung sagen schoen schoene schoenen schon sehr sein seine service sich sie sind so soll
sollte sonst suche tag tage tagen termin termine terminvereinbarung tschuess ueber uebermorgen uhr um und uns unser
vereinbaren viel vielleicht von vor waere waeren wann was wegen weil welche wenn werden wie wieder will wir wird wollen
wollte wollten wuerde wuerden wunsch wuensche zeit zu zum zur zwischen aehm aeh hm naja halt eben servus gruess gott
dienstleistung leistung behandlung hair appointment would like please book need want want to the for my me an hello
montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag vormittag vormittags nachmittag nachmittags
abend abends mittag mittags frueh morgens woche wochenende halb viertel januar februar maerz april mai juni juli
august september oktober november dezember egal danke null eins zwei drei vier fuenf sechs sieben acht neun zehn elf
zwoelf
"""
FILLERS = frozenset(_FILLERS.split())

_KIN: dict[str, str] = {
    "herren": "herr herrn herren herrens mann maenner maennern mannes maennliche men mens",
    "damen": "dame damen frau frauen weibliche ladies",
    "kinder": "kind kinder kindern kinds kids bub buben maedchen",
    "haar": "haar haare haaren haars haupthaar",
    "schnitt": "schnitt schnitte schneiden schneide schneidet geschnitten zuschnitt haircut cut",
    "faerb": "farbe farben farb faerben faerbe faerbung faerbungen gefaerbt einfaerben coloration color colour kolorieren",
    "foehn": "foehn foehnen foen foenen gefoehnt gefoent",
    "wasch": "wasch waschen wasche gewaschen waesche haarwaesche",
    "bart": "bart baerte bartes vollbart beard",
    "trimm": "trimmen trimm trimme getrimmt stutzen gestutzt trim",
    "rasier": "rasur rasieren rasiere rasiert rasuren",
    "straehn": "straehne straehnen straehnchen highlights",
    "spitz": "spitze spitzen",
    "pony": "pony ponys",
    "ansatz": "ansatz ansaetze",
    "berat": "beratung beraten beratungen beratungsgespraech beratungstermin",
    "blond": "blond blondieren blondierung blondiert bleichen aufhellen",
    "toen": "toenen toenung toenungen getoent",
    "lock": "locken locke",
    "welle": "welle wellen",
    "dauer": "dauer",
    "glaett": "glaetten glaettung geglaettet",
    "pfleg": "pflege pflegen kur haarkur",
    "hochsteck": "hochsteckfrisur hochstecken hochgesteckt steckfrisur",
    "verlaenger": "verlaengerung verlaengern verlaengerungen extensions extension",
    "styl": "styling stylen gestylt frisieren",
    "brau": "braue brauen augenbraue augenbrauen",
    "trocken": "trocken trockenen",
}
_ATOM_OF = {form: atom for atom, forms in _KIN.items() for form in forms.split()}
_LINKS = ("", "s", "n", "en", "e", "er")


def is_known(word: str) -> bool:
    """Whether every part of the word is a word of the trade."""
    return bool(_split(word))


def _split(word: str) -> tuple[str, ...]:
    if word in _ATOM_OF:
        return (_ATOM_OF[word],)
    for end in range(len(word) - 3, 2, -1):
        head = _ATOM_OF.get(word[:end])
        if head is None:
            continue
        for link in _LINKS:
            rest = word[end:]
            if rest.startswith(link) and (tail := _split(rest[len(link) :])):
                return (head, *tail)
    return ()


@lru_cache(maxsize=8192)
def cologne(word: str) -> str:
    """The Cologne phonetics code of a word; empty for one without letters."""
    return "".join(code for _, code in encode(word))
