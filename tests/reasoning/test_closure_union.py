"""What lies across closures: with the closures of parts it is the closure of all, wherever the parts meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import OWL, RDF, Graph, Namespace, URIRef

from kg.errors import ContradictionError
from kg.reasoning.canonical_triples import canonical
from kg.reasoning.closure_union import infer_across_closures
from kg.reasoning.graph_reasoner import infer
from kg.reasoning.reasoner import Reasoner
from kg.store import as_stored
from kg.terms import EngineTerm, RdflibTriple, from_lines, new_graph, to_lines, to_triples

EXAMPLES = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
PARTS = 3
EX = Namespace("http://example.org/")
PREFIXES = f"@prefix ex: <{EX}> . @prefix owl: <{OWL}> ."


@pytest.mark.parametrize("kind", [OWL.propertyChainAxiom, OWL.TransitiveProperty, OWL.SymmetricProperty])
def test_closures_of_parts_with_what_lies_across_are_the_closure_of_all(
    kind: URIRef, sound_worlds_with: Callable[[URIRef], st.SearchStrategy[Any]]
) -> None:
    crossing = Counter[bool]()

    @EXAMPLES
    @given(sound_worlds_with(kind))
    def agree(world: Any) -> None:  # noqa: ANN401
        triples = sorted(world.data)
        asserted = [new_graph(triples[start::PARTS]) for start in range(PARTS)]
        reasoner = Reasoner(world.ontology)
        across, store = union_of(reasoner, asserted)
        crossing[len(across) > 0] += 1
        everything = canonical([*to_triples(across), *(quad.triple for quad in store)])
        known = [*to_triples(world.data), *reasoner.background]
        assert everything == canonical([*to_triples(infer(world.data, world.ontology)), *known])

    agree()
    assert crossing[True] or kind == OWL.SymmetricProperty


@pytest.mark.parametrize("part_of_link", [(0, 1, 1), (0, 0, 1), (0, "ontology", 1)])
def test_a_chain_of_three_links_may_cross_at_either_junction(part_of_link: tuple[int | str, ...]) -> None:
    ontology, parts, nodes = Graph(), [new_graph(), new_graph()], [EX.a, EX.b, EX.c, EX.d]
    ontology.parse(data=f"{PREFIXES} ex:p a owl:ObjectProperty ; owl:propertyChainAxiom ( ex:q ex:r ex:s ) .")
    links = zip(nodes, (EX.q, EX.r, EX.s), nodes[1:], strict=False)
    for part, link in zip(part_of_link, links, strict=True):
        (ontology if part == "ontology" else parts[int(part)]).add(link)
    across, _ = union_of(Reasoner(ontology), parts)
    assert {*across} == {(EX.a, EX.p, EX.d)}


@pytest.mark.parametrize(
    ("axiom", "first", "second"),
    [
        ("ex:C owl:disjointWith ex:D .", (EX.a, RDF.type, EX.C), (EX.a, RDF.type, EX.D)),
        ("ex:p owl:propertyDisjointWith ex:q .", (EX.a, EX.p, EX.b), (EX.a, EX.q, EX.b)),
        ("ex:p a owl:AsymmetricProperty .", (EX.a, EX.p, EX.b), (EX.b, EX.p, EX.a)),
    ],
    ids=["classes", "properties", "asymmetric"],
)
def test_two_parts_that_contradict_each_other_are_an_error_though_nothing_follows(
    axiom: str, first: RdflibTriple, second: RdflibTriple
) -> None:
    declared = "ex:C a owl:Class . ex:D a owl:Class . ex:p a owl:ObjectProperty . ex:q a owl:ObjectProperty ."
    reasoner = Reasoner(Graph().parse(data=f"{PREFIXES} {declared} {axiom}"))
    parts = [new_graph([fact, (EX.a, RDF.type, EX.Other)]) for fact in (first, second)]
    with pytest.raises(ContradictionError, match="ex:a"):
        union_of(reasoner, parts)


def union_of(reasoner: Reasoner, asserted: list[Graph]) -> tuple[Graph, ox.Store]:
    """Return what follows across closures of parts, and the union of these with the ontology's facts."""
    lines = [as_stored(to_lines(part)) for part in asserted]
    closures = [part + reasoner.infer_lines(part) for part in lines]
    closures.append(ox.serialize(reasoner.background, format=ox.RdfFormat.N_TRIPLES) or b"")
    store = ox.Store()
    for closure in closures:
        store.load(closure, ox.RdfFormat.N_TRIPLES)
    known = new_graph(from_lines(b"".join(lines)))
    across = infer_across_closures(
        reasoner,
        lambda text: map(tuple, store.query(text)),  # type: ignore[arg-type]
        lambda *pattern: (quad.triple for quad in store.quads_for_pattern(*pattern)),
        known.__contains__,
        nodes_of_several(closures),
    )
    return across, store


def nodes_of_several(closures: list[bytes]) -> Iterator[EngineTerm]:
    """Yield the nodes that several closures describe."""
    count = Counter(term for lines in closures for term in {*_nodes(lines)})
    return (term for term, number in count.items() if number > 1)


def _nodes(lines: bytes) -> Iterator[EngineTerm]:
    for quad in ox.parse(lines, ox.RdfFormat.N_TRIPLES):
        yield from (term for term in (quad.subject, quad.object) if isinstance(term, ox.NamedNode))
