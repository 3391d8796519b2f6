"""One document is enough for one article, with the corpus's settings in it; a second article makes a corpus of both."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.app.builds.check import check
from kg.errors import MappingError
from kg.mapping.documents.yaml_document import load_document, to_json
from tests.support.command_line import here

TEXT = "The talks in Port Sel failed. Ada Quill left, and Jon Vik stayed.\n"
IN_BLOCK = """\
# What readers can cite:
corpus:  # by itself
  base: https://news.example/  # for good
  # ours
  licence: https://creativecommons.org/licenses/by/4.0/
  creator: 'the desk: news'
  # a title can come later
"""
MOVED_BLOCK = """\
# What readers can cite:
# by itself
base: https://news.example/  # for good
# ours
licence: https://creativecommons.org/licenses/by/4.0/
creator: 'the desk: news'
# a title can come later
title: 'The talks failed.'
"""
IN_BRACKETS = """\
corpus: {base: https://news.example/,  # for good
  title: "News, daily", kinds: [{id: kind:tea, broader: event-kind/consult, prefLabel: tea}]}  # all
"""
MOVED_BRACKETS = """\
base: https://news.example/  # for good
title: "News, daily"
kinds: [{id: kind:tea, broader: event-kind/consult, prefLabel: tea}]  # all
licence: http://rightsstatements.org/vocab/CNE/1.0/
creator: nobody yet
"""
TOP = "# The schema goes here.\narticle: sel\ntitle: The talks failed.\nlanguage: en\n"
PEOPLE = "\npeople:  # both\n  - {id: person/vik, name: Jon Vik, voiceKind: named-person}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the texts of two articles."""
    for name in ("sel", "vik"):
        (tmp_path / f"{name}.txt").write_text(TEXT, "utf-8")
    return tmp_path


def test_one_document_is_all_that_one_article_gets(folder: Path) -> None:
    assert here("new", folder / "sel.txt").err == ""
    assert {file.name for file in folder.glob("*.yaml")} == {"sel.yaml"}
    (folder / "sel.yaml").write_text(TOP + IN_BLOCK + PEOPLE, "utf-8")
    assert here("anchor", folder / "sel.yaml", "--sources", folder / "sel.txt").status == 0
    corpus = check(folder / "sel.yaml", folder).corpus
    assert [article.iri for article in corpus.articles] == ["https://news.example/article/sel/"]
    assert (corpus.title, corpus.creator) == ("The talks failed.", "the desk: news")
    assert corpus.licence == "https://creativecommons.org/licenses/by/4.0/"
    # Layout is for documents of one article too.
    assert here("format", folder / "sel.yaml").status == 0
    assert check(folder / "sel.yaml", folder).corpus.names == corpus.names


@pytest.mark.parametrize(
    ("section", "moved"),
    [("", ""), (IN_BLOCK, MOVED_BLOCK), (IN_BRACKETS, MOVED_BRACKETS)],
    ids=["none", "block", "brackets"],
)
def test_a_second_article_makes_a_corpus_of_both_and_loses_nothing(section: str, moved: str, folder: Path) -> None:
    first = folder / "sel.yaml"
    first.write_text(TOP + section + PEOPLE, "utf-8")
    assert here("anchor", first, "--sources", folder / "sel.txt").status == 0
    before, stamped = check(first, folder).corpus, first.read_text("utf-8")
    second = here("new", folder / "vik.txt")
    assert f"{folder / 'corpus.yaml'} lists it now." in second.err
    (folder / "vik.yaml").write_text((folder / "vik.yaml").read_text("utf-8").replace("To be written.", "X."), "utf-8")
    assert first.read_text("utf-8") == stamped.replace(section, "")
    content = (folder / "corpus.yaml").read_text("utf-8")
    assert content.startswith(moved)
    assert content.endswith("authority: authority.yaml\narticles: ['sel.yaml', 'vik.yaml']\n")
    after = check(folder / "corpus.yaml", folder).corpus
    assert (after.names, after.title, after.licence, after.creator) == (
        before.names,
        before.title,
        before.licence,
        before.creator,
    )
    graph = before.names.article("sel")
    assert {*after.graphs[graph]} == {*before.graphs[graph]}


def test_two_that_say_different_things_of_their_corpus_are_left_to_a_person(folder: Path) -> None:
    for name in ("a", "b"):
        content = f"article: {name}\ntitle: A\ncorpus: {{base: https://{name}.example/}}\n"
        (folder / f"{name}.yaml").write_text(content, "utf-8")
    (folder / "other.yaml").write_text("services: [&x y]\n", "utf-8")  # another program's
    sentence = here("new", folder / "sel.txt").failed(2)
    assert "say different things of their `corpus`" in sentence
    assert {file.name for file in folder.glob("*.yaml")} == {"a.yaml", "b.yaml", "other.yaml"}
    (folder / "b.yaml").write_text("{article: b, title: B, corpus: {base: https://a.example/}}\n", "utf-8")
    assert "too unusual to be moved" in here("new", folder / "sel.txt").failed(2)
    (folder / "b.yaml").unlink()
    assert here("new", folder / "sel.txt").status == 0
    assert to_json(load_document(folder / "corpus.yaml").root)["articles"] == ["a.yaml", "sel.yaml"]


@pytest.mark.parametrize(
    ("section", "fault"),
    [
        ("corpus: {base: news}\n", "corpus.base: found 'news'; expected an IRI"),
        ("corpus: {articles: x}\n", "corpus.articles: the key 'articles' is not known here"),
        ("corpus: news\n", "corpus: found 'news'; expected what a corpus.yaml would say"),
        ("corpus: {}\n", "corpus: the mapping is empty; expected what a corpus.yaml would say"),
    ],
)
def test_a_fault_of_the_settings_is_told_at_its_key(section: str, fault: str, folder: Path) -> None:
    (folder / "sel.yaml").write_text(TOP + section, "utf-8")
    with pytest.raises(MappingError, match="corpus") as raised:
        check(folder / "sel.yaml")
    assert fault in str(raised.value)


def test_settings_in_an_article_of_a_corpus_are_a_fault(folder: Path) -> None:
    for name in ("sel", "vik"):
        assert here("new", folder / f"{name}.txt").status == 0
        document = folder / f"{name}.yaml"
        document.write_text(document.read_text("utf-8").replace("To be written.", "X."), "utf-8")
    (folder / "vik.yaml").write_text((folder / "vik.yaml").read_text("utf-8") + "corpus: {title: News}\n", "utf-8")
    expected = f"corpus` is for an article in no corpus, and this is one of {folder / 'corpus.yaml'}"
    for checked in ("vik.yaml", "corpus.yaml"):
        with pytest.raises(MappingError, match="in no corpus") as raised:
            check(folder / checked, folder)
        assert expected in str(raised.value)
    built = here("build", folder, "--store", folder / "store", "--strict")
    assert expected in built.err
