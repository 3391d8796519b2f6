"""Type maps of JSON-LD 1.1 (section 4.6.5), which the engine does not read (oxigraph#1404), written as plain nodes.

A map `"p": {"T": {...}}` under a term with `"@container": "@type"` means `"p": [{"@type": "T", ...}]`. It is rewritten
where that is certain: all contexts of the document agree on the term. Elsewhere it is an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from kg.errors import PayloadError

_MENTIONED = re.compile(rb'"@container"\s*:\s*(?:\[[^\]]*)?"@type"')
Json = dict[str, Any]


def without_type_maps(data: bytes) -> bytes:
    """Return a document with its type maps as plain nodes; the very same bytes where it declares none."""
    if not _MENTIONED.search(data):
        return data
    try:
        document = json.loads(data)
    except ValueError:
        return data  # the engine says where it is no JSON
    terms = {key for context in _contexts(document) for key, value in context.items() if _is_type_map(value)}
    for context in _contexts(document):
        if other := sorted(key for key in terms & context.keys() if not _is_type_map(context[key])):
            raise PayloadError(f"The contexts do not agree whether the term '{other[0]}' has a type map as its value.")
    coercions = {key: context[key].get("@type") for context in _contexts(document) for key in terms & context.keys()}
    return json.dumps(_rewritten(document, coercions)).encode()


def _contexts(value: object) -> Iterator[Json]:
    """Yield every context of a document that is an object, those of terms included."""
    if isinstance(value, list):
        for each in value:
            yield from _contexts(each)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key == "@context":
                yield from (each for each in (inner if isinstance(inner, list) else [inner]) if isinstance(each, dict))
            yield from _contexts(inner)


def _is_type_map(definition: object) -> bool:
    container = definition.get("@container") if isinstance(definition, dict) else None
    return "@type" in (container if isinstance(container, list) else [container])


def _rewritten(value: object, coercions: dict[str, str | None]) -> object:
    if isinstance(value, list):
        return [_rewritten(each, coercions) for each in value]
    if not isinstance(value, dict):
        return value
    made: Json = {}
    for key, inner in value.items():
        if key == "@context":
            made[key] = _context(inner, coercions)
        elif key in coercions and isinstance(inner, dict):
            found = (node for kind, nodes in inner.items() for node in _nodes(key, kind, nodes, coercions))
            made[key] = [_rewritten(node, coercions) for node in found]
        else:
            made[key] = _rewritten(inner, coercions)
    return made


def _context(context: object, coercions: dict[str, str | None]) -> object:
    """Return a context whose terms have no type maps any more."""
    if isinstance(context, list):
        return [_context(each, coercions) for each in context]
    if not isinstance(context, dict):
        return context
    return {key: _definition(value, coercions) for key, value in context.items()}


def _definition(definition: object, coercions: dict[str, str | None]) -> object:
    if not isinstance(definition, dict):
        return definition
    made = {key: _context(value, coercions) if key == "@context" else value for key, value in definition.items()}
    if _is_type_map(definition):
        container = made.pop("@container")
        if isinstance(container, list) and "@set" in container:
            made["@container"] = "@set"
    return made


def _nodes(term: str, kind: str, nodes: object, coercions: dict[str, str | None]) -> Iterator[Json]:
    """Yield what a type map has under a type, each with the type as its own."""
    for node in nodes if isinstance(nodes, list) else [nodes]:
        if isinstance(node, str) and coercions[term] != "@vocab":
            found: Json = {"@id": node}
        elif isinstance(node, dict) and not node.keys() & {"@context", "@value", "@list", "@set"}:
            found = node
        else:
            raise PayloadError(f"The type map of '{term}' holds what is no plain node under '{kind}'.")
        own = found.get("@type", [])
        types = [*([] if kind == "@none" else [kind]), *(own if isinstance(own, list) else [own])]
        yield {**({"@type": types} if types else {}), **{key: value for key, value in found.items() if key != "@type"}}
