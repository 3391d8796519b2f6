"""Every shape has examples that conform to it, in `valid/`, and examples that violate it, in `invalid/`.

An example is named after its shape, and after a dot by what is wrong with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SH, Graph, URIRef
from rdflib.term import Node

from kg.namespaces import CQ, SHAPES
from kg.shipped_files import shapes_folder
from kg.validation.data_graph import data_graph_of
from kg.validation.declared_targets import shapes_with_targets
from kg.validation.shacl_validator import validate
from kg.validation.shapes_check import read_shapes
from kg.validation.validation_report import ValidationReport
from tests.support.target_nodes import target_nodes

HERE = Path(__file__).parent
VALID = sorted((HERE / "valid").glob("*.ttl"))
INVALID = sorted((HERE / "invalid").glob("*.ttl"))

FORBIDDING = {"no-same-as", "no-utc-offset"}
"""Shapes that are about what they forbid, so that there is nothing valid for them to look at."""
DESCRIPTIVE = {RDF.type, SH.message, SH.severity, SH.path, SH.property} | {
    SH.targetClass,
    SH.targetNode,
    SH.targetObjectsOf,
    SH.targetSubjectsOf,
}
"""What a shape may carry without being able to produce a result of its own."""


@dataclass(frozen=True)
class Examples:
    """All examples, each in a namespace of its own, and the report of validating them together."""

    graphs: dict[Path, Graph]
    report: ValidationReport

    def messages(self, file: Path) -> list[str]:
        """Return the messages of an example's own shape on its nodes."""
        nodes = self.graphs[file].all_nodes()
        of_shape = [result for result in self.report.results if result.shape == shape_of(file)]
        return [result.message for result in of_shape if result.focus in nodes]


@pytest.fixture(scope="module")
def examples(shapes: Graph, ontology: Graph) -> Examples:
    graphs = {file: Graph().parse(data=in_own_namespace(file), format="turtle") for file in VALID + INVALID}
    together = Graph()
    for graph in graphs.values():
        together += graph
    return Examples(graphs, validate(together, shapes, ontology))


def in_own_namespace(file: Path) -> str:
    return file.read_text("utf-8").replace("example.org/data/", f"example.org/{file.parent.name}/{file.stem}/")


def test_no_folder_of_examples_is_empty() -> None:
    assert len(VALID) > 100
    assert len(INVALID) > 100


def test_every_shape_that_can_produce_results_has_an_example_of_each_kind() -> None:
    names = {str(shape).removeprefix(SHAPES) for shape in producers(read_shapes(shapes_folder()))}
    assert len(names) > 100
    assert {shape_name(file) for file in VALID} == names
    assert {shape_name(file) for file in INVALID} == names


@pytest.mark.parametrize("file", VALID, ids=lambda file: file.stem)
def test_a_valid_example_conforms_to_its_shape(file: Path, examples: Examples) -> None:
    assert not examples.messages(file)


@pytest.mark.parametrize("file", [file for file in VALID if file.stem not in FORBIDDING], ids=lambda file: file.stem)
def test_a_valid_example_gives_its_shape_something_to_check(
    file: Path, examples: Examples, shapes: Graph, ontology: Graph
) -> None:
    data = data_graph_of(examples.graphs[file], ontology)
    declaring = {URIRef(shape_of(file)), *shapes.subjects(SH.property, URIRef(shape_of(file)))}
    about = {node for target in declaring for node in target_nodes(target, shapes, data)}
    assert about & set(examples.graphs[file].all_nodes())


@pytest.mark.parametrize("file", INVALID, ids=lambda file: file.stem)
def test_an_invalid_example_violates_its_shape(file: Path, examples: Examples) -> None:
    assert examples.messages(file)


def test_the_small_world_conforms_and_gives_every_shape_something_to_check(
    world: Graph, shapes: Graph, ontology: Graph
) -> None:
    report = validate(world, shapes, ontology)
    assert report.conforms, "\n".join(report.sentences())
    assert not report.results
    data = data_graph_of(world, ontology)
    idle = {shape for shape in shapes_with_targets(shapes) if not target_nodes(shape, shapes, data)}
    assert idle == {
        shape for target in (OWL.sameAs, CQ.utcOffset) for shape in shapes.subjects(SH.targetSubjectsOf, target)
    }


def producers(shapes: Graph) -> set[Node]:
    """Return the shapes that can be in a report: those with targets and constraints, and their property shapes."""
    declared = shapes_with_targets(shapes)
    constraining = {shape for shape in declared if set(shapes.predicates(shape)) - DESCRIPTIVE}
    return constraining | {inner for shape in declared for inner in shapes.objects(shape, SH.property)}


def shape_name(file: Path) -> str:
    return file.name.partition(".")[0]


def shape_of(file: Path) -> str:
    return SHAPES + shape_name(file)


def test_what_has_a_property_with_a_domain_must_be_asserted_to_be_of_it(shapes: Graph, ontology: Graph) -> None:
    required = {
        (property_, kind)
        for shape, kind in shapes.subject_objects(SH["class"])
        for property_ in shapes.objects(shape, SH.targetSubjectsOf)
    }
    domains = {
        (property_, domain)
        for above, domain in ontology.subject_objects(RDFS.domain)
        if str(above).startswith(str(CQ))
        for property_ in ontology.transitive_subjects(RDFS.subPropertyOf, above)
    }
    assert len(domains) > 100
    assert domains <= required
