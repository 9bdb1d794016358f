"""Names that many people in German-speaking countries have, folded; none that is a word of everyday talk as well.

They only help to keep names out of what is stored: whoever has a rarer one is found by how it is said."""

from __future__ import annotations

GIVEN_NAMES = frozenset(
    """
    aaron achim adam adelheid adrian agnes ahmed ahmet aileen alex alexander alexandra alfred ali alice alina alwin amelie amira
    ana andre andrea andreas angela angelika anita anja anke ann anna annalena anne annegret annelie anneliese annemarie annett
    annette annika anton antje antonia armin arne arno arthur artur astrid axel ayse barbara bastian beate ben benedikt
    benjamin bernd bernhard bettina bianca birgit birte bjoern bodo boris brigitte britta bruno burak carina carla carlo carmen
    carola carolin caroline carsten caspar cem charlotte chiara christa christel christian christiane christin christina christine
    christoph christopher claas clara claudia claus clemens conny constantin corinna cornelia dagmar daniel daniela david deniz
    denise dennis detlef diana dieter dietmar dirk dolores dominik dora doris dorothea dorothee edda edith eduard egon ekaterina
    elena elfriede elias elif elisa elisabeth elke ella ellen elsa elvira emil emilia emily emine emma emre erich erik erika erna
    erwin esra esther eugen eva evelyn fabian fabienne fatima fatma felicitas felix ferdinand finn florian frauke frederik
    fridolin frieda friederike friedrich fritz gabi gabriel gabriele georg gerald gerd gerda gerhard gertrud gisela gitta gottfried
    greta gudrun guenter guenther guido gustav hakan hanna hannah hannelore hannes hans harald hartmut hasan hatice hauke hedwig
    heidi heidrun heike heiko heiner heinrich heinz helena helene helga helmut henning henriette henrik henry herbert hermann
    hermine hilde hildegard holger horst hubert hugo ida ilona ilse imke ines inga inge ingeborg ingo ingrid irene iris irina
    irmgard isabel isabell isabella isabelle ivan jacqueline jakob jana janin janina janine jannik jasmin jasper jennifer jenny
    jens jessica joachim joerg johann johanna johannes john jonas jonathan josef josefine josephine juergen julia julian juliane
    julius jutta kai karin karl karla karolin karoline karsten katarina katharina kathrin katja katrin kerstin kevin kilian klara
    klaus konrad konstantin korbinian kristin kristina kurt lara larissa lars laura laurenz laurin lea leah lena leni lennart leo
    leon leonard leonie leopold levin lena liam lias lieselotte lilli lilly lina linda linus lisa lorenz lothar louis louisa luca
    lucas lucia ludwig luis luisa luise lukas lutz lydia magdalena maik maike maja malte manfred manuel manuela mara marc marcel
    marco marcus mareike margarete margit margot margret maria marianne marie marietta marina mario marion marius marko markus
    marlene marlies marta marten martha martin martina marvin mathias mathilda mathilde matthias matteo maurice maxi maximilian
    mehmet melanie melina merle mesut meike mia michael michaela michelle mike mila milan mira miriam mirjam mohamed mohammed
    monika monique moritz murat mustafa nadine nadja natalia natalie natascha nele nicola nicolas nicole niclas niels niklas nikolai
    nikolaus nils nina noah noemi nora norbert olaf oleg olga oliver oskar oezlem ole otto pamela pascal patricia patrick patrik
    paul paula pauline peggy peter petra philip philipp pia pius rahel raimund rainer ralf ralph ramona raphael rebecca rebekka
    regina regine reiner reinhard reinhold renate rene ricarda richard rita robert robin roland rolf roman romy ronald ronja
    ronny rosemarie roswitha ruben rudi rudolf ruediger ruth sabine sabrina samira samuel sandra sandro sara sarah sascha sebastian
    selina selma serkan severin sibylle siegfried siegrid sigrid silke silvana silvia simon simone sina sofia sofie sonja sophia
    sophie stefan stefanie steffen steffi stephan stephanie sven svenja svetlana swantje sylvia tabea tamara tanja tatjana thea
    theodor theresa therese thomas thorben thorsten tilman tim timo tina tobias tom toni torben torsten traudl udo ulf uli ulla
    ulrich ulrike ursula ute uwe valentin valerie vanessa vera verena veronika viktor viktoria vincent volker waltraud walter
    wanda werner wiebke wilfried wilhelm willi wolf wolfgang xaver yannick yasemin yasmin yusuf yvonne zeynep zoe
    """.split()  # noqa: SIM905
)
FAMILY_NAMES = frozenset(
    """
    mueller muller mueler schmidt schmid schmitt schmitz schulz schulze schultz schultze meyer meier maier mayer mair hoffmann
    hofmann schaefer schafer schroeder schroder neumann zimmermann krueger kruger hartmann lehmann schmied koehler kohler
    herrmann hermanns huber lehner steiner ziegler kuehn kuhn bergmann pohl engelhardt
    friedrich peters scholz moeller moller guenther lorenz baumann franke albrecht schuster simons ludwig winkler schumacher
    kraemer kramer boehm bohm vogt jaeger jager otten seidel heinrichs brandt schreiber dietrich ziegler
    kuehne pfeiffer petersen hansen jensen thomas arnold wagner becker bauer fischer weber richter klinger wolff
    schneiders yilmaz yildiz oeztuerk ozturk kaya demir celik sahin aydin nguyen kowalski nowak wieczorek novak petrovic
    jovanovic hussein gruber moser pichler wallner brunner baumgartner berger eder leitner reiter wimmer
    """.split()  # noqa: SIM905
)
