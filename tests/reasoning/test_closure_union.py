"""What lies across closures: with the closures of parts it is the closure of all, wherever the parts meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import OWL, URIRef

from kg.reasoning.canonical_triples import canonical
from kg.reasoning.closure_union import infer_across
from kg.reasoning.graph_reasoner import infer, inferred_lines
from kg.reasoning.reasoner import Reasoner
from kg.store import kept_lines
from kg.terms import EngineTerm, from_lines, new_graph, to_lines, to_triples

EXAMPLES = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
PARTS = 3


@pytest.mark.parametrize("kind", [OWL.propertyChainAxiom, OWL.TransitiveProperty, OWL.SymmetricProperty])
def test_closures_of_parts_with_what_lies_across_are_the_closure_of_all(
    kind: URIRef, sound_worlds_with: Callable[[URIRef], st.SearchStrategy[Any]]
) -> None:
    crossing = Counter[bool]()

    @EXAMPLES
    @given(sound_worlds_with(kind))
    def agree(world: Any) -> None:  # noqa: ANN401
        reasoner, store = Reasoner(world.ontology), ox.Store()
        triples = sorted(world.data)
        asserted = [kept_lines(to_lines(triples[start::PARTS])) for start in range(PARTS)]
        closures = [lines + inferred_lines(reasoner, lines) for lines in asserted]
        for lines in closures:
            store.load(lines, ox.RdfFormat.N_TRIPLES)
        known = new_graph(triple for lines in asserted for triple in from_lines(lines))
        across = infer_across(
            reasoner,
            lambda text: map(tuple, store.query(text)),  # type: ignore[arg-type]
            lambda *pattern: (quad.triple for quad in store.quads_for_pattern(*pattern)),
            known.__contains__,
            nodes_of_several(closures),
        )
        crossing[len(across) > 0] += 1
        everything = canonical([*to_triples(across), *(quad.triple for quad in store), *to_triples(known)])
        assert everything == canonical([*to_triples(infer(world.data, world.ontology)), *to_triples(known)])

    agree()
    assert crossing[True] or kind == OWL.SymmetricProperty


def nodes_of_several(closures: list[bytes]) -> Iterator[EngineTerm]:
    """Yield the nodes of which several closures speak."""
    count = Counter(term for lines in closures for term in {*_nodes(lines)})
    return (term for term, number in count.items() if number > 1)


def _nodes(lines: bytes) -> Iterator[EngineTerm]:
    for quad in ox.parse(lines, ox.RdfFormat.N_TRIPLES):
        yield from (term for term in (quad.subject, quad.object) if isinstance(term, ox.NamedNode))
