"""The asserted triples of a transaction's default graph, before or after its edit, and the change between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from rdflib import Graph

from kg.datasets import GraphNames
from kg.store import Transaction, Triple
from kg.terms import TextPattern, TextTriple, new_graph
from kg.validation.value_tests import is_iri


@dataclass(frozen=True)
class AssertedTriples:
    """The triples of the default graph except those that the system derives."""

    transaction: Transaction
    names: GraphNames
    before: bool = False
    """Whether to return the triples before the edit."""
    only_graph: Callable[[bytes], str | None] = lambda _node: None
    """Returns the only graph that may describe a node or refer to it, or None if there may be several."""

    @cached_property
    def _asserts(self) -> Callable[[str], bool]:
        """Return a cached `names.asserts`, which is called once a triple."""
        return cache(self.names.asserts)

    def triples(self, pattern: TextPattern, /) -> Iterator[TextTriple]:
        """Yield the triples in N-Triples that match a pattern, in which None matches any term.

        To be called while the inferred graph is still consistent with the asserted triples.
        """
        node = pattern[2] if pattern[0] is None else pattern[0]
        # Only this graph is searched, since a node has as many inferred triples as asserted ones.
        if node is not None and (graph := self.only_graph(node)) is not None:
            return self.transaction.find_texts(pattern, graph, before=self.before)
        derived = (self.names.inferred, self.names.description)
        return self.transaction.find_texts(pattern, before=self.before, without=derived)

    def has_more(self, pattern: TextPattern, limit: int) -> bool:
        """Return whether more than `limit` triples of the default graph match."""
        return self.transaction.has_more(pattern, limit, before=self.before)

    def statements(self, subject: bytes) -> dict[TextTriple, set[str]]:
        """Return a node's triples in N-Triples, each with the names of the graphs that assert it."""
        inferred, stated = f"<{self.names.inferred}>", dict[TextTriple, set[str]]()
        # The inferred triples are excluded by the engine, since reading each term takes most of the time.
        text = f"SELECT ?p ?o ?g WHERE {{ GRAPH ?g {{ {subject.decode()} ?p ?o }} FILTER(?g != {inferred}) }}"
        for predicate, value, graph in self.transaction.select(text, before=self.before):
            stated.setdefault((subject, str(predicate).encode(), str(value).encode()), set()).add(str(graph)[1:-1])
        return {triple: names for triple, graphs in stated.items() if (names := {*filter(self._asserts, graphs)})}

    def referrers(self, node: bytes) -> set[bytes]:
        """Return the subjects of the triples that lead to a node."""
        if not is_iri(node):  # a blank node in a query is a variable
            return {subject for subject, _, _ in self.triples((None, None, node))}
        inferred = f"<{self.names.inferred}>"
        text = f"SELECT DISTINCT ?s ?g WHERE {{ GRAPH ?g {{ ?s ?p {node.decode()} }} FILTER(?g != {inferred}) }}"
        rows = self.transaction.select(text, before=self.before)
        return {str(subject).encode() for subject, graph in rows if self._asserts(str(graph)[1:-1])}

    def __contains__(self, triple: Triple) -> bool:
        return self.transaction.is_held(triple, self.names.asserts, before=self.before)

    def graph(self) -> Graph:
        """Return all triples after the edit."""
        names = filter(self.names.asserts, self.transaction.graphs())
        return new_graph(triple for name in names for triple in self.transaction.triples(name))


@dataclass(frozen=True)
class AssertedChange:
    """The triples that an edit asserts, and those that are no longer asserted."""

    added: frozenset[Triple]
    removed: frozenset[Triple]

    @classmethod
    def between(cls, before: AssertedTriples, after: AssertedTriples) -> AssertedChange:
        """Return the change of a transaction; a triple that is also in another graph is neither added nor removed."""
        # The change of one graph does not involve the others, so each triple is looked up in all of them.
        changes = [change for name, change in after.transaction.changes().items() if name and after.names.asserts(name)]
        added = _not_in(before, (triple for change in changes for triple in change.added))
        return cls(added, _not_in(after, (triple for change in changes for triple in change.removed)))

    @property
    def triples(self) -> frozenset[Triple]:
        """Return the triples added or removed."""
        return self.added | self.removed


def _not_in(asserted: AssertedTriples, triples: Iterable[Triple]) -> frozenset[Triple]:
    return frozenset(triple for triple in triples if triple not in asserted)
