"""The page that walks a curator through the worked example agrees with the example's files."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from kg.mapping.passages.passage_words import PassageWords

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "harbour-talks"
PAGE = (ROOT / "docs" / "worked-example.md").read_text("utf-8")
TEXT = (EXAMPLE / "article.txt").read_text("utf-8")
EXCERPTS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
IN_WORDS = re.findall(r"^```yaml words\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
WORDS = [words for block in IN_WORDS for words in re.findall(r'^- \w+: "(.+)"$', block, re.MULTILINE)]


def indented(line: str, by: int) -> str:
    return " " * by + line if line.strip() else line


def stands_in(excerpt: str, document: str) -> bool:
    lines = dedent(excerpt).splitlines()
    return any(
        "\n" + "\n".join(indented(line, by) for line in lines) + "\n" in "\n" + document for by in range(0, 13, 2)
    )


def test_the_page_has_its_excerpts() -> None:
    assert len(EXCERPTS) == 27
    assert len(WORDS) == 4


@pytest.mark.parametrize("excerpt", EXCERPTS, ids=lambda excerpt: excerpt.split("\n")[0].strip(" -#{}")[:40])
def test_an_excerpt_stands_in_the_example_line_by_line(excerpt: str) -> None:
    assert any(stands_in(excerpt, file.read_text("utf-8")) for file in sorted(EXAMPLE.glob("*.yaml")))


def test_an_excerpt_that_was_altered_is_noticed() -> None:
    document = (EXAMPLE / "harbour-talks.yaml").read_text("utf-8")
    (excerpt,) = (text for text in EXCERPTS if text.startswith("withoutStatement:"))
    assert stands_in(excerpt, document)
    assert not stands_in(excerpt.replace("768", "769"), document)


@pytest.mark.parametrize("words", WORDS)
def test_words_on_the_page_find_the_passage_that_the_mapping_has(words: str) -> None:
    (span,) = PassageWords.read(words).find(TEXT)
    assert re.search(rf"\b{span}\b", (EXAMPLE / "harbour-talks.yaml").read_text("utf-8").split("\npassages:")[0])


def test_the_figures_of_the_text_are_right() -> None:
    assert f"{len(TEXT):,} of them" in PAGE
    assert f"{len(TEXT.encode()):,} bytes" in PAGE


def test_every_file_of_the_example_is_on_the_page() -> None:
    assert {file.name for file in EXAMPLE.iterdir()} == set(re.findall(r"^\| `([\w.-]+)`", PAGE, re.MULTILINE))
