"""One file is enough for one article: a document in no corpus is checked, built and built again, until one lists it."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest

from kg import formats
from kg.app.build_options import BuildOptions
from kg.app.builds.build import Built, build
from kg.app.builds.check import check
from kg.app.corpus_dataset import corpus_and_documents
from kg.app.export import export_graphs
from kg.errors import MappingError
from kg.store import EmbeddedStore, open_store
from tests.support.tiny_corpus import TINY

CORPUS = """\
base: https://example.org/news/
title: A corpus
licence: https://creativecommons.org/licenses/by/4.0/
creator: somebody
authority: authority.yaml
articles: [bridge.yaml, second.yaml]
"""
TEXTS = {"bridge.txt": (TINY / "bridge.txt").read_text("utf-8"), "another.txt": "Another article's text.\n"}


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """Return the tiny article's document, with the people of its authority as its own, and its text beside it."""
    text = (TINY / "bridge.yaml").read_text("utf-8").replace("mentions:", "people:").replace("person:", "person/")
    for name in ("Ada Brandt", "Jon Vik"):
        identifier = f"id: person/{name.lower().replace(' ', '-')}, "
        text = text.replace(identifier, f"{identifier}name: {name}, voiceKind: named-person, ", 1)
    shutil.copy(TINY / "bridge.txt", tmp_path)
    file = tmp_path / "bridge.yaml"
    file.write_text(text, "utf-8")
    return file


def built(file: Path, store: Path, sources: Path | None = None) -> Built:
    """Build what `kg build FILE` builds."""
    corpus, documents = corpus_and_documents([file])
    return build(corpus, partial(EmbeddedStore.open, store), BuildOptions(documents=documents, sources=sources))


def canonical(store: Path) -> bytes:
    """Return a store's quads, sorted."""
    return b"".join(export_graphs(open_store(store), (), formats.NQUADS))


def test_a_lone_document_is_checked_with_its_text(document: Path) -> None:
    report = check(document, document.parent)
    assert [(article.slug, article.iri) for article in report.corpus.articles] == [
        ("bridge", "https://example.org/news/article/bridge/")
    ]
    assert report.copies["bridge"].text.file == document.parent / "bridge.txt"
    document.write_text(document.read_text("utf-8").replace("source: person/ada", "source: person:ada"), "utf-8")
    with pytest.raises(MappingError) as raised:
        check(document)
    assert [str(problem.location.key) for problem in raised.value.problems] == ["statements[0].source"]


def test_a_lone_document_that_has_changed_is_built_as_from_nothing(document: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert (built(document, store).changed, built(document, store).changed) == (True, False)
    before = canonical(store)
    text = document.read_text("utf-8").replace("title: A meeting", "title: A quarrel").replace("Jon Vik", "Jan Vik")
    document.write_text(text.replace("status: occurred", "status: ongoing"), "utf-8")
    assert built(document, store).changed
    assert canonical(store) != before
    built(document, tmp_path / "anew")
    assert canonical(store) == canonical(tmp_path / "anew")
    # With texts, which change no triple but have to be compared, and of which another comes then.
    texts = tmp_path / "texts"
    texts.mkdir()
    for name in ("bridge.txt", "another.txt"):
        (texts / name).write_text(TEXTS[name], "utf-8")
        assert built(document, store, texts).unchecked == ()
    assert canonical(store) == canonical(tmp_path / "anew")


def test_a_corpus_takes_over_a_lone_document_when_a_second_shares_its_people(document: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    built(document, store)
    shutil.copy(TINY / "authority.yaml", tmp_path)
    second = (TINY / "bridge.yaml").read_text("utf-8").replace("article: bridge", "article: second", 1)
    (tmp_path / "second.yaml").write_text(second, "utf-8")
    (tmp_path / "corpus.yaml").write_text(CORPUS, "utf-8")
    assert built(tmp_path, store).changed
    built(tmp_path, tmp_path / "anew")
    assert canonical(store) == canonical(tmp_path / "anew")
    # And back, to the one document alone.
    (tmp_path / "corpus.yaml").unlink()
    built(document, store)
    built(document, tmp_path / "alone")
    assert canonical(store) == canonical(tmp_path / "alone")
