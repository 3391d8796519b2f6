"""`kg diff`: what it shows of versions and files, and that its update makes one of the other."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.export.difference import differences
from kg.export.difference_texts import as_update, in_words
from tests.cli.test_versions import change
from tests.support.command_line import here

TERMS = st.sampled_from(
    [
        "<x:a>",
        "<x:b>",
        "_:n",
        "_:m",
        '"a\\"b\\n . \\u0007"',
        '"_: "@en',
        '" _:n"',
        '"2"^^<http://www.w3.org/2001/XMLSchema#byte>',
    ]
)
NODES = st.sampled_from(["<x:a>", "<x:b>", "_:n", "_:m"])
TRIPLES = st.tuples(NODES, st.sampled_from(["<x:p>", "<x:q>"]), TERMS)
DATASETS = st.dictionaries(st.sampled_from([None, "x:g", "x:h"]), st.lists(TRIPLES, max_size=5), max_size=3)
Dataset = dict[str | None, list[tuple[str, str, str]]]


def documents(dataset: Dataset) -> dict[str | None, list[bytes]]:
    return {name: [f"{' '.join(triple)} .\n".encode() for triple in triples] for name, triples in dataset.items()}


def loaded(dataset: Dataset) -> ox.Store:
    store = ox.Store()
    for name, lines in documents(dataset).items():
        graph = ox.DefaultGraph() if name is None else ox.NamedNode(name)
        store.load(b"".join(lines), ox.RdfFormat.N_TRIPLES, to_graph=graph)
    return store


def canonical(quads: Iterable[ox.Quad]) -> str:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return str(sorted(map(str, dataset)))


@settings(deadline=None)
@given(DATASETS, DATASETS)
def test_an_update_makes_the_second_dataset_of_the_first(before: Dataset, after: Dataset) -> None:
    changes = differences(documents(before), documents(after))
    blank = [change for change in changes if "_:b" in (change.subject[:3], change.object[:3])]
    if any(not change.added for change in blank):
        with pytest.raises(Exception, match="cannot name a blank node"):
            [*as_update(changes)]
        return
    store = loaded(before)
    store.update("".join(as_update(changes)))
    expected = loaded(after)
    if not any(line.startswith(b"_:") or b" _:" in line for lines in documents(after).values() for line in lines):
        assert canonical(store) == canonical(expected)
    # Of two blank nodes that nothing tells apart, a difference knows one.
    assert differences(stored(store), stored(expected)) == []


def stored(store: ox.Store) -> dict[str | None, list[bytes]]:
    graphs: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [ox.DefaultGraph(), *store.named_graphs()]
    return {
        None if isinstance(graph, ox.DefaultGraph) else graph.value: [
            f"{quad.triple} .\n".encode() for quad in store.quads_for_pattern(None, None, None, graph)
        ]
        for graph in graphs
    }


@settings(deadline=None)
@given(DATASETS)
def test_a_dataset_does_not_differ_from_itself_under_other_labels(dataset: Dataset) -> None:
    other_labels = {"_:n": "_:m2", "_:m": "_:n"}
    renamed = {
        name: [(other_labels.get(s, s), p, other_labels.get(o, o)) for s, p, o in reversed(triples)]
        for name, triples in dataset.items()
    }
    assert differences(documents(dataset), documents(renamed)) == []


def test_words_name_terms_and_change_nothing_on_a_terminal() -> None:
    changes = differences({}, {"x:g": [b'<x:a> <x:p> "\x1b[31m\\u202E" .\n']})
    assert [*in_words(changes, {"<x:a>": "A\nB"}, "x:")] == [
        "x:g: 0 removed, 1 added",
        "  <x:a> (A\\u000AB)",
        '    + <x:p> "\\u001B[31m\\u202E"',
    ]


def test_what_a_build_has_changed_is_shown_by_name(store: Path, corpus: Path, tmp_path: Path) -> None:
    assert "keeps no version before 000001" in here("diff", "--store", store).failed(2)
    exported = tmp_path / "before.ttl"
    assert here("export", "authority", "--store", store, "-f", "turtle", "-o", exported).status == 0
    change(corpus)
    assert here("build", corpus, "--store", store, "--no-cross-check").status == 0
    changed = [
        "authority: 1 removed, 1 added",
        "  person:ada-brandt (Ada M. Brandt)",
        '    - cq:name "Ada Brandt"',
        '    + cq:name "Ada M. Brandt"',
    ]
    shown = here("diff", "--store", store).out.splitlines()
    assert shown[0].startswith(f"From version 000001 of {store} to version 000002 of {store}: ")
    assert shown[1:5] == changed
    assert shown[-1].startswith("provenance: ")
    assert shown[-1].endswith(" (--graph shows them)")
    assert here("diff", exported, "000002", "--store", store, "--graph", "authority").out.splitlines()[1:] == changed
    assert "name with --graph" in here("diff", exported, "--store", store).failed(2)
    assert here("diff", "000002", "--store", store).out.endswith(": nothing has changed.\n")
    assert "a graph 'nobody'" in here("diff", "--store", store, "--graph", "nobody").failed(2)
    assert "no version 'x'" in here("diff", "x", "--store", store).failed(2)
