"""Every list as rows says what it lists by name, not by IRIs alone, and each row once."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import urlencode

import pytest

from server.pages.page_queries import QUERIES
from tests.pages.conftest import Reader

LISTS = {
    "/people": {"agent": "name"},
    "/events": {"happening": "called", "what": "whatName"},
    "/articles": {"article": "title"},
    "/disagreements": {"one": "oneGist", "other": "otherGist"},
    "/timeline": {"item": "called"},
    "/statements": {"statement": "gist", "source": "sourceName"},
}
LABELS = """PREFIX cq: <https://w3id.org/communique/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?x ?l {
  { ?x cq:name|cq:gist|dcterms:title|skos:prefLabel ?l } UNION { GRAPH ?g { ?x skos:prefLabel|rdfs:label ?l } }
}"""


def rows(site: Reader, path: str) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(site.get(path).text))]


@pytest.mark.parametrize("path", LISTS)
def test_rows_have_the_names_of_what_they_hold(site: Reader, path: str) -> None:
    found = rows(site, f"{path}?format=csv")
    labels = {(row["x"], row["l"]) for row in rows(site, f"/sparql?{urlencode({'query': LABELS, 'format': 'csv'})}")}
    described = path != "/events"  # the fixture's store has no description graph, which concepts are called in
    assert found
    for column, name in LISTS[path].items():
        named = [(row[column], row[name]) for row in found if row[column] and (described or column != "what")]
        assert {*named} <= labels


@pytest.mark.parametrize(("path", "query"), [("/people", "people"), ("/timeline", "timeline")])
def test_names_make_no_row_more(site: Reader, path: str, query: str) -> None:
    text = (QUERIES / f"{query}.rq").read_text("utf-8")
    bare = re.sub(r"(?m)^ *OPTIONAL \{ \?\w+ (cq:name|cq:gist|skos:prefLabel) \?\w+ \}\n", "", text)
    assert bare != text
    assert len(rows(site, f"{path}?format=csv")) == len(
        rows(site, f"/sparql?{urlencode({'query': bare, 'format': 'csv'})}")
    )
