"""Any document gives a corpus or a MappingError, never another exception."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import MappingError
from kg.mapping.authoring.anchoring import anchor_document
from kg.mapping.corpora.corpus_reader import Corpus, read_corpus
from kg.mapping.documents.mapping_vocabulary import read_vocabulary
from kg.shipped_files import ontology_folder

HERE = Path(__file__).parent
EVERYTHING = (HERE / "valid" / "everything.yaml").read_text("utf-8")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
KEYS = sorted(
    {key for kind in read_vocabulary(ontology_folder()).schema["$defs"].values() for key in kind.get("properties", {})}
)
WORDS = st.one_of(
    st.sampled_from(
        ["10-20", "person:ada-quill", "event/talks", "a b", "true", "2011-10-21T00:00:00", "act", "deny", ""]
    ),
    st.sampled_from(KEYS),
    TEXT,
)
TREES = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(KEYS) | WORDS, inner, max_size=5)
    ),
    max_leaves=25,
)
TRIES = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def answer(folder: Path, content: str) -> Corpus | MappingError:
    (folder / "article.yaml").write_text(content, "utf-8", newline="")
    try:
        return read_corpus(folder / "corpus.yaml", HERE / "sources")
    except MappingError as error:
        return sentences(error)


def sentences(error: MappingError) -> MappingError:
    assert error.problems
    assert all(problem.message.endswith(".") for problem in error.problems)
    return error


@TRIES
@given(TEXT)
def test_any_text_gives_a_corpus_or_a_mapping_error(folder: Path, content: str) -> None:
    answer(folder, content)


@TRIES
@given(st.dictionaries(st.sampled_from(KEYS), TREES, max_size=6))
def test_any_tree_of_known_keys_gives_a_corpus_or_a_mapping_error(folder: Path, tree: dict[str, object]) -> None:
    stamps = {"article": "a", "title": "b", "digest": "0" * 64, "length": "30"}
    answer(folder, json.dumps({**stamps, **tree}, ensure_ascii=False))


@TRIES
@given(st.integers(0, len(EVERYTHING) - 1), st.integers(0, 40), WORDS)
def test_any_edit_gives_a_corpus_or_a_mapping_error(folder: Path, start: int, length: int, new: str) -> None:
    answer(folder, EVERYTHING[:start] + new + EVERYTHING[start + length :])


@TRIES
@given(st.integers(0, len(EVERYTHING) - 1), st.integers(0, 40), WORDS)
def test_anchoring_any_document_is_idempotent_or_an_error(folder: Path, start: int, length: int, new: str) -> None:
    document = folder / "article.yaml"
    content = EVERYTHING[:start] + new + EVERYTHING[start + length :]
    document.write_text(content, "utf-8", newline="")
    try:
        anchor_document(document, HERE / "sources")
    except MappingError:
        assert document.read_text("utf-8") == content.replace("\r\n", "\n").replace("\r", "\n")
    else:
        assert not anchor_document(document, HERE / "sources").changed


def test_a_valid_document_gives_a_corpus(folder: Path) -> None:
    assert isinstance(answer(folder, EVERYTHING), Corpus)


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029", "\xa0", "\u200b", "\U0001f600", "\x7f", "\ufffe"])
def test_odd_characters_in_a_value_are_kept_or_refused_and_never_misplace_what_follows(
    folder: Path, character: str
) -> None:
    head = f"article: a\ntitle: 'b{character}c'\ndigest: {'0' * 64}\nlength: 1\n"
    result = answer(folder, f"{head}people: no\n")
    assert isinstance(result, MappingError)
    (problem,) = result.problems
    assert problem.location.key in ("people", "")
