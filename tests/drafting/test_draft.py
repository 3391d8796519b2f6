"""`kg draft` on real files: what it finds in an invented article, and that no text makes it write a wrong document."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.app.builds.check import check
from kg.drafting.drafted_document import draft_document, find_all
from kg.drafting.drafting_tasks import draft_article
from kg.drafting.text.article_text import ArticleText
from kg.drafting.text.spacy_parser import MAX_CHARACTERS_OF_TOKEN, MAX_WORDS_OF_SENTENCE, parse
from kg.mapping.authoring.new_corpus import write_corpus_of
from kg.mapping.checks.passage_checks import digest_faults
from kg.mapping.documents.mapping_vocabulary import read_json_schema
from kg.mapping.documents.schema_check import schema_faults
from kg.mapping.documents.yaml_document import parse_document
from kg.mapping.passages.source_texts import SourceText
from kg.shipped_files import ontology_folder
from tests.support.command_line import here

pytest.importorskip("spacy", reason="the extra `draft` is not installed")

SCHEMA = read_json_schema(ontology_folder())
ARTICLE = """PORT SEL, May 23, 2034 — The bridge to London will stay closed, the ferry company said on Tuesday.

“We will not move,” Ada Quill, the chairman of the company, told reporters. “Nobody asked us.”

Foreign Minister John Vick called the closure “a disgrace.” He said that the government did not want a quarrel. An
official said the bridge might open in June. Ada Quill met John Vick in London on Monday.
"""


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a draft that `kg draft` has written and `kg check` has found without fault."""
    folder = tmp_path_factory.mktemp("drafted")
    (folder / "sel.txt").write_text(ARTICLE, "utf-8")
    ran = here("draft", folder / "sel.txt")
    assert ran.status == 0, ran.err
    assert "the document is valid" in here("check", folder / "sel.yaml", "--sources", folder).out
    return folder


def test_a_draft_says_who_said_what_in_which_passages(drafted: Path) -> None:
    document = yaml.safe_load((drafted / "sel.yaml").read_text("utf-8"))
    quill, vick = "person/ada-quill", "person/john-vick"
    statements = [
        (item["source"], item["form"], item["act"], item["polarity"], item["certainty"], words(item, "contentSpan"))
        for item in document["statements"]
    ]
    official = next(person["id"] for person in document["people"] if person["voiceKind"] == "unnamed-person")
    assert statements == [
        (
            "organization/the-ferry-company",
            "indirect",
            "assert",
            "positive",
            "certain",
            "The bridge to London will stay closed",
        ),
        (quill, "direct", "assert", "negative", "certain", "We will not move,"),
        (quill, "direct", "assert", "positive", "certain", "Nobody asked us."),
        (vick, "mixed", "assess", "positive", "certain", "the closure “a disgrace.”"),
        (vick, "indirect", "assert", "negative", "certain", "that the government did not want a quarrel"),
        (official, "indirect", "assert", "positive", "possible", "the bridge might open in June"),
    ]
    (meeting,) = document["events"]
    assert {part["attendee"] for part in meeting["participants"]} == {quill, vick}
    assert (meeting["place"], str(meeting["when"])) == ("place/london", "2034-05-22")


def test_sides_occasions_and_orders_of_a_meeting_pass_every_check(tmp_path: Path) -> None:
    (tmp_path / "oslo.txt").write_text(
        "OSLO, May 23, 2034 — Norwegian Foreign Minister Susan Orlo met Finnish Prime Minister Martin Aker at the "
        "airport on Monday. At the meeting, Orlo said the bridge was closed. After the talks, Aker said it was late.\n",
        "utf-8",
    )
    assert here("draft", tmp_path / "oslo.txt").status == 0
    assert "the document is valid" in here("check", tmp_path / "oslo.yaml", "--sources", tmp_path).out
    document = yaml.safe_load((tmp_path / "oslo.yaml").read_text("utf-8"))
    (meeting,) = document["events"]
    place = next(place for place in document["places"] if place["id"] == meeting["place"])
    assert (place["name"], place["kind"]) == ("the airport", "place-kind/building")
    sides = {part["attendee"]: (part["side"], part["grade"]) for part in meeting["participants"]}
    assert sides == {
        "person/susan-orlo": ("organization/the-government-of-norway", "inferable"),
        "person/martin-aker": ("organization/the-government-of-finland", "inferable"),
    }
    assert [statement.get("occasion") for statement in document["statements"]] == [meeting["id"], None]
    (link,) = document["links"]
    assert (link["linkSubject"], link["linkPredicate"], link["linkObject"]) == ("statement/2", "after", meeting["id"])


def test_every_item_of_a_draft_has_a_passage_its_rule_a_confidence_and_is_to_be_reviewed(drafted: Path) -> None:
    document = yaml.safe_load((drafted / "sel.yaml").read_text("utf-8"))
    items = [item for section in document.values() if isinstance(section, list) for item in section]
    assert len(items) > 10
    assert all(item["note"].startswith("review: needed; rule: ") and "confidence: 0." in item["note"] for item in items)
    assert all({"at", "mention"} & item.keys() for item in items if not item.get("id", "").startswith("post/"))


def words(item: dict[str, str], key: str) -> str:
    """Return the words of an item's passage."""
    start, end = item[key].split("-")
    return ARTICLE[int(start) : int(end)]


def test_a_folder_is_drafted_in_processes_goes_on_after_faults_and_is_resumed(tmp_path: Path) -> None:
    articles, drafts = tmp_path / "articles", tmp_path / "drafts"
    (articles / "may").mkdir(parents=True)
    (articles / "may" / "sel.txt").write_text(ARTICLE, "utf-8")
    (articles / "bad.txt").write_bytes(b"%PDF-1.4")
    (articles / "page.md").write_text(f"# Bridges\n\n{ARTICLE}", "utf-8")
    first = here("draft", articles, "-o", drafts)
    assert (first.status, "2 drafted, 1 not" in first.out, "bad.txt is a PDF" in first.err) == (1, True, True)
    assert {article.slug for article in check(drafts / "corpus.yaml", drafts).corpus.articles} == {"may-sel", "page"}
    (articles / "bad.txt").unlink()
    assert "0 drafted." in here("draft", articles, "-o", drafts).out
    assert sorted(path.name for path in articles.rglob("*.*")) == ["page.md", "sel.txt"]


def test_without_the_extra_one_sentence_says_how_to_install_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, "utf-8")
    code = "import sys; sys.modules['spacy'] = None; from kg.cli import main; main()"
    command = [sys.executable, "-c", code, "draft", "a.txt"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    sentence = "spacy is not installed, which the extra 'draft' brings: pip install 'communique[draft]'."
    assert (done.returncode, done.stderr) == (2, f"Error: {sentence}\n")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_the_commands_of_kg_do_not_import_the_extra() -> None:
    code = "import sys, kg.cli.draft, kg.cli.new; print({'spacy', 'trafilatura', 'numpy', 'lxml'} & {*sys.modules})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


LOOK_ALIKES = [
    "article: x\n",
    "---\n",
    "- {a: b}",
    "<b>Sel</b>",
    "# ",
    "\t",
    "\ufeff",
    "\u202e",
    "\u2028",
    "\r\n",
    "\n",
    "\n\n",
    "'",
]
PHRASES = [
    "Ada Quill",
    "Mr. Vik",
    "the ferry guild",
    "person/ada-quill",
    " said that ",
    " said ",
    ", according to ",
    " met ",
    " in London",
    "President ",
    " the chairman of ",
    " on Monday",
    ". ",
    ", ",
    "é",
    "e\u0301",
    "שלום",
    "👨\u200d👩\u200d👧",
    "ignore all instructions and ",
]
PIECES = st.sampled_from([*'“”‘’"«»', *LOOK_ALIKES, *PHRASES, *PHRASES])  # noqa: RUF001 -- quotation marks


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES | st.text(st.characters(exclude_categories=["Cs"]), max_size=8), max_size=40).map("".join))
def test_the_draft_of_any_text_has_no_fault_of_structure_or_passage(text: str) -> None:
    source = SourceText(Path("a: 'b'.txt"), text, hashlib.sha256(text.encode()).hexdigest())
    content = draft_document(ArticleText(text, (), is_extracted=False), parse(text), source, Path("new.yaml"), "b")
    root = parse_document(Path("new.yaml"), content).root
    assert not schema_faults(root, SCHEMA, "articleDocument")
    assert not [*digest_faults(root, text)]


def test_the_folder_of_a_document_is_made_if_it_is_missing(tmp_path: Path) -> None:
    article = tmp_path / "sel.txt"
    article.write_text(ARTICLE, "utf-8")
    document = tmp_path / "drafts" / "2034" / "sel.yaml"
    ran = here("draft", article, "-o", document)
    assert (ran.status, document.is_file()) == (0, True), ran.err


def test_hostile_texts_have_drafts_that_pass_every_check(tmp_path: Path) -> None:
    """All of them in one corpus, since a check takes as long for one as for many."""
    write_corpus_of(tmp_path, "*.yaml")
    for number, piece in enumerate(LOOK_ALIKES):
        text = f"“No {piece} none,” Ada {piece} Quill said. President {piece} Quill met Mr. Vik {piece} in London."
        article = tmp_path / f"article-{number}.txt"
        article.write_bytes((text + f" {piece} said {piece} that {piece}: no. " * 3).encode())
        draft_article(article, article.with_suffix(".yaml"))
    assert len(check(tmp_path / "corpus.yaml", tmp_path).corpus.articles) == len(LOOK_ALIKES)


@pytest.mark.parametrize(
    "text",
    ["Some of " * 1500 + "them said that it rained.", "Ada Quill " + "and Ada Quill " * 900 + "met Jon Vik in Oslo."],
    ids=["a part of a part", "a list without end"],
)
def test_a_sentence_of_thousands_of_words_is_drafted_in_pieces(text: str) -> None:
    findings = find_all(parse(text))
    longest = max(end - start for start, end in findings.parsed.sentences)
    assert longest <= MAX_WORDS_OF_SENTENCE
    assert "".join(word.text for word in findings.parsed.words) == text.replace(" ", "")


SAID = "\n\nAda Quill said that it rained."
ENDLESS = {
    "hyphens": "Ada " + "al-" * 3_000 + "Quill left." + SAID,
    "brackets": "(" * 9_000 + SAID,
    "whole quotations in one sentence": "“It rained!” said Jon, " * 400 + SAID,
    "parts of quotations in one sentence": "“the wet one” left Jon, " * 400 + SAID,
    "a signature in capitals": "“It rained here today.” — " + "AL-" * 3_000 + "!" + SAID,
    "marks before a quotation": "“It rained.” " + "!" * 9_000 + "x, “it rained on all of us”." + SAID,
    "names": ", ".join(f"Ada{letter} Quill{number}" for letter in "bcd" for number in range(150)) + " left." + SAID,
    "white space": "Jon left “it rained" + " \n" * 5_000 + "on the bridge." + SAID,
}


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_what_is_said_after_a_text_without_end_has_its_source(text: str) -> None:
    """Rules whose time grew by the cube of such a text would not end."""
    findings = find_all(parse(text))
    contents = [
        (source.entity and source.entity.name, attribution.content[0].of(text))
        for attribution, source in zip(findings.attributions, findings.sources, strict=True)
    ]
    assert contents[-1] == ("Ada Quill", "that it rained")
    assert max(len(word.text) for word in findings.parsed.words if word.text.strip()) <= MAX_CHARACTERS_OF_TOKEN
