"""A query of any shape ends within its limits, and its error names the limit."""

from __future__ import annotations

from collections import deque

import pytest

from kg.errors import (
    CommuniqueError,
    ForbiddenError,
    LimitError,
    MemoryLimitError,
    QuerySyntaxError,
    RequestError,
    SizeLimitError,
    TimeLimitError,
)
from kg.formats import CSV, JSON, TSV, XML, Format
from kg.store import Answer, Query
from kg.workers.pooled_store import PooledStore
from kg.workers.query_jobs import Client
from kg.workers.query_limits import QueryLimits
from tests.support.waiting import until
from tests.support.worker_pool import ENDLESS, GUSHING, HUNGRY, TRIPLES, Opening, ask, begin

DEEP = 100_000
MANY = 200_000
NESTED = {
    "braces": ("ASK ", "{", "", "}", ""),
    "parentheses": ("ASK { FILTER(", "(", "1", ")", ") }"),
    "paths": ("ASK { ?s ", "(", "<x:a>", ")", " ?o }"),
    "collections": ("ASK { ", "(", "1", ")", " ?p ?o }"),
    "blank nodes": ("ASK { ", "[<x:p> ", "1", "]", " }"),
    "unclosed": ("ASK ", "{", "", "", ""),
    "negations": ("ASK { FILTER(", "!", "true", "", ") }"),
    "additions": ("ASK { FILTER(", "1+", "1", "", ") }"),
    "unions": ("ASK { ", "{} UNION ", "{}", "", " }"),
    "path sequence": ("ASK { ?s ", "<x:a>/", "<x:a>", "", " ?o }"),
}
COSTLY = {
    "product": ENDLESS,
    "sorted product": HUNGRY,
    "streamed product": GUSHING,
    "constructed product": "CONSTRUCT { ?a ?e ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "distinct": "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } OFFSET 999999999",
    "aggregates": "SELECT ?a (SUM(?x) AS ?s) { { SELECT ?a ?d (COUNT(*) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    " GROUP BY ?a ?d } } GROUP BY ?a",
    "concatenation": "SELECT (GROUP_CONCAT(?c) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "property path": "SELECT (COUNT(*) AS ?n) { ?a (!<x:a>|^!<x:b>)* ?b . ?c (!<x:c>|^!<x:d>)+ ?d }",
    "regular expression": "SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(?c, ?f), '(a*)*(b|v1)*$(x+x+)+y')) }",
    "values": f"SELECT (COUNT(*) AS ?n) {{ VALUES ?a {{ {' '.join(map(str, range(MANY)))} }} ?b ?c ?d }}",
    "long text": "SELECT (COUNT(*) AS ?n) { " + "?s ?p ?o . " * 50_000 + "}",
}


@pytest.mark.parametrize("shape", NESTED)
def test_nesting_of_any_kind_is_refused(shape: str, shared: PooledStore) -> None:
    before, opening, inside, closing, after = NESTED[shape]
    with pytest.raises((QuerySyntaxError, ForbiddenError)):
        ask(shared, before + DEEP * opening + inside + DEEP * closing + after)
    assert b"true" in ask(shared)


@pytest.mark.parametrize("shape", COSTLY)
def test_a_costly_query_ends_at_a_limit(shape: str, shared: PooledStore) -> None:
    store = shared.on_behalf(Client(timeout=0.6))
    with pytest.raises(LimitError) as caught:
        ask(store, COSTLY[shape])
    assert caught.value.limit in ("time", "memory", "rows", "size")
    assert f"{caught.value.value:,}" in str(caught.value)


def test_the_time_limit_names_itself(opening: Opening) -> None:
    with opening(time=0.3) as store:
        with pytest.raises(TimeLimitError, match=r"limit of 0\.3 s") as caught:
            ask(store, ENDLESS)
        assert (caught.value.limit, caught.value.value) == ("time", 0.3)


def test_a_request_may_ask_for_less_time_but_not_for_more(opening: Opening) -> None:
    with opening(time=0.5) as store:
        assert until(lambda: store.stats().workers == store.limits.workers)  # each ends one
        with pytest.raises(TimeLimitError, match=r"limit of 0\.2 s"):
            ask(store.on_behalf(Client(timeout=0.2)), ENDLESS)
        with pytest.raises(TimeLimitError, match=r"limit of 0\.5 s"):
            ask(store.on_behalf(Client(timeout=9)), ENDLESS)
        with pytest.raises(TimeLimitError, match=r"limit of 0\.3 s") as caught:  # of which a SERVICE has used a part
            ask(store.on_behalf(Client(timeout=0.2, limit=0.3)), ENDLESS)
        assert caught.value.value == 0.3


def test_a_time_limit_after_the_first_chunk_is_raised_by_the_chunks(opening: Opening) -> None:
    with opening(rows=10**12, size=10**12) as store:
        answer = begun_within(store, 0.5)
        with pytest.raises(TimeLimitError):
            deque(answer.chunks, maxlen=0)


def begun_within(store: PooledStore, seconds: float) -> Answer:
    """Return an endless answer, begun, that may take so many seconds, or longer where a busy machine needs it."""
    try:
        answer = begin(store.on_behalf(Client(timeout=seconds)), GUSHING)
    except LimitError:
        return begun_within(store, 4 * seconds)
    return answer


def test_processor_time_is_limited_by_itself(opening: Opening) -> None:
    with opening(cpu=1, time=200, patience=200) as store:
        with pytest.raises(TimeLimitError, match="processor time than its limit of 1 s") as caught:
            ask(store, ENDLESS)
        assert caught.value.limit == "cpu"


def test_a_query_that_needs_too_much_memory_disturbs_no_other(opening: Opening) -> None:
    with opening(memory=64, time=200, patience=200) as store:
        other = begin(store, GUSHING)
        with pytest.raises(MemoryLimitError, match="67,108,864 bytes"):
            ask(store, HUNGRY)
        assert next(other.chunks)
        assert b"true" in ask(store)


@pytest.mark.parametrize("format_", [JSON, XML, CSV, TSV], ids=lambda format_: format_.name)
def test_an_answer_may_have_as_many_rows_as_the_limit_and_no_more(format_: Format, opening: Opening) -> None:
    text = f"""SELECT ?s (CONCAT(?v, '"}},{{\\r\\n[{{\\\\') AS ?v2) {{ ?s ?p ?v }} LIMIT {TRIPLES - 1}"""
    whole = Query(text.replace(str(TRIPLES - 1), str(TRIPLES)), format_, None)
    with opening(rows=TRIPLES - 1) as store:
        assert b"".join(store.query(Query(text, format_, None)).chunks)
        with pytest.raises(SizeLimitError, match="more rows than the limit of 2,999") as caught:
            b"".join(store.query(whole).chunks)
        assert caught.value.limit == "rows"


def test_an_answer_may_have_as_many_bytes_as_the_limit_and_no_more(opening: Opening) -> None:
    with opening(size=1_000_000) as store:
        assert len(ask(store, "SELECT * { ?s ?p ?o }")) < 1_000_000
        with pytest.raises(SizeLimitError, match="more bytes than the limit of 1,000,000"):
            ask(store, GUSHING)
        assert b"true" in ask(store)


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"time": 0}, "The limit 'time' is 0"),
        ({"time": float("nan")}, "The limit 'time' is nan"),
        ({"memory": 1}, "The limit 'memory' is 1"),
        ({"workers": 1}, "The limit 'workers' is 1"),
        ({"workers": 2, "slow": 2}, "The limit 'slow' is 2: expected fewer than the 2 workers"),
    ],
)
def test_a_limit_that_makes_no_sense_is_an_error(limits: dict[str, int], sentence: str) -> None:
    with pytest.raises(RequestError, match=sentence):
        QueryLimits(**limits)


def test_errors_come_over_as_what_they_were(shared: PooledStore) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        ask(shared, "SELECT *\n{ ?s ?p }")
    assert caught.value.line == 2
    assert caught.value.column > 1
    with pytest.raises(CommuniqueError, match="SERVICE"):
        ask(shared, "SELECT * { SERVICE <http://localhost:1/> { ?s ?p ?o } }")
