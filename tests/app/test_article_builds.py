"""A build article by article: in processes or in one, it makes what a build of everything as one graph makes."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path

import pytest

from kg import formats
from kg.app.build_options import BuildOptions, no_progress
from kg.app.builds import build_by_article
from kg.app.builds.build import Built, build
from kg.app.builds.build_by_article import ArticleBuild
from kg.app.builds.build_inputs import BuildInputs
from kg.app.export import export_graphs
from kg.errors import MappingError, ShapesViolatedError, StoreError
from kg.namespaces import CQ
from kg.store import EmbeddedStore, Transaction, open_store
from kg.validation.affected_nodes import CachedSubjects
from kg.validation.change_validator import ChangeValidator
from kg.validation.validation_report import ValidationReport
from tests.support.tiny_corpus import TINY

SERIES = Path(__file__).parents[2] / "examples" / "strait-series"
BASE = "https://example.org/communique/"
BRIDGE = "copy-1.yaml"
UNKNOWN = ("jon-vik", "jon-vic")
REPORT_OF = ChangeValidator.report_of


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a corpus of three copies of the tiny article."""
    folder = Path(shutil.copytree(TINY, tmp_path / "corpus"))
    text = (folder / "bridge.yaml").read_text("utf-8")
    names = [f"copy-{number}.yaml" for number in range(3)]
    for name in names:
        article = text.replace("article: bridge", f"article: {name.removesuffix('.yaml')}", 1)
        (folder / name).write_text(article, "utf-8")
    rewrite(folder / "corpus.yaml", "articles: [bridge.yaml]", f"articles: [{', '.join(names)}]")
    return folder


def rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text, f"{file.name} holds no {old!r}: nothing was changed"
    file.write_text(text.replace(old, new, 1), "utf-8")


def built(corpus: Path, store: Path, options: BuildOptions) -> Built:
    return build(corpus, partial(EmbeddedStore.open, store), options)


def canonical(store: Path) -> bytes:
    return b"".join(export_graphs(open_store(store), (), formats.NQUADS))


def test_one_process_and_two_make_the_bytes_of_a_build_as_one_graph(tmp_path: Path) -> None:
    """The articles of the series refer to each other, and some things follow from several of them together."""
    ways = {"one": BuildOptions(jobs=1), "two": BuildOptions(jobs=2), "together": BuildOptions(together=True)}
    reports = {name: built(SERIES, tmp_path / name, options).report for name, options in ways.items()}
    assert canonical(tmp_path / "one") == canonical(tmp_path / "two") == canonical(tmp_path / "together")
    assert reports["one"].sentences() == reports["two"].sentences() == reports["together"].sentences()


@pytest.mark.parametrize(("jobs", "expected"), [(1, ["schema"]), (2, ["fork server", "schema"])])
def test_the_fork_server_compiles_the_schema_while_the_build_reads_it(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int, expected: list[str]
) -> None:
    events: list[str] = []

    def read_schema() -> None:
        events.append("schema")
        raise InterruptedError

    monkeypatch.setattr(build_by_article, "start_fork_server", lambda: events.append("fork server"))
    monkeypatch.setattr(build_by_article, "read_schema", read_schema)
    options = BuildOptions(jobs=jobs)
    inputs = BuildInputs.of(corpus / "corpus.yaml", options)
    with pytest.raises(InterruptedError):
        ArticleBuild(inputs, options, no_progress, tmp_path / "unfinished")
    assert events == expected


def test_what_follows_of_one_article_from_two_others_is_counted(corpus: Path, tmp_path: Path) -> None:
    """The relations of three meetings make one between the first and the last, which no article itself has."""
    for number in (0, 1):
        relation = f'linkPredicate: before, linkObject: "article:copy-{number + 1}/event/meeting"'
        link = f"  - {{linkSubject: event/meeting, {relation}, at: 0-32, grade: inferable}}\n"
        rewrite(corpus / f"copy-{number}.yaml", "passages:\n", f"{link}passages:\n")
    for name, options in {"one": BuildOptions(jobs=1), "together": BuildOptions(together=True)}.items():
        built(corpus, tmp_path / name, options)
    of_first, of_last = (f"{BASE}article/copy-{number}/event/meeting" for number in (0, 2))
    assert f"<{of_first}> <{CQ.before}> <{of_last}> ".encode() in canonical(tmp_path / "one")
    assert canonical(tmp_path / "one") == canonical(tmp_path / "together")


def test_shared_nodes_are_validated_alike_however_many_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = built(SERIES, tmp_path / "at-once", BuildOptions(jobs=1)).report
    monkeypatch.setattr(build_by_article, "MAX_SHARED_TOGETHER", 3)
    monkeypatch.setattr(build_by_article, "MAX_AFFECTED_TOGETHER", 7)
    in_parts = built(SERIES, tmp_path / "in-parts", BuildOptions(jobs=1)).report
    assert in_parts.sentences() == at_once.sentences()
    assert canonical(tmp_path / "in-parts") == canonical(tmp_path / "at-once")


def test_articles_written_one_by_one_make_the_bytes_of_one_batch(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(corpus, tmp_path / "together", BuildOptions(jobs=1))
    monkeypatch.setattr(build_by_article, "MAX_BATCH_BYTES", 1)
    built(corpus, tmp_path / "one-by-one", BuildOptions(jobs=1))
    assert canonical(tmp_path / "one-by-one") == canonical(tmp_path / "together")


def test_a_batch_that_cannot_be_written_ends_the_build(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load, batches = Transaction.load, list[Mapping[str, bytes]]()

    def fail_first(transaction: Transaction, lines: Mapping[str, bytes]) -> None:
        batches.append(lines)
        if len(batches) == 1:
            raise StoreError("The disk is full.")
        load(transaction, lines)

    monkeypatch.setattr(Transaction, "load", fail_first)
    with pytest.raises(StoreError, match=r"^The disk is full\.$"):
        built(corpus, tmp_path / "store", BuildOptions(jobs=1))
    assert len(batches) == 1
    assert not open_store(tmp_path / "store").current().counts


def test_an_article_at_fault_is_left_out_until_it_is_mended(corpus: Path, tmp_path: Path) -> None:
    store, faulty = tmp_path / "store", corpus / BRIDGE
    rewrite(faulty, *UNKNOWN)
    first = built(corpus, store, BuildOptions(jobs=1))
    (reason,) = first.left_out[BRIDGE].reasons
    assert reason.startswith(f"{faulty}:")
    assert "refers to nothing (did you mean 'person:jon-vik'?)" in reason
    assert first.names.article("copy-1") not in first.version.counts
    assert first.names.article("copy-2") in first.version.counts
    again = built(corpus, store, BuildOptions(jobs=1))
    assert (again.changed, again.read, [*again.left_out]) == (False, 0, [BRIDGE])
    rewrite(faulty, *reversed(UNKNOWN))
    mended = built(corpus, store, BuildOptions(jobs=1))
    built(corpus, tmp_path / "anew", BuildOptions(jobs=1))
    assert not mended.left_out
    assert canonical(store) == canonical(tmp_path / "anew")


def test_an_article_that_becomes_faulty_is_left_out_of_what_is_built_of_changes(corpus: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    built(corpus, store, BuildOptions(jobs=1))
    rewrite(corpus / BRIDGE, "membersComplete: true", "membersComplete: yes")
    changed = built(corpus, store, BuildOptions(jobs=1))
    assert ([*changed.left_out], changed.changed, changed.read) == ([BRIDGE], True, 0)
    built(corpus, tmp_path / "anew", BuildOptions(jobs=1))
    assert canonical(store) == canonical(tmp_path / "anew")


def test_a_violation_of_one_article_leaves_it_out_and_names_its_place(corpus: Path, tmp_path: Path) -> None:
    rewrite(corpus / BRIDGE, "    kind: group-kind/parties\n", "")
    left_out = built(corpus, tmp_path / "store", BuildOptions(jobs=1)).left_out
    assert [*left_out] == [BRIDGE]
    assert f"{corpus / BRIDGE}:" in left_out[BRIDGE].reasons[0]
    with pytest.raises(ShapesViolatedError, match="kind"):
        built(corpus, tmp_path / "strict", BuildOptions(jobs=1, strict=True))


def test_of_two_articles_of_one_name_the_second_is_left_out(corpus: Path, tmp_path: Path) -> None:
    rewrite(corpus / "copy-2.yaml", "article: copy-2", "article: copy-1")
    left_out = built(corpus, tmp_path / "store", BuildOptions(jobs=1)).left_out
    (reason,) = left_out["copy-2.yaml"].reasons
    assert f"the article 'copy-1' has the same name as that of {corpus / BRIDGE};" in reason


def test_an_article_is_held_against_its_text_wherever_that_has_moved(corpus: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    own, other = Path(shutil.copy(corpus / "bridge.txt", texts / "a.txt")), texts / "b.txt"
    other.write_text("The text of another article.", "utf-8")
    options = BuildOptions(jobs=1, sources=texts)
    assert built(corpus, tmp_path / "store", options).unchecked == ()
    # In one process, which remembers where the texts of the corpus were.
    own.rename(texts / "c.txt")
    other.rename(texts / "a.txt")
    rewrite(corpus / BRIDGE, "title: A", "title: The")
    again = built(corpus, tmp_path / "store", options)
    assert (again.read, again.unchecked) == (1, ())


def test_if_every_article_is_at_fault_nothing_is_built(corpus: Path, tmp_path: Path) -> None:
    for number in range(3):
        rewrite(corpus / f"copy-{number}.yaml", *UNKNOWN)
    with pytest.raises(MappingError) as raised:
        built(corpus, tmp_path / "store", BuildOptions(jobs=1))
    assert {problem.location.file.name for problem in raised.value.problems} == {f"copy-{n}.yaml" for n in range(3)}
    assert not [*(tmp_path / "store" / "versions").glob("0*")]


def test_a_statement_is_validated_with_what_only_another_article_says(corpus: Path, tmp_path: Path) -> None:
    """The source of what it confirms is in the other article's graph, and makes it a violation."""
    confirmed = "{linkSubject: statement/bridge, linkPredicate: confirms, linkObject: article:copy-2/statement/bridge"
    rewrite(corpus / BRIDGE, "links:\n", f"links:\n  - {confirmed}, at: 34-74, grade: inferable}}\n")
    left_out = built(corpus, tmp_path / "store", BuildOptions(jobs=1)).left_out
    assert [*left_out] == [BRIDGE]
    assert "cannot confirm what" in left_out[BRIDGE].reasons[0]


def test_an_article_s_own_nodes_are_not_validated_again_for_what_it_says_of_shared_ones(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    validated = set[str]()

    def report_of(self: ChangeValidator, focus: Collection[bytes], graph: CachedSubjects) -> ValidationReport:
        validated.update(node.decode() for node in focus)
        return REPORT_OF(self, focus, graph)

    monkeypatch.setattr(ChangeValidator, "report_of", report_of)
    names = built(corpus, tmp_path / "store", BuildOptions(jobs=1)).names
    assert f"<{names.base}person/ada-brandt>" in validated
    assert not [node for node in validated if node.startswith(f"<{names.base}article/")]
