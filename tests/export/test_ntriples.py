"""N-Triples read back: what was written, spelt as it was."""

from __future__ import annotations

import pytest
from rdflib import XSD, Graph, Literal, URIRef

from kg import formats
from kg.errors import PayloadError
from kg.export import read_ntriples, write
from kg.namespaces import CQ
from tests.export.conftest import ANNA, BASE, hard


def test_what_is_written_is_read_back() -> None:
    for graph in hard().values():
        assert set(read_ntriples(write({None: graph}, formats.NTRIPLES, BASE))) == set(graph)


@pytest.mark.parametrize(
    ("text", "datatype"), [("2011-10-21T00:00:00Z", XSD.dateTime), ("01", XSD.integer), ("1.0e6", XSD.double)]
)
def test_a_literal_keeps_its_spelling(text: str, datatype: URIRef) -> None:
    graph = Graph().add((ANNA, CQ.name, Literal(text, datatype=datatype, normalize=False)))
    written = b"".join(write({None: graph}, formats.NTRIPLES, BASE))
    assert f'"{text}"^^'.encode() in written
    assert b"".join(write({None: read_ntriples([written])}, formats.NTRIPLES, BASE)) == written


def test_every_escape_of_the_grammar_is_read() -> None:
    (triple,) = read_ntriples([rb'<urn:a> <urn:\u0062> "\t\b\n\r\f\"\'\\\u00e9\U0001F642"@en .'])
    assert triple == (URIRef("urn:a"), URIRef("urn:b"), Literal("\t\b\n\r\f\"'\\é🙂", lang="en"))


def test_a_line_that_is_no_triple_is_an_error_with_its_number() -> None:
    with pytest.raises(PayloadError, match=r"Line 2 is no triple in N-Triples: '<urn:a> oops'"):
        read_ntriples([b"<urn:a> <urn:b> <urn:c> .\n<urn:a> oops\n"])
