"""Questions to the worked example: each answer was worked out by reading the article, not the graph."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.query import ResultRow

from kg.app.schema import read_schema
from kg.mapping.corpora.corpus_reader import read_corpus
from kg.reasoning.graph_reasoner import infer
from kg.shipped_files import ontology_folder, shapes_folder
from kg.validation.shacl_validator import validate
from tests.support.reasoning import contradictions

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "harbour-talks"
TEXT = (EXAMPLE / "article.txt").read_text("utf-8")
BASE = "https://example.org/communique/"
STRIPPED = (f"{BASE}article/harbour-talks/", BASE, "https://w3id.org/communique/scheme/")
PREFIXES = {
    "act": "https://w3id.org/communique/scheme/act/",
    "polarity": "https://w3id.org/communique/scheme/polarity/",
    "organization": f"{BASE}organization/",
    "place": f"{BASE}place/",
    "post": f"{BASE}post/",
    "cq": "https://w3id.org/communique/ontology#",
    "event": f"{BASE}article/harbour-talks/event/",
    "statement": f"{BASE}article/harbour-talks/statement/",
    "org": "http://www.w3.org/ns/org#",
    "oa": "http://www.w3.org/ns/oa#",
    "prov": "http://www.w3.org/ns/prov#",
    "schema": "https://schema.org/",
    "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
}


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return read_schema().ontology


@pytest.fixture(scope="module")
def asserted() -> Graph:
    corpus = read_corpus(EXAMPLE / "corpus.yaml", EXAMPLE)
    graph = Graph()
    for name, article_graph in corpus.graphs.items():
        if not name.endswith("outside"):
            graph += article_graph
    return graph


@pytest.fixture(scope="module")
def world(asserted: Graph, ontology: Graph) -> Graph:
    return asserted + infer(asserted, ontology)


def short(term: object) -> str:
    text = str(term)
    for start in STRIPPED if isinstance(term, URIRef) else ():
        text = text.removeprefix(start)
    return text


def answers(graph: Graph, query: str) -> list[tuple[str, ...]]:
    rows = [row for row in graph.query(query, initNs=PREFIXES) if isinstance(row, ResultRow)]
    return [tuple(short(term) for term in row) for row in rows]


def test_nothing_in_the_example_clashes(asserted: Graph, ontology: Graph) -> None:
    assert contradictions(asserted, ontology) == []


def test_the_example_conforms_to_every_shape(asserted: Graph, ontology: Graph) -> None:
    shapes = Graph()
    for file in sorted(shapes_folder().rglob("*.ttl")):
        shapes.parse(file)
    assert [result.message for result in validate(asserted, shapes, ontology).results] == []


def test_who_took_part_in_the_talks_on_which_side(world: Graph) -> None:
    query = """SELECT DISTINCT ?who ?side ?capacity WHERE {
        ?part cq:participationIn event:talks ; cq:participant ?who ; cq:side ?side ; cq:capacity ?capacity }"""
    kelmark, sarrovia = "organization/kelmark-government", "organization/sarrovia-government"
    assert set(answers(world, query)) == {
        ("person/ilse-tarrant", kelmark, "capacity/delegation-head"),
        ("person/nadia-roux", kelmark, "capacity/delegation-member"),
        ("person/emile-vasseur", kelmark, "capacity/delegation-member"),
        ("person/jovan-seric", sarrovia, "capacity/delegation-head"),
        ("person/lena-orlic", sarrovia, "capacity/delegation-member"),
        ("group/aides", sarrovia, "capacity/delegation-member"),
    }


def test_how_many_statements_each_kind_of_source_makes(world: Graph) -> None:
    query = "SELECT DISTINCT ?statement ?kind WHERE { ?statement a cq:Statement ; cq:sourceKind ?kind }"
    assert Counter(kind for _, kind in answers(world, query)) == {
        "source/article-voice": 16,
        "source/named-person": 13,
        "source/unnamed-person": 4,
        "source/collective": 4,
        "source/nobody": 1,
    }


def test_who_agrees_and_who_stands_against_whom_by_content(world: Graph) -> None:
    agreeing, opposed = (
        {row[-2:] for row in answers(world, (ontology_folder() / "questions" / f"{question}.rq").read_text("utf-8"))}
        for question in ("85-agreement-by-content", "31-opposite-polarity")
    )
    assert agreeing == {
        ("statement/denial-by-orlic", "statement/denial-by-sarrovia"),
        ("statement/nine-points", "statement/nine-points-quoted"),
    }
    assert opposed == {
        ("statement/arming-charge", "statement/denial-by-sarrovia"),
        ("statement/arming-charge", "statement/denial-by-orlic"),
    }


def test_a_contradiction_is_found_from_either_end(world: Graph) -> None:
    query = "SELECT DISTINCT ?other WHERE { statement:arming-charge cq:contradicts ?other }"
    assert set(answers(world, query)) == {("statement/denial-by-sarrovia",), ("statement/denial-by-orlic",)}


def test_what_reaches_the_reader_at_second_hand_and_by_whom(world: Graph) -> None:
    query = """SELECT DISTINCT ?teller ?origin ?what WHERE {
        ?outer cq:source ?teller ; cq:relaysEventually ?what . ?what cq:source ?origin }"""
    assert set(answers(world, query)) == {
        ("person/ilse-tarrant", "person/jovan-seric", "statement/nine-points"),
        ("person/naval-official", "organization/kelmark-government", "statement/fear"),
    }


def test_who_stands_anywhere_in_the_chain_of_the_quoted_count(world: Graph) -> None:
    query = "SELECT DISTINCT ?who WHERE { statement:nine-points-quoted cq:sourceInChain ?who }"
    assert set(answers(world, query)) == {("person/ilse-tarrant",), ("person/jovan-seric",)}


def test_what_was_described_that_did_not_happen(world: Graph) -> None:
    query = "SELECT DISTINCT ?scenario ?status WHERE { ?scenario a cq:Scenario ; cq:status ?status }"
    assert set(answers(world, query)) == {
        ("scenario/another-attack", "status/hypothetical"),
        ("scenario/closure", "status/threatened"),
        ("scenario/patrols", "status/planned"),
        ("scenario/handing-in", "status/demanded"),
        ("scenario/vanishing", "status/predicted"),
        ("scenario/second-landing", "status/feared"),
        ("scenario/first-landing", "status/denied"),
        ("scenario/failure", "status/hypothetical"),
        ("scenario/detour", "status/hypothetical"),
        ("scenario/radar-sharing", "status/offered"),
        ("scenario/answer", "status/planned"),
    }


def test_a_plain_schema_org_query_returns_what_happened_and_nothing_else(world: Graph) -> None:
    query = "SELECT DISTINCT ?event WHERE { ?event a schema:Event }"
    names = "visit arrival warning-in-alund talks outline press-remarks posting chill shelling deaths testimony"
    expected = {(f"event/{name}",) for name in [*names.split(), "briefing", "flight", "protest"]}
    assert set(answers(world, query)) == expected
    assert set(answers(world, query.replace("schema:", "sem:"))) == expected


def test_what_took_place_in_sarrovia(world: Graph) -> None:
    query = "SELECT DISTINCT ?event WHERE { ?event schema:location place:sarrovia }"
    expected = {"event/visit", "event/arrival", "event/talks", "event/flight", "event/protest"}
    assert {event for (event,) in answers(world, query)} == expected


def test_what_took_place_in_kelmark(world: Graph) -> None:
    query = "SELECT DISTINCT ?event WHERE { ?event cq:place place:kelmark }"
    assert {event for (event,) in answers(world, query)} == {"event/shelling", "event/warning-in-alund"}


def test_who_is_said_to_have_shelled_the_ferry_is_left_open(world: Graph) -> None:
    query = """SELECT DISTINCT ?who ?capacity WHERE {
        ?part cq:participationIn event:shelling ; cq:participant ?who ; cq:capacity ?capacity }"""
    assert answers(world, query) == [("group/passengers", "capacity/target")]


def test_who_held_the_navy_before_and_who_holds_it_now(world: Graph) -> None:
    query = """SELECT DISTINCT ?who ?how ?tenure WHERE {
        ?holding cq:post post:kelmark-navy-chief ; ?how ?who ; cq:tenure ?tenure .
        FILTER (?how IN (cq:incumbent, cq:formerHolder)) }"""
    cq = PREFIXES["cq"]
    assert set(answers(world, query)) == {
        ("person/per-lunde", f"{cq}formerHolder", "tenure/recently-ended"),
        ("person/nadia-roux", f"{cq}incumbent", "tenure/new"),
    }


def test_who_holds_which_post_in_the_words_of_w3c_org(world: Graph) -> None:
    query = "SELECT DISTINCT ?who ?post WHERE { ?who org:holds ?post }"
    assert set(answers(world, query)) == {
        ("person/ilse-tarrant", "post/kelmark-foreign-minister"),
        ("person/jovan-seric", "post/sarrovia-army-commander"),
        ("person/nadia-roux", "post/kelmark-navy-chief"),
        ("person/lena-orlic", "post/sarrovia-interior-minister"),
        ("person/emile-vasseur", "post/kelmark-strait-envoy"),
    }


def test_who_belongs_to_the_government_of_sarrovia(world: Graph) -> None:
    query = "SELECT DISTINCT ?who WHERE { ?who cq:affiliatedWith organization:sarrovia-government }"
    people = "jovan-seric lena-orlic naval-official senior-official"
    expected = {f"person/{name}" for name in people.split()} | {"group/aides"}
    assert {who for (who,) in answers(world, query)} == expected


def test_the_threat_keeps_both_halves(world: Graph) -> None:
    query = """SELECT DISTINCT ?statement ?if ?then WHERE {
        ?statement cq:says ?whole . ?whole cq:condition ?condition ; cq:consequence ?consequence .
        ?condition cq:gist ?if . ?consequence cq:gist ?then . ?statement cq:act act:threaten }"""
    assert answers(world, query) == [
        ("statement/closure-threat", "The Grey Pilots attack another ferry.", "Kelmark closes the strait.")
    ]


def test_who_may_be_the_same_as_whom(world: Graph) -> None:
    query = "SELECT DISTINCT ?one ?other WHERE { ?one cq:possiblySame ?other }"
    pair = ("person/naval-official", "person/senior-official")
    assert set(answers(world, query)) == {pair, pair[::-1]}


def test_a_capital_is_a_city_and_the_name_of_a_government_which_alone_states_things(world: Graph) -> None:
    query = """SELECT DISTINCT ?thing WHERE { { ?thing cq:name "Dravíč" } UNION { ?thing cq:alias "Dravíč" } }"""
    assert set(answers(world, query)) == {("place/dravic",), ("organization/sarrovia-government",)}
    assert answers(world, "SELECT ?place WHERE { ?statement cq:source ?place . ?place a cq:Place }") == []


def test_where_the_sides_differ_on_the_timing(world: Graph) -> None:
    query = """SELECT DISTINCT ?one ?other WHERE {
        ?link cq:linkPredicate cq:opposes ; cq:linkSubject ?s ; cq:linkObject ?o . ?s cq:opposes ?o .
        ?s cq:source ?one . ?o cq:source ?other }"""
    assert answers(world, query) == [("group/sarrovians", "group/kelmark-delegation")]


def test_which_statement_answers_supports_or_strengthens_which(world: Graph) -> None:
    query = """SELECT DISTINCT ?from ?how ?to WHERE { ?from ?how ?to .
        FILTER (?how IN (cq:respondsTo, cq:supports, cq:strengthens)) }"""
    relations = {(subject, how.rpartition("#")[2], object_) for subject, how, object_ in answers(world, query)}
    assert relations == {
        ("statement/padlock", "respondsTo", "statement/closure-threat"),
        ("statement/denial-by-sarrovia", "respondsTo", "statement/arming-charge"),
        ("statement/no-first-landing", "respondsTo", "statement/fear"),
        ("statement/answer-promise", "respondsTo", "statement/radar-offer"),
        ("statement/fish", "supports", "statement/denial-by-orlic"),
        ("statement/vanishing", "supports", "statement/guns-last"),
        ("statement/steering-charge", "strengthens", "statement/arming-charge"),
    }


def test_when_the_talks_ended_and_how_the_text_supports_it(world: Graph) -> None:
    query = """SELECT DISTINCT ?end ?grade WHERE {
        event:talks cq:earliestEnd ?end ; cq:latestEnd ?end ; cq:timeGrade ?grade }"""
    assert answers(world, query) == [("2034-03-15T01:00:00", "grade/inferable")]


def test_the_two_spans_of_a_statement_are_the_speakers_words_and_name(world: Graph) -> None:
    query = """SELECT DISTINCT ?start ?end WHERE {
        statement:denial-by-orlic cq:evidence ?passage .
        ?passage oa:hasSelector ?position . ?position oa:start ?start ; oa:end ?end } ORDER BY ?start"""
    spans = [TEXT[int(start) : int(end)] for start, end in answers(world, query)]
    assert spans == ["“The Office,” said Lena Orlić", "“arms nobody."]


def test_factual_claims_have_their_authors_in_the_words_of_schema_org(world: Graph) -> None:
    query = """SELECT DISTINCT ?claim WHERE {
        ?claim a schema:Claim ; schema:author ?who . ?who a schema:Person }"""
    # The nine points are Šerić's by Tarrant's word alone, so that the article attributes them to nobody.
    names = "one-boat arming-charge steering-charge denial-by-orlic fish no-first-landing"
    assert set(answers(world, query)) == {(f"statement/{name}",) for name in names.split()}


def test_on_whose_behalf_and_in_which_post_the_threat_was_made(world: Graph) -> None:
    query = """SELECT DISTINCT ?for ?post ?to WHERE {
        statement:closure-threat cq:onBehalfOf ?for ; cq:speakingAs ?post ; cq:addressee ?to }"""
    expected = ("organization/kelmark-government", "post/kelmark-foreign-minister", "group/sarrovian-leaders")
    assert answers(world, query) == [expected]


def test_an_accusation_is_no_tie_between_those_it_names(world: Graph) -> None:
    query = """SELECT ?tie WHERE {
        { organization:coastal-office ?tie organization:grey-pilots }
        UNION { organization:grey-pilots ?tie organization:coastal-office } }"""
    assert answers(world, query) == []


def test_what_is_known_from_outside_is_in_no_other_graph(world: Graph) -> None:
    assert (None, None, Literal("Ilse Maria Tarrant")) not in world
    corpus = read_corpus(EXAMPLE / "corpus.yaml", EXAMPLE)
    (outside,) = (graph for name, graph in corpus.graphs.items() if name.endswith("outside"))
    assert (None, None, Literal("Ilse Maria Tarrant")) in outside


def test_every_sentence_is_evidence_or_listed_as_without_statement(asserted: Graph) -> None:
    query = """SELECT DISTINCT ?start ?end WHERE {
        { ?statement a cq:Statement ; cq:evidence ?passage } UNION { ?article cq:withoutStatement ?passage }
        ?passage oa:hasSelector ?position . ?position oa:start ?start ; oa:end ?end }"""
    covered = {place for start, end in answers(asserted, query) for place in range(int(start), int(end))}
    left = "".join("|" if place in covered else character for place, character in enumerate(TEXT))
    rest = {part.strip() for part in left.split("|")} - {""}
    assert rest == {",", ":", ".", ";", ", and", ", Sarrovia\u2019s interior minister,"}


def test_every_pair_of_quotation_marks_is_a_quoted_run(world: Graph) -> None:
    query = """SELECT DISTINCT ?start ?end WHERE {
        ?run cq:runSpan/oa:hasSelector ?position . ?position oa:start ?start ; oa:end ?end }"""
    pairs = {(str(match.start()), str(match.end())) for match in re.finditer("“[^”]*”", TEXT)}
    assert len(pairs) == 10
    assert set(answers(world, query)) == pairs
