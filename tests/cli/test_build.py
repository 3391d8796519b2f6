"""`kg build` as a process: its output, and its exit status."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from benchmarks.documents import write_documents
from kg.cli.progress import Steps
from tests.support.command_line import KG, TINY, here, kg


def test_it_says_what_it_built_on_standard_output_and_its_steps_on_standard_error(tmp_path: Path) -> None:
    ran = kg("build", TINY, "--store", tmp_path / "my store", "--sources", TINY, "--no-cross-check")
    assert ran.status == 0
    assert ran.out.startswith(f"Built version 000001 of {tmp_path / 'my store'} in ")
    assert [line.split()[0] for line in ran.err.splitlines()] == ["Reading", "Inferring", "Validating", "Writing"]


def test_without_the_texts_it_says_that_passages_are_unchecked(store: Path) -> None:
    ran = kg("build", TINY, "--store", store, "--no-cross-check")
    assert ran.out.startswith("Nothing has changed: version 000001")
    assert "Note: the passages of bridge are unchecked: no folder with the articles' texts" in ran.err


def test_of_many_unchecked_articles_a_line_names_five_and_the_report_all(tmp_path: Path) -> None:
    slugs = [f"made-up-{number}" for number in range(7)]
    corpus, report = write_documents(tmp_path / "corpus", len(slugs)), tmp_path / "report.json"
    ran = kg("build", corpus, "--store", tmp_path / "store", "--report", report)
    reason = "no folder with the articles' texts was given (--sources)"
    notes = [line for line in ran.err.splitlines() if line.startswith("Note: the passages")]
    assert notes == [f"Note: the passages of {', '.join(slugs[:5])} and 2 more are unchecked: {reason}."]
    assert json.loads(report.read_text())["unchecked"] == [{"article": slug, "reason": reason} for slug in slugs]


def test_a_fault_is_an_error_with_file_line_and_key_and_the_store_keeps_what_it_had(store: Path, corpus: Path) -> None:
    file = corpus / "bridge.yaml"
    file.write_text(file.read_text("utf-8").replace("\nlanguage: en", "\nlanguaje: en", 1), "utf-8")
    ran = kg("build", corpus, "--store", store)
    assert ran.status == 1
    assert "Traceback" not in ran.err
    line = file.read_text("utf-8").splitlines().index("languaje: en") + 1
    assert (
        f"Error: {file}:{line}:1: languaje: the key 'languaje' is not known here (did you mean 'language'?)" in ran.err
    )
    assert kg("versions", "--store", store).out.count("000001") == 1


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("bridge.yaml", b""),
        ("bridge.yaml", b"article:\tbridge\n\tx: 1\n"),
        ("bridge.yaml", "article: bridge\n".encode("utf-16")),
        ("bridge.yaml", b"article: [\xff\n"),
        ("authority.yaml", b"people: [\n"),
        ("corpus.yaml", b"base: https://example.org/communique/\n"),
    ],
    ids=["empty", "tabs", "UTF-16", "no UTF-8", "unfinished", "half a corpus"],
)
def test_a_file_that_is_no_mapping_is_one_clear_error(store: Path, corpus: Path, file: str, content: bytes) -> None:
    (corpus / file).write_bytes(content)
    ran = kg("build", corpus, "--store", store)
    assert (ran.status, ran.out) == (1, "")
    errors = [line for line in ran.err.splitlines() if not line.startswith("Reading")]
    assert errors, ran.err
    assert all(line.startswith(f"Error: {corpus / file}:") for line in errors), ran.err


def test_a_50_mb_file_is_one_clear_error_at_once(store: Path, corpus: Path) -> None:
    with (corpus / "bridge.yaml").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    ran = kg("build", corpus, "--store", store)
    assert ran.status == 1
    assert "10" in ran.err
    assert "Traceback" not in ran.err


def test_named_documents_are_built_alone_and_have_to_be_of_one_corpus(corpus: Path, tmp_path: Path) -> None:
    (corpus / "empty.yaml").write_text("", "utf-8")
    file = corpus / "corpus.yaml"
    file.write_text(file.read_text("utf-8").replace("[bridge.yaml]", "[bridge.yaml, empty.yaml]"), "utf-8")
    ran = here("build", corpus / "bridge.yaml", "--store", tmp_path / "store", "--quiet")
    assert (ran.status, "article/bridge" in here("versions", "--store", tmp_path / "store", "--json").out) == (0, True)
    other = corpus / "other.yaml"
    other.write_text("article: other\n", "utf-8")
    expected = f"{other} is not an article of {file}: expected one that its articles list or match."
    assert (
        here("build", corpus / "bridge.yaml", other, "--store", tmp_path / "store", "-q").failed(2).endswith(expected)
    )
    fault = f"The documents are of several corpora ({other} of {file} and {TINY / 'bridge.yaml'} of"
    assert here("build", other, TINY / "bridge.yaml", "--store", tmp_path / "new").failed(2).startswith(fault)
    assert not (tmp_path / "new").exists()


def test_a_log_is_told_at_ten_points_at_most_how_far_the_articles_are(capsys: pytest.CaptureFixture[str]) -> None:
    steps = Steps(1)
    for total in (9, 20):
        for done in range(1, total + 1):
            steps.count(done, total)
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(",")[0] for line in lines] == [f"{done} of 20 articles" for done in range(2, 21, 2)]
    assert all(re.fullmatch(r".*, [\d.]+ a second, \d+:\d\d:\d\d remaining", line) for line in lines)


def test_a_corpus_that_is_not_there_is_the_calls_fault(tmp_path: Path) -> None:
    ran = kg("build", tmp_path / "nowhere", "--store", tmp_path / "store")
    assert ran.status == 2
    assert "nowhere" in ran.err
    assert not (tmp_path / "store").exists()


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = kg("build", TINY, "--store", tmp_path / "file" / "store", "--no-cross-check")
    assert ran.status == 2
    assert ran.err.splitlines()[-1].startswith("Error: ")
    assert str(tmp_path / "file") in ran.err.splitlines()[-1]
    assert "Traceback" not in ran.err


def test_source_date_epoch_is_the_time_that_provenance_records(tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert kg("build", TINY, "--store", store, "--no-cross-check", SOURCE_DATE_EPOCH="86400").status == 0
    provenance = kg("export", "provenance", "--store", store, "--format", "ntriples").out
    assert provenance.count('"1970-01-02T00:00:00Z"') == 4


@pytest.mark.parametrize("seconds", ["yesterday", "-1", "99999999999999"])
def test_a_time_that_is_none_is_the_calls_fault(tmp_path: Path, seconds: str) -> None:
    ran = here("build", TINY, "--store", tmp_path / "store", "--time", seconds)
    assert ran.status == 2
    assert f"{seconds}" in ran.err
    assert not (tmp_path / "store").exists()


def everything_on(terminal: int) -> str:
    """Read a terminal until no process writes to it, which Linux reports by EIO; one read returns at most 4 kB."""
    shown = b""
    with contextlib.suppress(OSError):
        while block := os.read(terminal, 1 << 16):
            shown += block
    os.close(terminal)
    return shown.decode("utf-8", "replace")


def test_on_a_terminal_a_bar_tells_the_steps_and_no_plain_lines_do(tmp_path: Path) -> None:
    command: list[str | Path] = [KG, "build", TINY, "--no-cross-check", "--sources", TINY]
    command += ["--store", tmp_path / "store"]
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stderr=theirs, stdout=subprocess.DEVNULL, env={"TERM": "xterm"}) as building:
        os.close(theirs)
        shown = everything_on(ours)
    assert building.returncode == 0
    assert "Validating" in shown
    assert "\x1b[" in shown
    assert "━" in shown or "-" in shown


def test_pyshacl_alone_validates_to_the_same_report_and_the_same_store(corpus: Path, store: Path) -> None:
    ran = here("build", TINY, "--store", store, "--validator", "pyshacl", "--quiet")
    assert ran.out.startswith("Nothing has changed: version 000001")
    file = corpus / "bridge.yaml"
    file.write_text(file.read_text("utf-8").replace("    kind: group-kind/parties\n", "", 1), "utf-8")
    reports = [here("validate", corpus, "--json", "--validator", name).out for name in ("queries", "pyshacl")]
    assert reports[0] == reports[1]
    assert '"violations": 1' in reports[0]
