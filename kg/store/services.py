"""SERVICE in a query (SPARQL 1.1 Federated Query): found here, so that whoever may connect does so beforehand.

The engine is never given the word: it would open connections with no way to turn that off. It is given what the other
endpoint has answered, as VALUES, which joins with the rest of the query as the clause would have.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import RequestError
from kg.store.engine import call
from kg.store.guard import limited_tokens
from kg.store.request import Prologue, read_prologue
from kg.store.tokens import Kind, Token, unescaped

ROWS = 2500
"""Solutions that one SERVICE may bring: what a query's text may hold."""
MAX_VARIABLES = 200
"""Variables of one SERVICE's answer: the engine's parser takes time by their square."""
MAX_NESTING = 64
"""Levels of brackets in an answer's JSON: the engine's parser overflows its stack on deep triple terms."""
MAX_TABLE_BYTES = 4 * 2**20
"""Bytes of a SERVICE's solutions as they stand in the query, and of a query with all of its."""
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
NOTHING = "{ VALUES () { () } }"
"""The one solution without bindings that a SERVICE which fails and is SILENT has (section 2.2)."""
_WORD = re.compile("service|\\\\u", re.IGNORECASE)


@dataclass(frozen=True)
class Service:
    """A SERVICE: the endpoint, the query for it, whether a failure counts, and where it stands in the text."""

    endpoint: str
    query: str
    silent: bool
    start: int
    end: int


def find_services(text: str, base: str | None) -> tuple[str, tuple[Service, ...]]:
    """Return a query's text as it is to be read, and each SERVICE of a named endpoint in it that is in no other."""
    if not _WORD.search(text):
        return text, ()
    text = unescaped(text)
    read = limited_tokens(text)
    return text, tuple(_services(text, read, base))


def _services(text: str, read: Sequence[Token], base: str | None) -> Iterator[Service]:
    prologue, at = read_prologue(text, read, 0, Prologue(base, {}))
    while at < len(read):
        named = at + 1 + (at + 1 < len(read) and read[at + 1].is_word("SILENT"))
        opened = named + 1
        if (
            read[at].is_word("SERVICE")
            and opened < len(read)
            and read[named].kind in (Kind.IRI, Kind.NAME)
            and read[opened].is_sign("{")
        ):
            closed = _closing(read, opened)
            group = text[read[opened].start : read[closed].end]
            query = f"{prologue.text()}SELECT * {group}"
            where = prologue.resolve(text, read[named])
            yield Service(where, query, named > at + 1, read[at].start, read[closed].end)
            at = closed
        at += 1


def _closing(read: Sequence[Token], opened: int) -> int:
    """Return the position of what closes a brace; the tokens are known to match."""
    depth = 0
    for position in range(opened, len(read)):
        depth += read[position].is_sign("{") - read[position].is_sign("}")
        if depth == 0:
            return position
    return len(read) - 1


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


def with_tables(text: str, tables: Sequence[tuple[Service, str]]) -> str:
    """Return a text with each SERVICE replaced by what it has brought; RequestError where that is too long."""
    for service, found in sorted(tables, key=lambda each: -each[0].start):
        text = f"{text[: service.start]}{found}{text[service.end :]}"
    if tables and len(text) > MAX_TABLE_BYTES:
        raise RequestError(
            f"The query has more than {MAX_TABLE_BYTES:,} characters with what its SERVICEs have brought."
        )
    return text
