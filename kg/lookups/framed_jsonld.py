"""Things as JSON-LD trees, according to the frames in ontology/frames (JSON-LD 1.1 Framing).

A tree contains what a reader of one thing also needs, each with its name: what a person said and who reports it, which
posts they held as of which article, what took place somewhere. Statements keep act, polarity and certainty, and the
chain by which they are reported, because they are claims. A key that allows several values is always an array.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import groupby

from rdflib import XSD

from kg.errors import RequestError
from kg.export.jsonld import Json, document_of_nodes, full_iri, read_jsonld
from kg.iterables import in_batches
from kg.lookups.property_values import IRIS_OF_A_QUERY, Values
from kg.namespaces import ONTOLOGY
from kg.sparql.query_terms import iri_in_query

_CLASSES = ("Article", "Statement", "Happening", "Occurrence", "Person", "Organization", "Group", "Post", "Place")
"""The classes with a frame, each in the file of its name; the first class that a thing has is used."""
_Property = tuple[str, str, str]
"""A key, the IRI of its property, and `forward` or `reverse`."""


def write_framed(values: Values, iris: Iterable[str] | None = None) -> Iterator[bytes]:
    """Yield a document with the trees of the given things, or of everything that has a frame.

    Memory grows with the trees of IRIS_OF_A_QUERY things. Raises RequestError if things are given and none has a frame.
    """
    trees = (tree for name, batch in _batches(values, iris) for tree in framed_trees(values, batch, _frame(name)))
    if iris is not None:
        yield _document([*trees])
        return
    yield from document_of_nodes(_document_context(), trees)


def _document(trees: list[Json]) -> bytes:
    """Return a document with trees, without an `@graph` around a single one (JSON-LD 1.1 API, omitGraph)."""
    if not trees:
        expected = ", ".join(name.lower() for name in _CLASSES)
        raise RequestError(f"None of the things named has a frame: expected one of {expected}.")
    document = {"@context": _document_context(), **(trees[0] if len(trees) == 1 else {"@graph": trees})}
    return f"{json.dumps(document, ensure_ascii=False, indent=1)}\n".encode()


def framed_trees(values: Values, iris: Iterable[str], frame: Json) -> list[Json]:
    """Return the trees of things according to a frame, in order, leaving out things of other classes."""
    things = [*dict.fromkeys(iris)]
    nested = {key: part for key, part in frame.items() if key[0] != "@" and key != "type"}
    # One query for all things of a level rather than one query per thing.
    pairs = _pairs(values, things, [_property(key) for key in nested])
    children = {
        key: {tree["id"]: tree for tree in framed_trees(values, _iris_of(pairs, key), part)}
        for key, part in nested.items()
        if part
    }
    trees = []
    for iri in things:
        of_thing = pairs.get(iri, {})
        types = [_local_name(row) for row in of_thing.get("type", ())]
        # A frame without a type matches everything.
        if frame.get("type", types) != types and frame["type"] not in types:
            continue
        tree: Json = {"id": iri, "type": types} if types else {"id": iri}
        for key in nested:
            compacted = [_compacted(row, key, children.get(key)) for row in of_thing.get(key, ())]
            tree |= _as_value(key, [value for value in compacted if value is not None])
        trees.append(tree)
    return trees


def _batches(values: Values, iris: Iterable[str] | None) -> Iterator[tuple[str, list[str]]]:
    """Yield things that share a frame, with its name: the given things, or all things class by class."""
    if iris is not None:
        things = [*dict.fromkeys(iris)]
        pairs = _pairs(values, things, [])
        framed = ((_class_of(pairs.get(iri, {})), iri) for iri in things)
        # Only neighbours are grouped, so that the trees are in the order of the things.
        for name, group in groupby(framed, key=lambda pair: pair[0]):
            if name:
                yield name, [iri for _, iri in group]
        return
    for name in _CLASSES:
        for batch in in_batches(values.things(f"?thing a cq:{name}"), IRIS_OF_A_QUERY):
            yield name, batch


def _class_of(pairs: Mapping[str, list[Json]]) -> str:
    types = {_local_name(row) for row in pairs.get("type", ())}
    return next((name for name in _CLASSES if name in types), "")


def _pairs(values: Values, iris: list[str], properties: list[_Property]) -> dict[str, dict[str, list[Json]]]:
    """Return the values of things by key, in SPARQL JSON; `type` has the classes of our ontology."""
    forward = " ".join(f'("{key}" <{name}>)' for key, name, way in properties if way == "forward")
    reverse = " ".join(f'("{key}" <{name}>)' for key, name, way in properties if way == "reverse")
    patterns = [f'?thing a ?value BIND("type" AS ?key) FILTER(STRSTARTS(STR(?value), "{ONTOLOGY}"))']
    patterns += [f"VALUES (?key ?property) {{ {forward} }} ?thing ?property ?value"] if forward else []
    patterns += [f"VALUES (?key ?property) {{ {reverse} }} ?value ?property ?thing"] if reverse else []
    pairs: dict[str, dict[str, list[Json]]] = {}
    for batch in in_batches(iris, IRIS_OF_A_QUERY):
        things = " ".join(map(iri_in_query, batch))
        where = " UNION ".join(f"{{ VALUES ?thing {{ {things} }} {pattern} }}" for pattern in patterns)
        text = f"SELECT DISTINCT ?thing ?key ?value WHERE {{ {where} }} ORDER BY ?thing ?key ?value"
        for row in values.results(text)["results"]["bindings"]:
            of_thing = pairs.setdefault(row["thing"]["value"], defaultdict(list))
            of_thing[row["key"]["value"]].append(row["value"])
    return pairs


def _iris_of(pairs: Mapping[str, Mapping[str, list[Json]]], key: str) -> list[str]:
    rows = (row for of_thing in pairs.values() for row in of_thing.get(key, ()))
    return [row["value"] for row in rows if row["type"] == "uri"]


def _compacted(row: Json, key: str, trees: Mapping[str, Json] | None) -> Json | str | int | None:
    """Return a value compacted by its key's definition, or None for a thing that the frame leaves out."""
    definition, value = _contexts()[key], str(row["value"])
    if row["type"] != "literal":
        if trees is not None:
            return trees.get(value)
        return _concept(definition, value) if definition.get("@type") == "@vocab" else {"id": value}
    language, datatype = row.get("xml:lang", ""), row.get("datatype", str(XSD.string))
    # In JSON-LD, a number without a fraction is an xsd:integer (JSON-LD 1.1 API, Object to RDF Conversion).
    if datatype == str(XSD.integer) and "@type" not in definition:
        return int(value)
    if language:
        return value if definition.get("@language") == language else {"@value": value, "@language": language}
    if datatype == full_iri(definition.get("@type", "xsd:string"), _contexts()) and "@language" not in definition:
        return value
    return {"@value": value} if datatype == str(XSD.string) else {"@value": value, "@type": datatype}


def _concept(definition: Json, value: str) -> str:
    """Return a concept's name in its scheme, or its full IRI if the name is also a term, which takes precedence."""
    name = value.removeprefix(definition["@context"]["@vocab"])
    return value if name in _contexts() else name


def _as_value(key: str, compacted: list[Json | str | int]) -> Json:
    if not compacted:
        return {}
    is_array = _contexts()[key].get("@container") == "@set" or len(compacted) > 1
    return {key: compacted if is_array else compacted[0]}


def _local_name(row: Json) -> str:
    return str(row["value"]).removeprefix(ONTOLOGY)


def _property(key: str) -> _Property:
    definition = _contexts()[key]
    way = "reverse" if "@reverse" in definition else "forward"
    return key, full_iri(definition.get("@reverse") or definition["@id"], _contexts()), way


@cache
def _frame(name: str) -> Json:
    return read_jsonld(f"frames/{name.lower()}.jsonld")


@cache
def _contexts() -> Json:
    """Return the terms of the ontology's context, overridden by those of the frames, as in a list of both contexts."""
    merged: Json = {**read_jsonld("context.jsonld")["@context"], **read_jsonld("frames/context.jsonld")["@context"]}
    for definition in merged.values():
        scoped = definition.get("@context") if isinstance(definition, dict) else None
        if isinstance(scoped, list):  # null, which resets the outer context, and the scheme of the values
            definition["@context"] = next(part for part in scoped if part)
    return merged


@cache
def _document_context() -> Json:
    """Return the part of the contexts that the frames use."""
    keys = {key for name in _CLASSES for key in _keys(_frame(name))}
    return {key: value for key, value in _contexts().items() if key in keys or isinstance(value, str | float)}


def _keys(frame: Json) -> Iterator[str]:
    for key, part in frame.items():
        if isinstance(part, dict):
            yield key
            yield from _keys(part)
