"""The keys and sections of mapping documents in the order of the JSON Schema, which the reference follows too."""

from __future__ import annotations

from collections.abc import Iterator

from kg.mapping.documents.mapping_vocabulary import Json
from kg.mapping.documents.yaml_document import YamlMapping

HEAD_KEYS = ("article", "digest", "length", "title", "language", "notBefore", "published", "corpus", "defaults", "note")
"""Keys at the root about the article itself; sections follow."""
SECTIONS = (
    *("people", "organizations", "groups", "places", "posts", "topics", "voices", "mentions", "holdings", "events"),
    *("scenarios", "propositions", "statements", "foretold", "links"),
)
"""The sections of an article's document that contain items, in the order in which they are written."""
KINDS_OF_SECTIONS = {
    "people": "person",
    "organizations": "organization",
    "groups": "group",
    "places": "place",
    "posts": "post",
    "events": "event",
    "scenarios": "scenario",
    "statements": "statement",
    "topics": "topic",
}
"""How the identifiers of a section's items begin."""
SECTIONS_OF_KINDS = {kind: section for section, kind in KINDS_OF_SECTIONS.items()}


def document_kind(root: YamlMapping) -> str:
    """Return the kind of a document by its root, as named in the schema's `$defs`."""
    keys = {"article": "articleDocument", "base": "corpusDocument", "things": "outsideDocument"}
    return next((kind for key, kind in keys.items() if key in root.nodes), "authorityDocument")


def subschemas(schema: Json, definition: Json) -> Iterator[Json]:
    """Yield a definition and those that it refers to, consists of or sets for a list's items."""
    yield definition
    if "$ref" in definition:
        yield from subschemas(schema, schema["$defs"][definition["$ref"].rpartition("/")[2]])
    for part in ("then", "else", "items"):
        if part in definition:
            yield from subschemas(schema, definition[part])


def properties_of(schema: Json, definition: Json) -> Json:
    """Return the keys of the mappings that a definition describes and their definitions, in order."""
    return next((part["properties"] for part in subschemas(schema, definition) if "properties" in part), {})
