"""What the pages say of the shipped corpus is what it holds."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from urllib.parse import quote

import pytest

from kg.mapping.passages.text_spans import TextSpan
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from server.pages.terms.page_terms import PageTerm
from server.pages.things.article_page import text_segments
from tests.pages.conftest import Page, Reader, running

TALKS = "/about/article/haqqani-talks"
KAYANI = "/about/person/ashfaq-parvez-kayani"


def between(page: Page, start: str, end: str) -> str:
    """Return the words between two others."""
    return page.words.partition(start)[2].partition(end)[0]


def test_the_home_page_counts_the_data_and_offers_questions(site: Reader) -> None:
    page = site.get("/")
    for words in ("14 people", "86 statements", "26 planned, feared or demanded", "Questions to begin", "Who met whom"):
        assert words in page.words
    assert f"{TALKS}/" in page.links
    assert any(link.startswith("/sparql?query=") for link in page.links)


def test_pages_say_in_words_when_a_version_was_made(site: Reader) -> None:
    for path in ("/", "/dataset"):
        words = site.get(path).words
        assert re.search(r"\d{1,2} [A-Z][a-z]+ 20\d\d, \d\d:\d\d UTC", words), path
        assert not re.search(r"20\d\d-\d\d-\d\dT", words), path


def test_a_person_s_page_leads_to_their_timeline_and_network(site: Reader) -> None:
    links = site.get(KAYANI).links
    iri = quote("https://w3id.org/communique/data/person/ashfaq-parvez-kayani", safe="")
    for link in (f"/timeline?person={iri}", f"/network?around={iri}", f"/statements?source={iri}"):
        assert link in links
        assert "Kayani" in site.get(link).words


def test_a_person_has_posts_meetings_statements_and_co_participants(site: Reader) -> None:
    page = site.get(KAYANI)
    assert "general" in between(page, "Posts and ranks", "Took part in")
    assert "the talks between the U.S. and Pakistani delegations" in between(page, "Took part in", "Said, thought")
    assert "since when: unknown" in page.words
    assert "passed on by Hillary Clinton" in page.words
    assert "Hina Rabbani Khar" in between(page, "Took part together with", "Notes and links")


def test_asserted_inferred_and_outside_facts_are_told_apart(site: Reader) -> None:
    page = site.get(KAYANI)
    affiliated = between(page, "Affiliated with", "Member of")
    assert affiliated.startswith(" the Pakistani army as the reader infers")
    assert "inferred: the government of Pakistan why?, the Pakistani military why?" in affiliated
    assert affiliated.count("inferred") == 1
    assert "from outside" in page.words.partition("Chief of Army Staff")[2][:150]


def test_a_term_keeps_the_classes_that_it_joins(site: Reader) -> None:
    page = site.get(f"/about?iri={quote('https://w3id.org/communique/ontology#says')}")
    facts = between(page, "Property", "definition")
    assert "domain (RDF Schema)statement is defined by" in facts
    assert facts.endswith("range (RDF Schema)proposition ")


def test_what_somebody_would_take_part_in_is_apart_and_says_by_whose_word(site: Reader) -> None:
    page = site.get("/about/organization/haqqani-network")
    assert between(page, "Took part in", "Would take part in").count("\u00b6") == 2
    envisaged = between(page, "Would take part in", "Said, thought or wanted")
    assert "Pakistan does more against the Haqqani network demanded by the United States government" in envisaged
    assert "new attacks by the Haqqani network only spoken of by the article" in envisaged


def test_what_somebody_passes_on_of_their_own_is_none_of_others(series: Reader) -> None:
    assert "Passed on from others" not in series.get("/about/person/ilse-tarrant").words
    assert "Passed on from others" in series.get("/about/person/lena-orlic").words


def test_a_passed_on_statement_shows_its_chain_from_the_outermost_source_in(site: Reader) -> None:
    page = site.get(f"{TALKS}/statement/islamabad-perceives-brinkmanship")
    chain = between(page, "Who says so", "Where the article has it")
    order = [chain.index(words) for words in ("The article", "a Pakistani military official", "What is ")]
    assert order == sorted(order)
    assert chain.index("a Pakistani military official") < chain.rindex("the government of Pakistan")


def test_how_a_statement_is_said_has_one_mark_and_no_value_that_its_chain_has(site: Reader) -> None:
    page = site.get(f"{TALKS}/statement/official-not-in-our-pocket")
    how = between(page, "How it is said", "asserted:")
    assert how.count("inferred") == 1
    assert "inferredSource kind: unnamed person why?" in how
    assert "Haqqani network why?, the Haqqani network why?, Inter-Services Intelligence why?" in how
    # What the chain has as its chips, or is so of most statements.
    for title in ("Act", "Form", "Polarity", "Certainty", "Evidence grade"):
        assert title not in how, title
    assert "Evidence gradeas the reader infers" in between(
        site.get(f"{TALKS}/statement/us-offers-easing"), "How it is said", "asserted:"
    )


def test_a_statement_shows_what_contradicts_it_and_whether_that_is_inferred(site: Reader) -> None:
    first = site.get(f"{TALKS}/statement/mullen-veritable-arm")
    second = site.get(f"{TALKS}/statement/official-not-in-our-pocket")
    assert f"{TALKS}/statement/official-not-in-our-pocket" in first.links
    assert f"{TALKS}/statement/mullen-veritable-arm" in second.links
    marks = ["inferred why?" in between(page, "Contradicts", "Gives the reason") for page in (first, second)]
    assert sorted(marks) == [False, True]


def test_a_conditional_shows_both_its_halves(site: Reader) -> None:
    page = site.get(f"{TALKS}/statement/official-warns-of-militias")
    halves = between(page, "If and then", "Where the article has it")
    first = halves.partition("then")[0]
    assert first.index("Unless") < first.index("The Afghan force has adequate funding") < first.index("does what: aid")
    assert "who: " not in first
    assert "breaks down into warring militias" in halves.partition("then")[2]


def test_a_half_that_does_not_come_about_is_shown_as_such(site: Reader) -> None:
    halves = between(site.get(f"{TALKS}/statement/pakistan-unlikely-to-act"), "If and then", "Where the article has it")
    assert halves.index("Unless") < halves.index("without a choice") < halves.index("then not")


def test_a_meeting_shows_who_was_there_by_side_and_post(site: Reader) -> None:
    page = site.get(f"{TALKS}/event/islamabad-talks")
    there = between(page, "Who was there", "What was said there")
    ours, theirs = there.split("the government of Pakistan", 1)
    assert "Hillary Clinton, U.S. Secretary of State" in ours
    assert "Ahmed Shuja Pasha" in theirs
    assert "Ahmed Shuja Pasha" not in ours
    assert "20 October 2011 to 21 October 2011, 02:00" in page.words
    assert "the tentative agreements" in between(page, "Led to", "Notes")


def test_a_scenario_s_page_begins_with_who_speaks_of_it_and_what_is_not_reported(site: Reader) -> None:
    page = site.get(f"{TALKS}/scenario/breakup-of-the-force")
    notice = "Feared according to a senior Pakistani military official, briefed on the talks in this statement."
    assert page.words.index(notice) < page.words.index("the Afghan force breaks down", 300)
    assert f"{notice} The article does not report that it happened." in page.words
    assert "Nothing here tells what became of it" in page.words
    assert "did not happen" not in page.words
    assert "does not report" not in site.get(f"{TALKS}/event/islamabad-talks").words


def test_a_denial_s_chain_ends_in_what_is_denied(site: Reader) -> None:
    page = site.get(f"{TALKS}/statement/official-not-in-our-pocket")
    assert "What is denied The Haqqani network is an instrument" in page.words
    assert (
        "What is feared Afghan security forces" in site.get(f"{TALKS}/statement/pakistan-fears-oversized-forces").words
    )


def test_a_relay_of_a_statement_is_no_support_for_it(site: Reader) -> None:
    page = site.get(f"{TALKS}/statement/kayani-same-page")
    assert "No other source is reported to speak for or against it" in page.words


def test_who_says_nothing_is_said_to_say_nothing(site: Reader) -> None:
    nothing = "nothing said, thought or wanted by Ahmed Shuja Pasha; named once."
    assert nothing in site.get("/about/person/ahmed-shuja-pasha").words
    assert (
        "nothing is said, thought or wanted by Ahmed Shuja Pasha"
        in site.get("/statements?source=person/ahmed-shuja-pasha").words
    )


def test_the_second_hand_is_counted_as_the_question_counts_it(site: Reader) -> None:
    assert "second hand 7" in site.get("/statements").words


def test_contradictions_and_oppositions_stand_side_by_side_by_topic(site: Reader) -> None:
    page = site.get("/disagreements")
    assert "whether the Haqqani talks should carry preconditions" in page.words
    assert "opposes" in page.words
    assert between(page, "the relationship of the ISI with the Haqqani network", "asserted:").count("contradicts") == 1


def test_an_article_lists_every_statement_in_the_order_of_the_text(site: Reader) -> None:
    page = site.get(f"{TALKS}/")
    assert "86 statements in 7,301 characters" in page.words
    entries = page.text.partition('<ol class="statements numbered">')[2].split("<li ")[1:]
    names = ("kayani-wonders", "official-warns-of-militias")
    places = [next(place for place, entry in enumerate(entries, 1) if f'"statement/{name}"' in entry) for name in names]
    assert len(entries) == 86
    assert places == sorted(places)
    assert [entries[place - 1].startswith(f'id="s-{place}"') for place in places] == [True, True]


def test_stretches_cover_a_text_without_gap_or_overlap() -> None:
    spans = [(TextSpan(start, end), {"statement": PageTerm(name)}) for name, start, end in (("a", 2, 6), ("b", 4, 8))]
    segments = text_segments(spans, [TextSpan(9, 10)], 12, "abcdefghijkl")
    assert "".join(segment.words for segment in segments) == "abcdefghijkl"
    assert [len(segment.statements) for segment in segments] == [0, 1, 2, 1, 0, 0, 0]
    assert [segment.words for segment in segments if segment.without] == ["j"]


def test_a_passage_is_shown_by_offsets_and_with_its_words_if_the_text_is_available(
    store: EmbeddedStore, settings: Settings, site: Reader
) -> None:
    path = f"{TALKS}/statement/official-brinkmanship"
    without = site.get(path)
    assert "Paragraph 6: characters 2217 to 2348" in without.words
    assert "mark" not in without.tags
    digest = "60eb3a4470be8c1778f657b30209a9c8c5badc4ff0e750a0b3d8518c5e0ee14f"
    other = "w" * 7301
    with running(create_app(UnlimitedStore(store), replace(settings, texts={digest: other}))) as sourced:
        assert "has other characters there" in sourced.get(path).words
    assert hashlib.sha256(other.encode()).hexdigest() != digest


def test_a_place_a_post_a_topic_and_a_passage_have_their_own_pages(site: Reader) -> None:
    assert "the Prime Minister" in between(site.get("/about/place/islamabad"), "In it", "Notes and links")
    assert "Ahmed Shuja Pasha" in site.get("/about/post/isi-head").words
    topic = site.get(f"{TALKS}/topic/haqqani-talks-preconditions")
    assert topic.words.index("the United States government 2") < topic.words.index("the government of Pakistan 3")
    assert "A Pakistani military official called" in site.get(f"{TALKS}/passage/2217-2348").words


def test_a_topic_leads_to_the_subject_of_another_scheme_that_it_lies_below(series: Reader) -> None:
    fire, records = series.get("/about/topic/fire"), series.get("/about/topic/records")
    assert "Part of the subject accident and emergency incident (IPTC 20000139)." in fire.words
    assert "http://cv.iptc.org/newscodes/mediatopic/20000139" in fire.links
    assert "Part of the subject" not in records.words


def test_terms_and_concepts_are_documented_with_an_example(site: Reader) -> None:
    ontology, schemes, shapes = (site.get(path) for path in ("/ontology", "/schemes", "/shapes"))
    relations = site.get("/ontology/relations")
    assert {"Person", "relays", "gist"} <= ontology.ids
    assert {f"/ontology/relations#{name}" for name in ("relays", "says", "heldBy")} <= set(ontology.links)
    assert {"relays", "says"} <= relations.ids & ontology.ids
    assert "carried over condition, consequence, relays, rules out, says, unless" in relations.words
    assert "Someone or something that can act" in ontology.words
    assert f"{TALKS}/event/press-conference" in {*ontology.links, *relations.links}
    assert {"act.accuse", "polarity.negative"} <= schemes.ids
    assert {"statement", "statement-act"} <= shapes.ids
    assert "A statement has exactly one act" in shapes.words


def test_the_dataset_page_lists_the_changes_between_two_versions(site: Reader) -> None:
    page = site.get("/dataset")
    assert "What changed from 000001 to 000002" in page.words
    assert "graph/note: 1 added, 0 removed" in page.words
    assert '+ <https://w3id.org/communique/data/> <http://www.w3.org/2000/01/rdf-schema#comment> "A note"' in page.words
    back = site.get("/dataset?from=000002&to=000001")
    assert "graph/note: 0 added, 1 removed" in back.words
    assert site.get("/dataset?from=000009&to=000001").status == 404


def test_search_finds_by_name_alias_and_gist_whatever_the_case(site: Reader) -> None:
    page = site.get("/search?q=KAYANI")
    assert KAYANI in page.links
    assert "Statements" in page.words
    assert "Nothing has" in site.get("/search?q=zzz%22%20%7D").words


@pytest.mark.parametrize("path", ["/nothing", "/about/person/nobody", "/static/../app.py", "/static/nothing.css"])
def test_an_unknown_address_has_an_error_page_like_the_others(site: Reader, path: str) -> None:
    page = site.get(path)
    assert page.status == 404
    assert "main" in page.tags
