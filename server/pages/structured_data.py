"""Structured data in the head of a page: the thing that it is about as schema.org's JSON-LD, for search engines."""

from __future__ import annotations

import json
from collections.abc import Set as AbstractSet

from flask import request
from markupsafe import Markup

from kg.lookups.schema_org import embedded_node
from kg.lookups.values import Values
from kg.namespaces import ONTOLOGY
from server.descriptions.addresses import thing_address
from server.pages.thing_queries import ThingQueries
from server.site import site

# Longer structured data is left to the format `schema.org`.
MAX_EMBEDDED_BYTES = 8_000
EMBEDDED_CLASSES = {f"{ONTOLOGY}{name}" for name in ("Article", "Claim", "Event", "Organization", "Person")}
# Escapes that JSON has for what could end or begin an element.
_MARKUP = str.maketrans({character: f"\\u{ord(character):04x}" for character in "<>&"})


def structured_data(thing: ThingQueries, types: AbstractSet[str]) -> Markup | None:
    """Return the content of a data block about a thing of some classes, None if it has none; no browser runs it."""
    if not EMBEDDED_CLASSES & types:
        return None
    address = request.host_url.rstrip("/") + thing_address(thing.iri)
    node = embedded_node(Values(site().store, thing.version.name), thing.iri, address)
    if node is None:
        return None
    text = json.dumps(node, separators=(",", ":")).translate(_MARKUP)
    return Markup(text) if len(text) <= MAX_EMBEDDED_BYTES else None  # noqa: S704 -- ASCII without markup
