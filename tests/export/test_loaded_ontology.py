"""The ontology's graph as an export, in a library for OWL that is not ours (py-horned-owl)."""

from __future__ import annotations

from pathlib import Path

import pyhornedowl
from rdflib import OWL, RDF, Graph

from kg import formats
from kg.app.schema import read_schema
from kg.export.format_writers import write_documents
from kg.export.graph_documents import to_document
from tests.support.export_datasets import BASE


def test_horned_owl_finds_the_classes_and_properties_of_the_exported_ontology(tmp_path: Path) -> None:
    ontology: Graph = read_schema().ontology
    file = tmp_path / "ontology.owl"
    file.write_bytes(b"".join(write_documents({None: to_document(ontology)}, formats.RDFXML, BASE)))
    read = pyhornedowl.open_ontology(str(file), serialization="owl")
    declared = {str(term) for term in ontology.subjects(RDF.type, OWL.Class) if "ontology#" in str(term)}
    properties = {str(term) for term in ontology.subjects(RDF.type, OWL.ObjectProperty) if "ontology#" in str(term)}
    assert declared <= read.get_classes()
    assert properties <= read.get_object_properties()
    assert (len(declared), len(properties)) >= (15, 60)
