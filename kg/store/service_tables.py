"""The results that another endpoint sends for a SERVICE (SPARQL 1.1 Federated Query), parsed into a VALUES block."""

from __future__ import annotations

import json
import re

import pyoxigraph as ox

from kg.errors import RequestError
from kg.sparql.service_clauses import MAX_TABLE_BYTES
from kg.store.engine_thread import call

ROWS = 2500
"""Solutions that one SERVICE may bring: what a query's text may hold."""
MAX_VARIABLES = 200
"""Variables of one SERVICE's answer: the engine's parser takes time by their square."""
MAX_NESTING = 64
"""Levels of brackets in an answer's JSON: the engine's parser overflows its stack on deep triple terms."""
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_ESCAPE = re.compile(rb"\\.", re.DOTALL)


def table(endpoint: str, answer: bytes) -> str:
    """Return results in JSON as a group of VALUES, or raise RequestError where they cannot be written as one.

    For a worker: the answer is an outsider's, and its parser is the engine's.
    """
    _require_bounded(endpoint, answer)
    return call(lambda: _parsed_table(endpoint, answer))


def _require_bounded(endpoint: str, answer: bytes) -> None:
    """Raise RequestError for an answer that the engine's parser would fall over."""
    depth = 0
    outside_strings = b"".join(_ESCAPE.sub(b"", answer).split(b'"')[::2])
    for bracket in outside_strings.translate(None, _NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_NESTING:
            raise RequestError(f"SERVICE <{endpoint}>: its answer nests deeper than {MAX_NESTING} levels, the limit.")
    try:
        read = json.loads(answer)
        variables = len(read["head"].get("vars", ()))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise RequestError(f"SERVICE <{endpoint}>: its answer is no results in JSON: {error}.") from None
    if variables > MAX_VARIABLES:
        most = f"the limit is {MAX_VARIABLES}"
        raise RequestError(f"SERVICE <{endpoint}>: it answers with {variables:,} variables, and {most}.")


def _parsed_table(endpoint: str, answer: bytes) -> str:
    try:
        return _table(endpoint, answer)
    except (SyntaxError, ValueError) as error:
        raise RequestError(f"SERVICE <{endpoint}>: its answer is no results in JSON: {error}.") from None
    except MemoryError as error:
        if "buffer" not in str(error):
            raise
        # what the engine's parser of JSON says of a text that does not fit into its buffer of 16 MiB
        raise RequestError(f"SERVICE <{endpoint}>: a text in its answer is longer than can be read.") from None


def _table(endpoint: str, answer: bytes) -> str:
    found = _solutions(endpoint, answer)
    rows: list[str] = []
    size = 0
    for solution in found:
        if len(rows) == ROWS:
            raise RequestError(f"SERVICE <{endpoint}>: it answers with more than {ROWS:,} solutions, the limit.")
        rows.append(f"({' '.join(_term(endpoint, solution[variable]) for variable in found.variables)})")
        size += len(rows[-1].encode("utf-8", "surrogatepass"))
        if size > MAX_TABLE_BYTES:
            what = f"its solutions have more than {MAX_TABLE_BYTES:,} bytes as they stand in a query, the limit"
            raise RequestError(f"SERVICE <{endpoint}>: {what}.")
    return f"{{ VALUES ({' '.join(map(str, found.variables))}) {{ {' '.join(rows)} }} }}"


def _solutions(endpoint: str, answer: bytes) -> ox.QuerySolutions:
    found = ox.parse_query_results(answer, ox.QueryResultsFormat.JSON)
    if not isinstance(found, ox.QuerySolutions):
        raise RequestError(f"SERVICE <{endpoint}>: it answers with a boolean, where solutions were expected.")
    return found


def _term(endpoint: str, term: object) -> str:
    if term is None:
        return "UNDEF"
    if isinstance(term, ox.NamedNode | ox.Literal):
        return str(term)
    raise RequestError(f"SERVICE <{endpoint}>: it answers with a node that has no name outside its own store.")
