"""A build of what has changed makes what a build from nothing makes, to the byte of its canonical export."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import pytest
from rdflib import RDF, RDFS, Literal, URIRef

from kg import formats
from kg.app import schema
from kg.app.build_options import BuildOptions
from kg.app.builds import build_inputs
from kg.app.builds.build import Built, build
from kg.app.builds.build_inputs import BuildInputs
from kg.app.builds.shared_content import SharedContent, read_shared_content
from kg.app.export import export_graphs
from kg.app.schema import read_schema
from kg.app.write import write_validated
from kg.datasets import GraphNames
from kg.errors import DataError, MappingError
from kg.namespaces import AS, CQ
from kg.shipped_files import shapes_folder
from kg.store import EmbeddedStore, Triple, open_store
from tests.support.tiny_corpus import TINY

EDITS = int(os.environ.get("EDITS", "6"))
"""Random edits in each run; `make stress` makes 100."""
ARTICLES = 3
SERIES = Path(__file__).parents[2] / "examples" / "strait-series"
NAMES = GraphNames("https://example.org/communique/")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a corpus of copies of the tiny article."""
    folder = Path(shutil.copytree(TINY, tmp_path / "corpus"))
    for number in range(ARTICLES):
        write_article(folder, number)
    list_articles(folder)
    return folder


def write_article(folder: Path, number: int) -> None:
    text = (TINY / "bridge.yaml").read_text("utf-8").replace("article: bridge", f"article: copy-{number}", 1)
    (folder / f"copy-{number}.yaml").write_text(text, "utf-8")


def list_articles(folder: Path) -> None:
    file = folder / "corpus.yaml"
    head = [line for line in file.read_text("utf-8").splitlines() if not line.startswith(("articles:", "  - "))]
    names = [f"  - {path.name}" for path in articles(folder)]
    file.write_text("\n".join([*head, "articles:", *names, ""]), "utf-8")


def articles(folder: Path) -> list[Path]:
    return sorted(folder.glob("*copy-*.yaml"))


def rebuild(corpus: Path, store: Path, steps: list[str] | None = None, *, force: bool = False) -> Built:
    progress = [] if steps is None else steps
    return build(corpus, partial(EmbeddedStore.open, store), BuildOptions(force=force), progress.append)


def canonical(store: Path) -> bytes:
    return b"".join(export_graphs(open_store(store), (), formats.NQUADS))


def rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text, f"{file.name} holds no {old!r}: nothing was changed"
    file.write_text(text.replace(old, new, 1), "utf-8")


def edit(folder: Path, random: Random) -> None:
    title = f"title: told {random.randrange(1_000_000)}"
    file = random.choice(articles(folder))
    first = next(line for line in file.read_text("utf-8").splitlines() if line.startswith("title: "))
    rewrite(file, first, title)


def edit_kind(folder: Path, random: Random) -> None:
    file = random.choice(articles(folder))
    text = file.read_text("utf-8")
    old, new = (
        ("status: occurred", "status: ongoing")
        if "status: occurred" in text
        else ("status: ongoing", "status: occurred")
    )
    rewrite(file, old, new)


def add(folder: Path, random: Random) -> None:
    write_article(folder, random.randrange(10, 1_000_000))
    list_articles(folder)


def remove(folder: Path, random: Random) -> None:
    if len(articles(folder)) > 2:
        random.choice(articles(folder)).unlink()
        list_articles(folder)


def rename(folder: Path, random: Random) -> None:
    file = random.choice(articles(folder))
    file.rename(file.with_name(f"renamed-{random.randrange(1_000_000)}-{file.name}"))
    list_articles(folder)


def rename_person(folder: Path, random: Random) -> None:
    file = folder / "authority.yaml"
    name = file.read_text("utf-8").split("name: ")[1].split(",")[0]
    rewrite(file, f"name: {name},", f"name: Ada {random.randrange(1_000_000)},")


def add_person(folder: Path, random: Random) -> None:
    number = random.randrange(1_000_000)
    entry = f"  - {{id: person:passer-by-{number}, name: Ada {number}, voiceKind: named-person}}\n"
    rewrite(folder / "authority.yaml", "people:\n", f"people:\n{entry}")


def remove_person(folder: Path, random: Random) -> None:
    """Remove a person whom no article names, if there is one."""
    file = folder / "authority.yaml"
    people = [line for line in file.read_text("utf-8").splitlines(keepends=True) if "person:passer-by-" in line]
    if people:
        rewrite(file, random.choice(people), "")


def edit_shape(_: Path, random: Random) -> None:
    """Change the message of a shape, which is in the shapes' graph."""
    file = shapes_folder() / "agents.ttl"
    message = file.read_text("utf-8").split('sh:message "')[1].split('"')[0]
    rewrite(file, f'"{message}"', f'"A person is somebody, {random.randrange(1_000_000)}."')


def tighten_or_loosen_shape(_: Path, _random: Random) -> None:
    """Turn a shape on or off."""
    file = shapes_folder() / "agents.ttl"
    text, off = file.read_text("utf-8"), "cqs:person a sh:NodeShape ;\n    sh:deactivated true ;\n"
    on = "cqs:person a sh:NodeShape ;\n"
    rewrite(file, *((off, on) if off in text else (on, off)))


CHANGES: tuple[Callable[[Path, Random], None], ...] = (
    edit,
    edit_kind,
    add,
    remove,
    rename,
    rename_person,
    add_person,
    remove_person,
    edit_shape,
    tighten_or_loosen_shape,
)
OF_SHAPES = {edit_shape, tighten_or_loosen_shape}


@pytest.fixture
def own_shapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make builds read a copy of the shapes, which a test may edit."""
    folder = Path(shutil.copytree(shapes_folder(), tmp_path / "shapes"))
    for module in (sys.modules[__name__], build_inputs, schema):
        monkeypatch.setattr(module, "shapes_folder", lambda: folder)
    return folder


@pytest.mark.timeout(600 + 60 * EDITS)
@pytest.mark.usefixtures("own_shapes")
def test_after_random_changes_the_canonical_export_is_that_of_a_build_from_nothing(
    corpus: Path, tmp_path: Path
) -> None:
    random, store = Random(EDITS), tmp_path / "store"  # noqa: S311 -- no secret
    rebuild(corpus, store)
    for number in range(EDITS):
        changes = [*CHANGES][number % len(CHANGES) :][:1] + random.choices(CHANGES, k=random.randrange(2))
        for change in changes:
            change(corpus, random)
        steps: list[str] = []
        rebuild(corpus, store, steps)
        names = [change.__name__ for change in changes]
        reads_everything = any(step.startswith("Reading everything") for step in steps)
        assert len(changes) > 1 or reads_everything == (changes[0] in OF_SHAPES), (names, steps)
        rebuild(corpus, tmp_path / f"anew-{number}")
        assert canonical(store) == canonical(tmp_path / f"anew-{number}"), names


def test_a_build_of_an_unchanged_corpus_reads_nothing_and_a_forced_one_everything(corpus: Path, tmp_path: Path) -> None:
    first = rebuild(corpus, tmp_path / "store")
    again, forced = (rebuild(corpus, tmp_path / "store", force=force) for force in (False, True))
    assert (first.read, again.read, forced.read) == (ARTICLES + 2, 0, ARTICLES + 2)
    assert (again.changed, again.version, forced.changed) == (False, first.version, False)


def test_of_one_changed_article_that_one_alone_is_read(corpus: Path, tmp_path: Path) -> None:
    rebuild(corpus, tmp_path / "store")
    rewrite(corpus / "copy-1.yaml", "title: A", "title: The")
    assert rebuild(corpus, tmp_path / "store").read == 1


def test_what_articles_share_is_read_again_only_when_it_has_changed(corpus: Path) -> None:
    def shared() -> SharedContent:
        return read_shared_content(BuildInputs.of(corpus / "corpus.yaml", BuildOptions()), None)

    before = shared()
    rewrite(corpus / "copy-1.yaml", "title: A", "title: The")
    assert shared() is before
    rewrite(corpus / "authority.yaml", "name: Ada Brandt", "name: Ada Brant")
    names = [{*content.documents.authority.objects(None, CQ.name)} for content in (before, shared())]
    assert names[0] ^ names[1] == {Literal("Ada Brandt"), Literal("Ada Brant")}


def collect(store: Path, note: str) -> None:
    """Write a note into a collection, as readers do."""
    graph = NAMES.collection("harbour")
    annotation = URIRef(f"{graph}#{note}")
    write(store, graph, (annotation, RDF.value, Literal(note)), (URIRef(graph), AS["items"], annotation))


def write(store: Path, graph: str, *triples: Triple) -> None:
    """Write into a graph as the server does, over HTTP."""
    opened = EmbeddedStore.open(store, NAMES)
    write_validated(opened, NAMES, read_schema(), lambda change: change.add(graph, triples), f"a write to {graph}")


def test_notes_of_readers_make_no_build_read_everything(corpus: Path, tmp_path: Path) -> None:
    store, plain = tmp_path / "store", tmp_path / "plain"
    rebuild(corpus, store)
    for note in ("one", "two"):
        collect(store, note)
    again = rebuild(corpus, store)
    assert (again.read, again.changed, again.version.name) == (0, False, "000003")
    rewrite(corpus / "copy-1.yaml", "title: A", "title: The")
    steps: list[str] = []
    assert rebuild(corpus, store, steps).read == 1
    assert not any(step.startswith("Reading everything") for step in steps)
    collect(store, "three")
    of_changes = canonical(store)
    forced: list[str] = []
    assert rebuild(corpus, store, forced, force=True).read == ARTICLES + 2
    assert f"Building {ARTICLES} articles" in forced
    assert canonical(store) == of_changes
    rebuild(corpus, plain)
    for note in ("one", "two", "three"):
        collect(plain, note)
    facts = [[line for line in canonical(folder).splitlines() if is_fact(line)] for folder in (store, plain)]
    assert facts[0] == facts[1]
    assert sum(line.endswith(b"/graph/collection/harbour> .") for line in facts[0]) == 2 * 3


def is_fact(line: bytes) -> bool:
    """Return whether a quad is in another graph than that of the provenance, whose times differ."""
    return not line.rstrip().endswith(b"/graph/provenance> .")


def test_a_clients_fact_makes_the_next_build_read_everything(corpus: Path, tmp_path: Path) -> None:
    rebuild(corpus, tmp_path / "store")
    collect(tmp_path / "store", "one")
    write(tmp_path / "store", f"{NAMES.base}graph/own", (URIRef(f"{NAMES.base}x"), RDFS.label, Literal("A fact")))
    steps: list[str] = []
    assert rebuild(corpus, tmp_path / "store", steps).read == ARTICLES + 2
    assert "Reading everything, since version 000003 has different facts from the last build" in steps


def test_what_another_document_lacks_after_a_change_is_the_same_error_as_in_a_build_of_all(
    corpus: Path, tmp_path: Path
) -> None:
    rebuild(corpus, tmp_path / "store")
    rewrite(corpus / "authority.yaml", "  - {id: person:jon-vik, name: Jon Vik, voiceKind: named-person}\n", "")
    with pytest.raises(MappingError, match=r"copy-\d\.yaml.*jon-vik.*refers to nothing") as changed:
        rebuild(corpus, tmp_path / "store")
    with pytest.raises(MappingError) as whole:
        rebuild(corpus, tmp_path / "other")
    assert str(changed.value) == str(whole.value)


def outcome(corpus: Path, store: Path) -> tuple[str, bytes]:
    """Build, and return the error or the reasons why articles are left out, and what the store holds then."""
    try:
        left_out = rebuild(corpus, store).left_out
    except DataError as error:
        return str(error), b""
    return "\n".join(reason for document in left_out.values() for reason in document.reasons), canonical(store)


LINK = "links:\n  - {{linkSubject: {}, linkPredicate: before, linkObject: {}, at: {}, grade: inferable}}"
ORDERS = (
    LINK.format("event/calling-off", "'article:strait-closed/event/closure'", "68-192"),
    LINK.format("event/closure", "'article:patrols-off/event/calling-off'", "76-422"),
)
EDITS_OF_SERIES: tuple[tuple[str, str, str, str], ...] = (
    ("4-harbour-books.yaml", "title: ", "title: Again, ", ""),
    ("4-harbour-books.yaml", "strait-closed/scenario/ships-gone", "strait-closed/scenario/ships", "refers to nothing"),
    ("4-harbour-books.yaml", "strait-closed/scenario/ships", "strait-closed/scenario/ships-gone", ""),
    ("2-patrols-off.yaml", "links:", ORDERS[0], ""),
    ("3-strait-closed.yaml", "links:", ORDERS[1], "the order runs in a circle"),
    ("3-strait-closed.yaml", ORDERS[1], "links:", ""),
)
"""A document, what in it becomes what, and what the fault then is; each after those before it."""


def test_articles_that_speak_of_one_another_are_built_of_changes_as_from_nothing(tmp_path: Path) -> None:
    corpus, store = Path(shutil.copytree(SERIES, tmp_path / "corpus")), tmp_path / "store"
    rebuild(corpus, store)
    anew: dict[tuple[str, ...], tuple[str, bytes]] = {}
    for number, (name, old, new, fault) in enumerate(EDITS_OF_SERIES):
        rewrite(corpus / name, old, new)
        of_changes = outcome(corpus, store)
        # An edit that takes one back makes documents that were built from nothing before.
        documents = tuple(file.read_text("utf-8") for file in sorted(corpus.glob("*.yaml")))
        if documents not in anew:
            anew[documents] = outcome(corpus, tmp_path / f"anew-{number}")
        assert of_changes == anew[documents], (name, new)
        assert fault in of_changes[0], (name, new)
        assert bool(fault) == bool(of_changes[0]), (name, of_changes[0])
    assert len(anew) == 4
