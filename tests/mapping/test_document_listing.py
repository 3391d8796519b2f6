"""The documents that a corpus lists by name, folder or pattern, and lists that cannot be meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.errors import MappingError
from kg.mapping.corpora.corpus_files import read_corpus_files
from kg.mapping.corpora.corpus_reader import read_corpus

HEAD = """base: https://example.org/bridge/
title: A corpus
licence: https://creativecommons.org/licenses/by/4.0/
creator: the tests
authority: authority.yaml
"""


def corpus(folder: Path, *articles: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "corpus.yaml").write_text(f"{HEAD}articles: [{', '.join(articles)}]\n", "utf-8")
    return folder / "corpus.yaml"


def documents(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("article: a\n", "utf-8")


def listed(folder: Path, *articles: str) -> list[str]:
    return [file.relative_to(folder).as_posix() for file in read_corpus_files(corpus(folder, *articles)).articles]


def refused(folder: Path, *articles: str) -> str:
    file = corpus(folder, *articles)
    with pytest.raises(MappingError) as raised:
        read_corpus_files(file)
    return str(raised.value).replace(f"{folder}/", "")


def test_folders_patterns_and_names_list_each_document_once_in_the_order_of_names(tmp_path: Path) -> None:
    documents(tmp_path, "b.yaml", "a.yaml", "more/2.yaml", "more/deep/1.yaml", "more/.hidden.yaml", "more/notes.txt")
    documents(tmp_path, "authority.yaml")
    assert listed(tmp_path, "b.yaml", "'*.yaml'", "more") == ["a.yaml", "b.yaml", "more/2.yaml", "more/deep/1.yaml"]
    assert listed(tmp_path, "'**/[12].yaml'") == ["more/2.yaml", "more/deep/1.yaml"]
    assert listed(tmp_path, ".") == ["a.yaml", "b.yaml", "more/2.yaml", "more/deep/1.yaml"]


def test_a_name_with_the_characters_of_a_pattern_is_that_of_the_file(tmp_path: Path) -> None:
    documents(tmp_path, "what[1].yaml", "what1.yaml")
    assert listed(tmp_path, "'what[1].yaml'") == ["what[1].yaml"]


@pytest.mark.parametrize(
    ("article", "fault"),
    [
        ("empty", "'empty' holds no mapping document; expected a folder with .yaml files in it."),
        ("'*.yml'", "'*.yml' holds no mapping document; expected a pattern of the names of files."),
        ("'a**/x'", "'a**/x' is not a file pattern: Invalid pattern"),
    ],
)
def test_what_lists_no_document_is_an_error_at_its_place(tmp_path: Path, article: str, fault: str) -> None:
    (tmp_path / "empty").mkdir()
    error = refused(tmp_path, article)
    assert error.startswith("corpus.yaml:6:12: articles[0]: ")
    assert fault in error or "holds no mapping document" in error  # Python 3.13 takes a** for a*


def test_a_circle_of_folders_is_an_error_and_not_followed(tmp_path: Path) -> None:
    documents(tmp_path, "more/1.yaml")
    (tmp_path / "more" / "again").symlink_to("../more")
    expected = (
        "corpus.yaml:6:12: articles[0]: more/again is a link to the folder ../more, and could lead in a circle; "
        "expected folders without links (list what it leads to by its own name)."
    )
    assert refused(tmp_path, "more") == refused(tmp_path, "'more/**/*.yaml'") == expected


def test_a_circle_of_files_is_an_error_that_names_the_link(folder: Path) -> None:
    (folder / "article.yaml").symlink_to("article.yaml")
    expected = "article.yaml: the link to article.yaml leads nowhere, or in a circle; expected a mapping document."
    with pytest.raises(MappingError, match=re.escape(expected)):
        read_corpus(folder / "corpus.yaml")


def test_a_document_that_two_corpora_claim_is_an_error_that_names_both(tmp_path: Path) -> None:
    corpus(tmp_path / "part", "1.yaml")
    documents(tmp_path, "part/1.yaml", "part/2.yaml", "part/authority.yaml")
    assert listed(tmp_path, "part/2.yaml") == ["part/2.yaml"]
    assert refused(tmp_path, "'part/[0-9].yaml'") == (
        "corpus.yaml:6:12: articles[0]: part/1.yaml is a document of the corpus part/corpus.yaml too; "
        "expected a document of one corpus; leave it out of one of the two."
    )
