"""Results of SELECT and ASK from an external engine: streamed, or loaded as a table to which columns are added."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import IO, cast

import pyoxigraph as ox
from rdflib import XSD

from kg.engines.engine_connection import EngineAnswer
from kg.errors import FetchError

Binding = dict[str, dict[str, str]]
"""A row in SPARQL JSON (SPARQL 1.1 Query Results JSON Format, section 3.2)."""
Spellings = tuple[tuple[bytes, bytes], ...]
"""Byte strings in an engine's answers, each with its replacement."""
_TRUE = {"true", "1"}
_BLOCK = 2**16


@dataclass(frozen=True)
class ResultTable:
    """Solutions in memory."""

    variables: Sequence[str]
    rows: Sequence[Binding]

    def solutions(self) -> ox.QuerySolutions:
        """Return the table in the form that the engine's serializers accept."""
        document = {"head": {"vars": [*self.variables]}, "results": {"bindings": [*self.rows]}}
        results = ox.parse_query_results(json.dumps(document).encode(), ox.QueryResultsFormat.JSON)
        return cast("ox.QuerySolutions", results)


class _RespelledAnswer:
    """An answer as a file in which byte strings are replaced."""

    def __init__(self, answer: EngineAnswer, spellings: Spellings) -> None:
        self._answer, self._spellings = answer, spellings
        self._reach = max(len(theirs) for theirs, _ in spellings) - 1
        self._held, self._ready, self._ends = b"", b"", False

    def read(self, size: int) -> bytes:
        """Return the next bytes, b"" at the end."""
        while not self._ready and not self._ends:
            data = self._answer.read(size)
            self._held, self._ends = self._held + data, not data
            for theirs, ours in self._spellings:
                self._held = self._held.replace(theirs, ours)
            # A byte string may be split at the end of the data.
            end = len(self._held) if self._ends else max(0, len(self._held) - self._reach)
            self._ready, self._held = self._held[:end], self._held[end:]
        part, self._ready = self._ready[:size], self._ready[size:]
        return part


def read_results(answer: EngineAnswer, spellings: Spellings) -> ox.QuerySolutions | ox.QueryBoolean:
    """Return the results in a JSON answer, whose solutions are parsed lazily. Raises FetchError if it is invalid."""
    file = _RespelledAnswer(answer, spellings) if spellings else answer
    with reading(answer.host):
        return ox.parse_query_results(cast("IO[bytes]", file), ox.QueryResultsFormat.JSON)


def read_triples(answer: EngineAnswer) -> Iterator[ox.Triple]:
    """Yield the triples in an N-Triples answer.

    Raises FetchError if it cannot be parsed, or if its truncation would go unnoticed.
    """
    if not answer.has_known_end:
        raise FetchError(f"{answer.host} does not say where its answer ends: expected Content-Length or chunks.")
    with reading(answer.host):
        for quad in ox.parse(cast("IO[bytes]", answer), ox.RdfFormat.N_TRIPLES):
            yield quad.triple


def read_table(answer: EngineAnswer, spellings: Spellings) -> ResultTable:
    """Return all solutions. Raises FetchError if they cannot be parsed."""
    file = _RespelledAnswer(answer, spellings) if spellings else answer
    data = b"".join(iter(lambda: file.read(_BLOCK), b""))
    try:
        document = json.loads(data)
        rows = document["results"]["bindings"]
        return ResultTable(document["head"]["vars"], [{name: _term(row[name]) for name in row} for row in rows])
    except (ValueError, KeyError, TypeError) as error:
        raise _unreadable(error, answer.host) from error


def truth_value(answer: EngineAnswer) -> ox.QueryBoolean:
    """Return the answer to an ASK, which Virtuoso writes as a table with one cell."""
    data = b"".join(iter(lambda: answer.read(_BLOCK), b""))
    try:
        document = json.loads(data)
        rows = [] if "boolean" in document else document["results"]["bindings"]
        is_true = document.get("boolean") or any(term["value"] in _TRUE for row in rows for term in row.values())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unreadable(error, answer.host) from error
    results = json.dumps({"head": {}, "boolean": bool(is_true)}).encode()
    return cast("ox.QueryBoolean", ox.parse_query_results(results, ox.QueryResultsFormat.JSON))


def refuse_cut_off(answer: EngineAnswer, field: str, rows: int) -> None:
    """Raise FetchError if the engine may have left out rows, given the header field with its row limit."""
    limit = answer.headers.get(field, "")
    if limit.isdigit() and rows >= int(limit):
        raise FetchError(
            f"{answer.host} sends no more than {limit} rows, and may have left some out ({field}): "
            "expected a query with fewer, or a higher limit of the engine."
        )


@contextmanager
def reading(host: str) -> Iterator[None]:
    """Translate parsing errors in an answer of the host to FetchError; our own errors pass."""
    try:
        yield
    except (SyntaxError, ValueError, RuntimeError, OSError) as error:
        raise _unreadable(error, host) from error


def _unreadable(error: Exception, host: str) -> FetchError:
    return FetchError(f"The answer of {host} cannot be read: {' '.join(str(error).split())}.")


def with_columns(table: ResultTable, columns: Sequence[str], labels: Mapping[str, dict[str, str]]) -> ResultTable:
    """Return a table with a column `xLabel` after each of these columns `x`, with the known labels of its IRIs."""
    labelled = ((name, f"{name}Label") if name in columns else (name,) for name in table.variables)
    rows = [{**row, **dict(_labels(row, columns, labels))} for row in table.rows]
    return ResultTable([*chain.from_iterable(labelled)], rows)


def _labels(
    row: Binding, columns: Sequence[str], labels: Mapping[str, dict[str, str]]
) -> Iterator[tuple[str, dict[str, str]]]:
    for column in columns:
        term = row.get(column, {})
        if term.get("type") == "uri" and term["value"] in labels:
            yield f"{column}Label", labels[term["value"]]


def _term(term: Mapping[str, str]) -> dict[str, str]:
    """Return a term as in RDF 1.1; `typed-literal` comes from a draft of SPARQL JSON."""
    if term["type"] == "typed-literal":
        term = {**term, "type": "literal"}
    # In RDF 1.1, a literal without a datatype has this one (Concepts, section 3.3).
    return {key: value for key, value in term.items() if value != str(XSD.string)}
