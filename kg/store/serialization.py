"""Writing triples, quads and results by the engine's serialisers; characters that XML cannot hold are refused.

The engine writes characters and predicates into XML that no XML parser accepts or reads back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, cast

import pyoxigraph as ox

from kg.datatypes import is_read_as_name, split_at_name
from kg.errors import NotAcceptableError
from kg.formats import GRAPH_FORMATS, RDFXML, RESULT_FORMATS, XML, Format
from kg.store.engine_thread import Sink
from kg.terms import GraphName

# The control characters that XML 1.0 excludes, and U+FFFE and U+FFFF, in UTF-8.
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_MAX_FORBIDDEN_BYTES = 3
"""Bytes of the longest forbidden character."""


def rdf_format(format_: Format) -> ox.RdfFormat:
    """Return the engine's name for a graph format. Raises NotAcceptableError if the format holds no graph."""
    engine_format = ox.RdfFormat.from_media_type(format_.media_type) if format_ in GRAPH_FORMATS else None
    if engine_format is None:
        raise NotAcceptableError(f"{format_.label} is no format for graphs.")
    return engine_format


def results_format(format_: Format) -> ox.QueryResultsFormat:
    """Return the engine's name for a format of results. Raises NotAcceptableError if the format holds none."""
    engine_format = ox.QueryResultsFormat.from_media_type(format_.media_type) if format_ in RESULT_FORMATS else None
    if engine_format is None:
        raise NotAcceptableError(f"{format_.label} is no format of query results.")
    return engine_format


def require_format(format_: Format, *, of_results: bool = False) -> None:
    """Raise NotAcceptableError if a format holds no graph, or of one for results, if it holds none.

    For an answer that is written in chunks: the error would come when it has begun.
    """
    _ = results_format(format_) if of_results else rdf_format(format_)


def write_results(results: ox.QuerySolutions | ox.QueryBoolean, sink: Sink[None], format_: Format) -> None:
    """Write solutions or a boolean. Raises NotAcceptableError at a character that XML cannot hold."""
    sink.fitted = xml_escape() if format_ is XML else bytes
    results.serialize(sink.file, results_format(format_))


def write_triples(triples: Iterable[ox.Triple], sink: Sink[None], format_: Format, prefixes: Mapping[str, str]) -> None:
    """Write triples. Raises NotAcceptableError at a predicate or a character that RDF/XML cannot write."""
    if format_ is RDFXML:
        sink.fitted = xml_escape()
        triples = with_names(triples)
    ox.serialize(triples, sink.file, rdf_format(format_), prefixes=dict(prefixes))


def write_quads(store: ox.Store, graphs: Iterable[GraphName], sink: Sink[None]) -> None:
    """Write graphs of a store in N-Quads."""
    # One after another, as N-Triples with the name put in: the engine dumps one graph without its name, or every graph
    # and with them the default graph, the union. Quads made one by one in Python take eight times as long.
    for graph in graphs:
        ending = b" .\n" if isinstance(graph, ox.DefaultGraph) else f" {graph} .\n".encode()
        store.dump(cast("IO[bytes]", _EndedLines(sink, ending)), ox.RdfFormat.N_TRIPLES, from_graph=graph)


def kept_lines(lines: bytes) -> bytes:
    """Return N-Triples that `to_lines` has made with their literals as the engine keeps them."""
    store = ox.Store()
    # Leniently, since each term was checked when it became one of the engine's.
    store.load(lines, ox.RdfFormat.N_TRIPLES, lenient=True)
    return store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""


class _EndedLines:
    """A file object that passes lines of N-Triples on with another ending; literals there escape their line feeds."""

    def __init__(self, sink: Sink[None], ending: bytes) -> None:
        self._sink, self._ending, self._rest = sink, ending, b""

    def write(self, data: bytes) -> int:
        lines, newline, self._rest = (self._rest + data).rpartition(b"\n")
        self._sink.write((lines + newline).replace(b" .\n", self._ending))
        return len(data)

    def flush(self) -> None:
        """Do nothing: the engine ends with a whole line."""


def xml_escape() -> Callable[[bytes], bytes]:
    """Return a function for the pieces of one XML document in turn, which escapes their carriage returns.

    It raises NotAcceptableError at a character that XML forbids, which may begin in one piece and end in the next.
    """
    end = b""

    def escape(piece: bytes) -> bytes:
        nonlocal end
        if forbidden := _FORBIDDEN.search(end + piece):
            raise NotAcceptableError(
                f"The answer holds {forbidden.group().decode()!r}, a character that XML cannot hold."
            )
        end = (end + piece)[1 - _MAX_FORBIDDEN_BYTES :]
        return piece.replace(b"\r", b"&#13;")

    return escape


def with_names(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """Yield the triples. Raises NotAcceptableError at a predicate that RDF/XML cannot write as an element's name."""
    named: set[str] = set()
    for triple in triples:
        predicate = triple.predicate.value
        if predicate not in named:
            if not is_read_as_name(split_at_name(predicate)[1]):
                raise NotAcceptableError(
                    f"The predicate <{predicate}> cannot be written as RDF/XML: it does not end in an XML name."
                )
            named.add(predicate)
        yield triple


def whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield chunks cut anywhere as blocks of whole lines."""
    rest = b""
    for chunk in chunks:
        block, newline, rest = (rest + chunk).rpartition(b"\n")
        if newline:
            yield block + newline
    if rest:
        yield rest
