"""Validation: of what was asserted, with a report for people, and of a part where only a part has changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pyshacl
import pytest
from rdflib import RDF, RDFS, SH, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from kg.errors import DataError, Location
from kg.namespaces import CQ, SCHEME, SHAPES
from kg.terms import TextPattern, TextTriple, new_graph, to_text
from kg.validation.affected_nodes import (
    MAX_INBOUND,
    MAX_SINGLE_RELATIONS,
    CachedSubjects,
    affected_nodes,
    surrounding_triples,
)
from kg.validation.shacl_validator import validate
from kg.validation.shape_reach import ShapeReach
from kg.validation.validation_report import Severity, ValidationReport
from kg.validation.value_tests import node_of
from tests.support.shared_validator import shared_validator

CQS = Namespace(SHAPES)
DATA = Namespace("https://example.org/data/")
ACT = Namespace(f"{SCHEME}act/")


def test_a_city_as_a_source_fails_although_a_range_would_make_it_an_agent(
    world: Graph, shapes: Graph, ontology: Graph
) -> None:
    world.set((DATA.warning, CQ.source, DATA.harbour))
    with_range = Graph()
    with_range += ontology
    with_range.add((CQ.source, RDFS.range, CQ.Agent))
    failed = names(validate(world, shapes, with_range))
    assert {"statement-source", "place-states-nothing"} <= failed
    world.add((DATA.harbour, RDF.type, CQ.Organization))
    assert "place-states-nothing" in names(validate(world, shapes, with_range))


def test_nothing_that_is_passed_in_is_changed(world: Graph, shapes: Graph, ontology: Graph) -> None:
    before = [set(graph) for graph in (world, shapes, ontology)]
    validate(world, shapes, ontology, focus=[str(DATA.warning)])
    assert [set(graph) for graph in (world, shapes, ontology)] == before


def test_a_sentence_names_the_place_the_node_the_fault_and_what_was_found(
    world: Graph, shapes: Graph, ontology: Graph
) -> None:
    world.set((DATA.warning, CQ.act, URIRef(f"{SCHEME}form/direct")))
    locations = {str(DATA.warning): Location(Path("mapping.yaml"), 12, 5, "statements[0].id")}
    (sentence,) = validate(world, shapes, ontology, locations).sentences()
    assert sentence == (
        "mapping.yaml:12:5: statements[0].id: data/warning: A statement has exactly one act (assert, accuse, demand "
        "…), a concept of the scheme of acts. Found form/direct. [statement-act]"
    )


def test_a_sentence_says_that_something_is_missing(world: Graph, shapes: Graph, ontology: Graph) -> None:
    world.remove((DATA.harbour, CQ.kind, None))
    (sentence,) = validate(world, shapes, ontology).sentences()
    assert sentence.endswith("Found none. [place-kind]")


def test_a_sentence_names_what_points_at_a_node_that_nothing_may_point_at(
    world: Graph, shapes: Graph, ontology: Graph
) -> None:
    world.add((DATA.participation, CQ.side, DATA.harbour))
    sentences = validate(world, shapes, ontology).sentences()
    assert any(
        "takes part in nothing" in sentence and "Found data/participation." in sentence for sentence in sentences
    )


def test_a_query_s_message_names_what_it_found(world: Graph, shapes: Graph, ontology: Graph) -> None:
    world.set((DATA.position, URIRef("http://www.w3.org/ns/oa#end"), Literal(300)))
    (sentence,) = validate(world, shapes, ontology).sentences()
    assert "The passage data/passage ends at 300, but the article has only 200 code points." in sentence


def test_results_are_in_the_order_of_the_mapping(world: Graph, shapes: Graph, ontology: Graph) -> None:
    for thing in (DATA.country, DATA.harbour):
        world.remove((thing, CQ.kind, None))
    file = Path("mapping.yaml")
    locations = {str(DATA.harbour): Location(file, 9), str(DATA.country): Location(file, 10)}
    lines = [sentence.split(":")[1] for sentence in validate(world, shapes, ontology, locations).sentences()]
    assert lines == ["9", "10"]


def test_a_warning_keeps_nothing_from_conforming(world: Graph, shapes: Graph, ontology: Graph) -> None:
    world.remove((DATA.article, CQ.withoutStatement, None))
    report = validate(world, shapes, ontology)
    assert report.conforms
    assert [result.severity for result in report.results] == [Severity.WARNING]
    assert "[warning, passage-used]" in report.sentences()[0]
    assert (None, SH.conforms, Literal(lexical_or_value=True)) in report.graph


def test_the_report_is_a_shacl_report(world: Graph, shapes: Graph, ontology: Graph) -> None:
    world.remove((DATA.warning, CQ.source, None))
    graph = validate(world, shapes, ontology).graph
    (result,) = graph.objects(None, SH.result)
    assert graph.value(result, SH.focusNode) == DATA.warning
    assert graph.value(result, SH.sourceShape) == CQS["statement-source"]
    assert graph.value(result, SH.resultSeverity) == SH.Violation


def test_only_the_nodes_in_focus_are_validated(world: Graph, shapes: Graph, ontology: Graph) -> None:
    for thing in (DATA.country, DATA.harbour):
        world.remove((thing, CQ.kind, None))
    report = validate(world, shapes, ontology, focus=[str(DATA.harbour)])
    assert {result.focus for result in report.results} == {DATA.harbour}
    assert not validate(world, shapes, ontology, focus=[]).results


def test_a_focus_does_not_make_nested_shapes_pass(world: Graph, shapes: Graph, ontology: Graph) -> None:
    """The engine's own focus option passes over `sh:node` on a value that is not in focus, which then conforms."""
    world.set((DATA.warning, CQ.act, URIRef(f"{SCHEME}form/direct")))
    assert names(validate(world, shapes, ontology, focus=[str(DATA.warning)])) == {"statement-act"}


def test_shapes_that_cannot_be_applied_are_an_error(world: Graph, shapes: Graph, ontology: Graph) -> None:
    broken = Graph()
    broken += shapes
    broken.add((CQS.name, SH.path, CQ.alias))
    with pytest.raises(DataError, match="shapes cannot be applied"):
        validate(world, broken, ontology)


def test_the_shapes_conform_to_the_shapes_of_shacl(shapes: Graph) -> None:
    pyshacl.validate(Graph(), shacl_graph=shapes, meta_shacl=True)


def test_thousands_of_triples_conform(shapes: Graph, ontology: Graph) -> None:
    text = (Path(__file__).parent / "world.ttl").read_text("utf-8")
    many = Graph()
    for number in range(22):
        many.parse(data=text.replace("example.org/data/", f"example.org/{number}/"), format="turtle")
    assert validate(many, shapes, ontology).conforms
    assert len(many) > 5_000


# Validation of a change: the nodes that it affects and the triples around them


def one_triple_of_each_relation() -> list[tuple[Node, Node, Node]]:
    world = Graph().parse(Path(__file__).parent / "world.ttl")
    relations = {path for _, path, target in world if isinstance(target, URIRef)}
    return [min(world.triples((None, path, None))) for path in sorted(relations, key=str)]


@pytest.mark.parametrize("triple", one_triple_of_each_relation(), ids=lambda triple: str(triple[1]).rpartition("/")[2])
def test_after_a_removal_the_affected_part_shows_what_the_whole_shows(
    triple: tuple[Node, Node, Node], world: Graph, shapes: Graph, ontology: Graph, reach: ShapeReach
) -> None:
    before = Graph()
    before += world
    world.remove(triple)
    assert_part_shows_the_whole(before, world, shapes, ontology, reach)


ADDED = {
    "a second incumbent": [(DATA["holding-of-rank"], CQ.post, DATA.minister)],
    "a chain that closes": [(DATA.denial, CQ.relays, DATA.report)],
    "a place within itself": [(DATA.country, CQ.within, DATA.harbour)],
    "a city on a side": [(DATA.participation, CQ.side, DATA.country)],
    "a source that becomes a place": [(DATA.official, RDF.type, CQ.Place)],
    "a shorter article": [(DATA.article, CQ.length, Literal(10))],
    "a passage that ends later": [(DATA["aside-position"], URIRef("http://www.w3.org/ns/oa#end"), Literal(900))],
    "an event that ends before its part": [
        (DATA.visit, CQ.latestEnd, Literal("2034-03-14T19:00:00", datatype=XSD.dateTime))
    ],
    "a scenario that becomes an event": [(DATA.blockade, RDF.type, CQ.Event)],
    "a denial with two polarities": [(DATA.denial, CQ.polarity, URIRef(f"{SCHEME}polarity/negative"))],
    "an official who is named": [(DATA["other-official"], CQ.voiceKind, URIRef(f"{SCHEME}source/named-person"))],
}


@pytest.mark.parametrize("added", ADDED.values(), ids=ADDED)
def test_after_an_addition_the_affected_part_shows_what_the_whole_shows(
    added: list[tuple[Node, Node, Node]], world: Graph, shapes: Graph, ontology: Graph, reach: ShapeReach
) -> None:
    before = Graph()
    before += world
    world += added
    assert not validate(world, shapes, ontology).conforms
    assert_part_shows_the_whole(before, world, shapes, ontology, reach)


def test_a_long_chain_is_followed_to_its_end(world: Graph, shapes: Graph, ontology: Graph, reach: ShapeReach) -> None:
    places = [DATA[f"place-{number}"] for number in range(6)]
    world += [(inner, CQ.within, outer) for inner, outer in zip(places, [*places[1:], places[0]], strict=True)]
    part = surroundings([places[0]], world, reach)
    assert "place-without-cycle" in names(validate(part, shapes, ontology, focus=[str(places[0])]))


@pytest.mark.parametrize("relation", [CQ.before, CQ.after], ids=["before", "after"])
def test_an_order_that_closes_is_seen_from_each_of_its_events(
    relation: URIRef, world: Graph, shapes: Graph, ontology: Graph, reach: ShapeReach
) -> None:
    events = [DATA[f"event-{number}"] for number in range(6)]
    world += [(event, RDF.type, CQ.Event) for event in events]
    world += [(event, relation, following) for event, following in zip(events, [*events[1:], events[0]], strict=True)]
    for event in events:
        part = surroundings([event], world, reach)
        assert "order-without-cycle" in names(validate(part, shapes, ontology, focus=[str(event)]))


@pytest.mark.parametrize("end", [CQ.about, CQ.describes], ids=["about", "describes"])
def test_a_status_is_seen_through_relays_and_checked_when_one_of_them_goes(
    end: URIRef, world: Graph, shapes: Graph, ontology: Graph, reach: ShapeReach
) -> None:
    relays = [DATA[f"relay-{number}"] for number in range(5)]
    world.set((DATA.blockade, CQ.statusBy, relays[0]))
    chain = [(relay, CQ.relays, relayed) for relay, relayed in pairwise(relays)]
    chain.append((relays[-1], CQ.says, DATA.proposition))
    world += [*chain, (DATA.proposition, end, DATA.blockade)]

    def spoken_of(graph: Graph) -> bool:
        part = surroundings([DATA.blockade], graph, reach)
        return "status-spoken-of" not in names(validate(part, shapes, ontology, focus=[str(DATA.blockade)]))

    assert spoken_of(world)
    for triple in chain:
        after = Graph()
        after += world
        after.remove(triple)
        assert not spoken_of(after)
        assert DATA.blockade in affected([triple], reach, world, after)


def test_moving_an_article_to_the_day_of_another_affects_their_posts(
    world: Graph, shapes: Graph, ontology: Graph, reach: ShapeReach
) -> None:
    text = (Path(__file__).parent / "world.ttl").read_text("utf-8")
    world.parse(data=text.replace("example.org/data/", "example.org/later/"), format="turtle")
    later = Namespace("https://example.org/later/")
    world.set((later.holding, CQ.post, DATA.minister))
    world.set((later.article, CQ.notBefore, Literal("2034-04-01T17:00:00", datatype=XSD.dateTime)))
    assert validate(world, shapes, ontology).conforms
    before = Graph()
    before += world
    world.set((later.article, CQ.notBefore, Literal("2034-03-15T09:00:00", datatype=XSD.dateTime)))
    assert names(validate(world, shapes, ontology)) == {"post-one-incumbent"}
    assert_part_shows_the_whole(before, world, shapes, ontology, reach)


@dataclass
class CountedGraph:
    """A graph's triples in N-Triples, which counts the requests."""

    graph: Graph
    lookups: int = 0

    def triples(self, pattern: TextPattern, /) -> Iterable[TextTriple]:
        """Return the triples that match."""
        self.lookups += 1
        return map(texts, self._matching(pattern))

    def has_more(self, pattern: TextPattern, limit: int) -> bool:
        """Return whether more triples match than `limit`."""
        return sum(1 for _ in self._matching(pattern)) > limit

    def referrers(self, node: bytes, /) -> Iterable[bytes]:
        """Return the subjects of the triples that lead to a node."""
        return {subject for subject, _, _ in self.triples((None, None, node))}

    def _matching(self, pattern: TextPattern) -> Iterable[tuple[Node, Node, Node]]:
        subject, relation, value = (None if text is None else node_of(text) for text in pattern)
        return self.graph.triples((subject, relation, value))


def texts(triple: tuple[Node, Node, Node]) -> TextTriple:
    subject, relation, value = triple
    return to_text(subject), to_text(relation), to_text(value)


def affected(changed: Iterable[tuple[Node, Node, Node]], reach: ShapeReach, *graphs: Graph) -> frozenset[Node]:
    sources = (CachedSubjects(CountedGraph(graph)) for graph in graphs)
    return frozenset(map(node_of, affected_nodes(map(texts, changed), reach, *sources)))


def surroundings(focus: Iterable[Node], graph: Graph, reach: ShapeReach) -> Graph:
    part = surrounding_triples([*map(to_text, focus)], CachedSubjects(CountedGraph(graph)), reach)
    return new_graph((node_of(subject), node_of(relation), node_of(value)) for subject, relation, value in part)


@pytest.mark.parametrize(("inbound", "lookups"), [(MAX_INBOUND, 1), (MAX_INBOUND + 1, 3)])
def test_what_leads_to_a_node_is_asked_for_once_unless_it_is_much(inbound: int, lookups: int) -> None:
    graph, harbour = Graph(), to_text(DATA.harbour)
    for number in range(inbound):
        graph.add((DATA[f"{number}"], CQ.about if number % 2 else CQ.place, DATA.harbour))
    counted = CountedGraph(graph)
    relations = [to_text(relation) for relation in (CQ.about, CQ.place, CQ.source)]
    triples = {*CachedSubjects(counted).inbound(harbour, relations)}
    assert triples == {*map(texts, graph.triples((None, None, DATA.harbour)))}
    assert len(triples) == inbound
    assert counted.lookups == lookups


def test_few_relations_are_looked_up_each_alone() -> None:
    graph = Graph()
    for relation in (CQ.about, CQ.place, CQ.source):
        graph.add((DATA.link, relation, DATA.harbour))
    counted = CountedGraph(graph)
    triples = CachedSubjects(counted).inbound(to_text(DATA.harbour), [to_text(CQ.about), to_text(CQ.place)])
    assert {*triples} == {texts((DATA.link, relation, DATA.harbour)) for relation in (CQ.about, CQ.place)}
    assert counted.lookups == MAX_SINGLE_RELATIONS


@pytest.mark.parametrize(("relation", "lookups"), [(CQ.mention, 3), (CQ.alias, 1)])
def test_links_are_looked_up_for_relations_that_something_names_only(
    relation: Node, lookups: int, reach: ShapeReach
) -> None:
    graph = Graph().add((DATA.link, CQ.linkSubject, DATA.harbour)).add((DATA.link, CQ.linkPredicate, CQ.mention))
    graph.add((DATA.link, CQ.linkObject, DATA.port))
    counted = CountedGraph(graph)
    nodes = affected_nodes([texts((DATA.harbour, relation, DATA.port))], reach, CachedSubjects(counted))
    links = [DATA.link] if relation == CQ.mention else []
    assert nodes == {*map(to_text, (DATA.harbour, DATA.port, *links))}
    assert counted.lookups == lookups


def test_only_the_classes_are_read_of_values_that_shapes_do_not_follow(reach: ShapeReach) -> None:
    graph = Graph().add((DATA.harbour, CQ.mention, DATA.passage)).add((DATA.harbour, CQ.within, DATA.town))
    graph += [(DATA.passage, RDF.type, CQ.Passage), (DATA.passage, CQ.digest, Literal("a"))]
    graph += [(DATA.town, RDF.type, CQ.Place), (DATA.town, CQ.name, Literal("Port Sel"))]
    counted, focus = CountedGraph(graph), [to_text(DATA.harbour)]
    everything = {*map(texts, graph)}
    unread = {texts((DATA.passage, CQ.digest, Literal("a")))}
    assert surrounding_triples(focus, CachedSubjects(counted), reach) == everything - unread
    lookups, counted.lookups = counted.lookups, 0
    assert surrounding_triples(focus, CachedSubjects(counted), replace(reach, onward=None)) == everything
    assert lookups < counted.lookups
    # Whatever leads to the same node, too, is followed.
    graph.add((DATA.harbour, CQ.within, DATA.passage))
    assert unread < surrounding_triples(focus, CachedSubjects(CountedGraph(graph)), reach)


def test_nothing_is_read_of_referrers_that_need_no_validation(reach: ShapeReach) -> None:
    graph, inner = Graph().add((DATA.harbour, CQ.within, DATA.town)), to_text(DATA.inner)
    graph += [(DATA.inner, CQ.place, DATA.harbour), (DATA.inner, CQ.about, DATA.end)]
    graph += [(DATA.outer, CQ.place, DATA.harbour), (DATA.outer, CQ.about, DATA.port)]
    counted, change = CountedGraph(graph), texts((DATA.harbour, CQ.within, DATA.town))
    every = affected_nodes([change], reach, CachedSubjects(counted))
    assert every >= {*map(to_text, (DATA.inner, DATA.end, DATA.outer, DATA.port))}
    lookups_of_every, counted.lookups = counted.lookups, 0
    nodes = affected_nodes([change], reach, CachedSubjects(counted), except_for=lambda node: node == inner)
    assert nodes == every - {*map(to_text, (DATA.inner, DATA.end))}
    assert counted.lookups == lookups_of_every - 1


def assert_part_shows_the_whole(
    before: Graph,
    after: Graph,
    shapes: Graph,
    ontology: Graph,
    reach: ShapeReach,
) -> None:
    changed = [*before - after, *after - before]
    focus = affected(changed, reach, before, after)
    part = surroundings(focus, after, reach)
    assert len(part) <= len(after)
    validator = shared_validator(shapes, ontology)
    report = validator.report(part, focus={str(node) for node in focus})
    assert set(report.results) == set(validator.report(after).results)


def names(report: ValidationReport) -> set[str]:
    return {result.shape.removeprefix(SHAPES) for result in report.results}
