"""JSON-LD under the project's context, so that it reads like a mapping document (JSON-LD 1.1).

Only what the context turns back into the very same triple is shortened; everything else stands in its expanded form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from rdflib import RDF, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from kg.export.prefixes import Shortener
from kg.export.terms import Dataset, in_order

Json = dict[str, Any]
_CONCEPT = re.compile(r"[A-Za-z0-9]+(?:[-/][A-Za-z0-9]+)*")


def jsonld(dataset: Dataset, known: Mapping[str, str], context: Json) -> Iterator[str]:
    """Yield a document; named graphs stand after the nodes of the default graph."""
    writer = _Writer(known, context)
    nodes = [node for name in sorted(dataset, key=str) for node in writer.graph(name, dataset[name])]
    document = {"@context": writer.context(), "@graph": nodes}
    yield json.dumps(document, ensure_ascii=False, indent=1) + "\n"


class _Writer:
    def __init__(self, known: Mapping[str, str], context: Json) -> None:
        self._context = {_key(key, value, known): value for key, value in context.items()}
        prefixes = {key: value for key, value in context.items() if isinstance(value, str) and value[-1] in "#/"}
        self._short = Shortener({**known, **{key: value for key, value in prefixes.items() if key[0] != "@"}})
        self._terms: dict[str, list[str]] = {}
        for key in sorted(self._context, key=lambda key: (len(key), key)):
            definition = self._context[key]
            if isinstance(definition, dict) and "@id" in definition:
                self._terms.setdefault(self._full(definition["@id"]), []).append(key)
        self._used: set[str] = set()

    def context(self) -> Json:
        """Return the part of the context that was used."""
        kept = {key: _portable(value) for key, value in self._context.items() if key in self._used}
        fixed = {"@version": 1.1, "@vocab": self._context["@vocab"], "id": "@id", "type": "@type"}
        for definition in kept.values():
            self._use_prefix_of(definition["@id"])
            self._use_prefix_of(definition.get("@type", ""))
        return {**fixed, **self._short.used, **dict(sorted(kept.items()))}

    def graph(self, name: str | None, graph: Graph) -> list[Json]:
        triples = in_order(graph)
        nodes = [
            {"id": self._iri(subject), **self._node([(predicate, value) for _, predicate, value in found])}
            for subject, found in groupby(triples, key=lambda triple: triple[0])
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
        return self._iri(predicate), self._expanded(value)

    def _class(self, value: Node) -> str:
        local = str(value).removeprefix(self._context["@vocab"])
        return local if local.isidentifier() and local not in self._context else self._iri(value)

    def _value(self, definition: Json, value: Node) -> str | None:
        """Return the value as the term's definition lets it be written, None where it does not."""
        coercion = definition.get("@type")
        if not isinstance(value, Literal):
            if coercion == "@vocab":
                return self._concept(definition, value)
            return self._iri(value) if coercion == "@id" else None
        language, datatype = definition.get("@language"), value.datatype or XSD.string
        if value.language:
            return str(value) if coercion is None and language == value.language else None
        wanted = self._full(coercion) if coercion and coercion[0] != "@" else str(XSD.string)
        fits = str(datatype) == wanted and language is None and (coercion is None or coercion[0] != "@")
        return str(value) if fits else None

    def _concept(self, definition: Json, value: Node) -> str | None:
        """Return a concept by its scheme's words; a whole IRI where these are not plain, or a term is in their way."""
        vocab = _vocab(definition)
        if vocab is None or not isinstance(value, URIRef):
            return None
        local = value.removeprefix(vocab) if value.startswith(vocab) else ""
        return local if _CONCEPT.fullmatch(local) and local not in self._context else str(value)

    def _expanded(self, value: Node) -> Json | str:
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
        if split is None or not split[1] or split[1].startswith("//"):
            return str(node)
        self._short.use(split[0])
        return ":".join(split)

    def _full(self, compact: str) -> str:
        prefix, colon, rest = compact.partition(":")
        return f"{self._context[prefix]}{rest}" if colon and prefix in self._context else compact

    def _use_prefix_of(self, compact: str) -> None:
        prefix, colon, _ = compact.partition(":")
        if colon and prefix in self._context:
            self._short.use(prefix)


def _key(key: str, value: object, known: Mapping[str, str]) -> str:
    """Return a key of the context; where a prefix has its name (`place:`), the compact IRI that it stands for."""
    return str(value.get("@id", key)) if key in known and isinstance(value, dict) else key


def _vocab(definition: Json) -> str | None:
    """Return what a concept's key appends its values to, None where it has no context of its own."""
    scoped = definition.get("@context", {})
    parts = scoped if isinstance(scoped, list) else [scoped]
    return next((part["@vocab"] for part in parts if part), None)


def _portable(definition: Json) -> Json:
    """Return a term's definition as every parser reads it: Oxigraph's forgets a type beside a context reset by null."""
    return {**definition, "@context": {"@vocab": _vocab(definition)}} if "@context" in definition else definition
