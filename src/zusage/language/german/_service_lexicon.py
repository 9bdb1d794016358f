"""Tables of everyday words around services: kinship, whom and what length, what says nothing, what is another trade.

Only a help: a service of unknown words is found by its own name. All words are written as people write them."""

from __future__ import annotations

KIN: dict[str, str] = {
    "herren": "herren herr herrn herrens mann männer männern mannes männlich men mens man gents gentlemen",
    "damen": "damen dame frau frauen weiblich ladies women womens woman lady",
    "kinder": "kinder kind kindern kindes kids kid bub buben mädchen junge jungen jungs child children childrens "
    "kleinkind kleinkinder",
    "haar": "haar haare haaren haars haupthaar hair",
    "schnitt": "schnitt schnitte schneiden schneide schneidet geschnitten zuschnitt haircut cut cutting "
    "nachschneiden abschneiden hoarschnitt",
    "farb": "farbe farben farb färben färbe färbung färbungen gefärbt einfärben nachfärben coloration color colour "
    "coloring colouring dye kolorieren färberei colorieren",
    "umfarb": "umfärbung umfärben umgefärbt",
    "fohn": "föhn föhnen fön fönen geföhnt gefönt blowdry föhne",
    "wasch": "wasch waschen wäsche gewaschen wash shampoo",
    "bart": "bart bärte bartes vollbart beard barts",
    "trimm": "trimmen trimm trimme getrimmt stutzen gestutzt trim trimming",
    "rasier": "rasur rasieren rasiere rasiert rasuren shave shaving",
    "strahn": "strähne strähnen strähnchen highlights highlight foliensträhnen",
    "spitz": "spitze spitzen",
    "pony": "pony ponys bangs fringe",
    "ansatz": "ansatz ansätze roots root",
    "berat": "beratung beraten beratungen beratungsgespräch beratungstermin consultation beratungs",
    "blond": "blond blondieren blondierung blondiert bleichen blonde",
    "ton": "tönen tönung tönungen getönt toner toning",
    "lock": "locken locke curls",
    "well": "welle wellen",
    "dauer": "dauer",
    "glatt": "glätten glättung geglättet straightening",
    "hochsteck": "hochsteckfrisur hochstecken hochgesteckt steckfrisur updo",
    "verlanger": "verlängerung verlängern verlängerungen extensions extension",
    "styl": "styling stylen gestylt",
    "augenbrau": "augenbraue augenbrauen braue brauen eyebrow eyebrows brow brows",
    "wimper": "wimper wimpern lashes lash",
    "trocken": "trocken trockenen dry",
    "maschin": "maschine maschinen",
    "gesicht": "gesicht gesichts facial face",
    "nagel": "nagel nägel nägeln fingernägel nails nail",
    "fuss": "fuß füße füßen fußes",
    "hand": "hand hände händen",
    "mass": "massage massagen massieren massiert massiere",
    "krank": "kranken",
    "gymnast": "gymnastik",
    "therapi": "therapie therapien therapy",
    "lymph": "lymph lymphe lymphen lymphatic",
    "drainag": "drainage drainagen dränage",
    "rucken": "rücken rückens",
    "nacken": "nacken",
    "packung": "packung packungen",
    "reif": "reifen pneu pneus tire tires tyre tyres",
    "rad": "rad räder rädern wheel wheels",
    "wechsl": "wechsel wechseln gewechselt wechsle change umwechseln",
    "ol": "öl oil öls",
    "inspekt": "inspektion inspektionen inspection inspizieren",
    "tuv": "tüv",
    "abgas": "abgas asu",
    "untersuch": "untersuchung untersuchungen untersuchen untersucht",
    "brems": "bremse bremsen brakes brake brems",
    "klima": "klima klimaanlage aircon",
    "repar": "reparatur reparaturen reparieren repariert repair",
    "reinig": "reinigung reinigen gereinigt reinigungen cleaning",
    "pruf": "prüfung prüfen geprüft prüfe",
    "check": "check checken durchchecken gecheckt checkup",
    "kontroll": "kontrolle kontrollieren kontrolliert kontrollen",
    "lack": "lack lackieren lackiert lackierung",
    "polier": "politur polieren poliert",
    "einlager": "einlagerung einlagern eingelagert lagern",
    "zahn": "zahn zähne zähnen teeth tooth",
    "fullung": "füllung füllungen",
    "entfern": "entfernung entfernen entfernt",
    "klein": "klein kleine kleinen kleiner kleines small",
    "gross": "groß große großen großer großes large",
    "kurz": "kurz kurze kurzen kurzer kurzes short kurzhaar",
    "mittel": "mittel mittellang mittellange mittellangen schulterlang schulterlange schulterlangen medium",
    "lang": "lang lange langen langer langes long langhaar",
    "vorn": "vorn vorne vordere vorderen vorderer vorderes front",
    "hint": "hinten hintere hinteren hinterer hinteres rear",
    "winter": "winter",
    "sommer": "sommer",
}

ALIASES: dict[str, str] = {
    "hu": "tüv",
    "hauptuntersuchung": "tüv",
    "au": "abgasuntersuchung",
    "kg": "krankengymnastik",
    "mt": "manuelle therapie",
    "mld": "manuelle lymphdrainage",
    "kgg": "krankengymnastik gerät",
    "pzr": "professionelle zahnreinigung",
    "wsf": "waschen schneiden föhnen",
    "perm": "dauerwelle",
}
"""Short forms that every customer of the trade knows; a catalogue's own word of that spelling goes first."""

STAND_INS: tuple[str, ...] = (
    "reifen räder",
    "wechsel tausch austausch erneuern montage aufziehen umstecken draufmachen",
    "schneiden nachschneiden abschneiden stutzen trimmen",
    "reparatur richten flicken",
    "reinigung putzen säubern",
    "entfernen abmachen ablösen abnehmen wegmachen",
    "prüfen check kontrolle untersuchung durchsicht",
    "färben tönen",
    "beratung besprechung",
    "rasur rasieren",
    "strähnen meches",
)
"""Words that stand for each other where a catalogue knows only one of them."""

GROUPS: tuple[str, ...] = ("herren", "damen", "kinder")
LENGTHS: tuple[str, ...] = ("kurz", "mittel", "lang")
SIZES: tuple[str, ...] = ("klein", "gross")
SEASONS: tuple[str, ...] = ("winter", "sommer")
BODY: tuple[str, ...] = ("hand", "fuss")

RELATIVES: dict[str, str] = {
    "herren": "mann ehemann vater papa vati opa großvater bruder freund partner onkel schwager kumpel schwiegervater "
    "lebensgefährte lebensgefährten gatte gatten herr herrn verlobter verlobten männe husband",
    "damen": "frau ehefrau mutter mama mutti oma großmutter schwester freundin partnerin tante schwägerin "
    "schwiegermutter lebensgefährtin gattin cousine verlobte wife",
    "kinder": "kind kinder kindern sohn sohnes tochter töchter söhne enkel enkelin enkelkind kleiner kleinen kleine "
    "junge jungen bub buben mädchen baby son daughter kleinkind neffe neffen nichte sohnemann stiefsohn "
    "stieftochter töchterchen söhnchen",
}
YOUNG_MEN = "sohn sohnes söhne enkel junge jungen bub buben neffe neffen son sohnemann stiefsohn"
YOUNG_WOMEN = "tochter töchter enkelin mädchen nichte daughter stieftochter"

BODY_PARTS = """
knie schulter schultern rücken nacken hals arm arme bein beine hüfte hüften ellenbogen handgelenk kiefer kopf
wirbelsäule bandscheibe sprunggelenk ischias lendenwirbel halswirbel becken waden wade oberschenkel daumen finger zeh
zehen stirn wange kinn hand hände füße fuß gesicht brust bauch
"""
"""Where something hurts or is to be done: no wish by itself, where the catalogue has none of it."""

GENERIC = """
behandlung service paket programm treatment anwendung sitzung standard normal basic einheit wartung check prüfung
komplett wechsel reinigung reparatur kontrolle untersuchung entfernung entfernen prüfen wechseln reparieren packung
technik classic klassisch premium global pflege kur spezial deluxe plus intensiv professionell
auto pkw fahrzeug wagen therapie beratung montage einlagerung lagern verlängerung dauer trocken nass maschine neu auffüllen
"""
"""Words that say too little when they stand alone: which check, which change?"""

LIGHT = """
behandlung service paket programm treatment anwendung sitzung standard normal basic einheit komplett technik
classic klassisch premium global spezial deluxe intensiv professionell pkw auto fahrzeug wagen
"""
"""Words of a name that callers leave out."""

WEAK = "haar auto pkw fahrzeug wagen"
TRADE = """
friseur friseurin frisör friseurtermin frisörtermin haare haar frisur salon werkstatt autowerkstatt physio
physiotherapie praxis auto wagen pkw fahrzeug studio nagelstudio kosmetik kosmetikstudio zahnarzt hairdresser barber
friseurbesuch haartermin zahnarzttermin werkstatttermin
"""

WISH = """
möchte möchten hätte hätten brauche bräuchte will wollte würde buchen buche reservieren vereinbaren termin termine
terminvereinbarung ausmachen machen book appointment want need like kommen vorbeikommen drankommen behandlung
anmelden eintragen krieg kriegen bekommen bräucht dienstleistung leistung service
"""

FILLERS = """
ähm äh öhm hm mhm ne nee nö jo jaja tach na nu naja halt eben also mal eh ebe ebn gell gelle woll wohl schon denn
hätt hätts i ned net nit nix ma a an da de der die dat wat et dit isch ick ik ich's wär wärs wärn gern gerne bräucht
brauch möcht mag mögen würd hab hob habts kann könnt könnte könntet können würden krieg kriege kriegt grad gerad ganz
einmal zweimal dreimal nochmal noch wieder mir mich uns euch ihnen sie ihr wir ich du er es man jemand meinem meinen
meiner meine mein meins unser unsere unseren unserem unserer seine seinen seinem seiner ihre ihren ihrem ihrer dein
deine deinen ein eine einen einem einer eines 'ne nen nem ner n s d ein der die das dem den des dies diese diesen
dieser dieses jene im in am an auf aus bei beim bis durch für gegen hinter mit nach ohne seit über um unter von vom vor
zu zum zur zwischen ab und oder aber sondern doch wenn weil dass daß ob als wie so auch nur sehr bitte bitteschön danke
dankeschön hallo hi hey servus moin grüß gott grüezi guten gute guter gut tag morgen abend mittag heute gestern
übermorgen jetzt gleich bald später früher dann danach vorher davor dabei dazu daran darauf außerdem zusätzlich
eventuell vielleicht möglichst möglich eigentlich beides selben einfach gerade sofort dringend schnell kurzfristig spontan am liebsten
ist sind war waren bin bist sein wäre wären wird werden wurde worden hat haben habe hatte hatten gibt geben gebt gehen
geht ging gehe komme kommen kommt käme vorbei dran machen macht mache gemacht machst mach lassen lasse lässt gelassen
wollen will wollte wollten soll sollte sollten sollen müssen muss müsste musste müssten darf dürfte dürfen kriegen
bekommen bekomme nehmen nehme nimm nehmt bieten anbieten angeboten buchen buche gebucht buchung reservieren
reservierung vereinbaren ausmachen eintragen anmelden termin termine terminen terminvereinbarung wunschtermin
frage fragen wissen weiß sagen sage gesagt gehört hören heißt heißen nennt meint meine meinte glaube glaub denke denk
finde suche interessiere interessiert interesse wünsche wünschen wunsch freue freuen schauen gucken sehen seh schau
was wann wo wer welche welcher welches welchen warum wieso wieviel wie viel viele kostet kosten koste preis teuer euro
alles allem allen aller alle etwas irgendwas irgendwie irgendwann irgendein irgendeine irgendeinen sowas bisschen
bissl bisserl wenig mehr mindestens höchstens circa ungefähr etwa super toll prima klasse okay ok ja nein genau richtig
klar gern okey passt perfekt tschüss tschüß ciao wiederhören wiedersehen schön schöne schönen schönes lieber liebe
zeit uhr stunde stunden minute minuten min minütig minütige tag tage tagen woche wochen monat monate jahr jahre
jahren nächste nächsten nächster nächstes kommende kommenden kommender montag dienstag mittwoch donnerstag freitag
samstag sonnabend sonntag montags dienstags mittwochs donnerstags freitags samstags vormittag vormittags nachmittag
nachmittags abends mittags morgens früh nachts wochenende januar februar märz april mai juni juli august september
oktober november dezember halb viertel dreiviertel frei freie freien freier freies noch platz dienstleistung leistung
service services name id null none true false the to for my me an a of and with please would like want need i hello
book appointment get do you have can could at on is it that this let us type value text string data booking request
selected key code servicename person leute personen egal
ach quatsch falsch vielmehr stopp stop korrigiere korrektur besser unsinn blödsinn vertan versprochen entweder
anstatt anstelle statt außer niemals nie weder kein keine keinen keiner keinem keines keins ohne stattdessen bloß samt
herrschaften wiederum nämlich ebenfalls jedenfalls sonst halbwegs erstmal zunächst zuerst erst zuletzt letzte letzten
letztes letzter mal male bisher immer manchmal öfter oft regelmäßig wegen anlässlich damit davon dafür darum deshalb
hierher hier dort drüben her hin rein raus runter rauf los wieder zurück weiter offen hinten vorne oben unten
eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig fünfzig hundert ersten zweiten
dritten vierten fünften kundin kunde kunden stammkunde stammkundin neukunde neukundin neu neue neuen neuer
meinetwegen nunmal beziehungsweise bzw inklusive inkl incl plus sowie zusammen gemeinsam nacheinander hintereinander
vorgestellt vorstellen gedacht gebraucht nötig fällig überfällig dringende dringender kleinigkeit freundlich
"""

HARMLESS = """
hochzeit hochzeitsfeier geburtstag feier party urlaub ball abiball konfirmation kommunion taufe weihnachten ostern
silvester vorstellungsgespräch anlass gelegenheit angebot aktion gutschein geschenk familie bekannte bekannter
bekannten nachbarin nachbar kollege kollegin kollegen chef chefin ärztin arzt arztes orthopäde hausarzt rezept
verordnung überweisung krankenkasse privatversichert privat gesetzlich versicherung werkstatt laden geschäft filiale
mitte online internet homepage website instagram telefon anruf anrufen rufe angerufen nummer handy auto wagen pkw
fahrzeug golf polo passat audi bmw mercedes opel ford corsa astra skoda fiat vw toyota kombi diesel benziner
schnellen schneller spontaner sicher bestimmt natürlich gerne ehrlich echt wirklich total richtig rücksprache
problem stress eile thema ahnung plan idee sache ding dings dingsda zeug gefallen hilfe helfen geholfen leider
hoffentlich sogar überhaupt ungern gleiche gleichen gleiches selbe selben übliche üblichen üblich normale normaler
normalen dasselbe andere anderen anderes nichts niemand jeder jede jedes beide beiden schmerzen schmerz weh wehtut
verspannt verspannungen verspannung kaputt quietscht quietschen verspätung mitbringen bringe bringen abholen abgeben
dastehen stehen steht liegt liegen sitzt sitzen bleiben bleibt bleibe empfohlen empfehlung gesehen gelesen geguckt
ausprobieren probieren probiere versuchen lust bock würdet könntest hättet sagt sagte sagen dachte überlegt überlege
entschieden entschuldigung verzeihung sorry moment augenblick sekunde freitagabend feierabend arbeit schule kita
kindergarten wohne wohnen spreche sprechen verstehen verstanden verbindung höre hörst schlecht gut besser beste besten
wachsen gewachsen rausgewachsen nachgewachsen rauswächst bescheid sagen melden melde erreichen zurückrufen
jahrelang schnellstmöglich nachher vorhin neulich demnächst irgendwo nirgends ungefähr rund gegen
komplett ganzer ganze ganzen ganzes einzige einzigen einzeln mitnehmen dranhaben alter alt altes jährig jährige
jährigen jähriger student schüler rentner rentnerin azubi ausflug reise abfahrt fällt fallen läuft laufen
dauert dauern dauere lieb gewohnt gewohnte gewohnten typisch bräuchten wünschte wünschten ehesten frühesten
spätestens nächstmöglichen nächstmöglich frühestmöglich irgendwer herr frau fräulein doktor dr kollegin mitarbeiterin
mitarbeiter meisterin meister chefin azubine team hause haus daheim zuhause umgebung ort stadt dorf winterzeit
sommerzeit wetter schnee regen sonne
"""
"""Words around a wish that are no service, nor say anything about one."""

FOREIGN = """
maniküre pediküre massage fußpflege handpflege gesichtsbehandlung kosmetik permanent makeup tattoo tätowierung piercing
nageldesign gelnägel nägel shellac waxing sugaring epilation laser botox hyaluron filler lifting wimpern
wimpernverlängerung augenbrauen brauen fingernägel fußnägel lackieren solarium sauna schwimmen yoga pilates fitness
training reifenwechsel reifen räder ölwechsel öl inspektion bremsen bremsbeläge auspuff kupplung getriebe zahnriemen
batterie klimaanlage klimaservice scheibe windschutzscheibe steinschlag tüv hauptuntersuchung abgasuntersuchung
lackierung beule delle politur autowäsche waschanlage motor stoßdämpfer scheinwerfer zündkerzen anhängerkupplung
zahnreinigung zahnarzt füllung bohren wurzelbehandlung krone implantat prothese bleaching zahn zähne zahnspange
weisheitszahn krankengymnastik physiotherapie lymphdrainage fango osteopathie ergotherapie logopädie akupunktur
chiropraktik impfung impfen blutabnahme blutbild röntgen ultraschall mrt rezept krankmeldung untersuchung vorsorge
brille sehtest kontaktlinsen hörgerät hörtest passfoto foto fotoshooting fotos pizza margherita salami döner burger
sushi tisch essen speisekarte getränke kaffee kuchen brötchen brot blumen blumenstrauß strauß schnittblumen hotel
zimmer übernachtung flug taxi mietwagen fahrkarte ticket kino konzert umzug umzugswagen möbel küche schrank teppich
fenster fensterputzer gebäudereinigung hausmeister gärtner rasen hecke baum rasenmäher heizung klempner rohr dusche
bad steuer steuererklärung steuerberatung anwalt rechtsberatung notar kredit konto bank versicherungsvertrag handyvertrag
computer laptop drucker reparatur display akku schuhe schuhreparatur absätze schlüssel schlüsseldienst hose kleid
änderung reinigung hemden wäsche hund hunde hundes katze katzen pferd tierarzt hundefriseur hundeschur krallen fell
pudel friedhof bestattung fahrstunde fahrschule führerschein nachhilfe klavierunterricht sprachkurs tanzkurs hochzeitstorte
torte catering kosmetikerin perücke perücken toupet haartransplantation nasenhaare ohrenhaare brusthaare rückenhaare
achseln intim brazilian intimrasur damenbart oberlippe haarentfernung enthaarung schminken
ohrlochstechen ohrlöcher zungenpiercing fußreflexzonenmassage thaimassage lomi hypnose heilpraktiker psychotherapie
ernährungsberatung diät personaltraining autokauf probefahrt gebrauchtwagen neuwagen zulassung kennzeichen
abschleppdienst abschleppen panne pannenhilfe unfall gutachten navi radio felgen autoglas
"""
"""Nouns of services of many trades: whoever says one that the catalogue lacks wants just that, and nothing like it."""

DEEDS = """
verlängern verlängerung verdichten verdichtung straffen straffung zupfen glätten glättung abdecken kaschieren flechten
einflechten transplantieren transplantation verpflanzen auffüllen unterspritzen tätowieren epilieren enthaaren häkeln
"""
"""Real words for what is done in these trades: where a catalogue lacks one, it is no misheard other one."""

COMMON = """
tonne tonnen töne tone punkt punkte zeitpunkt
rausziehen rausmachen rauszumachen rausholen rausbekommen rauswachsen rauswaschen wegmachen loswerden rückgängig
englisch deutsch türkisch russisch arabisch polnisch italienisch französisch spanisch
adresse anfahrt parkplatz parkplätze parken öffnungszeiten geöffnet geschlossen offen öffnet karte zahlen bezahlen
kartenzahlung bar rechnung quittung bewerbung praktikum ausbildung job stelle lieferung paket werbung umfrage
internetanbieter stromanbieter vertreter wetter uhrzeit datum rückruf zurückruf nachricht beschwerde reklamation
unzufrieden schief storno absage stornieren absagen verschieben passage garage ware wahre farbiger schritt schnitte
schnitzel barte karten warten garten harten starten raten braten berater bank dank krank tank blank wand band rand sand
land gloria floss glas gras grass klasse kasse masse tasse rasse gasse nase hase vase phase kleber leben geben neben
straße strasse sträucher haus maus laus raus aus wellensittich mauer bauer dauerhaft kauer reise reisen weise
speisen spitzname spitze spielen fahren fahrt frieren fragen tragen sagen lagen schlagen magen frühstück stück rück
menge länge gänge massen messe messen essen fressen pressen kessel sessel bessere halter alter falter walter schalter
"""
