"""Documents that a build does not read, represented by the store, and checks whether the read ones fit them.

Each check finds everything that reading all documents would find, and perhaps more; in that case everything is read,
which gives the definite result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDF, URIRef
from rdflib.term import Node

from kg.datasets import GraphNames
from kg.errors import CommuniqueError, Location
from kg.mapping.checks.relation_checks import (
    CONTENTS,
    CROSSING_RELATIONS,
    EARLIER_TO_LATER,
    IDENTITIES,
    PART_TO_WHOLE,
    shared_relation_faults,
)
from kg.mapping.triples.document_triples import DocumentParts
from kg.mapping.triples.located_triples import LocatedTriple
from kg.namespaces import CQ
from kg.store import Transaction, Triple
from kg.store.interfaces import Pattern

FOLLOWED = (*CONTENTS, CQ.statusBy, *EARLIER_TO_LATER, *PART_TO_WHOLE)
"""Relations along which one document's triples can affect the validity of another's."""
READ_BESIDE = (CQ.describes, CQ.about, *IDENTITIES)
"""Relations that are checked for the nodes reached, but not followed."""


class WholeBuildNeededError(CommuniqueError):
    """The changes cannot be built on their own; the message is the reason, as a phrase."""


@dataclass(frozen=True)
class StoredDocuments:
    """The graphs of unread documents, and the former graphs of documents that are read or removed."""

    transaction: Transaction
    unread: frozenset[str]
    replaced: frozenset[str]
    before: bool = True
    """Whether the graphs are read in their state before the transaction's edit."""

    def defines(self, iri: str) -> bool:
        """Return whether an unread document defines a node, in which case it states the node's type."""
        return self._hold((URIRef(iri), RDF.type, None))

    def defined_near(self, iri: str, names: GraphNames) -> set[str]:
        """Return the nodes defined by the article or authority that a node with this IRI would belong to."""
        start = f"{names.base}article/"
        article, slash, _ = iri.removeprefix(start).partition("/")
        graph = names.article(article) if slash and iri.startswith(start) else names.authority
        return {str(subject) for subject, _, _ in self._find((None, RDF.type, None), graph)}

    def check(self, documents: Sequence[DocumentParts]) -> None:
        """Raise WholeBuildNeededError if documents that were read may be faulty together with unread ones."""
        defined = {iri for document in documents for iri, _ in document.defined}
        if twice := sorted(filter(self.defines, defined)):
            raise WholeBuildNeededError(f"another document may define <{twice[0]}> too")
        for iri in sorted(self._defined_before() - defined):
            # Also as a subject: another document may still describe a node that it does not define.
            if self._hold((URIRef(iri), None, None)) or self._hold((None, None, URIRef(iri))):
                raise WholeBuildNeededError(f"other documents refer to <{iri}>, which is no longer defined")
        if self.contradict([triple for document in documents for triple in document.triples]):
            raise WholeBuildNeededError("what has changed contradicts other documents")

    def contradict(self, written: Sequence[LocatedTriple]) -> bool:
        """Return whether written triples are inconsistent with the unread documents."""
        return any(True for _ in shared_relation_faults([*written, *self._related(_triples(written))]))

    def contradict_together(self, shared: DocumentParts, articles: Iterable[DocumentParts]) -> bool:
        """Return whether unread articles, each of which was checked alone, are inconsistent with each other.

        `shared` is what all articles share, and `articles` are their `ReadArticle.cross_references`.
        """
        # An article that refers to no other has no fault of its own. So a fault across several needs a node for which
        # two of them have a followed relation, or an article that was not checked alone because it refers to others.
        met, checked = {*_all_ends(shared.triples)}, set[Node]()
        for article in articles:
            ends = {*_all_ends(article.triples)}
            met |= ends if article.values else ends & checked
            checked |= ends
        return any(True for _ in shared_relation_faults([*shared.triples, *self._reached_from(met)]))

    def _hold(self, pattern: Pattern) -> bool:
        return self.transaction.is_held(pattern, self.unread.__contains__, before=self.before)

    def _defined_before(self) -> set[str]:
        typed = (triple for graph in self.replaced for triple in self._find((None, RDF.type, None), graph))
        return {str(subject) for subject, _, _ in typed}

    def _related(self, written: Iterable[Triple]) -> Iterator[LocatedTriple]:
        """Yield the triples of unread documents that have to be checked with those that were read."""
        patterns: list[Pattern] = [(None, relation, None) for relation in CROSSING_RELATIONS]
        before = (triple for graph in self.replaced for pattern in patterns for triple in self._find(pattern, graph))
        return self._reached_from(
            {node for triples in (written, before) for triple in triples for node in _ends(triple)}
        )

    def _reached_from(self, nodes: Iterable[Node]) -> Iterator[LocatedTriple]:
        """Yield the triples of unread documents that are connected with nodes by followed relations."""
        reached, seen = {*nodes}, set[Triple]()
        pending = [*reached]
        while pending:
            for triple in self._around(pending.pop()) - seen:
                seen.add(triple)
                if self._hold(triple):
                    # Without a location: it only matters whether there is a fault, and reading everything locates it.
                    yield LocatedTriple(*triple, Location(Path()))  # type: ignore[arg-type]
                further = _ends(triple) - reached
                reached |= further
                pending += further

    def _around(self, node: Node) -> set[Triple]:
        # Most nodes are an article's own, which no other document mentions: this look-up saves ten others.
        if not (self._hold((None, None, node)) or self._hold((node, None, None))):
            return set()
        onward = {triple for triple in self._find((node, None, None)) if triple[1] in CROSSING_RELATIONS}
        return onward | {triple for relation in FOLLOWED for triple in self._find((None, relation, node))}

    def _find(self, pattern: Pattern, graph: str | None = None) -> Iterator[Triple]:
        return self.transaction.find(pattern, graph, before=self.before)


def _triples(written: Iterable[LocatedTriple]) -> Iterator[Triple]:
    return ((triple.subject, triple.predicate, triple.object) for triple in written)


def _all_ends(written: Iterable[LocatedTriple]) -> Iterator[Node]:
    return (node for triple in _triples(written) for node in _ends(triple))


def _ends(triple: Triple) -> set[Node]:
    """Return the nodes of a triple from which to continue."""
    subject, relation, value = triple
    if relation in FOLLOWED:
        return {subject, value}
    return {subject} if relation in READ_BESIDE else set()
