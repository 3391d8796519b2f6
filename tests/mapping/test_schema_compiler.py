"""Tests of compiled schemas: a document conforms to one if, and only if, the validator finds no fault in it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from random import Random

import pytest

from kg.mapping.documents.mapping_vocabulary import read_vocabulary
from kg.mapping.documents.schema_check import schema_faults
from kg.mapping.documents.schema_compiler import SchemaChecks
from kg.mapping.documents.yaml_document import YamlList, YamlMapping, YamlNode, YamlText, load_document, mappings_below
from kg.shipped_files import ontology_folder

EXAMPLE = Path(__file__).parents[2] / "examples" / "harbour-talks"
VOCABULARY = read_vocabulary(ontology_folder())
KINDS = {
    "harbour-talks.yaml": "articleDocument",
    "authority.yaml": "authorityDocument",
    "corpus.yaml": "corpusDocument",
}
WORDS = ("", " ", "x", "x" * 400, "kind/name", "kind:a", "person:b", "2-1", "0-5", "true", "Event", "-a\n")


@pytest.mark.parametrize("file", KINDS)
@pytest.mark.parametrize("seed", range(30))
def test_a_changed_document_conforms_if_the_validator_finds_no_fault(file: str, seed: int) -> None:
    root = load_document(EXAMPLE / file).root
    conforms = partial(VOCABULARY.checks.conforms, KINDS[file])
    assert conforms(root)
    change(root, Random(f"{file} {seed}"))  # noqa: S311 -- no secret
    assert conforms(root) == (not schema_faults(root, VOCABULARY.schema, KINDS[file]))


def change(root: YamlMapping, random: Random) -> None:
    """Replace a value by another text, list or mapping, rename its key, or remove it."""
    mapping = random.choice([mapping for mapping in mappings_below(root) if mapping.nodes])
    key = random.choice([*mapping.nodes])
    node = mapping.nodes[key]
    others = [text for other in mappings_below(root) for text in other.nodes.values() if isinstance(text, YamlText)]
    word = random.choice([YamlText(node.location, random.choice(WORDS), 0, 0), *random.choices(others, k=2)])
    changed: list[YamlNode] = [
        word,
        YamlList(node.location, [node, word]),
        YamlList(node.location),
        YamlMapping(node.location, nodes={"id": word}),
    ]
    action = random.randrange(len(changed) + 2)
    if action < len(changed):
        mapping.nodes[key] = changed[action]
        return
    del mapping.nodes[key]
    if action == len(changed):
        name = random.choice(["name", "at", "incumbent", "unknown"])
        mapping.nodes[name], mapping.keys[name] = node, word


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "not": {"enum": ["word"]}},
        {"not": {"enum": ["word"]}, "type": ["string", "array"]},
        {"oneOf": [{"type": "string"}, {"type": "string", "minLength": 1}]},
        {"if": {"minLength": 1}, "then": {"enum": ["other"]}},
        {"allOf": [{"if": {"const": "word"}, "then": {"$ref": "#/$defs/none"}}]},
        {"anyOf": [False, {"$ref": "#/$defs/none"}]},
    ],
)
def test_what_the_validator_faults_never_conforms_whatever_its_keywords(schema: dict[str, object]) -> None:
    """Keywords without a translation are allowed where something conforms because a part of it does not."""
    location = load_document(EXAMPLE / "corpus.yaml").root.location
    text = YamlText(location, "word", 0, 4)
    root = YamlMapping(location, nodes={"key": text}, keys={"key": text})
    definitions = {"some": {"properties": {"key": schema}}, "none": {"const": "other"}}
    assert schema_faults(root, {"$defs": definitions}, "some")
    assert not SchemaChecks(definitions).conforms("some", root)


def test_a_keyword_that_is_not_translated_matters_only_where_it_is_asked() -> None:
    text = YamlText(load_document(EXAMPLE / "corpus.yaml").root.location, "word", 0, 4)
    checks = SchemaChecks(
        {
            "plain": {"anyOf": [{"type": "string"}, {"const": "word"}]},
            "with": {"type": "string", "format": "date"},
            "all": {"allOf": [True]},
        }
    )
    assert checks.conforms("plain", text)
    assert not checks.conforms("with", text)
    assert checks.conforms("all", text)
