"""`--store URL`: the same answers from engines of others as from our own store."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from rdflib import XSD

from kg.engines import Login, RemoteStore, StorePlace
from kg.errors import ForbiddenError, QuerySyntaxError, UnknownGraphError, UnknownVersionError
from kg.formats import CSV, JSON, NQUADS, NTRIPLES
from kg.shipped_files import ontology_folder
from kg.sparql.protocol import RequestDataset
from kg.store import EmbeddedStore, Query, QueryForm, Store, open_store
from tests.sparql.workarounds.test_ordering import POOL
from tests.support.command_line import here
from tests.support.engine_servers import EngineServer
from tests.support.oxigraph_server import oxigraph_server

QUESTIONS = sorted((ontology_folder() / "questions").glob("*.rq"))
LABELLED = "SELECT ?one ?kind WHERE { ?one a ?kind } ORDER BY ?one ?kind LIMIT 200"


@pytest.fixture(scope="session")
def remote(engine: EngineServer) -> RemoteStore:
    """Return the engine as a store."""
    return RemoteStore.open(engine.query, Login())


@pytest.fixture(scope="session")
def ours(shipped: Path) -> EmbeddedStore:
    """Return our own store of the same graphs."""
    return open_store(shipped)


def test_every_question_has_the_same_answer(remote: RemoteStore, ours: EmbeddedStore) -> None:
    for question in QUESTIONS:
        text = question.read_text("utf-8")
        theirs = rows(remote, text)
        assert theirs, question.stem
        assert theirs == rows(ours, text), question.stem


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x ?y { BIND(EXISTS { ?s a ?c } AS ?x) BIND(NOT EXISTS { ?s a ?c } AS ?y) }",
        "SELECT (1 = 2 AS ?x) (BOUND(?y) AS ?z) (!(1 > 2) && (1 IN (1, 2)) AS ?v) {}",
        "SELECT (true AS ?x) (IF(1 = 2, true, ?y < 3) AS ?z) (COALESCE(?y, 5 != 5) AS ?v) {}",
        "SELECT (?y = 1 AS ?unbound) (STR(1 = 1) AS ?text) (1 + 1 AS ?number) (IF(1 = 1, 5, 6) AS ?other) {}",
        "SELECT ?x (MAX(?p = ?q) AS ?y) { ?p cq:membersComplete ?q } GROUP BY (CONTAINS(STR(?p), 'like') AS ?x)",
        "SELECT (COUNT(DISTINCT ?x) > 1 AS ?y) (SAMPLE(DISTINCT ?x = ?x) AS ?z) { ?s cq:membersComplete ?x }",
        "SELECT ?x { ?s cq:membersComplete ?x FILTER(?x = true) }",
        "SELECT ?x { ?s cq:membersComplete ?x FILTER(?x IN (false, 3)) }",
        "SELECT ?x ?y { VALUES (?x ?y) { (true 1) (false 0) } FILTER(?x = false) }",
        "SELECT ?y { VALUES (?x ?y) { (true 1) (false 0) } FILTER sameTerm(?x, false) }",
        "SELECT ?x ?y { { SELECT (isIRI(?s) AS ?x) { ?s cq:membersComplete false } } BIND(!?x AS ?y) FILTER(?x) }",
        "SELECT ?x { ?s cq:membersComplete ?x FILTER NOT EXISTS { ?s ?p (true false) } }",
    ],
)
def test_truth_values_are_those_of_our_own_store(remote: RemoteStore, ours: EmbeddedStore, query: str) -> None:
    text = f"PREFIX cq: <https://w3id.org/communique/ontology#> {query}"
    theirs, own = (bindings(store, text) for store in (remote, ours))
    assert theirs == own
    assert len(own) > 0


def bindings(store: Store, text: str) -> list[dict[str, dict[str, str]]]:
    answer = json.loads(b"".join(store.query(Query(text, JSON, None)).chunks))
    return sorted(answer["results"]["bindings"], key=repr)


def rows(store: Store, text: str) -> Counter[tuple[str, ...]]:
    return Counter(ordered_rows(store, text))


def ordered_rows(store: Store, text: str) -> list[tuple[str, ...]]:
    answer = store.query(Query(text, CSV, None))
    assert (answer.form, answer.format) == (QueryForm.SELECT, CSV)
    table = [*csv.reader(io.StringIO(b"".join(answer.chunks).decode("utf-8")))]
    return [tuple(row) for row in table]


def test_the_version_has_the_graphs_with_their_counts(remote: RemoteStore, ours: EmbeddedStore) -> None:
    version, expected = remote.current(), ours.current()
    assert version.counts == {name: number for name, number in expected.counts.items() if number}
    assert version.default == expected.default
    assert remote.graph_names() == ours.graph_names()
    assert remote.names() == (version.name,)
    assert remote.version(version.name) == remote.version() == version


def test_an_export_has_the_same_bytes(engine: EngineServer, shipped: Path, tmp_path: Path) -> None:
    theirs, own = tmp_path / "theirs.nq", tmp_path / "own.nq"
    for place, file in ((engine.query, theirs), (shipped, own)):
        exported = here("export", "--store", place, "--format", "nquads", "--output", file)
        assert exported.status == 0, exported.err
    assert theirs.read_bytes() == own.read_bytes()
    people = ("export", "--projection", "people", "--format", "gexf", "--store")
    assert here(*people, engine.query).out == here(*people, shipped).out != ""
    framed = ("export", "--format", "framed", "--thing", "person/ashfaq-parvez-kayani", "--store")
    assert here(*framed, engine.query).out == here(*framed, shipped).out != ""


def test_an_export_again_has_the_same_bytes_and_no_time_that_is_not_in_the_data(
    engine: EngineServer, tmp_path: Path
) -> None:
    exported = ("export", "--format", "nanopub", "--describe", "--output", tmp_path / "all.trig", "--store")
    files = [tmp_path / name for name in ("all.trig", "all.trig.dcat.ttl")]
    written = list[list[bytes]]()
    for _ in range(2):
        done = here(*exported, engine.query)
        assert done.status == 0, done.err
        written.append([file.read_bytes() for file in files])
    assert written[0] == written[1]
    # The build was told no time, and an engine keeps none itself.
    assert b"dcterms:created" not in written[0][0]
    assert b"dcterms:modified" not in written[0][1]
    (version,) = json.loads(here("versions", "--json", "--store", engine.query).out)
    assert version["created"] is None


def test_a_graph_and_the_dataset_are_sent_whole(remote: RemoteStore, ours: EmbeddedStore) -> None:
    names = ours.graph_names()
    assert names is not None
    for name in (names.authority, names.shapes, None):
        assert lines(remote.graph(name, NTRIPLES).chunks) == lines(ours.graph(name, NTRIPLES).chunks)
    assert lines(remote.dataset(NQUADS).chunks) == lines(ours.dataset(NQUADS).chunks)


def lines(chunks: Iterator[bytes]) -> list[bytes]:
    in_order = sorted(b"".join(chunks).splitlines())
    assert in_order
    return in_order


def test_labels_stand_beside_their_columns(remote: RemoteStore, ours: EmbeddedStore) -> None:
    query = Query(LABELLED, JSON, None, labels=("one", "kind"))
    theirs, own = (b"".join(store.query(query).chunks) for store in (remote, ours))
    assert theirs == own
    assert b"kindLabel" in own


def test_forms_and_datasets(remote: RemoteStore, ours: EmbeddedStore) -> None:
    names = ours.graph_names()
    assert names is not None
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    for text, dataset in (
        ("ASK { ?s a <http://www.w3.org/ns/prov#Entity> }", RequestDataset()),
        ("ASK { ?s a <urn:nothing> }", RequestDataset()),
        (count, RequestDataset((names.outside,))),
        (count, RequestDataset((), (names.outside,))),
        (f"SELECT (COUNT(*) AS ?n) FROM <{names.authority}> WHERE {{ ?s ?p ?o }}", RequestDataset()),
        ("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g", RequestDataset()),
    ):
        query = Query(text, CSV if "SELECT" in text else JSON, None, dataset)
        assert b"".join(remote.query(query).chunks) == b"".join(ours.query(query).chunks), text
    construct = Query("CONSTRUCT WHERE { ?s a <http://www.w3.org/ns/prov#Entity> }", None, NTRIPLES)
    assert lines(remote.query(construct).chunks) == lines(ours.query(construct).chunks)


def test_what_is_refused_here_is_not_sent_there(remote: RemoteStore) -> None:
    with pytest.raises(ForbiddenError, match="SERVICE at line 1"):
        remote.query(Query("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", JSON, None))
    with pytest.raises(QuerySyntaxError, match="line 1, column 10"):
        remote.query(Query("SELECT * { ?s", JSON, None))
    with pytest.raises(UnknownGraphError):
        remote.graph("urn:nothing", NTRIPLES)
    with pytest.raises(UnknownVersionError, match="holds one version, which is "):
        remote.version("000001")


def test_the_command_says_what_the_engine_gets_and_which_version_it_has(engine: EngineServer) -> None:
    answer = here("query", "ASK { ?s a cq:Agent }", "--store", engine.query)
    assert (answer.status, answer.out) == (0, "yes\n")
    explained = here("query", "ASK { ?s a cq:Agent }", "--store", engine.query, "--explain").out
    assert f"# engine: {'Virtuoso' if engine.options else 'Oxigraph'}\n" in explained
    assert "# default-graph-uri: https://w3id.org/communique/data/graph/inferred\n" in explained
    other = here("query", "ASK {}", "--store", engine.query, "--version", "000007")
    assert "There is no version '000007'" in other.failed(2)


def test_a_login_by_digest_is_made_where_an_engine_asks_for_it(engine: EngineServer) -> None:
    if not engine.options:
        pytest.skip("Oxigraph's server knows no login")
    protected, ask = engine.query.replace("/sparql", "/sparql-auth"), ("query", "ASK { ?s a cq:Agent }", "--store")
    assert here(*ask, protected, *engine.options).out == "yes\n"
    refused = here(*ask, protected, "--digest", KG_STORE_USER="dba:other")
    assert refused.failed(2).startswith(f"{protected.split('/')[2]} does not accept the login: 401 ")


def test_a_place_is_an_address_or_a_folder(shipped: Path) -> None:
    assert StorePlace(str(shipped)).open().current() == open_store(shipped).current()


def test_oxigraph_outlives_what_has_no_order(ours: EmbeddedStore) -> None:
    written = f'{{0}}^^<{XSD.dateTime}> {{1}}^^<{XSD.dateTime}> {{2}}^^<{XSD.date}> "a"@en <urn:a> 10 3.5 "10"'.format(
        '"2034-03-14T13:00:00+05:00"', '"2034-03-14T09:00:00"', '"2034-03-15"'
    )
    with oxigraph_server() as address:
        theirs = RemoteStore.open(f"{address}/query", Login())
        for condition in ("?v", "DESC(?v)", "(IF(true, ?v, 1))", "DESC(COALESCE(?v, 1))"):
            ordered = f"SELECT ?v WHERE {{ VALUES ?v {{ {written} }} }} ORDER BY {condition}"
            assert ordered_rows(theirs, ordered) == ordered_rows(ours, ordered)
            for seed in range(3):
                values = " ".join(Random(seed).choices(POOL, k=400))  # noqa: S311 -- no secrets
                query = f"SELECT ?v WHERE {{ VALUES ?v {{ {values} }} }} ORDER BY {condition}"
                assert len(ordered_rows(theirs, query)) == 401
