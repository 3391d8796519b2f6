"""Casts, GROUP_CONCAT and STRDT give what SPARQL says, of constants, of variables and of expressions."""

from __future__ import annotations

import pytest

from tests.sparql.workarounds.conftest import Solve

XSD = "http://www.w3.org/2001/XMLSchema#"
CASTS: list[tuple[str, str, str | None]] = [
    ("integer", '" 3 "', "3"),
    ("integer", '"\\t+3\\n"', "3"),
    ("integer", '" 3 4 "', None),
    ("integer", '"3.5"', None),
    ("integer", '"1e3"', None),
    ("integer", '""', None),
    ("integer", '"\u00a03"', None),
    ("integer", '"٣"', None),
    ("integer", "3.7", "3"),
    ("integer", "-3.7e0", "-3"),
    ("integer", "true", "1"),
    ("integer", '"3"@en', None),
    ("integer", "<http://e.x/3>", None),
    ("integer", f'"INF"^^<{XSD}double>', None),
    ("integer", f'"2034-01-01T00:00:00Z"^^<{XSD}dateTime>', None),
    ("decimal", '" 1.50\\r"', "1.5"),
    ("decimal", '" .5"', "0.5"),
    ("decimal", '"1e3"', None),
    ("decimal", "1e3", "1000"),
    ("decimal", f'"NaN"^^<{XSD}double>', None),
    ("double", '" 1 "', "1"),
    ("double", '" -INF "', "-INF"),
    ("double", '"inf"', None),
    ("double", '"Infinity"', None),
    ("double", '"nan"', None),
    ("double", '"NaN"', "NaN"),
    ("double", '"0x1"', None),
    ("double", "true", "1"),
    ("float", '" 1.5 "', "1.5"),
    ("float", '"+inf"', None),
    ("boolean", '" true "', "true"),
    ("boolean", '" 0 "', "false"),
    ("boolean", '"TRUE"', None),
    ("boolean", '""', None),
    ("boolean", "0", "false"),
    ("boolean", f'"NaN"^^<{XSD}float>', "false"),
    ("dateTime", '" 2034-03-14T10:00:00Z "', "2034-03-14T10:00:00Z"),
    ("dateTime", '"2034-03-14"', None),
    ("dateTime", '"2034-03-14T10:00:00+0500"', None),
    ("dateTime", '"2034-02-30T10:00:00"', None),
    ("dateTime", f'"2034-03-14"^^<{XSD}date>', "2034-03-14T00:00:00"),
    ("dateTime", f'"2034-03-14-05:00"^^<{XSD}date>', "2034-03-14T00:00:00-05:00"),
    ("date", '" 2034-03-14 "', "2034-03-14"),
    ("date", f'"2034-03-14T10:00:00Z"^^<{XSD}dateTime>', "2034-03-14Z"),
    ("dayTimeDuration", '" PT1H "', "PT1H"),
]


@pytest.mark.parametrize(("datatype", "term", "expected"), CASTS)
def test_a_cast_reads_a_string_as_xpath_does(solve: Solve, datatype: str, term: str, expected: str | None) -> None:
    right = None if expected is None else f'"{expected}"^^<{XSD}{datatype}>'
    cast = f"SELECT ?v ({{}} AS ?found) {{{{ VALUES ?v {{{{ {term} }}}} }}}}"
    for call in (f"xsd:{datatype}({term})", f"xsd:{datatype} (?v)", f"<{XSD}{datatype}>(COALESCE(?none, ?v))"):
        assert solve(cast.format(call))[0].get("found") == right, call


def test_casts_of_casts_and_of_nothing(solve: Solve) -> None:
    assert solve("SELECT (xsd:integer(xsd:double(' 3.5 ')) AS ?n) (xsd:integer(?none) AS ?m) {}") == [
        {"n": f'"3"^^<{XSD}integer>'}
    ]


GIVEN = 'VALUES ?v { "a"@en "b"@en } '


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("GROUP_CONCAT(?v)", '"a b"'),
        ('GROUP_CONCAT(DISTINCT ?v; SEPARATOR = ", ")', '"a, b"'),
        ("STRLEN(GROUP_CONCAT(STR(?v)))", f'"3"^^<{XSD}integer>'),
        ("group_concat(STR(STRLEN(?v)))", '"1 1"'),
    ],
)
def test_joined_texts_have_no_language(solve: Solve, call: str, expected: str) -> None:
    assert solve(f"SELECT ({call} AS ?found) {{ {GIVEN} }}") == [{"found": expected}]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("STRDT('3', xsd:integer)", f'"3"^^<{XSD}integer>'),
        ("STRDT('x', rdf:langString)", None),
        ("STRDT('x', IRI(CONCAT(STR(rdf:), 'langString')))", None),
        ("STRDT('x', ?none)", None),
        ("STRDT('x'@en, xsd:string)", None),
        ("STRDT(3, xsd:string)", None),
        ("STRLANG('x', 'en')", '"x"@en'),
        ("STRLANG('x', '')", None),
        ("STRLANG('x', 'e n')", None),
        ("STRLANG('x'@en, 'fr')", None),
        ("STRLANG(3, 'fr')", None),
    ],
)
def test_literals_are_made_of_plain_strings(solve: Solve, call: str, expected: str | None) -> None:
    prefix = "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>"
    assert solve(f"{prefix} SELECT ({call} AS ?found) {{}}")[0].get("found") == expected
