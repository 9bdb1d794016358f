"""Common names, folded: they tell a given name from a family name, and what is not kept of what callers say.

Never whether something is a name at all: whoever has a rarer one is found by how it is said."""

from __future__ import annotations

GIVEN = frozenset(
    """
    aaron achim ada adam adelheid adrian agnes agnieszka ahmad ahmed ahmet aileen aisha alex alexander alexandra
    alfred ali alice alina alisa alwin amelie amina amir amira ana anastasia anatoli andre andrea andreas andrej
    andrii andrzej angela angelika anika anita anja anke ann anna annalena anne annegret anneli annelie anneliese
    annemarie annett annette annika antje anton antonia antonio armin arne arno arthur artur astrid axel aylin ayse
    barbara bastian beate beatrice ben benedikt benjamin bernd bernhard berta bettina beyza bianca birgit birgitta
    birte bjoern bodo bohdan boris brigitte britta bruno burak burkhard can carina carl carla carlo carlos carmen
    carola carolin caroline carsten caspar catrin cem chantal charlotte chiara chris christa christel christian
    christiane christin christina christine christof christoph christopher cindy claas clara claudia claus clemens
    conny constantin cora cordula corinna cornelia dagmar daniel daniela david defne denise deniz dennis derya
    detlef diana dieter dietmar dilara dirk dmitri dmytro dolores dominik dora doris dorothea dorothee eberhard ebru
    eckhard edda edith eduard egon ekaterina elena elfriede elias elif elisa elisabeth elke ella ellen elsa elvira
    emil emilia emily emine emma emmi emre enrico eric erich erick erik erika erna ernst erwin esra esther eugen eva
    evelyn ewa ewald fabian fabienne fatih fatima fatma felicitas felix ferdinand fiete filip finn florian francesca
    francesco frank franz franziska frauke fred frederik frida fridolin frieda friederike friedrich fritz gabi
    gabriel gabriela gabriele gamze georg gerald gerd gerda gerhard gerlinde gero gertrud gesa giovanni gisela gitta
    giulia giuseppe gottfried gregor greta gudrun guenter guenther guido gundula gustav hakan halyna hanna hannah
    hannelore hannes hans hans-peter harald hartmut hasan hatice hauke hedwig heidi heidrun heike heiko heiner
    heinrich heinz helena helene helga helmut hendrik henning henriette henrik henry herbert hermann hermine hilde
    hildegard hilke holger horst hubert huda hueseyin hugo ibrahim ida igor ihor ilona ilse imke ina ines inga inge
    ingeborg ingo ingrid irene irina iris irmgard iryna isabel isabell isabella isabelle ismail isolde ivan ivo
    jacob jacqueline jakob jakub james jan jana janin janina janine jannick jannik jannis jasmin jason jasper
    jeanette jeannette jennifer jenny jens jeremy jessica jessika joachim joanna jochen joerg joern johann johanna
    johannes john jonas jonathan jonna joost jorge jose josef josefine joseph josephine juan judit judith juergen
    julia julian juliane julius juna justin justus jutta kai karim karin karina karl karl-heinz karla karlheinz
    karola karolin karoline karsten katarina katarzyna kateryna katharina kathrin katinka katja katrin kemal kerstin
    kevin khaled kilian kim kimberly kirsten klara klaus knut konrad konstantin korbinian kristin kristina kristof
    krzysztof kurt lara larissa lars laura laurenz laurin layla lea leah lena leni lennart leo leon leonard leonie
    leopold levi levin leyla lia liam lias lieselotte lilli lilly lina linda linus lisa liselotte ljudmila lorenz
    lorenzo lothar lotte louis louisa louise luca lucas lucia ludwig luigi luis luisa luise lukas lukasz lutz luz
    lydia magda magdalena magdalene maik maike maja malgorzata malte mandy manfred manuel manuela mara marc marcel
    marcello marco marcus mareike marek margarete margit margot margret maria mariam marianne marie marietta marina
    mario marion marius mark marko markus marlene marlies marta marten martha martin martina marvin mary maryam
    mateusz mathea mathias mathilda mathilde mathis mats matteo matthias maurice max maxi maximilian mehmet meike
    melanie melek melina merle merve mesut mia michael michaela michelle miguel mika mikael mike mila milan minh
    mira miriam mirjam mirko mohamed mohammed mona monika monique moritz murad murat mustafa nadia nadine nadja
    natalia natalie nataliia natascha nele niclas nico nicola nicolas nicole niels niklas nikolai nikolaus nils nina
    noah noemi nora norbert nour nuri oezlem okan oksana olaf ole oleg oleksandr olena olga oliver omar onur orhan
    oscar oskar osman ottilie otto pamela pascal patricia patrick patrik paul paula pauline pawel pedro peggy peter
    petra phil philip philipp pia pilar piotr pius rahel raimund rainer ralf ralph ramona raphael rebecca rebekka
    regina regine reiner reinhard reinhold renate rene reza ricarda richard rita robert robin roland rolf roman romy
    ronald ronja ronny rosa rosemarie rosi roswitha ruben rudi rudolf ruediger ruth sabine sabrina said sami samira
    samuel sandra sandro sara sarah sascha sebastian selin selina selma sepp sergei sergej serkan severin sevgi
    sibylle siegfried siegrid sigrid sigrun silas silke silvana silvia silvio simon simone sina sofia sofie solveig
    sonia sonja sophia sophie stefan stefanie steffen steffi stephan stephanie susanne susi sven svenja svetlana
    swantje swetlana sybille sylvia tabea tamara tania tanja taras tatjana tetiana thea theo theodor theresa therese
    thomas thorben thorsten tillmann tilman tim timo tina tobias tolga tom tomas tomasz toni torben torsten traudl
    udo ulf uli ulla ulrich ulrike ursula ute uwe valentin valentina valerie vanessa vera verena veronika victor
    victoria viktor viktoria vincent vladimir volkan volker volodymyr vroni walter waltraud wanda werner wiebke
    wilfried wilhelm willi wilma wladimir wojciech wolf wolf-dieter wolfgang xaver yannick yannik yannis yasemin
    yasmin yousef youssef yuliia yusuf yvette yvonne zahra zeynep zoe zofia
    """.split()  # noqa: SIM905
)
FAMILY = frozenset(
    """
    albrecht arnold arslan aydin bach baecker baeker baier bauer baumann baumgartner bayer beck becker beier berger
    bergmann boehm bondarenko brandt braun brunner busch celik demir dietrich dogan ebert eder ehrlich engel
    engelhardt erdogan fischer frank franke frei friedrich fuchs graf gross grosse gruber guenther haas haddad hahn
    hansen hartmann hassan heinrich heinrichs hermann hermanns herrmann hoffmann hofmann horn huber hussein ivanov
    jaeger jahn jansen janssen jensen jovanovic jung kaiser kaya keller klein klinger koch koehler koenig kovalenko
    kowalski kraemer kraus krause krueger kuehn kuehne kuhn lang lange lehmann lehner leitner lewandowski lindner
    lorenz ludwig maier mair martin marx mayer meier melnyk meyer moeller mohr moser mueller neumann novak nowak
    oezdemir oeztuerk otten otto peters petersen petrov petrovic pfeiffer pichler pohl popescu reinhard reinhardt
    reiter richter rossi roth sahin sauer schaefer schevchenko schmid schmidt schmied schmitt schmitz schneider
    schneiders scholz schreiber schroeder schubert schulte schultz schultze schulz schulze schumacher schuster
    schwarz seidel shevchenko simon simons sommer stein steiner thomas vogel vogt voigt wagner wallner walter weber
    weiss werner wieczorek wimmer winkler winter wojcik wolf wolff yildiz yilmaz ziegler zimmermann
    """.split()  # noqa: SIM905
)
EVERYDAY = frozenset(
    """
    can said rosa
    baecker braun busch ehrlich engel frei fuchs graf gross grosse hahn horn jung kaiser keller klein koch koenig kraus krause lang
    lange sauer schneider schwarz sommer stein vogel weiss winter
    """.split()  # noqa: SIM905
)
"""Names that are words of everyday talk as well: alone they name nobody."""

EASTERN_FAMILY = frozenset(
    [
        "nguyen",
        "tran",
        "pham",
        "hoang",
        "huynh",
        "phan",
        "vu",
        "dang",
        "bui",
        "ngo",
        "duong",
        "trinh",
        "dinh",
        "le",
        "do",
        "ho",
        "ly",
        "vo",
    ]
)
EASTERN_MIDDLE = frozenset("thi van thanh minh duc ngoc quoc xuan huu kim hong thu".split())  # noqa: SIM905
"""Vietnamese: the family name comes first, and "van" is no particle."""
