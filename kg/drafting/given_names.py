"""Given names that are common in news, by the gender they are mostly given to: they tell people from bodies."""

from __future__ import annotations

from kg.drafting.word_lists import words

MALE = words(
    "aaron abdul abdullah abraham adam ahmad ahmed aidan alan albert alejandro aleksandr alex alexander alexei "
    "alfred ali amir anders andre andreas andrei andrew andrzej anthony antonio antony arjun arthur arturo ashraf "
    "barack benjamin bernard bernie bill bob boris brad brandon brian bruce bruno carl carlos charles chris "
    "christian christopher claudio colin craig daniel danny david dean dennis derek dick diego dmitri dmitry "
    "donald doug douglas duncan ed eduardo edward emanuel emile emmanuel enrique eric erik ernest ernesto eugene "
    "fabio felipe felix fernando francisco francois frank franz fred frederick fritz gabriel gareth gary geoff "
    "geoffrey george gerald gerard gerhard giorgio giovanni giuseppe gordon graham greg gregory guido guillermo "
    "gunter gustav hamid hans harold harry hassan heinrich helmut henri henrik henry herman hiroshi hugo hussein "
    "ian ibrahim igor ignacio isaac ivan jack jacob jacques jaime jake james jan jason javier jay jean jeff "
    "jeffrey jens jeremy jerome jerry jesse jim jimmy joao joe joel johan johannes john johnny jon jonas jonathan "
    "jorge jose josef joseph josh joshua jovan juan julian julio jurgen justin karl keith ken kenneth kevin "
    "khaled kofi kurt kyle lars laurent lee leo leon leonardo liam louis luca lucas luigi luis luke mahmoud "
    "manuel marc marcel marco marcus marek mario mark martin mathieu matt matteo matthew matthias maurice max "
    "mehmet michael michel miguel mikhail mike milan mohamed mohammad mohammed muhammad mustafa nathan neil "
    "nicholas nick nicolas nigel nikolai nils noah nuno oleg olivier omar oscar oliver otto owen pablo paolo "
    "pascal pat patrick paul pavel pedro per peter philip philippe phil pierre piotr rafael rahul raj ralph ramon "
    "raul ray raymond rene ricardo richard rick rob robert roberto rodrigo roger roland roman ron ronald rory "
    "ross roy rudolf rupert russell ryan salvador sam samuel santiago scott sean sebastian sergei sergey sergio "
    "simon stanley stefan stefano stephane stephen steve steven stuart sven tariq ted terry theo theodore thierry "
    "thomas tim timothy todd tom tomas tommy tony toby travis trevor umberto vaclav victor viktor vincent "
    "vincenzo vladimir walter warren wayne werner wilhelm will william willy wolfgang xavier yusuf yuri zachary"
)
FEMALE = words(
    "ada adele adriana agnes alexandra alice alicia alison amanda amelia amina amy ana anastasia andrea angela "
    "angelina anita ann anna anne annette annie antonia astrid audrey barbara beatrice beth betty beverly birgit "
    "bonnie brenda bridget caitlin camilla carla carmen carol carolina caroline catherine cecilia charlotte "
    "chiara christina christine claire clara claudia colette condoleezza constance cristina cynthia dawn deborah "
    "denise diana diane dolores donna dora doris dorothy edith eileen elaine eleanor elena elisabeth elizabeth "
    "ella ellen elsa emily emma erica esther eva evelyn fatima fiona florence frances francesca gabriela georgia "
    "geraldine gina gloria grace greta hannah harriet heather heidi helen helena helga hillary ilse ines ingrid "
    "irene irina isabel isabella jacqueline jane janet janice jasmine jean jeanne jennifer jenny jessica jill "
    "joan joanna jocelyn josephine joyce juanita judith judy julia julie karen karin kate katherine kathleen "
    "kathryn katie keiko kelly kirsten laura lauren leila lena leslie linda lisa liz louisa louise lucia lucy "
    "luisa lydia lynn madeleine magda maggie malala mara margaret margarita maria marianne marie marilyn marina "
    "marta martha mary maureen megan melanie melissa mercedes michelle miriam molly monica mona nadia nadine "
    "nancy naomi natalia natalie natasha nicola nicole nina nora olga olivia pamela patricia paula pauline "
    "penelope petra phyllis priya rachel rebecca renata rita rosa rose ruth sabine sally samantha sandra sara "
    "sarah sharon sheila shirley simone sofia sonia sophia sophie stella stephanie sue susan susanna suzanne "
    "svetlana sylvia tamara tanya tara tatiana teresa theresa tina tove tracy ursula valerie vanessa vera "
    "veronica victoria virginia vivian wendy yasmin yoko yvette yvonne zainab zoe"
)
GIVEN = MALE | FEMALE


def gender_of(name: str) -> str:
    """Return `m` or `f` for whom a full name is mostly of, by its given name; nothing if that is not known."""
    first = name.lower().split()[0].strip(".")
    is_male, is_female = first in MALE, first in FEMALE
    return "m" if is_male and not is_female else "f" if is_female and not is_male else ""
