"""With the texts available: every passage is compared with its characters, and a copy that differs is recognised."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import MappingError, RequestError
from kg.mapping.corpora.corpus_check import check_document
from kg.mapping.corpora.corpus_reader import Corpus, read_corpus
from kg.mapping.passages.located_passages import PassageState

TEXT = (Path(__file__).parent / "sources" / "bridge.txt").read_text("utf-8")

Write = Callable[[str | bytes], Path]
Read = Callable[..., Corpus]


def test_without_a_folder_of_texts_every_article_is_unchecked(read: Read, everything: str) -> None:
    corpus = read(everything)
    assert [(article.slug, article.reason) for article in corpus.unchecked] == [
        ("bridge", "no folder with the articles' texts was given (--sources)")
    ]
    assert corpus.articles[0].text is None


def test_a_folder_without_the_text_leaves_the_article_unchecked(read: Read, everything: str, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.txt").write_text("Something else altogether. " * 10, "utf-8")
    corpus = read(everything, tmp_path / "other")
    assert "has its digest or is a copy of it" in corpus.unchecked[0].reason


def test_a_missing_folder_of_texts_is_a_request_error(read: Read, everything: str, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="There is no folder"):
        read(everything, tmp_path / "nowhere")


def test_the_text_is_found_however_and_wherever_it_is_named(read: Read, everything: str, sources: Path) -> None:
    (sources / "a" / "b").mkdir(parents=True)
    (sources / "bridge.txt").rename(sources / "a" / "b" / "something.else")
    corpus = read(everything, sources)
    article = corpus.articles[0]
    assert (article.slug, article.text, article.length) == ("bridge", TEXT, len(TEXT))
    assert not corpus.unchecked


def test_a_passage_whose_characters_have_another_digest_is_an_error(read: Read, everything: str, sources: Path) -> None:
    line = next(number for number, line in enumerate(everything.splitlines(), 1) if line.startswith("  23-37:"))
    wrong = re.sub(r"(23-37: {digest: )[0-9a-f]{64}", rf"\g<1>{'0' * 64}", everything)
    with pytest.raises(
        MappingError, match=r"the characters 23-37 of the text have the digest [0-9a-f]{64}; expected 0+;"
    ):
        read(wrong, sources)
    with pytest.raises(MappingError, match=f"article.yaml:{line}:3: passages: "):
        read(wrong, sources)
    assert read(wrong).unchecked


def test_a_passage_that_is_stamped_with_another_paragraph_is_an_error(
    read: Read, everything: str, sources: Path
) -> None:
    wrong = re.sub(r"(  23-37: {digest: [0-9a-f]{64}, paragraph: )1", r"\g<1>9", everything)
    assert wrong != everything
    with pytest.raises(MappingError, match="the passage 23-37 is in paragraph 1 of the text; expected 9;"):
        read(wrong, sources)
    # A document that was anchored by an earlier version has none.
    assert not read(re.sub(", paragraph: [0-9]+", "", everything), sources).unchecked


def test_checking_compares_every_passage_with_its_characters(write: Write, everything: str, sources: Path) -> None:
    wrong = re.sub(r"(23-37: {digest: )[0-9a-f]{64}", rf"\g<1>{'0' * 64}", everything)
    with pytest.raises(MappingError, match="the characters 23-37 of the text have the digest"):
        check_document(write(wrong), sources)


def test_a_wrong_length_is_an_error(read: Read, everything: str, sources: Path) -> None:
    wrong = everything.replace(f"length: {len(TEXT)}", f"length: {len(TEXT) + 1}")
    with pytest.raises(MappingError, match=f"length: found the length {len(TEXT) + 1}; the text has {len(TEXT)} cha"):
        read(wrong, sources)


COPIES = {
    "a byte more at the end": TEXT + "\n",
    "Windows line ends": TEXT.replace("\n", "\r\n"),
    "a paragraph before": "A paragraph that was not there.\n" + TEXT,
    "a word changed": TEXT.replace("Naïve hopes", "High hopes"),
    "a sentence less": TEXT.replace("“We will not move,” one of them said.", ""),
}


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_that_differs_is_one_error_of_the_build(name: str, read: Read, everything: str, sources: Path) -> None:
    (sources / "bridge.txt").write_text(COPIES[name], "utf-8", newline="")
    with pytest.raises(
        MappingError, match=r"digest: .*bridge.txt is a copy of this text that differs: its dig"
    ) as raised:
        read(everything, sources)
    assert len(raised.value.problems) == 1


def states(write: Write, everything: str, sources: Path, text: str) -> dict[str, tuple[PassageState, list[str]]]:
    (sources / "bridge.txt").write_text(text, "utf-8", newline="")
    report = check_document(write(everything), sources)
    copy = report.copies["bridge"]
    assert not copy.same
    assert len(copy.passages) == 23
    return {
        str(passage.stamp.span): (passage.state, [str(span) for span in passage.spans]) for passage in copy.passages
    }


def test_moved_passages_are_found_and_repeated_ones_are_ambiguous(write: Write, everything: str, sources: Path) -> None:
    by_span = states(write, everything, sources, "0123456789\n" + TEXT)
    assert by_span["9-18"] == (PassageState.MOVED, ["20-29"])
    assert by_span["0-77"] == (PassageState.MOVED, ["11-88"])
    assert by_span["96-106"] == (PassageState.AMBIGUOUS, ["107-117", "190-200"])
    assert {state for state, _ in by_span.values()} == {PassageState.MOVED, PassageState.AMBIGUOUS}


def test_changed_and_missing_passages_of_a_copy_are_reported(write: Write, everything: str, sources: Path) -> None:
    by_span = states(
        write, everything, sources, TEXT.replace("on Tuesday", "on Monday").replace("one of them", "a man")
    )
    assert by_span["0-18"][0] is PassageState.IN_PLACE
    assert by_span["0-77"] == (PassageState.CHANGED, ["0-76"])
    assert by_span["143-154"] == (PassageState.NOT_FOUND, [])


def test_the_summary_counts_the_passages_by_state(write: Write, everything: str, sources: Path) -> None:
    report = check_document(write(everything), sources)
    assert report.copies["bridge"].same
    assert report.copies["bridge"].summary() == "23 in place"


def test_an_article_s_document_is_checked_in_the_corpus_above_it(folder: Path, everything: str) -> None:
    (folder / "article.yaml").write_text(everything, "utf-8")
    (folder / "more").mkdir()
    other = folder / "more" / "other.yaml"
    other.write_text(f"article: other\ntitle: a\ndigest: {'0' * 64}\nlength: 1\n", "utf-8")
    assert [article.slug for article in check_document(other).corpus.articles] == ["bridge", "other"]
    assert [article.slug for article in check_document(folder / "article.yaml").corpus.articles] == ["bridge"]
    assert [article.slug for article in check_document(folder / "corpus.yaml").corpus.articles] == ["bridge"]
    # Of everything in a copy of a document, its name alone is the fault.
    other.write_text(everything, "utf-8")
    with pytest.raises(MappingError) as raised:
        check_document(other)
    (problem,) = raised.value.problems
    assert "article: the identifier <https://example.org/" in str(problem)
    assert "/article/bridge/> is defined here a second time" in str(problem)


def test_a_document_in_no_corpus_is_a_request_error(tmp_path: Path) -> None:
    document = tmp_path / "a" / "b" / "c" / "d" / "article.yaml"
    document.parent.mkdir(parents=True)
    document.write_text("people: []\n", "utf-8")
    with pytest.raises(
        RequestError, match=r"belongs to no corpus: expected a corpus.yaml in its folder or one above it"
    ):
        check_document(document)


def test_reading_a_corpus_changes_no_file(folder: Path, everything: str, sources: Path) -> None:
    (folder / "article.yaml").write_text(everything, "utf-8")
    before = {file: file.read_bytes() for file in folder.iterdir()}
    corpus = read_corpus(folder / "corpus.yaml", sources)
    assert corpus.articles[0].file == folder / "article.yaml"
    assert {file: file.read_bytes() for file in folder.iterdir()} == before
