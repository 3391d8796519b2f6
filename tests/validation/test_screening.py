"""The compiled shapes and pySHACL alone give one report, whatever violates the shapes."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, RDFS, SH, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.term import Node

from kg.namespaces import CQ, SHAPES
from kg.validation.data_graph import data_graph_of
from kg.validation.declared_targets import shapes_with_targets
from kg.validation.screening import Screening
from kg.validation.shacl_validator import GraphValidator, validate, validate_by_pyshacl
from kg.validation.shape_compiler import compile_shapes
from kg.validation.validation_report import ValidationReport
from tests.support.shared_validator import shared_validator
from tests.support.target_nodes import target_nodes

HERE = Path(__file__).parent
EXAMPLES = sorted((HERE / "valid").glob("*.ttl")) + sorted((HERE / "invalid").glob("*.ttl"))
OA = Namespace("http://www.w3.org/ns/oa#")
EXAMPLE = Namespace("http://example.org/")
ODD_TERMS = (
    Literal("soon", datatype=XSD.dateTime),
    Literal("2034-03-14T12:00:00", datatype=XSD.dateTime),
    Literal("2034-03-14T12:00:00Z", datatype=XSD.dateTime),
    Literal("2034-03-14T14:00:00+05:00", datatype=XSD.dateTime),
    Literal("12034-03-14T24:00:00", datatype=XSD.dateTime),
    Literal("2034-03-14", datatype=XSD.date),
    Literal("7", datatype=XSD.integer),
    Literal("-7", datatype=XSD.integer),
    Literal("007", datatype=XSD.integer, normalize=False),
    Literal("7", datatype=XSD.byte),
    Literal("7"),
    Literal("seven", datatype=XSD.nonNegativeInteger),
    Literal("true", datatype=XSD.boolean),
    Literal("maybe", datatype=XSD.boolean),
    Literal(""),
    Literal("\x1c"),
    Literal("one two three four five six seven eight nine"),
    Literal("a name", lang="en"),
    Literal("a name", datatype=URIRef("http://example.org/datatype")),
    BNode("odd"),
    URIRef("http://example.org/odd"),
)
COMPARED_BY_QUERIES = {
    **dict.fromkeys((CQ.earliestBegin, CQ.earliestEnd, CQ.latestBegin, CQ.latestEnd), (XSD.dateTime,)),
    **dict.fromkeys((CQ.length, OA.start, OA.end), (XSD.integer, XSD.nonNegativeInteger)),
}
"""What constraints' queries compare by < and >, and the datatypes that SPARQL can compare; rdflib orders all others."""


def results(report: ValidationReport) -> list[tuple[object, ...]]:
    """Return the content of a report, without the names of blank nodes."""
    return sorted(
        (_text(item.focus), str(item.path), _text(item.value), item.shape, item.severity.name, item.message)
        for item in report.results
    )


def _text(node: Node | None) -> str:
    return "_:blank" if isinstance(node, BNode) else repr(node)


def assert_same_report(data: Graph, shapes: Graph, ontology: Graph) -> int:
    """Fail unless both ways of validating give one report; return how many results it has."""
    report = shared_validator(shapes, ontology).report(data)
    expected = validate_by_pyshacl(data, shapes, ontology)
    assert results(report) == results(expected)
    assert report.conforms == expected.conforms
    return len(expected.results)


def test_the_reports_on_all_examples_together_are_the_same(shapes: Graph, ontology: Graph) -> None:
    together = Graph()
    for file in EXAMPLES:
        own = file.read_text("utf-8").replace("example.org/data/", f"example.org/{file.parent.name}/{file.stem}/")
        together.parse(data=own, format="turtle")
    assert assert_same_report(together, shapes, ontology) > len(EXAMPLES) / 2


@pytest.mark.parametrize("file", EXAMPLES[::7], ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_the_reports_on_one_example_are_the_same(file: Path, shapes: Graph, ontology: Graph) -> None:
    assert_same_report(Graph().parse(file), shapes, ontology)


def test_a_report_on_data_that_conform_is_the_same_graph(world: Graph, shapes: Graph, ontology: Graph) -> None:
    report = validate(world, shapes, ontology)
    assert report.conforms
    assert isomorphic(report.graph, validate_by_pyshacl(world, shapes, ontology).graph)


def test_one_validator_reports_on_each_graph_by_itself_and_by_the_classes_that_it_names(
    world: Graph, shapes: Graph, ontology: Graph
) -> None:
    validator, spokesman, ada = GraphValidator(shapes, ontology), EXAMPLE.Spokesman, EXAMPLE.ada
    faulty = Graph().add((ada, RDF.type, spokesman)).add((ada, CQ.voiceKind, Literal("loud")))
    subclass = Graph().add((spokesman, RDFS.subClassOf, CQ.Person)) + faulty
    counts = []
    for data in (world, faulty, subclass, faulty, world):
        report = validator.report(data)
        assert results(report) == results(validate_by_pyshacl(data, shapes, ontology))
        counts.append(sum(result.shape == f"{SHAPES}person-voice-kind" for result in report.results))
    assert counts == [0, 0, 1, 0, 0]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_reports_on_data_changed_at_random_are_the_same(seed: int, shapes: Graph, ontology: Graph) -> None:
    assert_same_report(changed_at_random(Graph().parse(HERE / "world.ttl"), Random(seed)), shapes, ontology)  # noqa: S311


def changed_at_random(data: Graph, random: Random) -> Graph:
    """Return a graph with triples taken out, given another value, or another predicate, and values that fit nowhere."""
    triples = sorted(data)
    for subject, predicate, value in random.sample(triples, 12):
        kind = random.randrange(4)
        if kind < 3:
            data.remove((subject, predicate, value))
        if kind == 1:
            data.add((subject, predicate, random.choice(triples)[2]))
        if kind == 2:
            data.add((subject, random.choice(triples)[1], value))
        if kind == 3:
            data.add((subject, predicate, random.choice(ODD_TERMS)))
    for predicate, datatypes in COMPARED_BY_QUERIES.items():
        for subject, value in [*data.subject_objects(predicate)]:
            if not (isinstance(value, Literal) and value.datatype in datatypes and not value.ill_typed):
                data.remove((subject, predicate, value))
    return data


def test_no_shape_that_ships_selects_all_its_targets(world: Graph, shapes: Graph, ontology: Graph) -> None:
    data = data_graph_of(world, ontology)
    selected = Screening(shapes, data).may_violate(b"")
    assert {str(shape).removeprefix(SHAPES) for shape in selected} == set()
    assert {shape for shape in shapes_with_targets(shapes) if target_nodes(shape, shapes, data)}
    assert {compiled.shape for compiled in compile_shapes(shapes, data)} == shapes_with_targets(shapes)


CONSTRAINTS = {
    "in literals": "sh:path ex:p ; sh:in ( 1 '1' 'a'@en )",
    "has value": "sh:path ex:p ; sh:hasValue 1",
    "two at most": "sh:path ex:p ; sh:maxCount 2",
    "two at least": "sh:path ex:p ; sh:minCount 2",
    "none": "sh:path ex:p ; sh:maxCount 0",
    "not before": "sh:path ex:p ; sh:not [ sh:path ex:q ; sh:lessThan ex:r ]",
    "not a number": "sh:path ex:p ; sh:not [ sh:datatype xsd:integer ]",
    "not at least a text": "sh:path ex:p ; sh:not [ sh:minInclusive '2' ]",
    "at least": "sh:path ex:p ; sh:minInclusive 2",
    "less": "sh:path ex:p ; sh:lessThan ex:q",
    "less or equal": "sh:path ex:p ; sh:lessThanOrEquals ex:q",
    "equals": "sh:path ex:p ; sh:equals ex:q",
    "equals along a path": "sh:path ( ex:q ex:p ) ; sh:equals ex:r",
    "disjoint": "sh:path ex:p ; sh:disjoint ex:q",
    "pattern": "sh:path ex:p ; sh:pattern '^A' ; sh:flags 'i'",
    "length": "sh:path ex:p ; sh:maxLength 2",
    "exactly one of": "sh:path ex:p ; sh:xone ( [ sh:datatype xsd:integer ] [ sh:minInclusive 2 ] )",
    "both": "sh:path ex:p ; sh:and ( [ sh:datatype xsd:integer ] [ sh:minInclusive 2 ] )",
    "either": "sh:path ex:p ; sh:or ( [ sh:datatype xsd:string ] [ sh:minInclusive 2 ] )",
    "node kind": "sh:path ex:q ; sh:nodeKind sh:BlankNodeOrIRI",
    "inverse": "sh:path [ sh:inversePath ex:q ] ; sh:minCount 1",
    "any number of steps": "sh:path [ sh:zeroOrMorePath ex:q ] ; sh:class ex:C",
    "two steps, one back": "sh:path ( ex:s [ sh:inversePath ex:q ] ) ; sh:minCount 1",
    "at least one step": "sh:path [ sh:oneOrMorePath ex:q ] ; sh:maxCount 1",
    "at most one step": "sh:path [ sh:zeroOrOnePath ex:q ] ; sh:maxCount 2",
    "one of two steps": "sh:path [ sh:alternativePath ( ex:p [ sh:inversePath ex:q ] ) ] ; sh:maxCount 3",
    "nested": "sh:path ex:s ; sh:property [ sh:message 'w' ; sh:path ex:p ; sh:minCount 1 ; sh:datatype xsd:integer ]",
    "qualified": "sh:path ex:q ; sh:qualifiedValueShape [ sh:class ex:C ] ; sh:qualifiedMinCount 1",
    "deactivated": "sh:path ex:p ; sh:maxCount 0 ; sh:deactivated true",
}
DATA = """
    ex:a a ex:C ; ex:p 1 , 2 , '1' ; ex:q ex:b , 1 .
    ex:b a ex:C ; ex:p 'a'@en , 'Abc' ; ex:q ex:a , 3 ; ex:r 1 , 2 , '1' .
    ex:c a ex:D ; ex:p '2034-01-01T12:00:00'^^xsd:dateTime ; ex:q '2034-01-01T14:00:00+05:00'^^xsd:dateTime .
    ex:d a ex:C ; ex:s [ ex:p 'b' ] , ex:a ; ex:p '01'^^xsd:integer , 1 .
    ex:e a ex:C .
    ex:D rdfs:subClassOf ex:C .
"""
PREFIXES = f"""
    @prefix ex: <http://example.org/> . @prefix sh: <{SH}> . @prefix xsd: <{XSD}> . @prefix rdfs: <{RDFS}> .
"""


@pytest.mark.parametrize("constraint", CONSTRAINTS.values(), ids=CONSTRAINTS)
def test_the_reports_of_each_constraint_component_are_the_same(constraint: str) -> None:
    shape = f"ex:S a sh:PropertyShape ; sh:targetClass ex:C ; sh:message 'wrong' ; {constraint} ."
    shapes = Graph().parse(data=PREFIXES + shape, format="turtle")
    data = Graph().parse(data=PREFIXES + DATA, format="turtle")
    assert_same_report(data, shapes, Graph())


@pytest.mark.parametrize("start", ["SELECT $this WHERE {", "select $this {"])
def test_the_reports_of_a_query_are_the_same(start: str) -> None:
    constraint = f"sh:sparql [ sh:select '{start} $this <http://example.org/p> ?value FILTER (?value = 2) }}' ]"
    shape = (
        f"ex:S a sh:NodeShape ; sh:targetClass ex:D ; sh:targetSubjectsOf ex:r ; sh:message 'wrong' ; {constraint} ."
    )
    shapes = Graph().parse(data=PREFIXES + shape, format="turtle")
    data = Graph().parse(data=f"{PREFIXES}{DATA} ex:a ex:r 1 .", format="turtle")
    assert assert_same_report(data, shapes, Graph()) == 1
    assert Screening(shapes, data).may_violate(b"") == {EXAMPLE.S: {EXAMPLE.a}}


@pytest.mark.parametrize(
    "select",
    [
        "SELECT $this { $this ex:p ?value { SELECT (COUNT(*) AS ?n) WHERE { ?x ex:r ?y } } FILTER (?n < 5) }",
        "SELECT $this # {\n WHERE { $this ex:p 2 }",
        "SELECT $this ('{' AS ?value) WHERE { $this ex:p 2 }",
    ],
)
def test_the_reports_of_a_query_with_other_braces_are_the_same(select: str) -> None:
    query = select.replace("ex:p", f"<{EXAMPLE.p}>").replace("ex:r", f"<{EXAMPLE.r}>")
    shape = f'ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:r ; sh:message "w" ; sh:sparql [ sh:select """{query}""" ] .'
    shapes = Graph().parse(data=PREFIXES + shape, format="turtle")
    data = Graph().parse(data=f"{PREFIXES}{DATA} ex:a ex:r 1 . ex:no-target ex:p 2 .", format="turtle")
    assert assert_same_report(data, shapes, Graph()) >= 1
    assert EXAMPLE["no-target"] not in Screening(shapes, data).may_violate(b"")[EXAMPLE.S]


def test_a_recursive_shape_selects_all_its_targets() -> None:
    shape = "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:q ; sh:node ex:S ] ."
    shapes = Graph().parse(data=PREFIXES + shape, format="turtle")
    data = data_graph_of(Graph().parse(data=PREFIXES + DATA, format="turtle"), Graph())
    data.add((URIRef("http://example.org/f"), RDF.type, URIRef("http://example.org/C")))
    selected = Screening(shapes, data).may_violate(b"")[URIRef("http://example.org/S")]
    assert {str(node)[-1] for node in selected} == set("abcdef")
