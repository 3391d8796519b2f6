"""N-Triples read back, each literal spelt as it stands: rdflib's own parser spells dates and numbers anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from kg.errors import PayloadError

Triple = tuple[Node, Node, Node]
_TERM = r"<[^>]*>|_:\S+"
_LINE = re.compile(
    rf"""\s*(?P<subject>{_TERM})\s+(?P<predicate><[^>]*>)\s+
    (?:(?P<object>{_TERM})|"(?P<text>(?:[^"\\]|\\.)*)"(?:@(?P<language>[\w-]+)|\^\^<(?P<datatype>[^>]*)>)?)\s*\.\s*""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_NAMED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


def read_ntriples(chunks: Iterable[bytes]) -> Graph:
    """Return the graph of an N-Triples document, or raise PayloadError for a line that is no triple."""
    graph = Graph(bind_namespaces="none")
    for triple in _triples(b"".join(chunks).decode("utf-8")):
        graph.add(triple)
    return graph


def _triples(document: str) -> Iterator[Triple]:
    for number, line in enumerate(document.split("\n"), 1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise PayloadError(f"Line {number} is no triple in N-Triples: {line[:80]!r}.")
        value = _literal(found) if found["object"] is None else _node(found["object"])
        yield _node(found["subject"]), _node(found["predicate"]), value


def _node(term: str) -> Node:
    return URIRef(_plain(term[1:-1])) if term[0] == "<" else BNode(term[2:])


def _literal(found: re.Match[str]) -> Literal:
    datatype = URIRef(_plain(found["datatype"])) if found["datatype"] else None
    return Literal(_plain(found["text"]), lang=found["language"], datatype=datatype, normalize=False)


def _plain(text: str) -> str:
    return _ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(found: re.Match[str]) -> str:
    code, long_code, sign = found.groups()
    return _NAMED.get(sign, sign) if sign else chr(int(code or long_code, 16))
