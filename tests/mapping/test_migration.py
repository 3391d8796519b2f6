"""`migrate_document` rewrites earlier documents without changing what they say, and names what a person must decide."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kg.mapping.authoring.migration import migrate_document
from kg.mapping.corpora.corpus_reader import read_corpus
from kg.namespaces import CQ
from tests.support.command_line import here

EARLIER = """article: bridge
digest: 5c30319bc859a5c875dea613813f42836017ac4a0805215eb72626de2e656e29
length: 233
title: An invented note
holdings:
  - formerHolder: person:ada-quill
    post: post:minister
    earliestBegin: 2034-03-01T00:00:00  # stated
    latestBegin: 2034-03-01T23:59:59  # that very day
    timeGrade: explicit
    at: 0-18
events:
  - {id: event/talks, name: talks, kind: event-kind/consult, status: occurred,
     earliestBegin: "2034-05-02T00:00:00", latestEnd: 2034-05-02T23:59:59, timeGrade: explicit, at: 0-18}
  - {id: event/guess, name: a guess, kind: event-kind/consult, status: occurred,
     earliestBegin: 2034-05-02T00:00:00, latestEnd: 2034-05-02T23:59:59, timeGrade: inferable, at: 0-18}
scenarios:
  - {id: scenario/closing, name: closing, kind: event-kind/coerce, status: feared, at: 0-18}
statements:
  - id: statement/denial
    source: person:ada-quill
    form: direct
    act: predict
    polarity: negative
    certainty: certain
    saidEarliest: 2034-05-02T10:00:00
    saidLatest: 2034-05-02T10:00:00
    timeGrade: explicit
    says:
      id: proposition/whole
      gist: If it opens, they stay.
      condition: {id: proposition/opens, gist: It opens.}
      consequence: {id: proposition/stay, gist: They stay.}
    at: 0-18
passages:
  0-18: {digest: 567a6b5ca072f3bcaff72260cdc2cb2defe38660cefc7c8d8832b10e92c38445}
"""
TODAY = (
    EARLIER.replace("earliestBegin: 2034-03-01T00:00:00  # stated", "since: 2034-03-01  # stated")
    .replace("    latestBegin: 2034-03-01T23:59:59  # that very day", "      # that very day")
    .replace('earliestBegin: "2034-05-02T00:00:00", latestEnd: 2034-05-02T23:59:59,', "when: 2034-05-02,", 1)
    .replace("saidEarliest: 2034-05-02T10:00:00\n    saidLatest: 2034-05-02T10:00:00", "saidWhen: 2034-05-02T10:00:00")
)


@pytest.fixture
def document(folder: Path) -> Path:
    (folder / "article.yaml").write_text(EARLIER, "utf-8")
    return folder / "article.yaml"


def test_stamps_of_one_date_of_the_text_become_its_span_with_comments_kept(document: Path) -> None:
    before = read_corpus(document.parent / "corpus.yaml").graphs
    migrated = migrate_document(document, write=True)
    assert [line.strip() for line in document.read_text("utf-8").splitlines()] == [
        line.strip() for line in TODAY.splitlines()
    ]
    assert [problem.location.line for problem in migrated.rewritten] == [8, 14, 26]
    after = read_corpus(document.parent / "corpus.yaml").graphs
    for name, graph in before.items():
        assert {triple[1] for triple in after[name] - graph} <= {CQ.since, CQ.when, CQ.saidWhen}
        assert not graph - after[name]


def test_a_second_run_changes_nothing(document: Path) -> None:
    migrate_document(document, write=True)
    once = document.read_bytes()
    assert not migrate_document(document, write=True).rewritten
    assert document.read_bytes() == once


def test_the_command_checks_without_writing_and_names_each_decision_by_file_line_and_key(document: Path) -> None:
    ran = here("migrate", document, "--check")
    assert ran.status == 1
    assert document.read_text("utf-8") == EARLIER
    decisions = [line.partition(" is ")[0] for line in ran.out.splitlines() if line.startswith("To decide")]
    places = [line.removeprefix(f"To decide: {document}:").partition(": ")[::2] for line in decisions]
    assert [(where.partition(":")[0], rest.partition(":")[0]) for where, rest in places] == [
        ("1", "article"),
        ("6", "holdings[0].formerHolder"),
        ("18", "scenarios[0].status"),
        ("22", "statements[0].form"),
        ("24", "statements[0].polarity"),
    ]
    assert ran.out.endswith("article.yaml: 3 to rewrite, 5 to decide.\n")
    assert here("migrate", document).status == 0
    assert here("migrate", document, "--check").status == 0


ROOT = Path(__file__).parents[2]
CORPORA = ("mappings", "examples/harbour-talks", "examples/strait-series")
DOCUMENTS = sorted(path.relative_to(ROOT).as_posix() for name in CORPORA for path in (ROOT / name).rglob("*.yaml"))
FIRST_ANCHORED = (
    ("examples/harbour-talks", "1102411", {"harbour-talks"}),
    (
        "examples/strait-series",
        "eedefe2",
        {"ferry-fire", "patrols-off", "strait-closed", "harbour-books", "correction"},
    ),
)


def git(*arguments: str) -> str:
    ran = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    return ran.stdout if ran.returncode == 0 else ""


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_earlier_form_of_a_shipped_document_is_migrated(name: str, folder: Path) -> None:
    commits = git("log", "--format=%h", "--", name).split()
    if not git("log", "--format=%h", "--skip=1", "--max-count=1"):
        pytest.skip("needs the history of the repository, which this checkout has not")
    document = folder / "article.yaml"
    for commit in commits:
        document.write_text(git("show", f"{commit}:{name}"), "utf-8")
        migrated = migrate_document(document, write=True)
        assert all(str(decision).endswith(".") and decision.location.line for decision in migrated.decisions), commit
        again = migrate_document(document, write=True)
        assert not again.rewritten, commit
        assert [str(decision).partition(": ")[2] for decision in again.decisions] == [
            str(decision).partition(": ")[2] for decision in migrated.decisions
        ], commit


@pytest.mark.parametrize(("name", "commit", "articles"), FIRST_ANCHORED)
def test_the_first_form_of_an_example_is_valid_once_migrated(
    name: str, commit: str, articles: set[str], folder: Path
) -> None:
    if not git("cat-file", "-t", commit):
        pytest.skip("needs the history of the repository, which this checkout has not")
    for path in git("ls-tree", "-r", "--name-only", commit, name).splitlines():
        file = folder / "earlier" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(git("show", f"{commit}:{path}"), "utf-8")
        if file.suffix == ".yaml":
            migrate_document(file, write=True)
    checked = here("check", folder / "earlier" / name).out.splitlines()
    assert {line.partition(": the document is valid")[0] for line in checked} == articles
