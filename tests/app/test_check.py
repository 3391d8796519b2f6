"""`kg check` finds what a build refuses, in the same sentences, with the key and line of each fault."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from itertools import chain
from pathlib import Path

import pytest

from kg.app.build_options import BuildOptions
from kg.app.builds.build import Built, build
from kg.app.builds.check import check
from kg.errors import ContradictionError, DataError, MappingError
from kg.store import EmbeddedStore
from tests.support.tiny_corpus import TINY

MAPPING = Path(__file__).parents[1] / "mapping"
GRADED = "    grade: explicit\n    gist"
SIDE = ("capacity: delegation-head, at: 0-22, grade: explicit}\n    at", "side: event/meeting, ")
FAULTS = {
    "group-kind": ("    kind: group-kind/parties\n", "", "groups[0].kind"),
    "tense": ("    tense: future\n", "", "statements[0].tense"),
    "status": ("status: occurred", "status: planned", "events[0].status"),
    "voice": ("voiceKind: collective", "voiceKind: named-person", "groups[0].voiceKind"),
    "grade": (GRADED, "    gist", "statements[0].grade"),
    "language": ("language: en\n", "", "language"),
    "side": (SIDE[0], SIDE[1] + SIDE[0], "events[0].participants[1].side"),
    "relay": ("says: {id", "relays: event/meeting\n    says: {id", "statements[0].relays"),
    "concept": ("act: promise", "act: promice", "statements[0].act"),
    "dangling": ("addressee: person:jon-vik", "addressee: person:jon-vic", "statements[0].addressee"),
    "words": ("at: 34-74", "at: We … him.", "statements[0].at"),
}
"""By name: what is written in the place of what, and the key that has to be named."""


def by_file(error: MappingError) -> dict[str, list[str]]:
    sentences = defaultdict(list)
    for problem in error.problems:
        file = problem.location.file
        sentences[file.name].append(str(problem).replace(f"{file.parent}/", ""))
    return dict(sentences)


def faults(corpus: Path) -> dict[str, list[str]]:
    with pytest.raises(MappingError) as raised:
        check(corpus)
    return by_file(raised.value)


def listed(corpus: Path, names: Iterable[str]) -> None:
    corpus.write_text(re.sub(r"articles: .*", f"articles: [{', '.join(names)}]", corpus.read_text("utf-8")), "utf-8")


def built(corpus: Path, store: Path) -> Built:
    return build(corpus, partial(EmbeddedStore.open, store), BuildOptions(jobs=1))


def test_check_says_of_every_fault_what_the_build_says(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TINY, tmp_path / "corpus"))
    valid = (folder / "bridge.yaml").read_text("utf-8")
    for name, (old, new, _) in FAULTS.items():
        assert old in valid, name
        text = valid.replace(old, new, 1).replace("article: bridge", f"article: {name}", 1)
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    listed(folder / "corpus.yaml", ["bridge.yaml", *(f"{name}.yaml" for name in FAULTS)])
    faults_by_file = faults(folder / "corpus.yaml")
    left_out = built(folder, tmp_path / "store").left_out
    reasons = {name: [*document.reasons] for name, document in left_out.items()}
    assert faults_by_file == {
        name: [line.replace(f"{folder}/", "") for line in lines] for name, lines in reasons.items()
    }
    for name, (_, _, key) in FAULTS.items():
        assert f": {key}: " in faults_by_file[f"{name}.yaml"][0], name


def test_a_violation_is_told_by_the_names_that_are_typed(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TINY, tmp_path / "corpus"))
    authority, file = folder / "authority.yaml", folder / "bridge.yaml"
    authority.write_text(authority.read_text("utf-8").replace("named-person", "nobody", 1), "utf-8")
    file.write_text(file.read_text("utf-8").replace("status: occurred", "status: planned", 1), "utf-8")
    assert faults(folder / "corpus.yaml") == {
        "authority.yaml": [
            (
                "authority.yaml:2:58: people[0].voiceKind: person:ada-brandt: The voice kind of a person is "
                "named-person or unnamed-person. Found nobody. [person-voice-kind]"
            )
        ],
        "bridge.yaml": [
            (
                "bridge.yaml:25:13: events[0].status: bridge/event/meeting: An event has exactly one status, "
                "occurred or ongoing: what is planned, feared or denied is a scenario. Found planned. [event-status]"
            )
        ],
    }


def test_a_contradiction_is_told_by_keys_and_identifiers(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TINY, tmp_path / "corpus"))
    file = folder / "bridge.yaml"
    ends = "linkSubject: group/both, linkPredicate: possiblySame, linkObject: group/both"
    itself = f"{{{ends}, at: 35-37, grade: inferable}}"
    file.write_text(file.read_text("utf-8").replace("links:\n", f"links:\n  - {itself}\n", 1), "utf-8")
    _, contradiction = faults(file)["bridge.yaml"]
    with pytest.raises(ContradictionError) as raised:
        built(folder / "corpus.yaml", tmp_path / "store")
    assert str(raised.value).replace(f"{folder}/", "") == contradiction
    assert contradiction.startswith("bridge.yaml:47:46: links[0].linkPredicate: The facts contradict the ontology, ")
    assert "'article:bridge/group/both cq:possiblySame article:bridge/group/both' is asserted" in contradiction


def test_check_reports_all_that_a_build_reports_of_documents_with_any_fault(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MAPPING / "corpus", tmp_path / "corpus"))
    corpus, expected = folder / "corpus.yaml", dict[str, set[str]]()
    for file in sorted((MAPPING / "invalid").glob("*.yaml")):
        (folder / file.name).write_bytes(file.read_bytes().replace(b"article: note", f"article: {file.stem}".encode()))
        lines = re.findall(r"(?m)^# article\.yaml(:.*)$", file.read_text("utf-8"))
        expected[file.name] = {f"{file.name}{line}".replace("/note/", f"/{file.stem}/") for line in lines}
    listed(corpus, expected)
    of_structure = faults(corpus)
    assert {name: {*lines} for name, lines in of_structure.items()} == {name: expected[name] for name in of_structure}
    listed(corpus, expected.keys() - of_structure.keys())
    faults_by_file = faults(corpus)
    assert faults_by_file.keys() == expected.keys() - of_structure.keys()
    assert all(expected[name] <= {*lines} for name, lines in faults_by_file.items())
    with pytest.raises(DataError) as refused:
        built(corpus, tmp_path / "store")
    assert {*str(refused.value).replace(f"{folder}/", "").splitlines()} <= {
        *chain.from_iterable(faults_by_file.values())
    }
