"""The words of the glossary: what is retired does not come back, and every package that docs name exists."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.repository.test_imports import LAYERS, PACKAGES

ROOT = Path(__file__).parents[2]
RETIRED = (
    "nursery",
    "bury",
    "burial",
    "the house",
    "this room",
    "by room",
    "written anew",
    "None where it is none",
    "what is told of",
    "stand back",
    "stands back",
    "start over",
    "starts over",
    "in step with",
    "bring back",
    "brings back",
    "must_conform",
    "change_plainly",
    "change_checked",
    "start_over",
    "in_step",
    "bring_back",
    "stranger",
    "strangers",
    "asker",
    "intake",
    "who asks",
    "is let in",
    "cause of death",
    "doomed",
    "weaving",
    "chronicle",
    "where it is not given",
    "where it is none",
    "the door",
    "last_words",
    "cause_of_death",
    "come forward",
    "come_forward",
    "stand_back",
    "upkeep",
    "keeper",
    "as it stands",
    "tells of",
    "had from",
    "heard of",
    "made anew",
    "RefusedError",
    "NotOfferedError",
    "Master",
)
"""Words and phrases with a plain one in docs/glossary.md; retired for good, in any case of letters."""
EMPTY_CONSTANTS = frozenset(
    ("MOST", "KINDS", "FIRST", "A_PAGE", "LISTED", "AROUND", "TICK", "REST", "LOOK", "HEAR", "WORD", "SHORT", "NOBODY")
)
"""Names of constants that do not say what they bound or hold."""
EMPTY_LOCALS = frozenset(("found", "each", "asked", "told", "said", "held", "kept", "wanted", "given", "gone", "one"))
"""Local names that do not say what they hold."""
SHARED_CLASSES: frozenset[str] = frozenset()
"""Classes that may be defined twice because they are one concept, each with its reason beside it; none is."""
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/glossary.md")
CODE_PATH = re.compile(r"`((?:kg|server|tests|shapes|ontology|mappings|docs|benchmarks|deploy)/[\w./-]*)`")


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.splitlines()]


@pytest.mark.parametrize("phrase", RETIRED)
def test_a_retired_phrase_stands_in_no_code(phrase: str) -> None:
    sources = [path for path in tracked("kg/*.py", "server/*.py") if path.is_file()]
    assert sources
    pattern = re.compile(rf"\b{re.escape(phrase)}\b".replace(r"\ ", r"\s+"), re.IGNORECASE)
    assert [str(path.relative_to(ROOT)) for path in sources if pattern.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_two_modules_of_a_package_have_one_name(package: str) -> None:
    names: dict[str, list[str]] = {}
    for path in (ROOT / package).rglob("*.py"):
        if path.stem != "__init__" and path.parent.name != "cli":  # commands are named like their library modules
            names.setdefault(path.stem, []).append(str(path.relative_to(ROOT)))
    assert {name: paths for name, paths in names.items() if len(paths) > 1} == {}


def test_every_package_of_the_layers_exists() -> None:
    modules = [ROOT / name.replace(".", "/") for row in LAYERS for name in row]
    missing = [path for path in modules if not (path.is_dir() or path.with_suffix(".py").is_file())]
    assert [str(path.relative_to(ROOT)) for path in missing] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_that_a_document_names_exists(document: str) -> None:
    named = CODE_PATH.findall((ROOT / document).read_text("utf-8"))
    assert named or document == "docs/glossary.md"
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_two_classes_of_a_package_have_one_name(package: str) -> None:
    names: dict[str, list[str]] = {}
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                names.setdefault(node.name.lstrip("_"), []).append(str(path.relative_to(ROOT)))
    assert names
    assert {name: paths for name, paths in names.items() if len(paths) > 1 and name not in SHARED_CLASSES} == {}


@pytest.mark.parametrize("path", tracked("kg/*.py", "server/*.py"), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_constant_says_what_it_bounds(path: Path) -> None:
    statements = ast.parse(path.read_text("utf-8")).body
    targets = [target for node in statements if isinstance(node, ast.Assign) for target in node.targets]
    assert [target.id for target in targets if isinstance(target, ast.Name) and target.id in EMPTY_CONSTANTS] == []


@pytest.mark.parametrize("folder", ["kg", "server", "tests", "benchmarks"])
def test_a_local_name_says_what_it_holds(folder: str) -> None:
    empty = set[tuple[str, str]]()
    for path in tracked(f"{folder}/*.py"):
        nodes = [*ast.walk(ast.parse(path.read_text("utf-8")))]
        names = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        names |= {node.arg for node in nodes if isinstance(node, ast.arg)}
        empty |= {(str(path.relative_to(ROOT)), name) for name in names & EMPTY_LOCALS}
    assert empty == set()
