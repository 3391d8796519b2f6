"""Literals: which texts are of a datatype, and that none comes back as another value than the one that went in."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef

from kg.datatypes import XSD, is_value_of, lexical_fault
from kg.errors import CommuniqueError, IllTypedLiteralError, PayloadError
from kg.formats import CSV, JSON, RESULT_FORMATS, TSV, XML
from kg.store import EmbeddedStore, Query, Triple

RIGHT = {
    "boolean": "true false 1 0",
    "decimal": "5 -5.0 +.5 5.",
    "integer": "0 -5 +5 007 123456789012345678901234567890",
    "nonNegativeInteger": "0 -0 5 99999999999999999999",
    "negativeInteger": "-1 -99999999999999999999",
    "byte": "-128 127 0000000000000000000000005",
    "unsignedLong": "18446744073709551615",
    "double": "5 5e0 -1.5E-3 INF -INF +INF NaN 1E400",
    "dateTime": "2034-03-14T11:00:00 2034-03-14T11:00:00.5+05:00 2034-03-14T24:00:00 12034-03-14T11:00:00Z "
    "-0044-03-15T00:00:00 0000-01-01T00:00:00 2000-02-29T00:00:00 2034-03-14T11:00:00-14:00",
    "dateTimeStamp": "2034-03-14T11:00:00Z",
    "date": "2034-03-14 2034-03-14Z -0044-03-15 12034-01-01+05:30",
    "time": "11:00:00 24:00:00 11:00:00.25Z",
    "gYear": "2034 -0044 12034Z",
    "gYearMonth": "2034-03",
    "gMonth": "--03",
    "gMonthDay": "--02-29",
    "gDay": "---31",
    "duration": "P1D -P1Y2M3DT4H5M6.7S PT0S",
    "yearMonthDuration": "P1Y2M -P3M",
    "dayTimeDuration": "P1DT2H PT3.5S",
    "hexBinary": "ff FF00",
    "base64Binary": "YQ== YWI= YWJj",
    "language": "en en-US x-klingon",
    "Name": "a:b é日",
    "NCName": "a-b",
    "NMTOKEN": "1a:b",
    "token": "a",
}
WRONG = {
    "boolean": "TRUE yes",
    "decimal": "5e0 . abc",
    "integer": "5.0 abc ٣ 5_0",
    "nonNegativeInteger": "-5 abc",
    "positiveInteger": "0 -1",
    "negativeInteger": "0 5",
    "byte": "128 -129 300 100000000000000000000000000000",
    "unsignedLong": "18446744073709551616 -1",
    "double": "inf nan infinity -NaN 0x10 1e",
    "dateTime": "2034-03-14 soon 2034-W11-2 2034-W11-2T10:00:00 2034-03-14T10:00:00+0500 2034-03-14T10:00 "
    "2034-02-29T00:00:00 20340314T100000 "
    "2034-03-14t10:00:00 2034-03-14T10:00:00z 2034-03-14T25:00:00 2034-03-14T10:00:60 "
    "034-03-14T10:00:00 02034-03-14T10:00:00 "
    "2034-03-14T24:00:01 2034-03-14T10:00:00+14:01 2034-13-01T00:00:00 1900-02-29T00:00:00",
    "dateTimeStamp": "2034-03-14T11:00:00",
    "date": "2034-3-14 2034-W11-2 2034-04-31 14.03.2034",
    "time": "25:00:00 11:00",
    "gYear": "34",
    "gMonthDay": "--02-30 --04-31",
    "duration": "P PT P1S P1DT 1D P-1D",
    "yearMonthDuration": "P1D P5MT P",
    "dayTimeDuration": "P1Y",
    "hexBinary": "f fg",
    "base64Binary": "YQ= Y",
    "language": "en_US -en",
    "NCName": "a:b 1a",
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_lexical_form_of_a_datatype_is_none_of_its_faults(name: str) -> None:
    assert [text for text in RIGHT[name].split(" ") if lexical_fault(text, f"{XSD}{name}")] == []


@pytest.mark.parametrize("name", WRONG)
def test_a_text_that_is_no_lexical_form_is_a_fault(name: str) -> None:
    texts = [*WRONG[name].split(" "), f" {RIGHT.get(name, '5').split(' ')[0]}"]
    assert [text for text in texts if not lexical_fault(text, f"{XSD}{name}")] == []


@pytest.mark.parametrize(
    ("text", "datatype", "other_datatype", "is_one"),
    [
        ("-5", "integer", "nonNegativeInteger", False),
        ("5", "integer", "nonNegativeInteger", True),
        ("5.0", "decimal", "nonNegativeInteger", True),
        ("-5.0", "decimal", "nonNegativeInteger", False),
        ("5.5", "decimal", "integer", False),
        (".0", "decimal", "positiveInteger", False),
        ("5", "integer", "decimal", True),
        ("a b", "string", "NCName", False),
        ("2034-03-14T11:00:00", "dateTime", "dateTimeStamp", False),
        ("soon", "dateTime", "dateTime", False),
    ],
)
def test_a_value_is_one_of_another_datatype_or_not(
    text: str, datatype: str, other_datatype: str, *, is_one: bool
) -> None:
    assert is_value_of(text, f"{XSD}{datatype}", f"{XSD}{other_datatype}") is is_one


def test_years_of_a_million_digits_and_numbers_too_are_read_at_once() -> None:
    many = "9" * 1_000_000
    assert lexical_fault(many, f"{XSD}byte")
    assert not lexical_fault(many, f"{XSD}integer")
    assert not lexical_fault(f"{many}-03-14T11:00:00", f"{XSD}dateTime")


DATATYPES = sorted({*RIGHT, *WRONG})
PIECES = st.sampled_from(
    re.findall(
        r"\S+",
        "0 1 5 6 - + T : Z . e E P D H M S Y x 2034 -03 -14 11:00:00 INF inf NaN nan true 24:00:00 +05:00 300 "
        "99999999999 infinity",
    )
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(DATATYPES), st.lists(PIECES, min_size=1, max_size=6).map("".join))
def test_an_ill_typed_literal_is_refused_or_comes_back_as_it_is(plain: EmbeddedStore, name: str, text: str) -> None:
    sent = (URIRef("x:a"), URIRef("x:p"), Literal(text, datatype=URIRef(f"{XSD}{name}"), normalize=False))
    with plain.write() as transaction:
        try:
            transaction.replace_graph(None, [sent])
        except IllTypedLiteralError:
            assert lexical_fault(text, f"{XSD}{name}")
            return
        (stored,) = transaction.triples(None)
    if lexical_fault(text, f"{XSD}{name}"):
        assert stored == sent


DERIVED = {
    **dict.fromkeys(
        ("byte", "short", "int", "long", "unsignedByte", "unsignedShort", "unsignedInt", "unsignedLong"), 5
    ),
    **dict.fromkeys(("nonNegativeInteger", "positiveInteger"), 5),
    **dict.fromkeys(("nonPositiveInteger", "negativeInteger"), -5),
}
ALTERED = {**dict.fromkeys(DERIVED, "integer"), "dateTimeStamp": "dateTime"}
"""What the engine keeps as another datatype; docs/store.md says the same."""


@pytest.mark.parametrize("name", sorted({*RIGHT, *DERIVED}))
def test_only_these_datatypes_come_back_as_others(plain: EmbeddedStore, name: str) -> None:
    text = str(DERIVED.get(name) or RIGHT[name].split(" ")[0])
    sent = Literal(text, datatype=URIRef(f"{XSD}{name}"), normalize=False)
    with plain.write() as transaction:
        transaction.replace_graph(None, [(URIRef("x:a"), URIRef("x:p"), sent)])
        ((_, _, stored),) = transaction.triples(None)
    assert isinstance(stored, Literal)
    assert str(stored.datatype).removeprefix(XSD) == ALTERED.get(name, name)


PREFIXES = f"PREFIX xsd: <{XSD}> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "
FALSIFIED = [
    "INSERT DATA { <x:a> <x:p> '300'^^xsd:byte }",
    "INSERT DATA { GRAPH <x:g> { <x:a> <x:p> '''3\\u0030\\u0030'''^^xsd:byte } }",
    "INSERT DATA {} ; BASE <http://www.w3.org/2001/> INSERT DATA { <x:a> <x:p> '-1'^^<XMLSchema#unsignedInt> }",
    "INSERT { <x:a> <x:p> 'inf'^^xsd:double } WHERE {}",
    "INSERT { <x:a> <x:p> ?v } WHERE { BIND (strdt('300', xsd:byte) AS ?v) }",
    "INSERT { <x:a> <x:p> ?v } WHERE { VALUES ?v { '2034-03-14T11:00:00'^^xsd:dateTimeStamp } }",
    "DELETE DATA { <x:a> <x:p> '300'^^xsd:byte }",
]


@pytest.mark.parametrize("update", FALSIFIED)
def test_an_update_does_not_make_a_good_number_of_a_wrong_one(plain: EmbeddedStore, update: str) -> None:
    with plain.write() as transaction, pytest.raises(IllTypedLiteralError, match="ill-typed"):
        transaction.update(PREFIXES + update)


def test_an_update_writes_literals_that_are_right_or_kept_as_they_are(plain: EmbeddedStore) -> None:
    text = 'INSERT DATA { <x:a> <x:p> \'3\'^^xsd:byte , \'soon\'^^xsd:dateTime , """a"b"""^^<x:d> , \'e\'@en } ;'
    with plain.write() as transaction:
        transaction.update(f"{PREFIXES}{text} INSERT {{ <x:a> <x:q> ?v }} WHERE {{ BIND (STRDT('x', <x:d>) AS ?v) }}")
        values = {value for _, _, value in transaction.triples(None)}
    soon = Literal("soon", datatype=URIRef(f"{XSD}dateTime"), normalize=False)
    typed = {Literal(text, datatype=URIRef("x:d")) for text in ('a"b', "x")}
    assert values == {Literal(3), soon, Literal("e", lang="en"), *typed}


def test_a_language_string_without_a_language_is_refused(
    plain: EmbeddedStore, turtle: Callable[[str], list[Triple]]
) -> None:
    with pytest.raises(PayloadError, match="langString"):
        turtle(":a :p 'x'^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString> .")
    for update in (
        "INSERT DATA { <x:a> <x:p> 'x'^^rdf:langString }",
        "INSERT DATA { <x:a> <x:p> 'x'^^rdf:dirLangString }",
    ):
        with plain.write() as transaction, pytest.raises(CommuniqueError, match=r"(L|l)angString"):
            transaction.update(PREFIXES + update)
    with plain.write() as transaction:
        transaction.update(
            f"{PREFIXES} INSERT {{ <x:a> <x:p> ?v }} WHERE {{ BIND (STRDT('x', rdf:langString) AS ?v) }}"
        )
        assert list(transaction.triples(None)) == []


LITERALS = sorted({(text, name) for table in (RIGHT, WRONG) for name, texts in table.items() for text in texts.split()})
FAR = [(f"{sign}{'9' * 20}", name) for name in DERIVED for sign in ("", "-")]
"""Integers beyond 64 bits: of those that have no upper or lower end, the engine keeps the datatype."""


@pytest.mark.parametrize(("text", "name"), [*LITERALS, *FAR])
def test_the_formats_of_rows_tell_one_literal(
    plain: EmbeddedStore, monkeypatch: pytest.MonkeyPatch, text: str, name: str
) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    with plain.write() as transaction:
        try:
            sent = Literal(text, datatype=URIRef(f"{XSD}{name}"))
            transaction.replace_graph(None, [(URIRef("x:a"), URIRef("x:p"), sent)])
        except IllTypedLiteralError:
            return
        ((_, _, stored),) = transaction.triples(None)
        transaction.commit("a literal")
    written = {
        format_: b"".join(plain.query(Query("SELECT ?o { ?s ?p ?o }", format_, None)).chunks).decode()
        for format_ in RESULT_FORMATS
    }
    assert isinstance(stored, Literal)
    (cell,) = (row["o"] for row in json.loads(written[JSON])["results"]["bindings"])
    in_xml = next(ET.fromstring(written[XML]).iter("{http://www.w3.org/2005/sparql-results#}literal"))  # noqa: S314 -- our own
    tsv = next(iter(Graph().parse(data=f"<x:s> <x:p> {written[TSV].splitlines()[1]} .", format="turtle").objects()))
    expected = (str(stored), str(stored.datatype))
    assert (cell["value"], cell.get("datatype", f"{XSD}string")) == expected
    assert (in_xml.text or "", in_xml.get("datatype", f"{XSD}string")) == expected
    assert (str(tsv), str(tsv.datatype or f"{XSD}string") if isinstance(tsv, Literal) else "") == expected
    assert next(csv.DictReader(io.StringIO(written[CSV])))["o"] == str(stored)
