"""Incremental inference from a change gives the same result as inferring everything again."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad, Store, Triple
from rdflib import Graph

from kg.errors import ContradictionError, UnsupportedAxiomError
from kg.reasoning.canonical_triples import canonical
from kg.reasoning.facts import StoreFacts
from kg.reasoning.incremental import InferredChange
from kg.reasoning.reasoner import Reasoner
from kg.terms import to_triples

QUIET = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
PREFIXES = (
    "@prefix : <https://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> ."
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."
)


def _parsed(text: str) -> Graph:
    return Graph().parse(data=PREFIXES + text)


def _triples(text: str) -> frozenset[Triple]:
    return canonical(to_triples(_parsed(text)))


def _change(reasoner: Reasoner, old: frozenset[Triple], new: frozenset[Triple]) -> InferredChange:
    """Return the change from one set of asserted triples to another."""
    store = Store()
    store.extend(Quad(*triple) for triple in old | reasoner.infer(old))
    return reasoner.infer_delta(StoreFacts(store), new.__contains__, new - old, old - new)


def test_a_change_gives_the_closure_that_inferring_everything_gives(
    sound_worlds: st.SearchStrategy[Any], all_facts: st.SearchStrategy[Any]
) -> None:
    seen: Counter[str] = Counter()

    @QUIET
    @given(sound_worlds, all_facts, st.randoms(use_true_random=False))
    def agree(world: Any, more: Any, random: Any) -> None:  # noqa: ANN401
        reasoner, old = Reasoner(world.ontology), canonical(to_triples(world.data))
        remaining = frozenset(triple for triple in sorted(old, key=str) if random.random() > 0.4)
        new = remaining | canonical(to_triples(more))
        before, after = reasoner.infer(old), reasoner.infer(new)
        change = _change(reasoner, old, new)
        assert change.added == after - before
        assert change.removed == before - after
        seen.update({"added": len(change.added), "removed": len(change.removed), "kept": len(before & after)})

    agree()
    assert min(seen.values()) > 50


def test_a_fact_that_is_only_supported_by_itself_goes() -> None:
    reasoner = Reasoner(_parsed(":A owl:equivalentClass :B ."))
    change = _change(reasoner, _triples(":x a :A ."), _triples(""))
    assert change.removed == _triples(":x a :B .")


def test_what_was_asserted_and_still_follows_becomes_inferred() -> None:
    reasoner = Reasoner(_parsed(":A rdfs:subClassOf :B ."))
    change = _change(reasoner, _triples(":x a :A, :B ."), _triples(":x a :A ."))
    assert change == InferredChange(added=_triples(":x a :B ."), removed=frozenset())


def test_what_was_inferred_and_is_now_asserted_leaves_the_inferred_graph() -> None:
    reasoner = Reasoner(_parsed(":A rdfs:subClassOf :B ."))
    change = _change(reasoner, _triples(":x a :A ."), _triples(":x a :A, :B ."))
    assert change == InferredChange(added=frozenset(), removed=_triples(":x a :B ."))


def test_a_change_infers_nothing_about_a_class_that_is_a_value() -> None:
    reasoner = Reasoner(_parsed(":A a owl:Class . :p rdfs:range :B ."))
    change = _change(reasoner, frozenset(), _triples(":x :p :A, :y ."))
    assert change.added == _triples(":y a :B .")


def test_a_change_that_contradicts_the_ontology_is_refused_with_the_facts_behind_it() -> None:
    reasoner = Reasoner(_parsed(":A owl:disjointWith :B . :p rdfs:range :B ."))
    with pytest.raises(ContradictionError, match=r"':x a :B' follows from ':y :p :x'.*':y :p :x' is asserted"):
        _change(reasoner, _triples(":x a :A ."), _triples(":x a :A . :y :p :x ."))


def test_a_change_cannot_state_an_axiom() -> None:
    reasoner = Reasoner(_parsed(":A rdfs:subClassOf :B ."))
    with pytest.raises(UnsupportedAxiomError, match="':C rdfs:subClassOf :D'"):
        _change(reasoner, frozenset(), _triples(":C rdfs:subClassOf :D ."))
