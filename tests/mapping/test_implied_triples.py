"""What documents imply beside what they state: times as of which things are known, stamps, grades and voices."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rdflib import Graph, Literal, URIRef

from kg.mapping.corpora.corpus_reader import Corpus
from kg.mapping.triples.edtf_spans import read_span
from kg.namespaces import CQ, SCHEME

Read = Callable[..., Corpus]
ARTICLE = "https://example.org/bridge/article/bridge/"
HEAD = """article: bridge
digest: 5c30319bc859a5c875dea613813f42836017ac4a0805215eb72626de2e656e29
length: 233
title: An invented note
"""
DIGEST = "567a6b5ca072f3bcaff72260cdc2cb2defe38660cefc7c8d8832b10e92c38445"
FOOT = f'passages:\n  0-18: {{digest: {DIGEST}, fragment: "text=Minister%20Ada%20Quill"}}\n'
SAID = "form: indirect, act: assert, polarity: positive, certainty: certain, at: 0-18"


def own(name: str) -> URIRef:
    return URIRef(ARTICLE + name)


def value(graph: Graph, name: str, predicate: URIRef) -> str:
    return " ".join(sorted(str(object_).removeprefix(ARTICLE) for object_ in graph.objects(own(name), predicate)))


@pytest.fixture
def graph_of(read: Read) -> Callable[[str], Graph]:
    def graph(content: str) -> Graph:
        return read(HEAD + content + FOOT).graphs["https://example.org/bridge/graph/article/bridge"]

    return graph


GraphOf = Callable[[str], Graph]


@pytest.mark.parametrize(
    ("span", "earliest", "latest"),
    [
        ("2034-03-14", "2034-03-14T00:00:00", "2034-03-14T23:59:59"),
        ("2034-02", "2034-02-01T00:00:00", "2034-02-28T23:59:59"),
        ("2036-02", "2036-02-01T00:00:00", "2036-02-29T23:59:59"),
        ("2034", "2034-01-01T00:00:00", "2034-12-31T23:59:59"),
        ("2034-03-14T22:00", "2034-03-14T22:00:00", "2034-03-14T22:00:00"),
        ("2034-03-14T22:00:00+05:00", "2034-03-14T22:00:00+05:00", "2034-03-14T22:00:00+05:00"),
        ("2034-03-14/2034-03-15", "2034-03-14T00:00:00", "2034-03-15T23:59:59"),
        ("../2034-03", "", "2034-03-31T23:59:59"),
        ("2034-03/..", "2034-03-01T00:00:00", ""),
        ("2034-24", "", ""),
        ("2034-03~", "", ""),
    ],
)
def test_a_span_has_the_bounds_that_follow_from_it(span: str, earliest: str, latest: str) -> None:
    bounds = read_span(span)
    assert bounds is not None
    assert (bounds.earliest, bounds.latest) == (earliest, latest)


@pytest.mark.parametrize("span", ["", "2034-13", "2034-02-30", "2034-25", "2034-04/2034-03", "../..", "soon", "2034~~"])
def test_a_text_that_is_not_edtf_has_no_span(span: str) -> None:
    assert read_span(span) is None


def test_an_impossible_span_is_reported_with_its_place(graph_of: GraphOf) -> None:
    with pytest.raises(
        Exception, match=r"article.yaml:6:\d+: holdings\[0\].since: found '2034-13'; expected a date or"
    ):
        graph_of("holdings:\n  - {incumbent: person:ada-quill, post: post:minister, since: 2034-13, at: 0-18}\n")


@pytest.mark.parametrize(
    ("dates", "moment"),
    [
        ("notBefore: 2034-05-02T10:00:00\n", "2034-05-02T10:00:00"),
        ("published: 2034-05-03\n", "2034-05-03T00:00:00"),
        ("notBefore: 2034-05-02T10:00:00\npublished: 2034-05-03\n", "2034-05-03T00:00:00"),
        ("notBefore: 2034-05-03T10:00:00\npublished: 2034-05-03\n", "2034-05-03T10:00:00"),
        ("", ""),
    ],
)
def test_everything_that_can_end_is_known_as_of_the_article(dates: str, moment: str, graph_of: GraphOf) -> None:
    graph = graph_of(
        dates + "holdings:\n  - {id: holding/one, incumbent: person:ada-quill, post: post:minister, at: 0-18}\n"
        "events:\n  - {id: event/one, name: it, kind: event-kind/consult, status: ongoing, at: 0-18}\n"
    )
    assert [value(graph, name, CQ.asOf) for name in ("", "holding/one", "event/one")] == [moment] * 3


@pytest.mark.parametrize(
    ("holding", "known"),
    [
        ("incumbent: person:ada-quill", ("2034-05-03T00:00:00", "2034-05-03T00:00:00")),
        ("incumbent: person:ada-quill, since: 2033-06", ("2033-06-30T23:59:59", "2034-05-03T00:00:00")),
        ("formerHolder: person:ada-quill, since: 2031, until: 2033-06", ("2031-12-31T23:59:59", "2033-06-01T00:00:00")),
        ("formerHolder: person:ada-quill", ("", "")),
        ("formerHolder: person:ada-quill, since: 2031", ("", "")),
        ("incumbent: person:ada-quill, until: ../2034-07", ("", "")),
    ],
)
def test_a_holding_certainly_lasted_between_its_latest_begin_and_its_earliest_end(
    holding: str, known: tuple[str, str], graph_of: GraphOf
) -> None:
    entry = f"{{id: holding/one, {holding}, post: post:minister, timeGrade: explicit, at: 0-18}}"
    graph = graph_of(f"published: 2034-05-03\nholdings:\n  - {entry}\n")
    assert tuple(value(graph, "holding/one", bound) for bound in (CQ.knownFrom, CQ.knownUntil)) == known


def test_what_lasts_at_an_unknown_time_is_certain_of_no_moment(graph_of: GraphOf) -> None:
    entry = "{id: holding/one, incumbent: person:ada-quill, post: post:minister, at: 0-18}"
    graph = graph_of(f"notBefore: 2034-05-02T10:00:00\nholdings:\n  - {entry}\n")
    assert value(graph, "holding/one", CQ.asOf) == "2034-05-02T10:00:00"
    assert value(graph, "holding/one", CQ.knownFrom) == ""


def test_a_link_of_a_relation_that_can_end_has_a_time_and_one_of_an_argument_has_none(graph_of: GraphOf) -> None:
    ends = "linkSubject: organization:ferry-guild, linkObject: organization:ferry-guild, at: 0-18"
    graph = graph_of(
        "published: 2034-05-03\nlinks:\n"
        f"  - {{id: link/ally, {ends}, linkPredicate: alliedWith, since: 2031-04-05, timeGrade: explicit}}\n"
        f"  - {{id: link/other, {ends}, linkPredicate: possiblySame}}\n"
    )
    assert value(graph, "link/ally", CQ.knownFrom) == "2031-04-05T23:59:59"
    assert value(graph, "link/ally", CQ.earliestBegin) == "2031-04-05T00:00:00"
    assert value(graph, "link/other", CQ.knownFrom) == ""


def test_each_stamp_has_its_own_grade_or_the_shared_one(graph_of: GraphOf) -> None:
    graph = graph_of(
        "events:\n  - {id: event/talks, name: talks, kind: event-kind/consult, status: occurred, at: 0-18, "
        "since: 2034-05-02T22:00, latestEnd: 2034-05-03T02:00:00, timeGrade: inferable, latestEndGrade: explicit}\n"
    )
    assert value(graph, "event/talks", CQ.latestEndGrade) == f"{SCHEME}grade/explicit"
    assert value(graph, "event/talks", CQ.earliestBeginGrade) == f"{SCHEME}grade/inferable"
    assert value(graph, "event/talks", CQ.earliestEndGrade) == ""


VOICES = """voices:
  - {id: voice/article, name: the article, voiceKind: article-voice}
  - {id: voice/nobody, name: nobody, voiceKind: nobody}
people:
  - {id: person/official, name: an official, voiceKind: unnamed-person}
"""


@pytest.mark.parametrize(
    ("source", "relays", "attributions"),
    [
        ("organization:ferry-guild", [], 1),
        ("voice/nobody", [], 0),
        ("organization:ferry-guild", ["person/official"], 0),
        ("organization:ferry-guild", ["voice/article"], 1),
        ("organization:ferry-guild", ["voice/nobody"], 0),
        ("organization:ferry-guild", ["voice/article", "person/official"], 0),
    ],
)
def test_the_article_vouches_for_a_source_unless_somebody_else_passes_the_statement_on(
    source: str, relays: list[str], attributions: int, graph_of: GraphOf
) -> None:
    rows = [f"  - {{id: statement/0, source: {source}, says: {{id: proposition/p, gist: It is so.}}, {SAID}}}\n"]
    for place, teller in enumerate(relays, 1):
        rows.append(f"  - {{id: statement/{place}, source: {teller}, relays: statement/{place - 1}, {SAID}}}\n")
    graph = graph_of(f"{VOICES}statements:\n{''.join(rows)}")
    assert len([*graph.objects(own("statement/0"), CQ.attributedTo)]) == attributions
    assert value(graph, "statement/0", CQ.source)


def test_an_edtf_literal_stands_in_the_graph_as_it_is_written(graph_of: GraphOf) -> None:
    graph = graph_of(
        "events:\n  - {id: event/one, name: it, kind: event-kind/consult, status: ongoing, when: 2034-24, at: 0-18}\n"
    )
    edtf = URIRef("http://id.loc.gov/datatypes/edtf/EDTF")
    assert [*graph.objects(own("event/one"), CQ.when)] == [Literal("2034-24", datatype=edtf)]
    assert not [*graph.objects(own("event/one"), CQ.earliestBegin)]


def test_a_passage_has_its_offsets_and_an_event_its_nearest_place(graph_of: GraphOf) -> None:
    graph = graph_of(
        "places:\n  - {id: place/quay, name: quay, kind: place-kind/building}\n"
        "  - {id: place/port, name: port, kind: place-kind/city}\n"
        "events:\n  - {id: event/talks, name: talks, kind: event-kind/consult, status: occurred, at: 0-18, "
        "place: [place/port, place/quay]}\n"
        "links:\n  - {linkSubject: place/quay, linkPredicate: within, linkObject: place/port, at: 0-18}\n"
    )
    assert value(graph, "event/talks", CQ.nearestPlace) == "place/quay"
    assert (value(graph, "passage/0-18", CQ.startOffset), value(graph, "passage/0-18", CQ.endOffset)) == ("0", "18")


def test_propositions_that_say_alike_who_does_what_to_whom_have_one_content_key(graph_of: GraphOf) -> None:
    roles = "predicate: close, doer: organization:ferry-guild, target: "
    graph = graph_of(
        "withoutStatement: 0-18\ntopics:\n  - {id: topic/bridge, prefLabel: bridge}\n"
        "  - {id: topic/quay, prefLabel: quay}\n"
        f"propositions:\n  - {{id: proposition/a, gist: It closes., {roles}[topic/quay, topic/bridge]}}\n"
        f"  - {{id: proposition/b, gist: The guild closes it., {roles}[topic/bridge, topic/quay]}}\n"
        "  - {id: proposition/c, gist: It closes., predicate: close, target: topic/bridge}\n"
        "  - {id: proposition/d, gist: It closes at six., predicate: close, target: topic/bridge, terms: at six}\n"
        "  - {id: proposition/e, gist: It is so.}\n"
        "  - {id: proposition/f, gist: Unless it closes it is so., unless: proposition/c, consequence: proposition/e}\n"
    )
    keys = [value(graph, f"proposition/{name}", CQ.contentKey) for name in "abcdef"]
    assert keys[0] == keys[1]
    assert len({*keys}) == len(keys) - 1
    assert keys[0].startswith("close | https://example.org/bridge/organization/ferry-guild | ")
    assert keys[4] == "proposition/e"
    assert keys[5] == f"unless ({keys[2]}) consequence ({ARTICLE}{keys[4]})"


@pytest.mark.parametrize("part", ["addressee", "occasion", "onBehalfOf", "speakingAs"])
def test_an_explicit_statement_can_have_an_inferred_part(part: str, graph_of: GraphOf) -> None:
    graph = graph_of(
        "events:\n  - {id: event/talks, name: talks, kind: event-kind/consult, status: occurred, at: 0-18}\n"
        "statements:\n  - {id: statement/0, source: person:ada-quill, grade: explicit, occasion: event/talks, "
        "addressee: organization:ferry-guild, onBehalfOf: organization:ferry-guild, speakingAs: post:minister, "
        f"{part}Grade: inferable, says: {{id: proposition/p, gist: It is so.}}, {SAID}}}\n"
    )
    assert value(graph, "statement/0", CQ[f"{part}Grade"]) == f"{SCHEME}grade/inferable"
    assert value(graph, "statement/0", CQ.evidenceGrade) == f"{SCHEME}grade/explicit"


SIDES = """holdings:
  - {incumbent: person:ada-quill, post: post:minister, at: 0-18}
groups: [{id: group/envoys, name: envoys, kind: group-kind/delegation, voiceKind: collective}]
links:
  - {linkSubject: post:minister, linkPredicate: postIn, linkObject: organization:ferry-guild, at: 0-18}
  - {linkSubject: group/envoys, linkPredicate: affiliatedWith, linkObject: organization:ferry-guild, UNTIL at: 0-18}
  - {linkSubject: group/envoys, linkPredicate: member, linkObject: person/clerk, at: 0-18}
people: [{id: person/clerk, name: a clerk, voiceKind: unnamed-person}]
propositions: [{id: proposition/one, gist: It is.}]
statements:
  - {id: statement/one, source: person:ada-quill, addressee: person/clerk, says: proposition/one, SAID}
  - {id: statement/two, source: person/clerk, speakingAs: post:minister, says: proposition/one, SAID}
"""
GUILD = "https://example.org/bridge/organization/ferry-guild"


@pytest.mark.parametrize(("until", "addressed"), [("", GUILD), ("until: 2033, timeGrade: explicit,", "")])
def test_sides_follow_posts_and_groups_to_their_organizations_unless_the_bond_has_ended(
    until: str, addressed: str, graph_of: GraphOf
) -> None:
    graph = graph_of(SIDES.replace("UNTIL", until).replace("SAID", SAID))
    assert value(graph, "statement/one", CQ.sourceSide) == GUILD
    assert value(graph, "statement/one", CQ.addresseeSide) == addressed
    assert value(graph, "statement/two", CQ.sourceSide) == GUILD


def test_who_no_longer_holds_a_post_is_not_on_its_side(graph_of: GraphOf) -> None:
    graph = graph_of(SIDES.replace("UNTIL", "").replace("SAID", SAID).replace("incumbent", "formerHolder"))
    assert value(graph, "statement/one", CQ.sourceSide) == ""
