"""The engine gets an immediate query as it is, and answers it as it does after all that other queries go through."""

from __future__ import annotations

from typing import cast

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import CommuniqueError
from kg.formats import RESULT_FORMATS, TSV, Format
from kg.sparql import immediate_queries
from kg.sparql.immediate_queries import MAX_CHARACTERS, immediate_form
from kg.sparql.protocol import Query, QueryForm
from kg.store.answers import read_evaluation
from kg.store.engine_thread import Sink, run_here
from kg.store.immediate_answers import short_answer
from kg.store.snapshots import Snapshot
from server.endpoints.volatile_queries import TextFacts, text_facts

BASE = "https://a.example/"
TRIPLES = """
@prefix a: <urn:a:> .
a:s a:p a:o , "x" , "x"@en , 1 , 01 ; a a:c .
a:t a:p a:s ; a:q "y"@en-GB .
<https://a.example/1> a:p <https://a.example/x> .
"""
# The grammar of the module itself, in letters that make names of the data likely.
LETTERS = st.characters(codec="ascii", exclude_characters="\\")
TEXTS = st.from_regex(immediate_queries._QUERY, fullmatch=True, alphabet=LETTERS)  # noqa: SLF001 -- generates its own texts
SPACE = st.sampled_from([" ", "\n", "\t ", " # c\n", "#?x }\r "])
ENTITIES = st.sampled_from(["?a", "$b", "?c", "<urn:a:s>", "a:s", "a:p", "<1>", "<x>", "a:o-1"])
LITERALS = st.sampled_from(['"x"', '"x"@en', '"y"@en-gb', '"y"@en-GB', '"é"', '"#"', '"SERVICE"'])


@st.composite
def sensible_texts(draw: st.DrawFn) -> str:
    """Generate texts whose names occur in the data."""
    spaces = [draw(SPACE) for _ in range(8)]
    terms = [draw(ENTITIES), draw(st.sampled_from(["a"]) | ENTITIES), draw(ENTITIES | LITERALS)]
    pattern = spaces[0].join(terms) + spaces[1] + draw(st.sampled_from(["", "."]))
    variables = [term for term in terms if term[0] in "?$"]
    form = draw(st.sampled_from(["ASK", "ask", "SELECT *", f"SELECT {' '.join(variables) or '*'}"]))
    where = draw(st.sampled_from([" WHERE ", "", "where"]))
    limit = draw(st.sampled_from(["", "LIMIT 0", "limit 2", "LIMIT  3 #"]))
    group = pattern if form.upper() != "ASK" or draw(st.booleans()) else ""
    return f"{spaces[2]}PREFIX a: <urn:a:>{spaces[3]}{form}{where}{{{spaces[4]}{group}{spaces[5]}}}{spaces[6]}{limit}"


def other_answer(query: Query, store: ox.Store) -> bytes | None:
    """Return the answer that a worker gives, None if it refuses the query."""
    sink = CollectingSink()
    try:
        run_here(read_evaluation(query, Snapshot(store, None), "1").work, sink)
    except CommuniqueError:
        return None
    return bytes(sink.body)


class CollectingSink(Sink[None]):
    """Collects an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.body = b""

    def begin(self, head: None) -> None:
        """Do nothing."""

    def hand_over(self, chunk: bytes) -> None:
        """Collect a chunk."""
        self.body += chunk


@given(TEXTS | sensible_texts(), st.sampled_from(RESULT_FORMATS), st.booleans())
def test_an_immediate_answer_is_the_same_as_any_other(text: str, format_: Format, optimize: bool) -> None:  # noqa: FBT001 -- generated
    store = ox.Store()
    store.load(TRIPLES, ox.RdfFormat.TURTLE)
    query, form = Query(text, format_, None, version="1", base=BASE, optimize=optimize), immediate_form(text)
    answer = None if form is None else short_answer(query, form, store)
    if answer is None:
        return
    assert (answer.form, text_facts(text)) == (form, TextFacts(form, is_volatile=False))
    assert b"".join(answer.chunks) == other_answer(query, store)


ANSWERED = {
    "ASK{}": "true",
    "ask { ?s ?p <urn:a:o> } # end": "true",
    "ASK WHERE { <urn:a:s> ?p ?o }": "true",
    "ASK { <urn:a:none> ?p ?o }": "false",
    "SELECT ?o { <1> ?p ?o }": "?o <https://a.example/x>",
    'SELECT * WHERE { ?s <urn:a:q> "y"@en-GB . } LIMIT 1': "?s <urn:a:t>",
    "SELECT $s{?s a <urn:a:c>}LIMIT 7#": "?s <urn:a:s>",
    "PREFIX a: <urn:a:> PREFIX : <x>\n\n SELECT ?p # all\n ?s { ?s ?p a:s }": "?p ?s <urn:a:p> <urn:a:t>",
}


@pytest.mark.parametrize("text", ANSWERED)
def test_an_immediate_query_is_answered(text: str) -> None:
    store, form = ox.Store(), immediate_form(text)
    store.load(TRIPLES, ox.RdfFormat.TURTLE)
    assert form is not None
    answer = short_answer(Query(text, TSV, None, base=BASE), form, store)
    assert answer is not None
    assert b"".join(answer.chunks).decode().split() == ANSWERED[text].split()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ASKwhere {}",
        "ASK { } UNION { }",
        "ASK {{}}",
        "ASK { ?s ?p ?o . ?s ?p ?o }",
        "ASK { ?s ?p ?o , 1 }",
        "ASK { ?s ?p ?s }",
        "ASK { ?s ?p $s }",
        "ASK FROM <urn:g> { ?s ?p ?o }",
        "ASK { GRAPH <urn:g> { ?s ?p ?o } }",
        "ASK { SERVICE <urn:g> { ?s ?p ?o } }",
        "ASK { ?s ?p/?q ?o }",
        "ASK { ?s a:b* ?o }",
        "ASK { [] ?p ?o }",
        "ASK { _:a ?p ?o }",
        "ASK { ?s ?p 1 }",
        "ASK { ?s ?p 'x' }",
        'ASK { ?s ?p """x""" }',
        'ASK { ?s ?p "\\t" }',
        'ASK { ?s ?p "x"^^<urn:d> }',
        "ASK { ?s ?p ?o } LIMIT -1",
        "ASK { ?s ?p ?o } OFFSET 1",
        "ASK { ?s ?p ?o } VALUES ?s { 1 }",
        "SELECT * {}",
        "SELECT ?s { <urn:a> <urn:b> <urn:c> }",
        "SELECT ?x { ?s ?p ?o }",
        "SELECT ?s ?s { ?s ?p ?o }",
        "SELECT DISTINCT ?s { ?s ?p ?o }",
        "SELECT (?s AS ?t) { ?s ?p ?o }",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        "SELECT ?s { ?s ?p ?o } ORDER BY ?s",
        "SELECT ?s { ?s ?p ?o } GROUP BY ?s",
        "SELECT ?s { ?s ?p ?o FILTER(?s) }",
        "SELECT ?s { OPTIONAL { ?s ?p ?o } }",
        "CONSTRUCT WHERE { ?s ?p ?o }",
        "DESCRIBE <urn:a>",
        "BASE <urn:b> ASK {}",
        "ASK {} # \\u000A",
        f"ASK {{}} #{'x' * MAX_CHARACTERS}",
        "INSERT DATA {}",
    ],
)
def test_any_other_query_is_not_immediate(text: str) -> None:
    assert immediate_form(text) is None


def test_a_text_is_read_in_time_proportional_to_its_length() -> None:
    # Each would take for ever if a repetition were tried in several ways.
    for start, repeated in (
        ("", "#\n"),
        ("SELECT", " ?x"),
        ("ASK { ?s ?p ?o ", " #\r"),
        ("PREFIX a: <", "x"),
        ("", " "),
    ):
        text = start + repeated * ((MAX_CHARACTERS - len(start)) // len(repeated))
        assert immediate_form(text) is None


def test_a_long_answer_is_given_up_early() -> None:
    store, text = ox.Store(), "SELECT * { ?s ?p ?o }"
    store.bulk_extend(
        ox.Quad(ox.NamedNode(f"urn:{number}"), ox.NamedNode("urn:p"), ox.Literal("x" * 100)) for number in range(1000)
    )
    assert short_answer(Query(text, TSV, None), QueryForm.SELECT, store) is None
    answer = short_answer(Query(f"{text} LIMIT 100", TSV, None), QueryForm.SELECT, store)
    assert answer is not None
    assert b"".join(answer.chunks).count(b"\n") == 101


class PanickingStore:
    """A store whose engine panics."""

    def query(self, *_: object, **__: object) -> None:
        """Panic as the engine does, with an error that is no Exception."""
        raise BaseException("panicked")  # noqa: TRY002


def test_a_panic_of_the_engine_leaves_the_query_to_a_worker() -> None:
    store = cast("ox.Store", PanickingStore())
    assert short_answer(Query("ASK {}", TSV, None), QueryForm.ASK, store) is None
