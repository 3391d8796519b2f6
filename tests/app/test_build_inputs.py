"""The digests of what a build reads: an old file is read once, and whatever changes it is seen."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest

from kg.app.build_options import DEFAULT_OPTIONS
from kg.app.builds import build_inputs
from kg.app.builds.build_inputs import BuildInputs
from tests.support.tiny_corpus import TINY

ARTICLE = "bridge.yaml"


def digest(corpus: Path) -> str:
    """Return the digest that a build has of the article."""
    return BuildInputs.of(corpus / "corpus.yaml", DEFAULT_OPTIONS).documents[ARTICLE]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a copy of the tiny corpus."""
    for file in TINY.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def test_what_changes_a_file_without_changing_its_size_or_time_is_seen(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_inputs, "MIN_AGE_NANOSECONDS", 0)  # all files are old
    file = corpus / ARTICLE
    before, content = file.stat(), file.read_bytes()
    assert digest(corpus) == digest(corpus) == sha256(content).hexdigest()
    changed = content.replace(b"title: A", b"title: B", 1)
    assert changed != content
    while file.stat().st_ctime_ns == before.st_ctime_ns:  # until the file system's clock has ticked
        file.write_bytes(changed)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert digest(corpus) == sha256(changed).hexdigest()


def test_only_a_file_that_has_just_changed_is_read_again(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    read_bytes = Path.read_bytes

    def read_and_note(path: Path) -> bytes:
        read.append(path.name)
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", read_and_note)
    for age, expected in ((2**62, [ARTICLE, ARTICLE]), (0, [ARTICLE])):
        monkeypatch.setattr(build_inputs, "MIN_AGE_NANOSECONDS", age)
        read.clear()
        assert digest(corpus) == digest(corpus)
        assert [name for name in read if name == ARTICLE] == expected
