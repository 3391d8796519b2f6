"""The vocabularies in code: closed, and ours is the ontology's, term for term."""

from __future__ import annotations

import pytest
from rdflib import OWL, RDF, Graph

from kg.namespaces import CQ, OA, ONTOLOGY, SCHEMA, SEM, Vocabulary
from kg.shipped_files import ontology_folder


def test_our_vocabulary_has_the_terms_that_the_ontology_defines_and_no_others() -> None:
    ontology = Graph().parse(ontology_folder() / "communique.ttl")
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    defined = {str(term) for kind in kinds for term in ontology.subjects(RDF.type, kind) if ONTOLOGY in str(term)}
    assert len(defined) > 100
    assert {*map(str, CQ)} == defined


@pytest.mark.parametrize("vocabulary", [CQ, OA, SCHEMA, SEM])
def test_a_misspelt_term_is_an_error(vocabulary: Vocabulary) -> None:
    with pytest.raises(AttributeError, match="Plase"):
        _ = vocabulary.Plase
    with pytest.raises(AttributeError, match="Plase"):
        _ = vocabulary["Plase"]


def test_a_term_is_the_iri_that_it_stands_for() -> None:
    assert str(CQ.length) == f"{ONTOLOGY}length"
    assert str(SCHEMA.Person) == "https://schema.org/Person"
