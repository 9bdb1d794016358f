"""What of the heard is wished for, and what is only spoken of: a price, a name, what has been, how things are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from zusage.language.german._service_catalogue import WEAK, is_soft
from zusage.language.german._service_lexicon import BODY_PARTS, LENGTHS
from zusage.language.german._service_segment import Segment
from zusage.language.german._service_words import fold_all, key_of

_APART = frozenset(
    [
        "hatte",
        "hatten",
        "hattet",
        "wurde",
        "wurden",
        "wurdet",
        "musste",
        "mussten",
        "konnte",
        "konnten",
        "mochte",
    ]
)


def _word(folded: str) -> str:
    """The key of a word, but for "hätte" and its like, which an umlaut tells from what has been."""
    key = key_of(folded)
    return folded if key in _APART else key


def _table(words: str) -> frozenset[str]:
    return frozenset(_word(word) for word in fold_all(words))


_STOPS = frozenset(",;.!?")
_ENDS = frozenset(";.!?")
_WANT = _table(
    "möchte möchten möcht mag will wollen wollte wollten hätte hätten hätt bräuchte bräuchten bräucht brauche brauchen "
    "brauch brauchst braucht benötige benötigen benötigt würde würden würd gern gerne bitte lieber muss müssen müsste "
    "müssten soll sollen sollte sollten kriegen krieg kriege lassen lass frei freie freien buchen reservieren "
    "vereinbaren ausmachen anmelden eintragen einbuchen drankommen vorbeikommen reinkommen rezept rezepte verordnung "
    "verordnet verschrieben aufgeschrieben überweisung nötig fällig wünsche wünschen wunsch interesse interessiere "
    "möglich diesmal need want like please einmal zweimal könnten könntet können könnt kann"
)
_SURELY = _table(
    "termin termine frei freie freien buchen brauche bräuchte vorbeikommen drankommen reservieren"
)
_COULD = _table("kann können könnt könnten könntet einmal")
_PRICE = _table(
    "kostet kosten koste gekostet kostenpunkt kostenvoranschlag preis preise preisen preislich preisliste teuer teurer "
    "billiger günstiger bezahlt bezahlen zahlt zahlen übernimmt übernehmen euro rabatt rechnung"
)
_TAKE = _table("nehmt nehmen nehmts verlangt verlangen berechnet berechnen wollt")
_HOW_MUCH = _table("was wieviel viel")
_GOODS = _table(
    "verkaufen verkauft verkaufe kaufen kauf gekauft ausleihen leihen verleiht verleihen ausborgen mieten bestellung "
    "bestellt geliefert lieferung führt bewerben bewerbe bewerbung stellenanzeige lehrstelle praktikum ausbildung "
    "arbeitsstelle umschulung"
)
_ASKING = _table("fragen frage wissen nachfragen gefragt wissn")
_ABOUT = _table("wer wem wo woher wohin warum wieso weshalb wozu welcher welche welches welchen welchem")
_HOW = _table("lang lange oft alt weit gut schlimm genau funktioniert läuft heißt viele")
_WHAT = _table("hilft hilf tun ist sind bedeutet heißt heissen bringt passiert")
_PAST = _table(
    "war waren hatte hatten wurde wurden gewesen gestern vorgestern verpasst vergessen verschlafen verloren gehabt "
    "gefunden verlegt"
)
_BOOKED = _table("gebucht ausgemacht vereinbart reserviert abgemacht bekommen eingetragen gemacht")
_HAVE = _table("hab habe haben hat hast habt ham")
_ADVISED = _table("angerufen telefoniert empfohlen geraten geschickt gesprochen besprochen")
_LAST = _table("letzte letzten letztes letzter letztem vorige vorigen voriges vergangene vergangenen")
_TIMES = _table("mal woche monat jahr termin besuch freitag montag dienstag mittwoch donnerstag samstag")
_STATES = _table("ist sind seid tut tun stimmt gefällt juckt hält heißt hieß liegt liegen")
_FINITE = _STATES | _HAVE | _table("geht gibt läuft kommt macht machen machst steht liegt fehlt")
_STORY = _table("ich mich mir sich euch ihr was wer wie")
_PERSONS = _table("ich sie ihr er wir")
_OFFERS = _table(
    "machen macht bieten bietet anbieten zeit termin termine noch platz kommen vorbei hab habe rufe"
)
_OTHERS_HAVE = _table("hat hatte kriegt bekommt")
_OWN = _table("mein meine unser unsere ihre")
_NEEDED = _table(
    "fällig nötig kaputt defekt runter abgelaufen rausgewachsen herausgewachsen rausgefallen herausgefallen abgebrochen "
    "dran möglich leer locker abgefahren gerissen durch verrostet durchgerostet stumpf verschlissen laut "
    "platt undicht raus lose geplant angesagt notwendig verspannt"
)
_CONCERNING = frozenset(
    [("geht", "um"), ("gehts", "um"), ("ginge", "um"), ("ist", "wegen"), ("rufe", "wegen"), ("mich", "wegen")]
)
_TOWARDS = _table("für zum zur wegen um")
_THANKS = _table("dank danke")
_HABIT = _table("selbst selber immer ständig überlege überleg überlegen")
_HAVE_TO = _table("muss müssen soll sollen sollte darf dürfen brauche brauch brauchen braucht")
_ONE = _table("ich man wir")
_LEADING = _table("und aber oder hallo entschuldigung sagen sie mal noch eine frage") | {",", "."}
_GIFT, _TO_USE = (
    _table("gutschein gutscheine geschenkgutschein"),
    _table("hab habe haben bekommen einlösen geschenkt"),
)
_AFTER = _table("nach seit beim während")
_THE = _table("der dem den die das einer einem meiner meinem unserem unserer ihrer ihrem")
_FOR = _table("für")
_MAN = _table("man")
_WITH = _table("mit bei eher doch dann also in")
_OPEN_QUESTIONS = _table("wann wie was")
_VERB = ("en", "ern", "eln")
_BODY_PARTS = _table(BODY_PARTS)
_LENGTHS = frozenset(LENGTHS)


def wished(segments: Sequence[Segment]) -> list[Segment]:
    """What was heard, without the meaning of what is only spoken of."""
    told = _wished_for(segments)
    if any(_tells(one) for one in told):
        return told
    return told if _only_for_whom(segments) else _silent(told)


def _wished_for(segments: Sequence[Segment]) -> list[Segment]:
    told: list[Segment] = []
    for sentence in _split(_compared(segments), _ENDS):
        goods = _about_goods(sentence)
        for clause in _split(sentence, _STOPS, after=_ASKING):
            told += _without(clause) if goods or _only_spoken_of(clause) else clause
    return _not_merely_after(told)


def doubtful(segments: Sequence[Segment]) -> bool:
    """Whether a full sentence without a wish names a service beside a word that nobody knows ("Geht French Toast?")."""
    if _keys(segments) & (_WANT - _COULD | _NEEDED):
        return False
    if any(one.kind == "whom" and _word(other.text) in _OTHERS_HAVE for one, other in pairwise(segments)):
        return True
    return any(_doubtful(clause) for clause in _split(segments, _STOPS))


def in_passing(segments: Sequence[Segment]) -> bool:
    """Whether nothing is wished for, and what shares a word with a service is only part of a story ("Mein Rücken …")."""
    said = _keys(segments)
    pairs = list(pairwise(_word(one.text) for one in segments))
    if said & (_WANT - _COULD | _NEEDED) or any(one in _CONCERNING for one in pairs):
        return False
    own = any(_word(one.text) in _OWN and _tells(other) for one, other in pairwise(segments))
    if own and not _does(segments):
        return True
    if said & (_FINITE | _STORY) and any(one.kind == "noise" and one.text != "nicht" for one in segments):
        return True
    if any(_bare(clause) for clause in _split(segments, _STOPS)):
        return False
    return bool(said & _PERSONS) and not said & (_COULD | _OFFERS)


def asked_for(segments: Sequence[Segment]) -> bool:
    """Whether a service is wished for in words, asked for as something one can have here, or is all that was said."""
    said = _keys(segments)
    if (
        said & (_WANT - _COULD | _NEEDED)
        or (said & _PERSONS and said & (_COULD | _OFFERS))
        or _does(segments)
    ):
        return True
    pairs = pairwise(_word(one.text) for one in segments)
    return any(one in _CONCERNING for one in pairs) or any(
        _bare(clause) for clause in _split(segments, _STOPS)
    )


def _bare(clause: Sequence[Segment]) -> bool:
    """Whether a clause is nothing but the name of a service and what is done, with words that say nothing of anybody."""
    told = clause[:-1] if clause and clause[-1].kind == "mark" else clause
    done = told[:-1] if told and told[-1].kind == "noise" and told[-1].text.endswith(_VERB) else told
    if any(one.kind in {"noise", "foreign", "name"} for one in done):
        return False
    return any(one.parts for one in clause) and not _keys(clause) & (_FINITE | _STORY | _PERSONS | _PAST)


def names_unknown(segments: Sequence[Segment]) -> bool:
    """Whether something is named that is not here: a word of another trade, or one nobody knows in no mere story."""
    if any(one.kind == "foreign" for one in segments):
        return True
    said = _keys(segments)
    telling = bool(said & (_FINITE | _STORY | _OPEN_QUESTIONS)) and not said & (_WANT - _COULD)
    return not telling and any(one.kind == "noise" for one in segments)


def beside_unknown(segments: Sequence[Segment]) -> bool:
    """Whether a word that nobody knows stands right behind what shares a word with a service ("zwei Gläser Wein")."""
    return any(
        _tells(one) and other.kind == "noise" and not other.text.endswith(_VERB)
        for one, other in pairwise(segments)
    )


def _doubtful(clause: Sequence[Segment]) -> bool:
    said = _keys(clause)
    if any(one in _CONCERNING for one in pairwise(_word(one.text) for one in clause)) or not said & _FINITE:
        return False
    return any(_tells(one) for one in clause) and any(one.kind == "noise" for one in clause)


def _split(
    segments: Sequence[Segment], marks: frozenset[str], *, after: frozenset[str] = frozenset()
) -> Iterator[list[Segment]]:
    """Stretches that each end with one of these marks, or with one of the words."""
    held: list[Segment] = []
    for one in segments:
        held.append(one)
        if one.text in marks or _word(one.text) in after:
            yield held
            held = []
    if held:
        yield held


def _keys(segments: Iterable[Segment]) -> set[str]:
    return {_word(word) for one in segments for word in one.text.split()}


def _without(segments: Iterable[Segment]) -> list[Segment]:
    """Without the services; whom or what length it is for still counts for what is wished beside it."""
    return [replace(one, kind="filler", parts=(), extra=()) if _tells(one) else one for one in segments]


def _silent(segments: Iterable[Segment]) -> list[Segment]:
    return [replace(one, kind="filler", parts=(), extra=()) if one.parts else one for one in segments]


def _only_for_whom(segments: Sequence[Segment]) -> bool:
    """Whether to be told only whom or what length it is for can be an answer ("für lange Haare", "Damen")."""
    said = _keys(segments)
    if any(_tells(one) for one in segments) or said & (_ABOUT | _OPEN_QUESTIONS) or _about_goods(segments):
        return False
    if not said & (_WANT - _COULD | _FOR) and (
        said & (_STATES | _COULD) or any(one.kind in {"noise", "foreign", "name"} for one in segments)
    ):
        return False
    lengths = [at for at, one in enumerate(segments) if set(one.parts) & _LENGTHS]
    others = any(one.parts and not set(one.parts) <= _LENGTHS | WEAK for one in segments)
    return others or not lengths or any(_of_length(segments, at) for at in lengths)


def _of_length(segments: Sequence[Segment], at: int) -> bool:
    """Whether "kurz" says what is short, not that something takes no time."""
    before = _word(segments[at - 1].text) if at else ""
    after = segments[at + 1] if at + 1 < len(segments) else None
    if after is not None and after.parts:
        return True
    named = not before or before in _THE | _FOR | _WITH or before in _STOPS
    return named and (after is None or after.kind == "mark" or _word(after.text) in _WANT)


def _only_spoken_of(clause: Sequence[Segment]) -> bool:
    words = [_word(word) for one in clause for word in one.text.split()]
    return any(rule(words, clause) for rule in _RULES)


def _priced(words: Sequence[str], _: Sequence[Segment]) -> bool:
    said = set(words)
    taken = bool(said & _TAKE) and any(word in _HOW_MUCH for word in words[:3])
    return bool(said & _PRICE or taken) and not said & _SURELY


def _asked_about(words: Sequence[str], _: Sequence[Segment]) -> bool:
    """A question that is not when something can be had."""
    begin = words[:3]
    if not set(words) & _SURELY and any(one == "wie" and other in _HOW for one, other in pairwise(begin)):
        return True
    if set(words) & (_WANT - _COULD):
        return False
    for at, word in enumerate(begin):
        follows = words[at + 1] if at + 1 < len(words) else ""
        if word in _ABOUT or (word == "was" and follows in _WHAT):
            return True
    return False


def _thanks(words: Sequence[str], _: Sequence[Segment]) -> bool:
    """What somebody thanks for he has had."""
    return any(one in _THANKS and other in _FOR for one, other in pairwise(words))


def _by_habit(words: Sequence[str], _: Sequence[Segment]) -> bool:
    """What one does oneself or always, or has not made up one's mind about."""
    said = set(words)
    return bool(said & _HABIT) and "wie" not in said and not said & (_WANT - _COULD)


def _asked_whether(words: Sequence[str], _: Sequence[Segment]) -> bool:
    """A question what has to be brought or done ("Muss ich zum TÜV den Schein mitbringen?")."""
    told = [word for word in words[:4] if word not in _LEADING]
    return len(told) > 1 and told[0] in _HAVE_TO and told[1] in _ONE


def _has_been(words: Sequence[str], _: Sequence[Segment]) -> bool:
    said = set(words)
    if said & (_WANT - _COULD | _ADVISED) or "wie" in said:
        return False
    last = any(one in _LAST and other in _TIMES for one, other in pairwise(words))
    return bool(said & _PAST) or last or bool(said & _BOOKED and said & _HAVE)


def _how_it_is(words: Sequence[str], clause: Sequence[Segment]) -> bool:
    """A statement that nothing follows from ("Meine Hände sind kalt")."""
    said = set(words)
    if said & (_WANT | _NEEDED | _FOR) or _does(clause):
        return False
    return any(
        word in _STATES and (not at or words[at - 1] != "hier") and _follow(words, at) not in _TOWARDS
        for at, word in enumerate(words)
    )


def _follow(words: Sequence[str], at: int) -> str:
    return words[at + 1] if at + 1 < len(words) else ""


def _does(clause: Sequence[Segment]) -> bool:
    """Whether it says what is to be done ("Auspuff reparieren")."""
    return any(
        one.text.endswith(_VERB) and _tells(one) and _word(one.text) not in _BODY_PARTS for one in clause
    )


def _in_general(words: Sequence[str], _: Sequence[Segment]) -> bool:
    """What one needs is nobody's wish ("Braucht man da einen Termin?")."""
    return bool(set(words) & _MAN) and bool(set(words) & _HAVE_TO)


def _tells(one: Segment) -> bool:
    return any(not is_soft(part) for part in one.parts)


_RULES: tuple[Callable[[Sequence[str], Sequence[Segment]], bool], ...] = (
    _priced,
    _asked_about,
    _has_been,
    _how_it_is,
    _in_general,
    _thanks,
    _by_habit,
    _asked_whether,
)


def _about_goods(sentence: Sequence[Segment]) -> bool:
    """Whether it is about something to buy or borrow, or about work."""
    said = _keys(sentence)
    return bool(said & _GOODS) or (bool(said & _GIFT) and not said & _TO_USE)


def _compared(segments: Sequence[Segment]) -> list[Segment]:
    """Leave out from what something changes ("von blond auf braun"), and what somebody had before."""
    told = list(segments)
    for at, one in enumerate(told[:-3]):
        if _word(one.text) == "von" and _word(told[at + 2].text) == "auf" and told[at + 1].parts:
            told[at + 1 : at + 2] = _without(told[at + 1 : at + 2])
    return told


def _not_merely_after(segments: Sequence[Segment]) -> list[Segment]:
    """The one thing that was named only to say when ("nach dem Röntgen") is no wish."""
    telling = [at for at, one in enumerate(segments) if one.parts]
    if not telling:
        return list(segments)
    before = [_word(one.text) for one in segments[max(0, telling[0] - 2) : telling[0]]]
    if len(telling) == 1 and len(before) == 2 and before[0] in _AFTER and before[1] in _THE:
        return _without(segments)
    return list(segments)
