"""JSON-LD 1.1 with the project's context, so that it reads like a mapping document.

Values are compacted only if the context expands them to exactly the same triple; all others are written in full.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from rdflib import RDF, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from kg.errors import ResourceError
from kg.export.graph_documents import GraphsByName, in_order
from kg.prefixes import Shortener, prefixes
from kg.shipped_files import ontology_folder

Json = dict[str, Any]
_CONCEPT = re.compile(r"[A-Za-z0-9]+(?:[-/][A-Za-z0-9]+)*")


def write_jsonld(dataset: GraphsByName, base: str) -> Iterator[bytes]:
    """Yield a document, with named graphs after the nodes of the default graph."""
    writer = _DocumentWriter(prefixes(base), read_jsonld("context.jsonld")["@context"], _schemes(dataset))
    nodes = [node for name in sorted(dataset, key=str) for node in writer.graph(name, dataset[name])]
    document = {"@context": writer.context(), "@graph": nodes}
    yield f"{json.dumps(document, ensure_ascii=False, indent=1)}\n".encode()


def read_jsonld(name: str) -> Json:
    """Return a JSON-LD document shipped with the ontology. Raises ResourceError if it is missing."""
    file = ontology_folder() / name
    try:
        document: Json = json.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ResourceError(f"A context or frame of JSON-LD is missing: expected at {file}.") from error
    return document


def document_of_nodes(context: object, nodes: Iterable[Json]) -> Iterator[bytes]:
    """Yield a document node by node, so that large documents are never in memory as a whole."""
    # The context comes first: a streaming parser needs it before the first node.
    yield f'{{"@context": {json.dumps(context)}, "@graph": ['.encode()
    separator = "\n"
    for node in nodes:
        yield f"{separator}{json.dumps(node, ensure_ascii=False)}".encode()
        separator = ",\n"
    yield b"\n]}\n"


def _schemes(dataset: GraphsByName) -> frozenset[str]:
    """Return the schemes of all IRIs: a prefix or term with the same name would change these IRIs."""
    nodes = {node for graph in dataset.values() for triple in graph for node in triple}
    iris = {str(node) for node in nodes if isinstance(node, URIRef)} | {name for name in dataset if name}
    iris |= {str(node.datatype) for node in nodes if isinstance(node, Literal) and node.datatype}
    return frozenset(iri.partition(":")[0] for iri in iris)


class _DocumentWriter:
    def __init__(self, known: Mapping[str, str], context: Json, schemes: frozenset[str]) -> None:
        own = {key: value for key, value in context.items() if isinstance(value, str) and value[-1] in "#/"}
        own = {key: value for key, value in own.items() if key[0] != "@"}
        self._vocab = str(context["@vocab"])
        expanded = {key: _expanded(value, own) for key, value in context.items() if isinstance(value, dict)}
        self._context = {key: value for key, value in expanded.items() if "@id" in value and key not in schemes}
        # A prefix with the name of a term or of a scheme would change the meaning of keys or IRIs.
        taken = schemes | expanded.keys() | {"id", "type"}
        prefixes = {key: value for key, value in {**known, **own}.items() if key not in taken}
        self._short = Shortener(prefixes)
        self._names = frozenset(prefixes | self._context.keys() | {"id", "type"})
        """Names that, on their own, are not interpreted as local names."""
        self._terms: dict[str, list[str]] = {}
        # Sorted, so that the same triples give the same document.
        for key in sorted(self._context, key=lambda key: (len(key), key)):
            self._terms.setdefault(self._context[key]["@id"], []).append(key)
        self._used: set[str] = set()

    def context(self) -> Json:
        """Return the used part of the context."""
        terms = {key: _portable(value) for key, value in self._context.items() if key in self._used}
        fixed = {"@version": 1.1, "@vocab": self._vocab, "id": "@id", "type": "@type"}
        return {**fixed, **self._short.used, **dict(sorted(terms.items()))}

    def graph(self, name: str | None, graph: Graph) -> list[Json]:
        triples = in_order(graph)
        nodes = [
            {"id": self._iri(subject), **self._node([(predicate, value) for _, predicate, value in own])}
            for subject, own in groupby(triples, key=lambda triple: triple[0])
        ]
        return nodes if name is None else [{"id": self._iri(URIRef(name)), "@graph": nodes}]

    def _node(self, pairs: list[tuple[Node, Node]]) -> Json:
        values: dict[str, list[Any]] = {}
        for predicate, value in pairs:
            key, written = self._pair(predicate, value)
            values.setdefault(key, []).append(written)
        ordered = sorted(values, key=lambda key: (key != "type", key))
        return {key: values[key][0] if len(values[key]) == 1 else values[key] for key in ordered}

    def _pair(self, predicate: Node, value: Node) -> tuple[str, Any]:
        if predicate == RDF.type and not isinstance(value, Literal):
            return "type", self._class(value)
        for key in self._terms.get(str(predicate), ()):
            short = self._value(self._context[key], value)
            if short is not None:
                self._used.add(key)
                return key, short
        return self._iri(predicate), self._written_out(value)

    def _class(self, value: Node) -> str:
        local = str(value).removeprefix(self._vocab) if isinstance(value, URIRef) else ""
        is_ours = str(value).startswith(self._vocab) and local.isidentifier() and local not in self._names
        return local if is_ours else self._iri(value)

    def _value(self, definition: Json, value: Node) -> str | None:
        """Return the compact form of a value by a term's definition, or None if the term cannot express it."""
        coercion = definition.get("@type")
        if not isinstance(value, Literal):
            if coercion == "@vocab":
                return self._concept(definition, value)
            return self._iri(value) if coercion == "@id" else None
        language, datatype = definition.get("@language"), value.datatype or XSD.string
        if value.language:
            return str(value) if coercion is None and language == value.language else None
        expected = coercion if coercion and coercion[0] != "@" else str(XSD.string)
        # A term with a language would add it to a literal without one.
        fits = str(datatype) == expected and language is None and (coercion is None or coercion[0] != "@")
        return str(value) if fits else None

    def _concept(self, definition: Json, value: Node) -> str | None:
        """Return a concept's name in its scheme, or its full IRI if the name is not plain or has another meaning."""
        vocab = _vocab(definition)
        if vocab is None or not isinstance(value, URIRef):
            return None
        local = value.removeprefix(vocab) if value.startswith(vocab) else ""
        return local if _CONCEPT.fullmatch(local) and local not in self._names else str(value)

    def _written_out(self, value: Node) -> Json | str:
        if not isinstance(value, Literal):
            return {"id": self._iri(value)}
        if value.language:
            return {"@value": str(value), "@language": value.language}
        if value.datatype in (None, XSD.string):
            return str(value)
        return {"@value": str(value), "@type": self._iri(URIRef(str(value.datatype)))}

    def _iri(self, node: Node) -> str:
        if isinstance(node, BNode):
            return f"_:{node}"
        split = self._short.split(str(node))
        # A compact IRI with two slashes after the colon would be read as an absolute IRI.
        if split is None or not split[1] or split[1].startswith("//"):
            return str(node)
        self._short.use(split[0])
        return ":".join(split)


def _expanded(definition: Json, prefixes: Mapping[str, str]) -> Json:
    """Return a term's definition with full IRIs, so that it needs no prefixes."""
    return {key: full_iri(value, prefixes) if key in ("@id", "@type") else value for key, value in definition.items()}


def full_iri(compact: str, prefixes: Mapping[str, Any]) -> str:
    """Expand a compact IRI; return any other unchanged."""
    prefix, colon, rest = compact.partition(":")
    return f"{prefixes[prefix]}{rest}" if colon and prefix in prefixes else compact


def _vocab(definition: Json) -> str | None:
    """Return the IRI that the values of a concept's key are appended to, or None without a scoped context."""
    scoped = definition.get("@context", {})
    parts = scoped if isinstance(scoped, list) else [scoped]
    return next((part["@vocab"] for part in parts if part), None)


def _portable(definition: Json) -> Json:
    """Return a portable definition of a term: Oxigraph's parser loses a type beside a context reset with null."""
    return {**definition, "@context": {"@vocab": _vocab(definition)}} if "@context" in definition else definition
