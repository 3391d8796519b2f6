"""Nanopublications: well-formed by the guidelines, and attributed to the article, not asserted as facts."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Dataset, Namespace, URIRef
from rdflib.namespace import DCTERMS, PROV, RDF
from rdflib.term import Node

from kg.app.builds.build import build
from kg.datasets import GraphNames
from kg.errors import RequestError
from kg.formats import NANOPUBLICATION
from kg.lookups.property_values import Values
from kg.lookups.thing_documents import export_things
from kg.namespaces import CQ
from kg.store import EmbeddedStore, open_store
from tests.support.export_datasets import BASE, HARBOUR
from tests.support.jena import jena_commands, needs_jena

NP = Namespace("http://www.nanopub.org/nschema#")
TALKS = f"{BASE}article/harbour-talks"
DENIAL = f"{TALKS}/statement/denial-by-orlic"
PARTS = (NP.hasAssertion, NP.hasProvenance, NP.hasPublicationInfo)


@pytest.fixture(scope="module")
def values(store: Path) -> Values:
    return Values(open_store(store))


@pytest.fixture(scope="module")
def document(values: Values) -> bytes:
    return b"".join(export_things(values, None, NANOPUBLICATION))


@pytest.fixture(scope="module")
def quads(document: bytes) -> list[ox.Quad]:
    return [*ox.parse(document, ox.RdfFormat.TRIG)]


def iri(term: object) -> str:
    """Return the IRI that a node of the engine is."""
    return str(term)[1:-1]


def faults(quads: list[ox.Quad]) -> list[str]:
    """Return what violates the criteria of the guidelines' section "Well-formed Nanopublications"."""
    violations = [f"in no graph: {quad}" for quad in quads if isinstance(quad.graph_name, ox.DefaultGraph)]
    by_graph: dict[str, list[ox.Quad]] = {}
    for quad in quads:
        by_graph.setdefault(str(quad.graph_name), []).append(quad)
    allowed = set[str]()
    for typing in [quad for quad in quads if quad.object == ox.NamedNode(str(NP.Nanopublication))]:
        name, head = typing.subject, by_graph[str(typing.graph_name)]
        parts = [[str(q.object) for q in head if q.subject == name and q.predicate.value == str(p)] for p in PARTS]
        if [len(part) for part in parts] != [1, 1, 1] or len(head) != 4:
            violations.append(f"the head of {name} has {len(head)} triples and {parts}")
            continue
        (assertion,), (provenance,), (info,) = parts
        graphs = {str(typing.graph_name), assertion, provenance, info}
        if len(graphs) != 4 or graphs & allowed:
            violations.append(f"{name} shares a graph")
        allowed |= graphs
        for graph, about in ((assertion, ""), (provenance, assertion), (info, str(name))):
            triples = by_graph.get(graph, [])
            if not triples or not any(about in ("", str(quad.subject), str(quad.object)) for quad in triples):
                violations.append(f"{graph} is empty, or does not refer to {about}")
    return violations + [f"{graph} belongs to no nanopublication" for graph in by_graph.keys() - allowed]


def test_each_statement_has_one_and_it_is_well_formed(values: Values, quads: list[ox.Quad]) -> None:
    assert faults(quads) == []
    subjects = Counter(iri(quad.object) for quad in quads if quad.predicate.value == str(DCTERMS.subject))
    expected = {row["s"] for row in values.rows("SELECT ?s WHERE { ?s a cq:Statement }")}
    assert subjects == Counter(expected)
    names = [iri(quad.subject) for quad in quads if quad.object == ox.NamedNode(str(NP.Nanopublication))]
    assert len({*names}) == len(names) == len(expected)


def test_the_check_of_form_finds_faults(quads: list[ox.Quad]) -> None:
    heads = [quad for quad in quads if quad.predicate.value == str(NP.hasProvenance)]
    assert len(faults([quad for quad in quads if quad != heads[0]])) >= 2
    provenance = ox.NamedNode(iri(heads[0].object))
    assert len(faults([quad for quad in quads if quad.graph_name != provenance])) == 1
    assert faults([ox.Quad(*list(quads[0])[:3])]) != []


def denial(document: bytes) -> tuple[Dataset, Node, dict[str, Node]]:
    dataset = Dataset()
    dataset.parse(data=document, format="trig")
    (name,) = {s for s, _, _, _ in dataset.quads((None, DCTERMS.subject, URIRef(DENIAL), None))}
    return dataset, name, {str(p): o for _, p, o, _ in dataset.quads((name, None, None, None)) if p in PARTS}


@pytest.mark.filterwarnings("ignore:Dataset.default_context", "ignore:ConjunctiveGraph")
def test_an_assertion_says_who_denies_what_and_no_fact(document: bytes) -> None:
    dataset, _, parts = denial(document)
    assertion = dataset.graph(str(parts[str(NP.hasAssertion)]))
    statement = URIRef(DENIAL)
    assert assertion.value(statement, CQ.source) == URIRef(f"{BASE}person/lena-orlic")
    assert str(assertion.value(statement, CQ.act)).endswith("/act/deny")
    assert str(assertion.value(statement, CQ.polarity)).endswith("/polarity/negative")
    (proposition,) = assertion.objects(statement, CQ.says)
    assert assertion.value(proposition, CQ.gist)
    # Between people and organizations, nothing is asserted but their names and classes.
    agents = {*assertion.subjects(RDF.type, CQ.Agent)}
    assert {p for agent in agents for p in assertion.predicates(agent)} == {RDF.type, CQ.name}
    assert {*assertion.subjects(RDF.type, CQ.Statement)} == {statement}


@pytest.mark.filterwarnings("ignore:Dataset.default_context", "ignore:ConjunctiveGraph")
def test_the_provenance_attributes_it_to_the_article_with_its_passages(document: bytes, values: Values) -> None:
    dataset, name, parts = denial(document)
    assertion, provenance = parts[str(NP.hasAssertion)], dataset.graph(str(parts[str(NP.hasProvenance)]))
    assert {*provenance.objects(assertion, PROV.hadPrimarySource)} == {URIRef(f"{TALKS}/")}
    assert {*provenance.objects(assertion, PROV.wasAttributedTo)} == {URIRef(f"{TALKS}/voice/article")}
    assert str(provenance.value(assertion, DCTERMS.description)) == (
        "The article tells that Lena Orlić denied that this is so: The Coastal Office gives the Grey Pilots weapons. "
        "Whether what is said is so is not asserted."
    )
    passages = {*provenance.objects(assertion, PROV.wasDerivedFrom)}
    rows = values.rows(f"SELECT ?p WHERE {{ <{DENIAL}> cq:evidence ?p }}")
    assert {str(passage) for passage in passages} == {row["p"] for row in rows}
    assert all(provenance.value(passage, CQ.startOffset) is not None for passage in passages)
    info = dataset.graph(str(parts[str(NP.hasPublicationInfo)]))
    assert str(info.value(name, DCTERMS.license)) == "https://creativecommons.org/licenses/by/4.0/"
    assert str(info.value(name, DCTERMS.created)).replace("+00:00", "Z") == values.store.version().created


def test_a_relayed_statement_comes_with_who_relays_it(values: Values) -> None:
    quads = [
        *ox.parse(
            b"".join(export_things(values, [f"{TALKS}/statement/nine-points"], NANOPUBLICATION)), ox.RdfFormat.TRIG
        )
    ]
    relays = [(iri(q.subject), iri(q.object)) for q in quads if q.predicate.value == str(CQ.relays)]
    assert relays == [(f"{TALKS}/statement/nine-points-quoted", f"{TALKS}/statement/nine-points")]
    assert any("Ilse Tarrant reported that Jovan Šerić assessed" in str(quad.object) for quad in quads)


def test_an_article_stands_for_its_statements_and_the_same_is_the_same_bytes(values: Values, document: bytes) -> None:
    assert b"".join(export_things(values, [f"{TALKS}/"], NANOPUBLICATION)) == document


def test_a_name_changes_with_what_is_said_only(values: Values, tmp_path: Path) -> None:
    corpus = shutil.copytree(HARBOUR, tmp_path / "corpus")
    mapping = corpus / "harbour-talks.yaml"
    text = mapping.read_text("utf-8")
    (gist,) = [row["g"] for row in values.rows(f"SELECT (STR(?x) AS ?g) WHERE {{ <{DENIAL}> cq:gist ?x }}")]
    assert gist in text
    mapping.write_text(text.replace(gist, f"{gist[:-1]} again."), "utf-8")
    build(corpus, lambda names: EmbeddedStore.open(tmp_path / "store", names))
    edited = Values(open_store(tmp_path / "store"))

    def name(of: Values, statement: str) -> str:
        quads = ox.parse(b"".join(export_things(of, [statement], NANOPUBLICATION)), ox.RdfFormat.TRIG)
        return next(iri(quad.subject) for quad in quads if quad.predicate.value == str(DCTERMS.subject))

    assert name(edited, DENIAL) != name(values, DENIAL)
    other = f"{TALKS}/statement/nine-points"
    assert name(edited, other) == name(values, other)


def test_what_is_no_statement_and_a_store_without_corpus_are_errors(values: Values, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="is neither a statement nor an article"):
        b"".join(export_things(values, [f"{BASE}person/lena-orlic"], NANOPUBLICATION))
    EmbeddedStore.open(tmp_path, GraphNames(BASE), plain=True)
    with pytest.raises(RequestError, match="holds no corpus"):
        b"".join(export_things(Values(open_store(tmp_path)), None, NANOPUBLICATION))


@needs_jena
def test_jena_reads_the_same_quads(document: bytes, quads: list[ox.Quad], tmp_path: Path) -> None:
    (tmp_path / "all.trig").write_bytes(document)
    riot = jena_commands(tmp_path) / "riot"
    done = subprocess.run([riot, "--output=nq", tmp_path / "all.trig"], capture_output=True, check=True)
    assert {str(quad) for quad in ox.parse(done.stdout, ox.RdfFormat.N_QUADS)} == {str(quad) for quad in quads}
