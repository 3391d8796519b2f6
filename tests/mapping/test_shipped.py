"""The shipped mapping documents, and the schema that editors use too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from kg.mapping.corpora.corpus_check import check_document
from kg.mapping.corpora.corpus_reader import Corpus, read_corpus
from kg.mapping.documents.mapping_vocabulary import Json, read_vocabulary
from kg.mapping.documents.schema_check import schema_faults
from kg.mapping.documents.yaml_document import load_document, to_json
from kg.shipped_files import mappings_folder, ontology_folder

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "harbour-talks"
ARTICLES = ROOT.parent / "shared" / "article"


@pytest.fixture(scope="module")
def schema() -> Json:
    return read_vocabulary(ontology_folder()).schema


def test_the_worked_example_is_read_with_its_text_in_place() -> None:
    report = check_document(EXAMPLE / "corpus.yaml", EXAMPLE)
    (copy,) = report.copies.values()
    assert copy.same
    assert re.fullmatch(r"\d+ in place", copy.summary())


def test_the_shipped_corpus_is_read_without_its_text() -> None:
    corpus = read_corpus(mappings_folder() / "corpus.yaml")
    assert {article.slug for article in corpus.articles} == {unchecked.slug for unchecked in corpus.unchecked}


@pytest.mark.skipif(not ARTICLES.is_dir(), reason="the article's own text is not on this machine: spans stay unchecked")
def test_every_passage_of_the_shipped_corpus_is_in_place_in_the_article() -> None:
    corpus: Corpus = check_document(mappings_folder() / "corpus.yaml", ARTICLES).corpus
    assert not corpus.unchecked
    assert all(article.text for article in corpus.articles)


def test_the_schema_is_valid(schema: Json) -> None:
    Draft202012Validator.check_schema(schema)


def test_every_key_of_a_document_but_article_is_a_term_of_the_context(schema: Json) -> None:
    terms = set(read_vocabulary(ontology_folder()).context)
    kinds = {name: kind for name, kind in schema["$defs"].items() if name not in ("corpusDocument", "ownCorpus")}
    keys = {key for kind in kinds.values() for key in kind.get("properties", {})}
    assert keys - terms == {"article"}


def test_the_document_with_every_key_has_every_key(schema: Json) -> None:
    written = load_document(Path(__file__).parent / "valid" / "everything.yaml").text
    elsewhere = {
        "authorityDocument",
        "corpusDocument",
        "occurrence",
        "outsideDocument",
        "ownCorpus",
        "ownKind",
        "thing",
        "utterance",
    }
    missing = {
        f"{name}: {key}"
        for name, kind in schema["$defs"].items()
        if name not in elsewhere
        for key in kind.get("properties", {})
        if not re.search(rf"(?<![\w]){key}:", written) and key != "corpus"  # of an article in no corpus
    }
    assert not missing


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (mappings_folder() / "corpus.yaml", "corpusDocument"),
        (mappings_folder() / "authority.yaml", "authorityDocument"),
        (mappings_folder() / "outside.yaml", "outsideDocument"),
        (EXAMPLE / "harbour-talks.yaml", "articleDocument"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_the_schema_distinguishes_the_kinds_of_documents(document: Path, kind: str, schema: Json) -> None:
    root = load_document(document).root
    assert not schema_faults(root, {"$defs": {**schema["$defs"], "any": without_header(schema)}}, "any")
    other = next(name for name in ("corpusDocument", "articleDocument") if name != kind)
    assert schema_faults(root, schema, other)


def without_header(schema: Json) -> Json:
    return {key: value for key, value in schema.items() if key not in ("$id", "$schema", "$defs")}


def test_the_reference_documents_every_key_and_no_other(schema: Json) -> None:
    reference = (ROOT / "docs" / "mapping.md").read_text("utf-8")
    keys = {key for kind in schema["$defs"].values() for key in kind.get("properties", {})}
    rows = set(re.findall(r"^\| `(\w+)`", reference, re.MULTILINE))
    assert rows == keys


def test_an_editor_offers_the_concepts_of_every_key_that_has_some(schema: Json) -> None:
    vocabulary = read_vocabulary(ontology_folder())
    for name, kind in schema["$defs"].items():
        for key, value in kind.get("properties", {}).items():
            term = vocabulary.terms.get(key)
            if term and term.coercion == "@vocab" and key not in ("linkPredicate", "broader") and "enum" not in value:
                examples = schema["$defs"].get(value.get("$ref", "").rpartition("/")[2], value)["examples"]
                start = f"{term.vocab}{name.replace('scenario', 'event')}-kind/" if key == "kind" else term.vocab
                concepts = [iri.removeprefix(term.vocab) for iri in vocabulary.concepts if iri.startswith(start)]
                assert examples == sorted(concepts), (name, key)


def test_the_schema_refuses_a_document_without_a_key_that_is_required(schema: Json) -> None:
    whole = to_json(load_document(Path(__file__).parent / "valid" / "everything.yaml").root)
    sections = {key: value["items"]["$ref"] for key, value in article_properties(schema).items() if "items" in value}
    for key, reference in {"": "#/$defs/articleDocument", **sections}.items():
        definition = schema["$defs"][reference.rpartition("/")[2]]
        validator = Draft202012Validator({"$ref": reference, "$defs": schema["$defs"]})
        for item in whole[key] if key else [whole]:
            assert validator.is_valid(item), key
            for required in definition.get("required", ()):
                assert not validator.is_valid({name: item[name] for name in item if name != required}), required


def article_properties(schema: Json) -> Json:
    return dict(schema["$defs"]["articleDocument"]["properties"])
