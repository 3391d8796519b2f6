"""The part of a build that concerns a single article: reading, inference and validation with what it refers to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.term import Node

from kg.app.document_errors import located_contradiction
from kg.app.partition_counts import ArticleCounts, count_article
from kg.app.schema import Schema
from kg.app.validate import require_well_typed
from kg.errors import ContradictionError, DataError, Location
from kg.garbage_collection import one_collection
from kg.mapping.corpora.article_reader import ReadArticle, SharedDocuments, read_article
from kg.mapping.triples.document_triples import article_base
from kg.namespaces import iri_node
from kg.reachability import reachable
from kg.store import as_stored
from kg.terms import new_graph, to_lines
from kg.validation.validation_report import ValidationResult


@dataclass(frozen=True)
class BuiltArticle:
    """An article's asserted and inferred triples as N-Triples, with the validation results of its own nodes."""

    article: ReadArticle
    asserted: bytes
    inferred: bytes
    results: tuple[ValidationResult, ...]
    locations: Mapping[str, Location]
    """The locations of the nodes in the results."""
    counts: ArticleCounts
    """The counts of its own nodes for the description."""


def build_article(file: Path, shared: SharedDocuments, schema: Schema) -> BuiltArticle | DataError:
    """Read an article, infer from it and validate its own nodes, or return its error."""
    try:
        with one_collection():
            return _build(file, shared, schema)
    except ContradictionError as error:
        return located_contradiction(error, [file, *shared.files], shared.base)
    except DataError as error:
        # Without the traceback, which would keep the article's graphs in memory.
        return error.with_traceback(None)


def _build(file: Path, shared: SharedDocuments, schema: Schema) -> BuiltArticle:
    """Build an article. Raises DataError with its fault."""
    article, triples = read_article(file, shared)
    require_well_typed(triples)
    part = referred_to(map(iri_node, article.foreign_iris), shared.authority)
    written, beside = to_lines(triples), to_lines(part)
    # Terms of the ontology are not shared nodes: results with them as values belong to each article.
    foreign = frozenset(iri for iri in article.foreign_iris if (iri_node(iri), None, None) not in schema.ontology)
    article = replace(article, foreign_iris=foreign)

    def own() -> set[str]:
        return {str(node) for subject, _, value in triples for node in (subject, value)} - foreign

    report = schema.validator.report_of_lines(
        written + beside, lambda: new_graph([*part, *triples]), article.locations, own
    )
    named = {str(node) for result in report.results for node in (result.focus, result.value)}
    locations = {iri: article.locations[iri] for iri in named & article.locations.keys()}
    asserted = as_stored(written)
    inferred = schema.reasoner.infer_lines(asserted + as_stored(beside))
    counts = count_article(asserted + inferred, f"<{article_base(shared.base, article.slug)}".encode())
    return BuiltArticle(article, asserted, inferred, report.results, locations, counts)


def referred_to(nodes: Iterable[Node], authority: Graph) -> Graph:
    """Return an authority's triples about nodes, and about those that these refer to in turn."""
    iris = reachable(filter(_is_iri, nodes), lambda node: filter(_is_iri, authority.objects(node)))
    return new_graph(triple for node in iris for triple in authority.triples((node, None, None)))


def _is_iri(node: Node) -> bool:
    return isinstance(node, URIRef)
