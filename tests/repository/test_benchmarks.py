"""The benchmarks measure what there is: their made-up facts are as the ontology and the shapes have them."""

from __future__ import annotations

from benchmarks.inference import corpus, shipped
from benchmarks.validation import made_up
from benchmarks.writes import article, triples
from kg.app import read_schema
from kg.reasoning import Reasoner
from kg.terms import from_triples
from kg.validation import validate


def test_the_facts_that_are_inferred_from_contradict_nothing() -> None:
    assert len(Reasoner(shipped()).infer(corpus(200))) > 200


def test_the_articles_that_are_validated_and_written_conform() -> None:
    schema = read_schema()
    for data in (made_up(1), from_triples(triples(article(1)).triples)):
        assert validate(data, schema.shapes, schema.ontology).sentences() == ()
