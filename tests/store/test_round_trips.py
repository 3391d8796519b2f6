"""Round trips: a graph that a store answers with in any format is the same graph when it is put into another."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.formats import GRAPH_FORMATS
from kg.store import EmbeddedStore, Triple, read_graph
from kg.terms import from_triple, to_triple

XSD = "http://www.w3.org/2001/XMLSchema#"
NAMES = st.sampled_from(
    ["http://e.x/a", "urn:x:é?q=1&r#f", "schema:name", "http://e.x/a%20b", "mailto:a@e.x", "http://e.x//b/", "rdf:x"]
).map(ox.NamedNode)
NODES = st.sampled_from(["one", "two"]).map(ox.BlankNode)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\ufffe\uffff", exclude_categories=["Cc", "Cs"]))
TYPES = ("integer", "decimal", "double", "boolean", "dateTime", "date", "duration", "anyURI", "hexBinary")
TYPED = st.builds(
    lambda text, name: ox.Literal(text, datatype=ox.NamedNode(XSD + name)),
    st.sampled_from(["1", "2034-03-14T11:00:00", "-0044-03-15", "12034-03-14T11:00:00Z", "soon", "P1D", "ff", "1e3"]),
    st.sampled_from(TYPES),
)
LITERALS = st.one_of(
    TEXTS.map(ox.Literal),
    st.sampled_from(["\t\n\r", "]]>", "<&>\"'\\", " a ", "\u2028\u0085", "\ufeffa"]).map(ox.Literal),
    TEXTS.map(lambda text: ox.Literal(text, language="en-gb")),
    TYPED,
)
PREDICATES = st.sampled_from(["http://e.x/p", "http://e.x/日本", "schema:q", "http://e.x/p#é-1"]).map(ox.NamedNode)
TRIPLES = st.builds(ox.Triple, st.one_of(NAMES, NODES), PREDICATES, st.one_of(NAMES, NODES, LITERALS))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TRIPLES, max_size=8))
def test_a_graph_is_the_same_after_going_out_and_in_in_every_format(
    plain: EmbeddedStore, triples: list[ox.Triple]
) -> None:
    with plain.write() as transaction:
        transaction.replace_graph("http://e.x/g", [from_triple(triple) for triple in triples])
        stored = list(transaction.triples("http://e.x/g"))
        transaction.commit("a graph")
    for format_ in GRAPH_FORMATS:
        document = b"".join(plain.graph("http://e.x/g", format_).chunks)
        assert canonical(read_graph(document, format_)) == canonical(stored), format_.name


def canonical(triples: Iterable[Triple]) -> set[str]:
    dataset = ox.Dataset(ox.Quad(*to_triple(triple)) for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}
