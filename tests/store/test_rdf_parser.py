"""Payloads: what was sent is read as RDF or refused, quickly and without a way out."""

from __future__ import annotations

from codecs import BOM_UTF8

import pytest
from rdflib import Graph, URIRef
from rdflib.compare import isomorphic

from kg import formats
from kg.errors import PayloadError
from kg.formats import GRAPH_FORMATS, Format
from kg.store import PayloadLimits, read_dataset, read_graph

TURTLE = "<http://e.x/a> <http://e.x/p> 1, 'é'@fr, [ <http://e.x/q> <http://e.x/b> ] ."
RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://e.x/">'


@pytest.mark.parametrize("written", GRAPH_FORMATS)
def test_each_format_of_graphs_is_read(written: Format) -> None:
    graph = Graph().parse(data=TURTLE, format="turtle")
    name = {"jsonld": "json-ld", "rdfxml": "xml", "ntriples": "nt", "nquads": "nt", "trig": "turtle"}
    sent = graph.serialize(format=name.get(written.name, written.name)).encode()
    read = Graph()
    for triple in read_graph(sent, written):
        read.add(triple)
    assert isomorphic(read, graph)


def test_blank_nodes_of_two_payloads_are_different_ones() -> None:
    first, second = (list(read_graph(b"_:b <x:p> 1 .", formats.TURTLE)) for _ in range(2))
    assert first[0][0] != second[0][0]


def test_relative_names_are_read_against_the_base() -> None:
    assert list(read_graph(b"<a> <#b> <../c> .", formats.TURTLE, "http://e.x/d/e")) == [
        (URIRef("http://e.x/d/a"), URIRef("http://e.x/d/e#b"), URIRef("http://e.x/c"))
    ]


def test_a_dataset_is_read_by_graph() -> None:
    graphs = read_dataset(b"<x:a> <x:p> 1 . <x:g> { <x:a> <x:p> 2, 3 }", formats.TRIG)
    assert {name: len(payload) for name, payload in graphs.items()} == {None: 1, "x:g": 2}
    with pytest.raises(PayloadError, match="blank node"):
        read_dataset(b"_:g { <x:a> <x:p> 2 }", formats.TRIG)
    with pytest.raises(PayloadError, match="graph"):
        read_graph(b"<x:g> { <x:a> <x:p> 2 }", formats.TRIG)


@pytest.mark.parametrize(
    ("sent", "written", "message"),
    [
        (b"<x:a> <x:p> ", formats.TURTLE, "line 1"),
        (b"<x:a> <x:p> '\xff' .", formats.TURTLE, "UTF-8"),
        (b"<x:a> <x:p> <not an iri> .", formats.NTRIPLES, "N-Triples"),
        (b'{"@id": "x:a", "x:p": ', formats.JSONLD, "JSON-LD"),
        (b'{"@context": "http://127.0.0.1:9/", "@id": "x:a", "x:p": 1}', formats.JSONLD, "remote"),
        (b"<x:a> <x:p> <<( <x:a> <x:p> 1 )>> .", formats.TURTLE, "RDF 1.1"),
        (f"{RDF}<rdf:Description>".encode(), formats.RDFXML, "RDF/XML"),
        (f'<?xml version="1.0" encoding="utf-7"?>{RDF}</rdf:RDF>'.encode(), formats.RDFXML, "encodings"),
        (f'<?xml version="1.0" encoding="shift_jis"?>{RDF}</rdf:RDF>'.encode(), formats.RDFXML, "encodings"),
        (f'<?xml version="1.0" encoding="none"?>{RDF}</rdf:RDF>'.encode(), formats.RDFXML, "encoding"),
    ],
)
def test_what_cannot_be_read_is_an_error_that_says_why(sent: bytes, written: Format, message: str) -> None:
    with pytest.raises(PayloadError, match=message):
        read_graph(sent, written)


DEEP = 100_000
TOO_DEEP = "The payload nests deeper than 100"


@pytest.mark.parametrize(
    ("sent", "written", "sentence"),
    [
        (b'{"@id":"x:a","x:p":' + b'{"x:p":' * DEEP + b"1" + b"}" * (DEEP + 1), formats.JSONLD, TOO_DEEP),
        (b'{"@id":"x:a","x:p":' + b"[" * DEEP + b"]" * DEEP + b"}", formats.JSONLD, TOO_DEEP),
        (RDF.encode() + b"<rdf:Description><x:p>" * DEEP, formats.RDFXML, TOO_DEEP),
        (b"<x:a> <x:b> " + b"<<( <x:a> <x:b> " * DEEP, formats.TURTLE, "Triples used as terms are sent"),
        (b"<x:a> <x:b> " + b"<<( <x:a> <x:b> " * DEEP, formats.NTRIPLES, "Triples used as terms are sent"),
        # The engine reads these without a stack, to the end that is missing.
        (b"<x:a> <x:b> " + b"<< <x:a> <x:b> " * DEEP, formats.TURTLE, "Unexpected end"),
        (b"<x:a> <x:b> " + b"( " * DEEP, formats.TURTLE, TOO_DEEP),
        (b"<x:a> <x:b> " + b"[ <x:b> " * DEEP, formats.TRIG, TOO_DEEP),
    ],
)
def test_deep_nesting_is_refused(sent: bytes, written: Format, sentence: str) -> None:
    with pytest.raises(PayloadError, match=sentence):
        read_graph(sent, written)


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">',
        f'<!ENTITY b "{"a" * 1000}">',
        '<!ENTITY b SYSTEM "file:///etc/hostname">',
        "<!ENTITY % b 'c'>",
    ],
)
def test_entities_that_multiply_or_reach_out_are_refused(declared: str) -> None:
    sent = f'<!DOCTYPE r [{declared}]>{RDF}<rdf:Description rdf:about="x:a"><x:p>&b;</x:p></rdf:Description></rdf:RDF>'
    with pytest.raises(PayloadError, match="entity"):
        read_graph(sent.encode(), formats.RDFXML)


def test_plain_entities_are_read() -> None:
    body = '<rdf:Description rdf:about="&b;a"><x:p>1</x:p></rdf:Description></rdf:RDF>'
    sent = f'<!DOCTYPE r [<!ENTITY b "http://e.x/">]>{RDF}{body}'
    assert next(iter(read_graph(sent.encode(), formats.RDFXML)))[0] == URIRef("http://e.x/a")


def test_size_has_limits() -> None:
    with pytest.raises(PayloadError, match="more than 2 triples"):
        read_graph(b"<x:a> <x:p> 1, 2, 3 .", formats.TURTLE, limits=PayloadLimits(triples=2))
    with pytest.raises(PayloadError, match="100 characters"):
        read_graph(f"<x:a> <x:p> '{'v' * 100}' .".encode(), formats.TURTLE, limits=PayloadLimits(term=99))


def test_brackets_in_strings_names_and_comments_do_not_nest() -> None:
    many = "[(" * 200
    sent = f'# {many}\n<x:a> <x:b> "{many}" , \'{many}\' , """{many}""" , <x:({many.replace("[", "a")}> , x:\\( .'
    graph = read_graph(f"@prefix x: <x:> .\n{sent}".encode(), formats.TURTLE)
    assert len(graph) == 5


@pytest.mark.parametrize("quote", ['"', "'"])
def test_brackets_beside_short_strings_nest_as_they_open_and_close(quote: str) -> None:
    flat = f"<x:a> <x:p> [ <x:q> {quote}t{quote} ] .\n" * 200
    assert len(read_graph(flat.encode(), formats.TURTLE)) == 400
    deep = f"<x:a> <x:p> {quote}t{quote} , {'( ' * 101}{') ' * 101}."
    with pytest.raises(PayloadError, match="nests deeper than 100"):
        read_graph(deep.encode(), formats.TURTLE)


NQUADS_OF_ONE = b"<http://e.x/a> <http://e.x/p> <http://e.x/b> ."
MARKED = {
    formats.JSONLD: b'{"@id": "http://e.x/a", "http://e.x/p": {"@id": "http://e.x/b"}}',
    formats.RDFXML: f'{RDF}<rdf:Description rdf:about="http://e.x/a"><x:p rdf:resource="http://e.x/b"/></rdf:Description>'
    "</rdf:RDF>".encode(),
}


@pytest.mark.parametrize("written", GRAPH_FORMATS)
def test_a_byte_order_mark_is_no_part_of_a_document(written: Format) -> None:
    sent = MARKED.get(written, NQUADS_OF_ONE)
    expected = [tuple(URIRef(f"http://e.x/{name}") for name in "apb")]
    assert list(read_graph(BOM_UTF8 + sent, written)) == list(read_graph(sent, written)) == expected


@pytest.mark.parametrize("written", [format_ for format_ in GRAPH_FORMATS if format_ is not formats.RDFXML])
def test_utf_16_is_recognised_by_its_byte_order_mark(written: Format) -> None:
    with pytest.raises(PayloadError, match="UTF-16"):
        read_graph(NQUADS_OF_ONE.decode().encode("utf-16"), written)


def test_a_base_direction_is_refused_outside_json_ld() -> None:
    with pytest.raises(PayloadError, match="base direction"):
        read_graph(b"<x:a> <x:p> 'x'@ar--rtl .", formats.TURTLE)
