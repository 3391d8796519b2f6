"""Nanopublications of single statements in TriG (https://nanopub.net/guidelines/working_draft/).

The assertion is that a source made a statement, with its act and certainty, the chain of who reports it, and its
content as a proposition; it never asserts the content itself. The provenance refers to the article, to whose voice the
assertion is attributed, and to the passages. A nanopublication is named by a digest of both, so that its name changes
only with its content.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from rdflib import DCTERMS, FOAF, OWL, PROV, RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from kg.errors import RequestError
from kg.export.format_writers import write
from kg.formats import TRIG
from kg.iterables import in_batches
from kg.lookups.citation import chain_in_words
from kg.lookups.dataset_metadata import DatasetMetadata, read_dataset_metadata
from kg.lookups.lookup_records import StatementRecord
from kg.lookups.property_values import Values, reached
from kg.lookups.statements import statements_by_iri
from kg.namespaces import CQ, OA, ONTOLOGY, SCHEME
from kg.sparql.query_terms import iri_in_query
from kg.terms import RdflibTriple, new_graph

NP = Namespace("http://www.nanopub.org/nschema#")
STATEMENTS_OF_A_BATCH = 200
"""The number of statements that are read at a time."""
DIGEST_LENGTH = 16
"""Hexadecimal digits of the digest in a name."""
_ASSERTED = (
    *(RDF.type, CQ.source, CQ.act, CQ.form, CQ.polarity, CQ.certainty, CQ.tense, CQ.gist, CQ.quote, CQ.says, CQ.relays),
    *(CQ.about, CQ.addressee, CQ.onBehalfOf, CQ.speakingAs, CQ.occasion, CQ.saidEarliest, CQ.saidLatest, CQ.name),
    *(CQ.predicate, CQ.doer, CQ.target, CQ.recipient, CQ.terms, CQ.condition, CQ.consequence, CQ.rulesOut, CQ.unless),
)
_PROVING = (
    *(DCTERMS.title, DCTERMS.language, CQ.published, CQ.digest, CQ.startOffset, CQ.endOffset, CQ.paragraph),
    *(CQ.fragment, OA.hasSource),
)
_CHAIN = "(cq:relaysEventually|^cq:relaysEventually)"
_PARTS = "(cq:condition|cq:consequence|cq:rulesOut|cq:unless)"
_SAID = f"(cq:source|cq:addressee|cq:onBehalfOf|cq:says|cq:says/{_PARTS})"
_ASSERTION_PATHS = (_CHAIN, _SAID, f"{_CHAIN}/{_SAID}")
_SOURCES_QUERY = """SELECT DISTINCT ?of ?article ?passage ?grade ?voice WHERE {{ VALUES ?of {{ {0} }}
  ?of cq:statedIn ?article ; cq:evidence ?passage OPTIONAL {{ ?of cq:evidenceGrade ?grade }}
  OPTIONAL {{ ?voice cq:voiceKind <{1}source/article-voice> FILTER(STRSTARTS(STR(?voice), STR(?article))) }} }}"""
_Rows = list[dict[str, Node]]


def write_nanopublications(values: Values, iris: Iterable[str] | None = None) -> Iterator[bytes]:
    """Yield the nanopublications of the given statements and of the statements in given articles, or of all.

    Memory grows with the statements of one article. Raises RequestError if an IRI is neither a statement nor an
    article, or if the store holds no corpus.
    """
    dataset = _dataset(values)
    batches = (
        (_article_statements(values, article) for article in values.things("?thing a cq:Article"))
        if iris is None
        else iter([_statements_of(values, iri) for iri in iris])
    )
    for batch in batches:
        for part in in_batches(batch, STATEMENTS_OF_A_BATCH):
            for graphs in _nanopublications(values, part, dataset):
                yield from write(graphs, TRIG, dataset.base)


def _dataset(values: Values) -> DatasetMetadata:
    dataset = read_dataset_metadata(values.store, values.version)
    if dataset is None:
        raise RequestError("The store holds no corpus, whose licence and makers a nanopublication would name.")
    return dataset


def _article_statements(values: Values, article: str) -> list[str]:
    return values.things(f"?thing cq:statedIn {iri_in_query(article)} ; a cq:Statement")


def _statements_of(values: Values, iri: str) -> list[str]:
    kinds = values.rows(
        f"SELECT ?kind WHERE {{ VALUES ?kind {{ cq:Statement cq:Article }} {iri_in_query(iri)} a ?kind }}"
    )
    if not kinds:
        raise RequestError(f"<{iri}> is neither a statement nor an article: only these have nanopublications.")
    return [iri] if kinds[0]["kind"] == str(CQ.Statement) else _article_statements(values, iri)


def _nanopublications(
    values: Values, statements: list[str], dataset: DatasetMetadata
) -> Iterator[dict[str | None, Graph]]:
    listed = " ".join(map(iri_in_query, statements))
    asserted = _triples_of(values, reached(listed, _ASSERTION_PATHS), _ASSERTED)
    proving = _triples_of(values, f"VALUES ?start {{ {listed} }} ?start cq:statedIn|cq:evidence ?thing .", _PROVING)
    sources: defaultdict[str, _Rows] = defaultdict(list)
    for row in _node_rows(values, _SOURCES_QUERY.format(listed, SCHEME)):
        sources[str(row["of"])].append(row)
    for record in statements_by_iri(values, statements):
        yield _nanopublication(record, asserted[record.iri], proving[record.iri], sources[record.iri], dataset)


def _nanopublication(
    record: StatementRecord,
    asserted: list[RdflibTriple],
    proving: list[RdflibTriple],
    sources: _Rows,
    dataset: DatasetMetadata,
) -> dict[str | None, Graph]:
    def provenance(assertion: URIRef) -> list[RdflibTriple]:
        return [*proving, *_provenance(assertion, record, sources)]

    # Computed with the statement's IRI, since the assertion's own name contains the digest.
    digest = _digest([*asserted, *provenance(URIRef(record.iri))])
    # An IRI can have only one fragment, so an existing one is extended.
    name = URIRef(f"{record.iri}{'-' if '#' in record.iri else '#'}nanopub-{digest}")
    head, assertion, proof, info = (URIRef(f"{name}-{part}") for part in ("head", "assertion", "provenance", "pubinfo"))
    parts: dict[str, Iterable[RdflibTriple]] = {
        str(head): (
            (name, RDF.type, NP.Nanopublication),
            (name, NP.hasAssertion, assertion),
            (name, NP.hasProvenance, proof),
            (name, NP.hasPublicationInfo, info),
        ),
        str(assertion): asserted,
        str(proof): provenance(assertion),
        str(info): _publication_info(name, record, dataset),
    }
    return {graph: new_graph(triples) for graph, triples in parts.items()}


def _provenance(assertion: URIRef, record: StatementRecord, sources: _Rows) -> Iterator[RdflibTriple]:
    telling = f"{chain_in_words(record.chain)} Whether what is said is so is not asserted."
    yield assertion, DCTERMS.description, Literal(telling, lang="en")
    for row in sources:
        yield assertion, PROV.hadPrimarySource, row["article"]
        yield assertion, PROV.wasDerivedFrom, row["passage"]
        yield row["passage"], RDF.type, CQ.Passage
        yield row["article"], RDF.type, CQ.Article
        if "voice" in row:
            yield assertion, PROV.wasAttributedTo, row["voice"]
        if "grade" in row:
            yield URIRef(record.iri), CQ.evidenceGrade, row["grade"]


def _publication_info(name: URIRef, record: StatementRecord, dataset: DatasetMetadata) -> Iterator[RdflibTriple]:
    maker = URIRef(f"{name}-maker")
    yield name, RDFS.label, Literal(record.gist, lang="en")
    yield name, DCTERMS.subject, URIRef(record.iri)
    yield name, DCTERMS.isPartOf, URIRef(dataset.base)
    yield URIRef(dataset.base), DCTERMS.title, Literal(dataset.title)
    yield name, OWL.versionInfo, Literal(dataset.version.name)
    if dataset.version.created:
        yield name, DCTERMS.created, Literal(dataset.version.created, datatype=XSD.dateTime)
    yield name, DCTERMS.license, URIRef(dataset.licence)
    yield name, DCTERMS.creator, maker
    yield maker, FOAF.name, Literal(dataset.creator)


def _triples_of(values: Values, pattern: str, properties: tuple[URIRef, ...]) -> defaultdict[str, list[RdflibTriple]]:
    names = " ".join(f"<{name}>" for name in properties)
    where = f"{pattern} VALUES ?p {{ {names} }} ?thing ?p ?o"
    # Classes of other vocabularies follow from ours, and are not part of what the article asserts.
    own_classes = f'FILTER(?p != <{RDF.type}> || STRSTARTS(STR(?o), "{ONTOLOGY}"))'
    triples: defaultdict[str, list[RdflibTriple]] = defaultdict(list)
    for row in _node_rows(values, f"SELECT DISTINCT ?start ?thing ?p ?o WHERE {{ {where} {own_classes} }}"):
        triples[str(row["start"])].append((row["thing"], row["p"], row["o"]))
    return triples


def _node_rows(values: Values, text: str) -> _Rows:
    bindings = values.results(text)["results"]["bindings"]
    return [{name: _node(term) for name, term in binding.items()} for binding in bindings]


def _node(term: dict[str, Any]) -> Node:
    if term["type"] == "uri":
        return URIRef(term["value"])
    datatype = URIRef(term["datatype"]) if "datatype" in term else None
    # Normalization would change lexical forms from those in the store, and with them the digest.
    return Literal(term["value"], term.get("xml:lang"), datatype, normalize=False)


def _digest(triples: Iterable[RdflibTriple]) -> str:
    # Sorted and without duplicates: several paths may lead to one triple, and the engine's order is arbitrary.
    lines = sorted({" ".join(node.n3() for node in triple) for triple in triples})
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:DIGEST_LENGTH]
