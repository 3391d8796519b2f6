"""`build`: a corpus becomes a version, or the store keeps what it had."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from rdflib import FOAF, RDF, Graph, Literal, URIRef

from kg import formats
from kg.app.build_options import BuildOptions
from kg.app.builds.build import build
from kg.app.export import export_graphs
from kg.datasets import GraphNames
from kg.errors import ContradictionError, MappingError, RequestError, ShapesViolatedError, StoreError
from kg.namespaces import CQ, SCHEMA
from kg.store import EmbeddedStore, open_store
from tests.support.tiny_corpus import QUICKLY, TINY

NAMES = GraphNames("https://example.org/communique/")
BRANDT = URIRef(f"{NAMES.base}person/ada-brandt")
OWN = "https://example.org/notes"


def graph(store: EmbeddedStore, name: str | None) -> Graph:
    return Graph().parse(data=b"".join(store.graph(name, formats.NTRIPLES).chunks), format="nt")


def note(store: EmbeddedStore, *triples: tuple[URIRef, URIRef, URIRef | Literal]) -> None:
    with store.write() as change:
        change.replace_graph(OWN, triples)
        change.commit("a client's note")


def rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text, f"{file.name} holds no {old!r}: nothing was changed"
    file.write_text(text.replace(old, new, 1), "utf-8")


def rebuild(corpus: Path, folder: Path, how: BuildOptions = QUICKLY) -> str:
    return build(corpus, partial(EmbeddedStore.open, folder), how).version.name


def test_a_build_makes_every_graph_of_the_datasets_table(first: Path) -> None:
    kinds = ("article/bridge", "authority", "description", "inferred", "ontology", "outside", "provenance", "shapes")
    assert sorted(open_store(first).current().counts) == [f"{NAMES.base}graph/{kind}" for kind in kinds]


def test_no_graph_is_empty_and_none_holds_a_blank_node(first: Path) -> None:
    store = open_store(first)
    for name in store.current().counts:
        lines = b"".join(store.graph(name, formats.NTRIPLES).chunks)
        assert lines, name
        assert b"_:" not in lines, name


def test_the_default_graph_is_the_union_of_its_graphs_as_a_set(first: Path) -> None:
    store = open_store(first)
    united = [name for name in store.current().counts if NAMES.in_default(name)]
    assert set(graph(store, None)) == {triple for name in united for triple in graph(store, name)}
    assert len(united) == 4


def test_what_follows_is_in_the_inferred_graph_and_what_is_asserted_is_not(first: Path) -> None:
    inferred = graph(open_store(first), NAMES.inferred)
    assert (BRANDT, RDF.type, SCHEMA.Person) in inferred
    assert (BRANDT, RDF.type, CQ.Person) not in inferred


def test_building_the_same_again_makes_no_new_version(folder: Path) -> None:
    built = build(TINY, partial(EmbeddedStore.open, folder), QUICKLY)
    assert (built.changed, built.version.name) == (False, "000001")
    assert len(open_store(folder).versions()) == 1


def test_an_edited_mapping_makes_a_new_version_and_the_old_one_still_answers(folder: Path, corpus: Path) -> None:
    rewrite(corpus / "authority.yaml", "name: Ada Brandt", "name: Ada M. Brandt")
    assert rebuild(corpus, folder) == "000002"
    store = open_store(folder)
    assert (BRANDT, CQ.name, Literal("Ada M. Brandt")) in graph(store, None)
    assert [version.name for version in store.versions()] == ["000001", "000002"]
    old = Graph().parse(data=b"".join(store.graph(None, formats.NTRIPLES, "000001").chunks), format="nt")
    assert (BRANDT, CQ.name, Literal("Ada Brandt")) in old


def test_a_clients_graph_is_left_alone_and_inferred_from(folder: Path) -> None:
    somebody = URIRef("https://example.org/somebody")
    note(open_store(folder), (somebody, RDF.type, CQ.Person), (somebody, CQ.name, Literal("Somebody")))
    rebuild(TINY, folder)
    store = open_store(folder)
    assert len(graph(store, OWN)) == 2
    assert (somebody, RDF.type, FOAF.Person) in graph(store, NAMES.inferred)


def test_the_graph_of_a_withdrawn_article_is_removed_with_what_followed_from_it(folder: Path, corpus: Path) -> None:
    rewrite(corpus / "corpus.yaml", "articles: [bridge.yaml]", "articles: [second.yaml]")
    second = (corpus / "bridge.yaml").read_text("utf-8").replace("article: bridge", "article: second")
    (corpus / "second.yaml").write_text(second, "utf-8")
    rebuild(corpus, folder)
    store = open_store(folder)
    assert NAMES.article("bridge") not in store.current().counts
    assert NAMES.article("second") in store.current().counts
    assert not [triple for triple in graph(store, NAMES.inferred) if "article/bridge" in str(triple[0])]


def test_a_fault_in_a_mapping_leaves_the_store_as_it_was(folder: Path, corpus: Path) -> None:
    rewrite(corpus / "bridge.yaml", "membersComplete: true", "membersComplete: yes")
    with pytest.raises(MappingError, match="membersComplete"):
        rebuild(corpus, folder)
    assert len(open_store(folder).versions()) == 1


def test_a_violation_of_the_shapes_leaves_the_store_as_it_was_and_names_file_and_line(
    folder: Path, corpus: Path
) -> None:
    rewrite(corpus / "bridge.yaml", "    kind: group-kind/parties\n", "")
    with pytest.raises(ShapesViolatedError, match=r"bridge\.yaml:\d+:\d+: groups\[\d\]\.kind: .*one kind"):
        rebuild(corpus, folder)
    assert len(open_store(folder).versions()) == 1


def test_a_contradiction_leaves_the_store_as_it_was_and_names_the_triples(folder: Path) -> None:
    note(open_store(folder), (BRANDT, RDF.type, CQ.Organization))
    with pytest.raises(ContradictionError, match=r"ada-brandt.*cq:Organization"):
        rebuild(TINY, folder)
    assert open_store(folder).current().name == "000002"


def test_another_corpus_does_not_go_into_the_same_store(folder: Path, corpus: Path) -> None:
    rewrite(corpus / "corpus.yaml", "https://example.org/communique/", "https://example.org/other/")
    with pytest.raises(StoreError, match=r"example\.org/communique"):
        rebuild(corpus, folder)


def test_a_folder_without_a_corpus_is_an_error_that_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"There is no corpus at .*: expected a folder with a corpus\.yaml"):
        rebuild(tmp_path, tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_a_text_that_differs_from_the_mapped_one_stops_a_build_with_sources(folder: Path, corpus: Path) -> None:
    rewrite(corpus / "bridge.txt", "Brandt", "Brant")
    with pytest.raises(MappingError, match="digest"):
        rebuild(corpus, folder, BuildOptions(cross_check=False, sources=corpus))


def test_owlrl_makes_the_same_graphs_as_the_rules_do(first: Path, tmp_path: Path) -> None:
    rebuild(TINY, tmp_path / "store", BuildOptions(reasoner="owlrl"))
    by_owlrl, by_rules = (graph(open_store(folder), NAMES.inferred) for folder in (tmp_path / "store", first))
    assert set(by_owlrl) == set(by_rules)


def test_a_corpus_is_not_compared_with_owlrl_unless_asked(folder: Path) -> None:
    steps: list[str] = []
    build(TINY, partial(EmbeddedStore.open, folder), BuildOptions(), progress=steps.append)  # test_cross_check.py asks
    assert steps
    assert not any(step.startswith("Comparing") for step in steps)


def test_the_same_inputs_give_the_same_canonical_export_whatever_the_hash_seed(first: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from functools import partial; from pathlib import Path\n"
        "from kg.app.builds.build import build; from kg.app.build_options import BuildOptions\n"
        "from kg.store import EmbeddedStore\n"
        "build(Path(sys.argv[1]), partial(EmbeddedStore.open, Path(sys.argv[2])), BuildOptions(cross_check=False))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    other = tmp_path / "other"
    subprocess.run([sys.executable, "-c", code, TINY, other], env=environment, check=True)
    assert canonical(other) == canonical(first)


def test_the_shipped_corpus_builds(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "mappings"
    built = build(shipped, partial(EmbeddedStore.open, tmp_path / "store"), QUICKLY)
    assert built.version.counts[GraphNames("https://w3id.org/communique/data/").article("haqqani-talks")] > 1000
    assert built.report.conforms


def canonical(folder: Path) -> bytes:
    return b"".join(export_graphs(open_store(folder), (), formats.NQUADS))
