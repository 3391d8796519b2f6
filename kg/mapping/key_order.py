"""The keys and sections of mapping documents in the order of the JSON Schema: documents and reference read alike."""

from __future__ import annotations

from collections.abc import Iterator

from kg.mapping.mapping_vocabulary import Json
from kg.mapping.text_spans import TextSpan
from kg.mapping.yaml_document import YamlMapping

HEAD_KEYS = ("article", "digest", "length", "title", "language", "notBefore", "published", "corpus", "defaults", "note")
"""Keys at the root that are about the article itself; sections follow."""
SECTIONS = (
    *("people", "organizations", "groups", "places", "posts", "topics", "voices", "mentions", "holdings", "events"),
    *("scenarios", "propositions", "statements", "foretold", "links"),
)
"""The sections of an article's document that hold items, in the order in which they are written."""
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
"""How identifiers of the items of a section begin."""
SECTIONS_OF_KINDS = {kind: section for section, kind in KINDS_OF_SECTIONS.items()}
LAST_KEY = "passages"


def document_kind(root: YamlMapping) -> str:
    """Return the name in the schema's `$defs` of the kind of document that a root is of."""
    keys = {"article": "articleDocument", "base": "corpusDocument", "things": "outsideDocument"}
    return next((kind for key, kind in keys.items() if key in root.nodes), "authorityDocument")


def subschemas(schema: Json, definition: Json) -> Iterator[Json]:
    """Yield a definition and all that it refers to, is made of, or says of the items of a list."""
    yield definition
    if "$ref" in definition:
        yield from subschemas(schema, schema["$defs"][definition["$ref"].rpartition("/")[2]])
    for part in ("then", "else", "items"):
        if part in definition:
            yield from subschemas(schema, definition[part])


def properties_of(schema: Json, definition: Json) -> Json:
    """Return the keys of the mappings that a definition describes, each with its definition, in order."""
    return next((part["properties"] for part in subschemas(schema, definition) if "properties" in part), {})


def ordered_keys(node: YamlMapping, properties: Json, *, is_root: bool) -> list[str]:
    """Return the keys of a mapping in their order: passages by offset, what is not known last, as it was written."""
    known = [*properties]
    if is_root:
        known = [*HEAD_KEYS, *(key for key in known if key not in {*HEAD_KEYS, LAST_KEY}), LAST_KEY]
    rank = {key: number for number, key in enumerate(known)}
    if not rank and node.nodes and all(TextSpan.read(key) for key in node.nodes):
        return sorted(node.nodes, key=lambda key: (TextSpan.read(key), key))
    # What is not known stands before `passages`, which stays last.
    last = len(rank) - 1 if is_root else len(rank)
    return sorted(node.nodes, key=lambda key: rank.get(key, last - 0.5))
