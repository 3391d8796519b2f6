"""RDF formats written by pyoxigraph's serializers from sorted statements, so that the same triples give the same bytes.

The statements are sorted as N-Triples lines in temporary files, so memory does not grow with the graphs. Triples of the
same subject, and in TriG those of the same graph, are then consecutive, and the serializers write them as one block.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, cast

import pyoxigraph as ox

from kg.errors import DataError, NotAcceptableError
from kg.export.graph_documents import DocumentsByName
from kg.export.sorted_lines import sorted_lines
from kg.formats import NQUADS, NTRIPLES, RDFXML, TRIG, TURTLE, Format
from kg.iterables import in_batches
from kg.prefixes import prefixes
from kg.store.engine_thread import Sink, stream
from kg.store.serialization import rdf_format, whole_lines, write_triples

SORTED_FORMATS = (TURTLE, NTRIPLES, RDFXML, TRIG, NQUADS)
_LINES_PER_BLOCK = 500
"""The number of sorted lines that are passed on at a time, to save a call of the reader for each line."""
_TYPE = b" <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
_TYPE_FIRST = b" \x00 "
"""Replaces rdf:type while lines are sorted, so that a subject's classes come first; N-Triples escapes this byte."""


def write_sorted(documents: DocumentsByName, format_: Format, base: str) -> Iterator[bytes]:
    """Yield graphs in one of SORTED_FORMATS, with a corpus's prefixes; merged if the format only holds one graph.

    Raises DataError if the format cannot express a triple.
    """
    used_prefixes = _UsedPrefixes(prefixes(base))
    blocks = (block for name, document in documents.items() for block in _keyed(document, name, format_))
    # Prefixes precede the first triple: which ones are used is found out while the lines are sorted.
    with sorted_lines(used_prefixes.watch(blocks) if format_ in (TURTLE, RDFXML, TRIG) else blocks) as lines:
        statements = lines if format_ in (NTRIPLES, NQUADS) else map(_statement, lines)
        joined = map(b"".join, in_batches(statements, _LINES_PER_BLOCK))
        yield from joined if format_ in (NTRIPLES, NQUADS) else _serialized(joined, format_, used_prefixes.used)


def _serialized(blocks: Iterator[bytes], format_: Format, known: Mapping[str, str]) -> Iterator[bytes]:
    # Lenient, since the engine wrote these lines and has checked their terms.
    statements = ox.parse(cast("IO[bytes]", _ChunkReader(blocks)), ox.RdfFormat.N_QUADS, lenient=True)

    def work(sink: Sink[None]) -> None:
        sink.begin(None)
        if format_ is TRIG:
            ox.serialize(statements, sink.file, rdf_format(format_), prefixes=dict(known))
        else:
            write_triples((quad.triple for quad in statements), sink, format_, known)

    try:
        yield from stream(work)[1]
    except NotAcceptableError as error:
        raise DataError(str(error)) from error


def _keyed(document: Iterable[bytes], name: str | None, format_: Format) -> Iterator[bytes]:
    """Yield a graph's lines in the form to be sorted: its name comes first for TriG, last for N-Quads."""
    graph = f"<{name}>".encode() if name else b""
    for block in whole_lines(document):
        if format_ is TRIG:
            lines = block.replace(_TYPE, _TYPE_FIRST).splitlines(keepends=True)
            yield b"".join(graph + b"\t" + line for line in lines)
        elif format_ is NQUADS and graph:
            yield block.replace(b" .\n", b" " + graph + b" .\n")
        else:
            yield block if format_ in (NTRIPLES, NQUADS) else block.replace(_TYPE, _TYPE_FIRST)


def _statement(line: bytes) -> bytes:
    """Return a sorted line as N-Quads. The tab in it comes from `_keyed`: N-Triples escapes other tabs."""
    graph, _, triple = line.replace(_TYPE_FIRST, _TYPE).rpartition(b"\t")
    return triple.replace(b" .\n", b" " + graph + b" .\n") if graph else triple


class _UsedPrefixes:
    """Collects the prefixes whose namespaces occur in the blocks that pass through `watch`."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._unused = {name: f"<{namespace}".encode() for name, namespace in known.items()}
        self._known = known

    @property
    def used(self) -> dict[str, str]:
        return {name: self._known[name] for name in sorted(self._known.keys() - self._unused.keys())}

    def watch(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self._unused = {name: start for name, start in self._unused.items() if start not in block}
            yield block


class _ChunkReader(io.RawIOBase):
    """A file object that reads from blocks."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._rest = blocks, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        block = self._rest or next(self._blocks, b"")
        size = min(len(buffer), len(block))
        buffer[:size], self._rest = block[:size], block[size:]
        return size
