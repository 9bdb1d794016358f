"""Common names: they tell a given name from a family name, never whether something is a name at all."""

from __future__ import annotations

GIVEN = frozenset(
    """
    aaron adam adrian ahmed alex alexander alexandra ali alina alisa amelie amir ana anastasia andre andrea andreas andrej
    andrzej angela angelika anika anita anja anke ann anna anne annegret anneliese annemarie annett annette annika anton
    antonia arne arthur artur astrid ayse aylin barbara beate beatrice ben benedikt benjamin bernd bernhard berta bettina
    bianca birgit birgitta bjoern boris brigitte britta bruno burak can carina carl carla carmen carolin carsten caspar
    catrin cem charlotte chiara chris christa christel christian christiane christin christina christine christof christoph
    christopher clara claudia clemens conny cora corinna cornelia dagmar daniel daniela david dennis detlef dieter dietmar
    dirk dmitri dominik doris dora dorothea eckhard edith elena elfriede elias elif elisa elisabeth elke ella ellen elsa elvira
    emilia emily emil emine emma emre eric erich erick erik erika ernst erwin esra esther eva evelyn fabian fatima fatma felix
    ferdinand filip finn florian franz franziska frank fred frederik frieda friedrich fritz gabi gabriela gabriele georg
    gerald gerda gerhard gerlinde gero gertrud gisela gitta gregor greta gudrun guenter guenther guido gustav hakan hanna
    hannah hannelore hannes hans harald hartmut hasan hatice heidi heike heiko heiner heinrich heinz helena helene helga
    helmut henning henrik henry herbert hermann hilde hildegard holger horst hubert hueseyin ibrahim ida ilona ilse imke
    ina ines inga inge ingeborg ingo ingrid irene iris irina irmgard isabel isabell isabella ivan ivo jacqueline jakob jan
    jana janina janine jannik jannick jasmin jennifer jens jessica jessika joachim joanna jochen johann johanna johannes
    jonas jonathan joerg joern josef josefine joseph judit judith julia julian juliane jürgen juergen julius justus jutta
    kai karin karina karl karla karola karolin karsten katarina katharina katja kathrin katrin kerstin kevin kim kirsten
    klara klaus knut konrad konstantin kristin kristina kristof krzysztof kurt lara lars laura lea lena leni leo leon leonie
    leyla lia lina linda lisa lotte louis louisa louise luca lucas lucia ludwig luis luisa lukas lutz lydia magda magdalena
    maike maik manfred manuel manuela mara marc marcel marcus mareike margarete margit maria marianne marie marina mario
    marion markus marko marlene marlies marta martha martin martina marvin mateusz mathias mathilda matthias max maximilian
    mehmet meike melanie merve mia michael michaela michelle mika mike mikael mila milan minh mira miriam mirko mohamed
    mohammed mona monika moritz murat mustafa nadine nadja natalia natalie natascha nele nico nicolas nicole nikolaus nils
    nina noah nora norbert nuri oksana ole olaf oleksandr olena olga oliver oscar oskar osman otto pascal patricia patrick paul paula
    pauline peter petra phil philip philipp pia piotr rainer ralf ralph ramona raphael rebecca regina regine reiner
    reinhard renate rene ricarda richard rita robert robin roland rolf roman rosa rosemarie rosi rudolf rudi ruth sabine
    sabrina samira samuel sandra sara sarah sascha sebastian selin selina serkan sibylle siegfried sigrid silke silvia
    simon simone sina sofia sofie sonja sophia sophie stefan stefanie steffen steffi stephan stephanie susanne susi sven
    svenja svetlana swetlana sybille sylvia tamara tanja tatjana thea theo theodor theresa thomas thorsten tim timo tina
    tobias tom tomas tomasz torben torsten udo ulf uli ulla ulrich ulrike ursula ute uwe valentina vanessa vera verena
    veronika victor victoria viktor viktoria vincent volker volodymyr walter waltraud wanda werner wilhelm willi wolfgang
    marco mark xaver agnieszka ewa malgorzata katarzyna magdalene pawel jakub lukasz marek wojciech ahmad amina aisha
    mariam maryam omar khaled yasmin yousef youssef sami layla nour huda zahra reza amira karim said ismail murad volkan
    okan onur tolga deniz ebru derya gamze melek sevgi fatih kemal orhan ali hueseyin dilara beyza defne oleg igor sergej
    sergei vladimir wladimir dmytro ihor andrii taras bohdan iryna kateryna nataliia tetiana yuliia halyna ljudmila anatoli
    giulia giovanni giuseppe francesca francesco antonio matteo lorenzo pedro jose juan miguel carlos jorge luz pilar
    john james mary peggy jacob noemi mathis emmi mats jonna fiete malte hauke silas levi liam juna romy mathea frida ada
    gesa antje wiebke birte frauke swantje hilke wilma hedwig traudl sepp toni vroni burkhard eberhard gottfried ewald
    guenther hans-peter karlheinz karl-heinz annelie anneli cordula isolde gundula sigrun solveig ottilie leopold
    valentin tilman tillmann hendrik joost ruben jannis yannis jeremy justin jason kimberly chantal cindy mandy ronny
    maik enrico silvio marcello denise yvette jeannette jeanette nadia sonia tania katinka lieselotte liselotte wolf-dieter
    yannik yannick yasemin yusuf yvonne zeynep zofia
    """.split()  # noqa: SIM905
)
FAMILY = frozenset(
    """
    arslan albrecht arnold bach bauer baumann baier baeker baecker beck becker beier bergmann bayer boehm brandt braun busch celik
    demir dietrich dogan ebert ehrlich engel erdogan fischer franke frank frei friedrich fuchs gross grosse guenther haas
    hahn hartmann heinrich herrmann hermann hoffmann hofmann horn huber ivanov jaeger jahn jansen janssen jung kaiser
    kaya keller klein koch koehler koenig kovalenko kowalski kraemer kramer kraus krause krueger kuehn lang lange lehmann
    lewandowski lindner lorenz ludwig maier martin marx mayer meier meyer moeller mohr mueller neumann nowak otto ozturk
    oeztuerk peters petrov pfeiffer pohl popescu reinhardt reinhard richter roth sahin sauer schaefer schmid schmidt schmitt schmitz
    schneider scholz schreiber schroeder schubert schulte schultz schulz schulze schumacher schuster schwarz seidel simon
    sommer stein steiner thomas vogel vogt voigt wagner walter weber weiss werner winkler winter wolf wolff wojcik yildiz
    yilmaz ziegler zimmermann krämer hussein hassan haddad schevchenko shevchenko melnyk bondarenko
    """.split()  # noqa: SIM905
)
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
