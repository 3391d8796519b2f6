"""Conversion of another endpoint's answer to a SERVICE (SPARQL 1.1 Federated Query) to a VALUES block."""

from __future__ import annotations

import json

import pyoxigraph as ox

from kg.bracket_nesting import too_deep
from kg.errors import RequestError
from kg.sparql.service_clauses import MAX_TABLE_BYTES
from kg.store.engine_thread import call

MAX_SOLUTIONS = 2500
"""The maximum solutions of one SERVICE, all of which become part of the query's text."""
MAX_VARIABLES = 200
"""The maximum variables of one SERVICE's answer: the engine's parser takes time proportional to their square."""
MAX_NESTING = 64
"""The maximum nesting of an answer's JSON: the engine's parser overflows its stack on deep triple terms."""


def table(endpoint: str, answer: bytes) -> str:
    """Return JSON results as a VALUES block. Raises RequestError if they cannot be written as one."""
    # Called in a worker, whose limits apply to the engine's parser too: the answer is not trusted.
    _require_bounded(endpoint, answer)
    return call(lambda: _parsed_table(endpoint, answer))


def _require_bounded(endpoint: str, answer: bytes) -> None:
    """Raise RequestError if the answer has more levels or variables than the engine's parser can handle."""
    if too_deep(answer, MAX_NESTING, is_json=True) is not None:
        raise RequestError(f"SERVICE <{endpoint}>: its answer nests deeper than {MAX_NESTING} levels, the limit.")
    try:
        variables = len(json.loads(answer)["head"].get("vars", ()))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise RequestError(f"SERVICE <{endpoint}>: its answer is not SPARQL results in JSON: {error}.") from None
    if variables > MAX_VARIABLES:
        fault = f"it answers with {variables:,} variables, and the limit is {MAX_VARIABLES}"
        raise RequestError(f"SERVICE <{endpoint}>: {fault}.")


def _parsed_table(endpoint: str, answer: bytes) -> str:
    try:
        solutions = ox.parse_query_results(answer, ox.QueryResultsFormat.JSON)
        if not isinstance(solutions, ox.QuerySolutions):
            raise RequestError(f"SERVICE <{endpoint}>: it answers with a boolean, where solutions were expected.")
        return _table(endpoint, solutions)
    except (SyntaxError, ValueError) as error:
        raise RequestError(f"SERVICE <{endpoint}>: its answer is not SPARQL results in JSON: {error}.") from None
    except MemoryError as error:
        if "buffer" not in str(error):
            raise
        # The engine's JSON parser also raises MemoryError if a text does not fit into its 16 MiB buffer.
        raise RequestError(f"SERVICE <{endpoint}>: a text in its answer is longer than can be read.") from None


def _table(endpoint: str, solutions: ox.QuerySolutions) -> str:
    rows: list[str] = []
    size = 0
    for solution in solutions:
        if len(rows) == MAX_SOLUTIONS:
            raise RequestError(
                f"SERVICE <{endpoint}>: it answers with more than {MAX_SOLUTIONS:,} solutions, the limit."
            )
        rows.append(f"({' '.join(_term(endpoint, solution[variable]) for variable in solutions.variables)})")
        size += len(rows[-1].encode("utf-8", "surrogatepass"))
        if size > MAX_TABLE_BYTES:
            what = f"its solutions have more than {MAX_TABLE_BYTES:,} bytes as they stand in a query, the limit"
            raise RequestError(f"SERVICE <{endpoint}>: {what}.")
    return f"{{ VALUES ({' '.join(map(str, solutions.variables))}) {{ {' '.join(rows)} }} }}"


def _term(endpoint: str, term: object) -> str:
    # An unbound variable joins with anything, as it would in the SERVICE's own solutions.
    if term is None:
        return "UNDEF"
    if isinstance(term, ox.NamedNode | ox.Literal):
        return str(term)
    raise RequestError(f"SERVICE <{endpoint}>: it answers with a node that has no name outside its own store.")
