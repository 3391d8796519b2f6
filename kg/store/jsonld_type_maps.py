"""Type maps of JSON-LD 1.1 (section 4.6.5), rewritten as plain nodes since the engine lacks them (oxigraph#1404).

A map `"p": {"T": {...}}` under a term with `"@container": "@type"` means `"p": [{"@type": "T", ...}]`. It is rewritten
if all contexts of the document agree on the term; otherwise it is an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from kg.errors import PayloadError

# A search in the bytes, so that documents without type maps, which are nearly all, are not parsed twice.
_MENTIONED = re.compile(rb'"@container"\s*:\s*(?:\[[^\]]*)?"@type"')
Json = dict[str, Any]


def without_type_maps(data: bytes) -> bytes:
    """Return a document with its type maps as plain nodes, unchanged if it declares none."""
    if not _MENTIONED.search(data):
        return data
    try:
        document = json.loads(data)
    except ValueError:
        return data  # the engine reports the syntax error
    terms = {key for context in _contexts(document) for key, value in context.items() if _is_type_map(value)}
    for context in _contexts(document):
        if other := sorted(key for key in terms & context.keys() if not _is_type_map(context[key])):
            raise PayloadError(f"The contexts do not agree whether the term '{other[0]}' has a type map as its value.")
    # The terms of all contexts together, since the active context at each place is not worked out here.
    coercions = {key: context[key].get("@type") for context in _contexts(document) for key in terms & context.keys()}
    return json.dumps(_rewritten(document, coercions)).encode()


def _contexts(value: object) -> Iterator[Json]:
    """Yield every context of a document that is an object, including term-scoped ones."""
    if isinstance(value, list):
        for item in value:
            yield from _contexts(item)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key == "@context":
                contexts = inner if isinstance(inner, list) else [inner]
                yield from (context for context in contexts if isinstance(context, dict))
            yield from _contexts(inner)


def _is_type_map(definition: object) -> bool:
    container = definition.get("@container") if isinstance(definition, dict) else None
    return "@type" in (container if isinstance(container, list) else [container])


def _rewritten(value: object, coercions: dict[str, str | None]) -> object:
    if isinstance(value, list):
        return [_rewritten(item, coercions) for item in value]
    if not isinstance(value, dict):
        return value
    rewritten: Json = {}
    for key, inner in value.items():
        if key == "@context":
            # Keys of a context are definitions rather than terms with values, so no coercions apply to them.
            rewritten[key] = _rewritten(inner, {})
        elif key in coercions and isinstance(inner, dict):
            typed_nodes = (node for kind, nodes in inner.items() for node in _nodes(key, kind, nodes, coercions))
            rewritten[key] = [_rewritten(node, coercions) for node in typed_nodes]
        else:
            rewritten[key] = _rewritten(inner, coercions)
    if _is_type_map(rewritten):
        container = rewritten.pop("@container")
        if isinstance(container, list) and "@set" in container:
            rewritten["@container"] = "@set"
    return rewritten


def _nodes(term: str, kind: str, nodes: object, coercions: dict[str, str | None]) -> Iterator[Json]:
    """Yield the nodes that a type map holds under a type, with that type added to their own types."""
    for node in nodes if isinstance(nodes, list) else [nodes]:
        # A string is the node's IRI relative to the base; one relative to the vocabulary cannot be written as `@id`.
        if isinstance(node, str) and coercions[term] != "@vocab":
            plain_node: Json = {"@id": node}
        elif isinstance(node, dict) and not node.keys() & {"@context", "@value", "@list", "@set"}:
            plain_node = node
        else:
            raise PayloadError(f"The type map of '{term}' holds something other than a plain node under '{kind}'.")
        own = plain_node.get("@type", [])
        types = [*([] if kind == "@none" else [kind]), *(own if isinstance(own, list) else [own])]
        yield {
            **({"@type": types} if types else {}),
            **{key: value for key, value in plain_node.items() if key != "@type"},
        }
