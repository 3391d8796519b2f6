"""Who says what in drafts: names that the pipeline misses, people without names, texts, pronouns and governments."""

from __future__ import annotations

import pytest

from kg.drafting.drafted_document import Findings, find_all
from kg.drafting.entities.names import NamedWords, with_first_names
from kg.drafting.text.spacy_parser import parse

pytest.importorskip("spacy", reason="the extra `draft` is not installed")


def sources(text: str) -> list[tuple[str, str]]:
    """Return the source of each statement of a text by name, empty if unnamed, and the first words of its content."""
    findings = find_all(parse(text))
    return [
        (source.entity.name if source.entity else "", " ".join(attribution.content[0].of(text).split()[:3]))
        for attribution, source in zip(findings.attributions, findings.sources, strict=True)
    ]


def kinds(findings: Findings) -> dict[str, str]:
    return {entity.name: entity.kind for entity in findings.entities.all if entity.is_named}


def test_a_surname_is_that_person_wherever_it_stands() -> None:
    text = (
        "Orrin Vasko left the guild on Monday. The bridge is shut.\n\n"
        'Vasko wrote, "Nobody came to the bridge." According to Vasko, the ferry was late.\n'
    )
    assert [name for name, _ in sources(text)] == ["Orrin Vasko", "Orrin Vasko"]


def test_titles_with_a_hyphen_and_given_names_tell_people_and_a_date_line_a_place() -> None:
    text = (
        "PORT SEL, June 8, 2034 — The harbour is shut. Rear-Admiral Martin Aker spoke to Susan Orlo.\n\n"
        "Susan Orlo said that the harbour would open. Aker said that it would not.\n"
    )
    names = kinds(find_all(parse(text)))
    assert (names["Martin Aker"], names["Susan Orlo"], names["PORT SEL"]) == ("person", "person", "place")
    assert "Rear-Admiral Martin Aker" not in names


def test_of_a_headline_in_capitals_only_what_the_article_names_is_a_name() -> None:
    text = "Denmark Calls Off Patrols\n\nDenmark said on Monday that it had called off the patrols.\n"
    findings = find_all(parse(text))
    assert kinds(findings) == {"Denmark": "place", "the government of Denmark": "organization"}
    (government,) = [entity for entity in findings.entities.all if entity.kind == "organization"]
    assert [span.start for span in government.mentions] == [0, text.index("Denmark said")]


def test_somebody_without_a_name_a_text_and_a_post_lead_to_who_says_it() -> None:
    text = (
        'One poster wrote, "Nobody came to the bridge." Some individuals reported that the road was shut. '
        "Several municipalities said that they would pay.\n\n"
        "The ferry company's report said that the bridge was old. The ambassador to Denmark, Martin Aker, said that "
        "he was sorry.\n"
    )
    assert [name for name, _ in sources(text)] == [
        *("One poster", "Some individuals", "Several municipalities", "The ferry company", "Martin Aker"),
    ]


def test_he_and_she_are_of_those_whose_given_names_allow_it_and_they_are_the_people_before() -> None:
    text = (
        "Susan Orlo met Martin Aker in Port Sel. He said that the harbour would open. She said that it would not.\n\n"
        "The Harbour Company is old. Harbour officials went to the station, where they claimed that Aker had lied.\n"
    )
    assert [name for name, _ in sources(text)] == ["Martin Aker", "Susan Orlo", "Harbour officials"]


def test_a_quotation_belongs_to_whom_the_paragraph_before_a_dash_or_the_sentence_before_names() -> None:
    text = (
        "Susan Orlo runs the guild. Susan Orlo stated,\n\n"
        '"Nobody came to the bridge. It was late."\n\n'
        '"It is a long way to the harbour." - Martin Aker\n\n'
        'Martin Aker noted that the ferry was late. "The ferry is never there. Nobody knows why."\n'
    )
    assert sources(text) == [
        ("Susan Orlo", "Nobody came to"),
        ("Martin Aker", "It is a"),
        ("Martin Aker", "that the ferry"),
        ("Martin Aker", "The ferry is"),
    ]


def test_a_quotation_is_one_whose_sentence_ends_after_its_marks_and_whose_first_part_is_short() -> None:
    text = (
        'As Susan Orlo told The Guardian, "The bridge is quite old and nobody pays". The Harbour Company notes, '
        '"The bridge is the oldest of all bridges here".\n\n'
        "“The guild,” said Martin Aker, “buys nothing. It counts fish.”\n"
    )
    assert sources(text) == [
        ("Susan Orlo", "The bridge is"),
        ("Harbour Company", "The bridge is"),
        ("Martin Aker", "The guild,"),
    ]


def test_states_of_mind_and_clauses_after_as_and_after_statements_have_sources() -> None:
    text = (
        "Martin Aker is afraid that the bridge will fall. As Susan Orlo told reporters, the bridge is old. "
        "Martin Aker told The Guardian in a statement that the road was shut.\n"
    )
    findings = find_all(parse(text))
    assert sources(text) == [
        ("Martin Aker", "that the bridge"),
        ("Susan Orlo", "the bridge is"),
        ("Martin Aker", "that the road"),
    ]
    assert [attribution.act for attribution in findings.attributions] == ["fear", "assert", "assert"]


def test_a_name_or_a_refused_thing_is_no_statement() -> None:
    text = (
        "A group called the Owls met in Port Sel. Susan Orlo called the company by phone. The team was denied a visa. "
        "Martin Aker called the bridge a ruin.\n"
    )
    assert sources(text) == [("Martin Aker", "the bridge a")]


def test_a_name_of_one_word_is_a_place_by_what_it_has_and_nobody_if_it_does_nothing() -> None:
    text = (
        "Susan Orlo spoke in Zorvia. Zorvia's navy is old, and its parliament wants ships. "
        "She used Firefox on Monday.\n"
    )
    names = kinds(find_all(parse(text)))
    assert names == {"Susan Orlo": "person", "Zorvia": "place", "the navy of Zorvia": "organization"}


def test_what_a_place_has_one_of_is_one_organization() -> None:
    text = (
        "Denmark's navy is old. The navy of Denmark has ships. The navy of Denmark said on Monday that it would pay. "
        "The parliament of Norway met.\n"
    )
    findings = find_all(parse(text))
    bodies = {entity.name: len(entity.mentions) for entity in findings.entities.all if entity.kind == "organization"}
    assert bodies == {"the navy of Denmark": 3, "the parliament of Norway": 1}
    assert [source.entity.name for source in findings.sources if source.entity] == ["the navy of Denmark"]


def test_a_quotation_may_go_on_in_the_next_paragraph_and_marks_that_close_open_none() -> None:
    text = (
        'The academic and writer Susan Orlo said: "People come to the bridge.\n\n'
        '"Nobody pays for it."\n\n'
        'Martin Aker said, "It was a day.\n\nIt felt like the first. We were late."\n\n'
        'After the talks, Peter Lund said, "The ferry is old."\n'
    )
    assert sources(text) == [
        ("Susan Orlo", "People come to"),
        ("Susan Orlo", "Nobody pays for"),
        ("Martin Aker", "It was a"),
        ("Peter Lund", "The ferry is"),
    ]


def test_a_name_ends_before_brackets_and_before_what_somebody_speaks_for() -> None:
    text = "The Harbour Organisation (HO) is old. Susan Orlo for Harbour Standards Denmark said that it was shut.\n"
    findings = find_all(parse(text))
    assert "Harbour Organisation" in kinds(findings)
    assert kinds(findings)["Susan Orlo"] == "person"
    assert sources(text) == [("Susan Orlo", "that it was")]


def test_a_place_that_acts_is_its_government_and_proper_nouns_that_speak_are_a_body() -> None:
    text = (
        "Denmark signed the pact on Monday. Sweden is cold. Quoting Orlo, Martin Aker left. Susan Orlo herself said "
        "that the pact was old. Nobody went to the province of Zorvia.\n"
    )
    findings = find_all(parse(text))
    names = kinds(findings)
    assert [name for name in names if name.startswith("the government")] == ["the government of Denmark"]
    assert (names["Zorvia"], names["Susan Orlo"]) == ("place", "person")
    assert "Quoting Orlo" not in names
    assert sources(text) == [("Susan Orlo", "that the pact")]


def test_a_quotation_is_of_whom_the_sentence_before_it_or_its_colon_is_about() -> None:
    text = (
        "Orrin Vasko noted that the bridge was old. “It needs paint. The road is worse.”\n\n"
        "Susan Orlo put up a sign by the gate: “Nobody may pass here.”\n\n"
        "Susan Orlo crossed the bridge on Monday. “It was a cold day.”\n"
    )
    speakers = {words: name for name, words in sources(text)}
    assert speakers["It needs paint."] == "Orrin Vasko"
    assert speakers["Nobody may pass"] == "Susan Orlo"
    assert speakers["It was a"] == ""


def test_a_place_that_calls_something_off_or_is_promised_something_is_its_government() -> None:
    text = (
        "Denmark has called off the patrols. The ministers had promised Sweden an answer. Norway has not answered. "
        "The ferry left Finland, and Iceland is cold.\n"
    )
    governments = {entity.name for entity in find_all(parse(text)).entities.all if entity.kind == "organization"}
    assert governments == {f"the government of {place}" for place in ("Denmark", "Sweden", "Norway")}


def test_whose_a_picture_is_ends_the_name_before_it() -> None:
    text = "The head of the guild, Orrin Vasko Image: Jon Reed.\n\nOrrin Vasko said that the bridge would open.\n"
    assert "Orrin Vasko" in kinds(find_all(parse(text)))
    assert not [name for name in kinds(find_all(parse(text))) if "Image" in name]


def test_a_single_word_right_before_a_persons_name_is_the_first_name() -> None:
    parsed = parse("Later Orrin Vasko scored. The BBC praised Vasko.\n")
    words = [word.text for word in parsed.words]
    first, surname, again = words.index("Orrin"), words.index("Vasko"), len(words) - 1 - words[::-1].index("Vasko")
    names = [
        NamedWords(first, first + 1, "organization", "a name by the pipeline", 0.75),
        NamedWords(surname, surname + 1, "person", "a name by the pipeline", 0.75),
        NamedWords(words.index("BBC"), words.index("BBC") + 1, "organization", "a name by the pipeline", 0.75),
        NamedWords(again, again + 1, "person", "the same name elsewhere in the article", 0.8),
    ]
    joined = [(name.text(parsed), name.kind) for name in with_first_names(parsed, names)]
    assert joined == [("Orrin Vasko", "person"), ("BBC", "organization"), ("Vasko", "person")]


def test_the_name_of_a_thing_or_a_time_zone_is_no_organization() -> None:
    text = (
        "The Susan Orlo Prize was awarded at 15:11 GMT on Friday. The results of the NCLAN study were published. "
        "Microsoft said that the results of the ABCD system were late."
    )
    entities = find_all(parse(text)).entities.all
    assert {entity.name for entity in entities if entity.kind == "organization"} == {"Microsoft"}


def test_a_body_without_its_place_is_the_only_one_that_is_known() -> None:
    text = "Denmark's navy closed the strait on Monday. Martin Aker retired from the navy in May. The army stayed."
    bodies = [entity for entity in find_all(parse(text)).entities.all if entity.kind == "organization"]
    assert [(entity.name, [span.of(text) for span in entity.mentions]) for entity in bodies] == [
        ("the navy of Denmark", ["Denmark's navy", "the navy"]),
        ("The army", ["The army"]),
    ]


def test_a_delegation_is_a_group() -> None:
    (source,) = find_all(parse("Denmark's delegation said that the strait would stay closed.")).sources
    assert source.entity
    assert (source.entity.kind, source.entity.subkind) == ("group", "delegation")


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Foreign Minister Ada Quill came. The minister said that it rained.", "Ada Quill"),
        ("Ada Quill, the minister of transport, came. The minister said that it rained.", "Ada Quill"),
        (
            "Ada Quill, the minister of transport, came. The foreign minister said that it rained.",
            "The foreign minister",
        ),
        ("Minister Ada Quill met Minister Jon Vik. The minister said that it rained.", "The minister"),
        ("The minister said that it rained. Minister Ada Quill left.", "The minister"),
    ],
)
def test_the_minister_is_the_only_one_who_is_named_as_that_before(text: str, source: str) -> None:
    findings = find_all(parse(text))
    assert [(origin.entity.name, origin.is_inferred) for origin in findings.sources if origin.entity] == [
        (source, source == "Ada Quill")
    ]


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("OSLO, May 3, 2031 (Selpress) - The bridge is shut.\n", "Selpress", "organization"),
        ("The newspaper Gavle Posten reported that it rained.\n", "Gavle Posten", "organization"),
        ("A Justice Department spokesman said that it rained.\n", "Justice Department", "organization"),
        ("The bus was travelling from Trujillo to Cajamarca.\n", "Trujillo", "place"),
        ("Orrin al-Vasko said that the bridge was shut.\n", "Orrin al-Vasko", "person"),
        ("Jon Vik, President of Oxfam, said that it rained.\n", "Oxfam", "organization"),
    ],
)
def test_what_stands_around_a_name_tells_what_it_is_the_name_of(text: str, name: str, kind: str) -> None:
    assert kinds(find_all(parse(text)))[name] == kind


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("U.S. Secretary of State John Carey said that it rained.\n", "State"),
        ("Finance Minister Otto Krantz said that it rained.\n", "Finance"),
        ("The mayor, a Democrat, said that it rained.\n", "Democrat"),
        ("Correction\n\nAda Quill said that it rained.\n", "Correction"),
        ("Senator Jon Vik (R-Texas) — who left the guild — said that it rained.\n", "R-Texas"),
        ("The clerk of the guild (Photo) — it rained.\n", "Photo"),
    ],
)
def test_a_portfolio_a_partisan_and_a_heading_are_no_names(text: str, name: str) -> None:
    assert name not in kinds(find_all(parse(text)))


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("A senior diplomat said that it rained.", "A senior diplomat"),
        ("Police said that it rained.", "Police"),
        ("Some sailors left. “It rained on the bridge all day,” one of the sailors said.", "one of the sailors"),
        ("A majority of Danes believe that it will rain.", "Danes"),
        ("Some sailors left. Most of the sailors said that it rained.", "the sailors"),
        ("One of the companies said that it rained.", "One of the companies"),
        ("One of the reports said that it rained.", ""),
    ],
)
def test_people_and_parts_of_them_without_names_are_sources(text: str, source: str) -> None:
    assert [name for name, _ in sources(text)] == [source]


def test_a_chain_of_hundreds_of_hyphens_is_no_name() -> None:
    text = "Ada " + "al-" * 120 + "Quill said that it rained. Ada Quill said that it rained.\n"
    assert [name for name in kinds(find_all(parse(text))) if "al-al" in name] == []


def test_an_acronym_a_short_form_and_a_surname_are_of_the_first_that_has_them() -> None:
    text = (
        "The Harbour Pilots Guild closed the Selby Institute. Ada Quill and Jon Quill left the guild in May.\n\n"
        "The HPG said that it rained. The Harbour Pilots said that it rained. Quill said that it rained.\n"
    )
    assert [name for name, _ in sources(text)] == ["Harbour Pilots Guild", "Harbour Pilots Guild", "Jon Quill"]


def test_a_text_may_end_in_a_surname_that_the_pipeline_takes_for_no_name() -> None:
    findings = find_all(parse("Ada Quill said that it rained. The port is shut.\n\nphotograph by quill Quill"))
    assert [(entity.name, len(entity.mentions)) for entity in findings.entities.all] == [("Ada Quill", 2)]


def test_companies_by_their_endings_and_people_by_their_ages_are_told_apart() -> None:
    text = (
        "Danish rival Van Orlo Scheepsbouw BV was sold. "
        "“It is so,” said Lastri, a 43-year-old widow. Kazakh President Martin Aker left.\n"
    )
    assert kinds(find_all(parse(text))) == {
        "Van Orlo Scheepsbouw BV": "organization",
        "Lastri": "person",
        "Martin Aker": "person",
    }


def test_a_poll_that_somebody_has_published_says_what_they_say() -> None:
    text = "A poll released Monday by Quinnipiac University found that 41 percent of voters had no opinion.\n"
    assert [source for source, _ in sources(text)] == ["Quinnipiac University"]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("The guild wrote to two sailors of the ferry. Both deny that the bridge is shut.", "two sailors"),
        ("The guild wrote to two sailors. Neither said that the bridge was shut.", "two sailors"),
        ("Martin Aker met two sailors. He rowed home. Each said that the bridge was shut.", ""),
        ("Terry Vasko left the guild. She said that the bridge was shut.", "Terry Vasko"),
        ("Martin Aker told reporters on a call that the bridge was shut.", "Martin Aker"),
        ("Martin Aker told the guild in a report that the bridge was shut.", "Martin Aker"),
        ("Denmark offered a field hospital.", "the government of Denmark"),
        ("Martin Aker pressed the guild to close the bridge.", "Martin Aker"),
    ],
)
def test_pronouns_for_two_names_of_women_and_men_and_what_is_told_on_a_call(text: str, source: str) -> None:
    assert [name for name, _ in sources(text)] == [source]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (
            "The International Rowing Federation closed the lake. The federation said that it rained.",
            "International Rowing Federation",
        ),
        ("Tarnow Ferries Ltd built two ferries. The company said that it rained.", "Tarnow Ferries Ltd"),
        ("The Rowing Federation met the Sailing Federation. The federation said it rained.", "The federation"),
        ("The Rowing Federation left. The sailing federation said that it rained.", "The sailing federation"),
    ],
)
def test_a_body_is_the_only_one_of_its_kind_that_is_named_before(text: str, source: str) -> None:
    assert [name for name, _ in sources(text)] == [source]


def test_what_a_place_offers_is_no_offer() -> None:
    assert sources("The hotel offers views of the harbour. The course offers students a chance to row.") == []
