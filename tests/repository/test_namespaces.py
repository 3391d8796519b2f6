"""The vocabularies in code: closed, and ours is the ontology's, term for term."""

from __future__ import annotations

import pytest
from rdflib import OWL, RDF, Graph
from rdflib.namespace import DefinedNamespace

from kg.namespaces import CQ, OA, ONTOLOGY, SCHEMA, SEM
from kg.shipped_files import ontology_folder


def test_the_class_of_our_terms_lists_what_the_ontology_defines_and_nothing_else() -> None:
    ontology = Graph().parse(ontology_folder() / "communique.ttl")
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    defined = {str(term) for kind in kinds for term in ontology.subjects(RDF.type, kind) if ONTOLOGY in str(term)}
    assert len(defined) > 100
    assert {ONTOLOGY + name for name in CQ.__annotations__ if not name.startswith("_")} == defined


@pytest.mark.parametrize("vocabulary", [CQ, OA, SCHEMA, SEM])
def test_a_misspelt_term_is_an_error(vocabulary: type[DefinedNamespace]) -> None:
    with pytest.raises(AttributeError, match="Plase"):
        _ = vocabulary.Plase
    with pytest.raises(AttributeError, match="Plase"):
        _ = vocabulary["Plase"]


def test_a_term_is_the_iri_that_it_stands_for() -> None:
    assert str(CQ.length) == f"{ONTOLOGY}length"
    assert str(SCHEMA.Person) == "https://schema.org/Person"
