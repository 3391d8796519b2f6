"""Attributions in drafts of campaign news: who says it, in which words, and exactly what."""

from __future__ import annotations

import pytest

from kg.drafting.drafted_document import find_all
from kg.drafting.text.spacy_parser import parse
from kg.mapping.passages.text_spans import TextSpan

pytest.importorskip("spacy", reason="the extra `draft` is not installed")


def parts(text: str) -> list[tuple[str, str, str]]:
    """Return the words of source, cue and content of each statement of a text, without marks at a content's ends."""

    def words(span: TextSpan | None) -> str:
        return span.of(text) if span else ""

    return [
        (words(item.source_span), words(item.cue_span), " … ".join(words(span).strip(".,") for span in item.content))
        for item in find_all(parse(text)).attributions
    ]


@pytest.mark.parametrize(
    ("text", "source", "cue", "content"),
    [
        (
            "Some 40 percent of voters want a new mayor, a poll by Alder University showed.",
            *("a poll by Alder University", "showed", "Some 40 percent of voters want a new mayor"),
        ),
        (
            "They met a new envoy, a source close to the talks said.",
            *("a source close to the talks", "said", "They met a new envoy"),
        ),
        (
            "The guild wants a new hall, a survey of members found.",
            *("a survey of members", "found", "The guild wants a new hall"),
        ),
    ],
    ids=["second subject", "apposition", "clause of a noun"],
)
def test_a_sentence_is_said_by_whom_it_ends_with_whatever_the_parser_takes_them_for(
    text: str, source: str, cue: str, content: str
) -> None:
    assert parts(text) == [(source, cue, content)]


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        (
            "Senator Ada Quill on Monday called the deal a disaster.",
            [("Senator Ada Quill", "called", "the deal a disaster")],
        ),
        (
            "Mara Holt on Tuesday accused Jon Vik of lying.",
            [("Mara Holt", "accused", "Jon Vik of lying")],
        ),
        (
            "Ada Quill is convinced that the vote will be stolen, aides say.",
            [
                ("aides", "say", "Ada Quill is convinced that the vote will be stolen"),
                ("Ada Quill", "is convinced", "that the vote will be stolen"),
            ],
        ),
        (
            "Ada Quill said she was alarmed by the remarks, and called Jon Vik unfit.",
            [("Ada Quill", "said", "she was alarmed by the remarks"), ("Ada Quill", "called", "Jon Vik unfit")],
        ),
        (
            "Ada Quill said it would rain, adding that Jon Vik did not see it and warning that children were watching.",
            [
                ("Ada Quill", "said", "it would rain"),
                ("Ada Quill", "adding", "that Jon Vik did not see it"),
                ("Ada Quill", "warning", "that children were watching"),
            ],
        ),
        (
            "Jon Vik thinks that Ada Quill is a liar; Ada Quill thinks that he is a bully.",
            [
                ("Jon Vik", "thinks", "that Ada Quill is a liar"),
                ("Ada Quill", "thinks", "that he is a bully"),
            ],
        ),
        (
            "Ada Quill has said repeatedly, and under oath, that she never sent the letter.",
            [("Ada Quill", "has said", "that she never sent the letter")],
        ),
        ("Ada Quill refused to apologize for the remark.", [("Ada Quill", "refused", "to apologize for the remark")]),
        ("Ada Quill touted her record on jobs.", [("Ada Quill", "touted", "her record on jobs")]),
        ("Citing two officials, Ada Quill left the room.", []),
        (
            "Ada Quill has, for months, said that the vote was rigged.",
            [("Ada Quill", "has, for months, said", "that the vote was rigged")],
        ),
        (
            "Ada Quill has long, and loudly, argued that the vote was rigged.",
            [("Ada Quill", "has long, and loudly, argued", "that the vote was rigged")],
        ),
        (
            'In a memo, the guild argued that "the race is far from over" and urged Jon Vik to give more.',
            [
                ("the guild", "argued", 'that "the race is far from over"'),
                ("the guild", "urged", "Jon Vik to give more"),
            ],
        ),
        (
            "Jon Vik has told aides he thinks the polls undercount older voters, a theory many pollsters reject.",
            [
                ("Jon Vik", "has told", "he thinks the polls undercount older voters"),
                ("he", "thinks", "the polls undercount older voters"),
                ("many pollsters", "reject", "a theory"),
            ],
        ),
        (
            "Supporters see the polls as proof that the media cannot be trusted.",
            [("Supporters", "see", "the polls as proof that the media cannot be trusted")],
        ),
        ("Ada Quill hoped that it would rain.", [("Ada Quill", "hoped", "that it would rain")]),
        ("And they are convinced their man will win.", [("they", "are convinced", "their man will win")]),
        (
            "Ada Quill questioned his stamina. Police questioned the driver.",
            [("Ada Quill", "questioned", "his stamina")],
        ),
        (
            "Ada Quill questioned his judgment. Jon Vik cited a warrant.",
            [("Ada Quill", "questioned", "his judgment"), ("Jon Vik", "cited", "a warrant")],
        ),
        (
            "Norway fired a missile, Denmark's military said, calling it a grave provocation.",
            [
                ("Denmark's military", "said", "Norway fired a missile"),
                ("Denmark's military", "calling", "it a grave provocation"),
            ],
        ),
        ("Ada Quill dismissed her minister, Jon Vik. She welcomed the ambassador and warned Denmark.", []),
        ("The Senate confirmed Ada Quill as a judge. Jon Vik threatened a neighbor with a knife.", []),
        (
            "Ada Quill welcomed the ruling. Jon Vik dismissed her as a clown.",
            [("Ada Quill", "welcomed", "the ruling"), ("Jon Vik", "dismissed", "her as a clown")],
        ),
        (
            "Ada Quill complained after reports that the army had shot protesters.",
            [("", "reports", "that the army had shot protesters")],
        ),
        (
            "Officials expressed confidence that it would rain, despite reports that Denmark was dry.",
            [
                ("Officials", "expressed confidence", "that it would rain"),
                ("", "reports", "that Denmark was dry"),
            ],
        ),
        (
            "Ms. Quill, asked if she would run, said she had not decided.",
            [("Ms. Quill", "said", "she had not decided")],
        ),
        (
            "The prime minister, asked whether he would resign, said that he had no intention of leaving.",
            [("The prime minister", "said", "that he had no intention of leaving")],
        ),
        (
            "Jon Vik asked whether it rained, said Ada Quill.",
            [("Ada Quill", "said", "Jon Vik asked whether it rained"), ("Jon Vik", "asked", "whether it rained")],
        ),
        ("A clerk, who requested anonymity, left the room.", []),
        (
            "Rep. Ada Quill (R-Ohio) said that it rained.",
            [("Rep. Ada Quill (R-Ohio)", "said", "that it rained")],
        ),
        (
            "Paul Renner thinks Dodd's message on trade resonates.",
            [("Paul Renner", "thinks", "Dodd's message on trade resonates")],
        ),
        (
            "What is clear, according to Paul Renner, is that neither candidate is liked.",
            [("Paul Renner", "according to", "What is clear … is that neither candidate is liked")],
        ),
        (
            "The comments come amid reports that Ada Quill is leaving.",
            [("", "reports", "that Ada Quill is leaving")],
        ),
        ("Ada Quill remembered seeing the ferry.", [("Ada Quill", "remembered", "seeing the ferry")]),
        ("The crowd cheered as it continues to grow, and Ada Quill leads by 20 pledged delegates.", []),
        ("Ada Quill has fought with her own party on matters Harlan Dodd holds dear.", []),
        ("The new rule is not retroactive, so the fees demanded in May are void.", []),
        (
            "Harlan Dodd, meanwhile, was refusing to concede that it rained.",
            [("Harlan Dodd", "was refusing to concede", "that it rained")],
        ),
        (
            "The senator issued a statement describing the talks as useful.",
            [("The senator", "describing", "the talks as useful")],
        ),
        (
            "Still, Ada Quill leads, according to a Marwick poll, but Jon Vik has the money.",
            [("a Marwick poll", "according to", "Ada Quill leads")],
        ),
        (
            "Some members made clear that they would like to see her come around to supporting Vik.",
            [
                (
                    "Some members",
                    "made clear",
                    "that they would like to see her come around to supporting Vik",
                )
            ],
        ),
        ("Ada Quill has been critical of the plan.", [("Ada Quill", "has been critical of", "the plan")]),
        ("He is deeply skeptical of her motives.", [("He", "is deeply skeptical of", "her motives")]),
        ("Ada Quill was not critical of the plan.", []),
        ("Ada Quill said she was wary of the plan.", [("Ada Quill", "said", "she was wary of the plan")]),
        ("The plan was criticized by Jon Vik.", [("Jon Vik", "was criticized", "The plan")]),
        (
            "A poll showed a narrow lead for Quill. Jon Vik showed a card.",
            [("A poll", "showed", "a narrow lead for Quill")],
        ),
        ("Jon Vik reported losing his keys.", [("Jon Vik", "reported", "losing his keys")]),
        (
            "Ada Quill endorsed Jon Vik, and he opposes the bill.",
            [("Ada Quill", "endorsed", "Jon Vik"), ("he", "opposes", "the bill")],
        ),
        ("Ada Quill said she opposed the bill.", [("Ada Quill", "said", "she opposed the bill")]),
        ("The storm threatens the town.", []),
        ("The guild responded Friday, saying it had paid.", [("The guild", "responded Friday, saying", "it had paid")]),
        ("The letter goes on to say that it rained.", [("The letter", "goes on to say", "that it rained")]),
        ("Ada Quill hoped the vote would be close.", [("Ada Quill", "hoped", "the vote would be close")]),
        ("Jon Vik demanded to know who gave the order.", [("Jon Vik", "demanded to know", "who gave the order")]),
        (
            "Karin Ek said Stockholm stood ready to send helicopters, while Danish authorities said two were coming.",
            [
                ("Karin Ek", "said", "Stockholm stood ready to send helicopters"),
                ("Danish authorities", "said", "two were coming"),
            ],
        ),
        (
            "Union leaders claim crew members had complained of faulty doors — a claim the guild denies.",
            [
                ("Union leaders", "claim", "crew members had complained of faulty doors"),
                ("crew members", "had complained of", "faulty doors"),
                ("the guild", "denies", "a claim"),
            ],
        ),
        ("But it will rain, according to Ada Quill.", [("Ada Quill", "according to", "it will rain")]),
        (
            "A poll suggests the damage may be lasting: most voters said they do not find Ada Quill honest.",
            [
                ("A poll", "suggests", "the damage may be lasting"),
                ("most voters", "said", "they do not find Ada Quill honest"),
            ],
        ),
        ("Harlan Dodd found a seat near the stage and saw the crowd grow.", []),
        ("Ada Quill admitted Jon Vik to the hospital.", []),
        ("Harlan Dodd, in his account of the war, named nobody.", []),
        ("Aides to Ada Quill described him as furious.", [("Aides to Ada Quill", "described", "him as furious")]),
        (
            'Harlan Dodd called Mara Wills "crooked," "weak" and "a liar" during the hourlong speech.',
            [("Harlan Dodd", "called", 'Mara Wills "crooked," "weak" and "a liar"')],
        ),
        (
            "Scientists caution against reading too much into a poll.",
            [("Scientists", "caution against", "reading too much into a poll")],
        ),
    ],
)
def test_verbs_say_what_is_theirs_and_nothing_else(text: str, statements: list[tuple[str, str, str]]) -> None:
    assert parts(text) == statements


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        (
            "The accusation that Ada Quill took money from a foreign bank has dogged her campaign.",
            [("", "accusation", "that Ada Quill took money from a foreign bank")],
        ),
        (
            "Jon Vik denied the allegation that Ada Quill had lied.",
            [("Jon Vik", "denied", "the allegation that Ada Quill had lied")],
        ),
        ("Ada Quill voiced concern that turnout was low.", [("Ada Quill", "voiced concern", "that turnout was low")]),
        ("Ada Quill's promise to build a wall thrilled the crowd.", [("Ada Quill", "promise", "to build a wall")]),
        ("The senator's point was that nobody knew.", [("The senator", "point was", "that nobody knew")]),
        ("In Jon Vik's view, the war was a mistake.", [("Jon Vik", "view", "the war was a mistake")]),
        (
            "Ada Quill made clear that she would not step down.",
            [("Ada Quill", "made clear", "that she would not step down")],
        ),
        (
            "Jon Vik has suggested that the vote is rigged against him, a charge that officials dismiss as baseless.",
            [
                ("Jon Vik", "has suggested", "that the vote is rigged against him"),
                ("officials", "dismiss", "a charge … as baseless"),
            ],
        ),
        (
            "Igor Malin accused Kelmark of violating the truce, a charge Anna Berg denied.",
            [
                ("Igor Malin", "accused", "Kelmark of violating the truce"),
                ("Anna Berg", "denied", "a charge"),
            ],
        ),
        (
            "Critics say the guild gave donors special access, an allegation Ada Quill denies.",
            [
                ("Critics", "say", "the guild gave donors special access"),
                ("Ada Quill", "denies", "an allegation"),
            ],
        ),
    ],
)
def test_nouns_of_speech_have_their_owners_and_what_they_stand_for(
    text: str, statements: list[tuple[str, str, str]]
) -> None:
    assert parts(text) == statements


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        (
            "Ada Quill fears, and Jon Vik hopes, that the vote will be delayed.",
            [
                ("Ada Quill", "fears", "that the vote will be delayed"),
                ("Jon Vik", "hopes", "that the vote will be delayed"),
            ],
        ),
        (
            "Emails released by the court show that Ada Quill knew of the leak.",
            [("Emails released by the court", "show", "that Ada Quill knew of the leak")],
        ),
        (
            "Records kept by the port show that the ship never left.",
            [("Records kept by the port", "show", "that the ship never left")],
        ),
        ("Two stars of the show that Ada Quill made were hurt.", []),
        ("Fans of a talk show that Ada Quill made were hurt.", []),
        (
            "Reports praised the talk show that Ada Quill made.",
            [("Reports", "praised", "the talk show that Ada Quill made")],
        ),
        (
            "Polls released Friday show that Ada Quill leads by four points.",
            [("Polls released Friday", "show", "that Ada Quill leads by four points")],
        ),
        (
            "Most voters distrust Ada Quill, a Marwick poll found.",
            [("a Marwick poll", "found", "Most voters distrust Ada Quill")],
        ),
        (
            "The ad accuses Jon Vik of voting to gut Medicare, a charge his campaign calls false.",
            [
                ("The ad", "accuses", "Jon Vik of voting to gut Medicare"),
                ("his campaign", "calls", "false"),
            ],
        ),
        (
            "Ada Quill urged all sides to respect the truce, which she said was fragile.",
            [
                ("Ada Quill", "urged", "all sides to respect the truce"),
                ("she", "said", "which … was fragile"),
            ],
        ),
        ("The institute warned residents of floods.", [("The institute", "warned", "floods")]),
        ("The coast guard warned fishermen not to sail.", [("The coast guard", "warned", "fishermen not to sail")]),
        (
            "Officials dismissed as absurd a claim by Hamas that it had shot down a drone.",
            [
                ("Officials", "dismissed", "as absurd a claim by Hamas that it had shot down a drone"),
                ("Hamas", "claim", "that it had shot down a drone"),
            ],
        ),
        (
            "The storm grew on Thursday, the agency said, and officials warned that it could hit Miami.",
            [
                ("the agency", "said", "The storm grew on Thursday"),
                ("officials", "warned", "that it could hit Miami"),
            ],
        ),
        (
            "Two aides testified that he knew of the payments, contradicting his denials.",
            [("Two aides", "testified", "that he knew of the payments")],
        ),
        ("The bank said Monday revenue grew.", [("The bank", "said", "revenue grew")]),
        ("The bank said late Monday two men had died.", [("The bank", "said", "two men had died")]),
        (
            "The bank said on Friday net profit rose to $2 billion.",
            [("The bank", "said", "net profit rose to $2 billion")],
        ),
        ("Jon Vik said Monday would be a holiday.", [("Jon Vik", "said", "Monday would be a holiday")]),
        ("Jon Vik said Friday night would be too late.", [("Jon Vik", "said", "Friday night would be too late")]),
        ("The bank said Monday evening two men had died.", [("The bank", "said", "two men had died")]),
        (
            "Jon Vik has said that he would build it — a promise he repeated Thursday — and that he would pay.",
            [("Jon Vik", "has said", "that he would build it … and that he would pay")],
        ),
        (
            "Jon Vik ignored warnings from the guild that the dam would fail.",
            [("the guild", "warnings", "that the dam would fail")],
        ),
        ("Ada Quill repeated her warning that it was void.", [("her", "warning", "that it was void")]),
        (
            "The plan, Senator Ada Quill conceded, was a mistake.",
            [("Senator Ada Quill", "conceded", "The plan … was a mistake")],
        ),
        ("The Chinese side reaffirmed its stance.", [("The Chinese side", "reaffirmed", "its stance")]),
        (
            "According to the report, the fire began at noon, and two men were injured.",
            [("the report", "According to", "the fire began at noon, and two men were injured")],
        ),
        ("Neighbors described the suspect as quiet.", [("Neighbors", "described", "the suspect as quiet")]),
        ("Fact checkers rated the claim false.", [("Fact checkers", "rated", "the claim false")]),
        ("Jon Vik was pronounced dead. Ada Quill declared a state of emergency.", []),
        ("The storm threatened the coast. The plan demanded patience.", []),
        ("The company offered free rides to voters.", []),
        ("Jon Vik offered his condolences.", [("Jon Vik", "offered", "his condolences")]),
        ("Please note that the bridge is shut.", [("", "note", "that the bridge is shut")]),
        ("The guild offered an apology.", [("The guild", "offered", "an apology")]),
        (
            "The bridge is shut, Ada Quill said, and the ferry is late.",
            [("Ada Quill", "said", "The bridge is shut … and the ferry is late")],
        ),
        (
            "Dodd, meanwhile, was refusing to concede that it rained.",
            [("Dodd", "was refusing to concede", "that it rained")],
        ),
    ],
)
def test_statements_end_where_the_reporter_or_somebody_else_goes_on(
    text: str, statements: list[tuple[str, str, str]]
) -> None:
    assert parts(text) == statements


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ('"That is absurd," Ada Quill fired back.', [("Ada Quill", "fired back", "That is absurd")]),
        (
            '"Why," Ada Quill asked, "would anyone vote for him?"',
            [("Ada Quill", "asked", "Why … would anyone vote for him?")],
        ),
        ('"We will accept the result," Mr. Vik said.', [("Mr. Vik", "said", "We will accept the result")]),
        ('"We will accept it," said Ada B. Quill.', [("Ada B. Quill", "said", "We will accept it")]),
        (
            '"Polls are snapshots," said Ada Quill, the author of "The Swing Voter."',
            [('Ada Quill, the author of "The Swing Voter', "said", "Polls are snapshots")],
        ),
        (
            '"It rains," said Ada Quill, a strategist and former aide to Senator Jon Vik, when asked if it had rained.',
            [("Ada Quill, a strategist and former aide to Senator Jon Vik", "said", "It rains")],
        ),
        (
            '"My dear Mr. Harrow," said his wife, "have you heard that the mill is let at last?"',
            [("his wife", "said", "My dear Mr. Harrow … have you heard that the mill is let at last?")],
        ),
        (
            "The senator emailed supporters saying: “The struggle goes on.”",
            [("The senator", "saying", "The struggle goes on")],
        ),
        (
            "Ada Quill said the plan could be “messy,” adding, “Life is messy.”",
            [("Ada Quill", "said", "the plan could be “messy,”"), ("Ada Quill", "adding", "Life is messy")],
        ),
        (
            "The plan is also “a ruin,” Dodd said. “That is what people want.”",
            [("Dodd", "said", "The plan is also “a ruin,”"), ("Dodd", "said", "That is what people want")],
        ),
        (
            "“When I asked, he said, 'It is over,'” Ada Quill told a crowd in Port Sel.",
            [("Ada Quill", "told", "When I asked, he said, 'It is over,'")],
        ),
        ('"It rains," Ada Quill said dryly.', [("Ada Quill", "said dryly", "It rains")]),
        ('"But it is," returned Ada Quill.', [("Ada Quill", "returned", "But it is")]),
        (
            'Ada Quill took a swipe at Jon Vik on Twitter, writing: "Another loser who can\'t do his job!"',
            [("Ada Quill", "writing", "Another loser who can't do his job!")],
        ),
        (
            "Ada Quill wrote, “Really?” In a statement, Jon Vik said it rained.",
            [("Ada Quill", "wrote", "Really?"), ("Jon Vik", "said", "it rained")],
        ),
        (
            "Asked if he would accept the result, Jon Vik demurred: “I will look at it.”",
            [("Jon Vik", "demurred", "I will look at it")],
        ),
        ('"They are!" the crowd roared.', [("the crowd", "roared", "They are!")]),
        (
            'Jon Vik said he shared "Norway\'s sense of urgency."',
            [("Jon Vik", "said", 'he shared "Norway\'s sense of urgency."')],
        ),
        ('Ada Quill called it "Europe\'s last chance."', [("Ada Quill", "called", 'it "Europe\'s last chance."')]),
        ('Jon Vik vowed to "Make Norway Great Again."', [("Jon Vik", "vowed", 'to "Make Norway Great Again."')]),
        ('In the film "The General Said No," Ada Quill plays a soldier who writes.', []),
        ('Ada Quill told them "No more taxes."', [("Ada Quill", "told", "No more taxes")]),
        ('"Thank you, Ohio!" read the sign.', [("the sign", "read", "Thank you, Ohio!")]),
        (
            'Fans chanted "We want her!" as aides said she was on her way.',
            [("Fans", "chanted", "We want her!"), ("aides", "said", "she was on her way")],
        ),
        (
            'Jon Vik was there, and in an interview he said "Yeah, I guess so" when asked if he had seen it.',
            [("he", "said", '"Yeah, I guess so"')],
        ),
    ],
)
def test_quotations_have_the_verbs_of_shouts_signs_and_answers(
    text: str, statements: list[tuple[str, str, str]]
) -> None:
    assert parts(text) == statements


def test_a_paragraph_that_is_a_quotation_has_the_speaker_of_the_paragraph_before() -> None:
    text = (
        "Ada Quill shot back in a statement, saying she had made a lot of friends in the town.\n\n"
        "“Frankly, this is the kind of talk that our town needs.”\n\n“We need more of it every day.”\n\n"
        "Ferries ran late.\n\n“It rains a lot in this town.”\n\n"
        "Jon Vik said it rained.\n\n“It rains here.” Buses ran late.\n"
    )
    findings = find_all(parse(text))
    names = [source.entity.name if source.entity else "" for source in findings.sources]
    assert names == ["Ada Quill", "Ada Quill", "Ada Quill", "", "Jon Vik", ""]
    assert [source.is_inferred for source in findings.sources] == [False, True, True, False, False, False]


@pytest.mark.parametrize(
    ("headline", "source"),
    [
        ("Quill: No talks before the vote.", "Ada Quill"),
        ("Sen. Vik: The storm is over", "Jon Vik"),
        ("Poll: Few trust the guild", "nobody"),
        ("Syria war: What happens next", ""),
        ("Denmark: Storm shuts the ports", ""),
        ("What to know about Quill: Five facts", ""),
    ],
)
def test_a_headline_with_a_colon_says_what_somebody_says_who_is_named_before_it(headline: str, source: str) -> None:
    text = f"{headline}\n\nPORT SEL (AP) - Ada Quill left for Denmark. Jon Vik left for Syria.\n"
    findings = find_all(parse(text))
    before, _, after = headline.partition(": ")
    assert parts(text) == ([(before, ":", after.strip("."))] if source else [])
    names = [item.entity.name if item.entity else "nobody" for item in findings.sources]
    assert names == ([source] if source else [])


def test_a_poll_is_of_the_institute_that_it_is_named_by_and_a_share_of_nobody() -> None:
    text = (
        "Ada Quill leads, according to a Marwick Institute poll. In the survey, 31 percent said that they liked her.\n"
    )
    sources = [source.entity.name if source.entity else "" for source in find_all(parse(text)).sources]
    assert sources == ["Marwick Institute", ""]


def test_it_is_the_body_that_says_what_the_pronoun_stands_in() -> None:
    text = "The agency Selpress spoke first. Denmark's defence ministry said it could not confirm the report.\n"
    sources = [source.entity.name if source.entity else "" for source in find_all(parse(text)).sources]
    assert sources == ["the defence ministry of Denmark", "the defence ministry of Denmark"]


def test_they_are_the_people_of_whom_a_group_is() -> None:
    text = "A group of ten experts published a letter on Twitter in which they called the plan unfair.\n"
    sources = [source.entity.name if source.entity else "" for source in find_all(parse(text)).sources]
    assert sources == ["ten experts"]


def test_she_is_whoever_says_what_the_pronoun_stands_in() -> None:
    text = "Rosa Lund spoke first. Anna Berg, who heads the guild, said she feared that the bridge was shut.\n"
    sources = [source.entity.name if source.entity else "" for source in find_all(parse(text)).sources]
    assert sources == ["Anna Berg", "Anna Berg"]
    text = "Tim Brock spoke first. Harlan Dodd took to Facebook to denounce what he called a rigged system.\n"
    sources = [source.entity.name if source.entity else "" for source in find_all(parse(text)).sources]
    assert sources == ["Harlan Dodd", "Harlan Dodd"]


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        (
            "Ada Quill has been keenly aware that the vote is close.",
            [("Ada Quill", "has been keenly aware", "that the vote is close")],
        ),
        ("Jon Vik is bent on winning the vote.", [("Jon Vik", "is bent on", "winning the vote")]),
        ("The mayor is determined to win.", [("The mayor", "is determined", "to win")]),
        ("Fishermen are reluctant to leave the harbor.", [("Fishermen", "are reluctant", "to leave the harbor")]),
        ("The guild is not willing to leave.", []),
        ("Forty percent of sailors support Jon Vik.", [("Forty percent of sailors", "support", "Jon Vik")]),
        ("The evidence supports Ada Quill.", []),
        ("The study was supported by the Selby Institute.", []),
        ("Members would like to see her come around to supporting Jon Vik.", []),
        ("Villagers want the old harbor.", [("Villagers", "want", "the old harbor")]),
        ("Ada Quill defended her record. Jon Vik defended the town.", [("Ada Quill", "defended", "her record")]),
        (
            "Mara Holt has attacked guild members for taking the money. Rebels attacked the town for hours.",
            [("Mara Holt", "has attacked", "guild members for taking the money")],
        ),
        (
            "Jon Vik's endorsement of Ada Quill surprised the guild, and so did his comments on fishermen.",
            [("Jon Vik", "endorsement of", "Ada Quill"), ("his", "comments on", "fishermen")],
        ),
        (
            "The storm's threat of floods is over. The criticism of it is loud. Vik made an endorsement of his own.",
            [],
        ),
        (
            "Ada Quill has come out in support of the dam.",
            [("Ada Quill", "has come out in support of", "the dam")],
        ),
        (
            "Mara Holt was also critical of the dam. As sailors learned more about it, they left.",
            [("Mara Holt", "was also critical of", "the dam")],
        ),
        (
            "Sailors raised concerns about the dam, and the guild issued a call for calm.",
            [("Sailors", "raised concerns about", "the dam"), ("the guild", "issued a call for", "calm")],
        ),
        ("The storm raised fears of floods. Ada Quill drew criticism for the delay.", []),
        (
            "Ada Quill did not disclose her income. Jon Vik disavowed the memo.",
            [("Ada Quill", "did not disclose", "her income"), ("Jon Vik", "disavowed", "the memo")],
        ),
    ],
)
def test_attitudes_are_statements_of_those_who_can_have_them(text: str, statements: list[tuple[str, str, str]]) -> None:
    assert parts(text) == statements


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        (
            "Loathed by most of the sailors and widely expected to be the next mayor, Ada Quill left the room.",
            [],
        ),
        (
            "Asked what traits she would like the next mayor to have, Ada Quill said that she liked calm people.",
            [("Ada Quill", "said", "that she liked calm people")],
        ),
        (
            "Less than a third agreed with Ada Quill that the dam should go.",
            [("Less than a third", "agreed", "that the dam should go")],
        ),
        (
            "Mara Holt thanked sailors for saying that the dam was weak.",
            [
                ("Mara Holt", "thanked", "sailors for saying that the dam was weak"),
                ("sailors", "saying", "that the dam was weak"),
            ],
        ),
        (
            "Ada Quill did say she found Jon Vik to be “quite gentle” and called his plan “a marvel.”",
            [
                ("Ada Quill", "did say", "she found Jon Vik to be “quite gentle”"),
                ("she", "found", "Jon Vik to be “quite gentle”"),
                ("Ada Quill", "called", "his plan “a marvel.”"),
            ],
        ),
        (
            "Mara Holt said that she didn't want to wait and predicted that Jon Vik would leave.",
            [
                ("Mara Holt", "said", "that she didn't want to wait"),
                ("she", "didn't want", "to wait"),
                ("Mara Holt", "predicted", "that Jon Vik would leave"),
            ],
        ),
        ("Only a part of Jon Vik's reported income came from the guild.", []),
        (
            "Mara Holt previously reported, the guild refused to release the names of its members.",
            [
                ("Mara Holt", "previously reported", "the guild refused to release the names of its members"),
                ("the guild", "refused", "to release the names of its members"),
            ],
        ),
    ],
)
def test_verbs_of_speech_have_their_own_subject_and_content(text: str, statements: list[tuple[str, str, str]]) -> None:
    assert parts(text) == statements
