"""RDF/XML: the triples that RDF 1.1 XML Syntax specifies, what it does not allow, and parsing in linear time."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from kg import formats
from kg.errors import PayloadError
from kg.store import PayloadLimits, read_graph
from kg.store.rdf_parser import read_rdfxml

HEAD = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.x/" xml:base="http://e.x/d/f#g">'
PREFIXES = """
@base <http://e.x/d/f> . @prefix : <http://e.x/> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def parsed(sent: str, written: formats.Format = formats.RDFXML) -> Graph:
    graph = Graph()
    for triple in read_graph(sent.encode(), written):
        graph.add(triple)
    return graph


def read(body: str) -> Graph:
    """Return the graph of a document with these nodes."""
    return parsed(f"{HEAD}{body}</rdf:RDF>")


def of_b(properties: str) -> str:
    return f'<rdf:Description rdf:about="/b">{properties}</rdf:Description>'


MEANT = {
    "<e:p><![CDATA[R&D]]> budget</e:p>": ':b :p "R&D budget" .',
    "<e:p>a<!-- c -->b<?x y?>c</e:p>": ':b :p "abc" .',
    "<e:p><![CDATA[<a>]]]]><![CDATA[>]]></e:p>": ':b :p "<a>]]>" .',
    '<e:p xml:lang="en"><e:T xml:lang=""><e:q>a</e:q><e:q xml:lang="de">b</e:q></e:T></e:p>': (
        ':b :p [ a :T ; :q "a" , "b"@de ] .'
    ),
    '<e:p xml:lang="en-gb">a</e:p><e:q/>': ':b :p "a"@en-gb ; :q "" .',
    '<e:p rdf:datatype="http://www.w3.org/2001/XMLSchema#int" xml:lang="en">5</e:p>': ':b :p "5"^^xsd:int .',
    '<e:p rdf:resource=""/><e:p rdf:resource="../x"/><e:p rdf:resource="#y"/>': ":b :p <>, </x>, <#y> .",
    '<e:p rdf:nodeID="n"/><e:q><rdf:Description rdf:nodeID="n"/></e:q>': ":b :p _:n ; :q _:n .",
    '<e:p e:q="v" rdf:type="T" xml:lang="fr"/>': ':b :p [ :q "v"@fr ; a <T> ] .',
    '<e:p rdf:resource="/c" e:q="v"/>': ':b :p :c . :c :q "v" .',
    '<e:p rdf:parseType="Resource"><rdf:li>x</rdf:li><rdf:_5>z</rdf:_5><rdf:li>y</rdf:li></e:p>': (
        ':b :p [ rdf:_1 "x" ; rdf:_5 "z" ; rdf:_2 "y" ] .'
    ),
    '<e:p rdf:parseType="Collection"><e:T/><rdf:Description rdf:about="/c"/></e:p>': ":b :p ( [ a :T ] :c ) .",
    '<e:p rdf:parseType="Collection"> </e:p>': ":b :p () .",
    '<e:p rdf:ID="r">x</e:p>': (
        ':b :p "x" . <#r> a rdf:Statement ; rdf:subject :b ; rdf:predicate :p ; rdf:object "x" .'
    ),
    '<e:p rdf:parseType="Literal"><p xmlns="urn:h">y</p></e:p>': ":b :p '<p xmlns=\"urn:h\">y</p>'^^rdf:XMLLiteral .",
    '<e:p rdf:parseType="Literal"><p xmlns="urn:h" z="1" e:a="&lt;">&amp;<q xmlns=""/><!--c--><?d f?></p></e:p>': (
        ':b :p """<p xmlns="urn:h" xmlns:e="http://e.x/" z="1" e:a="&lt;">&amp;<q xmlns=""></q><!--c--><?d f?></p>"""'
        "^^rdf:XMLLiteral ."
    ),
    '<e:p rdf:parseType="Literal"><e:a/><e:a xml:lang="en"/></e:p>': (
        ':b :p """<e:a xmlns:e="http://e.x/"></e:a><e:a xmlns:e="http://e.x/" xml:lang="en"></e:a>"""^^rdf:XMLLiteral .'
    ),
    '<e:p rdf:parseType="other"><e:a/></e:p>': ":b :p '<e:a xmlns:e=\"http://e.x/\"></e:a>'^^rdf:XMLLiteral .",
    "<e:日本>x</e:日本>": ':b <http://e.x/日本> "x" .',
}


@pytest.mark.parametrize("sent", MEANT)
def test_properties_mean_what_the_recommendation_says(sent: str) -> None:
    assert isomorphic(read(of_b(sent)), parsed(PREFIXES + MEANT[sent], formats.TURTLE))


def test_one_node_may_be_the_whole_document_and_names_may_stand_without_their_prefix() -> None:
    sent = b'<T xmlns="http://e.x/" about="http://e.x/a" ID="b"/>'
    with pytest.raises(PayloadError, match="rdf:about and rdf:ID"):
        read_graph(sent, formats.RDFXML, "http://e.x/")
    (whole,) = read_graph(sent.replace(b' ID="b"', b""), formats.RDFXML)
    assert whole == (URIRef("http://e.x/a"), RDF.type, URIRef("http://e.x/T"))


NOT_ALLOWED = {
    '<e:p rdf:bagID="x">1</e:p>': "rdf:bagID",
    '<e:p rdf:aboutEach="x">1</e:p>': "rdf:aboutEach",
    '<e:p rdf:aboutEachPrefix="x">1</e:p>': "rdf:aboutEachPrefix",
    "<rdf:bagID/>": "rdf:bagID",
    "<rdf:Description/>": "rdf:Description",
    "<rdf:RDF/>": "rdf:RDF",
    '<e:p rdf:li="x"/>': "rdf:li",
    '<e:p rdf:ID="1a"/>': "rdf:ID",
    '<e:p rdf:ID="a"/><e:p rdf:ID="a"/>': "twice",
    '<e:p rdf:nodeID="a:b"/>': "rdf:nodeID",
    '<e:p rdf:resource="/a" rdf:nodeID="b"/>': "rdf:nodeID",
    '<e:p rdf:parseType="Literal" rdf:resource="/a"/>': "rdf:resource",
    '<e:p rdf:parseType="Resource" e:q="v"/>': "e.x/q",
    "<e:p>text<e:T/></e:p>": "beside a text",
    "<e:p><e:T/>text</e:p>": "beside a node",
    "<e:p><e:T/><e:T/></e:p>": "another node",
    '<e:p rdf:resource="/a">text</e:p>': "text",
    '<e:p rdf:datatype="/a"><e:T/></e:p>': "no element",
    '<e:p unknown="x">a</e:p>': "unknown",
    '<e:p rdf:resource="a b"/>': "no IRI",
    '<e:p rdf:resource="http://e.x/&lt;"/>': "IRI",
    '<e:p xml:lang="a language">a</e:p>': "line 1",
    "<e:p>&none;</e:p>": "undefined entity",
    "<f:p>a</f:p>": "prefix",
    '<e:p rdf:datatype="http://www.w3.org/1999/02/22-rdf-syntax-ns#langString" xml:lang="en">x</e:p>': "langString",
}


@pytest.mark.parametrize("sent", NOT_ALLOWED)
def test_what_rdf_xml_does_not_allow_is_refused(sent: str) -> None:
    with pytest.raises(PayloadError, match=NOT_ALLOWED[sent]):
        read(of_b(sent))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_encodings_of_western_texts_are_read(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    sent = f'<?xml version="1.0" encoding="{declared}"?>{HEAD}{of_b("<e:p>é</e:p>")}</rdf:RDF>'.encode(encoding)
    assert [value for _, _, value in read_graph(sent, formats.RDFXML)] == [Literal("é")]


@pytest.mark.parametrize("body", ['<e:p e:q="&u;"/>', "<e:p>&u;</e:p>"])
def test_an_entity_of_another_document_is_no_empty_text(body: str) -> None:
    sent = f'<!DOCTYPE r SYSTEM "http://e.x/dtd">{HEAD}{of_b(body)}</rdf:RDF>'
    with pytest.raises(PayloadError, match="entity u"):
        read_graph(sent.encode(), formats.RDFXML)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_expand_to_no_more_than_the_limit(encoding: str) -> None:
    texts = "".join("<e:p>" + "&a;" * 100 + "</e:p>" for _ in range(100))
    sent = f'<!DOCTYPE r [<!ENTITY a "{"x" * 300}">]>{HEAD}{of_b(texts)}</rdf:RDF>'.encode(encoding)
    with pytest.raises(PayloadError, match="entities come to more"):
        read_graph(sent, formats.RDFXML)


MANY = 50_000
WIDE = {
    "attributes": "<e:T {}/>".format(" ".join(f'e:a{n}="v"' for n in range(MANY))),
    "namespaces": "<e:T {}/>".format(" ".join(f'xmlns:n{n}="urn:{n}"' for n in range(MANY))),
    "namespaces one by one": "".join(f'<n:T xmlns:n="urn:{n}:"/>' for n in range(MANY)),
    "pieces of a text": of_b(f"<e:p>{'a<!---->' * MANY}</e:p>"),
    "namespaces in a literal": of_b(
        '<e:p rdf:parseType="Literal"><a {}/></e:p>'.format(" ".join(f'xmlns:n{n}="urn:{n}"' for n in range(MANY)))
    ),
    "texts in a literal": of_b(f'<e:p rdf:parseType="Literal">{"<a/>&amp;" * MANY}</e:p>'),
}


@pytest.mark.parametrize("what", WIDE)
def test_what_is_wide_is_read_in_time_that_goes_with_its_length(what: str) -> None:
    assert len(read_rdfxml(f"{HEAD}{WIDE[what]}</rdf:RDF>".encode(), None, PayloadLimits())) <= MANY + 1


SUBJECTS = st.sampled_from([URIRef("http://e.x/a"), URIRef("urn:x:é?q=1&r#f"), BNode("one"), BNode("two")])
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r", exclude_categories=["Cc", "Cs"]), max_size=8)
VALUES = st.one_of(
    SUBJECTS,
    TEXTS.map(Literal),
    TEXTS.map(lambda text: Literal(text, lang="en")),
    TEXTS.map(lambda text: Literal(text, datatype=URIRef("http://e.x/type"))),
)
PREDICATES = st.sampled_from([URIRef(f"http://e.x/{name}") for name in ("p", "q-1", "é", "x#日本")])
GRAPHS = st.lists(st.tuples(SUBJECTS, PREDICATES, VALUES), max_size=8)


@settings(max_examples=60, deadline=None)
@given(GRAPHS, st.sampled_from(["engine", "xml", "pretty-xml"]))
def test_what_other_writers_write_is_read_as_the_graph_that_it_was(
    triples: list[tuple[URIRef | BNode, URIRef, URIRef | BNode | Literal]], writer: str
) -> None:
    graph = Graph()
    for triple in triples:
        graph.add(triple)
    assert isomorphic(graph, parsed(_written(graph, writer).decode()))


def _written(graph: Graph, writer: str) -> bytes:
    if writer != "engine":
        return graph.serialize(format=writer).encode()
    quads = ox.parse(graph.serialize(format="nt"), ox.RdfFormat.N_TRIPLES)
    return ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.RDF_XML) or b""
