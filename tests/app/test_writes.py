"""Writes: inferences are updated from the change alone, with the same result as inferring everything again."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from rdflib import FOAF, PROV, RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from kg import formats
from kg.app.builds.build import build
from kg.app.schema import Schema, read_schema
from kg.app.write import Edit, write_validated
from kg.datasets import GraphNames, Owner
from kg.errors import ContradictionError, DataError, ForbiddenError, ShapesViolatedError, UnsupportedAxiomError
from kg.namespaces import CQ
from kg.reasoning.graph_reasoner import infer
from kg.store import EmbeddedStore, Transaction, Triple
from kg.validation.shacl_validator import validate
from tests.support.tiny_corpus import QUICKLY, TINY

NAMES = GraphNames("https://example.org/communique/")
WORLD = Path(__file__).parents[1] / "validation" / "world.ttl"
DATA = Namespace("https://example.org/data/")
FIRST, SECOND, THIRD = (f"https://example.org/graph/{name}" for name in ("first", "second", "third"))
BRANDT = URIRef(f"{NAMES.base}person/ada-brandt")

Write = Callable[[Edit], str]
STEPS = int(os.environ.get("WRITES", "6"))
"""Random writes in a row; `WRITES=200` is for a long look."""


@pytest.fixture(scope="module")
def known() -> Schema:
    return read_schema()


@pytest.fixture
def store(folder: Path) -> EmbeddedStore:
    return EmbeddedStore.open(folder, NAMES)


@pytest.fixture
def write(store: EmbeddedStore, known: Schema) -> Write:
    return lambda edit: write_validated(store, NAMES, known, edit, "a test's write").name


def graph(store: EmbeddedStore, name: str | None, version: str | None = None) -> set[Triple]:
    answer = store.graph(name, formats.NTRIPLES, version)
    return set(Graph().parse(data=b"".join(answer.chunks), format="nt"))


def update(text: str) -> Edit:
    return lambda transaction: void(transaction.update(text))


def void(_: object) -> None:
    """Pass over a result."""


def person(name: str) -> list[Triple]:
    return [(DATA[name], RDF.type, CQ.Person), (DATA[name], CQ.name, Literal(name))]


def test_what_follows_from_a_write_is_there_with_it(store: EmbeddedStore, write: Write) -> None:
    made = write(lambda change: change.replace_graph(FIRST, person("eve")))
    assert made == store.current().name == "000002"
    assert (DATA.eve, RDF.type, FOAF.Person) in graph(store, NAMES.inferred)
    assert (DATA.eve, RDF.type, FOAF.Person) in graph(store, None)
    assert (DATA.eve, RDF.type, FOAF.Person) not in graph(store, NAMES.inferred, "000001")


def test_what_follows_goes_with_the_last_graph_that_says_it(store: EmbeddedStore, write: Write) -> None:
    write(lambda change: change.replace_graph(FIRST, person("eve")))
    write(lambda change: change.replace_graph(SECOND, person("eve")))
    write(lambda change: change.remove_graph(FIRST))
    assert (DATA.eve, RDF.type, FOAF.Person) in graph(store, NAMES.inferred)
    write(lambda change: change.remove_graph(SECOND))
    assert not [triple for triple in graph(store, None) if triple[0] == DATA.eve]


def test_withdrawing_one_of_two_supports_withdraws_what_needed_both(store: EmbeddedStore, write: Write) -> None:
    inner = [triple for triple in world() if {DATA.harbour, CQ.within} <= {*triple}]
    assert inner == [(DATA.harbour, CQ.within, DATA.country)]
    write(lambda change: change.replace_graph(FIRST, world()))
    assert not [triple for triple in graph(store, NAMES.inferred) if triple[0] == DATA.port]
    write(lambda change: change.replace_graph(SECOND, port(within=DATA.harbour)))
    assert (DATA.port, CQ.within, DATA.country) in graph(store, NAMES.inferred)
    write(lambda change: change.replace_graph(SECOND, port(within=None)))
    assert (DATA.port, CQ.within, DATA.country) not in graph(store, None)


def port(within: URIRef | None) -> list[Triple]:
    """Return a place that is within another, with the link that names the passage, or within none."""
    turned: dict[Node, Node | None] = {DATA.harbour: DATA.port, DATA.country: within}
    links = {subject for subject, _, value in world() if value == CQ.within}
    turned |= dict.fromkeys(links, DATA["link-of-port"])
    own = [triple for triple in world() if triple[0] in {DATA.harbour, *(links if within else ())}]
    moved = [(turned.get(s, s), p, turned.get(o, o)) for s, p, o in own]
    return [(s, p, o) for s, p, o in moved if s is not None and o is not None]


def world() -> Graph:
    """Return a world that conforms, of one article."""
    return Graph().parse(WORLD)


def test_a_write_that_violates_the_shapes_changes_nothing_and_says_why(store: EmbeddedStore, write: Write) -> None:
    with pytest.raises(ShapesViolatedError, match="exactly one name") as raised:
        write(lambda change: change.replace_graph(FIRST, person("eve")[:1]))
    assert raised.value.report is not None
    assert raised.value.report.query("ASK { ?report a <http://www.w3.org/ns/shacl#ValidationReport> }").askAnswer
    assert store.current().name == "000001"


def test_a_node_that_is_only_referred_to_is_a_violation_though_nothing_is_said_of_it(write: Write) -> None:
    with pytest.raises(ShapesViolatedError, match="nothing says what it is"):
        write(lambda change: change.add(FIRST, [(BRANDT, CQ.mention, DATA.nowhere)]))


def test_a_blank_node_is_held_to_the_shapes(write: Write) -> None:
    with pytest.raises(ShapesViolatedError, match="no blank node"):
        write(update(f"INSERT DATA {{ GRAPH <{FIRST}> {{ _:x a <{CQ.Person}> ; <{CQ.name}> 'X' }} }}"))


def test_a_write_that_contradicts_the_ontology_changes_nothing(store: EmbeddedStore, write: Write) -> None:
    with pytest.raises(ContradictionError):
        write(lambda change: change.add(FIRST, [(BRANDT, RDF.type, CQ.Place)]))
    assert store.current().name == "000001"


def test_an_axiom_in_data_is_refused(store: EmbeddedStore, write: Write) -> None:
    with pytest.raises(UnsupportedAxiomError):
        write(lambda change: change.add(FIRST, [(DATA.Kind, RDFS.subClassOf, CQ.Person)]))
    assert store.current().name == "000001"


def test_deleting_what_another_graph_refers_to_is_refused(store: EmbeddedStore, write: Write) -> None:
    country = [triple for triple in world() if triple[0] == DATA.country]

    def split(change: Transaction) -> None:
        change.replace_graph(FIRST, [triple for triple in world() if triple not in country])
        change.replace_graph(SECOND, country)

    write(split)
    with pytest.raises(ShapesViolatedError, match="country"):
        write(lambda change: change.remove_graph(SECOND))
    assert SECOND in store.current().counts


REFUSED = {
    "CLEAR ALL": "never written itself|kg build",
    "DROP ALL": "never written itself|kg build",
    "CLEAR DEFAULT": "never written itself",
    "CLEAR NAMED": "kg build",
    f"COPY <{FIRST}> TO DEFAULT": "never written itself",
    f"MOVE DEFAULT TO <{FIRST}>": "never written itself",
    f"MOVE <{NAMES.authority}> TO <{FIRST}>": "kg build",
    f"ADD <{FIRST}> TO DEFAULT": "never written itself",
    f"ADD <{FIRST}> TO <{NAMES.authority}>": "kg build",
    "INSERT DATA { <urn:a> <urn:b> <urn:c> }": "never written itself",
    "INSERT { ?s <urn:b> <urn:c> } WHERE { ?s ?p ?o }": "never written itself",
    "DELETE WHERE { ?s ?p ?o }": "never written itself",
    f"WITH <{NAMES.inferred}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}": "the system",
    f"WITH <{NAMES.authority}> INSERT {{ ?s ?p 1 }} WHERE {{ ?s ?p ?o }}": "kg build",
    f"INSERT {{ ?s <urn:b> 1 }} USING <{FIRST}> WHERE {{ ?s ?p ?o }}": "never written itself",
    "DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }": "kg build|the system",
    f"DROP GRAPH <{NAMES.provenance}>": "the system",
    f"CREATE GRAPH <{NAMES.article('new')}>": "kg build",
}


@pytest.mark.parametrize("text", REFUSED)
def test_an_update_meets_the_datasets_table(text: str, store: EmbeddedStore, write: Write) -> None:
    with store.write() as own:
        own.replace_graph(FIRST, person("eve"))
        own.commit("a graph to go on from")
    with pytest.raises(ForbiddenError, match=REFUSED[text]):
        write(update(text))
    assert store.current().name == "000002"


def test_a_write_after_a_rollback_goes_on_from_what_was_rolled_back_to(store: EmbeddedStore, write: Write) -> None:
    write(lambda change: change.replace_graph(FIRST, person("eve")))
    store.rollback("000001")
    assert write(lambda change: change.replace_graph(SECOND, person("joan"))) == "000003"
    assert store.current().name == "000003"
    assert FIRST not in store.current().counts
    subjects = {triple[0] for triple in graph(store, None)}
    assert DATA.joan in subjects
    assert DATA.eve not in subjects
    assert [version.name for version in store.versions()] == ["000001", "000002", "000003"]


def test_the_provenance_of_a_graph_names_the_write_it_came_by(store: EmbeddedStore, write: Write) -> None:
    for name in ("eve", "joan"):
        write(lambda change, name=name: change.replace_graph(FIRST, person(name)))  # type: ignore[misc]
    provenance = Graph()
    for triple in graph(store, NAMES.provenance):
        provenance.add(triple)
    (activity,) = provenance.objects(URIRef(FIRST), PROV.wasGeneratedBy)
    assert (activity, RDFS.label, Literal("a test's write", lang="en")) in provenance
    assert (activity, RDFS.comment, Literal(f"2 triples added to {FIRST}, 2 removed", lang="en")) in provenance
    (ended,) = provenance.objects(activity, PROV.endedAtTime)
    assert datetime.fromisoformat(str(ended)) == datetime.fromisoformat(store.current().created)
    assert (
        len(
            {
                activity_of_write
                for activity_of_write in provenance.subjects(RDF.type, PROV.Activity)
                if "/write/" in str(activity_of_write)
            }
        )
        == 1
    )


def test_a_build_keeps_clients_graphs_with_their_provenance(folder: Path, write: Write, store: EmbeddedStore) -> None:
    write(lambda change: change.replace_graph(FIRST, person("eve")))
    activities = {triple for triple in graph(store, NAMES.provenance) if triple[0] == URIRef(FIRST)}
    build(TINY, partial(EmbeddedStore.open, folder), QUICKLY)
    assert activities <= graph(store, NAMES.provenance)
    assert (DATA.eve, RDF.type, FOAF.Person) in graph(store, NAMES.inferred)
    assert not build(TINY, partial(EmbeddedStore.open, folder), QUICKLY).changed


def test_a_store_built_with_another_ontology_is_inferred_as_a_whole(
    store: EmbeddedStore, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    whole = graph(store, NAMES.inferred)
    with store.write() as older:
        digests = {triple for triple in graph(store, NAMES.provenance) if triple[1] == CQ.digest}
        older.remove(NAMES.provenance, digests, owner=Owner.SYSTEM)
        older.replace_graph(NAMES.inferred, [], owner=Owner.SYSTEM)
        older.commit("as an older program left it")
    write(lambda change: change.replace_graph(FIRST, person("eve")))
    assert whole <= graph(store, NAMES.inferred)
    assert "everything is inferred" in caplog.text


def anew(store: EmbeddedStore, known: Schema, edit: Edit) -> tuple[set[Triple], set[Triple]] | None:
    """Return the assertions after an edit and what follows from them, computed from nothing; None if not allowed."""
    asserted = Graph()
    with store.write() as trial:
        edit(trial)
        for name in trial.graphs():
            if NAMES.asserts(name):
                for triple in trial.triples(name):
                    asserted.add(triple)
    try:
        entailed = infer(asserted, known.ontology)
    except DataError:
        return None
    report = validate(asserted, known.shapes, known.ontology)
    return (set(asserted), set(entailed)) if report.conforms else None


def some_edit(dice: random.Random, triples: list[Triple]) -> Edit:
    """Return an edit at random: of a few triples of the world, held by this graph or that, mixed up now and then."""
    name, other = dice.sample((FIRST, SECOND, THIRD), 2)
    few = dice.sample(triples, dice.randint(1, 4))
    about = {triple[0] for triple in dice.sample(triples, dice.randint(1, 3))}
    mixed = [(dice.choice(triples)[0], path, dice.choice(triples)[2]) for _, path, _ in few[:1]]

    def forget(change: Transaction) -> None:
        for name in (FIRST, SECOND, THIRD):
            change.remove(name, few[: dice.randint(1, 2)])

    kinds: list[Edit] = [
        forget,
        forget,
        lambda change: change.add(name, few),
        lambda change: change.add(name, mixed),
        lambda change: change.add(FIRST, mixed),
        lambda change: change.add(name, person(f"p{dice.randint(1, 5)}")),
        lambda change: change.remove(name, few),
        lambda change: change.remove(name, [triple for triple in triples if triple[0] in about]),
        lambda change: change.replace_graph(name, dice.sample(triples, len(triples) // 2)),
        lambda change: change.replace_graph(name, triples),
        update(f"COPY SILENT <{other}> TO <{name}>"),
        update(f"MOVE SILENT <{other}> TO <{name}>"),
        update(f"DROP SILENT GRAPH <{name}>"),
        update(f"DELETE {{ GRAPH <{name}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{other}> {{ ?s ?p ?o }} }}"),
    ]
    return dice.choice(kinds)


@pytest.mark.parametrize("seed", range(2))
def test_any_writes_give_the_store_that_a_rebuild_gives(
    seed: int, store: EmbeddedStore, known: Schema, write: Write
) -> None:
    triples, outcomes = sorted(world(), key=str), set()
    write(lambda change: change.replace_graph(FIRST, triples))
    for step in range(STEPS):
        trial, edit = (some_edit(random.Random(f"{seed} {step}"), triples) for _ in range(2))  # noqa: S311 -- no secret
        expected, version = anew(store, known, trial), store.current()
        if expected is None:
            with pytest.raises(DataError):
                write(edit)
            assert store.current() == version
        else:
            asserted, entailed = expected
            write(edit)
            assert graph(store, NAMES.inferred) == entailed
            assert graph(store, None) == asserted | entailed | graph(store, NAMES.description)
            assert store.current().default == len(graph(store, None))
        outcomes.add(expected is None)
    assert outcomes == {True, False}
