"""Answers: each form in each format, lazily, and errors that say where."""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
import threading
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, Graph, Literal, URIRef

from kg import formats
from kg.datasets import GraphNames
from kg.errors import NotAcceptableError, QuerySyntaxError, UnknownGraphError, UnknownVersionError
from kg.formats import GRAPH_FORMATS, RESULT_FORMATS, Format, Holds
from kg.sparql.load_clauses import Load, split_loads
from kg.store import EmbeddedStore, Query, QueryForm, Triple, check_query, read_graph
from kg.store.serialization import require_xml_names
from tests.support.waiting import until

Ask = Callable[..., list[tuple[str, ...]]]
Turtle = Callable[[str], list[Triple]]
MINE = "http://e.x/mine"


def body(store: EmbeddedStore, text: str, format_: Format) -> bytes:
    return b"".join(store.query(Query(text, format_, format_)).chunks)


@pytest.mark.parametrize("format_", RESULT_FORMATS)
def test_a_select_and_an_ask_are_written_in_each_format_of_results(filled: EmbeddedStore, format_: Format) -> None:
    answer = filled.query(Query("SELECT ?o { <http://e.x/c> ?p ?o }", format_, None))
    assert (answer.form, answer.format, answer.version) == (QueryForm.SELECT, format_, "000001")
    assert b"4" in b"".join(answer.chunks)
    assert b"true" in body(filled, "ASK {}", format_)


@pytest.mark.parametrize("format_", GRAPH_FORMATS)
@pytest.mark.parametrize("text", ["CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE ?s { ?s ?p ?o }"])
def test_a_construct_and_a_describe_are_written_in_each_format_of_graphs(
    filled: EmbeddedStore, format_: Format, text: str
) -> None:
    written = body(filled, text, format_)
    assert len(set(read_graph(written, format_))) == 4
    if format_.holds is Holds.TRIPLES:
        assert len(Graph().parse(data=written, format=format_.media_type)) == 4


def test_the_prefixes_of_a_query_are_those_of_its_turtle(filled: EmbeddedStore) -> None:
    text = "PREFIX e: <http://e.x/> CONSTRUCT WHERE { e:c e:p ?o }"
    assert body(filled, text, formats.TURTLE) == b"@prefix e: <http://e.x/> .\ne:c e:p 4 .\n"


def test_a_form_whose_format_is_not_accepted_is_an_error_that_names_it(filled: EmbeddedStore) -> None:
    with pytest.raises(NotAcceptableError, match="SELECT"):
        filled.query(Query("SELECT * {}", None, formats.TURTLE))
    with pytest.raises(NotAcceptableError, match="DESCRIBE"):
        filled.query(Query("DESCRIBE <x:a>", formats.JSON, None))
    with pytest.raises(NotAcceptableError, match="Turtle"):
        filled.query(Query("ASK {}", formats.TURTLE, formats.TURTLE))


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("SELECT * {\n  ?s ?p }", 2, 9),
        ("SELECT * { ?s ?p 'open }", 1, 18),
        ("SELECT * {\n ?s ?p ?o ", 1, 10),
        ("SELECT * { ?s ?p ?o ) }", 1, 21),
        ("SELEKT * {}", 1, 1),
        ("", 1, 1),
        ("PREFIX a: <x:>\nPREFIX <x:> SELECT * {}", 2, 8),
        ("SELECT * FROM {}", 1, 15),
        ("SELECT * FROM b:a {}", 1, 15),
        ("SELECT * { ?s ?p '\\ud800' }", 1, 19),
        ("SELECT * { << ?s ?p ?o >> ?q ?r }", 1, 12),
        ("SELECT * { ?s ?p ?o LATERAL { ?s ?p ?o } }", 1, 21),
        ("INSERT DATA {}", 1, 1),
    ],
)
def test_a_syntax_error_tells_line_and_column(filled: EmbeddedStore, text: str, line: int, column: int) -> None:
    with pytest.raises(QuerySyntaxError, match=f"line {line}, column {column}") as caught:
        body(filled, text, formats.JSON)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_sparql_12_is_accepted_on_request(filled: EmbeddedStore) -> None:
    text = "SELECT * { ?s ?p ?o LATERAL { ?s ?p ?o } }"
    answer = filled.query(Query(text, formats.JSON, None, sparql12=True))
    assert len(json.loads(b"".join(answer.chunks))["results"]["bindings"]) == 4


def test_an_error_in_an_expression_is_that_expressions_only(filled: EmbeddedStore, ask: Ask) -> None:
    assert ask(filled.query, "SELECT (:unknown(1) AS ?x) (1/0 AS ?y) (<x:f>() AS ?z) (2 AS ?w) {}") == [
        ("", "", "", "2")
    ]
    assert ask(filled.query, "SELECT ?o { :a :p ?o FILTER(:unknown(?o) || ?o = 1) }") == [("1",)]
    cast = "PREFIX x: <http://www.w3.org/2001/XMLSchema#> SELECT (x:integer('7') AS ?x) {}"
    assert ask(filled.query, cast) == [("7",)]


def test_a_labelled_blank_node_is_one_for_each_solution(filled: EmbeddedStore, ask: Ask) -> None:
    rows = ask(filled.query, "SELECT (BNODE('x') AS ?x) (BNODE('x') AS ?y) (BNODE(STR(?o)) AS ?z) { ?s ?p ?o }")
    assert len(rows) == len({row[0] for row in rows}) == 4
    assert all(x == y != z for x, y, z in rows)
    assert ask(filled.query, "SELECT (BNODE(1) AS ?x) (BNODE() AS ?y) { :c :p 4 } LIMIT 1")[0][0] == ""
    assert len(ask(filled.query, "SELECT (COUNT(BNODE('x')) AS ?n) { ?s ?p ?o } GROUP BY ?s")) == 3


def test_code_point_escapes_are_read_everywhere(filled: EmbeddedStore, ask: Ask) -> None:
    assert ask(filled.query, r"SELECT ?\u006f { :c <http://e.x/\u0070> ?o FILTER(?o = 4 && '\u0041' = 'A') }") == [
        ("4",)
    ]
    assert ask(filled.query, r"SELECT ('\\u0041' AS ?x) {} # \u007d") == [("\\u0041",)]


def test_xml_keeps_carriage_returns_and_refuses_what_it_cannot_hold(filled: EmbeddedStore) -> None:
    document = ET.fromstring(body(filled, r"SELECT ('a\rb' AS ?x) {}", formats.XML))  # noqa: S314 - our own output
    assert "".join(document.itertext()) == "a\rb"
    with pytest.raises(NotAcceptableError, match="x01"):
        body(filled, r"SELECT ('\u0001' AS ?x) {}", formats.XML)
    with pytest.raises(NotAcceptableError, match="x:y/1"):
        body(filled, "CONSTRUCT { <x:s> <x:y/1> 1 } WHERE {}", formats.RDFXML)


def test_a_large_answer_comes_in_chunks_with_bounded_memory(filled: EmbeddedStore) -> None:
    values = " ".join(str(n) for n in range(300))
    text = f"SELECT * {{ VALUES ?a {{{values}}} VALUES ?b {{{values}}} VALUES ?c {{{' 1' * 20}}} }}"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sizes = [len(chunk) for chunk in filled.query(Query(text, formats.JSON, None)).chunks]
    assert sum(sizes) > 300_000_000
    assert max(sizes) < 100_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_leaving_an_answer_ends_the_work_behind_it(filled: EmbeddedStore) -> None:
    values = " ".join(str(n) for n in range(1000))
    text = f"SELECT * {{ VALUES ?a {{{values}}} VALUES ?b {{{values}}} VALUES ?c {{{values}}} }}"
    for leave in ("close", "forget"):
        answer = filled.query(Query(text, formats.JSON, None))
        next(answer.chunks)
        if leave == "close":
            answer.chunks.close()  # type: ignore[attr-defined]
        del answer
        gc.collect()
        assert until(lambda: all(thread.name != "engine" for thread in threading.enumerate()))


def test_an_error_after_the_first_chunk_is_raised_and_not_swallowed(filled: EmbeddedStore) -> None:
    values = " ".join(str(n) for n in range(400))
    text = f"SELECT ?a ?b {{ VALUES ?a {{{values}}} VALUES ?b {{{values} '\\u0001'}} }}"
    chunks = filled.query(Query(text, formats.XML, None)).chunks
    assert next(chunks).startswith(b"<?xml")
    with pytest.raises(NotAcceptableError, match="x01"):
        list(chunks)


def test_a_graph_is_read_by_name_and_version(filled: EmbeddedStore, turtle: Turtle) -> None:
    with filled.write() as transaction:
        transaction.replace_graph(MINE, turtle(":new :p 1 ."))
        transaction.commit("replaced")
    assert b"".join(filled.graph(MINE, formats.NTRIPLES).chunks).startswith(b"<http://e.x/new>")
    assert b"".join(filled.graph(MINE, formats.NTRIPLES, "000001").chunks).count(b"\n") == 2
    assert b"".join(filled.graph(None, formats.NTRIPLES).chunks).count(b"\n") == 4
    with pytest.raises(UnknownGraphError, match="nowhere"):
        filled.graph("http://e.x/nowhere", formats.TURTLE)
    with pytest.raises(UnknownVersionError):
        filled.graph(MINE, formats.TURTLE, "000077")


@pytest.mark.parametrize("quad_format", [format_ for format_ in GRAPH_FORMATS if format_.holds is Holds.QUADS])
def test_the_dataset_is_written_without_its_derived_default_graph(
    filled: EmbeddedStore, names: GraphNames, quad_format: Format
) -> None:
    written = b"".join(filled.dataset(quad_format).chunks)
    quads = [*ox.parse(written, ox.RdfFormat.from_media_type(quad_format.media_type))]
    assert {quad.graph_name for quad in quads} == {
        ox.NamedNode(graph) for graph in (MINE, names.article("1"), names.article("2"), names.outside)
    }
    assert len(quads) == 7


def test_a_dump_names_the_graph_of_every_line_whatever_its_literals_hold(filled: EmbeddedStore) -> None:
    value = Literal("a <urn:x:b> .\n" + 'long " .\r\n' * 5000)
    with filled.write() as transaction:
        transaction.replace_graph(MINE, [(URIRef(f"http://e.x/{number}"), RDF.value, value) for number in range(9)])
        transaction.commit("long literals")
    quads = [*ox.parse(b"".join(filled.dataset(formats.NQUADS).chunks), ox.RdfFormat.N_QUADS)]
    mine = [quad for quad in quads if quad.graph_name == ox.NamedNode(MINE)]
    assert [quad.object.value for quad in mine] == [str(value)] * 9
    assert len(quads) == sum(filled.current().counts.values())


def test_the_dataset_is_not_written_where_only_one_graph_fits(filled: EmbeddedStore) -> None:
    with pytest.raises(NotAcceptableError, match="Turtle"):
        filled.dataset(formats.TURTLE)


def test_a_byte_order_mark_is_no_part_of_a_query_or_an_update(filled: EmbeddedStore, ask: Ask) -> None:
    assert ask(filled.query, "SELECT (1 AS ?x) {}") == [("1",)]
    answer = filled.query(Query("\ufeffSELECT (1 AS ?x) {}", formats.CSV, formats.NTRIPLES))
    assert b"".join(answer.chunks).split() == [b"x", b"1"]
    with filled.write() as transaction:
        transaction.update(f"\ufeffINSERT DATA {{ GRAPH <{MINE}> {{ <x:marked> <x:p> 1 }} }}")
        assert [*transaction.find((URIRef("x:marked"), None, None), MINE)]
    assert split_loads("\ufeffLOAD <http://e.x/a>", None) == (Load("http://e.x/a", None, silent=False),)


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), max_size=4))
def test_rdf_xml_of_any_predicate_is_read_back_or_refused(local: str) -> None:
    try:
        sent = ox.Triple(ox.NamedNode("x:a"), ox.NamedNode(f"http://e.x/{local}"), ox.Literal("v"))
    except ValueError:
        return
    try:
        written = ox.serialize(require_xml_names([sent]), format=ox.RdfFormat.RDF_XML) or b""
    except NotAcceptableError:
        return
    assert list(read_graph(written, formats.RDFXML).triples) == [sent]


CHECK = """
import json, resource, sys
from kg.store import check_query
resource.setrlimit(resource.RLIMIT_DATA, (2**30, 2**30))
print(json.dumps([check_query(text).value for text in json.load(sys.stdin)]))
"""


def test_a_query_is_checked_without_being_evaluated() -> None:
    numbers = " ".join(map(str, range(400)))
    product = "".join(f"VALUES ?{name} {{ {numbers} }} " for name in "abc")
    texts = [
        f"SELECT * {{ {product} }} ORDER BY ?a",
        f"SELECT * WHERE {{ SELECT DISTINCT ?a ?b ?c {{ {product} }} ORDER BY ?c }} VALUES ?a {{ 1 }}",
        f"PREFIX : <urn:> SELECT (COUNT(*) AS ?n) {{ {{ SELECT * {{ {product} }} ORDER BY ?a }} }} GROUP BY ?b",
        f"ASK FROM <urn:g> {{ OPTIONAL {{ SELECT * {{ {product} }} ORDER BY ?a }} }}",
        f"CONSTRUCT {{ ?a <urn:p> ?b }} WHERE {{ {{ SELECT * {{ {product} }} ORDER BY ?a }} }}",
        "CONSTRUCT WHERE { ?s ?p ?o }",
        "DESCRIBE <urn:a>",
    ]
    command = [sys.executable, "-c", CHECK]
    done = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]
    assert json.loads(done.stdout) == ["SELECT", "SELECT", "SELECT", "ASK", "CONSTRUCT", "CONSTRUCT", "DESCRIBE"]


@pytest.mark.parametrize("text", ["SELECT * {\n ?s ?p }", "SELECT * {\n ?s ?p ?o } }", "SELECT * {\n { ?s ?p ?o"])
def test_what_is_checked_and_wrong_is_told_with_its_line(text: str) -> None:
    with pytest.raises(QuerySyntaxError) as raised:
        check_query(text)
    assert raised.value.line == 2
