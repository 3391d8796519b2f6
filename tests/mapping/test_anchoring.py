"""Words become offsets in place, stamps are written, and nothing else of the file changes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import MappingError, RequestError
from kg.mapping.authoring.anchoring import PASSAGE_KEYS, anchor_document
from kg.mapping.corpora.corpus_reader import Corpus
from kg.mapping.documents.mapping_vocabulary import Json, read_vocabulary
from kg.mapping.passages.passage_words import PassageWords
from kg.shipped_files import ontology_folder

TEXT = (Path(__file__).parent / "sources" / "bridge.txt").read_text("utf-8")

Write = Callable[[str | bytes], Path]
Read = Callable[..., Corpus]

DRAFT = """\
# a comment at the top
article: bridge   # a comment beside
title: A note

people:
  # a comment within
  - id: person/a
    name: "a"     # kept: quotation marks and all
    mention: [Ada Quill, 'met “the ferrymen”']   # two
    at: Minister Ada
      Quill … for two hours.
"""


def test_words_become_offsets_and_comments_and_layout_stay(write: Write, sources: Path) -> None:
    document = write(DRAFT)
    report = anchor_document(document, sources)
    expected = DRAFT.replace("[Ada Quill, 'met “the ferrymen”']", "[9-18, 19-37]")
    expected = expected.replace("Minister Ada\n      Quill … for two hours.", "0-77")
    stamps = f"digest: {sha256(TEXT.encode()).hexdigest()}\nlength: {len(TEXT)}\n"
    expected = expected.replace("# a comment beside\n", f"# a comment beside\n{stamps}")
    assert document.read_text("utf-8").startswith(expected + "passages:\n")
    assert [(passage.written, str(passage.span)) for passage in report.anchored][:2] == [
        ("Ada Quill", "9-18"),
        ("met “the ferrymen”", "19-37"),
    ]
    assert (report.passages, report.changed, report.source.name) == (3, True, "bridge.txt")


def test_an_anchored_document_is_read_with_its_text(write: Write, read: Read, sources: Path) -> None:
    anchored = write(DRAFT)
    anchor_document(anchored, sources)
    corpus = read(anchored.read_bytes(), sources)
    assert corpus.articles[0].text == TEXT
    assert not corpus.unchecked


def test_offsets_count_code_points_not_bytes(write: Write, sources: Path) -> None:
    document = write("article: bridge\ntitle: A note\nwithoutStatement: 😀 ended there.\n")
    anchor_document(document, sources)
    start = TEXT.index("😀")
    assert f"withoutStatement: {start}-{start + 14}\n" in document.read_text("utf-8")
    assert start != TEXT.encode().index("😀".encode())


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("A title\n\nOne. Two.\n \t\n\nThree.\n", {"A title": 1, "One.": 2, "Two.": 2, "Three.": 3}),
        ("\r\n  One.\r\nTwo.\r\n\r\n\u3000Three.", {"One.": 1, "Two.": 2, "Three.": 3}),
    ],
)
def test_a_stamp_has_the_number_of_its_paragraph(
    write: Write, tmp_path: Path, text: str, numbers: dict[str, int]
) -> None:
    source = tmp_path / "text.txt"
    source.write_text(text, "utf-8", newline="")
    document = write(f"article: a\ntitle: b\nwithoutStatement: [{', '.join(numbers)}]\n")
    anchor_document(document, source)
    stamps = re.findall(
        r"^  (\d+)-\d+: \{digest: [0-9a-f]{64}, paragraph: (\d+)", document.read_text("utf-8"), re.MULTILINE
    )
    assert {int(start): int(number) for start, number in stamps} == {
        text.index(words): number for words, number in numbers.items()
    }


def test_anchoring_again_changes_nothing(write: Write, sources: Path) -> None:
    document = write(DRAFT)
    anchor_document(document, sources)
    once = document.read_bytes()
    report = anchor_document(document, sources)
    assert (document.read_bytes(), report.changed, report.anchored) == (once, False, [])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "draft",
    [
        "article: a\ntitle: b\nwithoutStatement: Ada Quill",
        "article: a",
        "article: a\npassages: {}\ntitle: b\n",
        "passages:\n  1-2: {digest: x, fragment: y}\n# kept\narticle: a\nlength: 3\nwithoutStatement: Ada Quill\n",
        "---\narticle: a\nwithoutStatement: >-\n  Ada\n  Quill\ntitle: b\n",
        "article: a\nwithoutStatement: |\n  Ada Quill\ntitle: b\n",
        '"article": "a"\ntitle: b\nwithoutStatement:\n- Ada Quill\n- "Ada\n   Quill"\n# the end',
        "  article: a\n  withoutStatement: [ Ada Quill , met ]\n",
    ],
)
def test_anchoring_any_layout_twice_changes_nothing_more(draft: str, end: str, write: Write, sources: Path) -> None:
    document = write(draft.replace("\n", end))
    anchor_document(document, sources)
    once = document.read_bytes()
    assert not anchor_document(document, sources).changed
    assert document.read_bytes() == once
    assert re.findall(r"^ *length: (\d+)", once.decode(), re.MULTILINE) == [str(len(TEXT))]
    assert ("Ada" in draft) == ("9-18" in once.decode())
    assert once.count(b"#") == draft.count("#")
    assert "\n" not in draft or end == "\n" or b"\n" not in once.replace(b"\r\n", b"")


COMMENTS = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="\ufeff"), max_size=8)
PHRASES = st.sampled_from(["Ada Quill", "Minister … Port Sel", "bridge must stay shut. [2]", "Naïve … there.", "0-8"])


@settings(deadline=None)
@given(entries=st.lists(st.tuples(PHRASES, COMMENTS, st.booleans()), max_size=6))
def test_anchoring_is_idempotent_and_keeps_every_comment(
    entries: list[tuple[str, str, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = [f'  - "{phrase}"  # {note}' if quoted else f"  - {phrase}  # {note}" for phrase, note, quoted in entries]
    block = ["withoutStatement:", *lines] if lines else []
    folder = tmp_path_factory.mktemp("anchored")
    (folder / "texts").mkdir()
    (folder / "texts" / "t").write_text(TEXT, "utf-8")
    document = folder / "article.yaml"
    document.write_text("\n".join(["article: a", *block, "title: b", ""]), "utf-8")
    anchor_document(document, folder / "texts")
    once = document.read_text("utf-8")
    assert not anchor_document(document, folder / "texts").changed
    assert [line.partition("  # ")[2] for line in once.split("\n") if "  # " in line] == [
        note for _, note, _ in entries
    ]


FAULTS = {
    "not there": ("Ada Quell", r"the words 'Ada Quell' are not in the text\."),
    "start not there": ("Eve … Quill", r"are not in the text: 'Eve' is not\."),
    "end not there": ("Ada … Quell", r"are not in the text: 'Quell' is not\."),
    "wrong order": ("there. … Ada", r"are not in the text: the last words come before the first\."),
    "ambiguous": (
        "The ferrymen said",
        r"are in the text 2 times, at 78-95, 161-178; write more words, the offsets, or",
    ),
    "too few": ("The ferrymen said [3]", r"are not in the text 3 times but 2\."),
    "part of a word": ("errymen", r"as whole words, but inside longer ones, at 29-36, 83-90, 166-173; write"),
    "nothing": ("… [2]", r"found '… \[2\]'; expected words of the text, on both sides of an ellipsis\."),
    "outside": ("200-999", r"the passage 200-999 ends outside the text, which has \d+ characters\."),
    "blank": ("77-78", r"the passage 77-78 contains nothing but white space\."),
    "empty": ("20-20", r"the passage 20-20 is empty: its start must be less than its end\."),
}


@pytest.mark.parametrize("name", FAULTS)
def test_words_that_select_no_one_passage_are_an_error_and_nothing_is_written(
    name: str, write: Write, sources: Path
) -> None:
    words, expected = FAULTS[name]
    draft = f'article: a\ntitle: b\nwithoutStatement: [Ada Quill, "{words}"]\n'
    document = write(draft)
    with pytest.raises(MappingError, match=rf"article.yaml:3:31: withoutStatement\[1\]: .*{expected}") as raised:
        anchor_document(document, sources)
    assert len(raised.value.problems) == 1
    assert document.read_text("utf-8") == draft


def test_all_words_that_are_not_found_are_reported_at_once(write: Write, sources: Path) -> None:
    document = write("article: a\nwithoutStatement: [Eve, Ada Quill, Adam]\n")
    with pytest.raises(MappingError) as raised:
        anchor_document(document, sources)
    assert len(raised.value.problems) == 2


@pytest.mark.parametrize("content", ["people: []\n", "{article: a, title: b}\n", "article: [a]\n"])
def test_only_an_article_s_document_can_be_anchored(content: str, write: Write, sources: Path) -> None:
    with pytest.raises(MappingError, match="only an article's document can be anchored"):
        anchor_document(write(content), sources)


def test_a_file_whose_layout_cannot_be_stamped_is_not_changed(write: Write, sources: Path) -> None:
    content = "article: a\n...\n"
    document = write(content)
    with pytest.raises(MappingError, match="the stamps cannot be written into this layout"):
        anchor_document(document, sources)
    assert document.read_text("utf-8") == content


def test_stamps_replace_a_block_whose_bracket_closes_on_a_line_of_its_own(write: Write, sources: Path) -> None:
    document = write("article: a\npassages: {1-2: {digest: x, fragment: y}\n  }\npeople: []\n")
    anchor_document(document, sources)
    assert document.read_text("utf-8").endswith("\npassages: {}\npeople: []\n")


def test_without_a_folder_of_texts_nothing_is_anchored(write: Write, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"There is no folder .*nowhere.* with the articles' texts"):
        anchor_document(write(DRAFT), tmp_path / "nowhere")


def test_the_text_is_found_among_others_by_the_words_and_then_by_its_digest(write: Write, sources: Path) -> None:
    (sources / "below").mkdir()
    (sources / "bridge.txt").rename(sources / "below" / "no extension")
    (sources / "a.txt").write_text("Another text altogether, of Ada Quill.", "utf-8")
    (sources / "binary").write_bytes(b"\xff\xfe\x00")
    document = write(DRAFT)
    assert anchor_document(document, sources).source.name == "no extension"
    (sources / "copy of the draft's words").write_text(TEXT + "More.", "utf-8")
    assert anchor_document(document, sources).source.name == "no extension"


def test_a_document_beside_its_text_is_not_taken_for_one(folder: Path, write: Write, sources: Path) -> None:
    shutil.copy(sources / "bridge.txt", folder / "bridge.txt")
    assert anchor_document(write(DRAFT), folder).source.name == "bridge.txt"


def test_several_texts_that_fit_are_an_error(write: Write, sources: Path) -> None:
    (sources / "copy.txt").write_text(TEXT + "More.", "utf-8")
    with pytest.raises(
        MappingError, match=r"unclear; exactly one text that fits is expected in .*bridge.txt, .*copy.txt"
    ):
        anchor_document(write(DRAFT), sources)
    assert anchor_document(write(DRAFT), sources / "copy.txt").source.name == "copy.txt"


def test_a_text_with_another_digest_is_not_used(write: Write, sources: Path, everything: str) -> None:
    (sources / "bridge.txt").write_text(TEXT.replace("shut", "open"), "utf-8")
    with pytest.raises(
        MappingError, match=r"article.yaml:3:9: digest: no text in .* has the digest [0-9a-f]{64}; to anchor"
    ):
        anchor_document(write(everything), sources)


def without_digest(document: str) -> str:
    return re.sub(r"^digest: .*\n", "", document, flags=re.MULTILINE)


def test_without_its_digest_a_document_is_moved_to_another_text(write: Write, read: Read, sources: Path) -> None:
    document = write(DRAFT)
    anchor_document(document, sources)
    (sources / "bridge.txt").write_text(f"A new heading\n{TEXT}", "utf-8")
    write(without_digest(document.read_text("utf-8")))
    report = anchor_document(document, sources)
    assert [(passage.written, str(passage.span)) for passage in report.anchored] == [
        ("9-18", "23-32"),
        ("19-37", "33-51"),
        ("0-77", "14-91"),
    ]
    assert read(document.read_bytes(), sources).articles[0].length == len(TEXT) + 14


def test_a_passage_that_another_text_has_twice_is_an_error(write: Write, sources: Path) -> None:
    document = write("article: a\ntitle: b\nwithoutStatement: bridge [2]\n")
    anchor_document(document, sources)
    (sources / "bridge.txt").write_text(f"A new heading\n{TEXT}", "utf-8")
    write(without_digest(document.read_text("utf-8")))
    with pytest.raises(
        MappingError, match=r"183-189 of the previous text is not found unchanged in this text; write its"
    ):
        anchor_document(document, sources)


def test_a_passage_that_another_text_lacks_is_an_error(write: Write, sources: Path, everything: str) -> None:
    (sources / "bridge.txt").write_text(TEXT.replace("Naïve hopes", "High hopes"), "utf-8")
    with pytest.raises(
        MappingError, match=r"withoutStatement: the passage \d+-\d+ of the previous text is not found unchanged in this"
    ) as raised:
        anchor_document(write(without_digest(everything)), sources)
    assert len(raised.value.problems) == 1


def test_a_file_keeps_its_mode_and_a_symbolic_link_stays_one(write: Write, sources: Path) -> None:
    document = write(DRAFT)
    document.chmod(0o664)  # more than the umask leaves a new file
    link = document.with_name("link.yaml")
    link.symlink_to(document)
    anchor_document(link, sources)
    assert link.is_symlink()
    assert document.stat().st_mode & 0o777 == 0o664
    assert sorted(file.name for file in document.parent.glob("*")) == sorted(
        ["article.yaml", "authority.yaml", "corpus.yaml", "link.yaml", "outside.yaml"]
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('"the ferrymen"', ["23-37"]),
        ("Tuesday - for", ["53-66"]),
        ("hours.  The\tferrymen", ["71-90"]),
        ("shut. ... move", ["117-140"]),
        ("Sel … two", ["46-70"]),
        ("", []),
        ("…", []),
        ("Ada …", []),
    ],
)
def test_quotation_marks_dashes_and_white_space_need_not_be_the_text_s_own(written: str, expected: list[str]) -> None:
    assert [str(span) for span in PassageWords.read(written).find(TEXT)][:1] == expected


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=20))
def test_any_words_in_any_text_select_spans_inside_it(text: str, words: str) -> None:
    assert all(0 <= span.start < span.end <= len(text) for span in PassageWords.read(words).find(text))


def test_the_keys_of_passages_are_the_schema_s() -> None:
    schema = read_vocabulary(ontology_folder()).schema
    assert {key for key, value in properties(schema) if value == {"$ref": "#/$defs/passages"}} | {
        "evidence"
    } == PASSAGE_KEYS


def properties(schema: Json) -> list[tuple[str, Json]]:
    return [pair for kind in schema["$defs"].values() for pair in kind.get("properties", {}).items()]
