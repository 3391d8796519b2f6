"""Checks of the shapes themselves: what would never be applied is an error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import OWL, RDF, SH, XSD, BNode, Graph, Literal, Namespace, URIRef

from kg.errors import DataError
from kg.namespaces import CQ, ONTOLOGY, SHAPES
from kg.validation.shapes_check import check_shapes, read_shapes

CQS = Namespace(SHAPES)
SHACL = str(SH)


def test_the_shipped_shapes_are_valid(shapes: Graph, ontology: Graph) -> None:
    check_shapes(shapes, ontology)


def misspell_a_target(shapes: Graph) -> None:
    shapes.remove((CQS.place, SH.targetClass, None))
    shapes.add((CQS.place, URIRef(f"{SHACL}targetClas"), CQ.Place))


def misspell_a_parameter(shapes: Graph) -> None:
    shapes.add((CQS.name, URIRef(f"{SHACL}minCont"), Literal(1)))


def misspell_a_class(shapes: Graph) -> None:
    shapes.add((CQS.place, SH.targetClass, URIRef(f"{ONTOLOGY}Plase")))


def misspell_a_property(shapes: Graph) -> None:
    shapes.set((CQS.name, SH.path, URIRef(f"{ONTOLOGY}nam")))


def misspell_a_property_in_a_query(shapes: Graph) -> None:
    shapes.set((CQS["relay-without-cycle-query"], SH.select, Literal("SELECT $this WHERE { $this cq:relay+ $this }")))


def leave_out_a_message(shapes: Graph) -> None:
    shapes.remove((CQS.name, SH.message, None))


def leave_out_a_target(shapes: Graph) -> None:
    shapes.remove((CQS.place, SH.targetClass, None))


def leave_out_a_type(shapes: Graph) -> None:
    shapes.remove((CQS.name, RDF.type, None))


def leave_out_an_identifier(shapes: Graph) -> None:
    shape = BNode()
    shapes += [(shape, RDF.type, SH.PropertyShape), (shape, SH.path, CQ.name), (CQS.place, SH.property, shape)]


def refer_to_nothing(shapes: Graph) -> None:
    shapes.add((CQS.place, SH.property, CQS["place-of-no-definition"]))


def make_a_shape_a_class(shapes: Graph) -> None:
    shapes.add((CQS.place, RDF.type, OWL.Class))


FAULTS: dict[Callable[[Graph], None], str] = {
    misspell_a_target: "targetClas is not a term of SHACL",
    misspell_a_parameter: "minCont is not a term of SHACL",
    misspell_a_class: "ontology#Plase is not a term of the ontology",
    misspell_a_property: "ontology#nam is not a term of the ontology",
    misspell_a_property_in_a_query: "ontology#relay is not a term of the ontology",
    leave_out_a_message: "shapes#name has no message",
    leave_out_a_target: "shapes#place is never applied: it has no target, and no shape refers to it",
    leave_out_a_type: "shapes#name is typed neither",
    leave_out_an_identifier: "has no IRI of its own",
    refer_to_nothing: "shapes#place-of-no-definition has no message",
    make_a_shape_a_class: "shapes#place is also a class",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_an_error_names_the_invalid_shape(fault: Callable[[Graph], None], shapes: Graph, ontology: Graph) -> None:
    broken = Graph()
    broken += shapes
    fault(broken)
    with pytest.raises(DataError, match=FAULTS[fault]):
        check_shapes(broken, ontology)


def test_a_folder_without_shapes_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no shapes"):
        read_shapes(tmp_path)


def test_every_query_of_a_shape_declares_its_prefixes(shapes: Graph) -> None:
    queries = set(shapes.subjects(SH.select))
    assert len(queries) > 10
    declared = {
        (str(prefix), namespace)
        for node, prefix in shapes.subject_objects(SH.prefix)
        for namespace in shapes.objects(node, SH.namespace)
    }
    assert ("cq", Literal(str(CQ), datatype=XSD.anyURI)) in declared
    assert set(shapes.subjects(SH.prefixes)) == queries
