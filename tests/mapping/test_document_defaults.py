"""A document with defaults has the same triples as one that repeats them, and its common voices are implied."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import MappingError
from kg.mapping.corpora.corpus_reader import Corpus, read_corpus

TINY = Path(__file__).parents[1] / "app" / "tiny"
DEFAULTS = "defaults: {grade: explicit, form: direct, polarity: positive, certainty: certain, tense: future}\n"
REPEATED = re.compile(r"(?m)^    (?:form|polarity|certainty|tense|grade): .*\n|, grade: explicit")

Copy = Callable[..., Corpus]


@pytest.fixture
def copied(tmp_path: Path) -> Copy:
    """Return a reader of the tiny corpus with another article, and with more in the corpus's own document."""

    def read(article: str, of_corpus: str = "") -> Corpus:
        for file in TINY.glob("*.yaml"):
            more = of_corpus if file.name == "corpus.yaml" else ""
            (tmp_path / file.name).write_text(file.read_text("utf-8") + more, "utf-8")
        (tmp_path / "bridge.yaml").write_text(article, "utf-8")
        return read_corpus(tmp_path / "corpus.yaml")

    return read


def triples(corpus: Corpus) -> set[tuple[object, ...]]:
    return {*corpus.graphs[corpus.names.article("bridge")]}


def test_defaults_of_an_article_or_of_its_corpus_say_what_repeating_them_does(copied: Copy) -> None:
    full = (TINY / "bridge.yaml").read_text("utf-8")
    short = REPEATED.sub("", full)
    assert len(full.splitlines()) - len(short.splitlines()) == 6
    assert triples(copied(full)) == triples(copied(short + DEFAULTS)) == triples(copied(short, DEFAULTS))


def test_what_an_item_says_goes_before_its_article_and_that_before_the_corpus(copied: Copy) -> None:
    full = (TINY / "bridge.yaml").read_text("utf-8")
    past = DEFAULTS.replace("future", "past")
    assert triples(copied(full + past)) == triples(copied(full))
    assert triples(copied(REPEATED.sub("", full) + DEFAULTS, past)) == triples(copied(full))


def test_the_voices_that_all_articles_have_need_no_definition(copied: Copy) -> None:
    full = (TINY / "bridge.yaml").read_text("utf-8").replace("source: person:ada-brandt", "source: voice/article")
    voices = "voices:\n  - {id: voice/article, name: the article, voiceKind: article-voice}\n"
    assert triples(copied(full)) == triples(copied(full + voices))


def test_a_fault_of_a_default_is_reported_once_where_it_stands(copied: Copy) -> None:
    text = REPEATED.sub("", (TINY / "bridge.yaml").read_text("utf-8")) + DEFAULTS.replace("explicit", "explicite")
    with pytest.raises(
        MappingError, match=r"defaults\.grade: 'explicite' is not a concept of the scheme grade"
    ) as raised:
        copied(text)
    assert len(raised.value.problems) == 1
