"""The use case `check`: checks documents in the same way as a build, without writing anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rdflib import Graph, URIRef

from kg.app.builds.article_task import referred_to
from kg.app.document_errors import NOWHERE, contradiction_problems, violation_problems
from kg.app.schema import Schema, read_schema
from kg.app.validate import only_violations
from kg.errors import ContradictionError, Location, Problem
from kg.mapping.corpora.corpus_check import CheckReport, check_document, is_explained
from kg.mapping.corpora.corpus_documents import CorpusDocuments
from kg.mapping.triples.document_triples import DocumentTriples
from kg.mapping.triples.node_locations import NodeLocations, locations_of
from kg.namespaces import CQ
from kg.reasoning.graph_reasoner import infer_all
from kg.terms import new_graph
from kg.validation.shacl_validator import validate

Fault = tuple[Problem, list[Location]]
"""A fault in the graph, and the locations of the triples that cause it."""
STAMPS = (CQ.digest, CQ.length)
"""Properties for which the checks of documents already report everything that the shapes do."""


def check(document: Path, sources: Path | None = None) -> CheckReport:
    """Check a corpus, or one article's document in its corpus, for everything that a build refuses.

    Raises MappingError with all faults, and RequestError if there is no corpus or no such folder of sources.
    """
    return check_document(document, sources, graph_faults=_graph_faults)


def _graph_faults(documents: CorpusDocuments, document: Path, problems: Sequence[Problem]) -> list[Problem]:
    """Return contradictions and shape violations, except those that follow from other faults."""
    schema, places = read_schema(), locations_of(documents.documents, documents.vocabulary)
    others = _other_articles(documents, document)
    graph = _graph_to_check(documents, others, {problem.location for problem in problems})
    # A node that is defined twice has the values of both, and may violate shapes only for that reason.
    twice = Counter(iri for triples in documents.documents for iri, _ in triples.defined)
    unjudged = {iri for triples in others for iri, _ in triples.defined} | {iri for iri in twice if twice[iri] > 1}
    faults = [
        *_contradictions(graph, schema, places, documents.base),
        *_violations(graph, schema, places, documents.base, unjudged),
    ]
    return [fault for fault, causes in faults if not any(_follows(cause, problems) for cause in causes)]


def _follows(place: Location, problems: Sequence[Problem]) -> bool:
    """Return whether a fault at a place may follow from others, of the same value or inside the node."""
    node = "" if place.key == "article" else f"{place.key.removesuffix('.id')}."
    keys = [problem.location.key for problem in problems if problem.location.file == place.file]
    inside = any(key.startswith(node) for key in keys)
    # A fault without a location concerns a node that is referred to but not defined.
    return inside or is_explained(place, problems) or (place == NOWHERE and bool(problems))


def _other_articles(documents: CorpusDocuments, document: Path) -> list[DocumentTriples]:
    """Return the articles other than the one being checked, or none if the whole corpus is checked."""
    articles = [triples for triples in documents.documents if triples.is_article]
    others = [triples for triples in articles if not triples.document.file.samefile(document)]
    return others if len(others) < len(articles) else []


def _graph_to_check(documents: CorpusDocuments, others: list[DocumentTriples], faulty: set[Location]) -> Graph:
    """Return the assertions without faults, and from other articles only those connected by references."""
    own = [triples for triples in documents.documents if triples.is_asserted and triples not in others]
    graph, rest = _union(own, faulty), _union(others, faulty)
    defined = {iri for triples in own if triples.is_article for iri, _ in triples.defined} if others else ()
    about_own = new_graph(triple for iri in defined for triple in rest.triples((None, None, URIRef(iri))))
    reached = graph + about_own
    part = reached + referred_to((node for subject, _, value in reached for node in (subject, value)), rest)
    return part + _links_of(part, rest)


def _links_of(part: Graph, rest: Graph) -> Graph:
    """Return the links of other articles that state the relations in a part of the graph."""
    links = new_graph()
    for link, subject in rest.subject_objects(CQ.linkSubject):
        relation, value = rest.value(link, CQ.linkPredicate), rest.value(link, CQ.linkObject)
        if (subject, relation, value) in part:
            links += rest.triples((link, None, None))
    return links


def _union(documents: Iterable[DocumentTriples], faulty: set[Location]) -> Graph:
    located = (triple for triples in documents for triple in (*triples.triples, *triples.implied))
    return new_graph(
        (triple.subject, triple.predicate, triple.object) for triple in located if triple.location not in faulty
    )


def _contradictions(graph: Graph, schema: Schema, places: NodeLocations, base: str) -> Iterator[Fault]:
    try:
        infer_all(schema.reasoner, graph)
    except ContradictionError as error:
        yield from contradiction_problems(error, places, base)


def _violations(graph: Graph, schema: Schema, places: NodeLocations, base: str, unjudged: set[str]) -> Iterator[Fault]:
    report = only_violations(validate(graph, schema.shapes, schema.ontology))
    for result, problem in zip(report.results, violation_problems(report, places, base), strict=True):
        if str(result.focus) not in unjudged and result.path not in STAMPS:
            yield problem, [problem.location]
