"""Turtle and TriG: sorted, one block a subject, only the prefixes that are used (RDF 1.1 Turtle; RDF 1.1 TriG)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from rdflib import RDF, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from kg.export.ntriples_terms import Dataset, in_order, term
from kg.export.prefixes import Shortener

_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_BARE = {XSD.integer: re.compile(r"[+-]?[0-9]+"), XSD.boolean: re.compile("true|false")}


def turtle(dataset: Dataset, known: Mapping[str, str]) -> Iterator[str]:
    """Yield a document with the default graph and, as TriG, the named ones."""
    writer = _Writer(known)
    blocks = [block for name in sorted(dataset, key=str) for block in writer.graph(name, dataset[name])]
    yield from (f"@prefix {name}: <{namespace}> .\n" for name, namespace in writer.short.used.items())
    yield from blocks


class _Writer:
    def __init__(self, known: Mapping[str, str]) -> None:
        self.short = Shortener(known)
        self._written: dict[Node, str] = {}

    def graph(self, name: str | None, graph: Graph) -> Iterator[str]:
        if name is None:
            yield from (f"\n{block}" for block in self._subjects(graph))
        else:
            yield f"\n{self._term(URIRef(name))} {{\n"
            yield from (f"\n{block}" for block in self._subjects(graph))
            yield "}\n"

    def _subjects(self, graph: Graph) -> Iterator[str]:
        for subject, triples in groupby(in_order(graph), key=lambda triple: triple[0]):
            pairs = [(predicate, value) for _, predicate, value in triples]
            body = " ;\n    ".join(self._predicates(pairs))
            yield f"{self._term(subject)} {body} .\n"

    def _predicates(self, pairs: Iterable[tuple[Node, Node]]) -> Iterator[str]:
        ordered = sorted(pairs, key=lambda pair: pair[0] != RDF.type)
        for predicate, found in groupby(ordered, key=lambda pair: pair[0]):
            values = " , ".join(self._term(value) for _, value in found)
            yield f"{'a' if predicate == RDF.type else self._term(predicate)} {values}"

    def _term(self, node: Node) -> str:
        if node not in self._written:
            self._written[node] = self._write(node)
        return self._written[node]

    def _write(self, node: Node) -> str:
        if isinstance(node, Literal) and node.datatype not in (None, XSD.string):
            bare = _BARE.get(node.datatype)
            if bare and bare.fullmatch(node):
                return str(node)
            return f"{term(Literal(str(node)))}^^{self._term(node.datatype)}"
        split = self.short.split(node) if isinstance(node, URIRef) else None
        if split and _LOCAL.fullmatch(split[1]):
            self.short.use(split[0])
            return ":".join(split)
        return term(node)
