"""Writing triples, quads and results with the engine's serializers, refusing characters that XML cannot represent.

The engine itself writes characters and predicates into XML that no XML parser accepts or reads back.
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
        raise NotAcceptableError(f"{format_.label} is not a format for graphs.")
    return engine_format


def results_format(format_: Format) -> ox.QueryResultsFormat:
    """Return the engine's name for a format of results. Raises NotAcceptableError if the format is not for results."""
    engine_format = ox.QueryResultsFormat.from_media_type(format_.media_type) if format_ in RESULT_FORMATS else None
    if engine_format is None:
        raise NotAcceptableError(f"{format_.label} is not a format of query results.")
    return engine_format


def require_format(format_: Format, *, of_results: bool = False) -> None:
    """Raise NotAcceptableError if a format cannot hold a graph, or with `of_results`, query results.

    For answers that are written in chunks, where the error would otherwise come after the beginning.
    """
    _ = results_format(format_) if of_results else rdf_format(format_)


def write_results(results: ox.QuerySolutions | ox.QueryBoolean, sink: Sink[None], format_: Format) -> None:
    """Write solutions or a boolean. Raises NotAcceptableError at a character that XML cannot represent."""
    sink.fitted = xml_escape() if format_ is XML else bytes
    results.serialize(sink.file, results_format(format_))


def write_triples(triples: Iterable[ox.Triple], sink: Sink[None], format_: Format, prefixes: Mapping[str, str]) -> None:
    """Write triples. Raises NotAcceptableError at a predicate or a character that RDF/XML cannot write."""
    if format_ is RDFXML:
        sink.fitted = xml_escape()
        triples = require_xml_names(triples)
    ox.serialize(triples, sink.file, rdf_format(format_), prefixes=dict(prefixes))


def write_quads(store: ox.Store, graphs: Iterable[GraphName], sink: Sink[None]) -> None:
    """Write graphs of a store in N-Quads."""
    # One after another, as N-Triples with the name inserted: the engine dumps either one graph without its name, or all
    # graphs including the default graph, the union. Quads made one by one in Python take eight times as long.
    for graph in graphs:
        ending = b" .\n" if isinstance(graph, ox.DefaultGraph) else f" {graph} .\n".encode()
        store.dump(cast("IO[bytes]", _EndedLines(sink, ending)), ox.RdfFormat.N_TRIPLES, from_graph=graph)


def as_stored(lines: bytes) -> bytes:
    """Return N-Triples made by `to_lines`, with literals in the form in which the engine stores them."""
    store = ox.Store()
    # Lenient, since each term was checked when it was converted to the engine's.
    store.load(lines, ox.RdfFormat.N_TRIPLES, lenient=True)
    return store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""


class _EndedLines:
    """A file object that passes on lines of N-Triples with another ending; literals in them escape line feeds."""

    def __init__(self, sink: Sink[None], ending: bytes) -> None:
        self._sink, self._ending, self._rest = sink, ending, b""

    def write(self, data: bytes) -> int:
        lines, newline, self._rest = (self._rest + data).rpartition(b"\n")
        self._sink.write((lines + newline).replace(b" .\n", self._ending))
        return len(data)

    def flush(self) -> None:
        """Do nothing: the engine always ends with a complete line."""


def xml_escape() -> Callable[[bytes], bytes]:
    """Return a function that escapes carriage returns in the successive pieces of one XML document.

    It raises NotAcceptableError at a character that XML forbids, even one that is split between two pieces.
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


def require_xml_names(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """Yield the triples. Raises NotAcceptableError at a predicate that cannot be an element name in RDF/XML."""
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
    """Yield arbitrarily split chunks as blocks of complete lines."""
    rest = b""
    for chunk in chunks:
        block, newline, rest = (rest + chunk).rpartition(b"\n")
        if newline:
            yield block + newline
    if rest:
        yield rest
